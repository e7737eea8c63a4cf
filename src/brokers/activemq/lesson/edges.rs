//! The arrows in a picture: composites, virtual topics, and where messages go that are given up.

use crate::brokers::activemq::destination::{Destination, DestinationType, virtual_consumer, winner};
use crate::brokers::activemq::kinds::{self, COMPOSITE, POLICY, QUEUE, TOPIC};
use crate::brokers::{Edge, EdgeStyle};
use crate::model::{Address, Resource, Value};

pub(super) fn edges(resources: &[Resource]) -> Vec<Edge> {
    let policies: Vec<(Destination<'_>, &Resource)> = of(resources, POLICY).collect();
    let mut edges = Vec::new();
    for (destination, composite) in of(resources, COMPOSITE) {
        edges.extend(forwards(destination, composite));
    }
    for resource in resources {
        let Some(destination) = own_destination(resource) else { continue };
        edges.extend(virtual_topic(resources, resource, destination));
        let policy = winner(destination, policies.iter().copied());
        let queue = policy.and_then(|(_, policy)| policy.attribute("dead_letter")?.as_text());
        edges.extend(queue.map(|queue| Edge {
            from: resource.address.clone(),
            to: Address::new(&resource.address.broker, QUEUE, queue),
            label: String::new(),
            style: EdgeStyle::DeadLetter,
        }));
    }
    edges
}

/// Objects that are named after a destination or a pattern.
fn of<'a>(resources: &'a [Resource], kind: &'a str) -> impl Iterator<Item = (Destination<'a>, &'a Resource)> {
    let own = resources.iter().filter(move |resource| resource.address.kind == kind);
    own.filter_map(|resource| Some((Destination::parse(&resource.address.name)?, resource)))
}

fn own_destination(resource: &Resource) -> Option<Destination<'_>> {
    let kind = match resource.address.kind.as_str() {
        QUEUE => DestinationType::Queue,
        TOPIC => DestinationType::Topic,
        _ => return None,
    };
    Some(Destination { kind, name: &resource.address.name })
}

/// From the queue or topic of its name into the composite, and on to each target.
fn forwards(destination: Destination<'_>, composite: &Resource) -> Vec<Edge> {
    let broker = &composite.address.broker;
    let forward =
        |from: Address, to: Address, label: &str| Edge { from, to, label: label.to_owned(), style: EdgeStyle::Forward };
    let mut edges = vec![forward(kinds::address(broker, destination), composite.address.clone(), "")];
    for target in composite.attribute("forward_to").and_then(Value::as_list).unwrap_or_default() {
        let field = |name: &str| target.as_map().and_then(|map| map.get(name)).and_then(Value::as_text);
        let to = target.as_text().or_else(|| field("to")).and_then(Destination::parse);
        let selector = field("selector").unwrap_or_default();
        edges.extend(to.map(|to| forward(composite.address.clone(), kinds::address(broker, to), selector)));
    }
    edges
}

/// To the queue that gets a copy of everything.
fn virtual_topic(resources: &[Resource], queue: &Resource, destination: Destination<'_>) -> Option<Edge> {
    if destination.kind != DestinationType::Queue {
        return None;
    }
    let (group, topic) = virtual_consumer(destination.name)?;
    let from = Address::new(&queue.address.broker, TOPIC, topic);
    let is_there = resources.iter().any(|resource| resource.address == from);
    is_there.then(|| Edge { from, to: queue.address.clone(), label: group.to_owned(), style: EdgeStyle::Forward })
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::broker;
    use super::super::super::topology::topology;
    use super::edges;

    #[test]
    fn messages_go_on_by_composites_virtual_topics_and_dead_letters() {
        let spec = r"
            queues:
              invoices: {}
              invoices.retry: { policy: { dead_letter: DLQ.invoices } }
              large: {}
              Consumer.billing.VirtualTopic.news: {}
              Consumer.x.VirtualTopic.gone: {}
            topics: { prices: {}, VirtualTopic.news: {} }
            composites:
              queue/all: { forward_to: [ queue/invoices, topic/prices, { to: queue/large, selector: 'amount > 10' } ] }
            policies: { 'queue/inv*': {}, 'queue/invoices.>': { dead_letter: DLQ } }
        ";
        let mut lines: Vec<String> = edges(&topology(&broker(spec)))
            .into_iter()
            .map(|edge| format!("{} -> {} {:?} {}", edge.from, edge.to, edge.style, edge.label).trim_end().to_owned())
            .collect();
        lines.sort();
        assert_eq!(
            lines,
            [
                "legacy/composite/queue%2Fall -> legacy/queue/invoices Forward",
                "legacy/composite/queue%2Fall -> legacy/queue/large Forward amount > 10",
                "legacy/composite/queue%2Fall -> legacy/topic/prices Forward",
                "legacy/queue/all -> legacy/composite/queue%2Fall Forward",
                "legacy/queue/invoices -> legacy/queue/DLQ DeadLetter",
                "legacy/queue/invoices.retry -> legacy/queue/DLQ.invoices DeadLetter",
                "legacy/topic/VirtualTopic.news -> legacy/queue/Consumer.billing.VirtualTopic.news Forward billing",
            ]
        );
    }
}
