//! The JSON Schema of the spec, from the same shapes that the checker reads.
//!
//! For editors: it accepts every spec that [`super::load`] accepts, and some more, because a schema cannot follow
//! `defaults:` and `${…}`.

use serde_json::{Map, Value, json};

use super::root::{BROKER, BROKERS, DEFAULTS, FORMAT, ROOT};
use super::{Field, Object, Shape};
use crate::brokers::{self, Description};

/// A text with a reference in it may become anything.
const INTERPOLATED: &str = r"\$\{";

/// Draft 2020-12, for editors and other tools.
pub fn schema() -> Value {
    let kinds: Vec<&'static Description> = brokers::registry().iter().map(|broker| broker.description()).collect();
    schema_of(&kinds)
}

pub(crate) fn schema_of(kinds: &[&'static Description]) -> Value {
    let mut root = object(&ROOT, Required::Yes);
    root["$schema"] = "https://json-schema.org/draft/2020-12/schema".into();
    root["title"] = "mqlab.yaml".into();
    root["patternProperties"] = ignored();
    root["properties"]["mqlab"] = json!({ "const": FORMAT, "description": ROOT.fields[0].doc });
    root["properties"]["stack"]["pattern"] = format!(r"^[a-z0-9][a-z0-9_.-]{{0,39}}$|{INTERPOLATED}").into();
    root["properties"][BROKERS]["propertyNames"] = json!({ "pattern": "^[a-z0-9_]{1,63}$" });
    root["properties"][BROKERS]["minProperties"] = 1.into();
    root["properties"][BROKERS]["type"] = "object".into();
    root["properties"][BROKERS]["additionalProperties"] = json!({ "$ref": "#/$defs/broker" });
    let mut definitions = Map::new();
    definitions.insert("broker".to_owned(), any_broker(kinds));
    for description in kinds {
        definitions.insert(description.kind.to_owned(), broker(description));
    }
    root["$defs"] = Value::Object(definitions);
    root
}

/// Chooses by `kind`, so that an editor complains about the keys of that kind and no other.
fn any_broker(kinds: &[&'static Description]) -> Value {
    let names: Vec<&str> = kinds.iter().map(|description| description.kind).collect();
    let choice = |kind: &&str| {
        json!({
            "if": { "properties": { "kind": { "const": kind } }, "required": ["kind"] },
            "then": { "$ref": format!("#/$defs/{kind}") },
        })
    };
    json!({
        "description": BROKER.doc,
        "type": "object",
        "required": ["kind"],
        "properties": { "kind": { "enum": names } },
        "allOf": names.iter().map(choice).collect::<Vec<_>>(),
    })
}

fn broker(description: &Description) -> Value {
    let own = description.fields.iter();
    let common = BROKER.fields.iter().filter(|field| description.fields.iter().all(|own| own.name != field.name));
    let mut schema = fields(own.chain(common), Required::Yes);
    schema["title"] = description.title.into();
    schema["type"] = "object".into();
    schema["patternProperties"] = ignored();
    let properties = &mut schema["properties"];
    properties["kind"] = json!({ "const": description.kind, "description": description.title });
    let versions: Vec<&str> = description.catalogue.versions.iter().map(|version| version.number).collect();
    properties["version"]["anyOf"] = json!([{ "enum": versions }, { "pattern": INTERPOLATED }]);
    properties["nodes"]["maximum"] = description.most_nodes.into();
    let ports: Vec<&str> = description.ports.iter().map(|port| port.name).collect();
    properties["ports"]["propertyNames"] = json!({ "enum": ports });
    let named = description.fields.iter().filter_map(|field| Some((field.name, field.named_object()?)));
    let defaults: Map<String, Value> = named.map(|(name, one)| (name.to_owned(), object(one, Required::No))).collect();
    properties[DEFAULTS] = json!({
        "description": "What objects of a kind have where they do not say otherwise.",
        "type": ["object", "null"],
        "properties": defaults,
        "additionalProperties": false,
    });
    schema
}

/// A home for anchors.
fn ignored() -> Value {
    json!({ "^x-": true })
}

/// Whether required keys are asked for: `defaults:` may bring those of objects that have names.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Required {
    Yes,
    No,
}

fn object(object: &Object, required: Required) -> Value {
    let mut schema = fields(object.fields.iter(), required);
    schema["description"] = object.doc.into();
    let may_be_empty = schema.get("required").is_none();
    schema["type"] = if may_be_empty { json!(["object", "null"]) } else { json!("object") };
    schema
}

fn fields<'a>(fields: impl Iterator<Item = &'a Field>, required: Required) -> Value {
    let fields: Vec<&Field> = fields.filter(|field| !field.reserved).collect();
    let properties: Map<String, Value> = fields
        .iter()
        .map(|field| {
            let mut schema = shape(&field.shape);
            schema["description"] = field.doc.into();
            (field.name.to_owned(), schema)
        })
        .collect();
    let mut schema = json!({ "properties": properties, "additionalProperties": false });
    let wanted: Vec<&str> = fields.iter().filter(|field| field.required).map(|field| field.name).collect();
    if required == Required::Yes && !wanted.is_empty() {
        schema["required"] = wanted.into();
    }
    schema
}

