//! Kafka's topics, looked at with its own tools.

use std::fmt::Write as _;

use super::Subject;
use crate::kafka_client::Kafka;
use crate::kafka_tools;
use crate::lab::Lab;

pub(super) static SUBJECT: Subject = Subject {
    kind: "kafka",
    broker: "events",
    created: include_str!("kafka.created.yaml"),
    changed: include_str!("kafka.changed.yaml"),
    forbidden: include_str!("kafka.forbidden.yaml"),
    in_the_way: |_| {},
    out_of_the_way: |_| {},
    bare: include_str!("kafka.bare.yaml"),
    removed: include_str!("kafka.removed.yaml"),
    state,
    foreign,
    no_more_foreign,
    tamper,
};

fn state(lab: &Lab) -> String {
    let mut lines = String::new();
    for (name, topic) in kafka_tools::topics(&lab.container("events")) {
        let configs: Vec<String> = topic.configs.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let line = format!("{name}: {} × {} {}", topic.partitions, topic.replication, configs.join(" "));
        writeln!(lines, "{}", line.trim_end()).unwrap();
    }
    lines
}

fn foreign(lab: &Lab) {
    Kafka::events(&lab.env()).create("by.hand", 2);
}

fn no_more_foreign(lab: &Lab) {
    kafka_tools::run(&lab.container("events"), "topics", &["--delete", "--topic", "by.hand"]);
    crate::lab::until("the topic is gone", 20, || !state(lab).contains("by.hand"));
}

/// A topic with more partitions, one with another configuration, and one that somebody made with fewer copies.
fn tamper(lab: &Lab) {
    let kafka = Kafka::events(&lab.env());
    kafka.grow("partitions", 9);
    kafka.set("config", "retention.ms", "1000");
    let container = lab.container("events");
    kafka_tools::run(&container, "topics", &["--delete", "--topic", "copies"]);
    crate::lab::until("the topic is gone", 20, || !state(lab).contains("copies"));
    kafka.create("copies", 1);
}
