//! Brokers from a piece of YAML, for the tests of every kind.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Catalogue, Meaning};
use crate::model::{BrokerModel, Origin, Storage};
use crate::spec::{Diagnostics, Entry, Map, Node, NodeValue, Position, Text};

/// Keys with a meaning that no recorded version knows, and that are not `others`; and those that are there twice.
pub(super) fn strangers(catalogue: &Catalogue, meanings: &[Meaning], others: &[&'static str]) -> Vec<&'static str> {
    let mut seen: Vec<&str> = Vec::new();
    let keys = meanings.iter().flat_map(|one| one.keys).copied();
    keys.filter(|key| {
        let is_again = seen.contains(key);
        seen.push(key);
        let quoted = format!("\"{key}\"");
        let is_recorded = catalogue.versions.iter().any(|version| version.config_keys.contains(&quoted));
        is_again || !(is_recorded || others.contains(key))
    })
    .collect()
}

/// A broker of this kind and name with this body, of the catalogue's default version unless it names one. Every key
/// gets a line of its own.
pub(super) fn model(kind: &'static str, name: &str, yaml: &str) -> BrokerModel {
    let body: serde_yaml::Value = serde_yaml::from_str(yaml).unwrap();
    let body = node(&body, &mut 1);
    let values = |key| body.entries_of(key).iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect();
    let default_version = super::find(kind).unwrap().description().catalogue.default_version;
    BrokerModel {
        name: name.to_owned(),
        kind,
        version: body.text_of("version").unwrap_or(default_version).to_owned(),
        distribution: body.text_of("distribution").map(ToOwned::to_owned),
        image: body.text_of("image").map(ToOwned::to_owned),
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

/// Compares with `tests/golden/KIND/NAME`, or writes it with `UPDATE_GOLDEN=1`.
pub(super) fn golden(kind: &str, name: &str, text: &str) {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(kind).join(name);
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
    use serde_yaml::Value as Yaml;
    let at = Position { file: 0, line: *line, column: 1, length: 1 };
    let value = match value {
        Yaml::Null => NodeValue::Null,
        Yaml::Bool(value) => NodeValue::Bool(*value),
        Yaml::Number(number) => {
            number.as_i64().map_or_else(|| NodeValue::Float(number.as_f64().unwrap()), NodeValue::Int)
        }
        Yaml::String(text) => NodeValue::Text(Text::plain(text)),
        Yaml::Sequence(items) => NodeValue::List(items.iter().map(|item| node(item, line)).collect()),
        Yaml::Mapping(map) => {
            let mut entry = |(key, value): (&Yaml, &Yaml)| {
                *line += 1;
                let at = Position { file: 0, line: *line, column: 1, length: 1 };
                Entry { key: key.as_str().unwrap().to_owned(), at, value: node(value, line) }
            };
            NodeValue::Map(Map { entries: map.iter().map(&mut entry).collect() })
        }
        Yaml::Tagged(_) => panic!("tests use no tags"),
    };
    Node::new(value, at)
}
