//! A broker from a piece of YAML, for tests.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{BrokerModel, Facts, Origin, Secret, Storage};
use crate::spec::{Diagnostics, Entry, Map, Node, NodeValue, Position, Text};

/// A broker `art` with this body; `nodes`, `storage`, `heap`, `env` and `config` in it count. Every key gets a line of
/// its own.
pub(super) fn broker(yaml: &str) -> BrokerModel {
    let body: serde_yaml::Value = serde_yaml::from_str(yaml).unwrap();
    let mut line = 1;
    let body = node(&body, &mut line);
    let values = |key: &str| -> BTreeMap<_, _> {
        body.entries_of(key).iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect()
    };
    BrokerModel {
        name: "art".to_owned(),
        kind: "artemis",
        version: "2.56".to_owned(),
        distribution: None,
        image: None,
        platform: None,
        nodes: body.int_of("nodes").map_or(1, |nodes| u32::try_from(nodes).unwrap()),
        storage: if body.text_of("storage") == Some("memory") { Storage::Memory } else { Storage::Volume },
        memory: None,
        heap: body.int_of("heap").map(|heap| u64::try_from(heap).unwrap()),
        env: values("env"),
        ports: BTreeMap::new(),
        bind: "127.0.0.1".to_owned(),
        advertise_host: None,
        config: values("config"),
        config_origins: BTreeMap::new(),
        unmanaged_fails: false,
        origin: Origin { file: Arc::from("mqlab.yaml"), line: 1, column: 1 },
        files: vec![Arc::from("mqlab.yaml")],
        body,
    }
}

/// What a broker that was started has.
pub(super) fn facts() -> Facts {
    Facts {
        version: "2.56".to_owned(),
        ports: BTreeMap::from([("core".to_owned(), vec![61616, 61617]), ("console".to_owned(), vec![8161, 8162])]),
        advertise_host: "localhost".to_owned(),
        secrets: BTreeMap::from([
            ("admin_password".to_owned(), Secret::new("planted-admin")),
            ("cluster_password".to_owned(), Secret::new("planted-cluster")),
        ]),
        ..Facts::default()
    }
}

/// `error code: text` for each finding, sorted.
pub(super) fn lines(diagnostics: &Diagnostics) -> Vec<String> {
    let line = |one: &crate::spec::Diagnostic| {
        format!("{} {}: {}", format!("{:?}", one.severity).to_lowercase(), one.code, one.text)
    };
    let mut lines: Vec<String> = diagnostics.list.iter().map(line).collect();
    lines.sort();
    lines
}

fn node(value: &serde_yaml::Value, line: &mut u32) -> Node {
    let at = Position { file: 0, line: *line, column: 1, length: 1 };
    let value = match value {
        serde_yaml::Value::Null => NodeValue::Null,
        serde_yaml::Value::Bool(value) => NodeValue::Bool(*value),
        serde_yaml::Value::Number(number) => {
            number.as_i64().map_or_else(|| NodeValue::Float(number.as_f64().unwrap()), NodeValue::Int)
        }
        serde_yaml::Value::String(text) => NodeValue::Text(Text::plain(text)),
        serde_yaml::Value::Sequence(items) => NodeValue::List(items.iter().map(|item| node(item, line)).collect()),
        serde_yaml::Value::Mapping(map) => NodeValue::Map(Map {
            entries: map
                .iter()
                .map(|(key, value)| {
                    *line += 1;
                    let at = Position { file: 0, line: *line, column: 1, length: 1 };
                    Entry { key: key.as_str().unwrap().to_owned(), at, value: node(value, line) }
                })
                .collect(),
        }),
        serde_yaml::Value::Tagged(_) => panic!("tests use no tags"),
    };
    Node::new(value, at)
}
