//! Brokers for tests, from YAML as a user would write it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{BrokerModel, Origin, Storage};
use crate::spec::{Diagnostics, Entry, Map, Node, NodeValue, Position, Text};

/// A broker named `jobs` with this body.
pub(super) fn broker(yaml: &str) -> BrokerModel {
    let value: serde_yaml::Value = serde_yaml::from_str(yaml).unwrap();
    let body = node(&value);
    let config = body.entries_of("config").iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect();
    BrokerModel {
        name: "jobs".into(),
        kind: "rabbitmq",
        version: body.text_of("version").unwrap_or("4.0").into(),
        distribution: None,
        image: body.text_of("image").map(Into::into),
        platform: None,
        nodes: 1,
        storage: Storage::Volume,
        memory: None,
        heap: None,
        env: BTreeMap::new(),
        ports: BTreeMap::new(),
        bind: "127.0.0.1".into(),
        advertise_host: None,
        config,
        config_origins: BTreeMap::new(),
        unmanaged_fails: false,
        origin: Origin { file: Arc::from("mqlab.yaml"), line: 1, column: 1 },
        files: vec![Arc::from("mqlab.yaml")],
        body,
    }
}

/// `severity code text` of everything that was found, sorted.
pub(super) fn lines(diagnostics: &Diagnostics) -> Vec<String> {
    let mut lines: Vec<String> = diagnostics
        .list
        .iter()
        .map(|one| format!("{:?} {}: {}", one.severity, one.code, one.text).to_lowercase())
        .collect();
    lines.sort();
    lines
}

fn node(value: &serde_yaml::Value) -> Node {
    use serde_yaml::Value as Yaml;
    let value = match value {
        Yaml::Null => NodeValue::Null,
        Yaml::Bool(value) => NodeValue::Bool(*value),
        Yaml::Number(number) => {
            number.as_i64().map_or_else(|| NodeValue::Float(number.as_f64().unwrap()), NodeValue::Int)
        }
        Yaml::String(text) => NodeValue::Text(Text::plain(text)),
        Yaml::Sequence(items) => NodeValue::List(items.iter().map(node).collect()),
        Yaml::Mapping(map) => NodeValue::Map(Map {
            entries: map
                .iter()
                .map(|(key, value)| Entry {
                    key: key.as_str().unwrap().into(),
                    at: Position::default(),
                    value: node(value),
                })
                .collect(),
        }),
        Yaml::Tagged(_) => panic!("no tags"),
    };
    Node::new(value, Position::default())
}
