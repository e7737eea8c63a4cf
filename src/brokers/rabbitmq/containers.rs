//! From the spec to the containers: one node with its files, ports and data.
//!
//! The interface is the official image's, read at 4.0 and 4.3: configuration in `/etc/rabbitmq/conf.d`
//! (later names win), `/etc/rabbitmq/enabled_plugins`, data in `/var/lib/rabbitmq`, user 999.
//! No topology is in these files: they are hashed, and a new queue must not recreate its broker.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::kinds::ADMINISTRATOR;
use super::read::Body;
use super::{PORTS, STREAM};
use crate::brokers::PortDescription;
use crate::model::{
    BrokerModel, Container, ContainerFile, Facts, ImageWanted, KnownCause, MemoryMount, Mount, NodeId, Origin,
    PublishedPort, Storage, Value,
};

/// The user of the official image.
const OWNER: u64 = 999;
/// What the data may take in memory where no limit was given.
const MEMORY_STORAGE: u64 = 512 << 20;
/// Publishers are blocked above this, unless the spec says otherwise: a laptop has other things to do.
const WATERMARK: u64 = 512 << 20;
/// With the engine's usual million, the Erlang runtime reserves memory for each of them at start.
/// Not more than an engine inside a container is likely to have: one that may not raise its limit fails to start
/// what asks for more, and everything is made twice.
const OPEN_FILES: u64 = 16_384;
const DISCOVERY: &str = "cluster_formation.peer_discovery_backend";
/// The secret that the nodes of a cluster share.
pub(super) const COOKIE: &str = "erlang_cookie";
const COOKIE_FILE: &str = "/etc/rabbitmq/mqlab.cookie";
/// Runs as the broker's user, because the image's entrypoint drops root for every command named so.
const WITH_COOKIE: &str = "rabbitmq-with-cookie";
/// The cookie is read from the home alone, which is the data's place: with data in memory nothing can be copied there
/// before the start. As a variable everybody could read it who may inspect the container.
///
/// A node without data joins the oldest one that it reaches, and is a cluster by itself if it reaches none (4.0). So it
/// waits for the first node, which has the data where one node becomes several: two empty ones that meet sooner are a
/// second cluster beside it.
const COOKIE_SCRIPT: &str = r#"#!/bin/bash
set -eu
umask 077
rm -f /var/lib/rabbitmq/.erlang.cookie
cat /etc/rabbitmq/mqlab.cookie > /var/lib/rabbitmq/.erlang.cookie
chmod 400 /var/lib/rabbitmq/.erlang.cookie
first=$(sed -n 's/^cluster_formation.classic_config.nodes.1 = rabbit@//p' /etc/rabbitmq/conf.d/92-mqlab-peers.conf)
if [ "$(hostname)" != "$first" ] && ! compgen -G '/var/lib/rabbitmq/mnesia/rabbit@*' >/dev/null; then
  for _ in {1..300}; do
    if (exec 3<>"/dev/tcp/$first/25672") 2>/dev/null; then break; fi
    sleep 0.2
  done
fi
exec rabbitmq-server
"#;
const ALWAYS_ON: &[&str] = &["rabbitmq_management", "rabbitmq_prometheus"];

pub(super) fn containers(broker: &BrokerModel, facts: &Facts) -> Vec<Container> {
    (1..=broker.nodes).map(|node| container(broker, facts, node)).collect()
}

fn container(broker: &BrokerModel, facts: &Facts, node: u32) -> Container {
    Container {
        broker: broker.name.clone(),
        node: NodeId::node(node),
        image: ImageWanted::of(broker),
        hostname: hostname(&broker.name, node),
        aliases: aliases(broker, node),
        command: if is_cluster(broker) { vec![WITH_COOKIE.to_owned()] } else { Vec::new() },
        env: broker.env.iter().map(|(key, value)| (key.clone(), line_value(value))).collect(),
        files: files(broker, facts, node),
        ports: ports(broker, facts, node),
        mounts: vec![Mount { name: "data", path: "/var/lib/rabbitmq", in_memory: memory_mount(broker) }],
        memory: broker.memory,
        open_files: Some(OPEN_FILES),
        ids: BTreeMap::new(),
        origins: origins(broker),
        stop_seconds: 30,
        known_causes: KNOWN_CAUSES,
    }
}

/// RabbitMQ names its data after the host, so the name must not change. Underscores are not for host names.
fn hostname(broker: &str, node: u32) -> String {
    format!("{}-{node}", broker.replace('_', "-"))
}

