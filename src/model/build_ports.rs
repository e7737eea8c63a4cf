//! Host ports that the file pins.

use std::collections::BTreeMap;

use super::build_broker::Found;
use crate::brokers::Description;
use crate::spec::{Diagnostics, Node, list, quote, suggest};

/// The ports under `ports:` by name, one for each node.
pub(super) fn pinned_ports(
    body: &Node,
    description: &Description,
    nodes: u32,
    diagnostics: &mut Diagnostics,
) -> BTreeMap<String, Vec<u16>> {
    let names: Vec<&str> = description.ports.iter().map(|port| port.name).collect();
    let mut pinned = BTreeMap::new();
    for entry in body.entries_of("ports") {
        if !names.contains(&entry.key.as_str()) {
            let text = format!("{} has no port {}", description.title, quote(&entry.key));
            let help = suggest(&entry.key, names.iter().copied(), &format!("it has {}", list(names.clone(), "and")));
            diagnostics.error("unknown-port", entry.at, text, help);
            continue;
        }
        let ports: Vec<u16> = numbers(&entry.value).filter_map(|(_, port)| port).collect();
        let role = description.ports.iter().find(|port| port.name == entry.key).map_or("", |port| port.role);
        let nodes = description.count(role, nodes);
        if ports.len() != nodes as usize && !ports.is_empty() {
            let plural = |count| if count == 1 { "" } else { "s" };
            let (count, nodes_plural) = (ports.len(), plural(nodes as usize));
            let what = if role.is_empty() { "node" } else { role };
            let text = format!("{count} port{} for {nodes} {what}{nodes_plural}", plural(count));
            let help = if nodes == 1 {
                format!("write one: `{}: {}`", entry.key, ports[0])
            } else {
                format!("write one for each node: `{}: [ {}, … ]`", entry.key, ports[0])
            };
            diagnostics.error("ports-and-nodes", entry.value.at, text, help);
        }
        pinned.insert(entry.key.clone(), ports);
    }
    pinned
}

/// The port numbers of one `ports` entry, each with its place. A misfit has no number.
fn numbers(node: &Node) -> impl Iterator<Item = (&Node, Option<u16>)> {
    let single = node.as_int().is_some().then_some(node);
    single.into_iter().chain(node.items()).map(|node| (node, node.as_int().and_then(|port| u16::try_from(port).ok())))
}

/// One host port cannot be two things.
pub(super) fn report_shared_ports(brokers: &[Found], diagnostics: &mut Diagnostics) {
    let mut taken: BTreeMap<u16, Vec<(String, String)>> = BTreeMap::new();
    for found in brokers {
        let bind = &found.model.bind;
        for entry in found.model.body.entries_of("ports") {
            for (node, port) in numbers(&entry.value).filter_map(|(node, port)| Some((node, port?))) {
                let holders = taken.entry(port).or_default();
                if let Some((_, holder)) = holders.iter().find(|(other, _)| overlap(bind, other)) {
                    let text = format!("the host port {port} is pinned for {} already", quote(holder));
                    let help = "pin another, or leave it out: mqlab finds a free one".to_owned();
                    diagnostics.error("port-taken", node.at, text, help);
                }
                holders.push((bind.clone(), format!("{}.ports.{}", found.model.name, entry.key)));
            }
        }
    }
}

fn overlap(one: &str, other: &str) -> bool {
    let all = |bind: &str| matches!(bind, "0.0.0.0" | "::");
    one == other || all(one) || all(other)
}
