//! What is suspicious about apps and topics together.

use crate::model::{App, BrokerModel, Flow};
use crate::spec::{Diagnostics, Position};

use super::TOPIC;
use super::spec::topics;

/// All that is suspicious about Kafka, here and in [`super::validate`].
pub(super) const LINTS: &[(&str, &str)] = &[
    (
        "idle-instances",
        "A partition is read by one instance of a group: those beyond the partitions never get a message.",
    ),
    (
        "insync-above-replication",
        "A topic that wants more copies in sync than it has takes no message with `acks=all`.",
    ),
];

/// More instances in a group than partitions in any of its topics: the surplus never gets a message. Kafka deals
/// out each topic's partitions by itself, so the topic with the most of them counts.
pub(super) fn lint(broker: &BrokerModel, apps: &[App], diagnostics: &mut Diagnostics) {
    let topics = topics(broker);
    let partitions = |flow: &Flow| {
        let topic = topics.iter().find(|topic| topic.name == flow.address.name)?;
        (flow.address.broker == broker.name && flow.address.kind == TOPIC).then_some(topic.partitions)
    };
    for app in apps.iter().filter(|app| app.group.is_some()) {
        let read: Vec<(u32, &Flow)> = app.consumes.iter().filter_map(|flow| Some((partitions(flow)?, flow))).collect();
        let Some(&(most, flow)) = read.iter().rev().max_by_key(|(count, _)| *count) else { continue };
        let instances = app.instances.0;
        if instances > most {
            let (idle, plural) = (instances - most, if most == 1 { "" } else { "s" });
            let (app, topic) = (&app.name, &flow.address.name);
            let text = if read.len() == 1 {
                format!(
                    "`{app}` runs {instances} instances in one group and `{topic}` has {most} partition{plural}: {idle} would never get a message"
                )
            } else {
                format!(
                    "`{app}` runs {instances} instances in one group and none of its topics has more than {most} partition{plural}: {idle} would never get a message"
                )
            };
            let help = format!("set `instances: {most}`, or `partitions: {instances}` on `{topic}`");
            diagnostics.lint("idle-instances", position(broker, flow), text, help);
        }
    }
}

fn position(broker: &BrokerModel, flow: &Flow) -> Position {
    let file = broker.files.iter().position(|name| *name == flow.origin.file).unwrap_or_default();
    Position { file, line: flow.origin.line, column: flow.origin.column, length: 1 }
}
