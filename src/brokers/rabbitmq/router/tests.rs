//! Vectors recorded from RabbitMQ 4.0.5 by `tests/live/rabbitmq_routing.rs`; 4.3.6 gives the same.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::super::topology::WithBinding;
use super::super::{address, kinds};
use super::RabbitRouter;
use crate::brokers::{Router, Trace};
use crate::model::{Address, Resource, Value};
use crate::sim::{pattern, vectors};

const BROKER: &str = "jobs";

fn recorded() -> Json {
    serde_json::from_str(include_str!("../../../../tests/fixtures/rabbitmq/routing.json")).unwrap()
}

fn list<'a>(recorded: &'a Json, name: &str) -> &'a [Json] {
    recorded[name].as_array().unwrap()
}

fn map(value: &Json) -> BTreeMap<String, Value> {
    Value::from(value.clone()).as_map().unwrap().clone()
}

fn binding(
    source: &str,
    destination: &str,
    to_exchange: bool,
    key: &str,
    arguments: &BTreeMap<String, Value>,
) -> Resource {
    let parts = address::BindingParts { source, destination, to_exchange, key, arguments };
    Resource::new(address::binding(BROKER, "/", parts)).with_binding(parts)
}

fn exchange(name: &str, kind: &str) -> Resource {
    Resource::new(address::exchange(BROKER, "/", name)).with("type", kind)
}

fn queue(name: &str) -> Resource {
    Resource::new(address::queue(BROKER, "/", name)).with("type", "classic")
}

fn resources(recorded: &Json) -> Vec<Resource> {
    let with_dead_letters = |name: &str| match recorded["dead_letters"].get(name) {
        Some(dead) => [("exchange", &dead[0]), ("routing-key", &dead[1])]
            .into_iter()
            .filter_map(|(argument, value)| Some((argument, value.as_str()?)))
            .fold(queue(name), |one, (argument, value)| one.with(format!("arguments.x-dead-letter-{argument}"), value)),
        None => queue(name),
    };
    let names = list(recorded, "queues").iter().map(|name| name.as_str().unwrap());
    let mut found: Vec<Resource> = names.map(with_dead_letters).collect();
    for item in list(recorded, "exchanges") {
        let mut one = exchange(item["name"].as_str().unwrap(), item["type"].as_str().unwrap());
        for (name, value) in map(&item["arguments"]) {
            one = one.with(format!("arguments.{name}"), value);
        }
        found.push(one);
    }
    for item in list(recorded, "bindings") {
        let to_exchange = item.get("exchange").is_some();
        let destination = item.get("exchange").or(item.get("queue")).unwrap().as_str().unwrap();
        let (source, key) = (item["source"].as_str().unwrap(), item["key"].as_str().unwrap());
        found.push(binding(source, destination, to_exchange, key, &map(&item["arguments"])));
    }
    found
}

fn trace(resources: &[Resource], exchange: &str, key: &str, headers: &BTreeMap<String, Value>) -> Trace {
    RabbitRouter.trace(resources, &address::exchange(BROKER, "/", exchange), key, headers)
}

fn names(queues: &[Address]) -> Vec<&str> {
    let mut names: Vec<&str> = queues.iter().map(|address| address.name.as_str()).collect();
    names.sort_unstable();
    names
}

/// Where the queues that have a message send it when it is rejected, by what the steps say.
fn rejected(resources: &[Resource], found: &Trace, key: &str, headers: &BTreeMap<String, Value>) -> Json {
    let steps = found.steps.iter().filter(|step| ["dead", "dead_key"].contains(&step.reason.code));
    let lands = steps.map(|step| {
        let value = |place| step.reason.values.iter().find(|(own, _)| *own == place).map(|(_, value)| value.as_str());
        let copy = trace(resources, &step.to.as_ref().unwrap().name, value("key").unwrap_or(key), headers);
        (value("queue").unwrap().to_owned(), json!(names(&copy.delivered)))
    });
    let lands: serde_json::Map<_, _> = lands.collect();
    if lands.is_empty() { Json::Null } else { lands.into() }
}

fn why(trace: &Trace) -> Vec<&str> {
    trace.steps.iter().map(|step| step.why.as_str()).collect()
}

