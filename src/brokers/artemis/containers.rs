//! The containers of an Artemis broker: one node each, with its files, ports and data.
//!
//! The interface is the official image's, read at 2.56.0. Its script makes an instance when `etc/broker.xml` is not there
//! and lays `etc-override` over it, at the first start alone. So the volume is only behind `data`: each new container
//! makes its instance anew, from files that are what the plan says, on the data that stays.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::broker_xml::{self, alias, elements};
use super::causes::KNOWN_CAUSES;
use super::kinds::{ADMINISTRATOR, ADMINISTRATOR_ROLE};
use super::{ADMIN_PASSWORD, CLUSTER_PASSWORD, PORTS};
use crate::brokers::PortDescription;
use crate::model::{
    BrokerModel, Container, ContainerFile, Facts, ImageWanted, MemoryMount, Mount, NodeId, Origin, PublishedPort,
    Storage, Value,
};

const MEBIBYTE: u64 = 1 << 20;
/// `artemis` in the image.
const OWNER: u64 = 1001;
const DATA: &str = "/var/lib/artemis-instance/data";
const OVERRIDE: &str = "/var/lib/artemis-instance/etc-override";
const DEFAULT_HEAP: u64 = 512 * MEBIBYTE;
const MEMORY_STORAGE: u64 = 512 * MEBIBYTE;

pub(super) fn containers(broker: &BrokerModel, facts: &Facts) -> Vec<Container> {
    (1..=broker.nodes).map(|node| container(broker, facts, node)).collect()
}

fn container(broker: &BrokerModel, facts: &Facts, node: u32) -> Container {
    let hostname = alias(&broker.name, node);
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
        mounts: vec![Mount { name: "data", path: DATA, in_memory: in_memory(broker) }],
        memory: broker.memory,
        open_files: None,
        ids: BTreeMap::new(),
        origins: origins(broker),
        stop_seconds: 30,
        known_causes: KNOWN_CAUSES,
    }
}

fn in_memory(broker: &BrokerModel) -> Option<MemoryMount> {
    let bytes = broker.memory.map_or(MEMORY_STORAGE, |memory| memory / 2);
    (broker.storage == Storage::Memory).then_some(MemoryMount { uid: OWNER, gid: OWNER, bytes })
}

fn published(broker: &BrokerModel, facts: &Facts, port: &PortDescription, node: u32) -> PublishedPort {
    let index = node.saturating_sub(1) as usize;
    let host = facts.ports.get(port.name).and_then(|ports| ports.get(index)).copied();
    PublishedPort {
        name: port.name,
        container: port.number,
        host: host.unwrap_or(port.number),
        bind: broker.bind.clone(),
    }
}

/// The image's own variables keep their defaults: the user that they name never gets in, because its files are replaced.
fn environment(broker: &BrokerModel) -> BTreeMap<String, String> {
    let heap = broker.heap.unwrap_or(DEFAULT_HEAP) / MEBIBYTE;
    let mut env = BTreeMap::from([
        // Behind the image's own -Xms512M -Xmx2G, so that these count.
        ("JAVA_ARGS_APPEND".to_owned(), format!("-Xms64m -Xmx{heap}m")),
        // To set this drops the image's two options, so they are here again. The others spare it a test of the disk,
        // whose result is not used.
        ("EXTRA_ARGS".to_owned(), "--http-host 0.0.0.0 --relax-jolokia --no-autotune --nio".to_owned()),
    ]);
    let plain = |value: &Value| value.as_text().map_or_else(|| value.to_string(), ToOwned::to_owned);
    env.extend(broker.env.iter().map(|(name, value)| (name.clone(), plain(value))));
    env
}

fn files(broker: &BrokerModel, facts: &Facts, node: u32) -> Vec<ContainerFile> {
    let file = |name: &str, content: String| ContainerFile {
        path: format!("{OVERRIDE}/{name}"),
        mode: 0o600,
        uid: OWNER,
        gid: OWNER,
        content: content.into_bytes(),
        parts: BTreeMap::new(),
        secret: false,
    };
    let secret = |name: &str, content: String| ContainerFile { secret: true, ..file(name, content) };
    let password = |name: &str| facts.secrets.get(name).map(|secret| secret.reveal().to_owned()).unwrap_or_default();
    let mut files = vec![
        ContainerFile {
            parts: parts(broker, node),
            ..file("broker.xml", broker_xml::render(broker, node, &elements(broker)))
        },
        file("bootstrap.xml", BOOTSTRAP.to_owned()),
        secret("artemis-users.properties", format!("{ADMINISTRATOR} = {}\n", password(ADMIN_PASSWORD))),
        file("artemis-roles.properties", format!("{ADMINISTRATOR_ROLE} = {ADMINISTRATOR}\n")),
    ];
    if broker.nodes > 1 {
        let content = format!("clusterUser={ADMINISTRATOR}-cluster\nclusterPassword={}\n", password(CLUSTER_PASSWORD));
        let sealed = facts.secrets.get(CLUSTER_PASSWORD).cloned().map(Value::Secret);
        let parts = sealed.map(|password| ("cluster.password".to_owned(), password)).into_iter().collect();
        // All nodes must have the same, so another one makes all of them anew.
        files.push(ContainerFile { parts, ..secret("broker.properties", content) });
    }
    if broker.storage == Storage::Volume {
        // The image has no such folder, so a new volume there would be root's.
        files.push(ContainerFile { path: format!("{DATA}/"), mode: 0o755, ..file("", String::new()) });
    }
    files
}

