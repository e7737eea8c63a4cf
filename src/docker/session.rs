//! The engine as a session: one stack's networks, volumes and containers.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use async_trait::async_trait;
use futures_util::future::join_all;

use super::error::Error;
use super::inventory::{Inventory, Labelled};
use super::labels::{StackId, container_name, volume_name};
use super::lower::{NETWORK, NODE, VOLUME, network_address, node_address, volume_address};
use super::{Engine, WantedNode, observe, ports, steps};
use crate::brokers::{Batch, Check, Interest, Ledger, Outcome, OutcomeResult, Readiness, Session, SessionError};
use crate::converge::{Cancel, Event, Events};
use crate::model::{Address, ImageServed, NodeId, Observation};
use crate::plan::{Action, Contents, Step};

/// What the engine has of one stack, and what of it should be.
#[derive(Debug)]
pub struct EngineSession {
    engine: Engine,
    stack: StackId,
    nodes: Vec<WantedNode>,
    /// By broker.
    images: BTreeMap<String, ImageServed>,
    lost_ports: BTreeSet<u16>,
}

impl EngineSession {
    /// Opens nothing. Without wanted nodes it still observes and deletes.
    pub fn new(engine: Engine, stack: StackId, nodes: Vec<WantedNode>) -> Self {
        Self { engine, stack, nodes, images: BTreeMap::new(), lost_ports: BTreeSet::new() }
    }

    /// The image of each broker, by its name: must be there before a node is created.
    pub fn set_images(&mut self, images: BTreeMap<String, ImageServed>) {
        self.images = images;
    }

    /// As [`Session::observe`], in what was read already.
    pub async fn observe_in(&self, inventory: &Inventory) -> Result<Observation, SessionError> {
        self.refuse_other_folder(inventory).await?;
        Ok(observe::observation(inventory, &self.stack, &self.nodes))
    }

    /// Ports that somebody took between choosing and starting. Where there are any, reading the facts again and
    /// planning again finds others, or names the holder of a pinned one.
    pub fn lost_ports(&self) -> &BTreeSet<u16> {
        &self.lost_ports
    }

