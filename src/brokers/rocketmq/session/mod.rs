//! A connection to a running RocketMQ: its name server, its brokers, its proxy.

mod apply;
mod commands;
mod connection;
mod contents;
mod delete;
mod greeting;
mod observe;
mod probe;
mod usable;
mod write;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use serde_json::Value as Json;

use super::{BROKER_PORT, NAMESRV_PORT, PROXY_PORT, PROXY_REMOTING_PORT, names};
use crate::brokers::{Batch, Check, Endpoint, Interest, Outcome, Session, SessionError, Target};
use crate::model::{Address, Observation};
use crate::plan::Contents;

use connection::Connection;
use contents::Sources;

/// One look at whether everything is there; it is asked again anyway.
const ATTEMPT: Duration = Duration::from_secs(3);

/// Opens nothing before the first call.
pub(super) struct RocketSession {
    target: Target,
    namesrv: Connection,
    /// The master, then its replica.
    brokers: Vec<Connection>,
    proxy: Connection,
}

impl RocketSession {
    pub(super) fn new(target: Target) -> Self {
        let open = |endpoint: &Endpoint| Connection::new(endpoint.clone(), target.deadline);
        let nowhere = Endpoint { host: String::new(), port: 0 };
        let one = |port: &str| open(target.endpoint(port).unwrap_or(&nowhere));
        let brokers = target.endpoints.get(BROKER_PORT).into_iter().flatten().map(open).collect();
        Self { namesrv: one(NAMESRV_PORT), brokers, proxy: one(PROXY_REMOTING_PORT), target }
    }

    fn master(&mut self) -> Result<&mut Connection, SessionError> {
        self.brokers.first_mut().ok_or_else(|| SessionError::Refused("its broker has no published port".to_owned()))
    }

    fn sources(&mut self) -> Result<Sources<'_>, SessionError> {
        let Self { brokers, proxy, .. } = self;
        let none = || SessionError::Refused("its broker has no published port".to_owned());
        Ok(Sources { master: brokers.first_mut().ok_or_else(none)?, proxy })
    }

    fn check(&self, name: &str, result: Result<String, SessionError>, started: Instant) -> Check {
        let ok = result.is_ok();
        Check {
            name: name.to_owned(),
            broker: self.target.broker.clone(),
            ok,
            detail: result.unwrap_or_else(|error| error.to_string()),
            milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        }
    }

    /// The name server lists all brokers, each works, the replica follows, and the proxy answers both kinds of
    /// clients: settings that make no sense, and a name server that nobody reaches, are no reason for a broker to say
    /// anything else than "boot success".
    async fn look(&mut self) -> Result<(), SessionError> {
        let route = self.namesrv.read(commands::route(names::CLUSTER)).await?;
        let (found, nodes) = (registered(&route), self.brokers.len());
        if found < nodes {
            return Err(SessionError::NotReady(format!("{found} of {nodes} brokers have registered with the name server")));
        }
        for broker in &mut self.brokers {
            broker.ask(commands::runtime_info()).await?;
        }
        if nodes > 1 {
            let followers = followers(&self.master()?.read(commands::replication()).await?);
            if followers + 1 < nodes {
                return Err(SessionError::NotReady("the replica does not follow its master yet".to_owned()));
            }
        }
        self.proxy.ask(commands::route(names::CLUSTER)).await?;
        match self.target.endpoint(PROXY_PORT) {
            Some(endpoint) => greeting::greet(endpoint, self.target.deadline.min(ATTEMPT)).await,
            None => Ok(()),
        }
    }
}

#[async_trait]
impl Session for RocketSession {
    async fn ready(&mut self) -> Result<(), SessionError> {
        match tokio::time::timeout(self.target.deadline.min(ATTEMPT), self.look()).await {
            Ok(looked) => looked.map_err(not_yet),
            Err(_) => {
                // An answer that comes later would be taken for another one.
                let target = self.target.clone();
                *self = Self::new(target);
                Err(SessionError::NotReady(format!("no answer within {} s", ATTEMPT.as_secs())))
            }
        }
    }

    async fn observe(&mut self, _interest: Interest<'_>) -> Result<Observation, SessionError> {
        let (broker, facts) = (self.target.broker.clone(), self.target.facts.clone());
        observe::observe(self.master()?, &broker, facts).await
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

/// While everything starts, ports come and go.
fn not_yet(error: SessionError) -> SessionError {
    match error {
        SessionError::NotReady(_) => error,
        SessionError::Unreachable { endpoint, source } => {
            SessionError::NotReady(format!("cannot reach {endpoint}: {source}"))
        }
        other => SessionError::NotReady(other.to_string()),
    }
}

/// How many brokers the name server lists.
fn registered(route: &Json) -> usize {
    let brokers = route.get("brokerDatas").and_then(Json::as_array).into_iter().flatten();
    let addresses = brokers.filter_map(|broker| broker.get("brokerAddrs")?.as_object());
    addresses.map(serde_json::Map::len).sum()
}

/// How many replicas copy from the master right now.
fn followers(status: &Json) -> usize {
    let connections = status.get("haConnectionInfo").and_then(Json::as_array);
    connections.map_or(0, Vec::len)
}
