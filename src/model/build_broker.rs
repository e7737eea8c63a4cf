//! The brokers of a stack: what each has whatever its kind, then its kind's own validation.

use std::collections::BTreeMap;
use std::sync::Arc;

// Only a parser for addresses: this opens nothing.
use core::net::IpAddr;

use super::build_ports::{pinned_ports, report_shared_ports};
use super::{BrokerModel, Storage};
use crate::brokers::{Broker, Description};
use crate::spec::{Diagnostics, Entry, Node, Sources, list, quote, units};

/// A broker of the stack and its kind.
pub(super) struct Found {
    pub(super) model: BrokerModel,
    pub(super) broker: &'static dyn Broker,
}

/// All brokers whose kind is known; the others were reported by the shape check.
pub(super) fn brokers(
    registry: &'static [&'static dyn Broker],
    tree: &Node,
    sources: &Sources,
    diagnostics: &mut Diagnostics,
) -> Vec<Found> {
    let files: Vec<Arc<str>> = sources.0.iter().map(|source| source.name.clone()).collect();
    let mut found = Vec::new();
    for entry in tree.entries_of("brokers") {
        check_name(entry, diagnostics);
        let kind = entry.value.text_of("kind");
        let Some(broker) = registry.iter().copied().find(|broker| Some(broker.description().kind) == kind) else {
            continue;
        };
        let mut reader = Reader { entry, description: broker.description(), diagnostics };
        let model = reader.model(sources, &files);
        broker.validate(&model, diagnostics);
        found.push(Found { model, broker });
    }
    if tree.get("brokers").is_some_and(|node| node.entries().is_empty()) {
        let at = tree.get("brokers").map_or(tree.at, |node| node.at);
        let help = "name at least one, such as `events: { kind: … }`".to_owned();
        diagnostics.error("no-brokers", at, "the stack has no brokers", help);
    }
    report_shared_ports(&found, diagnostics);
    found
}

/// No `-`, so that `<stack>-<broker>-<node>` can be taken apart; it is a host name too.
fn check_name(entry: &Entry, diagnostics: &mut Diagnostics) {
    let valid = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if entry.key.is_empty() || entry.key.len() > 63 || !entry.key.bytes().all(valid) {
        let text = format!("{} cannot be the name of a broker", quote(&entry.key));
        let help = "use lower-case letters, digits and `_`, 63 at most".to_owned();
        diagnostics.error("invalid-name", entry.at, text, help);
    }
}

struct Reader<'a> {
    entry: &'a Entry,
    description: &'static Description,
    diagnostics: &'a mut Diagnostics,
}

