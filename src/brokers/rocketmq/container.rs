//! The containers of a RocketMQ broker: its brokers, a name server that knows where they are, and a proxy.
//!
//! A broker registers the address that it has in the stack's network (`brokerIP1` is left to it): clients in
//! containers, and on Linux those on the host too, are sent there by the name server. Everybody else goes by the proxy,
//! which answers gRPC clients with the address that they came by, and remoting clients with one that it is told. That
//! one has a single port, so inside and outside it must be the same.
//!
//! Read against the image `apache/rocketmq` 5: what it is given works in it and in our own.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::model::{
    BrokerModel, Container, ContainerFile, Facts, ImageWanted, MemoryMount, Mount, NodeId, Origin, PublishedPort,
    Storage, Value,
};

use super::causes::KNOWN_CAUSES;
use super::spec::broker_settings;
use super::{BROKER_PORT, MEBIBYTE, NAMESRV, NAMESRV_PORT, PROXY, PROXY_PORT, PROXY_REMOTING_PORT, names};

pub(super) const NAMESRV_NUMBER: u16 = 9876;
pub(super) const BROKER_NUMBER: u16 = 10911;
pub(super) const PROXY_NUMBER: u16 = 8081;
pub(super) const PROXY_REMOTING_NUMBER: u16 = 8080;
/// `rocketmq` in the image.
const USER: u64 = 3000;
const DATA: &str = "/home/rocketmq/store";
const START: &str = "/etc/mqlab/start";
const BROKER_FILE: &str = "/etc/mqlab/broker.conf";
const PROXY_FILE: &str = "/etc/mqlab/rmq-proxy.json";
const LOG_FILE: &str = "/etc/mqlab/console.logback.xml";
const DEFAULT_HEAP: u64 = 512 * MEBIBYTE;
/// Each thread that writes keeps a buffer for the largest message, 4 MiB and a little; [`WRITERS`] are 24, and about as
/// many more have no setting. The rest is for the network.
const DIRECT_MEMORY: u64 = 384 * MEBIBYTE;
/// Pools of threads that write, among other things. RocketMQ's own numbers grow with the processors, and a broker whose
/// direct memory is full goes on, and fails at what those threads should do.
const WRITERS: &[(&str, &str)] = &[
    ("ackMessageThreadPoolNums", "4"),
    ("endTransactionThreadPoolNums", "4"),
    ("litePullMessageThreadPoolNums", "4"),
    ("processReplyMessageThreadPoolNums", "4"),
    ("pullMessageThreadPoolNums", "8"),
];
const MEMORY_STORAGE: u64 = 1024 * MEBIBYTE;
/// Settings that follow from the stack itself, and what to use instead of them.
pub(super) const MANAGED: &[(&str, &str)] = &[
    ("brokerClusterName", "the name server has one cluster, `DefaultCluster`"),
    ("brokerId", "mqlab numbers the nodes: the master is 0"),
    ("brokerIP1", "a broker registers its address in the stack's network; clients elsewhere use the proxy"),
    ("brokerIP2", "a replica finds its master in the stack's network"),
    ("brokerName", "master and replica are `broker-a`"),
    ("haListenPort", "mqlab makes the listeners"),
    ("haMasterAddress", "a replica finds its master by the name server"),
    ("listenPort", "use `ports: { broker: … }`"),
    ("namesrvAddr", "mqlab runs the name server"),
    ("storePathCommitLog", "the data is on the broker's volume; see `storage`"),
    ("storePathRootDir", "the data is on the broker's volume; see `storage`"),
];

/// The brokers, the master first, then the helpers.
pub(super) fn containers(broker: &BrokerModel, facts: &Facts) -> Vec<Container> {
    let nodes = (1..=broker.nodes).map(|node| node_container(broker, facts, node));
    nodes.chain([name_server(broker, facts), proxy(broker, facts)]).collect()
}

/// The name of the container in the stack's network.
pub(super) fn node_alias(broker: &str, nodes: u32, node: u32) -> String {
    if nodes == 1 { broker.to_owned() } else { format!("{broker}-{node}") }
}

/// The name of a helper in the stack's network.
pub(super) fn helper_alias(broker: &str, role: &str) -> String {
    format!("{broker}-{role}")
}

/// Where clients in the stack's network ask for routes.
pub(super) fn internal_name_server(broker: &str) -> String {
    format!("{}:{NAMESRV_NUMBER}", helper_alias(broker, NAMESRV))
}

/// The host's port of the first container that has this one.
pub(super) fn host_port(facts: &Facts, name: &str, number: u16) -> u16 {
    facts.port(name).unwrap_or(number)
}

