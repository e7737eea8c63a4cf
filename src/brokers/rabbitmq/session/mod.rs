//! A connection to one RabbitMQ: what is there, what it holds, and how it becomes what it should be.

mod amqp;
mod apply;
mod client;
mod contents;
#[cfg(test)]
mod fake;
mod hidden;
mod replace;
mod verify;
mod wire;
mod write;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::join_all;
use serde_json::Value as Json;

use super::{kinds, normalise};
use crate::brokers::{Batch, Check, Interest, Outcome, Readiness, Session, SessionError, Target};
use crate::model::{Address, Facts, Observation, Resource, Value};
use crate::net::first_open;
use crate::plan::Contents;

use client::Client;
#[cfg(test)]
pub(crate) use fake::FakeRabbit;

/// The session. Opens nothing until it is asked something.
pub(super) struct RabbitSession {
    /// The node that is asked.
    target: Target,
    /// Each of the others.
    others: Vec<Target>,
    client: Option<Client>,
    /// The virtual hosts in which our user may do everything, as of the last read.
    entered: BTreeSet<String>,
}

impl RabbitSession {
    pub(super) fn new(target: Target) -> Self {
        Self { target, others: Vec::new(), client: None, entered: BTreeSet::new() }
    }

    /// Over another wire than the network.
    #[cfg(test)]
    fn over(target: Target, wire: Box<dyn wire::Wire>) -> Self {
        let client = Client::over(wire, target.broker.clone(), &target);
        Self { target, others: Vec::new(), client: Some(client), entered: BTreeSet::new() }
    }

    /// Settles on the first node that takes connections: the management API of each is that of all.
    async fn settle_on_a_node(&mut self) {
        let places = self.target.endpoints("management");
        if self.client.is_some() || places.len() < 2 {
            return;
        }
        let places = places.iter().map(|endpoint| (endpoint.host.clone(), endpoint.port));
        if let Some(index) = first_open(places, self.target.deadline).await {
            let all = &self.target;
            let count = all.endpoints("management").len();
            self.others = (0..count).filter(|other| *other != index).map(|other| all.of_node(other)).collect();
            self.target = all.of_node(index);
        }
    }

    fn client(&mut self) -> Result<&Client, SessionError> {
        let client = match self.client.take() {
            Some(client) => client,
            None => Client::new(&self.target)?,
        };
        Ok(self.client.insert(client))
    }

    /// What the broker has, read anew.
    async fn definitions(&mut self) -> Result<Vec<Resource>, SessionError> {
        let client = self.client()?;
        let (definitions, exchanges) =
            tokio::try_join!(client.get(&["definitions"], &[]), client.get(&["exchanges"], EXCHANGES))?;
        Ok(self.read(&definitions, &exchanges))
    }

    fn read(&mut self, definitions: &Json, exchanges: &Json) -> Vec<Resource> {
        let resources = normalise::resources(&self.target.broker, definitions, exchanges);
        let own = resources
            .iter()
            .filter(|resource| resource.address.kind == kinds::PERMISSION && resource.address.name == self.target.user);
        let full = own.filter(|own| ALL.iter().all(|(what, all)| own.attribute(what) == Some(&Value::from(*all))));
        self.entered = full.map(|permission| permission.address.vhost_name().to_owned()).collect();
        resources
    }

    /// Sees to it that our user may work in a virtual host, and says whether that took something. Who makes one
    /// may; one that was made by others has no place for us yet.
    async fn enter(&mut self, vhost: &str) -> Result<bool, SessionError> {
        if self.entered.contains(vhost) {
            return Ok(false);
        }
        let body = serde_json::json!(BTreeMap::from(ALL));
        let user = self.target.user.clone();
        self.client()?.put(&["permissions", vhost, &user], &body).await?;
        self.entered.insert(vhost.to_owned());
        Ok(true)
    }
}

/// For one look at a node that may not be there.
const ATTEMPT: Duration = Duration::from_secs(3);

/// What an administrator of ours may do in a virtual host.
const ALL: [(&str, &str); 3] = [("configure", ".*"), ("read", ".*"), ("write", ".*")];

/// Since 4.3 the definitions leave out internal exchanges.
const EXCHANGES: &[(&str, &str)] =
    &[("disable_stats", "true"), ("columns", "vhost,name,type,durable,auto_delete,internal,arguments")];

