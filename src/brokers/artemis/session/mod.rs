//! A connection to the nodes of one Artemis.
//!
//! Nodes of a cluster share messages and not declarations, so each is asked and told by itself.

mod apply;
mod contents;
mod jolokia;
mod observe;
mod probe;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures_util::future::join_all;
use serde_json::{Value as Json, json};

use super::kinds::{ADMINISTRATOR, ADMINISTRATOR_ROLE};
use super::requests::Operation;
use super::{CONSOLE, CORE};
use crate::brokers::stomp::Stomp;
use crate::brokers::{Batch, Check, Interest, Outcome, Readiness, Session, SessionError, Target};
use crate::model::{Address, Observation};
use crate::net::Backoff;
use crate::plan::Contents;
use jolokia::{Answer, Jolokia, Refusal};

/// How long nodes may take to hear of a queue that is gone from another one.
const SETTLE: Duration = Duration::from_secs(5);

/// Opens nothing before the first call.
pub(super) struct ArtemisSession {
    target: Target,
}

/// One node of it.
struct Node<'a> {
    target: &'a Target,
    /// From 0.
    index: usize,
    api: Jolokia,
}

impl ArtemisSession {
    pub(super) fn new(target: Target) -> Self {
        Self { target }
    }

    /// Those that run: the others have no endpoint.
    fn nodes(&self) -> Result<Vec<Node<'_>>, SessionError> {
        let known = self.target.endpoints(CONSOLE).len().min(self.target.nodes as usize);
        (0..known).map(|index| Node::new(&self.target, index)).collect()
    }
}

impl<'a> Node<'a> {
    fn new(target: &'a Target, index: usize) -> Result<Self, SessionError> {
        Ok(Self { target, index, api: Jolokia::new(target, index)? })
    }

    /// As the container is numbered.
    fn name(&self) -> String {
        self.target.endpoints(CONSOLE).get(self.index).map_or_else(String::new, |place| place.node.to_string())
    }

    /// `weight` is how long the broker may work on one of them.
    async fn post(&self, requests: Vec<Json>, weight: Duration) -> Result<Vec<Answer>, SessionError> {
        let extra = weight.saturating_mul(u32::try_from(requests.len()).unwrap_or(u32::MAX));
        self.api.post(requests, self.target.deadline + extra).await
    }

    /// One operation, again while the broker says no for a reason that goes away by itself.
    async fn exec_settled(
        &self,
        operation: &Operation,
        passes: impl Fn(&Refusal) -> bool,
    ) -> Result<Answer, SessionError> {
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(200));
        let began = Instant::now();
        loop {
            let answer = self.post(vec![self.api.exec(operation)], Duration::ZERO).await?.into_iter().next();
            let answer = answer.unwrap_or(Ok(Json::Null));
            if !answer.as_ref().is_err_and(&passes) || began.elapsed() > SETTLE {
                return Ok(answer);
            }
            backoff.wait().await;
        }
    }

    async fn login(&self, user: &str, password: &crate::model::Secret) -> Result<Stomp, SessionError> {
        let place = self.target.endpoints(CORE).get(self.index).ok_or_else(|| SessionError::Protocol {
            endpoint: self.target.broker.clone(),
            detail: format!("the port `{CORE}` of node {} is not known", self.index + 1),
        })?;
        Stomp::connect(place, user, password, self.target.deadline).await
    }

    /// How many nodes the broker knows, once it takes messages from us.
    async fn joined(&self) -> Result<usize, SessionError> {
        let topology = Operation { name: "listNetworkTopology()", arguments: Vec::new() };
        let requests = vec![self.api.read("", &["Active"]), self.api.exec(&topology)];
        let mut answers = self.post(requests, Duration::ZERO).await?.into_iter();
        let active = answers.next().and_then(Result::ok).is_some_and(|active| active["Active"] == json!(true));
        if !active {
            return Err(SessionError::NotReady("the broker is not active yet".to_owned()));
        }
        match self.login(&self.target.user, &self.target.password).await {
            Ok(_) => {}
            Err(SessionError::Unauthorized { .. }) => self.adopt().await?,
            Err(error) => return Err(error),
        }
        // A node alone has no topology.
        let topology = answers.next().and_then(Result::ok);
        let members =
            topology.as_ref().and_then(Json::as_str).and_then(|text| serde_json::from_str::<Vec<Json>>(text).ok());
        let live = members.unwrap_or_default().iter().filter(|member| member.get("live").is_some()).count();
        Ok(live.max(1))
    }

    /// The console has our password, the broker's own user another: it was set again while the broker ran.
    async fn adopt(&self) -> Result<(), SessionError> {
        let name = "resetUser(java.lang.String,java.lang.String,java.lang.String,boolean)";
        let arguments =
            vec![ADMINISTRATOR.into(), self.target.password.reveal().into(), ADMINISTRATOR_ROLE.into(), false.into()];
        let requests = [Operation { name, arguments }, FORGET_LOGINS.operation()];
        let answers = self.post(requests.iter().map(|one| self.api.exec(one)).collect(), Duration::ZERO).await?;
        match answers.into_iter().find_map(Result::err) {
            None => Ok(()),
            Some(refusal) => Err(SessionError::Refused(refusal.text)),
        }
    }
}

