//! Apache RocketMQ: a master, or a master and its replica, with a name server and a proxy.
//!
//! Pure: [`spec`] reads topics and groups, [`names`], [`validate`] and [`lint`] judge them, [`container`], [`settings`]
//! and [`topology`] lower them, [`rules`] says what a change means, [`protocol`], [`normalise`], [`copies`] and
//! [`wanted`] put answers and requests into words. IO: [`session`].

mod attributes;
mod catalogue;
mod causes;
mod codes;
mod config_keys;
mod container;
mod copies;
mod lesson;
mod lint;
mod matching;
mod meanings;
mod names;
mod normalise;
mod protocol;
#[cfg(test)]
mod recorded;
mod rules;
mod session;
mod settings;
mod spec;
#[cfg(test)]
mod testing;
mod topology;
mod validate;
mod wanted;

use super::{Broker, Description, Helper, Lesson, PortDescription, Session, Target};
use crate::model::{App, BrokerModel, Container, Facts, Resource};
use crate::plan::Objection;
use crate::spec::Diagnostics;

/// The kind, and its kinds of objects, as the spec and addresses name them.
const KIND: &str = "rocketmq";
const TOPIC: &str = "topic";
const GROUP: &str = "subscription_group";
/// Roles of the containers beside the brokers.
const NAMESRV: &str = "namesrv";
const PROXY: &str = "proxy";
/// Ports on the host.
const NAMESRV_PORT: &str = "namesrv";
const BROKER_PORT: &str = "broker";
const PROXY_PORT: &str = "proxy";
const PROXY_REMOTING_PORT: &str = "proxy_remoting";
const MEBIBYTE: u64 = 1024 * 1024;

/// The entry in the registry.
#[derive(Debug)]
pub(super) struct RocketMq;

static DESCRIPTION: Description = Description {
    kind: KIND,
    title: "Apache RocketMQ",
    fields: spec::FIELDS,
    kinds: rules::KINDS,
    ports: &[
        PortDescription {
            name: NAMESRV_PORT,
            role: NAMESRV,
            number: container::NAMESRV_NUMBER,
            doc: "Knows which broker has which topic; it names addresses in the stack's network, so it serves containers.",
            when: |_| true,
            scheme: "",
        },
        PortDescription {
            name: BROKER_PORT,
            role: "",
            number: container::BROKER_NUMBER,
            doc: "The broker itself, by the remoting protocol; mqlab administers it here.",
            when: |_| true,
            scheme: "",
        },
        PortDescription {
            name: PROXY_PORT,
            role: PROXY,
            number: container::PROXY_NUMBER,
            doc: "Clients of RocketMQ 5 speak gRPC here.",
            when: |_| true,
            scheme: "",
        },
        PortDescription {
            name: PROXY_REMOTING_PORT,
            role: PROXY,
            number: container::PROXY_REMOTING_NUMBER,
            doc: "Clients on the host that speak the remoting protocol take this for their name server.",
            when: |_| true,
            scheme: "",
        },
    ],
    secrets: &[],
    ids: &[],
    helpers: &[Helper { role: NAMESRV, count: |_| 1 }, Helper { role: PROXY, count: |_| 1 }],
    errors: codes::ERRORS,
    lints: lint::LINTS,
    meanings: meanings::MEANINGS,
    impossible: rules::IMPOSSIBLE,
    examples: &[
        ("rocketmq", include_str!("../../../examples/rocketmq.yaml")),
        ("rocketmq-cluster", include_str!("../../../examples/rocketmq-cluster.yaml")),
    ],
    heap: true,
    most_nodes: 2,
    growth: "A second node becomes the replica of the first, which stays the master. It copies all topics and groups, and messages from the master's newest commit log file on: older ones stay on the master alone.",
    // 281 MiB were used idle with the default heap, which is not full then, and some hundred more under load.
    memory_floor: 768 * MEBIBYTE,
    catalogue: &catalogue::CATALOGUE,
};

impl Broker for RocketMq {
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

    fn guard(&self, desired: &[Resource], observed: &[Resource]) -> Vec<Objection> {
        rules::guard(desired, observed)
    }

    fn lesson(&self) -> &'static dyn Lesson {
        &lesson::RocketMqLesson
    }

    fn connect(&self, target: Target) -> Box<dyn Session> {
        Box::new(session::RocketSession::new(target))
    }
}
