//! Two kinds of broker that need no engine, for the tests of the site.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeMap;

use mqlab::brokers::{
    Broker, Call, Catalogue, Channel, Description, Edge, EdgeStyle, EnvironmentVariable, Lesson, PortDescription,
    ResetCommand, Session, Target,
};
use mqlab::model::{
    Address, AttributeRule, BrokerModel, Container, Facts, Home, KindRules, Resource, Value, in_place, replace,
};
use mqlab::spec::Diagnostics;

/// A broker of logs: topics and nothing else.
#[derive(Debug)]
pub(crate) struct Logs;
/// A broker that routes: exchanges, queues, bindings, users.
#[derive(Debug)]
pub(crate) struct Routes;

const fn attribute(name: &'static str, doc: &'static str) -> AttributeRule {
    AttributeRule { name, rule: in_place, doc }
}

const fn kind(kind: &'static str, plural: &'static str, attributes: &'static [AttributeRule], apps: bool) -> KindRules {
    KindRules {
        kind,
        plural,
        attributes,
        protected: |_| false,
        holds_data: true,
        produce: apps,
        consume: apps,
        home: Home::Broker,
    }
}

const TOPIC: &[AttributeRule] = &[
    attribute("partitions", "How many logs the topic is cut into. Order holds inside one of them only."),
    attribute("replication_factor", "On how many nodes each partition is kept."),
    attribute("config.retention.ms", "How long a message is kept, whether anybody read it or not."),
    attribute("config.*", "A configuration key of the topic, as the broker spells it."),
];
const EXCHANGE: &[AttributeRule] = &[
    AttributeRule { name: "type", rule: replace, doc: "How a routing key or headers choose among the bindings." },
    AttributeRule { name: "durable", rule: replace, doc: "Whether the exchange is still there after a restart." },
    attribute("internal", "Whether only other exchanges may publish to it."),
    attribute("alternate_exchange", "Where a message goes that no binding takes."),
];
const QUEUE: &[AttributeRule] = &[
    AttributeRule { name: "type", rule: replace, doc: "Classic, quorum or stream: how the queue keeps its messages." },
    AttributeRule { name: "durable", rule: replace, doc: "Whether the queue is still there after a restart." },
    attribute("auto_delete", "Whether the queue goes with its last consumer."),
    attribute("dead_letter_exchange", "Where rejected and expired messages go."),
    attribute("arguments.*", "An optional argument, as clients pass it when they declare the queue."),
];
const BINDING: &[AttributeRule] = &[
    attribute("routing_key", "What the exchange compares a message's routing key with."),
    attribute("arguments.*", "What the exchange compares a message's headers with."),
];
const USER: &[AttributeRule] = &[
    attribute("password", "Kept by the broker as a salted hash."),
    attribute("tags", "What the user may administer."),
];
const POLICY: &[AttributeRule] = &[
    attribute("pattern", "The names that the policy is for, as a regular expression."),
    attribute("definition.*", "A setting for each of them."),
    attribute("priority", "Of several policies that fit, only the one with the highest applies."),
];

static CATALOGUE: Catalogue = Catalogue { default_version: "4.3", versions: &[] };

static LOGS: Description = Description {
    kind: "kafka",
    title: "Apache Kafka",
    fields: &[],
    kinds: &[kind("topic", "topics", TOPIC, true)],
    ports: &[PortDescription {
        name: "kafka",
        role: "",
        number: 9092,
        doc: "The Kafka protocol, for programs on this machine.",
        when: |_| true,
        scheme: "",
    }],
    secrets: &[],
    ids: &[],
    helpers: &[],
    errors: &[],
    lints: &[],
    meanings: &[],
    impossible: &[],
    examples: &[],
    heap: true,
    most_nodes: 1,
    growth: "",
    memory_floor: 0,
    catalogue: &CATALOGUE,
};

static ROUTES: Description = Description {
    kind: "rabbitmq",
    title: "RabbitMQ",
    fields: &[],
    kinds: &[
        kind("user", "users", USER, false),
        kind("exchange", "exchanges", EXCHANGE, true),
        kind("queue", "queues", QUEUE, true),
        kind("binding", "bindings", BINDING, false),
        kind("policy", "policies", POLICY, false),
    ],
    ports: &[
        PortDescription {
            name: "amqp",
            role: "",
            number: 5672,
            doc: "AMQP 0-9-1 and 1.0, for programs on this machine.",
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
    ],
    secrets: &[],
    ids: &[],
    helpers: &[],
    errors: &[],
    lints: &[],
    meanings: &[],
    impossible: &[],
    examples: &[],
    heap: false,
    most_nodes: 1,
    growth: "",
    memory_floor: 0,
    catalogue: &CATALOGUE,
};

macro_rules! broker {
    ($name:ident, $description:ident) => {
        impl Broker for $name {
            fn description(&self) -> &'static Description {
                &$description
            }
            fn validate(&self, _: &BrokerModel, _: &mut Diagnostics) {}
            fn containers(&self, _: &BrokerModel, _: &Facts) -> Vec<Container> {
                Vec::new()
            }
            fn topology(&self, _: &BrokerModel, _: &Facts) -> Vec<Resource> {
                Vec::new()
            }
            fn lesson(&self) -> &'static dyn Lesson {
                &$name
            }
            fn connect(&self, _: Target) -> Box<dyn Session> {
                unreachable!("the site calls no broker")
            }
        }
    };
}