fn is_cluster(broker: &BrokerModel) -> bool {
    broker.nodes > 1
}

/// Nodes of a cluster find each other by their host names.
fn aliases(broker: &BrokerModel, node: u32) -> Vec<String> {
    let own = is_cluster(broker).then(|| hostname(&broker.name, node));
    [broker.name.clone()].into_iter().chain(own).collect()
}

fn memory_mount(broker: &BrokerModel) -> Option<MemoryMount> {
    let bytes = broker.memory.map_or(MEMORY_STORAGE, |memory| memory / 2);
    (broker.storage == Storage::Memory).then_some(MemoryMount { uid: OWNER, gid: OWNER, bytes })
}

fn ports(broker: &BrokerModel, facts: &Facts, node: u32) -> Vec<PublishedPort> {
    let on = PORTS.iter().filter(|port| (port.when)(broker));
    on.map(|port| PublishedPort {
        name: port.name,
        container: port.number,
        host: host_port(facts, port, node),
        bind: broker.bind.clone(),
    })
    .collect()
}

fn host_port(facts: &Facts, port: &PortDescription, node: u32) -> u16 {
    let index = node.saturating_sub(1) as usize;
    facts.ports.get(port.name).and_then(|ports| ports.get(index)).copied().unwrap_or(port.number)
}

fn files(broker: &BrokerModel, facts: &Facts, node: u32) -> Vec<ContainerFile> {
    let file = |path: &str, mode, content: String, parts| ContainerFile {
        path: path.to_owned(),
        mode,
        uid: OWNER,
        gid: OWNER,
        content: content.into_bytes(),
        parts,
        secret: false,
    };
    let settings = configuration(broker, facts, node);
    let mut text = String::from("# Written by mqlab; changed by hand it will be written again.\n");
    for (key, value) in &settings {
        let _ = writeln!(text, "{key} = {}", quoted(value));
    }
    let settings = settings.into_iter().map(|(key, value)| (config_attribute(&key), value.into())).collect();
    let plugins = enabled_plugins(broker);
    let enabled = format!("[{}].\n", plugins.join(","));
    let plugins = Value::List(plugins.into_iter().map(Value::text).collect());
    let administrator =
        file("/etc/rabbitmq/conf.d/91-mqlab-administrator.conf", 0o400, administrator(facts), [].into());
    let mut files = vec![
        file("/etc/rabbitmq/conf.d/90-mqlab.conf", 0o644, text, settings),
        ContainerFile { secret: true, ..administrator },
        file("/etc/rabbitmq/enabled_plugins", 0o644, enabled, [("plugins".to_owned(), plugins)].into()),
    ];
    if let Some(cookie) = facts.secrets.get(COOKIE).filter(|_| is_cluster(broker)) {
        let parts = BTreeMap::from([("erlang_cookie".to_owned(), Value::Secret(cookie.clone()))]);
        let content = file(COOKIE_FILE, 0o400, cookie.reveal().to_owned(), parts);
        files.push(ContainerFile { secret: true, ..content });
        files.push(file(&format!("/usr/local/bin/{WITH_COOKIE}"), 0o755, COOKIE_SCRIPT.to_owned(), [].into()));
        // The list is for a node without data. Compared as a whole, one more node would recreate all others.
        let discovery = BTreeMap::from([(config_attribute(DISCOVERY), "classic_config".into())]);
        files.push(file("/etc/rabbitmq/conf.d/92-mqlab-peers.conf", 0o644, peers(broker), discovery));
    }
    files
}

/// The attribute of a line in rabbitmq.conf.
fn config_attribute(key: &str) -> String {
    format!("config.{key}")
}

/// Where what reaches the container was written.
fn origins(broker: &BrokerModel) -> BTreeMap<String, Origin> {
    let settings = broker.config_origins.iter().map(|(key, origin)| (config_attribute(key), origin.clone()));
    settings.chain(broker.field_origins()).collect()
}

/// mqlab's own lines first, so that the user's win.
fn configuration(broker: &BrokerModel, facts: &Facts, node: u32) -> Vec<(String, String)> {
    let mut lines = Vec::new();
    let mut set = |key: &str, value: String| lines.push((key.to_owned(), value));
    if !broker.config.keys().any(|key| key.starts_with("vm_memory_high_watermark.")) {
        // The runtime sees the machine's memory and not always the container's.
        let bytes = broker.memory.map_or(WATERMARK, |memory| memory / 10 * 6);
        set("vm_memory_high_watermark.absolute", bytes.to_string());
    }
    if (STREAM.when)(broker) {
        // Stream clients ask the broker where to connect. By itself it names its host name in the stack's network,
        // which nobody outside of it knows.
        set("stream.advertised_host", facts.advertise_host.clone());
        set("stream.advertised_port", host_port(facts, &STREAM, node).to_string());
    }
    for (key, value) in &broker.config {
        if !value.is_null() {
            set(key, line_value(value));
        }
    }
    lines
}

