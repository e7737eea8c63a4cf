//! Containers as resources: one attribute per field, so that a plan names the field that differs.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use super::labels::volume_name;
use crate::brokers::Description;
use crate::model::{
    Address, BrokerModel, Container, ContainerFile, Facts, Mount, NodeId, OnChange, Origin, Resource, STACK, Secret,
    Value,
};
use crate::spec::Node;

pub(crate) const NETWORK: &str = "network";
pub(crate) const VOLUME: &str = "volume";
pub(crate) const NODE: &str = "node";

/// The attribute that only a start changes.
pub(crate) const RUNNING: &str = "running";
/// Which volume or tmpfs is where: data is behind it.
pub(crate) const MOUNT: &str = "mount.";
/// Kind and version of what wrote a volume.
pub(crate) const FORMAT: &str = "format";
/// See [`inputs`].
pub(crate) const INPUTS: &str = "inputs";

/// The generated secret with which those in files are sealed.
pub(crate) const SEAL_KEY: &str = "seal";

const SEALED: &str = "sealed ";

/// A container that should be, and what it was lowered from.
#[derive(Clone, Debug)]
pub struct WantedNode {
    pub container: Container,
    /// See [`inputs`].
    pub inputs: String,
    pub origin: Option<Origin>,
}

/// The containers of one broker as wanted nodes. `rendered` is the part of its topology that is in their files.
pub fn wanted(
    broker: &BrokerModel,
    description: &Description,
    facts: &Facts,
    rendered: &[Resource],
    containers: Vec<Container>,
) -> Vec<WantedNode> {
    let inputs = inputs(broker, description, facts, rendered);
    let key = facts.secrets.get(SEAL_KEY);
    let want = |mut container: Container| {
        let sealed = seal(&mut container, key);
        let inputs =
            if sealed.is_empty() { inputs.clone() } else { short_hash(format!("{inputs} {sealed}").as_bytes()) };
        WantedNode { container, inputs, origin: Some(broker.origin.clone()) }
    };
    containers.into_iter().map(want).collect()
}

/// Writes a keyed digest in place of every secret that is a part of a file: it tells that the secret is another one,
/// and nobody without `.mqlab/` can try passwords on it. Gives all of them.
fn seal(container: &mut Container, key: Option<&Secret>) -> String {
    let mut all = String::new();
    for (_, part) in container.files.iter_mut().flat_map(|file| &mut file.parts) {
        let Value::Secret(secret) = part else { continue };
        // A key can be of any length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.map_or(&[], |key| key.reveal().as_bytes())) else {
            continue;
        };
        mac.update(secret.reveal().as_bytes());
        let text = format!("{SEALED}{}", hex::encode(&mac.finalize().into_bytes()[..6]));
        all.push_str(&text);
        *part = text.into();
    }
    all
}

/// A hash over what the user wrote about a broker's containers and what was observed for them.
///
/// Two runs with equal inputs want the same containers, unless mqlab's own templates changed in between:
/// that is how such a change is told from the user's. Of the topology only what is in a file is in it.
fn inputs(broker: &BrokerModel, description: &Description, facts: &Facts, rendered: &[Resource]) -> String {
    let body: BTreeMap<&str, serde_json::Value> = broker
        .body
        .entries()
        .iter()
        .filter(|entry| is_container_input(description, &entry.key))
        .map(|entry| (entry.key.as_str(), Node::to_value(&entry.value).to_json()))
        .collect();
    let parts = serde_json::json!({
        "kind": broker.kind,
        "version": broker.version,
        "distribution": broker.distribution,
        "image": broker.image,
        "platform": broker.platform,
        "nodes": broker.nodes,
        "memory": broker.memory,
        "heap": broker.heap,
        "bind": broker.bind,
        "ports": facts.ports,
        "ids": facts.ids,
        "advertise_host": facts.advertise_host,
        "body": body,
        "rendered": rendered.iter().map(|one| (one.address.to_string(), &one.attributes)).collect::<BTreeMap<_, _>>(),
    });
    short_hash(parts.to_string().as_bytes())
}

