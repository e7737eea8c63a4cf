//! The brokers as they are at the end of a run.

use std::collections::BTreeMap;

use super::prepare::Lowered;
use super::report::{BrokerState, Report};
use crate::docker::{Engine, Inventory, StackId};

/// What a broker that answered said about itself.
#[derive(Clone, Debug, Default)]
pub(super) struct Answered {
    pub(super) version: String,
    /// What is missing of it.
    pub(super) degraded: Option<String>,
}

impl From<String> for Answered {
    fn from(version: String) -> Self {
        Self { version, degraded: None }
    }
}

/// Adds every broker to the report. `answered` has those that did.
pub(super) fn describe(
    engine: &Engine,
    inventory: &Inventory,
    id: &StackId,
    lowered: &[Lowered<'_>],
    answered: &BTreeMap<String, Answered>,
    report: &mut Report,
) {
    let nodes = inventory.stack(&id.name).map(|stack| stack.nodes).unwrap_or_default();
    for broker in lowered {
        let name = &broker.model.name;
        let own: Vec<_> = nodes.iter().filter(|node| node.broker == *name).collect();
        let said = answered.get(name).map(|answer| &answer.version).filter(|version| !version.is_empty());
        let exact = own.first().and_then(|node| node.image.as_ref()?.exact_version.as_ref());
        let target = broker.target(engine);
        let endpoints =
            target.endpoints.iter().map(|(port, all)| (port.clone(), all.iter().map(ToString::to_string).collect()));
        report.brokers.push(BrokerState {
            name: name.clone(),
            kind: broker.model.kind,
            version: said.or(exact).unwrap_or(&broker.model.version).clone(),
            containers_running: own.iter().filter(|node| node.state == "running").count(),
            containers_wanted: broker.nodes.len(),
            ready: answered.contains_key(name),
            degraded: answered.get(name).and_then(|answer| answer.degraded.clone()),
            endpoints: endpoints.collect(),
            image: own.first().and_then(|node| node.image.clone()),
            containers: own.iter().map(|node| node.container.clone()).collect(),
            user: (!broker.broker.description().secrets.is_empty()).then_some(target.user),
        });
        report.facts.insert(name.clone(), broker.facts.clone());
    }
}
