//! A broker from a piece of YAML, for tests: every key gets a line of its own.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::model::{BrokerModel, Facts, Origin, Storage};
use crate::spec::{Entry, Map, Node, NodeValue, Position, Text};

/// A broker `trades` with this body; `nodes` and `storage` in it count.
pub(super) fn broker(yaml: &str) -> BrokerModel {
    let body: serde_yaml::Value = serde_yaml::from_str(yaml).unwrap();
    let mut line = 1;
    let body = node(&body, &mut line);
    let values = |key: &str| body.entries_of(key).iter().map(|entry| (entry.key.clone(), entry.value.to_value()));
    BrokerModel {
        name: "trades".to_owned(),
        kind: super::KIND,
        version: "5.5".to_owned(),
        distribution: None,
        image: None,
        platform: None,
        nodes: body.int_of("nodes").map_or(1, |nodes| u32::try_from(nodes).unwrap()),
        storage: if body.text_of("storage") == Some("memory") { Storage::Memory } else { Storage::Volume },
        memory: None,
        heap: None,
        env: values("env").collect(),
        ports: BTreeMap::new(),
        bind: "127.0.0.1".to_owned(),
        advertise_host: None,
        config: values("config").collect(),
        config_origins: BTreeMap::new(),
        unmanaged_fails: false,
        origin: Origin { file: Arc::from("mqlab.yaml"), line: 1, column: 1 },
        files: vec![Arc::from("mqlab.yaml")],
        body,
    }
}

/// What a broker that was started has.
pub(super) fn facts() -> Facts {
    let ports = [
        ("namesrv", vec![29876]),
        ("broker", vec![30911, 30912]),
        ("proxy", vec![28081]),
        ("proxy_remoting", vec![28080]),
    ];
    Facts {
        version: "5.5".to_owned(),
        ports: ports.map(|(name, numbers)| (name.to_owned(), numbers)).into(),
        advertise_host: "localhost".to_owned(),
        ..Facts::default()
    }
}

fn node(value: &serde_yaml::Value, line: &mut u32) -> Node {
    let at = Position { file: 0, line: *line, column: 1, length: 1 };
    let value = match value {
        serde_yaml::Value::Null => NodeValue::Null,
        serde_yaml::Value::Bool(value) => NodeValue::Bool(*value),
        serde_yaml::Value::Number(number) => NodeValue::Int(number.as_i64().unwrap()),
        serde_yaml::Value::String(text) => NodeValue::Text(Text::plain(text)),
        serde_yaml::Value::Sequence(items) => NodeValue::List(items.iter().map(|item| node(item, line)).collect()),
        serde_yaml::Value::Mapping(map) => {
            let mut entry = |(key, value): (&serde_yaml::Value, &serde_yaml::Value)| {
                *line += 1;
                let at = Position { file: 0, line: *line, column: 1, length: 1 };
                Entry { key: key.as_str().unwrap().to_owned(), at, value: node(value, line) }
            };
            NodeValue::Map(Map { entries: map.iter().map(&mut entry).collect() })
        }
        serde_yaml::Value::Tagged(_) => panic!("tests use no tags"),
    };
    Node::new(value, at)
}
