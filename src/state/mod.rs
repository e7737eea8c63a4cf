//! What one folder remembers between runs, in `.mqlab/` beside the spec.
//!
//! Losing it loses no data and no access: secrets are reset through our own containers, and everything
//! else is only read for better words (who moved, what the last run did). Never the truth about a broker.

mod folder;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

pub use folder::{Folder, StateError};

use crate::model::{Address, Resource};

/// Generated secrets by broker and name.
pub type Secrets = BTreeMap<String, BTreeMap<String, String>>;

/// The topology that the last apply left behind, by broker. Secrets are `***` in it.
pub type LastApplied = BTreeMap<String, Vec<Resource>>;

/// Replaces that were begun: what must be made again before they are over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Journal {
    pub replaces: Vec<BegunReplace>,
}

/// One object that may be deleted at this moment, and what goes away with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BegunReplace {
    pub address: Address,
    pub dependants: Vec<Resource>,
}

/// How a run left the site, so that the next one need not make it again to find nothing changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SiteLeft {
    /// A hash of all that it was made from, this program included.
    pub input: u64,
    /// Of its files: see [`crate::site::fingerprint`].
    pub files: u64,
}

impl Journal {
    /// What has to be there again on this broker.
    pub fn dependants_on(&self, broker: &str) -> Vec<Resource> {
        let begun = self.replaces.iter().filter(|begun| begun.address.broker == broker);
        begun.flat_map(|begun| begun.dependants.iter().cloned()).collect()
    }
}
