//! What may be written under an ActiveMQ broker: the shapes that the checker, the schema and the reference read.

use crate::spec::{Field, Object, Shape};

const DESCRIPTION: Field =
    Field::new("description", Shape::Text, "What it is for, in your own words; shown on the site.");
const NAMES: Shape = Shape::List(&Shape::Text);

/// The keys that only ActiveMQ has, directly under the broker.
pub(super) static FIELDS: &[Field] = &[
    Field::new(
        "queues",
        Shape::Map { key: "queue", value: &Shape::Object(&QUEUE) },
        "The queues, by name. `Consumer.NAME.VirtualTopic.…` gets a copy of everything sent to that virtual topic.",
    ),
    Field::new(
        "topics",
        Shape::Map { key: "topic", value: &Shape::Object(&TOPIC) },
        "The topics, by name. One below `VirtualTopic.` is a virtual topic.",
    ),
    Field::new(
        "composites",
        Shape::Map { key: "composite destination", value: &Shape::Object(&COMPOSITE) },
        "Queues and topics, written `queue/NAME` or `topic/NAME`, that hand on what is sent to them.",
    )
    .also(&["composite_destinations", "composite_queues", "virtual_destinations"]),
    Field::new(
        "policies",
        Shape::Map { key: "policy", value: &Shape::Object(&POLICY) },
        "Settings for all queues or topics of a pattern: `queue/invoices.>`, `topic/*.prices`. One applies to each: its own, else the narrowest.",
    )
    .also(&["destination_policies", "destination_policy"]),
    Field::new(
        "users",
        Shape::Map { key: "user", value: &Shape::Object(&USER) },
        "Who may connect. Without `authorization` each of them may do everything.",
    ),
    Field::new(
        "authorization",
        Shape::Map { key: "authorization", value: &Shape::Object(&AUTHORIZATION) },
        "Which groups may use which queues and topics: `queue/invoices.>`. Once there is one, what none of them allows is forbidden.",
    )
    .also(&["permissions", "authorizations", "authorization_entries"]),
];

static QUEUE: Object = Object {
    name: "queue",
    doc: "Keeps messages until a consumer takes them. Kept over restarts.",
    fields: &[
        DESCRIPTION,
        Field::new(
            "policy",
            Shape::Object(&POLICY),
            "Settings of this queue alone, on top of the policy that would apply.",
        ),
    ],
};

static TOPIC: Object = Object {
    name: "topic",
    doc: "Hands messages to everybody who listens, and keeps them for durable subscribers who do not right now.",
    fields: &[
        DESCRIPTION,
        Field::new(
            "policy",
            Shape::Object(&POLICY),
            "Settings of this topic alone, on top of the policy that would apply.",
        ),
    ],
};

static COMPOSITE: Object = Object {
    name: "composite destination",
    doc: "A queue or topic that hands on what is sent to it.",
    fields: &[
        DESCRIPTION,
        Field::new(
            "forward_to",
            Shape::List(&Shape::Either(&[Shape::Text, Shape::Object(&FORWARD)])),
            "Who gets a copy: `queue/NAME`, `topic/NAME`, or `{ to: …, selector: … }`.",
        )
        .required()
        .also(&["forward", "targets", "to"]),
        Field::new(
            "forward_only",
            Shape::Bool,
            "Keeps nothing itself; true by default. With false it is an ordinary queue or topic as well.",
        ),
    ],
};

static FORWARD: Object = Object {
    name: "forward",
    doc: "A target that gets some messages only.",
    fields: &[
        Field::new("to", Shape::Text, "`queue/NAME` or `topic/NAME`.").required(),
        Field::new("selector", Shape::Text, "A JMS selector over the message's properties: `amount > 1000`.")
            .also(&["filter"]),
    ],
};

static POLICY: Object = Object {
    name: "policy",
    doc: "Settings of queues or topics. They take effect when the broker starts.",
    fields: &[
        Field::new(
            "dead_letter",
            Shape::Text,
            "The queue for messages that were given up, `ActiveMQ.DLQ` by default. It is made with this policy.",
        )
        .also(&["dead_letter_queue", "dlq"]),
        Field::new(
            "max_redeliveries",
            Shape::Int { least: -1, most: i32::MAX as i64 },
            "How often the broker gives out a message again that a client gave up, before it is a dead letter; -1 for ever. Clients with a redelivery policy of their own count theirs first.",
        )
        .also(&["maximum_redeliveries", "redeliveries"]),
        Field::new(
            "redelivery_delay",
            Shape::Duration,
            "How long the broker waits before it gives out such a message again; 1s by default, and at least.",
        ),
        Field::new(
            "process_expired",
            Shape::Bool,
            "Whether messages whose time is over become dead letters; true by default.",
        ),
        Field::new(
            "process_non_persistent",
            Shape::Bool,
            "Whether messages that are not persistent become dead letters; false by default.",
        ),
        Field::new(
            "config",
            Shape::Map { key: "setting", value: &Shape::Scalar },
            "Attributes of a policy entry as ActiveMQ spells them: `memoryLimit: 1MiB`, `prioritizedMessages: true`.",
        )
        .also(&["settings", "options"]),
    ],
};

static USER: Object = Object {
    name: "user",
    doc: "A user of the broker's connectors. The HTTP API and the console are for mqlab's own.",
    fields: &[
        Field::new("password", Shape::Text, "The password, best as `${env:NAME}`.").required().secret(),
        Field::new("groups", NAMES, "The groups that `authorization` speaks of. None by default.").also(&["roles"]),
        DESCRIPTION,
    ],
};

static AUTHORIZATION: Object = Object {
    name: "authorization",
    doc: "Groups that may use the queues or topics of a pattern; `*` is everybody who has logged in.",
    fields: &[
        Field::new("read", NAMES, "May consume and browse."),
        Field::new("write", NAMES, "May send."),
        Field::new("admin", NAMES, "May create and delete, which clients do by using what is not there."),
    ],
};
