//! Apache ActiveMQ Classic: queues and topics over its HTTP API; composites, policies, users and authorization in the
//! configuration that a node starts with.
//!
//! Pure: [`fields`] and [`read`] read the spec, [`validate`] judges it, [`topology`] and [`containers`] lower it
//! ([`configuration`], [`elements`] and [`files`] write what a node reads), [`kinds`] says what a change means, [`normalise`] reads
//! answers, [`lesson`] teaches. IO: [`session`], over Jolokia and STOMP.

mod catalogue;
mod causes;
mod codes;
mod config_keys;
mod configuration;
mod containers;
mod destination;
mod elements;
mod fields;
mod files;
mod kinds;
mod lesson;
mod meanings;
mod normalise;
mod policy;
mod properties;
mod read;
mod session;
mod settings;
#[cfg(test)]
mod testing;
mod topology;
mod units;
mod validate;
mod xml;

use super::{Broker, Description, Lesson, PortDescription, Session, Target};
use crate::model::{App, BrokerModel, Container, Facts, Resource};
use crate::spec::Diagnostics;

/// The kind, as the spec names it.
const KIND: &str = "activemq";
/// The generated secret that belongs to our administrator.
const ADMIN_PASSWORD: &str = "admin_password";
/// Bytes in a mebibyte.
const MEBIBYTE: u64 = 1 << 20;

/// The entry in the registry.
#[derive(Debug)]
pub(super) struct ActiveMq;

static DESCRIPTION: Description = Description {
    kind: KIND,
    title: "Apache ActiveMQ Classic",
    fields: fields::FIELDS,
    kinds: kinds::KINDS,
    ports: PORTS,
    secrets: &[ADMIN_PASSWORD],
    ids: &[],
    helpers: &[],
    errors: codes::ERRORS,
    lints: validate::LINTS,
    meanings: meanings::MEANINGS,
    impossible: kinds::IMPOSSIBLE,
    examples: &[
        ("activemq", include_str!("../../../examples/activemq.yaml")),
        ("activemq-cluster", include_str!("../../../examples/activemq-cluster.yaml")),
    ],
    heap: true,
    most_nodes: 7,
    growth: "New nodes get every declared queue and topic and take part in the network at once; messages that are there stay on their node until somebody consumes them, from any node. Every node starts anew, to know the new ones.",
    // 140 MiB were used idle with the default heap, which is not full then.
    memory_floor: 384 * MEBIBYTE,
    catalogue: &catalogue::CATALOGUE,
};

const CONSOLE: &str = "console";
const STOMP: &str = "stomp";
const OPENWIRE: &str = "openwire";

const PORTS: &[PortDescription] = &[
    port(OPENWIRE, 61616, "tcp", "JMS clients; other nodes connect here too."),
    port("amqp", 5672, "amqp", "AMQP 1.0 clients."),
    port(STOMP, 61613, "stomp", "STOMP clients."),
    port(
        "mqtt",
        1883,
        "mqtt",
        "MQTT clients, of topics alone; what is `.` in a name here is `/` to them, and the other way round.",
    ),
    port("ws", 61614, "ws", "STOMP and MQTT over WebSocket."),
    port(CONSOLE, 8161, "http", "The HTTP API (Jolokia) and, where the image has it, the web console."),
];

const fn port(name: &'static str, number: u16, scheme: &'static str, doc: &'static str) -> PortDescription {
    PortDescription { name, role: "", number, doc, when: |_| true, scheme }
}

/// A port's number in the container.
fn port_number(name: &str) -> u16 {
    PORTS.iter().find(|port| port.name == name).map_or(0, |port| port.number)
}

/// A node's name as a broker and as a host: unlike the broker's name it is never with underscores, which are not for
/// host names.
fn node_name(broker: &str, node: u32) -> String {
    format!("{}-{node}", broker.replace('_', "-"))
}

impl Broker for ActiveMq {
    fn description(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn validate(&self, broker: &BrokerModel, diagnostics: &mut Diagnostics) {
        validate::validate(broker, diagnostics);
    }

    fn lint(&self, broker: &BrokerModel, apps: &[App], diagnostics: &mut Diagnostics) {
        validate::lint(broker, apps, diagnostics);
    }

    fn containers(&self, broker: &BrokerModel, facts: &Facts) -> Vec<Container> {
        containers::containers(broker, facts)
    }

    fn topology(&self, broker: &BrokerModel, _facts: &Facts) -> Vec<Resource> {
        topology::topology(broker)
    }

    fn lesson(&self) -> &'static dyn Lesson {
        &lesson::ActiveMqLesson
    }

    fn connect(&self, target: Target) -> Box<dyn Session> {
        Box::new(session::ActiveMqSession::new(target))
    }
}
