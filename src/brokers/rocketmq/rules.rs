//! What a change of a topic or a subscription group means to RocketMQ.

use crate::brokers::{Impossible, Operation};
use crate::model::{AttributeRule, Change, Home, KindRules, Resource, Value, Verdict, in_place};
use crate::plan::Objection;

use super::attributes;
use super::names::is_protected;
use super::topology::topic_attribute;
use super::{GROUP, TOPIC};

pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        kind: TOPIC,
        plural: "topics",
        attributes: &[
            AttributeRule {
                name: "write_queues",
                rule: in_place,
                doc: "The queues that new messages are spread over. Order holds within one queue.",
            },
            AttributeRule {
                name: "read_queues",
                rule: in_place,
                doc: "The queues that consumers read. What is in a queue beyond them stays there unread.",
            },
            AttributeRule {
                name: "message_type",
                rule: in_place,
                doc: "What the proxy lets producers send here: a message of another type is refused.",
            },
            AttributeRule { name: "permission", rule: in_place, doc: "Whether clients may read, write, or both." },
            AttributeRule {
                name: "attributes.*",
                rule: topic_attribute_rule,
                doc: "Set when the topic is created, and for good: how its messages are indexed and cleaned up.",
            },
        ],
        protected: is_protected,
        home: Home::Broker,
        holds_data: true,
        produce: true,
        consume: true,
    },
    KindRules {
        kind: GROUP,
        plural: "subscription_groups",
        attributes: &[
            AttributeRule {
                name: "retry_max",
                rule: in_place,
                doc: "How often a message is tried again before it goes to the group's dead-letter topic.",
            },
            AttributeRule {
                name: "order",
                rule: in_place,
                doc: "Whether messages are handed out one after the other; needed to consume a `fifo` topic in order.",
            },
            AttributeRule { name: "consume", rule: in_place, doc: "Whether the group may consume at all." },
            AttributeRule {
                name: "broadcast",
                rule: in_place,
                doc: "Whether a consumer may ask for every message instead of its share.",
            },
        ],
        protected: is_protected,
        home: Home::Broker,
        holds_data: true,
        produce: false,
        consume: false,
    },
];

/// What no plan can show.
pub(super) const IMPOSSIBLE: &[Impossible] = &[
    Impossible {
        kind: TOPIC,
        attributes: &["message_type", "permission"],
        operation: Operation::Forbidden,
        why: "RocketMQ changes them whenever it is told to.",
    },
    Impossible {
        kind: GROUP,
        attributes: &[],
        operation: Operation::Forbidden,
        why: "RocketMQ changes every setting of a group whenever it is told to.",
    },
];

/// RocketMQ calls these attributes unchangeable. One that is not set has its default.
fn topic_attribute_rule(change: &Change<'_>) -> Verdict {
    let default = topic_attribute(change.attribute).and_then(attributes::find).map(|known| known.default);
    let or_default = |value: &Value| match value {
        Value::Null => default.map_or(Value::Null, Value::from),
        other => other.clone(),
    };
    if or_default(change.old) == or_default(change.new) {
        return Verdict::Same;
    }
    Verdict::Replace {
        reason: format!("RocketMQ sets `{}` when it creates a topic, and never again", change.attribute),
    }
}

/// Fewer queues to read while the others still get messages: those would be unread for good.
pub(super) fn guard(desired: &[Resource], observed: &[Resource]) -> Vec<Objection> {
    let found = |wanted: &Resource| observed.iter().find(|one| one.address == wanted.address);
    desired.iter().filter_map(|wanted| stranded(wanted, found(wanted)?)).collect()
}

fn stranded(wanted: &Resource, found: &Resource) -> Option<Objection> {
    let count = |resource: &Resource, name: &str| resource.attribute(name).and_then(Value::as_i64);
    let (less, read, written) =
        (count(wanted, "read_queues")?, count(found, "read_queues")?, count(found, "write_queues")?);
    if less >= read || less >= written {
        return None;
    }
    Some(Objection {
        address: wanted.address.clone(),
        reason: format!(
            "its queues from {less} on still get messages, which nobody would read with `read_queues: {less}`: it has {written} to write and {read} to read"
        ),
        way_out: format!(
            "set `write_queues: {less}` with `read_queues: {read}` and run `mqlab apply`; when consumers have read the rest, set `read_queues: {less}` and run it again"
        ),
    })
}

#[cfg(test)]
mod tests {
    use crate::model::{Address, Facts};

    use super::*;

    fn topic(write: u32, read: u32) -> Resource {
        Resource::new(Address::new("trades", TOPIC, "orders")).with("write_queues", write).with("read_queues", read)
    }

    #[test]
    fn fewer_queues_take_two_steps() {
        assert_eq!(guard(&[topic(4, 8)], &[topic(8, 8)]), [], "first nothing new goes to the last four");
        assert_eq!(guard(&[topic(4, 4)], &[topic(4, 8)]), [], "then nobody needs to read them");
        assert_eq!(guard(&[topic(16, 16)], &[topic(8, 8)]), []);
        let objections = guard(&[topic(4, 4)], &[topic(8, 8)]);
        assert_eq!(objections.len(), 1);
        assert!(objections[0].way_out.starts_with("set `write_queues: 4` with `read_queues: 8`"), "{objections:?}");
    }

    fn verdict(old: impl Into<Value>, new: impl Into<Value>) -> Verdict {
        let (old, new) = (old.into(), new.into());
        let (address, facts) = (Address::new("trades", TOPIC, "orders"), Facts::default());
        let change =
            Change { address: &address, attribute: "attributes.cleanup.policy", old: &old, new: &new, facts: &facts };
        topic_attribute_rule(&change)
    }

    #[test]
    fn an_attribute_that_is_not_set_has_its_default() {
        assert_eq!(verdict(Value::Null, "DELETE"), Verdict::Same);
        assert_eq!(verdict("DELETE", Value::Null), Verdict::Same);
        assert_eq!(verdict("COMPACTION", "COMPACTION"), Verdict::Same);
        assert!(matches!(verdict(Value::Null, "COMPACTION"), Verdict::Replace { .. }));
    }
}