fn shape(shape: &Shape) -> Value {
    match shape {
        Shape::Text => json!({ "type": "string" }),
        Shape::Bool => json!({ "type": "boolean" }),
        Shape::Int { least, most } => integer(*least, *most),
        Shape::Scalar => json!({ "type": ["string", "integer", "boolean", "null"] }),
        Shape::Duration => measure("(ms|s|m|h|d)"),
        Shape::Size => measure("(B|KiB|MiB|GiB)"),
        Shape::Choice(choices) => {
            json!({ "anyOf": [{ "enum": choices }, { "pattern": INTERPOLATED }], "type": "string" })
        }
        Shape::List(item) => json!({ "type": ["array", "null"], "items": self::shape(item) }),
        Shape::Map { value, .. } => {
            let value = match value {
                Shape::Object(named) => object(named, Required::No),
                other => self::shape(other),
            };
            json!({ "type": ["object", "null"], "additionalProperties": value })
        }
        Shape::Object(one) => object(one, Required::Yes),
        Shape::Either(shapes) => json!({ "anyOf": shapes.iter().map(self::shape).collect::<Vec<_>>() }),
        Shape::Any => json!({}),
    }
}

fn integer(least: i64, most: i64) -> Value {
    let mut schema = json!({ "type": "integer" });
    if least != i64::MIN {
        schema["minimum"] = least.into();
    }
    if most != i64::MAX {
        schema["maximum"] = most.into();
    }
    schema
}

fn measure(units: &str) -> Value {
    let pattern = format!("^(unlimited|-1|[0-9]+( *{units})?)$|{INTERPOLATED}");
    json!({ "anyOf": [{ "type": "integer", "minimum": -1 }, { "type": "string", "pattern": pattern }] })
}

#[cfg(test)]
mod tests {
    use super::super::testing::{TEST_KIND, load_texts};
    use super::*;

    fn accepts(text: &str) -> bool {
        let schema = schema_of(&[&TEST_KIND]);
        let mut value: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
        value.apply_merge().unwrap();
        jsonschema::validator_for(&schema).unwrap().is_valid(&serde_json::to_value(value).unwrap())
    }

    #[test]
    fn it_is_a_schema() {
        jsonschema::meta::validate(&schema_of(&[&TEST_KIND])).unwrap();
    }

    #[test]
    fn what_loads_is_accepted() {
        for text in [
            "brokers: { s: { kind: shelf } }",
            "mqlab: 1\nstack: a.b\nx-note: { any: thing }\nbrokers: { s: { kind: shelf, x-note: 1, boxes: { a: { slots: 1 } } } }",
            "brokers: { s: { kind: shelf, defaults: { boxes: { slots: 1 } }, boxes: { a: , b: { keep: 7d, size: 10 } } } }",
            "brokers: { s: { kind: shelf, version: '4.10', ports: { front: 5, back: [6] }, config: { a: null } } }",
            "brokers: { s: { kind: shelf, storage: '${env:ROOM:-memory}', memory: 1 GiB } }\nstack: ${env:ROOM}",
            "brokers: { s: { kind: shelf } }\napps: { a: , b: { produces: [ s/x, { to: s/y, headers: { h: [1] } } ] } }",
            "x-b: &b { slots: 1 }\nbrokers: { s: { kind: shelf, boxes: { a: { <<: *b, open: true } } } }",
        ] {
            assert!(accepts(text), "{text}");
            let wrong: Vec<_> = load_texts(&[text]).diagnostics.list.into_iter().map(|one| one.code).collect();
            // The variable is there, and its value is no storage.
            assert!(wrong.is_empty() || wrong == ["invalid-choice"], "{text}: {wrong:?}");
        }
    }

    #[test]
    fn what_the_checker_refuses_is_refused() {
        for text in [
            "{}",
            "brokers: {}",
            "brokers:",
            "mqlab: 2\nbrokers: { s: { kind: shelf } }",
            "brokers: { S: { kind: shelf } }",
            "brokers: { s: { kind: desk } }",
            "brokers: { s: { nodes: 1 } }",
            "brokers: { s: { kind: shelf, nodes: 9 } }",
            "brokers: { s: { kind: shelf, version: 4.1 } }",
            "brokers: { s: { kind: shelf, version: '4.1' } }",
            "brokers: { s: { kind: shelf, acls: {} } }",
            "brokers: { s: { kind: shelf, ports: { side: 1 } } }",
            "brokers: { s: { kind: shelf, memory: 1GB } }",
            "brokers: { s: { kind: shelf, config: { a: [1] } } }",
            "brokers: { s: { kind: shelf, defaults: { beer: {} } } }",
            "brokers: { s: { kind: shelf, boxes: { a: { slots: '1' } } } }",
            "brokers: { s: { kind: shelf, boxes: { a: { links: [ {} ] } } } }",
            "brokers: { s: { kind: shelf, rooms: { r: { boxes: { a: { typ: x } } } } } }",
            "brokers: { s: { kind: shelf } }\napps: { a: { produces: s/x } }",
            "brokers: { s: { kind: shelf } }\nstack: My Shop",
        ] {
            assert!(!accepts(text), "{text}");
        }
    }
}
