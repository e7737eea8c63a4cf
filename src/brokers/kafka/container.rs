//! The containers of a Kafka broker: the environment that the official image's wrapper turns into settings.
//!
//! Read against the image `apache/kafka` 4.3.1. One `KAFKA_…` variable switches all of the image's own
//! defaults off, so the full set is given.

use std::collections::BTreeMap;

use crate::model::{
    BrokerModel, Container, Facts, ImageWanted, MemoryMount, Mount, NodeId, Origin, PublishedPort, Storage, Value,
};

use super::causes::KNOWN_CAUSES;
use super::config_keys::ConfigKeys;
use super::spec::{broker_settings, racks};
use super::{INTERNAL_PORT, MEBIBYTE, PORT, units};

/// The id that lives with the data: storage is formatted with it once and refuses any other.
pub(super) const CLUSTER_ID: &str = "cluster_id";
/// How many nodes vote, from the first: the cluster begins with them. A node that comes later is broker alone. With
/// voters added by configuration, those without data could outvote the one that has it.
pub(super) const VOTERS: &str = "voters";

const HOST_PORT: u16 = 9092;
const CONTROLLER_PORT: u16 = 9093;
const DATA: &str = "/var/lib/kafka/data";
/// `appuser` in the image.
const USER: u64 = 1000;
const DEFAULT_HEAP: u64 = 512 * MEBIBYTE;
const MEMORY_STORAGE: u64 = 1024 * MEBIBYTE;
/// Settings that follow from the stack itself, and what to use instead of them.
pub(super) const MANAGED: &[(&str, &str)] = &[
    ("advertised.listeners", "use `advertise_host` and `ports`"),
    ("broker.id", "mqlab numbers the nodes from 1"),
    ("broker.rack", "use `racks`"),
    ("controller.listener.names", "mqlab makes the listeners"),
    ("controller.quorum.bootstrap.servers", "mqlab joins the controllers"),
    ("controller.quorum.voters", "mqlab joins the controllers"),
    ("inter.broker.listener.name", "mqlab makes the listeners"),
    ("listener.security.protocol.map", "mqlab makes the listeners"),
    ("listeners", "use `advertise_host` and `ports`"),
    ("log.dir", "the data is on the broker's volume; see `storage`"),
    ("log.dirs", "the data is on the broker's volume; see `storage`"),
    ("metadata.log.dir", "the data is on the broker's volume; see `storage`"),
    ("node.id", "mqlab numbers the nodes from 1"),
    ("process.roles", "mqlab decides which nodes are controllers too"),
];

/// The voters of a cluster that begins with so many nodes: an even number is no safer than the odd one below it.
pub(super) fn first_voters(nodes: u32) -> u32 {
    nodes - (nodes + 1) % 2
}

fn voters(broker: &BrokerModel, facts: &Facts) -> u32 {
    let recorded = facts.ids.get(VOTERS).and_then(|text| text.parse().ok());
    recorded.unwrap_or_else(|| first_voters(broker.nodes))
}

/// One container per node, node 1 first.
pub(super) fn containers(broker: &BrokerModel, facts: &Facts) -> Vec<Container> {
    (1..=broker.nodes).map(|node| container(broker, facts, node)).collect()
}

fn container(broker: &BrokerModel, facts: &Facts, node: u32) -> Container {
    let hostname = node_alias(broker, node);
    let mut aliases = vec![broker.name.clone()];
    if hostname != broker.name {
        aliases.push(hostname.clone());
    }
    Container {
        broker: broker.name.clone(),
        node: NodeId::node(node),
        image: ImageWanted::of(broker),
        hostname,
        aliases,
        command: Vec::new(),
        env: environment(broker, facts, node),
        files: Vec::new(),
        ports: vec![PublishedPort {
            name: PORT,
            container: HOST_PORT,
            host: host_port(facts, node),
            bind: broker.bind.clone(),
        }],
        mounts: vec![Mount { name: "data", path: DATA, in_memory: in_memory(broker.storage) }],
        memory: broker.memory,
        // Every partition holds several files open, a deleted one for another minute. Java raises its own limit to
        // the engine's hard one (524288 or more by default); asking for a number fails where the engine has less.
        open_files: None,
        ids: facts.ids.clone(),
        origins: origins(broker),
        // A clean stop flushes every log; without it the next start reads them all.
        stop_seconds: 30,
        known_causes: KNOWN_CAUSES,
    }
}

/// Where what reaches the container was written.
fn origins(broker: &BrokerModel) -> BTreeMap<String, Origin> {
    let settings = broker.config_origins.iter().map(|(key, origin)| (format!("env.{}", variable(key)), origin.clone()));
    settings.chain(broker.field_origins()).collect()
}

/// The name of a node in the stack's network; a single node is the broker.
pub(super) fn node_alias(broker: &BrokerModel, node: u32) -> String {
    if broker.nodes == 1 { broker.name.clone() } else { format!("{}-{node}", broker.name) }
}

