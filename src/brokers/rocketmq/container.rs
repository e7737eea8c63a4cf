//! The containers of a RocketMQ broker: its brokers, a name server that knows where they are, and a proxy.
//!
//! A broker registers the address that it has in the stack's network (`brokerIP1` is left to it): clients in
//! containers, and on Linux those on the host too, are sent there by the name server. Everybody else goes by the proxy,
//! which answers gRPC clients with the address that they came by, and remoting clients with one that it is told. That
//! one has a single port, so inside and outside it must be the same.
//!
//! Read against the image `apache/rocketmq` 5: nothing is asked of it that only our own has.

use std::collections::BTreeMap;

use crate::model::{BrokerModel, Container, Facts, ImageWanted, MemoryMount, Mount, NodeId, PublishedPort, Storage};

use super::causes::KNOWN_CAUSES;
use super::settings::{
    BROKER_FILE, DATA, PROXY_FILE, START, USER, broker_file, data_folder, log_file, origins, plain, proxy_file,
    start_file,
};
use super::{BROKER_PORT, MEBIBYTE, NAMESRV, NAMESRV_PORT, PROXY, PROXY_PORT, PROXY_REMOTING_PORT};

pub(super) const NAMESRV_NUMBER: u16 = 9876;
pub(super) const BROKER_NUMBER: u16 = 10911;
pub(super) const PROXY_NUMBER: u16 = 8081;
pub(super) const PROXY_REMOTING_NUMBER: u16 = 8080;
const DEFAULT_HEAP: u64 = 512 * MEBIBYTE;
const MEMORY_STORAGE: u64 = 1024 * MEBIBYTE;
/// Each thread that writes keeps a buffer for the largest message, 4 MiB and a little. `settings::WRITERS` are 24, about
/// as many more have no setting, and the rest is for the network.
const DIRECT_MEMORY: u64 = 384 * MEBIBYTE;

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

#[cfg(test)]
#[path = "container_tests.rs"]
mod tests;