impl Reader<'_> {
    fn model(&mut self, sources: &Sources, files: &[Arc<str>]) -> BrokerModel {
        let body = &self.entry.value;
        let text = |key| body.text_of(key).map(str::to_owned);
        let config = body.entries_of("config");
        let (memory, heap) = self.memory();
        let nodes = self.nodes();
        let version = self.version();
        let distribution = self.distribution(&version);
        BrokerModel {
            name: self.entry.key.clone(),
            kind: self.description.kind,
            version,
            distribution,
            image: text("image"),
            platform: text("platform"),
            nodes,
            storage: if body.text_of("storage") == Some("memory") { Storage::Memory } else { Storage::Volume },
            memory,
            heap,
            env: self.environment(),
            ports: pinned_ports(body, self.description, nodes, self.diagnostics),
            bind: self.bind(),
            advertise_host: self.advertise_host(),
            config: config.iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect(),
            config_origins: config.iter().map(|entry| (entry.key.clone(), sources.origin(entry.at))).collect(),
            unmanaged_fails: body.text_of("unmanaged") == Some("fail"),
            origin: sources.origin(self.entry.at),
            files: files.to_vec(),
            body: body.clone(),
        }
    }

    fn version(&mut self) -> String {
        let catalogue = self.description.catalogue;
        let Some((node, version)) = self.entry.value.get("version").and_then(|node| Some((node, node.as_text()?)))
        else {
            return catalogue.default_version.to_owned();
        };
        if catalogue.version(version).is_some() {
            return version.to_owned();
        }
        let known = catalogue.versions.iter().map(|known| known.number);
        let text = format!("mqlab has no {} {}", self.description.title, quote(version));
        let help = format!("it has {}", list(known, "and"));
        self.diagnostics.error("unknown-version", node.at, text, help);
        catalogue.default_version.to_owned()
    }

    fn distribution(&mut self, version: &str) -> Option<String> {
        let node = self.entry.value.get("distribution")?;
        let wanted = node.as_text()?;
        let known = self.description.catalogue.version(version).map_or(&[][..], |version| version.distributions);
        if !known.iter().any(|(name, _)| *name == wanted) {
            let text = format!("mqlab knows no {} by {}", self.description.title, quote(wanted));
            let help = if known.is_empty() {
                "leave it out: the makers' own packaging is the only one".to_owned()
            } else {
                format!(
                    "there is {}; leave it out for the makers' own",
                    list(known.iter().map(|(name, _)| *name), "and")
                )
            };
            self.diagnostics.error("unknown-distribution", node.at, text, help);
            return None;
        }
        Some(wanted.to_owned())
    }

    fn nodes(&mut self) -> u32 {
        let Some(node) = self.entry.value.get("nodes") else { return 1 };
        let nodes = node.as_int().and_then(|nodes| u32::try_from(nodes).ok()).unwrap_or(1);
        let most = self.description.most_nodes;
        if nodes > most {
            let plural = if most == 1 { "" } else { "s" };
            let text =
                format!("this version of mqlab runs {most} node{plural} of {}, not {nodes}", self.description.title);
            self.diagnostics.error("too-many-nodes", node.at, text, format!("write `nodes: {most}`"));
        }
        nodes.min(most)
    }

    /// The limit of the container, and the heap inside it.
    fn memory(&mut self) -> (Option<u64>, Option<u64>) {
        let body = &self.entry.value;
        let (memory_at, heap_at) = (body.get("memory"), body.get("heap"));
        let bytes = |node: Option<&Node>| node.and_then(units::size_of).and_then(|bytes| u64::try_from(bytes).ok());
        let (memory, heap) = (bytes(memory_at), bytes(heap_at));
        let (title, floor) = (self.description.title, self.description.memory_floor);
        if let Some(node) = memory_at.filter(|_| memory.is_some_and(|bytes| bytes < floor)) {
            let floor = floor.div_ceil(1 << 20);
            let text = format!("one node of {title} needs {floor} MiB of memory");
            let way_out = format!("write `memory: {floor}MiB` or more, or leave it out");
            self.diagnostics.error("too-little-memory", node.at, text, way_out);
        }
        if let Some(node) = heap_at {
            let problem = if !self.description.heap {
                Some((
                    "no-heap",
                    format!("{title} has no heap to set"),
                    "remove `heap`; `memory` limits the whole container",
                ))
            } else if units::size_of(node).is_some_and(|bytes| bytes <= 0) {
                Some(("out-of-range", "a heap has a size".to_owned(), "write a size such as `512MiB`, or leave it out"))
            } else if memory.zip(heap).is_some_and(|(memory, heap)| heap >= memory) {
                let way_out = "leave about half of `memory` to the page cache and the JVM itself";
                Some(("too-little-memory", "the heap does not fit into `memory`".to_owned(), way_out))
            } else {
                None
            };
            if let Some((code, text, way_out)) = problem {
                self.diagnostics.error(code, node.at, text, way_out.to_owned());
            }
        }
        (memory, heap)
    }

    fn environment(&mut self) -> BTreeMap<String, super::Value> {
        let entries = self.entry.value.entries_of("env");
        for entry in entries {
            if entry.key.is_empty() || entry.key.contains(['=', '\0']) {
                let text = format!("{} cannot be the name of an environment variable", quote(&entry.key));
                self.diagnostics.error("invalid-name", entry.at, text, "write `NAME: value`".to_owned());
            }
        }
        entries.iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect()
    }

    fn bind(&mut self) -> String {
        let default = "127.0.0.1";
        let Some((node, bind)) = self.entry.value.get("bind").and_then(|node| Some((node, node.as_text()?))) else {
            return default.to_owned();
        };
        if bind.parse::<IpAddr>().is_err() {
            let help = "write an address of this host, such as `127.0.0.1` (default) or `0.0.0.0` for all".to_owned();
            self.diagnostics.error("invalid-address", node.at, "`bind` takes an IP address", help);
        }
        bind.to_owned()
    }

    fn advertise_host(&mut self) -> Option<String> {
        let node = self.entry.value.get("advertise_host")?;
        let host = node.as_text()?;
        let colons_mean_port = host.contains(':') && host.parse::<IpAddr>().is_err();
        if host.is_empty() || colons_mean_port || host.contains(|c: char| c.is_whitespace() || c == '/') {
            let help = "write it without scheme and port; ports have `ports:`".to_owned();
            self.diagnostics.error(
                "invalid-address",
                node.at,
                "`advertise_host` takes a host name or an IP address",
                help,
            );
        }
        Some(host.to_owned())
    }
}