/// Every node must know all: each joins whichever of them came up first, and one that does not know of it comes up
/// alone.
fn peers(broker: &BrokerModel) -> String {
    let mut text = format!("{DISCOVERY} = classic_config\n");
    for node in 1..=broker.nodes {
        let name = hostname(&broker.name, node);
        let _ = writeln!(text, "cluster_formation.classic_config.nodes.{node} = rabbit@{name}");
    }
    text
}

/// Read by the server when its database is empty: this user is then made instead of `guest`.
fn administrator(facts: &Facts) -> String {
    let Some(password) = facts.secrets.get("admin_password") else { return String::new() };
    format!(
        "default_user = {ADMINISTRATOR}\ndefault_pass = {}\ndefault_user_tags.administrator = true\n\
         default_permissions.configure = .*\ndefault_permissions.write = .*\ndefault_permissions.read = .*\n",
        password.reveal()
    )
}

/// Sorted, so that the order in the spec does not recreate the broker.
fn enabled_plugins(broker: &BrokerModel) -> Vec<&str> {
    let body = Body::read(broker);
    let asked = body.plugins.iter().map(|plugin| plugin.name);
    let plugins: BTreeSet<&str> = ALWAYS_ON.iter().copied().chain(asked).collect();
    plugins.into_iter().collect()
}

/// For rabbitmq.conf, where a `#` ends the value, spaces around it do not count, and nothing is a syntax error.
/// Single quotes keep all three; validation has refused what holds one of those too.
fn quoted(value: &str) -> String {
    if needs_quotes(value) { format!("'{value}'") } else { value.to_owned() }
}

pub(super) fn needs_quotes(value: &str) -> bool {
    let is_quoted = value.len() > 1 && value.starts_with('\'') && value.ends_with('\'');
    !is_quoted && (value.is_empty() || value.contains('#') || value.trim() != value)
}

/// Text without the quotes that the plan shows.
fn line_value(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_string(), ToOwned::to_owned)
}

const KNOWN_CAUSES: &[KnownCause] = &[
    KnownCause {
        text: "but there is no setting with that name",
        meaning: "a key in `config` is not one of rabbitmq.conf's",
        way_out: "correct the key that the log names; `mqlab check` lists the keys that this version knows",
    },
    KnownCause {
        text: "Error generating configuration in phase",
        meaning: "a value in `config` is not of the type that its key wants",
        way_out: "correct the value that the log names",
    },
    KnownCause {
        text: "must be accessible by owner only",
        meaning: "the Erlang cookie on the data volume has the wrong owner or mode",
        way_out: "run `mqlab down`, then give the file `.erlang.cookie` on the volume to user 999 with mode 0400",
    },
    KnownCause {
        text: ".erlang.cookie: eacces",
        meaning: "the Erlang cookie on the data volume belongs to another user: a tool was run as root in the container before the broker had made its cookie",
        way_out: "give the file `.erlang.cookie` on the volume to user 999, or begin anew: `mqlab down --volumes`",
    },
    KnownCause {
        text: "no space left on device",
        meaning: "the disk behind the data is full",
        way_out: "free space where the engine keeps its volumes, or give the broker more `memory` with `storage: memory`",
    },
    KnownCause {
        text: "enospc",
        meaning: "the disk behind the data is full",
        way_out: "free space where the engine keeps its volumes, or give the broker more `memory` with `storage: memory`",
    },
    KnownCause {
        text: "eaddrinuse",
        meaning: "two listeners in the container want the same port",
        way_out: "look for `listeners` in `config` and `env`",
    },
    KnownCause {
        text: "required feature flag",
        meaning: "the data is from a version that this one cannot take over",
        way_out: "set `version` back to the one that wrote the data, enable all feature flags, and upgrade step by step",
    },
    KnownCause {
        text: "Failed to create thread",
        meaning: "the container's limit of processes is too low for the Erlang runtime",
        way_out: "raise the limit of processes of the engine",
    },
];

#[cfg(test)]
#[path = "containers_tests.rs"]
mod tests;
