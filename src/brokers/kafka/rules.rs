//! What a change of a topic means to Kafka.

use crate::model::{Address, AttributeRule, Change, Facts, Home, KindRules, Verdict, in_place};

use super::{PORT, TOPIC};
use crate::brokers::{Impossible, Operation};

pub(super) static KINDS: &[KindRules] = &[KindRules {
    kind: TOPIC,
    plural: "topics",
    attributes: &[
        AttributeRule {
            name: "partitions",
            rule: partitions,
            doc: "The logs that the topic is split into. Order holds within one, and each goes to one consumer of a group.",
        },
        AttributeRule {
            name: "replication_factor",
            rule: replication_factor,
            doc: "The nodes that keep a copy of each partition.",
        },
        AttributeRule {
            name: "config.*",
            rule: in_place,
            doc: "Set on the topic itself. What is not set here comes from the broker's configuration.",
        },
    ],
    protected,
    holds_data: true,
    produce: true,
    consume: true,
    home: Home::Broker,
}];

pub(super) static IMPOSSIBLE: &[Impossible] = &[
    Impossible {
        kind: TOPIC,
        attributes: &["config.*"],
        operation: Operation::Forbidden,
        why: "Every value that `check` lets through can be set on a topic that is there.",
    },
    Impossible {
        kind: TOPIC,
        attributes: &["replication_factor"],
        operation: Operation::Change,
        why: "Copies are moved by a reassignment, which takes its own time and tool; the file alone cannot ask for it.",
    },
];

/// Scratch topics of the probe; a run that was killed can leave one.
pub(super) const PROBE_PREFIX: &str = "mqlab-probe-";

/// Kafka's own topics (`__consumer_offsets`, `__transaction_state`, `__share_group_state`) and ours.
pub(super) fn is_protected(name: &str) -> bool {
    name.starts_with("__") || name.starts_with(PROBE_PREFIX)
}

fn protected(address: &Address) -> bool {
    is_protected(&address.name)
}

fn partitions(change: &Change<'_>) -> Verdict {
    let (old, new) = (change.old, change.new);
    match (old.as_i64(), new.as_i64()) {
        (Some(have), Some(want)) if have == want => Verdict::Same,
        (Some(have), Some(want)) if have < want => Verdict::InPlace,
        _ => Verdict::Blocked {
            reason: format!("Kafka cannot remove partitions: the topic has {old} and the file says {new}"),
            way_out: format!(
                "set `partitions: {old}`, or lose its messages with `mqlab apply --replace {} --allow-data-loss`",
                change.address
            ),
        },
    }
}

fn replication_factor(change: &Change<'_>) -> Verdict {
    if change.old == change.new {
        return Verdict::Same;
    }
    Verdict::Blocked {
        reason: format!(
            "Kafka moves replicas by a reassignment only: each partition has {} and the file says {}",
            change.old, change.new
        ),
        way_out: format!(
            "list the replicas of every partition of `{}` in a file and run `kafka-reassign-partitions.sh --bootstrap-server {} --reassignment-json-file FILE --execute`, or set `replication_factor: {}`",
            change.address.name,
            bootstrap(change.facts),
            change.old
        ),
    }
}

/// Where clients on the host connect: every node.
pub(super) fn bootstrap(facts: &Facts) -> String {
    let host = super::container::advertised_host(facts);
    let ports = facts.ports.get(PORT).map_or(&[][..], Vec::as_slice);
    if ports.is_empty() {
        return format!("{host}:9092");
    }
    ports.iter().map(|port| format!("{host}:{port}")).collect::<Vec<_>>().join(",")
}
