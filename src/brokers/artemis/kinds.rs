//! The kinds of resource in an Artemis broker, and what a change of each attribute takes.

use super::rules::{fixed, forgotten, password};
use super::settings;
use crate::brokers::{Impossible, Operation};
use crate::model::{Address, AttributeRule, Home, KindRules, Rule, in_place};

/// The user that mqlab works as, and its role, which is also that of the console.
pub(super) const ADMINISTRATOR: &str = "mqlab";
pub(super) const ADMINISTRATOR_ROLE: &str = "amq";
/// What scratch objects start with. A word of its own, so that a match can mean all of them.
pub(super) const SCRATCH: &str = "mqlab-probe";
/// They come with the official image's `broker.xml`, and with ours.
pub(super) const FOR_DEAD_LETTERS: &str = "DLQ";
pub(super) const FOR_EXPIRED: &str = "ExpiryQueue";

pub(super) const USER: &str = "user";
pub(super) const SECURITY_SETTING: &str = "security_setting";
pub(super) const ADDRESS_SETTING: &str = "address_setting";
pub(super) const ADDRESS: &str = "address";
pub(super) const QUEUE: &str = "queue";
pub(super) const DIVERT: &str = "divert";

const fn row(name: &'static str, rule: Rule, doc: &'static str) -> AttributeRule {
    AttributeRule { name, rule, doc }
}

const BASE: KindRules = KindRules {
    kind: "",
    plural: "",
    attributes: &[],
    protected: |_| false,
    // A user, a setting or a divert holds no message, but what becomes of messages depends on it.
    holds_data: true,
    produce: false,
    consume: false,
    home: Home::Broker,
};

/// In the order in which they build on each other.
pub(super) static KINDS: &[KindRules] = &[
    KindRules {
        kind: USER,
        plural: "users",
        attributes: &[
            row("password", password, "Kept by the broker as a salted hash; compared by a login."),
            row("roles", in_place, "What security settings grant rights to."),
        ],
        protected: |address| address.name == ADMINISTRATOR,
        ..BASE
    },
    KindRules {
        kind: SECURITY_SETTING,
        plural: "security",
        attributes: &[
            row("send", in_place, "The roles that may send messages."),
            row("consume", in_place, "The roles that may consume messages."),
            row("browse", in_place, "The roles that may look at messages without consuming them."),
            row("create_address", in_place, "The roles that may make addresses."),
            row("delete_address", in_place, "The roles that may delete addresses."),
            row("create_durable_queue", in_place, "The roles that may make queues that survive a restart."),
            row("delete_durable_queue", in_place, "The roles that may delete such queues."),
            row("create_non_durable_queue", in_place, "The roles that may make queues that go with a restart."),
            row("delete_non_durable_queue", in_place, "The roles that may delete such queues."),
            row("manage", in_place, "The roles that may send management messages."),
        ],
        protected: |address| is_reserved_match(&address.name),
        ..BASE
    },
    KindRules {
        kind: ADDRESS_SETTING,
        plural: "address_settings",
        attributes: &settings::ROWS,
        protected: |address| is_reserved_match(&address.name),
        ..BASE
    },
    KindRules {
        kind: ADDRESS,
        plural: "addresses",
        attributes: &[row(
            "routing",
            in_place,
            "Whether a message goes to one queue (anycast), to each (multicast), or as its sender says (both).",
        )],
        protected: |address| is_own(&address.name),
        produce: true,
        consume: true,
        ..BASE
    },
    KindRules {
        kind: QUEUE,
        plural: "queues",
        attributes: &[
            row("address", fixed, "The address whose messages it takes."),
            row("routing", in_place, "Whether it competes for messages (anycast) or gets each one (multicast)."),
            row("filter", forgotten, "Which messages it takes."),
            row("durable", fixed, "Whether it survives a restart of the broker."),
            row("max_consumers", in_place, "The most consumers at one time; -1 for any number."),
            row("exclusive", in_place, "Whether one consumer gets everything."),
            row("last_value_key", fixed, "Of messages with the same value of this property it keeps the last."),
            row("ring_size", in_place, "The most messages; the oldest go. -1 for any number."),
            row("purge_on_no_consumers", in_place, "Whether it is emptied when its last consumer goes."),
            row("enabled", in_place, "Whether it takes messages."),
            row("consumers_before_dispatch", in_place, "How many consumers it waits for."),
            row("delay_before_dispatch", in_place, "How long it waits for them, in milliseconds."),
            row("group_rebalance", in_place, "Whether message groups are dealt out anew when a consumer comes."),
            row("group_buckets", in_place, "Into how many buckets message groups are sorted; -1 for none."),
            row("group_first_key", in_place, "The property that marks the first message of a group."),
        ],
        protected: |address| is_own(&address.name),
        consume: true,
        ..BASE
    },
    KindRules {
        kind: DIVERT,
        plural: "diverts",
        attributes: &[
            row("address", fixed, "Whose messages are sent on."),
            row("forward_to", in_place, "The address that gets them."),
            row("exclusive", fixed, "Whether the first address loses them."),
            row("filter", in_place, "Which messages are sent on."),
            row("routing", in_place, "How they are routed at the second address."),
        ],
        protected: |address| is_own(&address.name),
        ..BASE
    },
];

