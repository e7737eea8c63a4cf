//! The kinds of resource in a RabbitMQ broker, and what a change of each attribute takes.

use super::rules::{arguments, identity, password, queue_type, set_at_creation};
use crate::brokers::{Impossible, Operation};
use crate::model::{Address, AttributeRule, Home, KindRules, in_place};

/// The user that mqlab works as. Nobody else's name may be this one.
pub(super) const ADMINISTRATOR: &str = "mqlab";
/// What scratch objects start with.
pub(super) const SCRATCH: &str = "mqlab-probe-";

pub(super) const VHOST: &str = "vhost";
pub(super) const LIMIT: &str = "limit";
pub(super) const USER: &str = "user";
pub(super) const PERMISSION: &str = "permission";
pub(super) const TOPIC_PERMISSION: &str = "topic_permission";
pub(super) const EXCHANGE: &str = "exchange";
pub(super) const QUEUE: &str = "queue";
pub(super) const BINDING: &str = "binding";
pub(super) const POLICY: &str = "policy";
pub(super) const OPERATOR_POLICY: &str = "operator_policy";

const fn row(name: &'static str, rule: crate::model::Rule, doc: &'static str) -> AttributeRule {
    AttributeRule { name, rule, doc }
}

const POLICY_ROWS: &[AttributeRule] = &[
    row("pattern", in_place, "A regular expression over names; it matches anywhere unless it has `^` and `$`."),
    row("apply_to", in_place, "Queues, exchanges, one type of queue, or all."),
    row(
        "priority",
        in_place,
        "Of the policies that match an object, the one with the highest priority applies, alone.",
    ),
    row("definition", in_place, "The settings. The broker takes them as one document and applies them at once."),
];

/// Only a binding is deleted without `--allow-data-loss`: a policy or a permission holds no message, but what
/// messages and people may do depends on it.
const QUIET: KindRules = KindRules {
    kind: "",
    plural: "",
    attributes: &[],
    protected: |_| false,
    holds_data: true,
    produce: false,
    consume: false,
    home: Home::Broker,
};

/// In the order in which they build on each other.
pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        kind: VHOST,
        plural: "vhosts",
        attributes: &[
            row("description", in_place, "The vhost's description on the management pages."),
            row("tags", in_place, "Labels on the management pages."),
            row("default_queue_type", in_place, "The type of queues that are declared without one."),
        ],
        // The broker makes `/` itself.
        protected: |address| address.name == "/",
        ..QUIET
    },
    KindRules {
        kind: LIMIT,
        plural: "limits",
        attributes: &[row("value", in_place, "The most that the virtual host may have; -1 for no limit.")],
        ..QUIET
    },
    KindRules {
        kind: USER,
        plural: "users",
        attributes: &[
            row("password", password, "Kept by the broker as a salted hash; compared by computing it again."),
            row("tags", in_place, "What the user may do on the management pages and API."),
            row("limits.*", in_place, "The most connections or channels at one time; -1 for no limit."),
        ],
        protected: |address| address.name == ADMINISTRATOR,
        ..QUIET
    },
    KindRules {
        kind: PERMISSION,
        plural: "permissions",
        attributes: &[
            row("configure", in_place, "A pattern of the names that the user may declare and delete."),
            row("write", in_place, "A pattern of the names that the user may publish to."),
            row("read", in_place, "A pattern of the names that the user may consume from."),
        ],
        protected: |address| address.name == ADMINISTRATOR,
        ..QUIET
    },
    KindRules {
        kind: TOPIC_PERMISSION,
        plural: "topic_permissions",
        attributes: &[
            row("user", identity, "Whose permission it is."),
            row("exchange", identity, "The topic exchange that it is for."),
            row("write", in_place, "A pattern of the routing keys that the user may publish with."),
            row("read", in_place, "A pattern of the routing keys that the user may bind with."),
        ],
        ..QUIET
    },
    KindRules {
        kind: EXCHANGE,
        plural: "exchanges",
        attributes: &[
            row("type", set_at_creation, "How it compares routing keys or headers with its bindings."),
            row("durable", set_at_creation, "Whether it survives a restart of the broker."),
            row("auto_delete", set_at_creation, "Whether it goes away with the last binding from it."),
            row("internal", set_at_creation, "Whether only other exchanges may hand messages to it."),
            row("arguments.*", arguments, "Part of the declaration."),
        ],
        protected: |address| is_reserved(address),
        produce: true,
        ..QUIET
    },
    KindRules {
        kind: QUEUE,
        plural: "queues",
        attributes: &[
            row("type", queue_type, "Classic, quorum (replicated) or stream (a log)."),
            row("durable", set_at_creation, "Whether it survives a restart of the broker."),
            row("auto_delete", set_at_creation, "Whether it goes away with its last consumer."),
            row("arguments.*", arguments, "Part of the declaration."),
        ],
        protected: |address| is_reserved(address),
        holds_data: true,
        produce: true,
        consume: true,
        home: Home::Broker,
    },
    KindRules {
        kind: BINDING,
        plural: "bindings",
        attributes: &[
            row("source", identity, "The exchange that hands messages on."),
            row("destination", identity, "The queue or exchange that gets them."),
            row("destination_type", identity, "Queue or exchange."),
            row("routing_key", identity, "What the exchange compares the message's routing key with."),
            row("arguments", identity, "What a headers exchange compares the message's headers with."),
        ],
        protected: |address| touches_scratch(&address.name),
        holds_data: false,
        ..QUIET
    },
    KindRules { kind: POLICY, plural: "policies", attributes: POLICY_ROWS, ..QUIET },
    KindRules { kind: OPERATOR_POLICY, plural: "operator_policies", attributes: POLICY_ROWS, ..QUIET },
];

