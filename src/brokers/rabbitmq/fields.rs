//! What may be written under a RabbitMQ broker: the shapes that the checker, the schema and the reference read.

use crate::spec::{Field, Object, Shape};

/// Any AMQP arguments: keys are the broker's own.
const ARGUMENTS: Shape = Shape::Map { key: "argument", value: &Shape::Any };
const ON_CHANGE: Field = Field::new(
    "on_change",
    Shape::Choice(&["refuse", "replace"]),
    "What to do when something changes that the broker cannot change: `refuse` (the default), or `replace`, which deletes it and makes it again with its bindings.",
);
const DESCRIPTION: Field =
    Field::new("description", Shape::Text, "What it is for, in your own words; shown on the site.");

/// The keys that only RabbitMQ has, directly under the broker.
pub(super) const FIELDS: &[Field] = &[
    Field::new(
        "plugins",
        Shape::List(&Shape::Text),
        "Plugins to enable, besides `rabbitmq_management` and `rabbitmq_prometheus`, which are always on.",
    ),
    Field::new(
        "users",
        Shape::Map { key: "user", value: &Shape::Object(&USER) },
        "Who may log in, and what each may do.",
    )
    .also(&["permissions", "topic_permissions"]),
    Field::new(
        "vhosts",
        Shape::Map { key: "virtual host", value: &Shape::Object(&VHOST) },
        "Virtual hosts. What is written directly under the broker belongs to `/`.",
    ),
    EXCHANGES,
    QUEUES,
    BINDINGS,
    POLICIES,
    OPERATOR_POLICIES,
];

const EXCHANGES: Field = Field::new(
    "exchanges",
    Shape::Map { key: "exchange", value: &Shape::Object(&EXCHANGE) },
    "Where messages come in.",
);
const QUEUES: Field =
    Field::new("queues", Shape::Map { key: "queue", value: &Shape::Object(&QUEUE) }, "Where messages wait.");
const BINDINGS: Field = Field::new(
    "bindings",
    Shape::List(&Shape::Object(&BINDING)),
    "Which messages an exchange hands on, and where to: a queue or another exchange.",
);
const POLICIES: Field = Field::new(
    "policies",
    Shape::Map { key: "policy", value: &Shape::Object(&POLICY) },
    "Settings for all queues or exchanges whose name matches. One policy at a time applies to each: the one with the highest priority.",
);
const OPERATOR_POLICIES: Field = Field::new(
    "operator_policies",
    Shape::Map { key: "operator policy", value: &Shape::Object(&POLICY) },
    "Limits that policies and arguments cannot exceed.",
);

const VHOST: Object = Object {
    name: "virtual host",
    doc: "A namespace of its own for exchanges, queues, bindings, policies and permissions.",
    fields: &[
        DESCRIPTION,
        Field::new("tags", Shape::List(&Shape::Text), "Labels that the management pages show."),
        Field::new(
            "default_queue_type",
            Shape::Choice(&["classic", "quorum", "stream"]),
            "The type of queues that are declared without one; `classic` by default.",
        ),
        Field::new("limits", Shape::Object(&VHOST_LIMITS), "The most connections and queues."),
        EXCHANGES,
        QUEUES,
        BINDINGS,
        POLICIES,
        OPERATOR_POLICIES,
    ],
};

/// A limit; -1 is none.
const LIMIT: Shape = Shape::Int { least: -1, most: i64::MAX };

const VHOST_LIMITS: Object = Object {
    name: "virtual host limits",
    doc: "The most that a virtual host may have; -1 for no limit.",
    fields: &[
        Field::new("max-connections", LIMIT, "Client connections at one time."),
        Field::new("max-queues", LIMIT, "Queues."),
    ],
};

const USER: Object = Object {
    name: "user",
    doc: "A user of the broker's own database.",
    fields: &[
        Field::new(
            "password",
            Shape::Text,
            "The password, best as `${env:NAME}`. It is compared with the hash that the broker has, and never shown.",
        )
        .required()
        .secret(),
        Field::new(
            "tags",
            Shape::List(&Shape::Text),
            "`administrator`, `monitoring`, `policymaker`, `management`, or labels of your own. None by default.",
        ),
        Field::new(
            "permissions",
            Shape::Map { key: "virtual host", value: &Shape::Object(&PERMISSION) },
            "Per virtual host, patterns of the names that the user may configure, write to and read from.",
        ),
        Field::new(
            "topic_permissions",
            Shape::Map {
                key: "virtual host",
                value: &Shape::Map { key: "exchange", value: &Shape::Object(&TOPIC_PERMISSION) },
            },
            "Per virtual host and topic exchange, patterns of the routing keys that the user may write and read.",
        ),
        Field::new("limits", Shape::Object(&USER_LIMITS), "The most connections and channels."),
        DESCRIPTION,
    ],
};

const USER_LIMITS: Object = Object {
    name: "user limits",
    doc: "The most that a user may have at one time; -1 for no limit.",
    fields: &[
        Field::new("max-connections", LIMIT, "Client connections."),
        Field::new("max-channels", LIMIT, "Channels over all connections."),
    ],
};

const PERMISSION: Object = Object {
    name: "permission",
    doc: "Regular expressions over names; an empty one matches nothing, which is also the default.",
    fields: &[
        Field::new("configure", Shape::Text, "What the user may declare and delete."),
        Field::new("write", Shape::Text, "What the user may publish to, and bind queues to."),
        Field::new("read", Shape::Text, "What the user may consume from, and bind from."),
    ],
};