const fn never_refused(kind: &'static str, attributes: &'static [&'static str]) -> Impossible {
    let why = "Every value that `check` lets through can be set while the object is there.";
    Impossible { kind, attributes, operation: Operation::Forbidden, why }
}

const fn must_be_written(kind: &'static str, attributes: &'static [&'static str]) -> Impossible {
    let why = "An object without it is an error of the file.";
    Impossible { kind, attributes, operation: Operation::Release, why }
}

const fn never_listed(kind: &'static str) -> Impossible {
    let why = "Artemis has no list of matches: it can only be asked about those that a file names, or named before.";
    Impossible { kind, attributes: &[], operation: Operation::Foreign, why }
}

/// For the table of what is tried.
pub(super) static IMPOSSIBLE: &[Impossible] = &[
    never_refused(USER, &[]),
    never_refused(SECURITY_SETTING, &[]),
    never_refused(ADDRESS_SETTING, &[]),
    never_refused(
        QUEUE,
        &[
            "routing",
            "max_consumers",
            "exclusive",
            "ring_size",
            "purge_on_no_consumers",
            "enabled",
            "consumers_before_dispatch",
            "delay_before_dispatch",
            "group_rebalance",
            "group_buckets",
            "group_first_key",
        ],
    ),
    must_be_written(USER, &["password"]),
    must_be_written(ADDRESS, &["routing"]),
    Impossible {
        kind: QUEUE,
        attributes: &["address"],
        operation: Operation::Release,
        why: "It is the address that the queue stands under.",
    },
    Impossible {
        kind: QUEUE,
        attributes: &["routing"],
        operation: Operation::Release,
        why: "It is the address's, and where that has both, a queue without it is an error of the file.",
    },
    must_be_written(DIVERT, &["address", "forward_to"]),
    never_listed(SECURITY_SETTING),
    never_listed(ADDRESS_SETTING),
];

/// Names that belong to the broker, or to a probe of ours.
fn is_own(name: &str) -> bool {
    is_reserved(name) || [FOR_DEAD_LETTERS, FOR_EXPIRED].contains(&name)
}

/// Whether nobody may declare something of this name.
pub(super) fn is_reserved(name: &str) -> bool {
    name.is_empty() || name.starts_with('$') || name.starts_with("activemq.") || name.split('.').next() == Some(SCRATCH)
}

fn is_reserved_match(name: &str) -> bool {
    name.split('.').next() == Some(SCRATCH) || name.starts_with("activemq.")
}

/// The resource of one kind and name.
pub(super) fn address(broker: &str, kind: &str, name: &str) -> Address {
    Address::new(broker, kind, name)
}
