//! A container as a value, turned into what the engine's create call takes.

use std::collections::HashMap;

use bollard::models::{
    ContainerCreateBody, EndpointSettings, HostConfig, Mount as EngineMount, MountType, NetworkingConfig, PortBinding,
    ResourcesUlimits,
};

use super::Maker;
use super::labels::{self, StackId, volume_name};
use super::lower::{WantedNode, attributes};
use crate::model::{Container, ImageServed, MemoryMount};

/// `reference` is what the image is called in `docker ps`; `network` is the network's id, because names of
/// networks are not unique.
pub(super) fn body(
    stack: &StackId,
    wanted: &WantedNode,
    image: &ImageServed,
    reference: &str,
    network: &str,
    maker: Maker,
) -> ContainerCreateBody {
    let container = &wanted.container;
    ContainerCreateBody {
        image: Some(reference.to_owned()),
        hostname: Some(container.hostname.clone()),
        cmd: (!container.command.is_empty()).then(|| container.command.clone()),
        env: Some(container.env.iter().map(|(name, value)| format!("{name}={value}")).collect()),
        exposed_ports: Some(container.ports.iter().map(|port| engine_port(port.container)).collect()),
        labels: Some(node_labels(stack, wanted, image).into_iter().collect()),
        stop_timeout: Some(i64::from(container.stop_seconds)),
        host_config: Some(host_config(&stack.name, container, maker)),
        networking_config: Some(NetworkingConfig {
            endpoints_config: Some(HashMap::from([(
                network.to_owned(),
                EndpointSettings { aliases: Some(container.aliases.clone()), ..EndpointSettings::default() },
            )])),
        }),
        ..ContainerCreateBody::default()
    }
}

/// Takes the limits out; `false` if there were none.
pub(super) fn without_limits(body: &mut ContainerCreateBody) -> bool {
    body.host_config.as_mut().and_then(|host| host.ulimits.take()).is_some()
}

/// Everything that is read back to tell what the container was made from.
fn node_labels(stack: &StackId, wanted: &WantedNode, image: &ImageServed) -> labels::Labels {
    let container = &wanted.container;
    let ports: labels::Ports = container.ports.iter().map(|port| (port.name.to_owned(), port.host)).collect();
    let mut all = stack.node_labels(container);
    all.insert(labels::PORTS.to_owned(), labels::json(&ports));
    all.insert(labels::IMAGE.to_owned(), labels::json(image));
    all.insert(labels::INPUTS.to_owned(), wanted.inputs.clone());
    all.insert(labels::ATTRIBUTES.to_owned(), labels::json(&attributes(&stack.name, container)));
    all
}

fn host_config(stack: &str, container: &Container, maker: Maker) -> HostConfig {
    let bindings = container.ports.iter().map(|port| {
        let binding = PortBinding { host_ip: Some(port.bind.clone()), host_port: Some(port.host.to_string()) };
        (engine_port(port.container), Some(vec![binding]))
    });
    let volumes = container.mounts.iter().filter(|mount| mount.in_memory.is_none()).map(|mount| EngineMount {
        typ: Some(MountType::VOLUME),
        source: Some(volume_name(stack, &container.broker, &container.node, mount.name)),
        target: Some(mount.path.to_owned()),
        ..EngineMount::default()
    });
    let in_memory = container
        .mounts
        .iter()
        .filter_map(|mount| Some((mount.path.to_owned(), memory_options(mount.in_memory?, maker))));
    HostConfig {
        port_bindings: Some(bindings.collect()),
        mounts: Some(volumes.collect()),
        tmpfs: Some(in_memory.collect()),
        memory: container.memory.and_then(|bytes| i64::try_from(bytes).ok()),
        ulimits: container.open_files.and_then(|count| i64::try_from(count).ok()).map(|count| {
            vec![ResourcesUlimits { name: Some("nofile".to_owned()), soft: Some(count), hard: Some(count) }]
        }),
        ..HostConfig::default()
    }
}

fn memory_options(memory: MemoryMount, maker: Maker) -> String {
    let MemoryMount { uid, gid, bytes } = memory;
    match maker {
        Maker::Docker => format!("rw,nosuid,nodev,mode=0755,uid={uid},gid={gid},size={bytes}"),
        // It refuses an owner (5.4). Nobody else is in there; and the image's files would be copied in.
        Maker::Podman => format!("rw,nosuid,nodev,mode=0777,notmpcopyup,size={bytes}"),
    }
}

fn engine_port(port: u16) -> String {
    format!("{port}/tcp")
}
