//! What the site and `mqlab env` say about Artemis.

mod calls;
mod edges;
mod environment;
mod reset;

use crate::brokers::{Call, Edge, EnvironmentVariable, Lesson, ResetCommand};
use crate::model::{BrokerModel, Facts, Resource};

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
