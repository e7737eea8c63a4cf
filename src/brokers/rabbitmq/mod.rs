//! RabbitMQ: virtual hosts, exchanges, queues, bindings, policies and users, over the management API.
//!
//! Pure: `fields`, `kinds`, `catalogue`, `read` (the body as types), `validate`, `containers`, `topology`,
//! `normalise`, `rules`, `router`, `lesson`. IO: `session`, over the management API and AMQP.

mod address;
mod catalogue;
mod codes;
mod containers;
mod definitions;
mod effective;
mod errors;
mod fields;
mod guard;
mod kinds;
mod lesson;
mod matching;
mod meanings;
mod normalise;
mod password;
mod pattern;
mod policies;
mod read;
mod recorded;
mod router;
mod rules;
mod session;
mod topology;
mod units;
mod validate;

#[cfg(test)]
mod testing;

#[cfg(test)]
pub(crate) use session::FakeRabbit;

use crate::brokers::{Broker, Description, Lesson, PortDescription, Session, Target};
use crate::model::{App, BrokerModel, Container, Facts, Resource};
use crate::plan::Objection;
use crate::spec::Diagnostics;

/// The kind.
pub(super) struct RabbitMq;

static DESCRIPTION: Description = Description {
    kind: "rabbitmq",
    title: "RabbitMQ",
    fields: fields::FIELDS,
    kinds: kinds::KINDS,
    ports: PORTS,
    secrets: &["admin_password", containers::COOKIE],
    ids: &[],
    helpers: &[],
    errors: codes::ERRORS,
    lints: validate::LINTS,
    meanings: meanings::MEANINGS,
    impossible: kinds::IMPOSSIBLE,
    examples: &[
        ("rabbitmq", include_str!("../../../examples/rabbitmq.yaml")),
        ("rabbitmq-cluster", include_str!("../../../examples/rabbitmq-cluster.yaml")),
    ],
    heap: false,
    most_nodes: 7,
    growth: "New nodes join with nothing on them; quorum queues and streams that are there stay on their members until `rabbitmq-queues grow` adds one, and a classic queue stays on its node.",
    // 135 MiB idle, measured on 4.0; the rest is for messages and connections.
    memory_floor: 256 << 20,
    catalogue: &catalogue::CATALOGUE,
};

const PORTS: &[PortDescription] = &[
    PortDescription {
        name: "amqp",
        role: "",
        number: 5672,
        doc: "AMQP 0-9-1 and AMQP 1.0 clients.",
        when: |_| true,
        scheme: "amqp",
    },
    PortDescription {
        name: "management",
        role: "",
        number: 15672,
        doc: "The management pages and the HTTP API.",
        when: |_| true,
        scheme: "http",
    },
    PortDescription {
        name: "stomp",
        role: "",
        number: 61613,
        doc: "STOMP clients (plugin `rabbitmq_stomp`).",
        when: |broker| has_plugin(broker, &["rabbitmq_stomp", "rabbitmq_web_stomp"]),
        scheme: "stomp",
    },
    PortDescription {
        name: "web_stomp",
        role: "",
        number: 15674,
        doc: "STOMP over WebSocket at `/ws` (plugin `rabbitmq_web_stomp`).",
        when: |broker| has_plugin(broker, &["rabbitmq_web_stomp"]),
        scheme: "ws",
    },
    PortDescription {
        name: "mqtt",
        role: "",
        number: 1883,
        doc: "MQTT clients (plugin `rabbitmq_mqtt`).",
        when: |broker| has_plugin(broker, &["rabbitmq_mqtt", "rabbitmq_web_mqtt"]),
        scheme: "mqtt",
    },
    STREAM,
    PortDescription {
        name: "prometheus",
        role: "",
        number: 15692,
        doc: "Metrics for Prometheus at `/metrics`.",
        when: |_| true,
        scheme: "http",
    },
];

const STREAM: PortDescription = PortDescription {
    name: "stream",
    role: "",
    number: 5552,
    doc: "Clients of the stream protocol on this machine (plugin `rabbitmq_stream`). The broker sends them to this port.",
    when: |broker| has_plugin(broker, &["rabbitmq_stream", "rabbitmq_stream_management"]),
    scheme: "rabbitmq-stream",
};

/// A port's number in the container, and the host port that is tried first.
fn port_number(name: &str) -> u16 {
    PORTS.iter().find(|port| port.name == name).map_or(0, |port| port.number)
}

/// Whether the spec asks for one of these plugins. A plugin pulls in what it needs.
fn has_plugin(broker: &BrokerModel, wanted: &[&str]) -> bool {
    broker.body.items_of("plugins").iter().filter_map(crate::spec::Node::as_text).any(|plugin| wanted.contains(&plugin))
}

impl Broker for RabbitMq {
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

    fn guard(&self, desired: &[Resource], observed: &[Resource]) -> Vec<Objection> {
        guard::guard(desired, observed)
    }

    fn lesson(&self) -> &'static dyn Lesson {
        &lesson::RabbitLesson
    }

    fn connect(&self, target: Target) -> Box<dyn Session> {
        Box::new(session::RabbitSession::new(target))
    }
}
