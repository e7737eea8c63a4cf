use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::*;
use crate::model::Stack;
use crate::sim::vectors;
use crate::site::pages::Nav;
use crate::site::render::Renderer;
use crate::site::{Manual, SiteInput};
use crate::spec;

const TOUR: &str = include_str!("../../../examples/tour.yaml");
const ACTIVEMQ: &str = include_str!("../../../examples/activemq.yaml");
const ARTEMIS: &str = include_str!("../../../examples/artemis.yaml");
const KAFKA_CLUSTER: &str = include_str!("../../../examples/kafka-cluster.yaml");
const ARTEMIS_CLUSTER: &str = include_str!("../../../examples/artemis-cluster.yaml");
const ROCKETMQ_CLUSTER: &str = include_str!("../../../examples/rocketmq-cluster.yaml");
const ROCKETMQ: &str = include_str!("../../../examples/rocketmq.yaml");
/// Names that are markup, and one that none can read from left to right.
const HOSTILE: &str = r#"
mqlab: 1
brokers:
  jobs:
    kind: rabbitmq
    version: "4.3"
    exchanges:
      "</script><script>alert(1)</script>": { type: topic }
    queues:
      "\u202e<!--": { bindings: [{ exchange: "</script><script>alert(1)</script>", routing_key: "<b>.#" }] }
"#;

struct Empty;

impl spec::Environment for Empty {
    fn variable(&self, _: &str) -> Option<String> {
        None
    }

    fn file(&self, _: &str, path: &str) -> Result<String, String> {
        Err(format!("no {path}"))
    }
}

fn stack(text: &str) -> Stack {
    let input = spec::Input { name: Arc::from("mqlab.yaml"), bytes: text.as_bytes().to_vec() };
    let mut loaded = spec::load(vec![input], &Empty);
    let tree = loaded.tree.take().unwrap();
    let stack = Stack::build(&tree, &loaded.sources, PathBuf::from("/lab"), &mut loaded.diagnostics);
    stack.unwrap_or_else(|| panic!("{}", spec::render::plain(&loaded.diagnostics, &loaded.sources)))
}

fn made(name: &str, text: &str, broker: &str, values: &Json) -> Option<Figure> {
    let stack = stack(text);
    let manual = Manual::default();
    let input = SiteInput::new(&stack, &BTreeMap::new(), None, &manual);
    let broker = input.brokers.iter().find(|one| one.model.name == broker).unwrap();
    let values: BTreeMap<String, Json> = serde_json::from_value(values.clone()).unwrap();
    figure(name, &FigureInput { broker, apps: &stack.apps, values: &values }, &Words::of("en").unwrap())
}

fn rendered(figure: &Figure) -> String {
    #[derive(Serialize)]
    struct Values<'a> {
        figure: &'a Figure,
    }
    let renderer =
        Renderer::new(&Words::of("en").unwrap(), "Test", Nav { has_matrix: false, sections: Vec::new() }, false)
            .unwrap();
    renderer.page("figure.html", &Values { figure }).unwrap()
}

/// One figure on one stack.
struct Trial {
    /// The recorded file.
    file: &'static str,
    name: &'static str,
    stack: &'static str,
    broker: &'static str,
    values: Json,
}

/// Every figure at least once; those that depend on a version, on a kind or on what is idle several times.
fn trials() -> Vec<Trial> {
    let trial = |file, name, stack, broker, values| Trial { file, name, stack, broker, values };
    let tour = |name, broker, values| trial(name, name, TOUR, broker, values);
    vec![
        tour("route", "jobs", json!({ "exchange": "orders" })),
        trial("route-headers", "route", TOUR, "jobs", json!({ "exchange": "documents" })),
        tour("topic-pattern", "jobs", json!({ "exchange": "orders" })),
        tour("key-partition", "events", json!({ "topic": "orders", "topic_partitions": 3 })),
        tour("group-assignment", "events", json!({ "group": "recommendations", "instances": 3 })),
        trial(
            "group-idle",
            "group-assignment",
            TOUR,
            "events",
            json!({ "group": "new", "topic": "orders", "topic_partitions": 3, "instances": 12 }),
        ),
        tour("offsets", "events", json!({ "topic": "orders", "group": "accounting" })),
        tour("queue-lifetime", "jobs", json!({ "queue": "invoices" })),
        trial("queue-lifetime-4.3", "queue-lifetime", HOSTILE, "jobs", json!({})),
        tour("ack", "jobs", json!({ "queue": "invoices" })),
        trial("ack-4.3", "ack", HOSTILE, "jobs", json!({})),
        trial("queue-selection", "queue-selection", ROCKETMQ, "trades", json!({ "topic": "trades" })),
        trial(
            "queue-selection-fifo",
            "queue-selection",
            ROCKETMQ,
            "trades",
            json!({ "topic": "seat_requests", "topic_write_queues": 6 }),
        ),
        trial("queue-topic", "queue-topic", ACTIVEMQ, "legacy", json!({ "topic": "prices" })),
        trial("queue-topic-addresses", "queue-topic", ARTEMIS, "art", json!({ "address": "prices" })),
    ]
    .into_iter()
    .chain(scenes())
    .collect()
}