broker!(Logs, LOGS);
broker!(Routes, ROUTES);

impl Lesson for Logs {
    fn edges(&self, _: &[Resource]) -> Vec<Edge> {
        Vec::new()
    }

    fn calls(&self, resource: &Resource, facts: &Facts) -> Vec<Call> {
        let partitions = resource.attribute("partitions").map(ToString::to_string).unwrap_or_default();
        let port = facts.port("kafka").unwrap_or(9092);
        let text = format!(
            "kafka-topics.sh --bootstrap-server 127.0.0.1:{port} --create \\\n  --topic '{}' --partitions {partitions}",
            resource.address.name
        );
        vec![Call { tool: "kafka-topics.sh", text }]
    }

    fn environment(&self, broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable> {
        vec![EnvironmentVariable {
            name: format!("{}_BOOTSTRAP_SERVERS", broker.name.to_uppercase()),
            value: format!("127.0.0.1:{}", facts.port("kafka").unwrap_or(9092)),
            secret: false,
        }]
    }

    fn reset(&self, _: &BrokerModel, _: &Facts) -> Vec<ResetCommand> {
        Vec::new()
    }

    fn channel(&self, _: &Resource) -> Channel {
        Channel { protocol: "kafka", port: "kafka", path: String::new(), binding: None }
    }
}

impl Lesson for Routes {
    fn edges(&self, resources: &[Resource]) -> Vec<Edge> {
        let mut edges = Vec::new();
        for resource in resources {
            let own = &resource.address;
            let text = |name: &str| resource.attribute(name).and_then(Value::as_text);
            let exchange = |name: &str| Address { kind: "exchange".into(), name: name.into(), ..own.clone() };
            let edge =
                |from: Address, to: Address, label: &str, style| Edge { from, to, label: label.to_owned(), style };
            match (own.kind.as_str(), text("source"), text("destination"), text("destination_type")) {
                ("binding", Some(source), Some(to), Some(kind)) => {
                    let style = if kind == "exchange" { EdgeStyle::ExchangeBinding } else { EdgeStyle::Binding };
                    let to = Address { kind: kind.into(), name: to.into(), ..own.clone() };
                    edges.push(edge(exchange(source), to, text("routing_key").unwrap_or_default(), style));
                }
                ("queue", ..) => edges.extend(
                    text("dead_letter_exchange")
                        .map(|name| edge(own.clone(), exchange(name), "", EdgeStyle::DeadLetter)),
                ),
                ("exchange", ..) => edges.extend(
                    text("alternate_exchange").map(|name| edge(own.clone(), exchange(name), "", EdgeStyle::Alternate)),
                ),
                _ => {}
            }
        }
        edges
    }

    fn calls(&self, resource: &Resource, facts: &Facts) -> Vec<Call> {
        let port = facts.port("management").unwrap_or(15672);
        let name = &resource.address.name;
        let body: BTreeMap<&String, serde_json::Value> =
            resource.attributes.iter().map(|(name, value)| (name, value.to_json())).collect();
        let body = serde_json::to_string(&body).unwrap();
        vec![Call {
            tool: "HTTP API",
            text: format!(
                "curl -u mqlab -X PUT 'http://127.0.0.1:{port}/api/{}s/%2F/{name}' \\\n  -H 'content-type: application/json' -d '{body}'",
                resource.address.kind
            ),
        }]
    }

    fn environment(&self, broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable> {
        let prefix = broker.name.to_uppercase();
        let port = facts.port("amqp").unwrap_or(5672);
        vec![
            EnvironmentVariable { name: format!("{prefix}_HOST"), value: "127.0.0.1".to_owned(), secret: false },
            EnvironmentVariable {
                name: format!("{prefix}_URL"),
                value: format!("amqp://mqlab:planted-password@127.0.0.1:{port}/%2F"),
                secret: true,
            },
        ]
    }

    fn reset(&self, _: &BrokerModel, _: &Facts) -> Vec<ResetCommand> {
        Vec::new()
    }

    fn channel(&self, _: &Resource) -> Channel {
        Channel { protocol: "amqp", port: "amqp", path: String::new(), binding: None }
    }
}
