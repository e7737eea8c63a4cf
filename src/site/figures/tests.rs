use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use serde::Serialize;
use serde_json::{Value as Json, json};

use super::*;
use crate::model::Stack;
use crate::sim::vectors;
use crate::site::SiteInput;
use crate::site::pages::Nav;
use crate::site::render::Renderer;
use crate::spec;

const TOUR: &str = include_str!("../../../examples/tour.yaml");
/// Names that are markup, and one that none can read from left to right.
const HOSTILE: &str = r#"
mqlab: 1
brokers:
  jobs:
    kind: rabbitmq
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
    let input = SiteInput::new(&stack, &BTreeMap::new(), None);
    let broker = input.brokers.iter().find(|one| one.model.name == broker).unwrap();
    let values: BTreeMap<String, Json> = serde_json::from_value(values.clone()).unwrap();
    figure(name, &FigureInput { broker, apps: &stack.apps, values: &values }, &Words::of("en").unwrap())
}

fn rendered(figure: &Figure) -> String {
    #[derive(Serialize)]
    struct Values<'a> {
        figure: &'a Figure,
    }
    let renderer = Renderer::new(&Words::of("en").unwrap(), "Test", Nav { sections: Vec::new() }, false).unwrap();
    renderer.page("figure.html", &Values { figure }).unwrap()
}

/// Which broker of the tour a figure is tried on, with which values.
fn trial(name: &str) -> (&'static str, Json) {
    match name {
        "route" => ("jobs", json!({ "exchange": "orders" })),
        "group-assignment" => ("events", json!({ "group": "recommendations", "instances": 3 })),
        _ => ("events", json!({ "topic": "orders", "topic_partitions": 3 })),
    }
}

/// The script is tried on these by `tests/browser/vectors.js`, and a browser opens them.
#[test]
fn every_figure_is_as_recorded() {
    for name in NAMES {
        let (broker, values) = trial(name);
        let figure = made(name, TOUR, broker, &values).unwrap_or_else(|| panic!("no {name}"));
        assert!(!figure.steps.is_empty(), "{name}");
        assert!(!figure.steps.iter().chain([&figure.title, &figure.about]).any(|text| text.contains('[')), "{name}");
        assert!(!figure.data.contains("\"["), "{name}: a word is missing: {}", figure.data);
        vectors::same(&format!("figures/{name}.html"), &rendered(&figure));
    }
}

#[test]
fn an_unknown_figure_or_one_of_another_broker_is_none() {
    assert!(made("nothing", TOUR, "events", &json!({})).is_none());
    assert!(made("route", TOUR, "events", &json!({})).is_none());
}

#[test]
fn a_page_without_values_has_every_figure() {
    for name in NAMES {
        let figure = made(name, TOUR, trial(name).0, &json!({}));
        assert!(figure.is_some_and(|figure| !figure.steps.is_empty()), "{name}");
    }
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
    let mut input = SiteInput::new(&stack, &BTreeMap::new(), None);
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
