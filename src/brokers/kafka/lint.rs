//! What is suspicious about apps and topics together.

use crate::model::{App, BrokerModel};
use crate::spec::{Diagnostics, Position};

use super::TOPIC;
use super::spec::topics;

/// More instances in a group than partitions: the surplus never gets a message.
pub(super) fn lint(broker: &BrokerModel, apps: &[App], diagnostics: &mut Diagnostics) {
    let topics = topics(broker);
    for app in apps.iter().filter(|app| app.group.is_some()) {
        for flow in &app.consumes {
            if flow.address.broker != broker.name || flow.address.kind != TOPIC {
                continue;
            }
            let Some(topic) = topics.iter().find(|topic| topic.name == flow.address.name) else { continue };
            let instances = app.instances.0;
            if instances > topic.partitions {
                let idle = instances - topic.partitions;
                diagnostics.lint(
                    "idle-instances",
                    position(broker, flow),
                    format!(
                        "`{}` runs {instances} instances in one group and `{}` has {} partition{}: {idle} would never get a message",
                        app.name, topic.name, topic.partitions, if topic.partitions == 1 { "" } else { "s" }
                    ),
                    format!("set `instances: {}`, or `partitions: {instances}` on the topic", topic.partitions),
                );
            }
        }
    }
}

fn position(broker: &BrokerModel, flow: &crate::model::Flow) -> Position {
    let file = broker.files.iter().position(|name| *name == flow.origin.file).unwrap_or_default();
    Position { file, line: flow.origin.line, column: flow.origin.column, length: 1 }
}
