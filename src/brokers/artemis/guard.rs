//! What the diff of one object cannot see: an address cannot lose a routing that a queue of it needs, and a divert is
//! not made where a queue has its name.

use std::collections::{BTreeMap, BTreeSet};

use super::kinds;
use crate::model::{Address, Resource, Value};
use crate::plan::Objection;

/// Objections against steps that the broker would refuse, or answer and not do, because of what nobody declared.
pub(super) fn guard(desired: &[Resource], observed: &[Resource]) -> Vec<Objection> {
    let declared: BTreeSet<&Address> = desired.iter().map(|one| &one.address).collect();
    let strangers = observed.iter().filter(|one| one.address.kind == kinds::QUEUE && !declared.contains(&one.address));
    let mut on: BTreeMap<&str, Vec<&Resource>> = BTreeMap::new();
    let mut called: BTreeMap<&str, &Resource> = BTreeMap::new();
    for queue in strangers {
        on.entry(text(queue, "address")).or_default().push(queue);
        called.insert(&queue.address.name, queue);
    }
    let objection = |wanted: &Resource| {
        let name = wanted.address.name.as_str();
        match wanted.address.kind.as_str() {
            kinds::ADDRESS => routing_in_use(wanted, on.get(name).map_or(&[], Vec::as_slice)),
            kinds::DIVERT => called.get(name).map(|queue| name_taken(wanted, queue)),
            _ => None,
        }
    };
    desired.iter().filter_map(objection).collect()
}

fn routing_in_use(wanted: &Resource, strangers: &[&Resource]) -> Option<Objection> {
    let routing = text(wanted, "routing");
    let queue = strangers.iter().find(|queue| routing != "both" && text(queue, "routing") != routing)?;
    Some(Objection {
        address: wanted.address.clone(),
        reason: format!(
            "its queue `{}`, which the file does not mention, is {}, so it cannot be {routing} alone",
            queue.address.name,
            text(queue, "routing")
        ),
        way_out: format!("set `routing: both`, or remove the queue: {}", removal(queue)),
    })
}

fn name_taken(wanted: &Resource, queue: &Resource) -> Objection {
    Objection {
        address: wanted.address.clone(),
        reason:
            "a queue of that name is there, which the file does not mention: Artemis would answer and make no divert"
                .to_owned(),
        way_out: format!("call the divert otherwise, or remove the queue: {}", removal(queue)),
    }
}

fn removal(queue: &Resource) -> String {
    format!("mqlab apply --delete {} --allow-data-loss", queue.address)
}

fn text<'a>(resource: &'a Resource, attribute: &str) -> &'a str {
    resource.attribute(attribute).and_then(Value::as_text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::testing::broker;
    use super::super::topology::topology;
    use super::*;

    fn reasons(spec: &str, observed: &str) -> Vec<String> {
        let (desired, observed) = (topology(&broker(spec)), topology(&broker(observed)));
        guard(&desired, &observed).into_iter().map(|objection| objection.reason).collect()
    }

    #[test]
    fn an_address_keeps_the_routing_of_queues_that_nobody_declared() {
        let there = "addresses: { a: { routing: multicast, queues: { by.hand: {} } } }";
        let found = reasons("addresses: { a: { routing: anycast } }", there);
        assert!(found.len() == 1 && found[0].contains("by.hand"), "{found:?}");
        assert!(reasons("addresses: { a: { routing: both, queues: {} } }", there).is_empty());
        assert!(reasons("addresses: { a: { routing: anycast, queues: { by.hand: {} } } }", there).is_empty());
    }

    #[test]
    fn a_divert_needs_a_name_that_no_queue_has() {
        let there = "addresses: { z: { routing: multicast, queues: { copy: {} } } }";
        let spec = "addresses: { a: { routing: anycast } }\ndiverts: { copy: { address: a, forward_to: a } }";
        assert!(reasons(spec, there)[0].contains("no divert"));
    }
}
