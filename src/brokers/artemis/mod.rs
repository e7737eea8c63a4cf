//! Apache Artemis: addresses, queues, diverts, settings, security and users, over its management API.
//!
//! Pure: `spec` (fields), `read` (the body as types), `validate` and `lint` (what is wrong or odd), `containers` and
//! `broker_xml`, `topology`, `kinds` and `rules`, `requests` (resources as operations), `normalise` (answers as
//! resources), `guard`, `lesson`. IO: `session`.

mod broker_xml;
mod catalogue;
mod causes;
mod codes;
mod config_keys;
mod containers;
mod guard;
mod kinds;
mod lesson;
mod lint;
mod matching;
mod meanings;
mod normalise;
mod read;
mod requests;
mod rules;
mod selector;
mod session;
mod settings;
mod spec;
#[cfg(test)]
mod testing;
mod topology;
mod validate;

use super::{Broker, Description, Lesson, PortDescription, Session, Target};
use crate::model::{App, BrokerModel, Container, Facts, Resource};
use crate::plan::Objection;
use crate::spec::Diagnostics;

/// All protocols, STOMP and MQTT over WebSocket too.
const CORE: &str = "core";
/// The management API and the console.
const CONSOLE: &str = "console";
const ADMIN_PASSWORD: &str = "admin_password";
const CLUSTER_PASSWORD: &str = "cluster_password";
const MEBIBYTE: u64 = 1 << 20;

const PORTS: &[PortDescription] = &[
    PortDescription {
        name: CORE,
        role: "",
        number: 61616,
        doc: "Every protocol: Core, AMQP 1.0, STOMP, MQTT and OpenWire, and over WebSocket STOMP and MQTT.",
        when: |_| true,
        scheme: "tcp",
    },
    PortDescription {
        name: CONSOLE,
        role: "",
        number: 8161,
        doc: "The web console and the management API, for browsers and mqlab.",
        when: |_| true,
        scheme: "http",
    },
];

/// The entry in the registry.
#[derive(Debug)]
pub(super) struct Artemis;

static DESCRIPTION: Description = Description {
    kind: "artemis",
    title: "Apache Artemis",
    fields: spec::FIELDS,
    kinds: kinds::KINDS,
    ports: PORTS,
    secrets: &[ADMIN_PASSWORD, CLUSTER_PASSWORD],
    ids: &[],
    helpers: &[],
    errors: codes::ERRORS,
    lints: lint::LINTS,
    meanings: meanings::MEANINGS,
    impossible: kinds::IMPOSSIBLE,
    examples: &[
        ("artemis", include_str!("../../../examples/artemis.yaml")),
        ("artemis-cluster", include_str!("../../../examples/artemis-cluster.yaml")),
    ],
    heap: true,
    most_nodes: 3,
    growth: "A new node gets every declared object, and messages from the others as soon as it has consumers. What was made by hand stays where it is, and so do messages that nobody consumes.",
    // 190 MiB were used idle, 680 MiB after thousands of changes with the default heap.
    memory_floor: 512 * MEBIBYTE,
    catalogue: &catalogue::CATALOGUE,
};

impl Broker for Artemis {
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
        containers::containers(broker, facts)
    }

    fn topology(&self, broker: &BrokerModel, _facts: &Facts) -> Vec<Resource> {
        topology::topology(broker)
    }

    fn guard(&self, desired: &[Resource], observed: &[Resource]) -> Vec<Objection> {
        guard::guard(desired, observed)
    }

    fn lesson(&self) -> &'static dyn Lesson {
        &lesson::ArtemisLesson
    }

    fn connect(&self, target: Target) -> Box<dyn Session> {
        Box::new(session::ArtemisSession::new(target))
    }
}
