//! What the site and `mqlab env` say about ActiveMQ.

mod calls;
mod edges;
mod environment;

use serde_json::json;

use crate::brokers::{Call, Channel, Edge, EnvironmentVariable, Lesson, ResetCommand};
use crate::model::{BrokerModel, Facts, Resource};

use super::{OPENWIRE, kinds};

#[derive(Debug)]
pub(super) struct ActiveMqLesson;

impl Lesson for ActiveMqLesson {
    fn edges(&self, resources: &[Resource]) -> Vec<Edge> {
        edges::edges(resources)
    }

    fn calls(&self, resource: &Resource, facts: &Facts) -> Vec<Call> {
        calls::calls(resource, facts)
    }

    fn environment(&self, broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable> {
        environment::environment(broker, facts)
    }

    /// All passwords are in files that a node reads at its start, so a new one recreates it.
    fn reset(&self, _broker: &BrokerModel, _facts: &Facts) -> Vec<ResetCommand> {
        Vec::new()
    }

    /// The JMS binding has no word for a topic: its destination types are kinds of queue.
    fn channel(&self, resource: &Resource) -> Channel {
        let mut binding = json!({ "destination": resource.address.name, "bindingVersion": "0.0.1" });
        if resource.address.kind == kinds::QUEUE {
            binding["destinationType"] = json!("queue");
        }
        Channel { protocol: "jms", port: OPENWIRE, path: String::new(), binding: Some(("jms", binding)) }
    }
}

/// A name as a part of a variable's: `all.invoices` in `ALL_INVOICES`.
fn variable_part(name: &str) -> String {
    let character =
        |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_uppercase() } else { '_' };
    name.chars().map(character).collect()
}

/// What clients outside the stack's network connect to.
fn outside_host(facts: &Facts) -> &str {
    Some(facts.advertise_host.as_str()).filter(|host| !host.is_empty()).unwrap_or("localhost")
}

/// An IPv6 address in a URL.
fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() }
}