#[test]
fn messages_go_where_the_broker_sent_them() {
    let recorded = recorded();
    let resources = resources(&recorded);
    let vectors = list(&recorded, "vectors");
    assert!(vectors.len() >= 150);
    let mut wrong = Vec::new();
    for vector in vectors {
        let (exchange, key) = (vector["exchange"].as_str().unwrap(), vector["key"].as_str().unwrap());
        let headers = map(&vector["headers"]);
        let found = trace(&resources, exchange, key, &headers);
        let queues = names(&found.delivered);
        let wanted: Vec<&str> = list(vector, "queues").iter().map(|name| name.as_str().unwrap()).collect();
        if queues != wanted {
            wrong.push(format!("{vector}: {queues:?}"));
        }
        let dead = rejected(&resources, &found, key, &headers);
        if dead != *vector.get("dead").unwrap_or(&Json::Null) {
            wrong.push(format!("{vector}: {dead}"));
        }
    }
    assert!(vectors.iter().any(|vector| vector.get("dead").is_some()));
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_binding_of_the_exchange_gets_its_reason() {
    let none = BTreeMap::new();
    let stack = [
        exchange("mail", "topic"),
        queue("eu"),
        queue("us"),
        binding("mail", "eu", false, "mail.eu.#", &none),
        binding("mail", "us", false, "mail.us.#", &none),
    ];
    let found = trace(&stack, "mail", "mail.eu.sent", &none);
    assert_eq!(
        why(&found),
        [r#"topic: "mail.eu.#" matches "mail.eu.sent""#, r#"topic: "mail.us.#" does not match "mail.eu.sent""#]
    );
    assert_eq!(found.delivered, [address::queue(BROKER, "/", "eu")]);
}

#[test]
fn a_policy_can_give_the_alternate_exchange_and_the_dead_letters() {
    let none = BTreeMap::new();
    let policy = |name: &str, apply_to: &str, key: &str, priority: i64| {
        let mut policy = Resource::new(Address::new(BROKER, kinds::POLICY, name))
            .with("pattern", ".*")
            .with("apply_to", apply_to)
            .with("priority", priority);
        policy.attributes.insert("definition".into(), Value::Map([(key.to_owned(), Value::from("dead"))].into()));
        policy
    };
    let stack = [
        exchange("mail", "direct"),
        exchange("dead", "fanout"),
        queue("parked"),
        binding("dead", "parked", false, "", &none),
        policy("low", "all", "overflow", 0),
        policy("a", "exchanges", "alternate-exchange", 1),
        policy("d", "queues", "dead-letter-exchange", 1),
    ];
    let found = trace(&stack, "mail", "x", &none);
    assert_eq!(found.delivered, [address::queue(BROKER, "/", "parked")]);
    assert_eq!(
        why(&found),
        [
            "no binding takes it: on to the alternate exchange `dead`",
            "fanout: every binding takes every message",
            "if `parked` rejects it, lets it expire or has no room, it goes to `dead`",
        ]
    );
}

#[test]
fn what_only_the_broker_can_tell_is_said() {
    let none = BTreeMap::new();
    let stack = [exchange("spread", "x-consistent-hash"), queue("one"), binding("spread", "one", false, "1", &none)];
    let found = trace(&stack, "spread", "x", &none);
    assert!(found.delivered.is_empty());
    assert!(why(&found)[0].contains("cannot be told"), "{found:?}");
    assert_eq!(found.steps.len(), 1, "and it is not called dropped");
}

#[test]
fn clients_cannot_publish_to_internal_or_missing_exchanges() {
    let none = BTreeMap::new();
    let stack =
        [exchange("inside", "fanout").with("internal", true), queue("one"), binding("inside", "one", false, "", &none)];
    assert!(trace(&stack, "inside", "x", &none).delivered.is_empty());
    assert!(why(&trace(&stack, "nobody", "x", &none))[0].contains("no such exchange"));
}

/// The same messages for the script of the site, with every step: what it does must be this.
#[test]
fn the_script_gets_the_recorded_routes() {
    let recorded = recorded();
    let resources = resources(&recorded);
    let steps = |trace: &Trace| -> Vec<Json> {
        let name = |address: &Address| address.name.clone();
        let step = |step: &crate::brokers::TraceStep| {
            let to = step.to.as_ref().map(name);
            json!([step.exchange.name, to, step.matched, step.reason.code])
        };
        trace.steps.iter().map(step).collect()
    };
    let vectors: Vec<String> = list(&recorded, "vectors")
        .iter()
        .map(|vector| {
            let (exchange, key) = (vector["exchange"].as_str().unwrap(), vector["key"].as_str().unwrap());
            let headers = map(&vector["headers"]);
            let found = trace(&resources, exchange, key, &headers);
            let typed: BTreeMap<&String, String> =
                headers.iter().map(|(name, value)| (name, value.to_json().to_string())).collect();
            // A topic's bindings that take nothing would be most of the file.
            let few = exchange != "t";
            let steps = few.then(|| steps(&found));
            let mut row = json!({ "exchange": exchange, "key": key, "headers": typed, "queues": vector["queues"] });
            row["steps"] = json!(steps);
            if let Some(dead) = vector.get("dead") {
                row["dead"] = dead.clone();
            }
            row.to_string()
        })
        .collect();
    let map = serde_json::to_string(&RabbitRouter.map(&resources, BROKER, "/")).unwrap();
    vectors::same("routes.json", &format!("{{\"map\":{map},\"vectors\":[\n{}\n]}}\n", vectors.join(",\n")));
}

/// Every recorded pattern with every recorded key: what the broker said, and how the figure tells it.
#[test]
fn the_script_gets_the_recorded_patterns() {
    let recorded = recorded();
    let bindings = list(&recorded, "bindings").iter().filter(|binding| binding["source"] == "t");
    let patterns: Vec<(&str, &str)> =
        bindings.map(|binding| (binding["key"].as_str().unwrap(), binding["queue"].as_str().unwrap())).collect();
    let mut rows = Vec::new();
    for vector in list(&recorded, "vectors").iter().filter(|vector| vector["exchange"] == "t") {
        let key = vector["key"].as_str().unwrap();
        let taken = list(vector, "queues");
        let row = patterns.iter().map(|(pattern, queue)| {
            let found = pattern::walk(pattern, key);
            let matches = found.stop == pattern::Stop::Matches;
            assert_eq!(matches, pattern::matches(pattern, key), "{pattern} {key}");
            assert_eq!(matches, taken.iter().any(|taken| taken == queue), "{pattern} {key}");
            // What each word took, and by which rule it ended, in one line.
            let took: Vec<String> = found.parts.iter().map(|part| part.took.len().to_string()).collect();
            let stop = format!("{:?}", found.stop).to_lowercase();
            format!("{}{}", &stop[..1], took.join(""))
        });
        // Long keys would take more than nine words.
        if key.len() < 30 {
            rows.push(json!([key, row.collect::<Vec<_>>()]).to_string());
        }
    }
    let patterns = json!(patterns.iter().map(|(pattern, _)| pattern).collect::<Vec<_>>());
    vectors::same("patterns.json", &format!("{{\"patterns\":{patterns},\"keys\":[\n{}\n]}}\n", rows.join(",\n")));
}
