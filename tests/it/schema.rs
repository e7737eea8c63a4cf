//! The JSON Schema against every spec that is meant to be good.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its fixtures has failed")]

use std::path::{Path, PathBuf};

use mqlab::model::Stack;
use mqlab::spec::{self, Environment, Input, render};

/// Good specs do without variables and files.
struct Nothing;

impl Environment for Nothing {
    fn variable(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _spec: &str, path: &str) -> Result<String, String> {
        Err(format!("cannot read {path}: no such file"))
    }
}

/// Examples, and one fixture that uses every key.
fn good_specs() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folders = [root.join("examples"), root.join("tests/fixtures/good")];
    let entries = folders.iter().filter_map(|folder| std::fs::read_dir(folder).ok()).flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "yaml"));
    files.sort();
    assert!(!files.is_empty());
    files
}

#[test]
fn the_schema_is_one_and_accepts_every_good_spec() {
    let schema = spec::schema();
    jsonschema::meta::validate(&schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for file in good_specs() {
        let text = std::fs::read_to_string(&file).unwrap();
        let mut value: serde_yaml::Value = serde_yaml::from_str(&text).unwrap();
        value.apply_merge().unwrap();
        let value = serde_json::to_value(value).unwrap();
        let errors: Vec<String> =
            validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", file.display());
    }
}

#[test]
fn every_good_spec_becomes_a_stack() {
    for file in good_specs() {
        let bytes = std::fs::read(&file).unwrap();
        let mut loaded = spec::load(vec![Input { name: "mqlab.yaml".into(), bytes }], &Nothing);
        let stack = loaded.tree.as_ref().and_then(|tree| {
            let folder = file.parent().unwrap().to_path_buf();
            Stack::build(tree, &loaded.sources, folder, &mut loaded.diagnostics)
        });
        let said = render::plain(&loaded.diagnostics, &loaded.sources);
        assert!(stack.is_some(), "{}:\n{said}", file.display());
    }
}

#[test]
fn every_part_of_the_schema_says_what_it_is() {
    fn walk(value: &serde_json::Value, path: &str, missing: &mut Vec<String>) {
        if let Some(properties) = value.get("properties").and_then(serde_json::Value::as_object) {
            for (name, property) in properties {
                let described = property.get("description").is_some_and(|text| text != "");
                // The choice of a kind only points on to the kinds' own schemas.
                if !described && !path.contains("/if") && path != "/$defs/broker" {
                    missing.push(format!("{path}/{name}"));
                }
            }
        }
        if let Some(map) = value.as_object() {
            map.iter().for_each(|(key, value)| walk(value, &format!("{path}/{key}"), missing));
        }
        if let Some(list) = value.as_array() {
            for value in list {
                walk(value, &format!("{path}/if"), missing);
            }
        }
    }
    let mut missing = Vec::new();
    walk(&spec::schema(), "", &mut missing);
    assert!(missing.is_empty(), "{missing:?}");
}