/// Without the statistics, which take longer than everything else together.
const NODES: &[(&str, &str)] = &[("disable_stats", "true"), ("columns", "name,running")];

#[async_trait]
impl Session for RabbitSession {
    async fn ready(&mut self) -> Result<Readiness, SessionError> {
        self.settle_on_a_node().await;
        let nodes = self.target.nodes;
        let others = self.others.clone();
        let client = self.client()?;
        client.greeting().await.map_err(not_yet)?;
        let (user, vhosts, listener, alarms, listed, listening) = tokio::join!(
            client.administrator(),
            client.healthy(&["virtual-hosts"]),
            client.healthy(&["port-listener", "5672"]),
            client.healthy(&["alarms"]),
            client.get(&["nodes"], NODES),
            listening(&others),
        );
        user.map_err(not_yet)?;
        for health in [vhosts, listener, alarms] {
            if let Err(complaint) = health.map_err(not_yet)? {
                return Err(SessionError::NotReady(complaint));
            }
        }
        // Nodes that did not find each other each come up alone and look healthy.
        let joined = running_nodes(&listed.map_err(not_yet)?);
        let able = if others.is_empty() { joined } else { joined.min(1 + listening) };
        Ok(Readiness::of(able, nodes))
    }

    /// Three seconds longer while a broker that has just started may bring wanted streams back.
    async fn observe(&mut self, interest: Interest<'_>) -> Result<Observation, SessionError> {
        self.settle_on_a_node().await;
        let facts = self.target.facts.clone();
        let client = self.client()?;
        let (definitions, exchanges, overview, nodes) = tokio::try_join!(
            client.get(&["definitions"], &[]),
            client.get(&["exchanges"], EXCHANGES),
            client.get(&["overview"], &[("disable_stats", "true")]),
            client.get(&["nodes"], NODES),
        )?;
        let there = self.read(&definitions, &exchanges);
        let resources = hidden::settled(self, interest.wanted, there).await?;
        Ok(Observation { resources, unknown: Vec::new(), facts: observed_facts(facts, &overview, &nodes) })
    }

    async fn inspect(&mut self, addresses: &[Address]) -> BTreeMap<Address, Contents> {
        contents::inspect(self, addresses).await
    }

    async fn apply(&mut self, batch: Batch<'_>) -> Vec<Outcome> {
        apply::apply(self, batch).await
    }

    async fn usable(&mut self, batch: Batch<'_>) -> Vec<Check> {
        verify::usable(self, batch).await
    }

    async fn probe(&mut self) -> Vec<Check> {
        verify::probe(self).await
    }
}

/// How many of these take clients: a node that has joined may not listen yet.
async fn listening(nodes: &[Target]) -> usize {
    let greetings = nodes.iter().map(|node| async {
        let node = Target { deadline: node.deadline.min(ATTEMPT), ..node.clone() };
        amqp::greeting(&node).await.is_ok()
    });
    join_all(greetings).await.into_iter().filter(|listens| *listens).count()
}

/// While a broker starts, its ports come and go. A wrong password stays wrong.
fn not_yet(error: SessionError) -> SessionError {
    match error {
        SessionError::Unauthorized { .. } | SessionError::NotReady(_) => error,
        SessionError::Unreachable { endpoint, source } => {
            SessionError::NotReady(format!("cannot reach {endpoint}: {source}"))
        }
        other => SessionError::NotReady(other.to_string()),
    }
}

fn running_nodes(nodes: &Json) -> usize {
    let running = |node: &&Json| node.get("running").and_then(Json::as_bool).unwrap_or(false);
    nodes.as_array().map_or(0, |nodes| nodes.iter().filter(running).count())
}

fn observed_facts(mut facts: Facts, overview: &Json, nodes: &Json) -> Facts {
    let text = |key: &str| overview.get(key).and_then(Json::as_str).map(ToOwned::to_owned);
    if let Some(version) = text("rabbitmq_version") {
        facts.version = version;
    }
    for key in ["cluster_name", "erlang_version", "node", "default_queue_type"] {
        facts.observed.extend(text(key).map(|value| (key.to_owned(), value)));
    }
    facts.observed.insert("nodes".to_owned(), running_nodes(nodes).to_string());
    facts
}
