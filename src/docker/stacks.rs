//! All stacks on an engine, and starting and stopping one.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::{Engine, Error, StackId};
use crate::brokers::Outcome;
use crate::converge::Events;
use crate::model::ImageServed;

/// A stack as its labels tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StackSummary {
    pub name: String,
    /// The folder of its file.
    pub directory: Option<String>,
    pub nodes: Vec<NodeSummary>,
    pub volumes: Vec<String>,
}

/// A node as its labels and the engine tell it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NodeSummary {
    pub broker: String,
    pub node: u32,
    pub container: String,
    pub kind: String,
    pub version: String,
    /// `running`, `exited`, …
    pub state: String,
    /// For people: `Up 3 hours`.
    pub status: String,
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
        todo!()
    }

    /// One stack; `None` where nothing has its label.
    pub async fn stack(&self, name: &str) -> Result<Option<StackSummary>, Error> {
        todo!()
    }

    /// The image that each broker of the stack runs or ran last, by broker.
    pub async fn images_in_use(&self, stack: &str) -> Result<BTreeMap<String, ImageServed>, Error> {
        todo!()
    }

    /// Stops, starts or restarts the containers of a stack, of these brokers only if some are named.
    pub async fn power(
        &self,
        stack: &StackId,
        brokers: Option<&BTreeSet<String>>,
        power: Power,
        events: &dyn Events,
    ) -> Result<Vec<Outcome>, Error> {
        todo!()
    }
}
