//! Apache Kafka, as KRaft nodes that are broker and controller in one.
//!
//! Pure: [`spec`] reads the topics, [`validate`] and [`lint`] judge them, [`container`] and [`topology`] lower
//! them, [`rules`] says what a change means, [`normalise`] reads answers. IO: [`session`].

mod catalogue;
mod causes;
mod codes;
mod config_keys;
mod container;
#[cfg(test)]
mod fake;
mod lesson;
mod lint;
mod normalise;
mod rules;
mod session;
mod spec;
#[cfg(test)]
mod testing;
mod topology;
mod units;
mod validate;

#[cfg(test)]
pub(crate) use fake::{FakeKafka, Topic as FakeTopic};

use super::{Broker, Description, IdDescription, Lesson, PortDescription, Session, Target};
use crate::model::{App, BrokerModel, Container, Facts, Resource};
use crate::spec::Diagnostics;

/// The kind, as the spec and the address of a topic name it.
const KIND: &str = "kafka";
const TOPIC: &str = "topic";
/// The one published port, and the one listener on it for clients outside the stack's network.
const PORT: &str = "kafka";
/// The listener for clients in the stack's network.
const INTERNAL_PORT: u16 = 19092;
const MEBIBYTE: u64 = 1024 * 1024;

/// The entry in the registry.
#[derive(Debug)]
pub(super) struct Kafka;

static DESCRIPTION: Description = Description {
    kind: KIND,
    title: "Apache Kafka",
    fields: spec::FIELDS,
    kinds: rules::KINDS,
    ports: &[PortDescription {
        name: PORT,
        role: "",
        number: 9092,
        doc: "Clients outside the stack's network speak the Kafka protocol here.",
        when: |_| true,
        scheme: "",
    }],
    secrets: &[],
    ids: &[
        IdDescription { name: container::CLUSTER_ID, make: |_, random| random },
        IdDescription { name: container::VOTERS, make: |broker, _| container::first_voters(broker.nodes).to_string() },
    ],
    helpers: &[],
    errors: codes::ERRORS,
    lints: lint::LINTS,
    meanings: &[],
    impossible: rules::IMPOSSIBLE,
    examples: &[
        ("kafka", include_str!("../../../examples/kafka.yaml")),
        ("kafka-cluster", include_str!("../../../examples/kafka-cluster.yaml")),
    ],
    heap: true,
    most_nodes: 5,
    growth: "New nodes take part in topics that are made from now on; partitions that are there stay where they are until `kafka-reassign-partitions.sh` moves them, and the controllers stay those that the cluster began with.",
    // 345 MiB were used idle with the default heap, which is not full then.
    memory_floor: 768 * MEBIBYTE,
    catalogue: &catalogue::CATALOGUE,
};

impl Broker for Kafka {
    fn description(&self) -> &'static Description {
        &DESCRIPTION
    }

    fn validate(&self, broker: &BrokerModel, diagnostics: &mut Diagnostics) {
        validate::validate(broker, diagnostics);
    }

    fn lint(&self, broker: &BrokerModel, apps: &[App], diagnostics: &mut Diagnostics) {
        lint::lint(broker, apps, diagnostics);
    }

    fn containers(&self, broker: &BrokerModel, facts: &Facts) -> Vec<Container> {
        container::containers(broker, facts)
    }

    fn topology(&self, broker: &BrokerModel, _facts: &Facts) -> Vec<Resource> {
        topology::topology(broker)
    }

    fn lesson(&self) -> &'static dyn Lesson {
        &lesson::KafkaLesson
    }

    fn connect(&self, target: Target) -> Box<dyn Session> {
        Box::new(session::KafkaSession::new(target))
    }
}
