//! All stacks on an engine, and starting and stopping one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use futures_util::future::join_all;
use serde::Serialize;

use super::inventory::{FoundContainer, FoundVolume, Inventory, Labelled};
use super::labels::{self, Labels};
use super::lower::node_address;
use super::{Engine, Error, StackId, observe, ports, steps};
use crate::brokers::Outcome;
use crate::converge::{Event, Events};
use crate::model::{ImageServed, NodeId};

/// A stack as its labels tell it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct StackSummary {
    pub name: String,
    /// The folder of its file.
    pub directory: Option<String>,
    pub nodes: Vec<NodeSummary>,
    pub volumes: Vec<VolumeSummary>,
}

/// A volume as its labels tell it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct VolumeSummary {
    pub name: String,
    /// Whose data it holds.
    pub broker: String,
}

/// A node as its labels and the engine tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeSummary {
    pub broker: String,
    pub node: NodeId,
    pub container: String,
    pub kind: String,
    pub version: String,
    /// `running`, `exited`, …
    pub state: String,
    /// For people: `Up 3 hours`.
    pub status: String,
    /// All that it holds is in memory: it goes when the container stops.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub in_memory: bool,
    /// Host ports by name.
    pub ports: BTreeMap<String, u16>,
    pub image: Option<ImageServed>,
}

/// What `stop`, `start` and `restart` do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Power {
    Stop,
    Start,
    Restart,
}

impl Engine {
    /// Everything with a label of ours, by stack and broker.
    pub async fn list_stacks(&self) -> Result<Vec<StackSummary>, Error> {
        Ok(summaries(&Inventory::read(self).await?))
    }

    /// One stack; `None` where nothing has its label.
    pub async fn stack(&self, name: &str) -> Result<Option<StackSummary>, Error> {
        Ok(Inventory::read(self).await?.stack(name))
    }

    /// Everything on the engine; an error where another folder made a stack of the same name.
    pub async fn inventory(&self, stack: &StackId) -> Result<Inventory, Error> {
        let inventory = Inventory::read(self).await?;
        self.refuse_other_folder(stack, &inventory).await?;
        Ok(inventory)
    }

    /// Refuses a stack of the same name that another folder made. Who has no folder works by name alone.
    pub async fn is_of_this_folder(&self, stack: &StackId) -> Result<(), Error> {
        self.inventory(stack).await.map(|_| ())
    }

    /// Two folders' stacks of one name are kept apart. A folder that is gone from this machine was moved.
    pub(super) async fn refuse_other_folder(&self, stack: &StackId, inventory: &Inventory) -> Result<(), Error> {
        let Some(folder) = observe::other_directory(inventory, stack) else { return Ok(()) };
        let is_moved = !self.facts().remote && !tokio::fs::try_exists(&folder).await.unwrap_or(true);
        if is_moved {
            return Ok(());
        }
        Err(Error::OtherFolder { stack: stack.name.clone(), folder: folder.into() })
    }

    /// Stops, starts or restarts the containers of a stack, of these brokers only if some are named.
    /// Volumes, network and configuration stay as they are.
    pub async fn power(
        &self,
        stack: &StackId,
        brokers: Option<&BTreeSet<String>>,
        power: Power,
        events: &dyn Events,
    ) -> Result<Vec<Outcome>, Error> {
        let nodes = self.stack(&stack.name).await?.map(|stack| stack.nodes).unwrap_or_default();
        let chosen = nodes.into_iter().filter(|node| brokers.is_none_or(|brokers| brokers.contains(&node.broker)));
        let work = chosen.map(|node| async move {
            let begun = Instant::now();
            let address = node_address(&node.broker, &node.node);
            events.emit(Event::StepStarted { address: address.clone(), verb: power.verb() });
            let outcome = match self.power_one(&node.container, power).await {
                Ok(()) => Outcome::done(address),
                Err(error) => {
                    let ports: Vec<(String, u16)> = node.ports.into_iter().collect();
                    Outcome::failed(address, ports::explain(self, error, &node.broker, &ports).await.in_full())
                }
            };
            events.emit(Event::StepEnded { outcome: outcome.clone(), took: begun.elapsed() });
            outcome
        });
        Ok(join_all(work).await)
    }

