//! What the engine or a broker answered, without a judgement on it.

use serde::Serialize;

use super::{Address, Facts, Resource};

/// Everything that one engine or broker told in one read.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Observation {
    pub resources: Vec<Resource>,
    /// What could not be read. Unknown is not absent: a step on it is blocked, never a create.
    pub unknown: Vec<Unknown>,
    pub facts: Facts,
}

/// A part that could not be read, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Unknown {
    pub broker: String,
    /// `None` covers all kinds of the broker.
    pub kind: Option<String>,
    /// `None` covers all names of the kind; else one object's address.
    pub address: Option<Address>,
    pub reason: String,
    /// Where it is known what helps; else the broker must be made to answer.
    pub way_out: Option<String>,
}

impl Unknown {
    /// Nothing of this broker could be read.
    pub fn broker(broker: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { broker: broker.into(), kind: None, address: None, reason: reason.into(), way_out: None }
    }

    pub fn covers(&self, address: &Address) -> bool {
        self.broker == address.broker
            && self.kind.as_ref().is_none_or(|kind| *kind == address.kind)
            && self.address.as_ref().is_none_or(|own| own == address)
    }
}
