//! The IO half of the seam.

use std::collections::BTreeMap;
use std::time::Duration;

use async_trait::async_trait;
use serde::Serialize;
use thiserror::Error;

use crate::converge::{Cancel, Events};
use crate::model::{Address, Facts, Observation, Resource, Secret};
use crate::plan::{Contents, Step};

/// A connection to one broker, or to the engine: the same six calls for each.
///
/// Every call ends within [`Target::deadline`], or the longer one that its documentation names:
/// a frozen broker is an error, never a hang.
#[async_trait]
pub trait Session: Send {
    /// One attempt to find the broker able to work: wire-level, at whichever node answers.
    /// [`SessionError::NotReady`] means "ask again", everything else is final.
    async fn ready(&mut self) -> Result<Readiness, SessionError>;

    /// Everything that is there, in a constant number of requests. What could not be read is `unknown`, not absent.
    ///
    /// Attributes that nobody is interested in may be left out where they cost the broker work, and what is wanted and
    /// in no list is asked for by name where a broker's lists leave out what is there.
    async fn observe(&mut self, interest: Interest<'_>) -> Result<Observation, SessionError>;

    /// What these hold right now, from the objects themselves and not from lagging statistics.
    async fn inspect(&mut self, addresses: &[Address]) -> BTreeMap<Address, Contents>;

    /// Does the steps, which come in dependency order and hold no blocked one. Groups them as it likes.
    /// Gives one outcome per step, in the same order. Decides nothing about policy, except that a
    /// deletion without `allow_data_loss` re-reads the contents and fails rather than lose any.
    async fn apply(&mut self, batch: Batch<'_>) -> Vec<Outcome>;

    /// Waits until the new objects can be used, not only seen; one check per kind of object, with progress.
    async fn usable(&mut self, batch: Batch<'_>) -> Vec<Check>;

    /// Sends one message through scratch objects of ours and takes it back.
    async fn probe(&mut self) -> Vec<Check>;
}

/// How much of a broker is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// Every node has joined.
    Whole,
    /// It can be asked and does its work, and something is missing: `2 of 3 nodes are in the cluster`.
    Degraded(String),
}

impl Readiness {
    /// By the number of nodes that have joined.
    pub fn of(joined: usize, nodes: u32) -> Self {
        if joined >= nodes as usize {
            Self::Whole
        } else {
            Self::Degraded(format!("{joined} of {nodes} nodes are in the cluster"))
        }
    }
}

/// What an observation will be compared with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Interest<'a> {
    /// What the file wants.
    pub wanted: &'a [Resource],
    /// What the last apply left behind.
    pub last: &'a [Resource],
    /// Every attribute of everything.
    pub whole: bool,
}

/// Steps for one session.
#[derive(Clone, Copy)]
pub struct Batch<'a> {
    pub steps: &'a [Step],
    pub events: &'a dyn Events,
    pub cancel: &'a Cancel,
}

/// Where a session connects.
#[derive(Clone, Debug)]
pub struct Target {
    /// The broker's name in the stack.
    pub broker: String,
    pub nodes: u32,
    /// By port name, node 1 first.
    pub endpoints: BTreeMap<String, Vec<Endpoint>>,
    pub user: String,
    pub password: Secret,
    pub facts: Facts,
    /// For one request.
    pub deadline: Duration,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoint {
    /// From 1, or from 1 among the helpers of its role.
    pub node: u32,
    pub host: String,
    pub port: u16,
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}:{}", self.host, self.port)
    }
}

impl Target {
    /// The same with one node alone, from 0, for a client that knows no others.
    #[must_use]
    pub fn of_node(&self, index: usize) -> Self {
        let only = |endpoints: &Vec<Endpoint>| endpoints.get(index).cloned().into_iter().collect();
        let endpoints = self.endpoints.iter().map(|(name, all)| (name.clone(), only(all))).collect();
        Self { endpoints, ..self.clone() }
    }

    /// Where this port is published, the first node's first.
    pub fn endpoints(&self, port: &str) -> &[Endpoint] {
        self.endpoints.get(port).map_or(&[], Vec::as_slice)
    }

    /// The first node's endpoint of this port name.
    pub fn endpoint(&self, port: &str) -> Option<&Endpoint> {
        self.endpoints(port).first()
    }
}

/// Why a call to a broker or the engine did not work.
#[derive(Debug, Error)]
pub enum SessionError {
    #[error("not ready: {0}")]
    NotReady(String),
    #[error("no answer from {endpoint} within {seconds} s")]
    TimedOut { endpoint: String, seconds: u64 },
    #[error("cannot reach {endpoint}")]
    Unreachable {
        endpoint: String,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("{endpoint} refuses the user `{user}`")]
    Unauthorized { endpoint: String, user: String },
    /// The broker answered, and the answer is no. Its own words.
    #[error("{0}")]
    Refused(String),
    /// The answer makes no sense to us.
    #[error("unexpected answer from {endpoint}: {detail}")]
    Protocol { endpoint: String, detail: String },
}

/// What became of one step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outcome {
    pub address: Address,
    #[serde(flatten)]
    pub result: OutcomeResult,
    /// By node, where nodes can differ.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub nodes: BTreeMap<String, OutcomeResult>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum OutcomeResult {
    Done,
    Failed {
        reason: String,
    },
    /// It may have been done: the answer did not come. Read again before deciding.
    Unknown {
        reason: String,
    },
    NotTried {
        because: String,
    },
}

impl Outcome {
    pub fn new(address: Address, result: OutcomeResult) -> Self {
        Self { address, result, nodes: BTreeMap::new() }
    }

    pub fn done(address: Address) -> Self {
        Self::new(address, OutcomeResult::Done)
    }

    pub fn failed(address: Address, reason: impl Into<String>) -> Self {
        Self::new(address, OutcomeResult::Failed { reason: reason.into() })
    }
}

/// One named thing that was looked at after an apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Check {
    /// `topics are usable`, `a message goes round`.
    pub name: String,
    pub broker: String,
    pub ok: bool,
    /// What was found; on failure also what was wanted.
    pub detail: String,
    pub milliseconds: u64,
}

impl Check {
    /// Of what was looked at for so long: what was found, or what is wrong.
    pub fn of(broker: &str, name: &str, found: Result<String, String>, took: Duration) -> Self {
        Self {
            name: name.to_owned(),
            broker: broker.to_owned(),
            ok: found.is_ok(),
            detail: found.unwrap_or_else(|problem| problem),
            milliseconds: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
        }
    }
}
