//! What the site and `mqlab env` say about Artemis.

mod calls;
mod edges;
mod environment;
mod reset;

use serde_json::json;

use crate::brokers::{Call, Channel, Edge, EnvironmentVariable, Lesson, ResetCommand};
use crate::model::{BrokerModel, Facts, Resource, Value};

use super::{CORE, kinds};

#[derive(Debug)]
pub(super) struct ArtemisLesson;

impl Lesson for ArtemisLesson {
    fn edges(&self, resources: &[Resource]) -> Vec<Edge> {
        edges::edges(resources)
    }

    fn calls(&self, resource: &Resource, facts: &Facts) -> Vec<Call> {
        calls::calls(resource, facts)
    }

    fn environment(&self, broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable> {
        environment::environment(broker, facts)
    }

    fn reset(&self, broker: &BrokerModel, facts: &Facts) -> Vec<ResetCommand> {
        reset::reset(broker, facts)
    }

    /// A JMS client names a queue by `ADDRESS::QUEUE` where the two names differ, and an address by its name.
    fn channel(&self, resource: &Resource) -> Channel {
        let name = &resource.address.name;
        let mut binding = json!({ "destination": name, "bindingVersion": "0.0.1" });
        let of = resource.attribute("address").and_then(Value::as_text).filter(|of| of != name);
        if let Some(of) = of {
            binding["destination"] = json!(format!("{of}::{name}"));
        }
        if resource.address.kind == kinds::QUEUE {
            binding["destinationType"] = json!("queue");
        }
        Channel { protocol: "jms", port: CORE, path: String::new(), binding: Some(("jms", binding)) }
    }
}

/// The host that clients outside use, bracketed if it is an IPv6 address.
fn host(facts: &Facts) -> String {
    match facts.advertise_host.as_str() {
        "" => "localhost".to_owned(),
        host if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
        host => host.to_owned(),
    }
}

/// The host ports of every node.
fn ports(facts: &Facts, name: &str, standard: u16) -> Vec<u16> {
    facts.ports.get(name).filter(|ports| !ports.is_empty()).cloned().unwrap_or_else(|| vec![standard])
}