/// The figures that are told step by step.
fn scenes() -> Vec<Trial> {
    let trial = |file, name, stack, broker, values| Trial { file, name, stack, broker, values };
    vec![
        trial("replication", "replication", KAFKA_CLUSTER, "events", json!({ "topic": "clicks" })),
        trial("replication-one-copy", "replication", TOUR, "events", json!({ "topic": "orders" })),
        trial("segments", "segments", TOUR, "events", json!({ "topic": "clicks", "topic_2": "stock" })),
        trial("segments-compacted", "segments", TOUR, "events", json!({ "topic": "stock" })),
        trial("replica", "replica", ROCKETMQ_CLUSTER, "trades", json!({ "topic": "orders" })),
        trial("roles", "roles", ROCKETMQ, "trades", json!({ "topic": "mails" })),
        trial(
            "redelivery",
            "redelivery",
            ACTIVEMQ,
            "legacy",
            json!({ "queue": "invoices.retry", "consumer": "again" }),
        ),
        trial("subscription", "subscription", ROCKETMQ, "trades", json!({ "topic": "mails", "group": "mailing" })),
        trial("message-types", "message-types", ROCKETMQ, "trades", json!({ "topic_fifo": "seat_requests" })),
        trial("queue-types", "queue-types", TOUR, "jobs", json!({ "queue_stream": "history" })),
        trial("stomp-routed", "stomp", TOUR, "jobs", json!({ "queue": "invoices" })),
        trial("stomp", "stomp", ACTIVEMQ, "legacy", json!({ "queue": "invoices" })),
        trial("protocols", "protocols", ARTEMIS, "art", json!({ "address_anycast": "invoices" })),
        trial("settings", "settings", ARTEMIS, "art", json!({ "address": "invoices" })),
        trial("cluster", "cluster", ARTEMIS_CLUSTER, "art", json!({ "queue": "orders" })),
    ]
}

/// The script is tried on these by `tests/browser/vectors.js`, and a browser opens them.
#[test]
fn every_figure_is_as_recorded() {
    for Trial { file, name, stack, broker, values } in trials() {
        let figure = made(name, stack, broker, &values).unwrap_or_else(|| panic!("no {file}"));
        assert!(!figure.steps.is_empty(), "{file}");
        assert!(!figure.steps.iter().chain([&figure.title, &figure.about]).any(|text| text.contains('[')), "{file}");
        assert!(!figure.data.contains("\"[sim"), "{file}: a word is missing: {}", figure.data);
        vectors::same(&format!("figures/{file}.html"), &rendered(&figure));
    }
    let tried: Vec<&str> = trials().iter().map(|trial| trial.name).collect();
    assert!(NAMES.iter().all(|name| tried.contains(name)), "{tried:?}");
}

#[test]
fn an_unknown_figure_or_one_of_another_broker_is_none() {
    assert!(made("nothing", TOUR, "events", &json!({})).is_none());
    assert!(made("route", TOUR, "events", &json!({})).is_none());
}

#[test]
fn a_page_without_values_has_every_figure() {
    for Trial { name, stack, broker, .. } in trials() {
        let figure = made(name, stack, broker, &json!({}));
        assert!(figure.is_some_and(|figure| !figure.steps.is_empty()), "{name}");
    }
}

fn told(name: &str, stack: &str, broker: &str, values: &Json) -> Vec<String> {
    made(name, stack, broker, values).unwrap().steps
}

/// What a lesson says in general holds with the reader's own numbers.
#[test]
fn a_scene_goes_by_what_the_file_says() {
    let seen = |queue: &str| told("redelivery", ACTIVEMQ, "legacy", &json!({ "queue": queue })).pop().unwrap();
    assert!(seen("invoices.retry").starts_with("42 deliveries in all. In DLQ.invoices"), "two layers: 7 × 6");
    assert!(seen("invoices").starts_with("7 deliveries in all. In DLQ.invoices"), "the policy of the pattern");
    assert!(seen("DLQ.invoices").starts_with("7 deliveries in all. In ActiveMQ.DLQ"), "no policy");
    let refused = |topic: &str| {
        let steps = told("replication", KAFKA_CLUSTER, "events", &json!({ "topic": topic }));
        steps.iter().filter(|step| step.contains("NotEnoughReplicas")).count()
    };
    assert_eq!((refused("payments"), refused("clicks")), (1, 0), "min.insync.replicas 2 and 1");
    let case = |group: &str| made("subscription", ROCKETMQ, "trades", &json!({ "group": group })).unwrap().data;
    assert!(case("seating").contains("m2 of the same message group waits"), "order: true");
    assert!(case("mailing").contains("retry 5 of 5"), "retry_max");
    let retention = &told("segments", TOUR, "events", &json!({ "topic": "clicks" }))[0];
    assert!(retention.contains("retention.ms is 1 h"), "{retention}");
    let settings = told("settings", ARTEMIS, "art", &json!({ "address": "invoices" }));
    assert!(settings[2].contains("invoices.# says something new") && settings[2].contains("max_delivery_attempts: 5"));
}

#[test]
fn hostile_names_are_text() {
    let html = rendered(&made("route", HOSTILE, "jobs", &json!({})).unwrap());
    assert_eq!(html.matches("<script").count(), 1, "{html}");
    assert!(!html.contains("<!--") && !html.contains("<b>") && !html.contains('\u{202e}'), "{html}");
}

#[test]
fn the_order_of_the_file_means_nothing() {
    let stack = stack(TOUR);
    let manual = Manual::default();
    let mut input = SiteInput::new(&stack, &BTreeMap::new(), None, &manual);
    let values = BTreeMap::new();
    let mut data = Vec::new();
    for _ in 0..2 {
        let broker = &mut input.brokers[1];
        broker.topology.reverse();
        let figure =
            figure("route", &FigureInput { broker, apps: &stack.apps, values: &values }, &Words::of("en").unwrap());
        data.push(rendered(&figure.unwrap()));
    }
    assert!(data[0] == data[1]);
}
