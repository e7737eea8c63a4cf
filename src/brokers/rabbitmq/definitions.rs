//! From resources to the documents that the management API takes.

use serde_json::{Map, Value as Json, json};

use super::kinds;
use super::password::{SHA256, hash};
use crate::model::{Resource, Value};

/// A salt for each user, made by whoever executes.
pub(super) type Salt = [u8; 4];

/// One definitions document for all of these. A limit is no part of it: an import would replace
/// its siblings too.
pub(super) fn document<'a>(resources: impl Iterator<Item = &'a Resource>, salt: &mut dyn FnMut() -> Salt) -> Json {
    let mut lists: Map<String, Json> = Map::new();
    for resource in resources {
        let Some((list, item)) = entry(resource, salt) else { continue };
        if let Json::Array(items) = lists.entry(list).or_insert_with(|| json!([])) {
            items.push(item);
        }
    }
    Json::Object(lists)
}

fn entry(resource: &Resource, salt: &mut dyn FnMut() -> Salt) -> Option<(&'static str, Json)> {
    let list = match resource.address.kind.as_str() {
        kinds::VHOST => "vhosts",
        kinds::USER => "users",
        kinds::PERMISSION => "permissions",
        kinds::TOPIC_PERMISSION => "topic_permissions",
        kinds::EXCHANGE => "exchanges",
        kinds::QUEUE => "queues",
        kinds::BINDING => "bindings",
        kinds::POLICY => "policies",
        kinds::OPERATOR_POLICY => "parameters",
        _ => return None,
    };
    let mut item = body(resource, None, salt);
    let Json::Object(fields) = &mut item else { return None };
    let vhost = resource.address.vhost_name();
    match list {
        // An import takes no notice of a default queue type outside of it.
        "vhosts" => {
            let metadata = Json::Object(std::mem::take(fields));
            fields.insert("metadata".to_owned(), metadata);
        }
        "users" => {}
        "permissions" => {
            fields.insert("user".to_owned(), json!(resource.address.name));
            fields.insert("vhost".to_owned(), json!(vhost));
        }
        "parameters" => {
            item =
                json!({ "vhost": vhost, "component": "operator_policy", "name": resource.address.name, "value": item });
            return Some((list, item));
        }
        _ => {
            fields.insert("vhost".to_owned(), json!(vhost));
        }
    }
    if !matches!(list, "permissions" | "topic_permissions" | "bindings") {
        fields.insert("name".to_owned(), json!(resource.address.name));
    }
    Some((list, item))
}

/// The body for one object. `before` is what the broker has now: where the API replaces the whole object,
/// what the spec does not mention is kept.
pub(super) fn body(resource: &Resource, before: Option<&Resource>, salt: &mut dyn FnMut() -> Salt) -> Json {
    let get = |name: &str| {
        let found = resource.attribute(name).or_else(|| before.and_then(|before| before.attribute(name)));
        found.map_or(Json::Null, Value::to_json)
    };
    match resource.address.kind.as_str() {
        kinds::VHOST => present(json!({
            "description": get("description"),
            "tags": get("tags"),
            "default_queue_type": get("default_queue_type"),
        })),
        kinds::USER => user(resource, before, salt),
        kinds::PERMISSION => {
            json!({ "configure": get("configure"), "write": get("write"), "read": get("read") })
        }
        kinds::TOPIC_PERMISSION => {
            json!({ "user": get("user"), "exchange": get("exchange"), "write": get("write"), "read": get("read") })
        }
        kinds::EXCHANGE => json!({
            "type": get("type"),
            "durable": get("durable"),
            "auto_delete": get("auto_delete"),
            "internal": get("internal"),
            "arguments": arguments(resource),
        }),
        kinds::QUEUE => {
            let mut arguments = arguments(resource);
            if let Some(kind) = resource.attribute("type").and_then(Value::as_text) {
                arguments.insert("x-queue-type".to_owned(), json!(kind));
            }
            json!({ "durable": get("durable"), "auto_delete": get("auto_delete"), "arguments": arguments })
        }
        kinds::BINDING => json!({
            "source": get("source"),
            "destination": get("destination"),
            "destination_type": get("destination_type"),
            "routing_key": get("routing_key"),
            "arguments": get("arguments"),
        }),
        kinds::LIMIT => json!({ "value": get("value") }),
        _ => json!({
            "pattern": get("pattern"),
            "apply-to": get("apply_to"),
            "priority": get("priority"),
            "definition": get("definition"),
        }),
    }
}

