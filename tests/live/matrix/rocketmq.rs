//! RocketMQ's topics and groups by the files that the broker keeps, and changed with its own tool.

use std::fmt::Write as _;

use super::Subject;
use crate::lab::Lab;
use crate::rocketmq::tools::{Stored, mqadmin};

pub(super) static SUBJECT: Subject = Subject {
    kind: "rocketmq",
    broker: "trades",
    created: include_str!("rocketmq.created.yaml"),
    changed: include_str!("rocketmq.changed.yaml"),
    forbidden: include_str!("rocketmq.forbidden.yaml"),
    in_the_way: |_| {},
    out_of_the_way: |_| {},
    bare: include_str!("rocketmq.bare.yaml"),
    removed: include_str!("rocketmq.removed.yaml"),
    state,
    foreign: |lab| {
        hand(lab, "updateTopic -t by_hand -w 2 -r 2");
        hand(lab, "updateSubGroup -g by_hand");
    },
    no_more_foreign: |lab| {
        hand(lab, "deleteTopic -t by_hand");
        hand(lab, "deleteSubGroup -g by_hand -r true");
    },
    tamper,
};

/// RocketMQ's own names have large letters, or begin so.
fn is_ours(name: &str) -> bool {
    !name.contains(|letter: char| letter.is_ascii_uppercase())
        && !["broker-a", "rmq_sys_"].iter().any(|own| name.starts_with(own))
}

fn state(lab: &Lab) -> String {
    let stored = Stored::of(&lab.container("trades"));
    let mut lines = String::new();
    for name in stored.topics.keys().filter(|name| is_ours(name)) {
        writeln!(lines, "topic {name}: {}", stored.topic(name)).unwrap();
    }
    for name in stored.groups.keys().filter(|name| is_ours(name)) {
        writeln!(lines, "group {name}: {}", stored.group(name)).unwrap();
    }
    lines
}

fn hand(lab: &Lab, command: &str) {
    mqadmin(&lab.container("trades"), &format!("{command} -c DefaultCluster"), "success");
}

fn tamper(lab: &Lab) {
    hand(lab, "updateTopic -t queues -w 3 -r 12");
    hand(lab, "updateTopic -t message_type -w 8 -r 8 -a +message.type=DELAY");
    hand(lab, "updateTopic -t permission -w 8 -r 8 -p 2");
    hand(lab, "deleteTopic -t attributes");
    hand(lab, "updateTopic -t attributes -w 8 -r 8 -a +message.type=NORMAL,+cleanup.policy=DELETE");
    hand(lab, "updateSubGroup -g settings -r 1 -o false -s true -d true");
}