/// Keys that cannot reach a container: objects inside the broker, and what only steers mqlab.
fn is_container_input(description: &Description, key: &str) -> bool {
    const STEERING: &[&str] = &["description", "unmanaged", "on_change", "ports", "defaults"];
    let is_topology = description.kinds.iter().any(|kind| kind.plural == key);
    let is_secret = description.fields.iter().any(|field| field.name == key && field.secret);
    !is_topology && !is_secret && !STEERING.contains(&key) && !key.starts_with("x-")
}

/// Network, volumes and nodes of a stack.
pub fn resources(stack: &str, nodes: &[WantedNode]) -> Vec<Resource> {
    let network = network_address(stack);
    let mut all = Vec::with_capacity(nodes.len() * 2 + 1);
    if !nodes.is_empty() {
        all.push(Resource::new(network.clone()).with("driver", "bridge"));
    }
    for wanted in nodes {
        let mut node = node_resource(stack, wanted).needing(network.clone());
        for mount in wanted.container.mounts.iter().filter(|mount| mount.in_memory.is_none()) {
            let address = volume_address(&wanted.container.broker, &wanted.container.node, mount.name);
            all.push(volume_resource(address.clone(), wanted));
            node.needs.insert(address);
        }
        all.push(node);
    }
    all
}

pub(crate) fn network_address(stack: &str) -> Address {
    Address::new(STACK, NETWORK, stack)
}

pub(crate) fn node_address(broker: &str, node: &NodeId) -> Address {
    Address::new(broker, NODE, node.to_string())
}

/// One of a broker's own nodes, and no helper.
pub fn is_node(address: &Address) -> bool {
    address.kind == NODE && address.name.parse::<NodeId>().is_ok_and(|node| node.role.is_empty())
}

pub(crate) fn volume_address(broker: &str, node: &NodeId, name: &str) -> Address {
    Address::new(broker, VOLUME, format!("{node}-{name}"))
}

/// What a volume's data can be read by: `kafka 4.3`.
pub(crate) fn format_of(kind: &str, version: &str) -> String {
    format!("{kind} {version}")
}

fn volume_resource(address: Address, wanted: &WantedNode) -> Resource {
    let image = &wanted.container.image;
    Resource::new(address).with(FORMAT, format_of(image.kind, &image.version)).at(wanted.origin.clone())
}

fn node_resource(stack: &str, wanted: &WantedNode) -> Resource {
    let container = &wanted.container;
    let mut node = Resource::new(node_address(&container.broker, &container.node)).at(wanted.origin.clone());
    node.attributes = covered(attributes(stack, container));
    node.attribute_origins.clone_from(&container.origins);
    node.attributes.insert(INPUTS.to_owned(), wanted.inputs.as_str().into());
    node.attributes.insert(RUNNING.to_owned(), true.into());
    node.on_change = OnChange::Replace;
    node
}

/// What is sealed tells people nothing but that it is a secret.
pub(crate) fn covered(mut attributes: BTreeMap<String, Value>) -> BTreeMap<String, Value> {
    for value in attributes.values_mut() {
        if let Some(text) = value.as_text().filter(|text| text.starts_with(SEALED)) {
            *value = Value::Secret(Secret::new(text));
        }
    }
    attributes
}

