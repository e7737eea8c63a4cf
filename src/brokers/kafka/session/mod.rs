//! A connection to a running Kafka.

use std::collections::BTreeMap;

use async_trait::async_trait;

use crate::brokers::{Batch, Check, Outcome, Session, SessionError, Target};
use crate::model::{Address, Observation};
use crate::plan::Contents;

/// Opens nothing before the first call.
#[derive(Debug)]
pub(super) struct KafkaSession {
    target: Target,
}

impl KafkaSession {
    pub(super) fn new(target: Target) -> Self {
        Self { target }
    }
}

#[async_trait]
impl Session for KafkaSession {
    async fn ready(&mut self) -> Result<(), SessionError> {
        Err(SessionError::NotReady(format!("nobody asked {} yet", self.target.broker)))
    }

    async fn observe(&mut self) -> Result<Observation, SessionError> {
        Ok(Observation::default())
    }

    async fn inspect(&mut self, _addresses: &[Address]) -> BTreeMap<Address, Contents> {
        BTreeMap::new()
    }

    async fn apply(&mut self, _batch: Batch<'_>) -> Vec<Outcome> {
        Vec::new()
    }

    async fn usable(&mut self, _batch: Batch<'_>) -> Vec<Check> {
        Vec::new()
    }

    async fn probe(&mut self) -> Vec<Check> {
        Vec::new()
    }
}
