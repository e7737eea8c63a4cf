//! What an Artemis broker has in the spec besides what every broker has.

use super::settings;
use crate::spec::{Field, Object, Shape};

/// The keys under a broker of this kind.
pub(super) static FIELDS: &[Field] = &[
    Field::new(
        "users",
        Shape::Map { key: "user", value: &Shape::Object(&USER) },
        "Who may connect, and in which roles.",
    ),
    Field::new(
        "addresses",
        Shape::Map { key: "address", value: &Shape::Object(&ADDRESS) },
        "Where messages are sent to, and the queues that take them from there.",
    ),
    Field::new(
        "address_settings",
        Shape::Map { key: "match", value: &Shape::Object(&ADDRESS_SETTING) },
        "How addresses behave, by a match: a name, or a pattern with `*` for one word and `#` at the end for any number.",
    ),
    Field::new(
        "security",
        Shape::Map { key: "match", value: &Shape::Object(&SECURITY) },
        "Which roles may do what at the addresses of a match. The best match counts, alone. Without one, `amq` may do everything.",
    ),
    Field::new(
        "diverts",
        Shape::Map { key: "divert", value: &Shape::Object(&DIVERT) },
        "What sends messages of one address on to another.",
    ),
];

const DESCRIPTION: Field = Field::new("description", Shape::Text, "Your own words about it, for the site.");

const ON_CHANGE: Field = Field::new(
    "on_change",
    Shape::Choice(&["refuse", "replace"]),
    "What to do about a change that Artemis cannot make: `refuse` (default), or `replace` it and lose what is inside.",
);

const FILTER: Field = Field::new(
    "filter",
    Shape::Text,
    "Which messages it takes, as a selector over their properties: `kind = 'audit' AND amount > 10`. All by default.",
);

const COUNT: Shape = Shape::Int { least: -1, most: i32::MAX as i64 };

static USER: Object = Object {
    name: "user",
    doc: "A user of the broker's own database, for every protocol. The console is for mqlab's administrator alone.",
    fields: &[
        Field::new(
            "password",
            Shape::Text,
            "The password, best as `${env:NAME}`. It is compared by a login, and never shown.",
        )
        .required()
        .secret(),
        Field::new(
            "roles",
            Shape::List(&Shape::Text),
            "What `security` grants rights to. None by default; `amq` may do everything where `security` says nothing.",
        )
        .also(&["groups"]),
        DESCRIPTION,
    ],
};

static ADDRESS: Object = Object {
    name: "address",
    doc: "A name that messages are sent to. It keeps none itself: its queues do.",
    fields: &[
        DESCRIPTION,
        Field::new(
            "routing",
            Shape::Choice(&["anycast", "multicast", "both"]),
            "`anycast`: a message goes to one queue (point to point). `multicast`: to each queue (publish and subscribe).",
        )
        .required()
        .also(&["routing_type", "type"]),
        Field::new(
            "queues",
            Shape::Map { key: "queue", value: &Shape::Object(&QUEUE) },
            "Its queues. An anycast address has one with its own name unless this says otherwise.",
        ),
    ],
};

static QUEUE: Object = Object {
    name: "queue",
    doc: "Keeps messages of one address until consumers take them.",
    fields: &[
        DESCRIPTION,
        Field::new(
            "routing",
            Shape::Choice(&["anycast", "multicast"]),
            "As the address, unless that is `both`: then each queue must say.",
        )
        .also(&["routing_type"]),
        FILTER,
        Field::new("durable", Shape::Bool, "Survives a restart of the broker; true by default."),
        Field::new("max_consumers", COUNT, "The most consumers at one time; -1 for any number, the default."),
        Field::new("exclusive", Shape::Bool, "Gives everything to one consumer at a time; false by default."),
        Field::new("last_value_key", Shape::Text, "Keeps only the last message for each value of this property."),
        Field::new(
            "ring_size",
            Shape::Int { least: -1, most: i64::MAX },
            "The most messages; the oldest go when more come. -1 for any number, the default.",
        ),
        Field::new("purge_on_no_consumers", Shape::Bool, "Is emptied when its last consumer goes; false by default."),
        Field::new("enabled", Shape::Bool, "Takes messages; true by default."),
        Field::new("consumers_before_dispatch", COUNT, "How many consumers to wait for before messages go out."),
        Field::new("delay_before_dispatch", Shape::Duration, "How long to wait for them; `unlimited` by default."),
        Field::new("group_rebalance", Shape::Bool, "Deals out message groups anew when a consumer comes."),
        Field::new(
            "group_buckets",
            COUNT,
            "Into how many buckets message groups are sorted; -1 for none, the default.",
        ),
        Field::new("group_first_key", Shape::Text, "The property that marks the first message of a group."),
        ON_CHANGE,
    ],
};

static ADDRESS_SETTING: Object = Object {
    name: "address setting",
    doc: "How the addresses of a match behave. What it leaves out comes from wider matches, `#` at last.",
    fields: &settings::FIELDS,
};

static SECURITY: Object = Object {
    name: "security setting",
    doc: "Which roles may do what at the addresses of a match. What it leaves out nobody may do.",
    fields: &[
        permission("send", "Send messages."),
        permission("consume", "Consume messages."),
        permission("browse", "Look at messages without consuming them."),
        permission("create_address", "Make addresses."),
        permission("delete_address", "Delete addresses."),
        permission("create_durable_queue", "Make queues that survive a restart, as durable subscribers do."),
        permission("delete_durable_queue", "Delete such queues."),
        permission("create_non_durable_queue", "Make queues that go with a restart, as other subscribers do."),
        permission("delete_non_durable_queue", "Delete such queues."),
        permission("manage", "Send management messages."),
    ],
};

const fn permission(name: &'static str, doc: &'static str) -> Field {
    Field::new(name, Shape::List(&Shape::Text), doc)
}

/// What a role may be allowed, with the management API's name for it.
///
/// Not `view` and `edit`: 2.56.0 takes them live and forgets them at the next restart.
pub(super) const PERMISSIONS: &[(&str, &str)] = &[
    ("send", "send"),
    ("consume", "consume"),
    ("browse", "browse"),
    ("create_address", "createAddress"),
    ("delete_address", "deleteAddress"),
    ("create_durable_queue", "createDurableQueue"),
    ("delete_durable_queue", "deleteDurableQueue"),
    ("create_non_durable_queue", "createNonDurableQueue"),
    ("delete_non_durable_queue", "deleteNonDurableQueue"),
    ("manage", "manage"),
];

static DIVERT: Object = Object {
    name: "divert",
    doc: "Sends messages of one address on to another, with no queue in between.",
    fields: &[
        DESCRIPTION,
        Field::new("address", Shape::Text, "Whose messages.").required(),
        Field::new("forward_to", Shape::Text, "The address that gets them.").required().also(&["forwarding_address"]),
        Field::new(
            "exclusive",
            Shape::Bool,
            "Takes the messages away, so that the queues of `address` get none; false by default: they get copies.",
        ),
        FILTER,
        Field::new(
            "routing",
            Shape::Choice(&["strip", "pass", "anycast", "multicast"]),
            "How they are routed there: as that address says (`strip`, the default), as the sender said (`pass`), or so.",
        )
        .also(&["routing_type"]),
        ON_CHANGE,
    ],
};
