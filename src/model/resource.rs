//! One thing that should be, or is: uniform between the engine, the brokers and the plan.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Address, Value};

/// The place in the user's files that asked for something.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Origin {
    pub file: Arc<str>,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}:{}", self.file, self.line)
    }
}

/// What may happen when an attribute changes that the broker cannot change in place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnChange {
    /// The step is blocked, with the way out.
    #[default]
    Refuse,
    /// Delete and create again, guarded by what it holds.
    Replace,
}

/// A desired or observed thing with its attributes.
///
/// On the desired side only the attributes that the spec mentions are there, so only they are compared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resource {
    pub address: Address,
    /// By attribute; what is open-ended carries its group, as in `config.retention.ms`.
    pub attributes: BTreeMap<String, Value>,
    /// What must be there before this one. On the observed side: what goes away with it when that goes.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub needs: BTreeSet<Address>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Where an attribute was written, if it was written apart from the object's own line.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub attribute_origins: BTreeMap<String, Origin>,
    #[serde(default)]
    pub on_change: OnChange,
    /// The user's own words about it, for the site.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
}

impl Resource {
    pub fn new(address: Address) -> Self {
        Self {
            address,
            attributes: BTreeMap::new(),
            needs: BTreeSet::new(),
            origin: None,
            attribute_origins: BTreeMap::new(),
            on_change: OnChange::Refuse,
            description: None,
        }
    }

    #[must_use]
    pub fn with(mut self, attribute: impl Into<String>, value: impl Into<Value>) -> Self {
        self.attributes.insert(attribute.into(), value.into());
        self
    }

    #[must_use]
    pub fn needing(mut self, address: Address) -> Self {
        self.needs.insert(address);
        self
    }

    #[must_use]
    pub fn at(mut self, origin: Option<Origin>) -> Self {
        self.origin = origin;
        self
    }

    pub fn attribute(&self, name: &str) -> Option<&Value> {
        self.attributes.get(name)
    }

    /// Where the attribute was written, else where the object was.
    pub fn origin_of(&self, attribute: &str) -> Option<&Origin> {
        self.attribute_origins.get(attribute).or(self.origin.as_ref())
    }
}
