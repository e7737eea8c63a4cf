//! What must be known before containers can be written down: ports, ids and the host to advertise.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::inventory::{FoundContainer, Inventory, Labelled};
use super::labels::{self, StackId};
use super::ports::{self, Taken};
use super::{Engine, Error};
use crate::brokers::{Description, IdDescription};
use crate::model::{BrokerModel, Facts, NodeId};

/// Facts by broker: recorded on containers and volumes, else pinned in the file, else chosen now.
///
/// Changes nothing. A pinned port that somebody else holds is [`Error::PortTaken`] with the holder's name.
/// `secrets` stay empty: they are not the engine's.
pub async fn facts(
    engine: &Engine,
    inventory: &Inventory,
    stack: &StackId,
    brokers: &[(&BrokerModel, &Description)],
) -> Result<BTreeMap<String, Facts>, Error> {
    let mut finder = Finder::new(engine, inventory, stack, brokers);
    // What is decided already is spoken for before anything is chosen.
    let mut all = BTreeMap::new();
    for (broker, description) in brokers {
        all.insert(broker.name.clone(), finder.decided(broker, description).await?);
    }
    for (broker, description) in brokers {
        if let Some(facts) = all.get_mut(&broker.name) {
            finder.choose(broker, description, facts).await?;
        }
    }
    Ok(all)
}

pub(super) struct Finder<'a> {
    engine: &'a Engine,
    inventory: &'a Inventory,
    stack: &'a StackId,
    pub(super) taken: Taken,
}

/// A port that is still to be chosen.
const OPEN: u16 = 0;

impl<'a> Finder<'a> {
    pub(super) fn new(
        engine: &'a Engine,
        inventory: &'a Inventory,
        stack: &'a StackId,
        brokers: &[(&BrokerModel, &Description)],
    ) -> Self {
        Self { engine, inventory, stack, taken: taken(engine, inventory, stack, brokers) }
    }

    /// Pinned and recorded ports, recorded or new ids; ports that are neither stay [`OPEN`].
    async fn decided(&mut self, broker: &BrokerModel, description: &Description) -> Result<Facts, Error> {
        let mut facts = Facts {
            version: broker.version.clone(),
            ids: self.ids(broker, description),
            advertise_host: self.advertise_host(broker),
            ..Facts::default()
        };
        for port in description.ports.iter().filter(|port| (port.when)(broker)) {
            let mut numbers = Vec::new();
            for number in 1..=description.count(port.role, broker.nodes) {
                let node = NodeId::helper(port.role, number);
                let number = self.decided_port(broker, port.name, &node).await?;
                if number != OPEN {
                    self.taken.held.insert(number);
                }
                numbers.push(number);
            }
            facts.ports.insert(port.name.to_owned(), numbers);
        }
        Ok(facts)
    }

    async fn decided_port(&self, broker: &BrokerModel, name: &str, node: &NodeId) -> Result<u16, Error> {
        let found = self.container(&broker.name, node);
        let recorded = found.and_then(|found| found.recorded_ports().get(name).copied());
        let is_held_by_us = |port| found.is_some_and(FoundContainer::holds_ports) && recorded == Some(port);
        let pinned = broker.ports.get(name).and_then(|ports| ports.get(node.index())).copied();
        if let Some(port) = pinned {
            if !is_held_by_us(port) && self.taken.has(&broker.bind, port).await {
                return Err(ports::taken(self.inventory, self.engine, &broker.name, name, port).await);
            }
            return Ok(port);
        }
        match recorded {
            Some(port) if is_held_by_us(port) || !self.taken.has(&broker.bind, port).await => Ok(port),
            _ => Ok(OPEN),
        }
    }

    async fn choose(
        &mut self,
        broker: &BrokerModel,
        description: &Description,
        facts: &mut Facts,
    ) -> Result<(), Error> {
        for port in description.ports {
            for number in facts.ports.get_mut(port.name).into_iter().flatten().filter(|number| **number == OPEN) {
                match self.taken.choose(&broker.bind, port.number).await {
                    Some(free) => *number = free,
                    None => {
                        return Err(
                            ports::taken(self.inventory, self.engine, &broker.name, port.name, port.number).await
                        );
                    }
                }
                self.taken.held.insert(*number);
            }
        }
        Ok(())
    }

    /// From the container, else from a volume that outlived it, else new.
    fn ids(&self, broker: &BrokerModel, description: &Description) -> BTreeMap<String, String> {
        let containers = self.inventory.containers_of(&self.stack.name).map(Labelled::labels);
        let volumes = self.inventory.volumes_of(&self.stack.name).map(Labelled::labels);
        let recorded: Vec<BTreeMap<String, String>> = volumes
            .chain(containers)
            .filter(|all| all.get(labels::BROKER) == Some(&broker.name))
            .filter(|all| all.get(labels::KIND).is_some_and(|kind| kind == broker.kind))
            .filter_map(|all| labels::parsed(all, labels::IDS))
            .collect();
        let recorded = |name: &str| recorded.iter().find_map(|ids| ids.get(name).cloned());
        let id_of = |id: &IdDescription| recorded(id.name).unwrap_or_else(|| (id.make)(broker, new_id()));
        description.ids.iter().map(|id| (id.name.to_owned(), id_of(id))).collect()
    }

    fn advertise_host(&self, broker: &BrokerModel) -> String {
        broker.advertise_host.clone().unwrap_or_else(|| self.engine.probe_host().to_owned())
    }

    pub(super) fn container(&self, broker: &str, node: &NodeId) -> Option<&'a FoundContainer> {
        let mut own = self.inventory.containers_of(&self.stack.name).filter(|found| !found.is_unfinished());
        own.find(|found| found.node().is_some_and(|(name, number)| name == broker && number == *node))
    }
}

/// Ports of everybody else: what runs publishes them, and what is stopped wants them back.
fn taken(engine: &Engine, inventory: &Inventory, stack: &StackId, brokers: &[(&BrokerModel, &Description)]) -> Taken {
    let others = inventory.containers.iter().filter(|found| !found.is_of(&stack.name));
    let held = others.flat_map(|found| {
        found.published.iter().copied().chain(found.recorded_ports().into_values()).collect::<BTreeSet<_>>()
    });
    let standard = brokers.iter().flat_map(|(_, description)| description.ports.iter().map(|port| port.number));
    Taken { held: held.collect(), standard: standard.collect(), remote: engine.facts().remote }
}

/// 16 random bytes as Kafka writes its ids. One that begins with a dash would read as an option.
fn new_id() -> String {
    loop {
        let id = URL_SAFE_NO_PAD.encode(rand::random::<[u8; 16]>());
        if !id.starts_with('-') {
            return id;
        }
    }
}
