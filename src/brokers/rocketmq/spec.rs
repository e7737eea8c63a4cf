//! What a RocketMQ broker has in the spec besides what every broker has: topics and subscription groups.

use crate::model::{BrokerModel, OnChange, Value};
use crate::spec::{Entry, Field, Node, Object, Position, Shape};

/// The keys under a broker of this kind.
pub(super) static FIELDS: &[Field] = &[
    Field::new(
        "topics",
        Shape::Map { key: "topic", value: &Shape::Object(&TOPIC) },
        "The topics, by name: letters, digits, `_`, `-`, `%` and `|`, at most 127 characters, no dots.",
    ),
    Field::new(
        "subscription_groups",
        Shape::Map { key: "subscription group", value: &Shape::Object(&GROUP) },
        "The subscription groups, by name: the same characters as a topic's, at most 120 of them.",
    )
    .also(&["groups", "consumer_groups", "subscriptions"]),
    Field::new("users", Shape::Any, "Users of the access control.").reserved(),
    Field::new("acls", Shape::Any, "Access control lists.").reserved(),
];

/// In the order of [`Topic::message_type`]'s meaning to the reader: from plain to special.
const MESSAGE_TYPES: &[&str] = &["normal", "fifo", "delay", "transaction"];
pub(super) const DEFAULT_QUEUES: u32 = 8;
/// Each queue is a file of its own per broker: more than this is a mistake.
const MOST_QUEUES: i64 = 1024;

static TOPIC: Object = Object {
    name: "topic",
    doc: "A name for messages of one type, kept in queues. Producers send to it, subscription groups read it.",
    fields: &[
        Field::new("description", Shape::Text, "What the messages are about, for the site."),
        Field::new(
            "queues",
            Shape::Int { least: 1, most: MOST_QUEUES },
            "Into how many message queues the topic is split, for writing and for reading; default 8.",
        )
        .also(&["queue_nums", "partitions"]),
        Field::new(
            "write_queues",
            Shape::Int { least: 1, most: MOST_QUEUES },
            "Queues that new messages go to; default `queues`. The first step towards fewer queues.",
        )
        .also(&["write_queue_nums", "writeQueueNums"]),
        Field::new(
            "read_queues",
            Shape::Int { least: 1, most: MOST_QUEUES },
            "Queues that consumers read; default `queues`. The second step towards fewer queues.",
        )
        .also(&["read_queue_nums", "readQueueNums"]),
        Field::new(
            "message_type",
            Shape::Choice(MESSAGE_TYPES),
            "What producers may send: `normal` (default), `fifo` with a message group, `delay` with a time, or `transaction`.",
        )
        .also(&["type", "message.type"]),
        Field::new(
            "permission",
            Shape::Choice(&["read_write", "read", "write"]),
            "What clients may do: `read_write` (default), `read`, or `write`.",
        )
        .also(&["perm", "permissions"]),
        Field::new(
            "attributes",
            Shape::Map { key: "topic attribute", value: &Shape::Scalar },
            "Further attributes as RocketMQ spells them: `cleanup.policy: COMPACTION`. They are set when the topic is created.",
        ),
        Field::new(
            "on_change",
            Shape::Choice(&["refuse", "replace"]),
            "What to do about a change that RocketMQ cannot make: `refuse` (default), or `replace` the topic and lose its messages.",
        ),
    ],
};

static GROUP: Object = Object {
    name: "subscription group",
    doc: "Consumers that share the work: each message goes to one of them, and is tried again until one succeeds.",
    fields: &[
        Field::new("description", Shape::Text, "What the consumers do, for the site."),
        Field::new(
            "retry_max",
            Shape::Int { least: 0, most: i32::MAX as i64 },
            "How often a message is tried again before it goes to the group's dead-letter topic; RocketMQ's default is 16.",
        )
        .also(&["retry_max_times", "max_retries", "retryMaxTimes"]),
        Field::new(
            "order",
            Shape::Bool,
            "Whether messages of a queue or message group are handed out one after the other; RocketMQ's default is `false`.",
        )
        .also(&["orderly", "consume_message_orderly", "consumeMessageOrderly"]),
        Field::new("consume", Shape::Bool, "Whether the group may consume at all; RocketMQ's default is `true`.")
            .also(&["enabled", "consume_enable", "consumeEnable"]),
        Field::new(
            "broadcast",
            Shape::Bool,
            "Whether its consumers may ask for every message instead of sharing them; RocketMQ's default is `true`.",
        )
        .also(&["consume_broadcast_enable", "consumeBroadcastEnable"]),
    ],
};