/// The broker remembers for ten seconds who was let in, and who was not.
const FORGET_LOGINS: Simple = Simple("clearAuthenticationCache()");

/// An operation without arguments.
struct Simple(&'static str);

impl Simple {
    fn operation(&self) -> Operation {
        Operation { name: self.0, arguments: Vec::new() }
    }
}

#[async_trait]
impl Session for ArtemisSession {
    async fn ready(&mut self) -> Result<Readiness, SessionError> {
        let nodes = self.nodes()?;
        let answers = join_all(nodes.iter().map(Node::joined)).await;
        let mut able = Vec::new();
        let mut reason = None;
        for answer in answers {
            match answer {
                Ok(joined) => able.push(joined),
                Err(error @ SessionError::Unauthorized { .. }) => return Err(error),
                Err(error) => drop(reason.get_or_insert(error)),
            }
        }
        let (least, whole) = (able.iter().min().copied(), able.len() == self.target.nodes as usize);
        match (least, reason) {
            // All of them, as seen by whoever sees the fewest.
            (Some(joined), _) if whole => Ok(Readiness::of(joined, self.target.nodes)),
            (Some(_), _) => Ok(Readiness::of(able.len(), self.target.nodes)),
            (None, Some(error)) => Err(SessionError::NotReady(crate::error_chain(&error))),
            (None, None) => Err(SessionError::NotReady("there is no node".to_owned())),
        }
    }

    async fn observe(&mut self, interest: Interest<'_>) -> Result<Observation, SessionError> {
        observe::observe(&self.nodes()?, interest).await
    }

    async fn inspect(&mut self, addresses: &[Address]) -> BTreeMap<Address, Contents> {
        match self.nodes() {
            Ok(nodes) => contents::inspect(&nodes, addresses).await,
            Err(_) => BTreeMap::new(),
        }
    }

    async fn apply(&mut self, batch: Batch<'_>) -> Vec<Outcome> {
        match self.nodes() {
            Ok(nodes) => apply::apply(&nodes, batch).await,
            Err(error) => {
                batch.steps.iter().map(|step| Outcome::failed(step.address.clone(), error.to_string())).collect()
            }
        }
    }

    /// What Artemis has answered can be used.
    async fn usable(&mut self, _batch: Batch<'_>) -> Vec<Check> {
        Vec::new()
    }

    async fn probe(&mut self) -> Vec<Check> {
        let started = Instant::now();
        let result = match self.nodes() {
            Ok(nodes) => probe::probe(&nodes).await,
            Err(error) => Err(error),
        };
        let found = result.map_err(|error| crate::error_chain(&error));
        vec![Check::of(&self.target.broker, "a message goes round", found, started.elapsed())]
    }
}