/// What clients on the host connect to, bracketed if it is an IPv6 address.
pub(super) fn advertised_host(facts: &Facts) -> String {
    match facts.advertise_host.as_str() {
        "" => "localhost".to_owned(),
        host if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
        host => host.to_owned(),
    }
}

/// Where clients in the stack's network connect: every node.
pub(super) fn internal_bootstrap(broker: &BrokerModel) -> String {
    let nodes = (1..=broker.nodes).map(|node| format!("{}:{INTERNAL_PORT}", node_alias(broker, node)));
    nodes.collect::<Vec<_>>().join(",")
}

fn host_port(facts: &Facts, node: u32) -> u16 {
    let index = usize::try_from(node - 1).unwrap_or_default();
    let standard = HOST_PORT.saturating_add(u16::try_from(node - 1).unwrap_or_default());
    facts.ports.get(PORT).and_then(|ports| ports.get(index)).copied().unwrap_or(standard)
}

fn in_memory(storage: Storage) -> Option<MemoryMount> {
    match storage {
        Storage::Volume => None,
        Storage::Memory => Some(MemoryMount { uid: USER, gid: USER, bytes: MEMORY_STORAGE }),
    }
}

/// Later entries win: what a node needs, the user's `config`, the user's `env`.
fn environment(broker: &BrokerModel, facts: &Facts, node: u32) -> BTreeMap<String, String> {
    let mut env = BTreeMap::new();
    env.insert("CLUSTER_ID".to_owned(), facts.ids.get(CLUSTER_ID).cloned().unwrap_or_default());
    let heap = broker.heap.unwrap_or(DEFAULT_HEAP) / MEBIBYTE;
    env.insert("KAFKA_HEAP_OPTS".to_owned(), format!("-Xmx{heap}m"));
    for (key, value) in defaults(broker.nodes).into_iter().chain(identity(broker, facts, node)) {
        env.insert(variable(key), value);
    }
    let keys = ConfigKeys::of(&broker.version);
    for setting in broker_settings(broker) {
        if setting.value == Value::Null {
            env.remove(&variable(setting.key));
            continue;
        }
        let spell = |key| units::spell(setting.key, key, &setting.value).ok();
        let value = keys.broker.get(setting.key).and_then(spell);
        env.insert(variable(setting.key), value.unwrap_or_else(|| plain(&setting.value)));
    }
    env.extend(broker.env.iter().map(|(name, value)| (name.clone(), plain(value))));
    env
}

/// Who the node is and where it is reached.
fn identity(broker: &BrokerModel, facts: &Facts, node: u32) -> Vec<(&'static str, String)> {
    let voter = |node| {
        let host = if broker.nodes == 1 { "localhost".to_owned() } else { node_alias(broker, node) };
        format!("{node}@{host}:{CONTROLLER_PORT}")
    };
    let votes = node <= voters(broker, facts);
    let controller = if votes { format!(",CONTROLLER://:{CONTROLLER_PORT}") } else { String::new() };
    let mut identity = vec![
        (
            "advertised.listeners",
            format!(
                "INTERNAL://{}:{INTERNAL_PORT},HOST://{}:{}",
                node_alias(broker, node),
                advertised_host(facts),
                host_port(facts, node)
            ),
        ),
        ("controller.listener.names", "CONTROLLER".to_owned()),
        ("controller.quorum.voters", (1..=voters(broker, facts)).map(voter).collect::<Vec<_>>().join(",")),
        ("inter.broker.listener.name", "INTERNAL".to_owned()),
        ("listener.security.protocol.map", "INTERNAL:PLAINTEXT,HOST:PLAINTEXT,CONTROLLER:PLAINTEXT".to_owned()),
        ("listeners", format!("INTERNAL://:{INTERNAL_PORT},HOST://:{HOST_PORT}{controller}")),
        ("log.dirs", DATA.to_owned()),
        ("node.id", node.to_string()),
        ("process.roles", if votes { "broker,controller" } else { "broker" }.to_owned()),
    ];
    if let Some(rack) = racks(broker).get(node as usize - 1) {
        identity.push(("broker.rack", (*rack).to_owned()));
    }
    identity
}

/// What a laptop needs and the user may set otherwise.
fn defaults(nodes: u32) -> Vec<(&'static str, String)> {
    let copies = nodes.min(3).to_string();
    let in_sync = nodes.div_ceil(2).min(2).to_string();
    vec![
        // A misspelt name must be an error of the client, not a new topic that the file does not know.
        ("auto.create.topics.enable", "false".to_owned()),
        ("group.initial.rebalance.delay.ms", "0".to_owned()),
        ("offsets.topic.replication.factor", copies.clone()),
        ("share.coordinator.state.topic.min.isr", in_sync.clone()),
        ("share.coordinator.state.topic.replication.factor", copies.clone()),
        ("transaction.state.log.min.isr", in_sync),
        ("transaction.state.log.replication.factor", copies),
    ]
}

