//! What must be known of the world before a broker's containers and topology can be written down.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Secret;

/// Chosen or observed once, recorded on the container, and then stable: they are inputs of `lower`
/// and of the rules, never computed there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Facts {
    /// The broker's version, as `4.3` or, once it runs, as it says itself.
    pub version: String,
    /// Host port by port name, one per node, node 1 first.
    pub ports: BTreeMap<String, Vec<u16>>,
    /// What lives with the data and may not change, such as Kafka's `cluster_id`.
    pub ids: BTreeMap<String, String>,
    /// The name or address under which clients on the host reach the ports.
    pub advertise_host: String,
    /// Generated secrets by name, such as `admin_password`.
    pub secrets: BTreeMap<String, Secret>,
    /// Free-form facts that a session observed, such as the number of nodes in the cluster.
    pub observed: BTreeMap<String, String>,
}

impl Facts {
    /// The first node's host port of this name.
    pub fn port(&self, name: &str) -> Option<u16> {
        self.ports.get(name).and_then(|ports| ports.first()).copied()
    }

    /// Major and minor number, `(0, 0)` where the version cannot be read.
    pub fn version_pair(&self) -> (u32, u32) {
        version_pair(&self.version)
    }
}

/// Major and minor number of a dotted version.
pub(crate) fn version_pair(version: &str) -> (u32, u32) {
    let mut numbers = version.split(['.', '-', '+', '~']).map(|part| part.parse().unwrap_or(0));
    (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0))
}
