//! A connection to the nodes of a running ActiveMQ. Each node is asked and changed by itself: they forward messages to
//! each other, and declare nothing for each other.

mod apply;
mod contents;
mod jolokia;
mod probe;

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;
use futures_util::future::join_all;

use super::destination::DestinationType;
use super::{CONSOLE, PORTS, STOMP, normalise};
use crate::brokers::stomp::Stomp;
use crate::brokers::{Batch, Check, Endpoint, Interest, Outcome, Readiness, Session, SessionError, Target};
use crate::model::{Address, Observation, Resource};
use crate::plan::Contents;

use jolokia::Jolokia;

/// Opens nothing before the first call.
pub(super) struct ActiveMqSession {
    target: Target,
    nodes: Vec<Jolokia>,
}

impl ActiveMqSession {
    pub(super) fn new(target: Target) -> Self {
        Self { target, nodes: Vec::new() }
    }

    /// Makes a client of the HTTP API for every node that runs, in their order.
    fn prepare(&mut self) -> Result<(), SessionError> {
        if self.nodes.is_empty() {
            let endpoints = self.target.endpoints(CONSOLE).iter();
            let nodes = endpoints.map(|endpoint| Jolokia::new(&self.target, endpoint));
            self.nodes = nodes.collect::<Result<_, _>>()?;
        }
        if self.nodes.is_empty() {
            return Err(SessionError::Protocol {
                endpoint: self.target.broker.clone(),
                detail: format!("the port `{CONSOLE}` is not published"),
            });
        }
        Ok(())
    }

    /// Whether a node is up with everything that it listens with, and which others it forwards to.
    async fn look(&self, node: &Jolokia) -> Result<BTreeSet<String>, SessionError> {
        let answers = node.ask(&[normalise::node_request(), normalise::bridges_request()]).await.map_err(not_yet)?;
        let seen = normalise::node(&answers[0]).map_err(SessionError::NotReady)?;
        node.is_own(&seen)?;
        let missing =
            PORTS.iter().filter(|port| port.name != CONSOLE).find(|port| !seen.connectors.contains(port.name));
        if let Some(port) = missing {
            return Err(SessionError::NotReady(format!("the connector `{}` has not started yet", port.name)));
        }
        if let Some(endpoint) = self.target.endpoints(STOMP).iter().find(|endpoint| endpoint.node == node.number) {
            login(endpoint, &self.target).await.map_err(not_yet)?.close().await.map_err(not_yet)?;
        }
        normalise::bridges(&answers[1]).map_err(SessionError::NotReady)
    }

    /// What one node has.
    async fn names(&self, node: &Jolokia) -> Result<(String, BTreeSet<Address>), SessionError> {
        let requests = [
            normalise::node_request(),
            normalise::names_request(DestinationType::Queue),
            normalise::names_request(DestinationType::Topic),
        ];
        let answers = node.ask(&requests).await?;
        let seen = normalise::node(&answers[0]).map_err(|detail| node.protocol(detail))?;
        node.is_own(&seen)?;
        let broker = &self.target.broker;
        let of = |kind, answer| normalise::names(broker, kind, answer).map_err(|detail| node.protocol(detail));
        let queues = of(DestinationType::Queue, &answers[1])?;
        let topics = of(DestinationType::Topic, &answers[2])?;
        Ok((seen.version, queues.into_iter().chain(topics).collect()))
    }
}

#[async_trait]
impl Session for ActiveMqSession {
    async fn ready(&mut self) -> Result<Readiness, SessionError> {
        self.prepare()?;
        let looks = join_all(self.nodes.iter().map(|node| self.look(node))).await;
        // A node has joined once it forwards to all others that can be reached.
        let up: BTreeSet<&String> =
            self.nodes.iter().zip(&looks).filter(|(_, look)| look.is_ok()).map(|(node, _)| &node.name).collect();
        let joined = self.nodes.iter().zip(&looks).filter(|(node, look)| {
            let Ok(bridges) = look else { return false };
            up.iter().all(|other| **other == node.name || bridges.contains(*other))
        });
        let joined = joined.count();
        let mut errors = looks.into_iter().filter_map(Result::err);
        if let Some(error) = errors.next()
            && (up.is_empty() || matches!(error, SessionError::Unauthorized { .. } | SessionError::Refused(_)))
        {
            return Err(error);
        }
        Ok(Readiness::of(joined, self.target.nodes))
    }

    /// A wanted object is there if every node that answers has it, any other if one does. A node that does not answer
    /// keeps what it had.
    async fn observe(&mut self, interest: Interest<'_>) -> Result<Observation, SessionError> {
        self.prepare()?;
        let mut facts = self.target.facts.clone();
        let mut by_node = Vec::new();
        let mut first_error = None;
        for answer in join_all(self.nodes.iter().map(|node| self.names(node))).await {
            match answer {
                Ok((version, names)) => {
                    facts.version = version;
                    by_node.push(names);
                }
                Err(error) => first_error = first_error.or(Some(error)),
            }
        }
        if by_node.is_empty() {
            return Err(first_error.unwrap_or_else(|| SessionError::NotReady("no node answers".to_owned())));
        }
        let wanted: BTreeSet<&Address> = interest.wanted.iter().map(|resource| &resource.address).collect();
        let is_there =
            |address: &&Address| !wanted.contains(*address) || by_node.iter().all(|names| names.contains(*address));
        let all: BTreeSet<&Address> = by_node.iter().flatten().filter(is_there).collect();
        let resources = all.into_iter().map(|address| Resource::new(address.clone())).collect();
        Ok(Observation { resources, unknown: Vec::new(), facts })
    }

    async fn inspect(&mut self, addresses: &[Address]) -> BTreeMap<Address, Contents> {
        let held = match self.prepare() {
            Ok(()) => contents::read(&self.target.broker, &self.nodes).await,
            Err(error) => Err(error),
        };
        let of = |address: &Address| match &held {
            Ok(held) => held.get(address).cloned().unwrap_or_else(contents::nothing),
            Err(_) => Contents::default(),
        };
        addresses.iter().map(|address| (address.clone(), of(address))).collect()
    }

    async fn apply(&mut self, batch: Batch<'_>) -> Vec<Outcome> {
        match self.prepare() {
            Ok(()) => apply::apply(&self.target, &self.nodes, batch).await,
            Err(error) => {
                let failed = |step: &crate::plan::Step| Outcome::failed(step.address.clone(), error.to_string());
                batch.steps.iter().map(failed).collect()
            }
        }
    }

    /// A queue or topic that an answer says is made can be used at once: it is made before the answer is written.
    async fn usable(&mut self, _batch: Batch<'_>) -> Vec<Check> {
        Vec::new()
    }

    async fn probe(&mut self) -> Vec<Check> {
        match self.prepare() {
            Ok(()) => vec![probe::probe(&self.target, &self.nodes).await],
            Err(error) => vec![probe::failed(&self.target.broker, &error)],
        }
    }
}

async fn login(endpoint: &Endpoint, target: &Target) -> Result<Stomp, SessionError> {
    Stomp::connect(endpoint, &target.user, &target.password, target.deadline).await
}

/// A node that is starting refuses, breaks off or says nothing.
fn not_yet(error: SessionError) -> SessionError {
    match error {
        SessionError::Unreachable { .. } | SessionError::TimedOut { .. } | SessionError::Protocol { .. } => {
            SessionError::NotReady(crate::error_chain(&error))
        }
        other => other,
    }
}
