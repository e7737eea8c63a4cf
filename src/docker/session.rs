//! The engine as a session: one stack's networks, volumes and containers.

use std::collections::{BTreeMap, BTreeSet};

use async_trait::async_trait;

use super::{Engine, StackId, WantedNode};
use crate::brokers::{Batch, Check, Outcome, Session, SessionError};
use crate::converge::Events;
use crate::model::{Address, ImageServed, Observation};
use crate::plan::Contents;

/// What the engine has of one stack, and what of it should be.
pub struct EngineSession {
    pub(super) engine: Engine,
    pub(super) stack: StackId,
    pub(super) nodes: Vec<WantedNode>,
    /// By broker.
    pub(super) images: BTreeMap<String, ImageServed>,
    pub(super) lost_ports: BTreeSet<u16>,
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

    /// Ports that mqlab chose and that somebody else took between choosing and starting. Where there are any,
    /// reading the facts again and planning again finds others.
    pub fn lost_ports(&self) -> &BTreeSet<u16> {
        &self.lost_ports
    }

    /// Removes containers and network, of these brokers only if some are named, and their volumes if asked.
    pub async fn remove(
        &mut self,
        brokers: Option<&BTreeSet<String>>,
        volumes: bool,
        events: &dyn Events,
    ) -> Vec<Outcome> {
        todo!()
    }
}

#[async_trait]
impl Session for EngineSession {
    async fn ready(&mut self) -> Result<(), SessionError> {
        todo!()
    }

    async fn observe(&mut self) -> Result<Observation, SessionError> {
        todo!()
    }

    async fn inspect(&mut self, _addresses: &[Address]) -> BTreeMap<Address, Contents> {
        BTreeMap::new()
    }

    async fn apply(&mut self, batch: Batch<'_>) -> Vec<Outcome> {
        todo!()
    }

    async fn usable(&mut self, _batch: Batch<'_>) -> Vec<Check> {
        Vec::new()
    }

    async fn probe(&mut self) -> Vec<Check> {
        Vec::new()
    }
}
