//! One virtual host as the router sees it: what is declared, and what the broker adds by itself.

use std::collections::BTreeMap;

use super::super::effective::{DeadLetter, Policies};
use super::super::{address, kinds};
use crate::model::{Address, Resource, Value};

/// Exchanges that every virtual host has: name and type.
pub(in crate::brokers::rabbitmq) const BUILT_IN: &[(&str, &str)] = &[
    ("amq.direct", "direct"),
    ("amq.fanout", "fanout"),
    ("amq.headers", "headers"),
    ("amq.match", "headers"),
    ("amq.rabbitmq.trace", "topic"),
    ("amq.topic", "topic"),
];

pub(super) struct Routing<'a> {
    broker: &'a str,
    vhost: &'a str,
    exchanges: BTreeMap<&'a str, RoutingExchange<'a>>,
    queues: BTreeMap<&'a str, &'a Resource>,
    bindings: BTreeMap<&'a str, Vec<RoutingBinding<'a>>>,
    policies: Policies<'a>,
}

pub(super) struct RoutingExchange<'a> {
    pub(super) name: &'a str,
    pub(super) kind: &'a str,
    pub(super) internal: bool,
    pub(super) alternate: Option<&'a str>,
}

pub(super) struct RoutingBinding<'a> {
    pub(super) address: &'a Address,
    pub(super) destination: &'a str,
    pub(super) to_exchange: bool,
    pub(super) key: &'a str,
    pub(super) arguments: &'a BTreeMap<String, Value>,
}

static NO_ARGUMENTS: BTreeMap<String, Value> = BTreeMap::new();

impl<'a> Routing<'a> {
    pub(super) fn new(resources: &'a [Resource], broker: &'a str, vhost: &'a str) -> Self {
        let here = |resource: &&Resource| resource.address.broker == broker && resource.address.vhost_name() == vhost;
        let policies = Policies::new(resources);
        let built_in = |&(name, kind): &(&'static str, &'static str)| {
            let alternate = policies.alternate(&address::exchange(broker, vhost, name), None);
            (name, RoutingExchange { name, kind, internal: name == "amq.rabbitmq.trace", alternate })
        };
        let mut routing = Self {
            broker,
            vhost,
            exchanges: BUILT_IN.iter().map(built_in).collect(),
            queues: BTreeMap::new(),
            bindings: BTreeMap::new(),
            policies,
        };
        for resource in resources.iter().filter(here) {
            let name = resource.address.name.as_str();
            match resource.address.kind.as_str() {
                kinds::EXCHANGE => {
                    routing.exchanges.insert(name, routing.read_exchange(resource));
                }
                kinds::QUEUE => {
                    routing.queues.insert(name, resource);
                }
                kinds::BINDING => {
                    let binding = read_binding(resource);
                    routing.bindings.entry(text(resource, "source")).or_default().push(binding);
                }
                _ => {}
            }
        }
        routing
    }

    fn read_exchange(&self, resource: &'a Resource) -> RoutingExchange<'a> {
        RoutingExchange {
            name: &resource.address.name,
            kind: text(resource, "type"),
            internal: resource.attribute("internal").and_then(Value::as_bool).unwrap_or(false),
            alternate: self.policies.alternate(&resource.address, Some(resource)),
        }
    }

    pub(super) fn exchange(&self, name: &str) -> Option<&RoutingExchange<'a>> {
        self.exchanges.get(name)
    }

    pub(super) fn has_queue(&self, name: &str) -> bool {
        self.queues.contains_key(name)
    }

    pub(super) fn bindings(&self, source: &str) -> &[RoutingBinding<'a>] {
        self.bindings.get(source).map_or(&[], Vec::as_slice)
    }

    pub(super) fn exchanges(&self) -> impl Iterator<Item = &RoutingExchange<'a>> {
        self.exchanges.values()
    }

    pub(super) fn queues(&self) -> impl Iterator<Item = &'a str> {
        self.queues.keys().copied()
    }

    pub(super) fn all_bindings(&self) -> impl Iterator<Item = (&'a str, &RoutingBinding<'a>)> {
        self.bindings.iter().flat_map(|(source, all)| all.iter().map(|binding| (*source, binding)))
    }

    pub(super) fn exchange_address(&self, name: &str) -> Address {
        address::exchange(self.broker, self.vhost, name)
    }

    pub(super) fn destination_address(&self, binding: &RoutingBinding<'_>) -> Address {
        let make = if binding.to_exchange { address::exchange } else { address::queue };
        make(self.broker, self.vhost, binding.destination)
    }

    pub(super) fn dead_letter(&self, queue: &str) -> Option<DeadLetter<'a>> {
        self.policies.dead_letter(self.queues.get(queue).copied()?)
    }
}

fn read_binding(resource: &Resource) -> RoutingBinding<'_> {
    RoutingBinding {
        address: &resource.address,
        destination: text(resource, "destination"),
        to_exchange: text(resource, "destination_type") == "exchange",
        key: text(resource, "routing_key"),
        arguments: resource.attribute("arguments").and_then(Value::as_map).unwrap_or(&NO_ARGUMENTS),
    }
}

fn text<'a>(resource: &'a Resource, attribute: &str) -> &'a str {
    resource.attribute(attribute).and_then(Value::as_text).unwrap_or_default()
}
