//! Every port that a stack wants on the host, and who has it: all of them, where [`facts`](super::facts()) stops at the
//! first that is taken.

use super::Engine;
use super::facts::Finder;
use super::holder::holder;
use super::inventory::{FoundContainer, Inventory};
use super::labels::StackId;
use crate::brokers::{Description, PortDescription};
use crate::model::{BrokerModel, NodeId};

/// One port of one container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedPort {
    pub broker: String,
    /// As in `ports:`.
    pub name: &'static str,
    /// `1`, `namesrv-1`.
    pub node: String,
    pub bind: String,
    /// On the host: pinned, as it is now, or as it would be chosen now. `None` where none is free.
    pub host: Option<u16>,
    pub pinned: bool,
    /// Who has it, if that is somebody else.
    pub holder: Option<String>,
}

/// Changes nothing, and chooses as a run would.
pub async fn asked_ports(
    engine: &Engine,
    inventory: &Inventory,
    stack: &StackId,
    brokers: &[(&BrokerModel, &Description)],
) -> Vec<AskedPort> {
    let mut finder = Finder::new(engine, inventory, stack, brokers);
    let remote = engine.facts().remote;
    let mut asked = Vec::new();
    for (broker, description) in brokers {
        for port in description.ports.iter().filter(|port| (port.when)(broker)) {
            for number in 1..=description.count(port.role, broker.nodes) {
                let one = decided(&finder, broker, port, &NodeId::helper(port.role, number)).await;
                let holder = match one.host.filter(|_| one.holder.is_some()) {
                    Some(number) => Some(holder(inventory, number, remote).await),
                    None => None,
                };
                finder.taken.held.extend(one.host);
                asked.push((AskedPort { holder, ..one }, port.number));
            }
        }
    }
    for (one, standard) in asked.iter_mut().filter(|(one, _)| one.host.is_none()) {
        match finder.taken.choose(&one.bind, *standard).await {
            Some(free) => {
                finder.taken.held.insert(free);
                one.host = Some(free);
            }
            None => {
                one.host = Some(*standard);
                one.holder = Some(holder(inventory, *standard, remote).await);
            }
        }
    }
    asked.into_iter().map(|(one, _)| one).collect()
}

/// Pinned, else as recorded; an empty holder stands for one who is still to be found.
async fn decided(finder: &Finder<'_>, broker: &BrokerModel, port: &PortDescription, node: &NodeId) -> AskedPort {
    let found = finder.container(&broker.name, node);
    let recorded = found.and_then(|found| found.recorded_ports().get(port.name).copied());
    let is_ours = |number| found.is_some_and(FoundContainer::holds_ports) && recorded == Some(number);
    let pinned = broker.ports.get(port.name).and_then(|ports| ports.get(node.index())).copied();
    let is_taken = match pinned.or(recorded) {
        Some(number) => !is_ours(number) && finder.taken.has(&broker.bind, number).await,
        None => false,
    };
    AskedPort {
        broker: broker.name.clone(),
        name: port.name,
        node: node.to_string(),
        bind: broker.bind.clone(),
        host: pinned.or(recorded.filter(|_| !is_taken)),
        pinned: pinned.is_some(),
        holder: (pinned.is_some() && is_taken).then(String::new),
    }
}
