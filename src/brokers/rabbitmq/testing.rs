//! Brokers for tests, from YAML as a user would write it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{BrokerModel, Facts, Origin, Secret, Storage};
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

/// Compares with `tests/golden/rabbitmq/NAME`, or writes it with `UPDATE_GOLDEN=1`.
pub(super) fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/rabbitmq").join(name);
    #[expect(clippy::disallowed_methods, reason = "the one switch of the golden tests")]
    if std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(wanted.as_str(), text);
    assert!(
        wanted == text,
        "{name} has changed; UPDATE_GOLDEN=1 accepts it\n{}",
        diff.unified_diff().context_radius(2)
    );
}

/// What a broker that was started has.
pub(super) fn facts() -> Facts {
    let ports = [("amqp", 25672), ("management", 25673), ("stomp", 25613), ("stream", 25552)];
    Facts {
        version: "4.0".into(),
        ports: ports.map(|(name, port)| (name.to_owned(), vec![port])).into(),
        advertise_host: "localhost".into(),
        secrets: [("admin_password".to_owned(), Secret::new("planted-password"))].into(),
        ..Facts::default()
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