fn node_container(broker: &BrokerModel, facts: &Facts, node: u32) -> Container {
    let alias = node_alias(&broker.name, broker.nodes, node);
    let mut aliases = vec![broker.name.clone()];
    if alias != broker.name {
        aliases.push(alias.clone());
    }
    let heap = broker.heap.unwrap_or(DEFAULT_HEAP) / MEBIBYTE;
    let mut env = BTreeMap::from([
        ("NAMESRV_ADDR".to_owned(), internal_name_server(&broker.name)),
        ("JAVA_OPT_EXT".to_owned(), format!("-Xmx{heap}m -XX:MaxDirectMemorySize={}m", DIRECT_MEMORY / MEBIBYTE)),
    ]);
    env.extend(broker.env.iter().map(|(name, value)| (name.clone(), plain(value))));
    let index = node.saturating_sub(1);
    let ports = facts.ports.get(BROKER_PORT);
    let host = ports.and_then(|ports| ports.get(index as usize)).copied();
    let standard = BROKER_NUMBER.saturating_add(u16::try_from(index).unwrap_or_default());
    Container {
        aliases,
        command: command(if node == 1 { "broker" } else { "replica" }, "-c", BROKER_FILE),
        env,
        files: vec![data_folder(), start_file(), log_file(), broker_file(broker, node)],
        ports: vec![published(broker, BROKER_PORT, BROKER_NUMBER, host.unwrap_or(standard))],
        mounts: vec![Mount { name: "data", path: DATA, in_memory: in_memory(broker.storage) }],
        memory: broker.memory,
        origins: origins(broker),
        // It writes down what it has in memory, which took it nine seconds on a busy machine.
        stop_seconds: 30,
        ..bare(broker, NodeId::node(node), alias)
    }
}

fn name_server(broker: &BrokerModel, facts: &Facts) -> Container {
    let host = host_port(facts, NAMESRV_PORT, NAMESRV_NUMBER);
    let alias = helper_alias(&broker.name, NAMESRV);
    Container {
        command: vec![START.to_owned(), NAMESRV.to_owned()],
        env: [("JAVA_OPT_EXT".to_owned(), "-Xmx128m".to_owned())].into(),
        files: vec![start_file(), log_file()],
        ports: vec![published(broker, NAMESRV_PORT, NAMESRV_NUMBER, host)],
        stop_seconds: 10,
        ..bare(broker, NodeId::helper(NAMESRV, 1), alias)
    }
}

fn proxy(broker: &BrokerModel, facts: &Facts) -> Container {
    let alias = helper_alias(&broker.name, PROXY);
    let grpc = host_port(facts, PROXY_PORT, PROXY_NUMBER);
    let remoting = host_port(facts, PROXY_REMOTING_PORT, PROXY_REMOTING_NUMBER);
    let master = node_alias(&broker.name, broker.nodes, 1);
    Container {
        command: command(PROXY, "-pc", PROXY_FILE),
        env: [
            ("NAMESRV_ADDR".to_owned(), internal_name_server(&broker.name)),
            ("BROKER_ADDR".to_owned(), format!("{master}:{BROKER_NUMBER}")),
            ("JAVA_OPT_EXT".to_owned(), "-Xmx256m -XX:MaxDirectMemorySize=128m".to_owned()),
        ]
        .into(),
        files: vec![start_file(), log_file(), proxy_file(broker, facts, remoting)],
        ports: vec![
            published(broker, PROXY_PORT, PROXY_NUMBER, grpc),
            published(broker, PROXY_REMOTING_PORT, remoting, remoting),
        ],
        // It keeps nothing, and takes a quarter of a minute to say good-bye (5.5.0).
        stop_seconds: 3,
        ..bare(broker, NodeId::helper(PROXY, 1), alias)
    }
}

/// What all of them have.
fn bare(broker: &BrokerModel, node: NodeId, alias: String) -> Container {
    Container {
        broker: broker.name.clone(),
        node,
        image: ImageWanted::of(broker),
        hostname: alias.replace('_', "-"),
        aliases: vec![alias],
        command: Vec::new(),
        env: BTreeMap::new(),
        files: Vec::new(),
        ports: Vec::new(),
        mounts: Vec::new(),
        memory: None,
        // Java raises its own limit to the engine's hard one; asking for a number fails where the engine has less.
        open_files: None,
        ids: BTreeMap::new(),
        origins: broker.field_origins(),
        stop_seconds: 30,
        known_causes: KNOWN_CAUSES,
    }
}

fn command(role: &str, option: &str, file: &str) -> Vec<String> {
    [START, role, option, file].map(str::to_owned).to_vec()
}

fn published(broker: &BrokerModel, name: &'static str, container: u16, host: u16) -> PublishedPort {
    PublishedPort { name, container, host, bind: broker.bind.clone() }
}

fn in_memory(storage: Storage) -> Option<MemoryMount> {
    match storage {
        Storage::Volume => None,
        Storage::Memory => Some(MemoryMount { uid: USER, gid: USER, bytes: MEMORY_STORAGE }),
    }
}

