//! The kinds of objects on an ActiveMQ broker, and what a change of each means.

use crate::brokers::{Impossible, Operation};
use crate::model::{Address, AttributeRule, Home, KindRules, in_place};

pub(super) const QUEUE: &str = "queue";
pub(super) const TOPIC: &str = "topic";
pub(super) const COMPOSITE: &str = "composite";
pub(super) const POLICY: &str = "policy";
pub(super) const USER: &str = "user";
pub(super) const AUTHORIZATION: &str = "authorization_entry";

/// mqlab's own user, and the group that may do everything.
pub(super) const ADMINISTRATOR: &str = "mqlab";
/// Everybody who has logged in, where a group is wanted.
pub(super) const EVERYBODY: &str = "*";
/// Scratch queues of the probe; a run that was killed can leave one.
pub(super) const SCRATCH: &str = "mqlab-probe-";
/// Advisories, `ActiveMQ.DLQ` and others of the broker's own.
const OWN: &str = "ActiveMQ.";

const fn row(name: &'static str, doc: &'static str) -> AttributeRule {
    AttributeRule { name, rule: in_place, doc }
}

const BASE: KindRules = KindRules {
    kind: "",
    plural: "",
    attributes: &[],
    protected: |_| false,
    holds_data: false,
    produce: false,
    consume: false,
    home: Home::File,
};

/// Queues and topics are made live and have nothing that could differ; everything else is in the file that a node
/// starts with, which the container is compared by.
pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        kind: QUEUE,
        plural: "queues",
        protected: |address| is_reserved(&address.name),
        holds_data: true,
        produce: true,
        consume: true,
        home: Home::Broker,
        ..BASE
    },
    KindRules {
        kind: TOPIC,
        plural: "topics",
        protected: |address| is_reserved(&address.name),
        holds_data: true,
        produce: true,
        consume: true,
        home: Home::Broker,
        ..BASE
    },
    KindRules {
        kind: COMPOSITE,
        plural: "composites",
        attributes: &[
            row("forward_to", "Who gets a copy of each message, and of which ones where a selector stands behind."),
            row("forward_only", "Whether the queue or topic of this name keeps nothing itself."),
        ],
        ..BASE
    },
    KindRules {
        kind: POLICY,
        plural: "policies",
        attributes: &[
            row("dead_letter", "The queue for messages that were given up."),
            row("max_redeliveries", "How often the broker gives out a message again before it is a dead letter."),
            row("redelivery_delay", "How long the broker waits before it does, in milliseconds."),
            row("process_expired", "Whether messages whose time is over become dead letters."),
            row("process_non_persistent", "Whether messages that are not persistent become dead letters."),
            row("config.*", "An attribute of the policy entry, as ActiveMQ spells it."),
        ],
        ..BASE
    },
    KindRules {
        kind: USER,
        plural: "users",
        attributes: &[
            row("password", "Compared by a keyed digest, and never shown."),
            row("groups", "The groups that the authorization entries speak of."),
        ],
        protected: |address| address.name == ADMINISTRATOR,
        ..BASE
    },
    KindRules {
        kind: AUTHORIZATION,
        plural: "authorization",
        attributes: &[
            row("read", "Groups that may consume and browse."),
            row("write", "Groups that may send."),
            row("admin", "Groups that may create and delete."),
        ],
        ..BASE
    },
];

const fn nothing_can_differ(kind: &'static str, operation: Operation) -> Impossible {
    Impossible { kind, attributes: &[], operation, why: "It is there or it is not: nothing about it can differ." }
}

const fn never_refused(kind: &'static str) -> Impossible {
    let why = "Every value that `check` lets through can be set, with a new container.";
    Impossible { kind, attributes: &[], operation: Operation::Forbidden, why }
}

const fn must_be_written(kind: &'static str, attributes: &'static [&'static str]) -> Impossible {
    let why = "An object without it is an error of the file.";
    Impossible { kind, attributes, operation: Operation::Release, why }
}

const fn in_a_file(kind: &'static str, operation: Operation) -> Impossible {
    let why = "It is in a file of the container, which only a new container changes.";
    Impossible { kind, attributes: &[], operation, why }
}

pub(super) static IMPOSSIBLE: &[Impossible] = &[
    nothing_can_differ(QUEUE, Operation::Change),
    nothing_can_differ(QUEUE, Operation::Forbidden),
    nothing_can_differ(QUEUE, Operation::Release),
    nothing_can_differ(TOPIC, Operation::Change),
    nothing_can_differ(TOPIC, Operation::Forbidden),
    nothing_can_differ(TOPIC, Operation::Release),
    never_refused(COMPOSITE),
    never_refused(POLICY),
    never_refused(USER),
    never_refused(AUTHORIZATION),
    must_be_written(COMPOSITE, &["forward_to"]),
    must_be_written(USER, &["password"]),
    in_a_file(COMPOSITE, Operation::Foreign),
    in_a_file(COMPOSITE, Operation::ByHand),
    in_a_file(POLICY, Operation::Foreign),
    in_a_file(POLICY, Operation::ByHand),
    in_a_file(USER, Operation::Foreign),
    in_a_file(USER, Operation::ByHand),
    in_a_file(AUTHORIZATION, Operation::Foreign),
    in_a_file(AUTHORIZATION, Operation::ByHand),
];

/// Names that belong to the broker, or to a probe of ours.
pub(super) fn is_reserved(name: &str) -> bool {
    name.starts_with(OWN) || name.starts_with(SCRATCH)
}

/// Of a queue or topic.
pub(super) fn address(broker: &str, destination: super::destination::Destination<'_>) -> Address {
    Address::new(broker, destination.kind.noun(), destination.name)
}
