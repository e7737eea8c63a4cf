//! What was looked at.

use std::path::PathBuf;

use serde::Serialize;

use super::disk::DiskSeen;
use super::finding::Finding;
use super::images::ImageSeen;
use super::memory::MemoryNeed;
use super::reach::PortSeen;
use crate::docker::EngineFacts;
use crate::images::MirrorTrial;

/// Everything that a look gave.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Examined {
    pub findings: Vec<Finding>,
    pub facts: Facts,
}

/// The state of things, whether or not anything is wrong with it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Facts {
    /// The stack's name; `None` without a file.
    pub stack: Option<String>,
    pub folder: PathBuf,
    /// `None` where it did not answer.
    pub engine: Option<EngineSeen>,
    pub memory: Vec<MemoryNeed>,
    pub disks: Vec<DiskSeen>,
    pub ports: Vec<PortSeen>,
    pub images: Vec<ImageSeen>,
    pub mirrors: Vec<MirrorTrial>,
    /// Images in the lock; `None` without one that can be read.
    pub locked: Option<usize>,
    /// `enforcing`, `permissive`, `off`. Containers of mqlab mount nothing of the host's, so it is in nobody's way.
    pub selinux: &'static str,
}

/// What the engine told about itself.
#[derive(Clone, Debug, Serialize)]
pub struct EngineSeen {
    pub address: String,
    pub origin: String,
    pub version: String,
    /// `1.41`.
    pub api: String,
    pub architecture: String,
    /// Bytes.
    pub memory: u64,
    pub data_root: Option<PathBuf>,
    pub system: String,
    pub rootless: bool,
    pub selinux: bool,
    pub remote: bool,
}

impl From<&EngineFacts> for EngineSeen {
    fn from(facts: &EngineFacts) -> Self {
        Self {
            address: facts.address.clone(),
            origin: facts.origin.clone(),
            version: facts.product.version.clone(),
            api: format!("{}.{}", facts.api.0, facts.api.1),
            architecture: facts.architecture.clone(),
            memory: facts.memory,
            data_root: facts.data_root.clone(),
            system: facts.system.clone(),
            rootless: facts.rootless,
            selinux: facts.selinux,
            remote: facts.remote,
        }
    }
}
