//! An inventory as resources of one stack. Pure: the inventory was read before.

use std::collections::BTreeMap;

use super::inventory::{FoundContainer, FoundVolume, Inventory, Labelled};
use super::labels::{self, StackId, container_name, volume_name};
use super::lower::{
    FORMAT, INPUTS, MOUNT, RUNNING, WantedNode, covered, format_of, network_address, node_address, volume_address,
};
use crate::model::{Address, Facts, NodeId, Observation, Resource, Unknown, Value};

/// What is there of the stack, and what is in its way.
pub(super) fn observation(inventory: &Inventory, stack: &StackId, wanted: &[WantedNode]) -> Observation {
    let name = stack.name.as_str();
    let nodes = inventory.nodes_of(name);
    let mut resources = Vec::new();
    if let Some(network) = inventory.network_of(name) {
        resources.push(Resource::new(network_address(name)).with("driver", network.driver.as_str()));
    }
    resources.extend(inventory.volumes_of(name).filter_map(|volume| volume_resource(volume, &nodes)));
    resources.extend(nodes.iter().map(|((broker, node), found)| node_resource(name, broker, node, found)));
    resources.sort_by(|left, right| left.address.cmp(&right.address));
    Observation { resources, unknown: in_the_way(inventory, name, wanted), facts: Facts::default() }
}

/// The folder that the stack on the engine belongs to, if it is another one.
pub(super) fn other_directory(inventory: &Inventory, stack: &StackId) -> Option<String> {
    let own = stack.directory.as_deref()?;
    let containers = inventory.containers_of(&stack.name).map(Labelled::labels);
    let volumes = inventory.volumes_of(&stack.name).map(Labelled::labels);
    containers.chain(volumes).filter_map(|all| all.get(labels::DIRECTORY)).find(|folder| *folder != own).cloned()
}

fn node_resource(stack: &str, broker: &str, node: &NodeId, found: &FoundContainer) -> Resource {
    let mut resource = Resource::new(node_address(broker, node)).needing(network_address(stack));
    let recorded: Option<BTreeMap<String, Value>> = labels::parsed(&found.labels, labels::ATTRIBUTES);
    resource.attributes = covered(recorded.unwrap_or_default());
    for name in resource.attributes.clone().keys().filter_map(|name| name.strip_prefix(MOUNT)) {
        let in_volume = |text: &str| text.starts_with("volume ");
        if resource.attribute(&format!("{MOUNT}{name}")).and_then(Value::as_text).is_some_and(in_volume) {
            resource.needs.insert(volume_address(broker, node, name));
        }
    }
    resource.attributes.insert(RUNNING.to_owned(), found.is_running().into());
    resource.attributes.insert(INPUTS.to_owned(), found.label(labels::INPUTS).unwrap_or_default().into());
    resource
}

/// A volume's labels never change after its creation, so the container that wrote it last knows better.
fn volume_resource(found: &FoundVolume, nodes: &BTreeMap<(String, NodeId), &FoundContainer>) -> Option<Resource> {
    let (broker, node) = found.node()?;
    let kind = found.label(labels::KIND)?;
    let writer = nodes.get(&(broker.clone(), node.clone())).filter(|writer| writer.label(labels::KIND) == Some(kind));
    let version = writer.and_then(|writer| writer.label(labels::VERSION)).or(found.label(labels::VERSION))?;
    let address = volume_address(&broker, &node, found.label(labels::VOLUME)?);
    Some(Resource::new(address).with(FORMAT, format_of(kind, version)))
}

/// Our names on things that are not ours: not absent, and never to be touched.
fn in_the_way(inventory: &Inventory, stack: &str, wanted: &[WantedNode]) -> Vec<Unknown> {
    let mut unknown = Vec::new();
    let foreign_network = inventory.networks.iter().find(|found| found.name == stack && !found.is_of(stack));
    if let Some(found) = foreign_network.filter(|_| inventory.network_of(stack).is_none() && !wanted.is_empty()) {
        unknown.push(foreign(network_address(stack), "network", &found.name, found));
    }
    for node in wanted {
        let (broker, number) = (node.container.broker.as_str(), &node.container.node);
        let name = container_name(stack, broker, number);
        if let Some(found) = inventory.containers.iter().find(|found| found.name == name && !found.is_of(stack)) {
            unknown.push(foreign(node_address(broker, number), "container", &name, found));
        }
        for mount in node.container.mounts.iter().filter(|mount| mount.in_memory.is_none()) {
            let name = volume_name(stack, broker, number, mount.name);
            if let Some(found) = inventory.volumes.iter().find(|found| found.name == name && !found.is_of(stack)) {
                unknown.push(foreign(volume_address(broker, number, mount.name), "volume", &name, found));
            }
        }
    }
    unknown
}

fn foreign(address: Address, what: &str, name: &str, found: &impl Labelled) -> Unknown {
    let whose = match found.label(labels::STACK) {
        Some(stack) => format!("it belongs to the stack `{stack}`"),
        None => "mqlab did not make it".to_owned(),
    };
    Unknown {
        broker: address.broker.clone(),
        kind: Some(address.kind.clone()),
        address: Some(address),
        reason: format!("there is a {what} `{name}` already, and {whose}"),
        way_out: Some(format!(
            "remove it with `docker {what} rm {name}` if nobody needs it, or use another name with `--stack NAME`"
        )),
    }
}