const fn never_refused(kind: &'static str, attributes: &'static [&'static str]) -> Impossible {
    let why = "Every value that `check` lets through can be set at any time.";
    Impossible { kind, attributes, operation: Operation::Forbidden, why }
}

const fn must_be_written(kind: &'static str, attributes: &'static [&'static str]) -> Impossible {
    let why = "An object without it is an error of the file.";
    Impossible { kind, attributes, operation: Operation::Release, why }
}

const fn part_of_the_name(kind: &'static str, attributes: &'static [&'static str], operation: Operation) -> Impossible {
    Impossible {
        kind,
        attributes,
        operation,
        why: "It is a part of the name: with another value it is another object.",
    }
}

pub(super) static IMPOSSIBLE: &[Impossible] = &[
    never_refused(VHOST, &[]),
    never_refused(LIMIT, &[]),
    never_refused(USER, &[]),
    never_refused(PERMISSION, &[]),
    never_refused(TOPIC_PERMISSION, &["write", "read"]),
    never_refused(OPERATOR_POLICY, &[]),
    Impossible {
        kind: LIMIT,
        attributes: &[],
        operation: Operation::Release,
        why: "It is all that the object says: without it the object is out of the file.",
    },
    must_be_written(USER, &["password"]),
    must_be_written(POLICY, &["pattern", "definition"]),
    must_be_written(OPERATOR_POLICY, &["pattern", "definition"]),
    part_of_the_name(TOPIC_PERMISSION, &["user", "exchange"], Operation::Change),
    part_of_the_name(TOPIC_PERMISSION, &["user", "exchange"], Operation::Forbidden),
    part_of_the_name(TOPIC_PERMISSION, &["user", "exchange"], Operation::Release),
    part_of_the_name(TOPIC_PERMISSION, &["user", "exchange"], Operation::ByHand),
    part_of_the_name(BINDING, &[], Operation::Change),
    part_of_the_name(BINDING, &[], Operation::Forbidden),
    part_of_the_name(BINDING, &[], Operation::Release),
    part_of_the_name(BINDING, &[], Operation::ByHand),
];

/// Names that belong to the broker, or to a probe of ours. The default exchange has none at all.
fn is_reserved(address: &Address) -> bool {
    reserved_name(&address.name)
}

/// Whether the broker refuses, or mqlab sweeps away, an exchange or queue of this name.
pub(super) fn reserved_name(name: &str) -> bool {
    name.is_empty() || name.starts_with("amq.") || name.starts_with(SCRATCH)
}

fn touches_scratch(name: &str) -> bool {
    name.split(['→', '⇒']).any(|end| end.starts_with(SCRATCH))
}
