//! The containers of an ActiveMQ broker: one per node, with the files, ports and data of each.
//!
//! The interface is the official image's, read at 5.18.3 and 6.1.8.

use std::collections::BTreeMap;

use super::causes::KNOWN_CAUSES;
use super::files::{FOLDER, files, origins};
use super::settings::MEMORY_STORAGE;
use super::{MEBIBYTE, PORTS, node_name};
use crate::brokers::PortDescription;
use crate::model::{
    BrokerModel, Container, Facts, ImageWanted, MemoryMount, Mount, NodeId, PublishedPort, Storage, Value,
};

/// `ACTIVEMQ_DATA` in the official images, which declare no volume.
const DATA: &str = "/opt/apache-activemq/data";
const DEFAULT_HEAP: u64 = 512 * MEBIBYTE;

/// One container per node, node 1 first.
pub(super) fn containers(broker: &BrokerModel, facts: &Facts) -> Vec<Container> {
    (1..=broker.nodes).map(|node| container(broker, facts, node)).collect()
}

fn container(broker: &BrokerModel, facts: &Facts, node: u32) -> Container {
    let hostname = node_name(&broker.name, node);
    Container {
        broker: broker.name.clone(),
        node: NodeId::node(node),
        image: ImageWanted::of(broker),
        aliases: vec![broker.name.clone(), hostname.clone()],
        hostname,
        command: Vec::new(),
        env: environment(broker),
        files: files(broker, facts, node),
        ports: PORTS.iter().map(|port| published(broker, facts, port, node)).collect(),
        mounts: vec![Mount { name: "data", path: DATA, in_memory: in_memory(broker.storage) }],
        memory: broker.memory,
        open_files: None,
        ids: BTreeMap::new(),
        origins: origins(broker).into_iter().chain(broker.field_origins()).collect(),
        // A clean stop writes a checkpoint; without it the next start reads the journal.
        stop_seconds: 30,
        known_causes: KNOWN_CAUSES,
    }
}

/// The user's `env` has the last word.
fn environment(broker: &BrokerModel) -> BTreeMap<String, String> {
    let heap = broker.heap.unwrap_or(DEFAULT_HEAP) / MEBIBYTE;
    // Whoever sets this variable sets all of it: the 5.18 image gives it without a login, and without the last option
    // the HTTP API listens inside the container alone.
    let options = format!(
        "-Xms64M -Xmx{heap}M -Djava.util.logging.config.file=logging.properties \
         -Djava.security.auth.login.config={FOLDER}/login.config -Djetty.host=0.0.0.0"
    );
    let own = [("ACTIVEMQ_OPTS".to_owned(), options)];
    let plain = |value: &Value| value.as_text().map_or_else(|| value.to_json().to_string(), str::to_owned);
    own.into_iter().chain(broker.env.iter().map(|(name, value)| (name.clone(), plain(value)))).collect()
}

fn published(broker: &BrokerModel, facts: &Facts, port: &PortDescription, node: u32) -> PublishedPort {
    PublishedPort {
        name: port.name,
        container: port.number,
        host: host_port(facts, port, node),
        bind: broker.bind.clone(),
    }
}

/// On the host, also before one was chosen.
pub(super) fn host_port(facts: &Facts, port: &PortDescription, node: u32) -> u16 {
    let index = usize::try_from(node.saturating_sub(1)).unwrap_or_default();
    facts.ports.get(port.name).and_then(|ports| ports.get(index)).copied().unwrap_or(port.number)
}

fn in_memory(storage: Storage) -> Option<MemoryMount> {
    (storage == Storage::Memory).then_some(MemoryMount { uid: 0, gid: 0, bytes: MEMORY_STORAGE })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{broker, facts};
    use super::*;

    #[test]
    fn nodes_have_names_and_ports_of_their_own() {
        let containers = containers(&broker("nodes: 2"), &facts());
        let second = &containers[1];
        assert_eq!(
            (second.hostname.as_str(), second.aliases.as_slice()),
            ("legacy-2", &["legacy".into(), "legacy-2".into()][..])
        );
        let ports: Vec<(&str, u16, u16)> =
            second.ports.iter().map(|port| (port.name, port.container, port.host)).collect();
        assert_eq!(ports[0], ("openwire", 61616, 31617));
        assert_eq!(ports[5], ("console", 8161, 28162));
    }

    #[test]
    fn no_secret_is_in_the_environment_and_the_users_has_the_last_word() {
        let spec = "{ users: { app: { password: planted } }, env: { ACTIVEMQ_OPTS: -Xmx1G, TZ: UTC } }";
        let env = containers(&broker(spec), &facts()).remove(0).env;
        assert_eq!(env["ACTIVEMQ_OPTS"], "-Xmx1G");
        assert!(env.values().all(|value| !value.contains("planted") && !value.contains("generated")), "{env:?}");
    }

    #[test]
    fn storage_in_memory_is_a_tmpfs_that_the_store_fits_in() {
        let container = containers(&broker("storage: memory"), &facts()).remove(0);
        let mount = container.mounts[0].in_memory.unwrap();
        let parts = &container.files[0].parts;
        let limit = |name: &str| parts[name].as_i64().and_then(|bytes| u64::try_from(bytes).ok()).unwrap();
        assert!(limit("config.storeUsage.limit") + limit("config.tempUsage.limit") < mount.bytes);
    }
}
