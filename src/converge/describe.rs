//! The brokers as they are at the end of a run.

use std::collections::BTreeMap;

use super::prepare::Lowered;
use super::report::{BrokerState, Report};
use crate::docker::{Engine, Inventory, StackId};

/// Adds every broker to the report. `versions` has those that answered, with the version that they gave.
pub(super) fn describe(
    engine: &Engine,
    inventory: &Inventory,
    id: &StackId,
    lowered: &[Lowered<'_>],
    versions: &BTreeMap<String, String>,
    report: &mut Report,
) {
    let nodes = inventory.stack(&id.name).map(|stack| stack.nodes).unwrap_or_default();
    for broker in lowered {
        let name = &broker.model.name;
        let own: Vec<_> = nodes.iter().filter(|node| node.broker == *name).collect();
        let said = versions.get(name).filter(|version| !version.is_empty());
        let exact = own.first().and_then(|node| node.image.as_ref()?.exact_version.as_ref());
        let target = broker.target(engine);
        let endpoints =
            target.endpoints.iter().map(|(port, all)| (port.clone(), all.iter().map(ToString::to_string).collect()));
        report.brokers.push(BrokerState {
            name: name.clone(),
            kind: broker.model.kind,
            version: said.or(exact).unwrap_or(&broker.model.version).clone(),
            running: !own.is_empty() && own.iter().all(|node| node.state == "running"),
            ready: versions.contains_key(name),
            endpoints: endpoints.collect(),
            image: own.first().and_then(|node| node.image.clone()),
            containers: own.iter().map(|node| node.container.clone()).collect(),
            user: (!broker.broker.description().secrets.is_empty()).then_some(target.user),
        });
        report.facts.insert(name.clone(), broker.facts.clone());
    }
}
