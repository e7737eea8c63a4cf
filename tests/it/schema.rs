//! The JSON Schema against every spec that is meant to be good.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its fixtures has failed")]

use std::path::PathBuf;

use mqlab::spec::{self, render};

use crate::specs::{Nothing, examples, load, name_of, specs_in};

/// Examples, and one fixture that uses every key.
fn good_specs() -> Vec<PathBuf> {
    [examples(), specs_in("tests/fixtures/good")].concat()
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
fn the_spec_with_every_key_becomes_a_stack() {
    for file in specs_in("tests/fixtures/good") {
        let (stack, loaded) = load(&name_of(&file), &std::fs::read_to_string(&file).unwrap(), &Nothing);
        assert!(stack.is_some(), "{}", render::plain(&loaded.diagnostics, &loaded.sources));
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