    /// Removes what an interrupted run made and nobody will start. The engine may have made it only after that run
    /// was killed, so this comes last. Gives the names.
    pub async fn remove_leftovers(&self, stack: &StackId, inventory: &Inventory) -> Result<Vec<String>, Error> {
        let leftovers: Vec<_> = inventory.containers_of(&stack.name).filter(|found| found.state == "created").collect();
        for leftover in &leftovers {
            steps::remove_container(self, &leftover.id).await?;
        }
        let mut removed: Vec<String> = leftovers.into_iter().map(|leftover| leftover.name.clone()).collect();
        let first = inventory.network_of(&stack.name).map(|found| &found.id);
        let others = inventory.networks.iter().filter(|found| found.is_of(&stack.name) && Some(&found.id) != first);
        for network in others {
            if steps::remove_network_of_nobody(self, &network.id).await? {
                removed.push(format!("a second network {}", network.name));
            }
        }
        Ok(removed)
    }

    /// Starts a container that stopped by itself.
    pub async fn start_again(&self, container: &str) -> Result<(), Error> {
        steps::start_container(self, container).await
    }

    async fn power_one(&self, container: &str, power: Power) -> Result<(), Error> {
        if power != Power::Start {
            steps::stop_container(self, container, None).await?;
        }
        if power != Power::Stop {
            steps::start_container(self, container).await?;
        }
        Ok(())
    }
}

impl Inventory {
    /// One stack; `None` where nothing has its label.
    pub fn stack(&self, name: &str) -> Option<StackSummary> {
        summaries(self).into_iter().find(|stack| stack.name == name)
    }

    /// The image that each broker of the stack runs or ran last, by broker.
    pub fn images_in_use(&self, stack: &str) -> BTreeMap<String, ImageServed> {
        let nodes = self.stack(stack).map(|stack| stack.nodes).unwrap_or_default();
        nodes.into_iter().filter_map(|node| Some((node.broker, node.image?))).collect()
    }
}

impl Power {
    /// As typed.
    pub fn verb(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Start => "start",
            Self::Restart => "restart",
        }
    }
}

fn summaries(inventory: &Inventory) -> Vec<StackSummary> {
    let mut stacks: BTreeMap<&str, StackSummary> = BTreeMap::new();
    let mut labelled: Vec<&Labels> = inventory.containers.iter().map(Labelled::labels).collect();
    labelled.extend(inventory.volumes.iter().map(Labelled::labels));
    labelled.extend(inventory.networks.iter().map(Labelled::labels));
    for all in labelled {
        let Some(name) = all.get(labels::STACK) else { continue };
        let stack =
            stacks.entry(name).or_insert_with(|| StackSummary { name: name.clone(), ..StackSummary::default() });
        stack.directory = stack.directory.take().or_else(|| all.get(labels::DIRECTORY).cloned());
    }
    for (name, stack) in &mut stacks {
        stack.nodes = inventory.nodes_of(name).values().filter_map(|found| node_summary(found)).collect();
        stack.volumes = inventory.volumes_of(name).filter_map(volume_summary).collect();
        stack.volumes.sort();
    }
    stacks.into_values().collect()
}

fn volume_summary(found: &FoundVolume) -> Option<VolumeSummary> {
    let (broker, _) = found.node()?;
    Some(VolumeSummary { name: found.name.clone(), broker })
}

fn node_summary(found: &FoundContainer) -> Option<NodeSummary> {
    let (broker, node) = found.node()?;
    let text = |name: &str| found.label(name).unwrap_or_default().to_owned();
    Some(NodeSummary {
        broker,
        node,
        container: found.name.clone(),
        kind: text(labels::KIND),
        version: text(labels::VERSION),
        state: found.state.clone(),
        status: found.status.clone(),
        in_memory: found.keeps_nothing(),
        ports: found.recorded_ports(),
        image: labels::image(&found.labels),
    })
}