/// The variable that the image's wrapper turns back into the key: `_` for `.`, `__` for `_`, `___` for `-`. Confluent's
/// does the same (`env_to_props` of its docker-utils), whatever its older documents say.
fn variable(key: &str) -> String {
    let mut name = String::from("KAFKA_");
    for character in key.chars() {
        match character {
            '.' => name.push('_'),
            '_' => name.push_str("__"),
            '-' => name.push_str("___"),
            other => name.push(other.to_ascii_uppercase()),
        }
    }
    name
}

fn plain(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_json().to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::CONFLUENT;
    use super::super::testing::{broker, facts};
    use super::*;

    /// `KEY=value` lines, which `docker run --env-file` takes as they are.
    fn lines(container: &Container) -> String {
        container.env.iter().fold(String::new(), |lines, (name, value)| lines + name + "=" + value + "\n")
    }

    #[test]
    fn one_node_gets_the_full_environment() {
        let containers = containers(&broker("topics: { orders: {} }"), &facts());
        assert_eq!(containers.len(), 1);
        assert_eq!(lines(&containers[0]), include_str!("../../../tests/fixtures/kafka/one-node.env"));
    }

    #[test]
    fn three_nodes_vote_by_name_and_advertise_their_own_ports() {
        let containers = containers(&broker("nodes: 3"), &facts());
        let of = |index: usize, name: &str| containers[index].env[name].clone();
        assert_eq!(of(1, "KAFKA_CONTROLLER_QUORUM_VOTERS"), "1@events-1:9093,2@events-2:9093,3@events-3:9093");
        assert_eq!(of(2, "KAFKA_ADVERTISED_LISTENERS"), "INTERNAL://events-3:19092,HOST://localhost:19094");
        assert_eq!(of(0, "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR"), "3");
        assert_eq!(of(0, "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR"), "2");
        assert_eq!(containers[2].aliases, ["events", "events-3"]);
    }

    #[test]
    fn config_is_lowered_to_variables_and_wins_over_our_defaults() {
        let yaml = "config: { log.retention.ms: 7d, log.segment.bytes: 64MiB, auto.create.topics.enable: null, \
                    listener.name.host.my_key-a: x, log.cleaner.enable: true }";
        let env = containers(&broker(yaml), &facts()).remove(0).env;
        assert_eq!(env["KAFKA_LOG_RETENTION_MS"], "604800000");
        assert_eq!(env["KAFKA_LOG_SEGMENT_BYTES"], "67108864");
        assert_eq!(env["KAFKA_LISTENER_NAME_HOST_MY__KEY___A"], "x");
        assert_eq!(env["KAFKA_LOG_CLEANER_ENABLE"], "true");
        assert!(!env.contains_key("KAFKA_AUTO_CREATE_TOPICS_ENABLE"), "null asks for the broker's own default");
    }

    /// The image is pulled where a registry has it; what it is given was read, and is written down here.
    #[test]
    fn confluents_image_gets_the_environment_that_it_wants() {
        let mut model = broker("nodes: 3\nracks: [a, b, c]\nconfig: { listener.name.host.my_key-a: x }");
        model.distribution = Some(CONFLUENT.to_owned());
        let containers = containers(&model, &facts());
        assert_eq!(lines(&containers[1]), include_str!("../../../tests/fixtures/kafka/confluent.env"));
    }

    #[test]
    fn a_cluster_that_has_grown_keeps_its_controllers() {
        let mut facts = facts();
        facts.ids.insert(VOTERS.to_owned(), "1".to_owned());
        let containers = containers(&broker("nodes: 3"), &facts);
        let of = |index: usize, name: &str| containers[index].env[name].clone();
        assert_eq!(of(0, "KAFKA_PROCESS_ROLES"), "broker,controller");
        assert_eq!(of(2, "KAFKA_PROCESS_ROLES"), "broker");
        assert_eq!(of(2, "KAFKA_CONTROLLER_QUORUM_VOTERS"), "1@events-1:9093");
        assert!(!of(2, "KAFKA_LISTENERS").contains("CONTROLLER"), "it would not start with one");
        assert_eq!([1, 2, 3, 4, 5].map(first_voters), [1, 1, 3, 3, 5]);
    }

    #[test]
    fn the_users_env_has_the_last_word() {
        let env = containers(&broker("env: { KAFKA_HEAP_OPTS: -Xmx2g }"), &facts()).remove(0).env;
        assert_eq!(env["KAFKA_HEAP_OPTS"], "-Xmx2g");
    }

    #[test]
    fn storage_in_memory_is_a_tmpfs_of_the_images_user() {
        let mount = |yaml| containers(&broker(yaml), &facts()).remove(0).mounts.remove(0);
        assert_eq!(mount("storage: volume").in_memory, None);
        let memory = mount("storage: memory").in_memory.unwrap();
        assert_eq!((memory.uid, memory.gid), (1000, 1000));
    }

    #[test]
    fn an_ipv6_address_is_bracketed() {
        let facts = Facts { advertise_host: "::1".to_owned(), ..facts() };
        let env = containers(&broker("{}"), &facts).remove(0).env;
        assert_eq!(env["KAFKA_ADVERTISED_LISTENERS"], "INTERNAL://events:19092,HOST://[::1]:19092");
    }
}
