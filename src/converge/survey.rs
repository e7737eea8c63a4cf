//! What would have to be done, before anything is: both stages observed and compared.

use std::collections::BTreeMap;

use futures_util::future::join_all;

use super::memory::{Inside, Memory};
use super::prepare::Lowered;
use super::topology::Connected;
use super::{ConvergeError, Run};
use crate::brokers::{Interest, Session};
use crate::docker::{self, EngineSession, Inventory};
use crate::model::{Facts, Observation, Resource, STACK};
use crate::plan::{self, Action, BrokerRules, DiffInput, DiffOptions, Note, Plan, Rules, Stage, Step};
use crate::state::{Journal, LastApplied};

/// The containers as they are and as they should be.
pub(super) struct EngineSurvey {
    pub(super) session: EngineSession,
    pub(super) plan: Plan,
    pub(super) observation: Observation,
}

/// One broker's inside as it is and as it should be.
pub(super) struct BrokerSurvey {
    pub(super) broker: String,
    pub(super) session: Box<dyn Session>,
    pub(super) plan: Plan,
    pub(super) observation: Observation,
}

/// Compares what was read of the engine. Changes nothing.
pub(super) async fn engine(
    run: &Run<'_>,
    inventory: &Inventory,
    lowered: &[Lowered<'_>],
) -> Result<EngineSurvey, ConvergeError> {
    let nodes: Vec<_> = lowered.iter().flat_map(|broker| broker.nodes.iter().cloned()).collect();
    let desired = docker::resources(&run.id.name, &nodes);
    let session = EngineSession::new(run.engine.clone(), run.id.clone(), nodes);
    let observation = session.observe_in(inventory).await.map_err(ConvergeError::EngineSession)?;
    let settled = docker::settle(desired, &observation.resources, run.options.recreate);
    let nothing = Facts::default();
    let rules = engine_rules(lowered, &nothing);
    let options = DiffOptions { strict: false, ..DiffOptions::default() };
    let mut plan = plan::diff(&DiffInput {
        stage: Stage::Containers,
        desired: &settled.desired,
        observed: &observation,
        last: &[],
        rules: &rules,
        options: &options,
    });
    plan.notes.extend(settled.notes);
    let notes: Vec<Note> = lowered.iter().filter_map(|broker| growth(broker, &plan, &observation.resources)).collect();
    plan.notes.extend(notes);
    let names = lowered.iter().map(|broker| broker.model.name.as_str()).collect();
    docker::refuse_fewer_nodes(&mut plan, &observation.resources, &names);
    Ok(EngineSurvey { session, plan, observation })
}

/// What becomes of what is there when a broker gets more nodes.
fn growth(broker: &Lowered<'_>, plan: &Plan, observed: &[Resource]) -> Option<Note> {
    let name = broker.model.name.as_str();
    let own = |one: &Resource| docker::is_node(&one.address) && one.address.broker == name;
    let before = observed.iter().filter(|one| own(one)).count();
    let is_new = |step: &&Step| step.action == Action::Create && step.after.as_ref().is_some_and(own);
    let new = plan.steps.iter().filter(is_new).count();
    (before > 0 && new > 0).then(|| Note {
        address: None,
        text: format!("{name} gets {new} more of its nodes: {}", broker.broker.description().growth),
    })
}

fn engine_rules<'a>(lowered: &'a [Lowered<'_>], nothing: &'a Facts) -> Rules<'a> {
    let row = |facts: &'a Facts| BrokerRules { kinds: docker::kinds(), facts, unmanaged_fails: false };
    let brokers = lowered.iter().map(|broker| (broker.model.name.clone(), row(&broker.facts)));
    brokers.chain([(STACK.to_owned(), row(nothing))]).collect()
}

/// Observes one ready broker and compares. Changes nothing.
pub(super) async fn broker(
    options: &DiffOptions,
    memory: &Memory,
    connected: Connected<'_, '_>,
) -> Result<BrokerSurvey, ConvergeError> {
    let Connected { lowered, mut session } = connected;
    let name = lowered.model.name.clone();
    let failed = |source| ConvergeError::Broker { broker: name.clone(), source };
    let interest = interest(lowered, memory);
    let mut observation = session.observe(interest).await.map_err(failed)?;
    let mut plan = compare(options, lowered, memory, &observation);
    if plan.steps.iter().any(|step| step.action == Action::Replace) {
        // What a replace drops has to be told, so it has to be known.
        observation = session.observe(Interest { whole: true, ..interest }).await.map_err(failed)?;
        plan = compare(options, lowered, memory, &observation);
    }
    let contents = session.inspect(&plan::at_risk(&plan)).await;
    plan::guard(&mut plan, &contents, lowered.broker.description().kinds);
    Ok(BrokerSurvey { broker: name, session, plan, observation })
}

/// What of a broker is compared with what is wanted and with what was.
pub(super) fn interest<'a>(lowered: &'a Lowered<'_>, memory: &'a Memory) -> Interest<'a> {
    let last = memory.last.get(&lowered.model.name).map_or(&[][..], Vec::as_slice);
    Interest { wanted: &lowered.topology, last, whole: false }
}

/// What would be done on an empty broker: for one that does not run.
pub(super) fn projected(options: &DiffOptions, lowered: &Lowered<'_>, last: &LastApplied) -> Plan {
    let options = DiffOptions { projected: true, ..options.clone() };
    let memory = Memory { last: last.clone(), journal: Journal::default() };
    compare(&options, lowered, &memory, &Observation::default())
}

/// What is to be done about a broker that was observed so. After an apply: what is still to do.
pub(super) fn compare(
    options: &DiffOptions,
    lowered: &Lowered<'_>,
    memory: &Memory,
    observation: &Observation,
) -> Plan {
    let mut facts = lowered.facts.clone();
    facts.observed.extend(observation.facts.observed.clone());
    if !observation.facts.version.is_empty() {
        facts.version.clone_from(&observation.facts.version);
    }
    let row = BrokerRules {
        kinds: lowered.broker.description().kinds,
        facts: &facts,
        unmanaged_fails: lowered.model.unmanaged_fails,
    };
    let rules = BTreeMap::from([(lowered.model.name.clone(), row)]);
    let (desired, notes) = inside(lowered, &lowered.topology, observation).with_journal(&memory.journal);
    let last = memory.last.get(&lowered.model.name).map_or(&[][..], Vec::as_slice);
    let input =
        DiffInput { stage: Stage::Topology, desired: &desired, observed: observation, last, rules: &rules, options };
    let mut plan = plan::diff(&input);
    plan::object(&mut plan, &lowered.broker.guard(&desired, &observation.resources));
    plan.notes.extend(notes);
    plan
}

/// The broker's part of the journal, to be judged.
pub(super) fn inside<'a>(lowered: &'a Lowered<'_>, desired: &'a [Resource], observed: &'a Observation) -> Inside<'a> {
    Inside { broker: &lowered.model.name, kinds: lowered.broker.description().kinds, desired, observed }
}

/// Surveys every broker of the list at once; errors stay with their broker.
pub(super) async fn brokers(
    options: &DiffOptions,
    memory: &Memory,
    connected: Vec<Connected<'_, '_>>,
) -> Vec<(String, Result<BrokerSurvey, ConvergeError>)> {
    let surveys = connected
        .into_iter()
        .map(|one| async move { (one.lowered.model.name.clone(), broker(options, memory, one).await) });
    join_all(surveys).await
}
