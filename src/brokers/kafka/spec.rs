//! What a Kafka broker has in the spec besides what every broker has: its topics.

use crate::model::{BrokerModel, OnChange, Value};
use crate::spec::{Entry, Field, Node, Object, Position, Shape};

/// The keys under a broker of this kind.
pub(super) static FIELDS: &[Field] = &[
    Field::new(
        "topics",
        Shape::Map { key: "topic", value: &Shape::Object(&TOPIC) },
        "The topics, by name: letters, digits, `.`, `_` and `-`, at most 249 characters.",
    ),
    Field::new(
        "racks",
        Shape::List(&Shape::Text),
        "The rack of each node, node 1 first: copies of a partition go to different racks. One entry per node.",
    )
    .also(&["rack", "zones"]),
    Field::new("acls", Shape::Any, "Access control lists.").reserved(),
    Field::new("quotas", Shape::Any, "Client quotas.").reserved(),
];

static TOPIC: Object = Object {
    name: "topic",
    doc: "A log in partitions. Producers append to it, consumer groups read it at their own pace.",
    fields: &[
        Field::new("description", Shape::Text, "What the messages are about, for the site."),
        Field::new(
            "partitions",
            Shape::Int { least: 1, most: i32::MAX as i64 },
            "Into how many logs the topic is split; default 1. It can grow and never shrink.",
        )
        .also(&["num_partitions", "partition_count"]),
        Field::new(
            "replication_factor",
            Shape::Int { least: 1, most: i16::MAX as i64 },
            "On how many nodes each partition is kept; default 1, at most `nodes`.",
        )
        .also(&["replicas", "replication"]),
        Field::new(
            "config",
            Shape::Map { key: "topic configuration key", value: &Shape::Scalar },
            "Topic configuration as Kafka spells it: `retention.ms: 7d`. `null` means the broker's default.",
        )
        .also(&["settings", "configuration", "properties"]),
        Field::new(
            "on_change",
            Shape::Choice(&["refuse", "replace"]),
            "What to do about a change that Kafka cannot make: `refuse` (default), or `replace` the topic and lose its messages.",
        ),
    ],
};

/// A topic as the spec has it, defaults filled in.
#[derive(Debug)]
pub(super) struct Topic<'a> {
    pub name: &'a str,
    /// Of the name.
    pub at: Position,
    pub description: Option<&'a str>,
    pub partitions: u32,
    pub partitions_at: Position,
    pub replication_factor: u32,
    pub replication_factor_at: Position,
    pub config: Vec<Setting<'a>>,
    pub on_change: OnChange,
}

/// One line of a `config`.
#[derive(Debug)]
pub(super) struct Setting<'a> {
    pub key: &'a str,
    /// Of the key.
    pub at: Position,
    pub value: Value,
    pub value_at: Position,
}

/// The rack of each node, node 1 first; empty if there are none.
pub(super) fn racks(broker: &BrokerModel) -> Vec<&str> {
    broker.body.items_of("racks").iter().filter_map(Node::as_text).collect()
}

/// The topics in the order of the file.
pub(super) fn topics(broker: &BrokerModel) -> Vec<Topic<'_>> {
    broker.body.entries_of("topics").iter().map(read_topic).collect()
}

/// The broker's own `config`, with the places that [`BrokerModel::config`] does not keep.
pub(super) fn broker_settings(broker: &BrokerModel) -> Vec<Setting<'_>> {
    settings(&broker.body)
}

fn read_topic(entry: &Entry) -> Topic<'_> {
    let node = &entry.value;
    let place = |key: &str| node.get(key).map_or(entry.at, |value| value.at);
    Topic {
        name: &entry.key,
        at: entry.at,
        description: node.text_of("description"),
        partitions: count_of(node, "partitions"),
        partitions_at: place("partitions"),
        replication_factor: count_of(node, "replication_factor"),
        replication_factor_at: place("replication_factor"),
        config: settings(node),
        on_change: if node.text_of("on_change") == Some("replace") { OnChange::Replace } else { OnChange::Refuse },
    }
}

fn count_of(node: &Node, key: &str) -> u32 {
    node.int_of(key).and_then(|value| u32::try_from(value).ok()).filter(|value| *value > 0).unwrap_or(1)
}

fn settings<'a>(node: &'a Node) -> Vec<Setting<'a>> {
    let read = |entry: &'a Entry| Setting {
        key: &entry.key,
        at: entry.at,
        value: entry.value.to_value(),
        value_at: entry.value.at,
    };
    node.entries_of("config").iter().map(read).collect()
}
