//! Plans of a stack that has never run, without an engine.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use mqlab::brokers::{self, Broker};
use mqlab::docker::{self, WantedNode};
use mqlab::model::{BrokerModel, Facts, Observation, Resource, STACK, Stack};
use mqlab::plan::{BrokerRules, DiffInput, DiffOptions, Plan, Rules, Stage, diff};

/// A broker of a stack, lowered.
pub(crate) struct Lowered<'a> {
    pub(crate) model: &'a BrokerModel,
    pub(crate) broker: &'static dyn Broker,
    pub(crate) facts: &'a Facts,
    pub(crate) nodes: Vec<WantedNode>,
    pub(crate) topology: Vec<Resource>,
}

pub(crate) fn lower<'a>(stack: &'a Stack, facts: &'a BTreeMap<String, Facts>) -> Vec<Lowered<'a>> {
    let lowered = stack.brokers.iter().map(|model| {
        let (broker, facts) = (brokers::find(model.kind).unwrap(), &facts[&model.name]);
        let (topology, description) = (broker.topology(model, facts), broker.description());
        let rendered: Vec<Resource> =
            topology.iter().filter(|one| description.is_rendered(&one.address)).cloned().collect();
        let nodes = docker::wanted(model, description, facts, &rendered, broker.containers(model, facts));
        Lowered { model, broker, facts, nodes, topology }
    });
    lowered.collect()
}

/// Network, volumes and nodes of the stack.
pub(crate) fn engine_resources(stack: &Stack, lowered: &[Lowered<'_>]) -> Vec<Resource> {
    let nodes: Vec<WantedNode> = lowered.iter().flat_map(|broker| broker.nodes.clone()).collect();
    docker::resources(&stack.name, &nodes)
}

/// The containers' plan, then each broker's, on a machine where nothing is.
pub(crate) fn first_plans(stack: &Stack, lowered: &[Lowered<'_>]) -> Vec<Plan> {
    let nothing = Facts::default();
    let row = |kinds, facts| BrokerRules { kinds, facts, unmanaged_fails: false };
    let engine = lowered.iter().map(|broker| (broker.model.name.clone(), row(docker::kinds(), broker.facts)));
    let engine: Rules<'_> = engine.chain([(STACK.to_owned(), row(docker::kinds(), &nothing))]).collect();
    let mut plans = vec![plan(Stage::Containers, &engine_resources(stack, lowered), &engine)];
    for broker in lowered {
        let rules = row(broker.broker.description().kinds, broker.facts);
        let asked = broker.topology.iter().filter(|one| !broker.broker.description().is_rendered(&one.address));
        plans.push(plan(
            Stage::Topology,
            &asked.cloned().collect::<Vec<_>>(),
            &Rules::from([(broker.model.name.clone(), rules)]),
        ));
    }
    plans
}

fn plan(stage: Stage, desired: &[Resource], rules: &Rules<'_>) -> Plan {
    let options = DiffOptions { projected: stage == Stage::Topology, ..DiffOptions::default() };
    diff(&DiffInput { stage, desired, observed: &Observation::default(), last: &[], rules, options: &options })
}

/// The plan's lines, each with what the object will be below it.
pub(crate) fn text(plan: &Plan) -> String {
    let mut out = String::new();
    let lines = plan.to_text();
    let (steps, rest) = (lines.lines().take(plan.steps.len()), lines.lines().skip(plan.steps.len()));
    for (line, step) in steps.zip(&plan.steps) {
        writeln!(out, "{line}").unwrap();
        for change in &step.changes {
            writeln!(out, "      {}: {}", change.attribute, change.new).unwrap();
        }
    }
    for line in rest {
        writeln!(out, "{line}").unwrap();
    }
    out
}