/// The elements one by one, and a digest of all around them: the other nodes, and what this program's template says.
fn parts(broker: &BrokerModel, node: u32) -> BTreeMap<String, Value> {
    let settings = elements(broker).into_iter().map(|(key, value)| (config_attribute(&key), value.into()));
    let rest = Sha256::digest(broker_xml::render(broker, node, &BTreeMap::new()));
    let mut parts: BTreeMap<String, Value> = settings.collect();
    parts.insert("broker.xml".to_owned(), hex::encode(&rest[..6]).into());
    if broker.nodes > 1 {
        let nodes = (1..=broker.nodes).map(|node| Value::text(alias(&broker.name, node)));
        parts.insert("cluster.nodes".to_owned(), Value::List(nodes.collect()));
    }
    parts
}

/// Users are the broker's own, in its journal: they can be changed live, and stay with the data. The file's users are
/// added at each start, and are those of the console too.
const BOOTSTRAP: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<!-- Written by mqlab; changed by hand it will be written again. -->
<broker xmlns="http://activemq.apache.org/schema">
  <security-manager class-name="org.apache.activemq.artemis.spi.core.security.ActiveMQBasicSecurityManager">
    <property key="bootstrapUserFile" value="artemis-users.properties"/>
    <property key="bootstrapRoleFile" value="artemis-roles.properties"/>
  </security-manager>
  <server configuration="file:/var/lib/artemis-instance/etc/broker.xml"/>
  <web path="web" rootRedirectLocation="console">
    <binding name="artemis" uri="http://0.0.0.0:8161">
      <app name="console" url="console" war="console.war"/>
    </binding>
  </web>
</broker>
"#;

/// The attribute of an element of `broker.xml`.
fn config_attribute(key: &str) -> String {
    format!("config.{key}")
}

/// Where what reaches the container was written.
fn origins(broker: &BrokerModel) -> BTreeMap<String, Origin> {
    let settings = broker.config_origins.iter().map(|(key, origin)| (config_attribute(key), origin.clone()));
    settings.chain(broker.field_origins()).collect()
}

#[cfg(test)]
mod tests {
    use super::super::testing::{broker, facts};
    use super::*;

    fn content(container: &Container, name: &str) -> String {
        let file = container.files.iter().find(|file| file.path.ends_with(name)).unwrap();
        String::from_utf8(file.content.clone()).unwrap()
    }

    #[test]
    fn one_node_has_the_whole_file() {
        let containers = containers(&broker("config: { max-disk-usage: 95, disk-scan-period: 5s }"), &facts());
        assert_eq!(containers.len(), 1);
        assert_eq!(content(&containers[0], "broker.xml"), include_str!("../../../tests/fixtures/artemis/one-node.xml"));
    }

    #[test]
    fn nodes_of_a_cluster_name_each_other() {
        let containers = containers(&broker("nodes: 2"), &facts());
        assert_eq!(
            content(&containers[1], "broker.xml"),
            include_str!("../../../tests/fixtures/artemis/second-of-two.xml")
        );
        assert_eq!(containers[1].aliases, ["art", "art-2"]);
        assert_eq!(containers[1].ports[0].host, 61617);
        assert!(content(&containers[0], "broker.properties").contains("clusterPassword=planted-cluster"));
    }

    #[test]
    fn secrets_are_in_secret_files_alone() {
        for container in containers(&broker("nodes: 2"), &facts()) {
            let holds = |file: &&ContainerFile| String::from_utf8_lossy(&file.content).contains("planted");
            assert!(container.files.iter().filter(holds).all(|file| file.secret));
            assert_eq!(container.files.iter().filter(|file| file.secret).count(), 2);
            assert!(!format!("{container:?}").contains("planted"));
        }
    }

    #[test]
    fn no_object_inside_the_broker_is_in_a_container() {
        let spec = r##"
users: { app: { password: p } }
addresses: { a: { routing: anycast } }
address_settings: { "#": { max_delivery_attempts: 5 } }
security: { a: { send: [app] } }
"##;
        assert_eq!(containers(&broker(spec), &facts()), containers(&broker("{}"), &facts()));
    }

    #[test]
    fn a_new_volume_belongs_to_the_broker_and_memory_needs_no_folder() {
        let folders =
            |yaml| containers(&broker(yaml), &facts())[0].files.iter().filter(|file| file.is_folder()).count();
        assert_eq!((folders("{}"), folders("storage: memory")), (1, 0));
    }

    #[test]
    fn heap_and_env_reach_the_jvm() {
        let env = |yaml| containers(&broker(yaml), &facts())[0].env["JAVA_ARGS_APPEND"].clone();
        assert_eq!(env("{}"), "-Xms64m -Xmx512m");
        assert_eq!(env("heap: 268435456"), "-Xms64m -Xmx256m");
        assert_eq!(env("env: { JAVA_ARGS_APPEND: -Xmx2g }"), "-Xmx2g");
    }

    /// What is compared tells when the file is another one.
    #[test]
    fn another_file_has_other_parts() {
        let attributes = |yaml| containers(&broker(yaml), &facts())[0].files[0].parts.clone();
        for other in ["nodes: 2", "nodes: 3", "config: { max-disk-usage: 95 }"] {
            assert_ne!(attributes("{}"), attributes(other), "{other}");
        }
        assert_ne!(attributes("nodes: 2"), attributes("nodes: 3"));
    }
}
