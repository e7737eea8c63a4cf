//! A container that a broker needs, as a value: what the engine's client turns into API calls.

use std::collections::BTreeMap;

use super::{BrokerModel, NodeId, Origin, Value};

/// One node of a broker, or a helper beside its nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Container {
    pub broker: String,
    pub node: NodeId,
    pub image: ImageWanted,
    /// Fixed, because some brokers name their data after it.
    pub hostname: String,
    /// Names in the stack's network. The broker's own name is one of each node's, and of no helper's.
    pub aliases: Vec<String>,
    /// Empty is the image's own.
    pub command: Vec<String>,
    /// Holds no secret: `docker inspect` shows it.
    pub env: BTreeMap<String, String>,
    pub files: Vec<ContainerFile>,
    pub ports: Vec<PublishedPort>,
    pub mounts: Vec<Mount>,
    /// Limit in bytes.
    pub memory: Option<u64>,
    /// Soft and hard limit of open files.
    pub open_files: Option<u64>,
    /// What must stay with the data, recorded as labels on container and volume.
    pub ids: BTreeMap<String, String>,
    /// Where its attributes were written, by the name that a plan shows: `memory`, `env.HOME`. The broker's own place
    /// for all others.
    pub origins: BTreeMap<String, Origin>,
    /// Seconds between the polite and the hard stop.
    pub stop_seconds: u32,
    /// What a line in the log of a dead container means.
    pub known_causes: &'static [KnownCause],
}

/// Which image a container runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageWanted {
    pub kind: &'static str,
    /// As the catalogue writes it: `4.3`.
    pub version: String,
    pub distribution: Option<String>,
    /// The user's own reference: then no other source is tried.
    pub explicit: Option<String>,
    pub platform: Option<String>,
}

impl ImageWanted {
    /// What a broker of the stack wants.
    pub fn of(broker: &BrokerModel) -> Self {
        Self {
            kind: broker.kind,
            version: broker.version.clone(),
            distribution: broker.distribution.clone(),
            explicit: broker.image.clone(),
            platform: broker.platform.clone(),
        }
    }
}

/// A file that is copied into the container before it starts. A path that ends in `/` is a folder, which gets owner and
/// mode: a volume where the image has none belongs to root otherwise.
#[derive(Clone, PartialEq, Eq)]
pub struct ContainerFile {
    pub path: String,
    pub mode: u32,
    pub uid: u64,
    pub gid: u64,
    pub content: Vec<u8>,
    /// What the content says, by the attribute under which a plan shows it: `config.heartbeat`. Whoever has parts is
    /// compared by them; a file without any by a digest of its content.
    pub parts: BTreeMap<String, Value>,
    /// The content holds a secret: it is in no hash, no label and no plan, so only its parts are compared. A part
    /// that is a secret itself is compared by a keyed digest.
    pub secret: bool,
}

/// A port of the container on the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublishedPort {
    /// As the spec names it: `kafka`, `amqp`, `management`.
    pub name: &'static str,
    pub container: u16,
    pub host: u16,
    pub bind: String,
}

/// Where the container keeps data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Short name within the node: `data`. The volume is `<stack>-<broker>-<node>-<name>`.
    pub name: &'static str,
    pub path: &'static str,
    /// tmpfs instead of a volume, with the owner that the image's user needs.
    pub in_memory: Option<MemoryMount>,
}

/// A tmpfs mount's options.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MemoryMount {
    pub uid: u64,
    pub gid: u64,
    pub bytes: u64,
}

/// A text in a dead broker's log, and what to tell the user about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownCause {
    pub text: &'static str,
    pub meaning: &'static str,
    pub way_out: &'static str,
}

impl ContainerFile {
    pub fn is_folder(&self) -> bool {
        self.path.ends_with('/')
    }
}

impl std::fmt::Debug for ContainerFile {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let content = if self.secret { "***".into() } else { String::from_utf8_lossy(&self.content) };
        formatter
            .debug_struct("ContainerFile")
            .field("path", &self.path)
            .field("mode", &format_args!("{:o}", self.mode))
            .field("content", &content)
            .finish_non_exhaustive()
    }
}