/// What is fixed once the container exists. The image's source is not in it: the same version from
/// another source is no reason to recreate.
pub(crate) fn attributes(stack: &str, container: &Container) -> BTreeMap<String, Value> {
    let mut all = BTreeMap::new();
    let mut set = |name: &str, value: Value| all.insert(name.to_owned(), value);
    set("image", image_identity(container).into());
    set("hostname", container.hostname.as_str().into());
    set("aliases", text_list(&container.aliases));
    if !container.command.is_empty() {
        set("command", text_list(&container.command));
    }
    if let Some(bytes) = container.memory {
        set("memory", bytes.into());
    }
    if let Some(count) = container.open_files {
        set("open_files", count.into());
    }
    for (name, value) in &container.env {
        set(&format!("env.{name}"), value.as_str().into());
    }
    for (name, value) in &container.ids {
        set(&format!("id.{name}"), value.as_str().into());
    }
    for file in &container.files {
        if file.parts.is_empty() {
            set(&format!("file.{}", file.path), file_digest(file).into());
        }
        for (name, value) in &file.parts {
            set(name, value.clone());
        }
    }
    for port in &container.ports {
        set(&format!("port.{}", port.name), format!("{}:{}→{}", port.bind, port.host, port.container).into());
    }
    for mount in &container.mounts {
        set(&format!("{MOUNT}{}", mount.name), mount_text(stack, container, mount).into());
    }
    all
}

fn image_identity(container: &Container) -> String {
    let image = &container.image;
    let mut text = match &image.explicit {
        Some(reference) => reference.clone(),
        None => format_of(image.kind, &image.version),
    };
    for extra in [&image.distribution, &image.platform].into_iter().flatten() {
        text.push(' ');
        text.push_str(extra);
    }
    text
}

fn mount_text(stack: &str, container: &Container, mount: &Mount) -> String {
    match mount.in_memory {
        Some(memory) => format!("memory {} B at {}", memory.bytes, mount.path),
        None => {
            let volume = volume_name(stack, &container.broker, &container.node, mount.name);
            format!("volume {volume} at {}", mount.path)
        }
    }
}

fn file_digest(file: &ContainerFile) -> String {
    if file.secret { "(secret)".to_owned() } else { short_hash(&file.content) }
}

fn text_list(items: &[String]) -> Value {
    Value::List(items.iter().map(|item| Value::text(item.as_str())).collect())
}

/// The first 12 digits of a SHA-256: enough to tell contents apart, short enough to read in a plan.
pub(crate) fn short_hash(content: &[u8]) -> String {
    hex::encode(&Sha256::digest(content)[..6])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::ImageWanted;

    fn container(password: &str) -> Container {
        let file = ContainerFile {
            path: "/etc/x/users".to_owned(),
            mode: 0o400,
            uid: 1,
            gid: 1,
            content: password.into(),
            parts: [("user.app.password".to_owned(), Value::Secret(Secret::new(password)))].into(),
            secret: true,
        };
        Container {
            broker: "x".to_owned(),
            node: NodeId::node(1),
            image: ImageWanted {
                kind: "x",
                version: "1".to_owned(),
                distribution: None,
                explicit: None,
                platform: None,
            },
            hostname: "x".to_owned(),
            aliases: Vec::new(),
            command: Vec::new(),
            env: BTreeMap::new(),
            files: vec![file],
            ports: Vec::new(),
            mounts: Vec::new(),
            memory: None,
            open_files: None,
            ids: BTreeMap::new(),
            origins: BTreeMap::new(),
            stop_seconds: 1,
            known_causes: &[],
        }
    }

    /// What a label will say of the password.
    fn sealed(password: &str, key: &str) -> String {
        let mut container = container(password);
        let all = seal(&mut container, Some(&Secret::new(key)));
        let written = attributes("stack", &container);
        assert!(!format!("{written:?}{all}").contains(password), "{written:?}");
        let text = written["user.app.password"].as_text().unwrap().to_owned();
        assert_eq!(all, text, "so that the inputs change with it");
        assert!(matches!(covered(written)["user.app.password"], Value::Secret(_)), "nobody reads a digest");
        text
    }

    #[test]
    fn another_password_or_another_key_is_another_seal() {
        let first = sealed("planted-password", "key");
        assert_eq!(first, sealed("planted-password", "key"));
        assert_ne!(first, sealed("planted-other", "key"));
        assert_ne!(first, sealed("planted-password", "another key"));
    }
}
