//! What is wrong or suspicious about apps and topics together.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{App, BrokerModel, Flow};
use crate::spec::{Diagnostics, Position, suggest};

use super::TOPIC;
use super::spec::{Group, Topic, groups, topics};

/// What is found, and why it is told.
pub(super) const LINTS: &[(&str, &str)] = &[
    ("consumer-without-group", "RocketMQ hands messages to groups alone, so a consumer is in one."),
    ("forbidden-flow", "The topic's permission keeps the app from what it is said to do."),
    ("idle-instances", "A queue of an ordered group is read by one consumer at a time: more of them would wait."),
    ("order-lost", "A `fifo` topic keeps messages in order, and a group without `order` hands them out in any."),
    ("unequal-subscriptions", "All consumers of a group subscribe to the same topics, or each misses messages."),
    ("unread-queues", "Messages go to queues that no consumer is told of."),
];

/// Called once everything else is valid.
pub(super) fn lint(broker: &BrokerModel, apps: &[App], diagnostics: &mut Diagnostics) {
    let (topics, groups) = (topics(broker), groups(broker));
    let topics = topics.iter().map(|topic| (topic.name, topic)).collect();
    let groups = groups.iter().map(|group| (group.name, group)).collect();
    let mut linting = Linting { broker, topics, groups, diagnostics };
    for app in apps {
        linting.permissions(app);
        linting.group(app);
    }
    linting.subscriptions(apps);
}

struct Linting<'a> {
    broker: &'a BrokerModel,
    topics: BTreeMap<&'a str, &'a Topic<'a>>,
    groups: BTreeMap<&'a str, &'a Group<'a>>,
    diagnostics: &'a mut Diagnostics,
}

impl<'a> Linting<'a> {
    fn permissions(&mut self, app: &App) {
        for (flows, forbidden, verb) in [(&app.produces, "read", "send to"), (&app.consumes, "write", "read")] {
            for (flow, topic) in self.of_this_broker(flows) {
                if topic.permission == forbidden {
                    let text =
                        format!("`{}` cannot {verb} `{}`: its permission is `{forbidden}`", app.name, topic.name);
                    let help = "set `permission: read_write` on the topic".to_owned();
                    self.diagnostics.lint("forbidden-flow", self.place(flow), text, help);
                }
            }
        }
    }

    fn group(&mut self, app: &App) {
        let consumed = self.of_this_broker(&app.consumes);
        let Some((first, _)) = consumed.first() else { return };
        let Some(name) = app.group.as_deref() else {
            let text = format!("`{}` consumes in no group, and RocketMQ hands messages to groups alone", app.name);
            let help = "set `group` to one of the broker's `subscription_groups`".to_owned();
            return self.diagnostics.lint("consumer-without-group", self.place(first), text, help);
        };
        let Some(group) = self.groups.get(name).copied() else {
            let text = format!("`{}` consumes in the group `{name}`, which is not there", app.name);
            let help = suggest(
                name,
                self.groups.keys().copied(),
                &format!("declare it: `subscription_groups: {{ {name}: {{}} }}`"),
            );
            return self.diagnostics.error("unknown-group", self.place(first), text, help);
        };
        let ordered = group.order().unwrap_or(false);
        for (flow, topic) in consumed {
            if topic.message_type == "fifo" && !ordered {
                let text = format!(
                    "`{}` keeps messages in order, and the group `{name}` hands them out in any order",
                    topic.name
                );
                let help = format!("set `order: true` on `{name}`");
                self.diagnostics.lint("order-lost", self.place(flow), text, help);
            }
            let (instances, queues) = (app.instances.0, topic.read_queues);
            if ordered && instances > queues {
                let text = format!(
                    "`{}` runs {instances} instances in an ordered group, and each of the {queues} queues of `{}` is read by one at a time: {} would wait",
                    app.name,
                    topic.name,
                    instances - queues
                );
                let help = format!("set `instances: {queues}`, or `queues: {instances}` on `{}`", topic.name);
                self.diagnostics.lint("idle-instances", self.place(flow), text, help);
            }
        }
    }

    /// A group has one subscription: the last of its consumers to report overwrites what the others asked for, and
    /// messages go to consumers that drop them.
    fn subscriptions(&mut self, apps: &[App]) {
        let mut seen: BTreeMap<&str, (&App, BTreeSet<&str>)> = BTreeMap::new();
        for app in apps {
            let consumed = self.of_this_broker(&app.consumes);
            let (Some((flow, _)), Some(group)) = (consumed.first(), app.group.as_deref()) else { continue };
            let topics: BTreeSet<&str> = consumed.iter().map(|(_, topic)| topic.name).collect();
            match seen.get(group) {
                Some((other, theirs)) if *theirs != topics => {
                    let text = format!(
                        "`{}` and `{}` are in the group `{group}` and consume different topics: each would miss messages",
                        other.name, app.name
                    );
                    let help = "let all consumers of a group consume the same topics, or give each app its own group";
                    self.diagnostics.lint("unequal-subscriptions", self.place(flow), text, help.to_owned());
                }
                Some(_) => {}
                None => drop(seen.insert(group, (app, topics))),
            }
        }
    }

    fn of_this_broker<'f>(&self, flows: &'f [Flow]) -> Vec<(&'f Flow, &'a Topic<'a>)> {
        let own = flows.iter().filter(|flow| flow.address.broker == self.broker.name && flow.address.kind == TOPIC);
        own.filter_map(|flow| Some((flow, *self.topics.get(flow.address.name.as_str())?))).collect()
    }

    fn place(&self, flow: &Flow) -> Position {
        let file = self.broker.files.iter().position(|name| *name == flow.origin.file).unwrap_or_default();
        Position { file, line: flow.origin.line, column: flow.origin.column, length: 1 }
    }
}
