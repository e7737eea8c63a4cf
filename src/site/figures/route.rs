//! The way of a message through the exchanges of a virtual host.

use std::collections::BTreeMap;

use serde::Serialize;

use super::data::{Control, Sketch};
use super::nearby::nearby;
use super::{Figure, FigureInput, FigureTable};
use crate::brokers::{RouteMap, Trace, TraceStep};
use crate::model::{Address, Value};
use crate::site::model::Words;
use crate::site::text::visible;

const SAYS: &[&str] = &[
    "sim_route_publish",
    "sim_route_takes",
    "sim_route_leaves",
    "sim_route_here",
    "sim_route_end",
    "sim_route_nowhere",
    "sim_route_default",
    "sim_route_exchanges",
    "sim_route_queues",
    "sim_route_headers_bad",
    "sim_route_caption",
    "sim_route_queue",
    "sim_route_why",
    "sim_why_missing",
    "sim_why_missing_copy",
    "sim_why_internal",
    "sim_why_seen",
    "sim_why_dropped",
    "sim_why_alternate",
    "sim_why_default_takes",
    "sim_why_default_leaves",
    "sim_why_dead",
    "sim_why_dead_key",
    "sim_why_fanout",
    "sim_why_direct_takes",
    "sim_why_direct_leaves",
    "sim_why_topic_takes",
    "sim_why_topic_leaves",
    "sim_why_header_found",
    "sim_why_headers_none",
    "sim_why_headers_free",
    "sim_why_headers_all",
    "sim_why_header_missing",
    "sim_why_header_differs",
    "sim_why_plugin",
];

#[derive(Serialize)]
struct Model {
    vhost: String,
    map: RouteMap,
}

pub(super) fn route(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let router = input.broker.broker.lesson().router()?;
    let resources = input.sorted();
    let declared = || resources.iter().filter(|resource| resource.address.kind == "exchange");
    let exchange = input.object("exchange").or_else(|| declared().next()).map(|resource| resource.address.clone());
    let exchange = exchange.unwrap_or_else(|| Address {
        kind: "exchange".to_owned(),
        ..Address::in_vhost(&input.broker.model.name, "/", "exchange", "amq.topic")
    });
    let whole = router.map(&resources, &exchange.broker, exchange.vhost_name());
    let (all, everything) = (whole.exchanges.len(), whole.bindings.len());
    let map = nearby(whole, &exchange.name)?;
    let is_whole = map.bindings.len() == everything;
    let key = input.written(&exchange).map_or_else(|| sample_key(&map, &exchange.name), str::to_owned);
    let headers = sample_headers(input, &exchange);
    let trace = router.trace(&resources, &exchange, &key, &headers);
    let shown =
        headers.iter().map(|(name, value)| format!("{name}={}", value.to_json())).collect::<Vec<_>>().join(", ");
    let named = |name: &str| (name.to_owned(), exchange_name(name, words));
    let mut exchanges: Vec<(String, String)> = map.exchanges.iter().map(|exchange| named(&exchange.name)).collect();
    if is_whole {
        exchanges.push(named(""));
    }
    let controls = vec![
        Control::select("exchange", words.say("sim_route_exchange"), exchanges, &exchange.name),
        Control::text("key", words.say("sim_route_key"), key.clone()),
        Control::text("headers", words.say("sim_route_headers"), shown),
    ];
    let steps = steps(&trace, &exchange, &key, words);
    let table = Some(table(&trace, words));
    let title = words.fill("sim_route_title", &[("exchange", &exchange_name(&exchange.name, words))]);
    let counts = (map.exchanges.len().to_string(), all.to_string());
    let about = words.fill(
        if is_whole { "sim_route_about" } else { "sim_route_about_part" },
        &[("vhost", &visible(exchange.vhost_name())), ("some", &counts.0), ("all", &counts.1)],
    );
    let model = Model { vhost: exchange.vhost_name().to_owned(), map };
    Sketch { name: "route", says: SAYS, controls, model, steps, table }.finish(words, title, about)
}

/// A key that the first binding takes.
fn sample_key(map: &RouteMap, exchange: &str) -> String {
    let key = map.bindings.iter().find(|binding| binding.source == exchange).map_or("", |binding| &binding.key);
    let topic = map.exchanges.iter().any(|one| one.name == exchange && one.kind == "topic");
    if topic { key.replace('#', "a.b").replace('*', "a") } else { key.to_owned() }
}

/// The headers of an app that writes there.
fn sample_headers(input: &FigureInput<'_>, exchange: &Address) -> BTreeMap<String, Value> {
    let mut flows = input.apps.iter().flat_map(|app| &app.produces).filter(|flow| flow.address == *exchange);
    flows.find(|flow| !flow.headers.is_empty()).map(|flow| flow.headers.clone()).unwrap_or_default()
}

fn exchange_name(name: &str, words: &Words) -> String {
    if name.is_empty() { words.say("sim_route_default") } else { visible(name) }
}

fn why(step: &TraceStep, words: &Words) -> String {
    let shown: Vec<(&str, String)> = step
        .reason
        .values
        .iter()
        .map(|(place, value)| (*place, if *place == "to" { exchange_name(value, words) } else { visible(value) }))
        .collect();
    let values: Vec<(&str, &str)> = shown.iter().map(|(place, value)| (*place, value.as_str())).collect();
    words.fill(&format!("sim_why_{}", step.reason.code), &values)
}

fn target(step: &TraceStep, words: &Words) -> Option<String> {
    let to = step.to.as_ref()?;
    Some(if to.kind == "exchange" { exchange_name(&to.name, words) } else { visible(&to.name) })
}

fn steps(trace: &Trace, exchange: &Address, key: &str, words: &Words) -> Vec<String> {
    let publish = [("exchange", &*exchange_name(&exchange.name, words)), ("key", &visible(key))];
    let mut steps = vec![words.fill("sim_route_publish", &publish)];
    steps.extend(trace.steps.iter().map(|step| {
        let from = exchange_name(&step.exchange.name, words);
        let why = why(step, words);
        match target(step, words) {
            Some(to) => {
                let form = if step.matched { "sim_route_takes" } else { "sim_route_leaves" };
                words.fill(form, &[("from", &from), ("to", &to), ("why", &why)])
            }
            None => words.fill("sim_route_here", &[("from", &from), ("why", &why)]),
        }
    }));
    let names: Vec<String> = trace.delivered.iter().map(|queue| visible(&queue.name)).collect();
    steps.push(if names.is_empty() {
        words.say("sim_route_nowhere")
    } else {
        words.fill("sim_route_end", &[("queues", &names.join(", "))])
    });
    steps
}

/// Queue by queue: the first rule that gave it a copy.
fn table(trace: &Trace, words: &Words) -> FigureTable {
    let rows = trace.delivered.iter().map(|queue| {
        let gave = trace.steps.iter().find(|step| step.matched && step.to.as_ref() == Some(queue));
        vec![visible(&queue.name), gave.map(|step| why(step, words)).unwrap_or_default()]
    });
    FigureTable {
        caption: words.say("sim_route_caption"),
        head: vec![words.say("sim_route_queue"), words.say("sim_route_why")],
        rows: rows.collect(),
    }
}