/// A topic as the spec has it, defaults filled in.
#[derive(Debug)]
pub(super) struct Topic<'a> {
    pub name: &'a str,
    /// Of the name.
    pub at: Position,
    pub description: Option<&'a str>,
    pub write_queues: u32,
    pub write_queues_at: Position,
    pub read_queues: u32,
    pub read_queues_at: Position,
    pub message_type: &'a str,
    pub message_type_at: Position,
    pub permission: &'a str,
    pub permission_at: Position,
    pub attributes: Vec<Setting<'a>>,
    pub on_change: OnChange,
}

/// A subscription group as the spec has it: only what it mentions.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub name: &'a str,
    /// Of the name.
    pub at: Position,
    pub description: Option<&'a str>,
    /// By attribute, with the place of each.
    pub settings: Vec<(&'static str, Value, Position)>,
    node: &'a Node,
}

/// One line of `attributes` or of `config`.
#[derive(Debug)]
pub(super) struct Setting<'a> {
    pub key: &'a str,
    /// Of the key.
    pub at: Position,
    pub value: Value,
    pub value_at: Position,
}

/// In the order of the file.
pub(super) fn topics(broker: &BrokerModel) -> Vec<Topic<'_>> {
    broker.body.entries_of("topics").iter().map(read_topic).collect()
}

/// In the order of the file.
pub(super) fn groups(broker: &BrokerModel) -> Vec<Group<'_>> {
    broker.body.entries_of("subscription_groups").iter().map(read_group).collect()
}

/// The broker's own `config`, with the places that [`BrokerModel::config`] does not keep.
pub(super) fn broker_settings(broker: &BrokerModel) -> Vec<Setting<'_>> {
    settings(&broker.body, "config")
}

impl Group<'_> {
    pub(super) fn order(&self) -> Option<bool> {
        self.node.bool_of("order")
    }
}

fn read_topic(entry: &Entry) -> Topic<'_> {
    let node = &entry.value;
    let place = |keys: &[&str]| keys.iter().find_map(|key| node.get(key)).map_or(entry.at, |value| value.at);
    let queues = |key: &str| count_of(node, key).or_else(|| count_of(node, "queues")).unwrap_or(DEFAULT_QUEUES);
    Topic {
        name: &entry.key,
        at: entry.at,
        description: node.text_of("description"),
        write_queues: queues("write_queues"),
        write_queues_at: place(&["write_queues", "queues"]),
        read_queues: queues("read_queues"),
        read_queues_at: place(&["read_queues", "queues"]),
        message_type: node.text_of("message_type").unwrap_or("normal"),
        message_type_at: place(&["message_type"]),
        permission: node.text_of("permission").unwrap_or("read_write"),
        permission_at: place(&["permission"]),
        attributes: settings(node, "attributes"),
        on_change: if node.text_of("on_change") == Some("replace") { OnChange::Replace } else { OnChange::Refuse },
    }
}

fn count_of(node: &Node, key: &str) -> Option<u32> {
    node.int_of(key).and_then(|value| u32::try_from(value).ok()).filter(|value| *value > 0)
}

fn read_group(entry: &Entry) -> Group<'_> {
    let node = &entry.value;
    let mut settings = Vec::new();
    if let Some(value) = node.int_of("retry_max") {
        settings.push(("retry_max", value.into(), node.at));
    }
    for name in ["order", "consume", "broadcast"] {
        if let Some(value) = node.bool_of(name) {
            settings.push((name, value.into(), node.at));
        }
    }
    for (name, _, at) in &mut settings {
        *at = node.get(name).map_or(entry.at, |value| value.at);
    }
    Group { name: &entry.key, at: entry.at, description: node.text_of("description"), settings, node }
}

fn settings<'a>(node: &'a Node, key: &str) -> Vec<Setting<'a>> {
    let read = |entry: &'a Entry| Setting {
        key: &entry.key,
        at: entry.at,
        value: entry.value.to_value(),
        value_at: entry.value.at,
    };
    node.entries_of(key).iter().map(read).collect()
}
