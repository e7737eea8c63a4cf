//! All that the pictures and tables are made from, for programs.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{Address, Flow, Resource, Value};
use crate::site::grammar::key;
use crate::site::model::{PageId, Place, Registry, World};

/// Rises when a field changes its meaning or goes; new fields may come at any time.
const FORMAT: u32 = 1;

#[derive(Serialize)]
struct Topology<'a> {
    format: u32,
    stack: &'a str,
    brokers: Vec<BrokerOut<'a>>,
    apps: Vec<AppOut<'a>>,
    /// What leads from where to where, apps included.
    arrows: Vec<ArrowOut<'a>>,
}

#[derive(Serialize)]
struct BrokerOut<'a> {
    name: &'a str,
    kind: &'a str,
    version: &'a str,
    nodes: u32,
    /// Host ports by the port's name, one per node; empty where the broker has not run.
    ports: &'a BTreeMap<String, Vec<u16>>,
    objects: Vec<ObjectOut<'a>>,
}

#[derive(Serialize)]
struct ObjectOut<'a> {
    address: &'a Address,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    vhost: Option<&'a str>,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    /// Secrets are `***`.
    attributes: &'a BTreeMap<String, Value>,
    #[serde(skip_serializing_if = "String::is_empty")]
    written: String,
    /// Below the folder of a language.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
}

#[derive(Serialize)]
struct AppOut<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    instances: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    produces: Vec<FlowOut<'a>>,
    consumes: Vec<FlowOut<'a>>,
}

#[derive(Serialize)]
struct FlowOut<'a> {
    address: &'a Address,
    #[serde(skip_serializing_if = "Option::is_none")]
    routing_key: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    headers: &'a BTreeMap<String, Value>,
}

#[derive(Serialize)]
struct ArrowOut<'a> {
    from: String,
    to: String,
    style: &'static str,
    #[serde(skip_serializing_if = "str::is_empty")]
    label: &'a str,
}

pub(super) fn json(world: &World<'_>, registry: &Registry) -> String {
    let stack = world.input.stack;
    let brokers = world.input.brokers.iter().map(|broker| BrokerOut {
        name: &broker.model.name,
        kind: broker.model.kind,
        version: &broker.facts.version,
        nodes: broker.model.nodes,
        ports: &broker.facts.ports,
        objects: objects(&broker.topology, registry),
    });
    let topology = Topology {
        format: FORMAT,
        stack: &stack.name,
        brokers: brokers.collect(),
        apps: stack
            .apps
            .iter()
            .map(|app| AppOut {
                name: &app.name,
                description: app.description.as_deref(),
                instances: app.instances.0,
                group: app.group.as_deref(),
                produces: flows(&app.produces),
                consumes: flows(&app.consumes),
            })
            .collect(),
        arrows: world
            .arrows
            .iter()
            .map(|arrow| ArrowOut {
                from: key(&arrow.from),
                to: key(&arrow.to),
                style: arrow.style.name(),
                label: &arrow.label,
            })
            .collect(),
    };
    // Nothing in these types can fail to be written.
    let mut text = serde_json::to_string_pretty(&topology).unwrap_or_default();
    text.push('\n');
    text
}

fn objects<'a>(resources: &'a [Resource], registry: &Registry) -> Vec<ObjectOut<'a>> {
    let mut sorted: Vec<&Resource> = resources.iter().collect();
    sorted.sort_by(|one, two| one.address.cmp(&two.address));
    let page = |place: &Place| match &place.fragment {
        Some(fragment) => format!("{}#{fragment}", place.path),
        None => place.path.clone(),
    };
    let object = |resource: &'a Resource| ObjectOut {
        address: &resource.address,
        kind: &resource.address.kind,
        vhost: resource.address.vhost.as_deref(),
        name: &resource.address.name,
        description: resource.description.as_deref(),
        attributes: &resource.attributes,
        written: resource.origin.as_ref().map(ToString::to_string).unwrap_or_default(),
        page: registry.find(&PageId::Object(resource.address.clone())).map(page),
    };
    sorted.into_iter().map(object).collect()
}

fn flows(flows: &[Flow]) -> Vec<FlowOut<'_>> {
    flows
        .iter()
        .map(|flow| FlowOut {
            address: &flow.address,
            routing_key: flow.routing_key.as_deref(),
            headers: &flow.headers,
        })
        .collect()
}
