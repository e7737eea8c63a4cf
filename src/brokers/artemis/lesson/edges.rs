//! The arrows inside: from an address to its queues, along diverts, and to where dead letters go.

use std::collections::BTreeSet;

use crate::brokers::artemis::kinds::{self, address};
use crate::brokers::artemis::matching::best;
use crate::brokers::{Edge, EdgeStyle};
use crate::model::{Address, Resource, Value};

pub(super) fn edges(resources: &[Resource]) -> Vec<Edge> {
    let mut edges = Vec::new();
    let there: BTreeSet<&Address> = resources.iter().map(|one| &one.address).collect();
    let telling = |one: &&Resource| one.address.kind == kinds::ADDRESS_SETTING && one.attribute(DEAD_LETTERS).is_some();
    let settings: Vec<&Resource> = resources.iter().filter(telling).collect();
    for one in resources {
        let broker = one.address.broker.as_str();
        let end = |attribute: &str| one.attribute(attribute).and_then(Value::as_text);
        let label = end("filter").unwrap_or_default().to_owned();
        match one.address.kind.as_str() {
            kinds::QUEUE => edges.extend(end("address").map(|from| Edge {
                from: address(broker, kinds::ADDRESS, from),
                to: one.address.clone(),
                label,
                style: EdgeStyle::Binding,
            })),
            kinds::DIVERT => edges.extend(end("address").zip(end("forward_to")).map(|(from, to)| Edge {
                from: address(broker, kinds::ADDRESS, from),
                to: address(broker, kinds::ADDRESS, to),
                label: if label.is_empty() {
                    one.address.name.clone()
                } else {
                    format!("{}: {label}", one.address.name)
                },
                style: EdgeStyle::Forward,
            })),
            kinds::ADDRESS => edges.extend(dead_letters(&one.address, &settings)),
            _ => {}
        }
    }
    edges.retain(|edge| there.contains(&edge.to));
    edges
}

const DEAD_LETTERS: &str = "dead_letter_address";

/// By the best match that says something about it; wider ones are inherited.
fn dead_letters(from: &Address, settings: &[&Resource]) -> Option<Edge> {
    let own = || settings.iter().filter(|one| one.address.broker == from.broker);
    let pattern = best(own().map(|one| one.address.name.as_str()), &from.name)?;
    let setting = own().find(|one| one.address.name == pattern)?;
    let to = setting.attribute(DEAD_LETTERS).and_then(Value::as_text).filter(|to| *to != from.name)?;
    Some(Edge {
        from: from.clone(),
        to: address(&from.broker, kinds::ADDRESS, to),
        label: String::new(),
        style: EdgeStyle::DeadLetter,
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::broker;
    use super::super::super::topology::topology;
    use super::*;

    #[test]
    fn queues_diverts_and_dead_letters_are_arrows() {
        let spec = r##"
addresses:
  a: { routing: anycast }
  b: { routing: multicast, queues: { b.x: { filter: "k = 1" } } }
  dead: { routing: anycast }
address_settings: { "#": { max_delivery_attempts: 3 }, "a.#": { dead_letter_address: dead } }
diverts: { copy: { address: a, forward_to: b } }
"##;
        let edges = edges(&topology(&broker(spec)));
        let line = |edge: &Edge| format!("{} {:?} {} {}", edge.from.name, edge.style, edge.to, edge.label);
        let lines: Vec<String> = edges.iter().map(line).collect();
        assert_eq!(
            lines,
            [
                "a DeadLetter art/address/dead ",
                "a Binding art/queue/a ",
                "b Binding art/queue/b.x k = 1",
                "dead Binding art/queue/dead ",
                "a Forward art/address/b copy",
            ]
        );
    }
}