const TOPIC_PERMISSION: Object = Object {
    name: "topic permission",
    doc: "Regular expressions over routing keys; an empty one matches nothing, which is also the default.",
    fields: &[
        Field::new("write", Shape::Text, "Routing keys that the user may publish with."),
        Field::new("read", Shape::Text, "Routing keys that the user may bind with."),
    ],
};

const EXCHANGE: Object = Object {
    name: "exchange",
    doc: "Takes messages in and hands copies to what is bound to it.",
    fields: &[
        DESCRIPTION,
        Field::new(
            "type",
            Shape::Text,
            "`direct` (the default), `fanout`, `topic`, `headers`, or a plugin's type such as `x-consistent-hash`.",
        ),
        Field::new("durable", Shape::Bool, "Survives a restart of the broker; true by default."),
        Field::new("auto_delete", Shape::Bool, "Goes away when the last binding from it does; false by default."),
        Field::new("internal", Shape::Bool, "Takes messages from other exchanges only; false by default."),
        Field::new("alternate_exchange", Shape::Text, "Gets the messages that nothing bound here takes.").also(&["ae"]),
        Field::new("arguments", ARGUMENTS, "Further arguments, as the broker spells them."),
        ON_CHANGE,
    ],
};

const QUEUE: Object = Object {
    name: "queue",
    doc: "Keeps messages until a consumer takes them.",
    fields: &[
        DESCRIPTION,
        Field::new(
            "type",
            Shape::Choice(&["classic", "quorum", "stream"]),
            "`classic` (the default, unless the virtual host has another), `quorum` (replicated) or `stream` (a log).",
        ),
        Field::new("durable", Shape::Bool, "Survives a restart of the broker; true by default."),
        Field::new("auto_delete", Shape::Bool, "Goes away with its last consumer; false by default."),
        Field::new(
            "exclusive",
            Shape::Bool,
            "Cannot be declared here: it belongs to one connection and goes away with it.",
        ),
        Field::new(
            "dead_letter",
            Shape::Object(&DEAD_LETTER),
            "Where messages go that are rejected, expire or do not fit.",
        )
        .also(&["dlx", "dlq", "dead_letter_exchange"]),
        Field::new("message_ttl", Shape::Duration, "How long a message waits before it expires.").also(&["ttl"]),
        Field::new("expires", Shape::Duration, "How long the queue may be unused before it goes away."),
        Field::new("max_length", Shape::Int { least: 0, most: i64::MAX }, "The most messages that are ready."),
        Field::new("max_length_bytes", Shape::Size, "The most bytes of messages that are ready."),
        Field::new(
            "overflow",
            Shape::Choice(&["drop-head", "reject-publish", "reject-publish-dlx"]),
            "What happens when it is full; `drop-head` by default.",
        ),
        Field::new(
            "delivery_limit",
            Shape::Int { least: -1, most: i64::MAX },
            "How often a quorum queue gives out a message before it is dropped or dead-lettered; 20 by default.",
        ),
        Field::new("arguments", ARGUMENTS, "Further arguments, as the broker spells them."),
        Field::new("bindings", Shape::List(&Shape::Object(&QUEUE_BINDING)), "What comes in, and from which exchange."),
        ON_CHANGE,
    ],
};

const DEAD_LETTER: Object = Object {
    name: "dead letter",
    doc: "Where messages go that are rejected, expire or do not fit.",
    fields: &[
        Field::new("exchange", Shape::Text, "The exchange; an empty text is the default exchange.").required(),
        Field::new("routing_key", Shape::Text, "Replaces the message's own routing key."),
    ],
};

const QUEUE_BINDING: Object = Object {
    name: "binding",
    doc: "Takes messages from an exchange into this queue.",
    fields: &[
        Field::new("exchange", Shape::Text, "The exchange.").required(),
        Field::new(
            "routing_key",
            Shape::Text,
            "What the exchange compares the message's routing key with; empty by default.",
        )
        .also(&["key", "binding_key"]),
        Field::new("arguments", ARGUMENTS, "What a headers exchange compares the message's headers with."),
    ],
};

const BINDING: Object = Object {
    name: "binding",
    doc: "Hands messages on from an exchange to a queue or to another exchange.",
    fields: &[
        Field::new("source", Shape::Text, "The exchange.").required(),
        Field::new("destination", Shape::Text, "The queue or exchange.").required(),
        Field::new("destination_type", Shape::Choice(&["queue", "exchange"]), "`queue` by default."),
        Field::new(
            "routing_key",
            Shape::Text,
            "What the exchange compares the message's routing key with; empty by default.",
        )
        .also(&["key", "binding_key"]),
        Field::new("arguments", ARGUMENTS, "What a headers exchange compares the message's headers with."),
    ],
};

const POLICY: Object = Object {
    name: "policy",
    doc: "Settings for all queues or exchanges whose name matches a pattern.",
    fields: &[
        DESCRIPTION,
        Field::new(
            "pattern",
            Shape::Text,
            "A regular expression over names; matches anywhere unless it has `^` and `$`.",
        )
        .required(),
        Field::new(
            "apply_to",
            Shape::Choice(&["all", "queues", "exchanges", "classic_queues", "quorum_queues", "streams"]),
            "What it is for; `all` by default.",
        ),
        Field::new(
            "priority",
            Shape::Int { least: i64::MIN, most: i64::MAX },
            "The highest one that matches applies; 0 by default.",
        ),
        Field::new(
            "definition",
            ARGUMENTS,
            "The settings, as the broker spells them: `message-ttl`, `max-length`, `dead-letter-exchange` and others.",
        )
        .required(),
    ],
};
