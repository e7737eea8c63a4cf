//! A connection to a running RocketMQ: its name server, its brokers, its proxy.

mod apply;
mod commands;
mod connection;
mod contents;
mod delete;
#[cfg(test)]
mod fake;
mod greeting;
mod observe;
mod probe;
mod ready;
mod usable;
mod write;

use std::collections::BTreeMap;
use std::time::Instant;

use async_trait::async_trait;
use futures_util::future::join_all;

use super::copies::{self, Node, Seen};
use super::normalise::normalise;
use super::{BROKER_PORT, NAMESRV_PORT, PROXY_REMOTING_PORT};
use crate::brokers::{Batch, Check, Endpoint, Interest, Outcome, Readiness, Session, SessionError, Target};
use crate::model::{Address, Observation};
use crate::plan::Contents;

use connection::Connection;
use contents::Sources;

/// The node that takes messages and changes.
const MASTER: u32 = 1;

/// Opens nothing before the first call.
pub(super) struct RocketSession {
    target: Target,
    namesrv: Connection,
    /// The master, then its replica, as far as they run.
    brokers: Vec<Connection>,
    proxy: Connection,
}

impl RocketSession {
    pub(super) fn new(target: Target) -> Self {
        let open = |endpoint: &Endpoint| Connection::new(endpoint.clone(), target.deadline);
        let nowhere = Endpoint { node: 1, host: String::new(), port: 0 };
        let one = |port: &str| open(target.endpoint(port).unwrap_or(&nowhere));
        let brokers = target.endpoints(BROKER_PORT).iter().map(open).collect();
        Self { namesrv: one(NAMESRV_PORT), brokers, proxy: one(PROXY_REMOTING_PORT), target }
    }

    fn master(&mut self) -> Result<&mut Connection, SessionError> {
        self.brokers.iter_mut().find(|broker| broker.node() == MASTER).ok_or_else(no_master)
    }

    fn sources(&mut self) -> Result<Sources<'_>, SessionError> {
        let Self { brokers, proxy, .. } = self;
        let master = brokers.iter_mut().find(|broker| broker.node() == MASTER);
        Ok(Sources { master: master.ok_or_else(no_master)?, proxy })
    }

    fn check(&self, name: &str, result: Result<String, SessionError>, started: Instant) -> Check {
        let found = result.map_err(|error| crate::error_chain(&error));
        Check::of(&self.target.broker, name, found, started.elapsed())
    }
}

#[async_trait]
impl Session for RocketSession {
    async fn ready(&mut self) -> Result<Readiness, SessionError> {
        ready::look(self).await
    }

    /// Master and replica at once.
    async fn observe(&mut self, interest: Interest<'_>) -> Result<Observation, SessionError> {
        let looks = self.brokers.iter_mut().map(|node| async move { (node.node(), observe::look(node).await) });
        let (mut nodes, mut versions, mut errors) = (Vec::new(), Vec::new(), Vec::new());
        for (node, look) in join_all(looks).await {
            let seen = match look {
                Ok((tables, version)) => {
                    versions.extend(version);
                    let (resources, unknown) = normalise(&self.target.broker, &tables.topics, &tables.groups);
                    Ok(Seen { resources, unknown })
                }
                Err(error) => {
                    let reason = crate::error_chain(&error);
                    errors.push(error);
                    Err(reason)
                }
            };
            nodes.push(Node { node, seen });
        }
        if errors.len() == nodes.len() {
            return Err(errors.into_iter().next().unwrap_or_else(no_master));
        }
        let Seen { resources, unknown } = copies::together(&self.target.broker, nodes, interest.wanted);
        let mut facts = self.target.facts.clone();
        if let Some(version) = versions.into_iter().next() {
            facts.version = version;
        }
        Ok(Observation { resources, unknown, facts })
    }

    async fn inspect(&mut self, addresses: &[Address]) -> BTreeMap<Address, Contents> {
        match self.sources() {
            Ok(mut sources) => contents::of(&mut sources, addresses).await.unwrap_or_default(),
            Err(_) => BTreeMap::new(),
        }
    }

    async fn apply(&mut self, batch: Batch<'_>) -> Vec<Outcome> {
        apply::apply(self, batch).await
    }

    async fn usable(&mut self, batch: Batch<'_>) -> Vec<Check> {
        usable::usable(self, batch).await
    }

    async fn probe(&mut self) -> Vec<Check> {
        probe::probe(self).await
    }
}

fn no_master() -> SessionError {
    SessionError::Refused("its master does not run".to_owned())
}
