//! The labels on everything that mqlab makes: how it is found again, and what it was made from.

use std::collections::BTreeMap;
use std::path::Path;

use crate::model::{Container, ImageServed, NodeId};

pub(crate) const STACK: &str = "dev.mqlab.stack";
pub(crate) const BROKER: &str = "dev.mqlab.broker";
pub(crate) const NODE: &str = "dev.mqlab.node";
/// The kind of broker: `kafka`.
pub(crate) const KIND: &str = "dev.mqlab.kind";
/// The catalogue's version of the broker, on a volume the one that made it.
pub(crate) const VERSION: &str = "dev.mqlab.version";
/// The folder of the spec: tells two folders' stacks of one name apart.
pub(crate) const DIRECTORY: &str = "dev.mqlab.dir";
/// The short name of a volume within its node: `data`.
pub(crate) const VOLUME: &str = "dev.mqlab.volume";
/// Host ports by name, JSON.
pub(crate) const PORTS: &str = "dev.mqlab.ports";
/// What must stay with the data, JSON.
pub(crate) const IDS: &str = "dev.mqlab.ids";
/// The image and its source, JSON.
pub(crate) const IMAGE: &str = "dev.mqlab.image";
/// Every attribute that a plan compares, JSON.
pub(crate) const ATTRIBUTES: &str = "dev.mqlab.attributes";
/// Hash of what the user and the facts gave, without what mqlab's templates add.
pub(crate) const INPUTS: &str = "dev.mqlab.inputs";
/// The mqlab that made it.
pub(crate) const TOOL: &str = "dev.mqlab.tool";

/// Labels as the engine gives them, in order.
pub(crate) type Labels = BTreeMap<String, String>;

/// Which stack, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StackId {
    pub name: String,
    /// The folder of the spec, absolute; `None` when a command works without a file, by name alone.
    pub directory: Option<String>,
}

impl StackId {
    pub fn new(name: impl Into<String>, directory: Option<&Path>) -> Self {
        Self { name: name.into(), directory: directory.map(|path| path.display().to_string()) }
    }

    pub(crate) fn labels(&self) -> Labels {
        let mut labels = Labels::new();
        labels.insert(STACK.to_owned(), self.name.clone());
        labels.insert(TOOL.to_owned(), env!("CARGO_PKG_VERSION").to_owned());
        if let Some(directory) = &self.directory {
            labels.insert(DIRECTORY.to_owned(), directory.clone());
        }
        labels
    }

    /// What container and volumes of a node have in common.
    pub(crate) fn node_labels(&self, container: &Container) -> Labels {
        let mut labels = self.labels();
        labels.insert(BROKER.to_owned(), container.broker.clone());
        labels.insert(NODE.to_owned(), container.node.to_string());
        labels.insert(KIND.to_owned(), container.image.kind.to_owned());
        labels.insert(VERSION.to_owned(), container.image.version.clone());
        labels.insert(IDS.to_owned(), json(&container.ids));
        labels
    }
}

/// A value as the text of a label. Only for types whose form as JSON cannot fail.
pub(crate) fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// A JSON label read back; what an older or newer mqlab wrote differently reads as nothing.
pub(crate) fn parsed<T: serde::de::DeserializeOwned>(labels: &Labels, name: &str) -> Option<T> {
    labels.get(name).and_then(|text| serde_json::from_str(text).ok())
}

/// The image that a container runs, as recorded.
pub(crate) fn image(labels: &Labels) -> Option<ImageServed> {
    parsed(labels, IMAGE)
}

/// `<stack>-<broker>-<node>`.
pub fn container_name(stack: &str, broker: &str, node: &NodeId) -> String {
    format!("{stack}-{broker}-{node}")
}

/// `<stack>-<broker>-<node>-<name>`.
pub fn volume_name(stack: &str, broker: &str, node: &NodeId, name: &str) -> String {
    format!("{stack}-{broker}-{node}-{name}")
}

/// Host ports by name.
pub(crate) type Ports = BTreeMap<String, u16>;