/// The official image has none, and one that an engine makes for a volume is root's.
fn data_folder() -> ContainerFile {
    file(&format!("{DATA}/"), 0o755, "", BTreeMap::new())
}

fn start_file() -> ContainerFile {
    file(START, 0o755, include_str!("files/start"), BTreeMap::new())
}

fn log_file() -> ContainerFile {
    file(LOG_FILE, 0o644, include_str!("files/console.logback.xml"), BTreeMap::new())
}

fn file(path: &str, mode: u32, content: &str, parts: BTreeMap<String, Value>) -> ContainerFile {
    ContainerFile {
        path: path.to_owned(),
        mode,
        uid: USER,
        gid: USER,
        content: content.as_bytes().to_vec(),
        parts,
        secret: false,
    }
}

/// The attribute of a line in broker.conf.
fn config_attribute(key: &str) -> String {
    format!("config.{key}")
}

/// Where what reaches the container was written.
fn origins(broker: &BrokerModel) -> BTreeMap<String, Origin> {
    let settings = broker.config_origins.iter().map(|(key, origin)| (config_attribute(key), origin.clone()));
    settings.chain(broker.field_origins()).collect()
}

fn broker_file(broker: &BrokerModel, node: u32) -> ContainerFile {
    let settings = configuration(broker, node);
    // A backslash begins an escape in Java's properties.
    let lines = settings.iter().map(|(key, value)| format!("{key} = {}\n", value.replace('\\', r"\\")));
    let text: String = lines.collect();
    let parts = settings.iter().map(|(key, value)| (config_attribute(key), value.as_str().into())).collect();
    file(BROKER_FILE, 0o644, &text, parts)
}

/// Later entries win: what a laptop needs, the user's `config`, what makes it this node.
fn configuration(broker: &BrokerModel, node: u32) -> BTreeMap<String, String> {
    let defaults = [
        // A misspelt name must be an error of the client, not a new topic or group that the file does not know.
        ("autoCreateTopicEnable", "false"),
        ("autoCreateSubscriptionGroup", "false"),
        // On a disk that is fuller than 85 %, messages would go long before their time.
        ("cleanFileForciblyEnable", "false"),
        // The default of 1 GiB, twice, is more than a tmpfs or a laptop has to spare.
        ("mappedFileSizeCommitLog", "67108864"),
    ];
    let mut settings: BTreeMap<String, String> =
        defaults.iter().chain(WRITERS).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    if broker.nodes > 1 {
        // A synchronous master waits for nobody unless it is told for how many (5.5.0).
        settings.insert("brokerRole".to_owned(), "SYNC_MASTER".to_owned());
        settings.insert("inSyncReplicas".to_owned(), broker.nodes.to_string());
        // Without it a replica answers no consumer, not even when its master is gone.
        settings.insert("slaveReadEnable".to_owned(), "true".to_owned());
    }
    for setting in broker_settings(broker) {
        match &setting.value {
            Value::Null => drop(settings.remove(setting.key)),
            value => drop(settings.insert(setting.key.to_owned(), plain(value))),
        }
    }
    let id = node.saturating_sub(1);
    let identity = [
        ("brokerClusterName", names::CLUSTER.to_owned()),
        ("brokerName", names::BROKER.to_owned()),
        ("brokerId", id.to_string()),
        ("storePathRootDir", DATA.to_owned()),
    ];
    settings.extend(identity.map(|(key, value)| (key.to_owned(), value)));
    if id > 0 {
        settings.insert("brokerRole".to_owned(), "SLAVE".to_owned());
    }
    settings
}

fn proxy_file(broker: &BrokerModel, facts: &Facts, remoting: u16) -> ContainerFile {
    let host = if facts.advertise_host.is_empty() { "localhost" } else { facts.advertise_host.as_str() };
    let settings: [(&str, Json); 9] = [
        ("rocketMQClusterName", json!(names::CLUSTER)),
        ("namesrvAddr", json!(internal_name_server(&broker.name))),
        ("grpcServerPort", json!(PROXY_NUMBER)),
        // A gRPC client goes on with the address that it came by.
        ("useEndpointPortFromRequest", json!(true)),
        ("remotingListenPort", json!(remoting)),
        ("remotingAccessAddr", json!(host)),
        // What has just been made or changed is used within seconds, not within twenty.
        ("topicRouteServiceCacheRefreshSeconds", json!(2)),
        ("topicConfigCacheRefreshSeconds", json!(2)),
        ("subscriptionGroupConfigCacheRefreshSeconds", json!(2)),
    ];
    let parts = settings.iter().map(|(key, value)| (format!("proxy.{key}"), value.clone().into())).collect();
    let settings: serde_json::Map<String, Json> =
        settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    file(PROXY_FILE, 0o644, &format!("{:#}\n", Json::Object(settings)), parts)
}

fn plain(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_json().to_string(), str::to_owned)
}

#[cfg(test)]
#[path = "container_tests.rs"]
mod tests;
