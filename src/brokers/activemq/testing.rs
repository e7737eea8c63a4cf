//! Brokers for tests, from YAML as a user would write it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{BrokerModel, Facts, Origin, Secret, Storage};
use crate::spec::{Entry, Map, Node, NodeValue, Position, Text};

/// A broker `legacy` with this body; every key gets a line of its own.
pub(super) fn broker(yaml: &str) -> BrokerModel {
    let body: serde_yaml::Value = serde_yaml::from_str(yaml).unwrap();
    let body = node(&body, &mut 1);
    let values = |key| body.entries_of(key).iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect();
    BrokerModel {
        name: "legacy".to_owned(),
        kind: super::KIND,
        version: body.text_of("version").unwrap_or("6.1").to_owned(),
        distribution: None,
        image: None,
        platform: None,
        nodes: body.int_of("nodes").map_or(1, |nodes| u32::try_from(nodes).unwrap()),
        storage: if body.text_of("storage") == Some("memory") { Storage::Memory } else { Storage::Volume },
        memory: None,
        heap: None,
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
    // 31616 for 61616, 28161 for 8161.
    let on_the_host = |number: u16| number.checked_sub(30_000).unwrap_or_else(|| number + 20_000);
    let both = |first: u16| vec![first, first + 1];
    let ports = super::PORTS.iter().map(|port| (port.name.to_owned(), both(on_the_host(port.number))));
    Facts {
        version: "6.1".to_owned(),
        ports: ports.collect(),
        advertise_host: "localhost".to_owned(),
        secrets: BTreeMap::from([(super::ADMIN_PASSWORD.to_owned(), Secret::new("generated"))]),
        ..Facts::default()
    }
}

/// Compares with `tests/golden/activemq/NAME`, or writes it with `UPDATE_GOLDEN=1`.
pub(super) fn golden(name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/activemq").join(name);
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

fn node(value: &serde_yaml::Value, line: &mut u32) -> Node {
    let at = Position { file: 0, line: *line, column: 1, length: 1 };
    let value = match value {
        serde_yaml::Value::Null => NodeValue::Null,
        serde_yaml::Value::Bool(value) => NodeValue::Bool(*value),
        serde_yaml::Value::Number(number) => NodeValue::Int(number.as_i64().unwrap()),
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