/// Whether the management API cannot carry the object: a binding with an argument that has no value.
pub(super) fn needs_amqp(resource: &Resource) -> bool {
    fn has_null(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::List(items) => items.iter().any(has_null),
            Value::Map(map) => map.values().any(has_null),
            _ => false,
        }
    }
    resource.address.kind == kinds::BINDING && resource.attribute("arguments").is_some_and(has_null)
}

fn user(resource: &Resource, before: Option<&Resource>, salt: &mut dyn FnMut() -> Salt) -> Json {
    let mut fields = Map::new();
    match (resource.attribute("password"), before.and_then(|before| before.attribute("password"))) {
        (Some(Value::Secret(password)), _) => {
            fields.insert("password_hash".to_owned(), json!(hash(password, salt())));
            fields.insert("hashing_algorithm".to_owned(), json!(SHA256));
        }
        (None, Some(Value::Secret(stored))) => {
            let (algorithm, hash) = stored.reveal().split_once(':').unwrap_or((SHA256, ""));
            fields.insert("password_hash".to_owned(), json!(hash));
            fields.insert("hashing_algorithm".to_owned(), json!(algorithm));
        }
        _ => {
            fields.insert("password_hash".to_owned(), json!(""));
        }
    }
    let tags = resource.attribute("tags").or_else(|| before.and_then(|before| before.attribute("tags")));
    fields.insert("tags".to_owned(), tags.map_or_else(|| json!([]), Value::to_json));
    fields.insert("limits".to_owned(), Json::Object(group(resource, "limits.")));
    Json::Object(fields)
}

fn arguments(resource: &Resource) -> Map<String, Json> {
    group(resource, "arguments.")
}

/// A group of attributes without its prefix; null means the broker's default, which is to leave it out.
fn group(resource: &Resource, prefix: &str) -> Map<String, Json> {
    resource
        .attributes
        .iter()
        .filter(|(_, value)| !value.is_null())
        .filter_map(|(name, value)| Some((name.strip_prefix(prefix)?.to_owned(), value.to_json())))
        .collect()
}

fn present(item: Json) -> Json {
    match item {
        Json::Object(fields) => Json::Object(fields.into_iter().filter(|(_, value)| !value.is_null()).collect()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{broker, golden};
    use super::super::topology::topology;
    use super::*;

    #[test]
    fn one_document_for_everything() {
        let spec = r#"
users:
  mailer:
    password: planted-password
    tags: [monitoring]
    permissions: { shop: { read: ".*" } }
    topic_permissions: { /: { mail: { write: "^eu" } } }
    limits: { max-channels: 5 }
vhosts: { shop: { description: d, tags: [b, a], default_queue_type: quorum, limits: { max-queues: 3 }, queues: { q: {} } } }
exchanges: { mail: { type: topic, internal: true, arguments: { unset: null } } }
queues: { mail.eu: { message_ttl: 1h, bindings: [ { exchange: mail, routing_key: eu } ] } }
operator_policies: { cap: { pattern: "", definition: { max-length: 1, expires: null } } }
"#;
        let resources = topology(&broker(spec));
        let document = document(resources.iter(), &mut || [1, 2, 3, 4]);
        let text = serde_json::to_string_pretty(&document).unwrap() + "\n";
        assert!(!text.contains("planted-password"));
        golden("definitions.json", &text);
    }

    #[test]
    fn what_the_spec_does_not_mention_is_kept_where_the_api_replaces_the_whole_object() {
        let address = crate::model::Address::new("jobs", kinds::VHOST, "shop");
        let wanted = Resource::new(address.clone()).with("description", "new");
        let before = Resource::new(address).with("description", "old").with("default_queue_type", "quorum");
        let found = body(&wanted, Some(&before), &mut || [0; 4]);
        assert_eq!(found, json!({ "description": "new", "default_queue_type": "quorum" }));
    }
}