    /// Removes containers, of these brokers only if some are named, their volumes if asked, and the network when
    /// nothing of the stack is left in it. A stop asked for is heard between these three.
    pub async fn remove(
        &self,
        brokers: Option<&BTreeSet<String>>,
        volumes: bool,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<Vec<Outcome>, SessionError> {
        let inventory = Inventory::read(&self.engine).await.map_err(|error| self.failure(&error))?;
        self.refuse_other_folder(&inventory).await?;
        let chosen = |broker: &str| brokers.is_none_or(|brokers| brokers.contains(broker));
        let stack = self.stack.name.as_str();
        let containers = inventory.containers_of(stack).filter_map(|found| Some((found.node()?, found)));
        let containers = containers.filter(|((broker, _), _)| chosen(broker));
        let removals = containers.map(|((broker, node), found)| {
            let removed = async move {
                // A polite stop is for the data, and takes seconds: in the middle of a start even the whole grace.
                if volumes || found.keeps_nothing() {
                    steps::remove_container(&self.engine, &found.id).await
                } else {
                    steps::stop_and_remove(&self.engine, &found.id).await
                }
            };
            observed(events, node_address(&broker, &node), "remove", removed)
        });
        let mut outcomes = join_all(removals).await;
        if volumes && !cancel.is_cancelled() {
            let doomed = inventory.volumes_of(stack).filter_map(|found| {
                let (broker, node) = found.node()?;
                let address = volume_address(&broker, &node, found.label(super::labels::VOLUME)?);
                chosen(&broker).then_some((address, found.name.as_str()))
            });
            let removals = doomed
                .map(|(address, name)| observed(events, address, "remove", steps::remove_volume(&self.engine, name)));
            outcomes.extend(join_all(removals).await);
        }
        let left = inventory.containers_of(stack).filter_map(Labelled::node).any(|(broker, _)| !chosen(&broker));
        if !left && !cancel.is_cancelled() && inventory.network_of(stack).is_some() {
            let removed = steps::remove_networks(&self.engine, &self.stack);
            outcomes.push(observed(events, network_address(stack), "remove", removed).await);
        }
        Ok(outcomes)
    }

    fn failure(&self, error: &Error) -> SessionError {
        let endpoint = self.engine.facts().address.clone();
        match error {
            Error::TimedOut { seconds, .. } => SessionError::TimedOut { endpoint, seconds: *seconds },
            Error::Refused { source, .. } if super::error::status_of(source).is_none() => {
                SessionError::Unreachable { endpoint, source: error.in_full().into() }
            }
            other => SessionError::Refused(other.in_full()),
        }
    }

    async fn refuse_other_folder(&self, inventory: &Inventory) -> Result<(), SessionError> {
        self.engine.refuse_other_folder(&self.stack, inventory).await.map_err(|error| self.failure(&error))
    }

    async fn network_id(&self) -> Result<String, Error> {
        let inventory = Inventory::read(&self.engine).await?;
        inventory.network_of(&self.stack.name).map(|found| found.id.clone()).ok_or_else(|| Error::Foreign {
            what: "network",
            name: self.stack.name.clone(),
            why: "it went away while the stack was being made".to_owned(),
            way_out: "run the same command again".to_owned(),
        })
    }

    fn wanted(&self, broker: &str, node: &NodeId) -> Option<&WantedNode> {
        self.nodes.iter().find(|wanted| wanted.container.broker == broker && wanted.container.node == *node)
    }

    async fn do_step(&self, step: &Step, events: &dyn Events) -> (Outcome, Option<u16>) {
        let mut lost = None;
        let work = async {
            let done = match step.address.kind.as_str() {
                NETWORK => self.network_step(step).await,
                VOLUME => self.volume_step(step).await,
                _ => self.node_step(step).await,
            };
            let Err(error) = done else { return Ok(()) };
            let ports = self.ports_of(&step.address);
            let error = ports::explain(&self.engine, error, &step.address.broker, &ports).await;
            if let Error::PortTaken { port, .. } = &error {
                lost = Some(*port);
            }
            Err(error)
        };
        let outcome = Box::pin(observed(events, step.address.clone(), step.action.verb(), work)).await;
        (outcome, lost)
    }

    fn ports_of(&self, address: &Address) -> Vec<(String, u16)> {
        let wanted = address.name.parse().ok().and_then(|node| self.wanted(&address.broker, &node));
        wanted
            .map(|wanted| wanted.container.ports.iter().map(|port| (port.name.to_owned(), port.host)).collect())
            .unwrap_or_default()
    }

    async fn network_step(&self, step: &Step) -> Result<(), Error> {
        match step.action {
            Action::Delete => steps::remove_networks(&self.engine, &self.stack).await,
            _ => steps::create_network(&self.engine, &self.stack).await,
        }
    }

    async fn volume_step(&self, step: &Step) -> Result<(), Error> {
        let Some((node, name)) = step.address.name.rsplit_once('-') else { return Ok(()) };
        let Ok(node) = node.parse() else { return Ok(()) };
        if matches!(step.action, Action::Delete | Action::Replace) {
            let full_name = volume_name(&self.stack.name, &step.address.broker, &node, name);
            steps::remove_volume(&self.engine, &full_name).await?;
        }
        match self.wanted(&step.address.broker, &node) {
            Some(wanted) if step.action != Action::Delete => {
                steps::create_volume(&self.engine, &self.stack, &wanted.container, name).await
            }
            _ => Ok(()),
        }
    }

    async fn node_step(&self, step: &Step) -> Result<(), Error> {
        let broker = step.address.broker.as_str();
        let Ok(node) = step.address.name.parse() else { return Ok(()) };
        let name = container_name(&self.stack.name, broker, &node);
        match step.action {
            Action::Delete => steps::stop_and_remove(&self.engine, &name).await,
            Action::Update => steps::start_container(&self.engine, &name).await,
            Action::Create | Action::Replace | Action::Blocked { .. } => {
                let (Some(wanted), Some(image)) = (self.wanted(broker, &node), self.images.get(broker)) else {
                    return Err(Error::NoImage { broker: broker.to_owned() });
                };
                let network = self.network_id().await?;
                steps::create_node(&self.engine, &self.stack, wanted, image, &network).await
            }
        }
    }
}

/// Runs one piece of work between its two events.
async fn observed(
    events: &dyn Events,
    address: Address,
    verb: &'static str,
    work: impl Future<Output = Result<(), Error>>,
) -> Outcome {
    let begun = Instant::now();
    events.emit(Event::StepStarted { address: address.clone(), verb });
    let result = match work.await {
        Ok(()) => OutcomeResult::Done,
        Err(error @ Error::TimedOut { .. }) => OutcomeResult::Unknown { reason: error.in_full() },
        Err(error) => OutcomeResult::Failed { reason: error.in_full() },
    };
    let outcome = Outcome::new(address, result);
    events.emit(Event::StepEnded { outcome: outcome.clone(), took: begun.elapsed() });
    outcome
}

/// Steps of one wave depend on nothing in it: nodes go before what they stand on is made or taken away.
fn wave(step: &Step) -> u8 {
    match (step.address.kind.as_str(), &step.action) {
        (NODE, Action::Delete) => 0,
        (NODE, _) => 2,
        (VOLUME, Action::Delete) => 3,
        (NETWORK, Action::Delete) => 4,
        _ => 1,
    }
}

#[async_trait]
impl Session for EngineSession {
    async fn ready(&mut self) -> Result<Readiness, SessionError> {
        let ping = self.engine.call_within(10, "answer", self.engine.api().ping()).await;
        ping.map(|_| Readiness::Whole).map_err(|error| self.failure(&error))
    }

    async fn observe(&mut self, _interest: Interest<'_>) -> Result<Observation, SessionError> {
        let inventory = Inventory::read(&self.engine).await.map_err(|error| self.failure(&error))?;
        self.observe_in(&inventory).await
    }

    /// The engine does not know what is inside: the brokers do.
    async fn inspect(&mut self, _addresses: &[Address]) -> BTreeMap<Address, Contents> {
        BTreeMap::new()
    }

    async fn apply(&mut self, batch: Batch<'_>) -> Vec<Outcome> {
        let mut ledger = Ledger::new(batch);
        for number in 0..=4 {
            let mut runnable = Vec::new();
            for step in batch.steps.iter().filter(|step| wave(step) == number) {
                match ledger.hindrance(step) {
                    Some(because) => ledger.end(step, OutcomeResult::NotTried { because }),
                    None => runnable.push(step),
                }
            }
            let done = join_all(runnable.iter().map(|step| self.do_step(step, batch.events))).await;
            for (step, (outcome, lost)) in runnable.into_iter().zip(done) {
                self.lost_ports.extend(lost);
                ledger.end(step, outcome.result);
            }
        }
        ledger.outcomes()
    }

    async fn usable(&mut self, _batch: Batch<'_>) -> Vec<Check> {
        Vec::new()
    }

    async fn probe(&mut self) -> Vec<Check> {
        Vec::new()
    }
}
