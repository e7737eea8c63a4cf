//! ActiveMQ's queues and topics by its HTTP API, and what its container has in the file that it started with.

use std::fmt::Write as _;

use super::Subject;
use crate::activemq::ActiveMq;
use crate::lab::{Lab, docker};

pub(super) static SUBJECT: Subject = Subject {
    kind: "activemq",
    broker: "legacy",
    created: include_str!("activemq.created.yaml"),
    changed: include_str!("activemq.changed.yaml"),
    forbidden: "",
    in_the_way: |_| {},
    out_of_the_way: |_| {},
    bare: include_str!("activemq.bare.yaml"),
    removed: include_str!("activemq.removed.yaml"),
    state,
    foreign: |lab| add(lab, "strange"),
    no_more_foreign: |lab| remove(lab, "strange", "strange"),
    tamper: |lab| remove(lab, "orders", "prices"),
};

/// The elements of the configuration that belong to declared objects.
const ELEMENTS: [&str; 8] = [
    "compositeQueue ",
    "queue ",
    "topic ",
    "filteredDestination ",
    "policyEntry ",
    "sharedDeadLetterStrategy",
    "redeliveryPolicy ",
    "authorizationEntry ",
];

fn state(lab: &Lab) -> String {
    let broker = ActiveMq::legacy(&lab.env());
    let mut lines = String::new();
    for kind in ["Queue", "Topic"] {
        for name in broker.names(kind) {
            writeln!(lines, "{kind} {name}").unwrap();
        }
    }
    let read =
        |file: &str| docker(&["exec", &lab.container("legacy"), "cat", &format!("/opt/apache-activemq/conf/{file}")]);
    for line in read("activemq.xml").lines().map(str::trim) {
        let is_of_an_object = ELEMENTS.iter().any(|element| line.starts_with(&format!("<{element}")));
        if is_of_an_object {
            writeln!(lines, "{line}").unwrap();
        }
    }
    lines + &read("groups.properties")
}

fn add(lab: &Lab, name: &str) {
    let broker = ActiveMq::legacy(&lab.env());
    broker.operate("addQueue", &[name]).unwrap();
    broker.operate("addTopic", &[name]).unwrap();
}

fn remove(lab: &Lab, queue: &str, topic: &str) {
    let broker = ActiveMq::legacy(&lab.env());
    broker.operate("removeQueue", &[queue]).unwrap();
    broker.operate("removeTopic", &[topic]).unwrap();
}
