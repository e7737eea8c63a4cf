//! The stack as it was meant: defaults filled in, names checked, nothing left to guess.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use super::{Address, Mirror, Origin, Secret, Value};
use crate::spec::{Node, Position};

/// One stack, ready to be lowered.
#[derive(Clone, Debug, Hash)]
pub struct Stack {
    /// `[a-z0-9][a-z0-9_.-]{0,39}`.
    pub name: String,
    /// In the order of the file.
    pub brokers: Vec<BrokerModel>,
    pub apps: Vec<App>,
    pub images: ImageSettings,
    pub site: SiteSettings,
    /// The folder of the first spec file: `.mqlab/` lies here.
    pub directory: PathBuf,
}

/// What every broker has, whatever its kind; its own part stays in `body` for its folder to read.
#[derive(Clone, Debug, Hash)]
pub struct BrokerModel {
    /// `[a-z0-9_]+`.
    pub name: String,
    pub kind: &'static str,
    /// A version that the catalogue knows, as written there: `4.3`.
    pub version: String,
    pub distribution: Option<String>,
    /// The user's own image reference instead of the catalogue's.
    pub image: Option<String>,
    pub platform: Option<String>,
    pub nodes: u32,
    pub storage: Storage,
    /// Container memory limit in bytes.
    pub memory: Option<u64>,
    /// Heap in bytes, for the brokers that run on a JVM.
    pub heap: Option<u64>,
    /// Extra environment of the container.
    pub env: BTreeMap<String, Value>,
    /// Pinned host ports by port name, one per node.
    pub ports: BTreeMap<String, Vec<u16>>,
    /// The host address that published ports bind to; `127.0.0.1` by default.
    pub bind: String,
    pub advertise_host: Option<String>,
    /// The broker's own configuration, keys as the broker spells them.
    pub config: BTreeMap<String, Value>,
    /// Where each `config` key was written.
    pub config_origins: BTreeMap<String, Origin>,
    /// Whether objects that the file does not mention make `drift` fail.
    pub unmanaged_fails: bool,
    pub origin: Origin,
    /// The names of the spec's files, by the index in a [`Position`].
    pub files: Vec<Arc<str>>,
    /// The broker's node as written, defaults merged in. Checked against the kind's shape already.
    pub body: Node,
}

/// Where a broker keeps its data.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Storage {
    /// A named volume that `down` keeps.
    #[default]
    Volume,
    /// tmpfs: gone when the container stops. For CI.
    Memory,
}

/// A program around the brokers: who talks to whom is something that only the file can tell.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct App {
    pub name: String,
    pub description: Option<String>,
    pub produces: Vec<Flow>,
    pub consumes: Vec<Flow>,
    /// Kafka's consumer group.
    pub group: Option<String>,
    pub instances: Instances,
    pub user: Option<String>,
    pub origin: Origin,
}

/// One arrow between an app and a resource.
#[derive(Clone, Debug, PartialEq, Hash)]
pub struct Flow {
    pub address: Address,
    pub routing_key: Option<String>,
    pub headers: BTreeMap<String, Value>,
    pub origin: Origin,
}

/// How many copies of an app run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Instances(pub u32);

impl Default for Instances {
    fn default() -> Self {
        Self(1)
    }
}

/// Where images come from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ImageSettings {
    /// Asked in this order after a registry itself.
    pub mirrors: Vec<Mirror>,
    /// Where it was said.
    pub build: Option<Build>,
    /// A base image reference, or a tar file, for local recipes.
    pub base: Option<String>,
    pub debian_repository: Option<String>,
    pub maven_repository: Option<String>,
    pub proxy: Option<Secret>,
    pub build_args: BTreeMap<String, String>,
}

impl ImageSettings {
    pub fn build(&self) -> Build {
        self.build.unwrap_or_default()
    }

    /// With what a user has set for all stacks: the stack's own settings win, and the user's mirrors are asked first,
    /// being the nearer ones.
    #[must_use]
    pub fn over(self, user: ImageSettings) -> Self {
        let mut mirrors = user.mirrors;
        for mirror in self.mirrors {
            if !mirrors.iter().any(|known| known.url == mirror.url) {
                mirrors.push(mirror);
            }
        }
        let mut build_args = user.build_args;
        build_args.extend(self.build_args);
        Self {
            mirrors,
            build: self.build.or(user.build),
            base: self.base.or(user.base),
            debian_repository: self.debian_repository.or(user.debian_repository),
            maven_repository: self.maven_repository.or(user.maven_repository),
            proxy: self.proxy.or(user.proxy),
            build_args,
        }
    }
}

/// When a local recipe is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Build {
    /// After the registries failed.
    #[default]
    Fallback,
    /// Instead of the registries.
    Always,
    Never,
}

/// What the site is called and where it goes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SiteSettings {
    pub title: Option<String>,
    pub languages: Vec<String>,
    pub out: PathBuf,
}

impl Stack {
    pub fn broker(&self, name: &str) -> Option<&BrokerModel> {
        self.brokers.iter().find(|broker| broker.name == name)
    }
}

impl BrokerModel {
    /// Where fields that every broker can have, and reach its containers, were written: by the container's attribute.
    pub fn field_origins(&self) -> BTreeMap<String, Origin> {
        let mut origins = BTreeMap::new();
        for entry in self.body.entries() {
            let attribute = match entry.key.as_str() {
                "version" | "distribution" | "image" | "platform" => "image",
                "memory" => "memory",
                "storage" => "mount.data",
                "plugins" => "plugins",
                "env" | "ports" => {
                    let prefix = if entry.key == "env" { "env" } else { "port" };
                    for inner in entry.value.entries() {
                        origins.insert(format!("{prefix}.{}", inner.key), self.origin_of(inner.at));
                    }
                    continue;
                }
                _ => continue,
            };
            origins.entry(attribute.to_owned()).or_insert_with(|| self.origin_of(entry.at));
        }
        origins
    }

    /// The place of a part of `body` as the rest of the program names it.
    pub fn origin_of(&self, at: Position) -> Origin {
        let file = self.files.get(at.file).cloned().unwrap_or_else(|| Arc::from("<none>"));
        Origin { file, line: at.line, column: at.column }
    }
}
