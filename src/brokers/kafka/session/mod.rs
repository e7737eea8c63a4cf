//! A connection to a running Kafka.

mod apply;
mod client;
mod contents;
mod failure;
mod ffi;
mod greeting;
mod observe;
mod perform;
mod probe;
mod usable;
mod work;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;

use crate::brokers::kafka::container::CLUSTER_ID;
use crate::brokers::{Batch, Check, Interest, Outcome, Readiness, Session, SessionError, Target};
use crate::model::{Address, Observation};
use crate::plan::Contents;

use client::{Client, Cluster};
use observe::Asked;
use perform::Perform;

/// One look at whether the broker is there; it is asked again anyway.
const ATTEMPT: Duration = Duration::from_secs(3);

/// Opens nothing before the first call.
///
/// [`Session::usable`] takes as long as something moves, see there; everything else ends within a few of the
/// target's deadlines, and within two when nothing answers.
pub(super) struct KafkaSession {
    target: Target,
    client: Option<Client>,
}

impl KafkaSession {
    pub(super) fn new(target: Target) -> Self {
        Self { target, client: None }
    }

    /// One client for the whole session.
    fn client(&mut self) -> Result<Client, SessionError> {
        if let Some(client) = &self.client {
            return Ok(client.clone());
        }
        let client = Client::new(&self.target)?;
        self.client = Some(client.clone());
        Ok(client)
    }
}

#[async_trait]
impl Session for KafkaSession {
    async fn ready(&mut self) -> Result<Readiness, SessionError> {
        greeting::greet(&self.target, self.target.deadline.min(ATTEMPT)).await?;
        let mut client = self.client()?;
        client.deadline = client.deadline.min(ATTEMPT);
        match client.run(|client| client.cluster(client.deadline)).await {
            Ok(cluster) => {
                self.refuse_another(cluster.id.as_deref())?;
                judge(&cluster, self.target.nodes)
            }
            Err(error @ SessionError::Unreachable { .. }) => {
                let source = std::error::Error::source(&error).map(|source| format!(": {source}"));
                Err(SessionError::NotReady(format!("{error}{}", source.unwrap_or_default())))
            }
            Err(error @ (SessionError::TimedOut { .. } | SessionError::Refused(_))) => {
                Err(SessionError::NotReady(error.to_string()))
            }
            Err(error) => Err(error),
        }
    }

    async fn observe(&mut self, interest: Interest<'_>) -> Result<Observation, SessionError> {
        let (broker, facts) = (self.target.broker.clone(), self.target.facts.clone());
        let asked = Asked::of(interest);
        let observation = self.client()?.run(move |client| observe::observe(client, &broker, &facts, &asked)).await?;
        self.refuse_another(observation.facts.observed.get(CLUSTER_ID).map(String::as_str))?;
        Ok(observation)
    }

    async fn inspect(&mut self, addresses: &[Address]) -> BTreeMap<Address, Contents> {
        let Ok(client) = self.client() else { return BTreeMap::new() };
        let names = addresses.iter().map(|address| address.name.clone()).collect();
        let held = apply::inspect(&client, names).await;
        let contents = |address: &Address| Contents {
            messages: held.get(&address.name).copied().flatten(),
            ..Contents::default()
        };
        addresses.iter().map(|address| (address.clone(), contents(address))).collect()
    }

    async fn apply(&mut self, batch: Batch<'_>) -> Vec<Outcome> {
        match self.client() {
            Ok(client) => {
                let (broker, version) = (self.target.broker.as_str(), self.target.facts.version.as_str());
                apply::apply(&Perform { client: &client, broker, version, batch }).await
            }
            Err(error) => {
                batch.steps.iter().map(|step| Outcome::failed(step.address.clone(), error.to_string())).collect()
            }
        }
    }

    async fn usable(&mut self, batch: Batch<'_>) -> Vec<Check> {
        match self.client() {
            Ok(client) => usable::usable(&client, &self.target.broker, batch).await,
            Err(error) => vec![self.check("topics are usable", Err(error), Instant::now())],
        }
    }

    async fn probe(&mut self) -> Vec<Check> {
        let started = Instant::now();
        let result = match self.client() {
            Ok(client) => {
                let config = client::config(&self.target);
                client.run(move |client| probe::probe(client, &config)).await
            }
            Err(error) => Err(error),
        };
        vec![self.check("a message goes round", result, started)]
    }
}

impl KafkaSession {
    /// Kafka asks nobody for a password, so a port that is another cluster's by now would be taken for ours.
    fn refuse_another(&self, found: Option<&str>) -> Result<(), SessionError> {
        match (found, self.target.facts.ids.get(CLUSTER_ID)) {
            (Some(found), Some(own)) if found != own => Err(SessionError::Refused(format!(
                "another Kafka answers on its port: the cluster `{found}`, and not its own, `{own}`"
            ))),
            _ => Ok(()),
        }
    }

    fn check(&self, name: &str, result: Result<String, SessionError>, started: Instant) -> Check {
        let found = result.map_err(|error| crate::error_chain(&error));
        Check::of(&self.target.broker, name, found, started.elapsed())
    }
}

/// After a kill the controller keeps the node fenced until its old session ends, 9 s by default: it answers, and
/// names no node. So a first answer is not enough.
fn judge(cluster: &Cluster, nodes: u32) -> Result<Readiness, SessionError> {
    if cluster.nodes.is_empty() {
        return Err(SessionError::NotReady("no node is registered".to_owned()));
    }
    if cluster.controller.is_none() {
        return Err(SessionError::NotReady("no controller is active".to_owned()));
    }
    Ok(Readiness::of(cluster.nodes.len(), nodes))
}
