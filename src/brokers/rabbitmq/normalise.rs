//! From what the management API answered to resources in the terms of the spec.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value as Json};

use super::address::{self, BindingParts};
use super::kinds;
use super::password::stored;
use super::read::ROOT;
use super::topology::{WithBinding, sorted};
use crate::model::{Address, Resource, Value};

/// Everything in the answers of `GET /api/definitions` and `GET /api/exchanges`.
///
/// The definitions leave out what the broker makes by itself: `amq.*`, the default exchange and its bindings,
/// and exclusive queues. Since 4.3 they leave out internal exchanges too, so those come from the second answer.
pub(super) fn resources(broker: &str, definitions: &Json, exchanges: &Json) -> Vec<Resource> {
    let reader = Reader { broker };
    let mut found = Vec::new();
    found.extend(items(definitions, "vhosts").map(|item| reader.vhost(item)));
    found.extend(items(definitions, "users").map(|item| reader.user(item)));
    found.extend(items(definitions, "permissions").map(|item| reader.permission(item)));
    found.extend(items(definitions, "topic_permissions").map(|item| reader.topic_permission(item)));
    for item in items(definitions, "parameters") {
        reader.parameter(item, &mut found);
    }
    found.extend(items(definitions, "policies").map(|item| reader.policy(item, item, kinds::POLICY)));
    found.extend(items(definitions, "exchanges").map(|item| reader.exchange(item)));
    let defined: BTreeSet<(&str, &str)> =
        items(definitions, "exchanges").map(|item| (text(item, "vhost"), text(item, "name"))).collect();
    let internal = exchanges.as_array().into_iter().flatten().filter(|item| {
        let (vhost, name) = (text(item, "vhost"), text(item, "name"));
        flag(item, "internal") && !kinds::reserved_name(name) && !defined.contains(&(vhost, name))
    });
    found.extend(internal.map(|item| reader.exchange(item)));
    found.extend(items(definitions, "queues").map(|item| reader.queue(item)));
    found.extend(items(definitions, "bindings").map(|item| reader.binding(item)));
    hold_on_to_destinations(&mut found);
    found
}

/// An exchange with `auto_delete` goes away with the last binding from it: it may go with whatever it is bound to.
fn hold_on_to_destinations(found: &mut [Resource]) {
    let volatile = |one: &&mut Resource| {
        one.address.kind == kinds::EXCHANGE && one.attribute("auto_delete").and_then(Value::as_bool) == Some(true)
    };
    let (bindings, mut others): (Vec<&mut Resource>, Vec<&mut Resource>) =
        found.iter_mut().partition(|one| one.address.kind == kinds::BINDING);
    let mut volatile: BTreeMap<Address, &mut Resource> =
        others.iter_mut().map(|one| &mut **one).filter(volatile).map(|one| (one.address.clone(), one)).collect();
    for binding in bindings {
        let text = |name: &str| binding.attribute(name).and_then(Value::as_text).unwrap_or_default();
        let (broker, vhost) = (&binding.address.broker, binding.address.vhost_name());
        let source = address::exchange(broker, vhost, text("source"));
        let target = if text("destination_type") == "exchange" { address::exchange } else { address::queue };
        let destination = target(broker, vhost, text("destination"));
        if let Some(exchange) = volatile.get_mut(&source).filter(|_| destination != source) {
            exchange.needs.insert(destination);
        }
    }
}

struct Reader<'a> {
    broker: &'a str,
}

impl Reader<'_> {
    fn inside(&self, item: &Json, kind: &str) -> Resource {
        let vhost = text(item, "vhost");
        let address = Address::in_vhost(self.broker, vhost, kind, text(item, "name"));
        self.needing_vhost(vhost, Resource::new(address))
    }

    fn needing_vhost(&self, vhost: &str, resource: Resource) -> Resource {
        if vhost == ROOT { resource } else { resource.needing(address::vhost(self.broker, vhost)) }
    }

    fn vhost(&self, item: &Json) -> Resource {
        let metadata = item.get("metadata").unwrap_or(item);
        let mut resource = Resource::new(address::vhost(self.broker, text(item, "name")));
        resource = resource.with("description", text(metadata, "description")).with("tags", tags(metadata));
        if let Some(kind) = metadata.get("default_queue_type").and_then(Json::as_str) {
            resource = resource.with("default_queue_type", kind);
        }
        resource
    }

    fn user(&self, item: &Json) -> Resource {
        let secret = stored(text(item, "hashing_algorithm"), text(item, "password_hash"));
        let mut resource = Resource::new(address::user(self.broker, text(item, "name"))).with("tags", tags(item));
        resource.attributes.insert("password".to_owned(), Value::Secret(secret));
        for (limit, value) in object(item, "limits") {
            resource.attributes.insert(format!("limits.{limit}"), Value::from(value.clone()));
        }
        resource
    }

    fn permission(&self, item: &Json) -> Resource {
        let (vhost, user) = (text(item, "vhost"), text(item, "user"));
        let resource = Resource::new(address::permission(self.broker, vhost, user));
        self.needing_vhost(vhost, resource)
            .needing(address::user(self.broker, user))
            .with("configure", text(item, "configure"))
            .with("write", text(item, "write"))
            .with("read", text(item, "read"))
    }

    fn topic_permission(&self, item: &Json) -> Resource {
        let (vhost, user, exchange) = (text(item, "vhost"), text(item, "user"), text(item, "exchange"));
        let resource = Resource::new(address::topic_permission(self.broker, vhost, user, exchange));
        self.needing_vhost(vhost, resource)
            .needing(address::user(self.broker, user))
            .with("user", user)
            .with("exchange", exchange)
            .with("write", text(item, "write"))
            .with("read", text(item, "read"))
    }

    /// Runtime parameters are a home for several things; what belongs to plugins is not ours to list.
    fn parameter(&self, item: &Json, found: &mut Vec<Resource>) {
        match text(item, "component") {
            "operator_policy" => {
                let value = item.get("value").unwrap_or(&Json::Null);
                found.push(self.policy(item, value, kinds::OPERATOR_POLICY));
            }
            "vhost-limits" => {
                let vhost = text(item, "vhost");
                for (limit, value) in object(item, "value") {
                    let address = Address::in_vhost(self.broker, vhost, kinds::LIMIT, limit);
                    let resource = Resource::new(address).with("value", Value::from(value.clone()));
                    found.push(self.needing_vhost(vhost, resource));
                }
            }
            _ => {}
        }
    }

    fn policy(&self, item: &Json, body: &Json, kind: &str) -> Resource {
        let mut resource = self
            .inside(item, kind)
            .with("pattern", text(body, "pattern"))
            .with("apply_to", body.get("apply-to").and_then(Json::as_str).unwrap_or("all"))
            .with("priority", body.get("priority").and_then(Json::as_i64).unwrap_or(0));
        resource.attributes.insert("definition".to_owned(), Value::Map(map(body, "definition")));
        resource
    }

    fn exchange(&self, item: &Json) -> Resource {
        let resource = self
            .inside(item, kinds::EXCHANGE)
            .with("type", text(item, "type"))
            .with("durable", flag(item, "durable"))
            .with("auto_delete", flag(item, "auto_delete"))
            .with("internal", flag(item, "internal"));
        with_arguments(resource, item)
    }

    fn queue(&self, item: &Json) -> Resource {
        let arguments = item.get("arguments").unwrap_or(&Json::Null);
        // Servers before 4.0 leave the argument out where the client did.
        let kind = arguments.get("x-queue-type").and_then(Json::as_str).unwrap_or("classic");
        let resource = self
            .inside(item, kinds::QUEUE)
            .with("type", kind)
            .with("durable", flag(item, "durable"))
            .with("auto_delete", flag(item, "auto_delete"));
        let mut resource = with_arguments(resource, item);
        resource.attributes.remove("arguments.x-queue-type");
        resource
    }

    fn binding(&self, item: &Json) -> Resource {
        let vhost = text(item, "vhost");
        let arguments = binding_arguments(item);
        let parts = BindingParts {
            source: text(item, "source"),
            destination: text(item, "destination"),
            to_exchange: text(item, "destination_type") == "exchange",
            key: text(item, "routing_key"),
            arguments: &arguments,
        };
        let target = if parts.to_exchange { address::exchange } else { address::queue };
        let resource = Resource::new(address::binding(self.broker, vhost, parts));
        self.needing_vhost(vhost, resource)
            .needing(address::exchange(self.broker, vhost, parts.source))
            .needing(target(self.broker, vhost, parts.destination))
            .with_binding(parts)
    }
}

/// An argument without a value, which only AMQP can give, comes out of the management API as the text `undefined`.
pub(super) fn binding_arguments(item: &Json) -> BTreeMap<String, Value> {
    object(item, "arguments").map(|(name, value)| (name.clone(), with_nulls(Value::from(value.clone())))).collect()
}

fn with_nulls(value: Value) -> Value {
    match value {
        Value::Text(text) if text == "undefined" => Value::Null,
        Value::List(items) => Value::List(items.into_iter().map(with_nulls).collect()),
        Value::Map(map) => Value::Map(map.into_iter().map(|(name, value)| (name, with_nulls(value))).collect()),
        other => other,
    }
}

fn with_arguments(mut resource: Resource, item: &Json) -> Resource {
    for (key, value) in object(item, "arguments") {
        resource.attributes.insert(format!("arguments.{key}"), Value::from(value.clone()));
    }
    resource
}

fn items<'a>(definitions: &'a Json, list: &str) -> impl Iterator<Item = &'a Json> + use<'a> {
    definitions.get(list).and_then(Json::as_array).into_iter().flatten()
}

fn text<'a>(item: &'a Json, key: &str) -> &'a str {
    item.get(key).and_then(Json::as_str).unwrap_or_default()
}

fn flag(item: &Json, key: &str) -> bool {
    item.get(key).and_then(Json::as_bool).unwrap_or_default()
}

/// The server writes an empty object as `[]` in places.
fn object<'a>(item: &'a Json, key: &str) -> impl Iterator<Item = (&'a String, &'a Json)> + use<'a> {
    item.get(key).and_then(Json::as_object).into_iter().flat_map(Map::iter)
}

fn map(item: &Json, key: &str) -> BTreeMap<String, Value> {
    object(item, key).map(|(key, value)| (key.clone(), Value::from(value.clone()))).collect()
}

/// A list, or text with commas as servers before 3.9 wrote it.
fn tags(item: &Json) -> Value {
    match item.get("tags") {
        Some(Json::Array(tags)) => sorted(&tags.iter().filter_map(Json::as_str).collect::<Vec<_>>()),
        Some(Json::String(tags)) => {
            sorted(&tags.split(',').map(str::trim).filter(|tag| !tag.is_empty()).collect::<Vec<_>>())
        }
        _ => Value::List(Vec::new()),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn lines(definitions: &Json, exchanges: &Json) -> Vec<String> {
        resources("jobs", definitions, exchanges)
            .into_iter()
            .map(|resource| format!("{} {}", resource.address, Value::Map(resource.attributes).to_json()))
            .collect()
    }

    /// Recorded from 4.3.6, shortened: no `internal` on exchanges, and none that is.
    #[test]
    fn internal_exchanges_come_from_the_list() {
        let definitions = json!({ "exchanges": [
            { "arguments": {}, "auto_delete": false, "durable": true, "name": "a", "type": "topic", "vhost": "x" },
        ] });
        let listed = |name: &str, internal: bool| {
            json!({ "arguments": {}, "auto_delete": false, "durable": true, "internal": internal, "name": name,
                    "type": "topic", "vhost": "x" })
        };
        let exchanges =
            json!([listed("", false), listed("amq.rabbitmq.trace", true), listed("a", false), listed("in", true)]);
        let topic =
            |internal: bool| format!(r#"{{"auto_delete":false,"durable":true,"internal":{internal},"type":"topic"}}"#);
        let wanted = [format!("jobs/x/exchange/a {}", topic(false)), format!("jobs/x/exchange/in {}", topic(true))];
        assert_eq!(lines(&definitions, &exchanges), wanted);
        // 4.0 has it in both.
        let both = json!({ "exchanges": [listed("in", true)] });
        assert_eq!(lines(&both, &exchanges).len(), 1);
    }

    /// Recorded from 4.0.5: bound through AMQP with a value that is void.
    #[test]
    fn an_argument_without_a_value_is_not_a_text() {
        let definitions = json!({ "bindings": [
            { "source": "amq.headers", "vhost": "x", "destination": "q", "destination_type": "queue",
              "routing_key": "", "arguments": { "l": [1, "undefined"], "m": { "y": [] }, "n": "undefined" } },
        ] });
        let found = resources("jobs", &definitions, &json!([]));
        let arguments = found[0].attribute("arguments").unwrap().to_json();
        assert_eq!(arguments, json!({ "l": [1, null], "m": { "y": [] }, "n": null }));
    }

    /// Recorded: 4.0.5 has the metadata twice, 4.3.6 only inside.
    #[test]
    fn a_virtual_host_in_both_forms() {
        let metadata = json!({ "description": "d", "tags": ["u", "t"], "default_queue_type": "quorum" });
        let old = json!({ "name": "x", "description": "d", "metadata": metadata, "tags": ["u", "t"] });
        let new = json!({ "limits": {}, "metadata": metadata, "name": "x" });
        for form in [old, new] {
            assert_eq!(
                lines(&json!({ "vhosts": [form] }), &json!([])),
                [r#"jobs/vhost/x {"default_queue_type":"quorum","description":"d","tags":["t","u"]}"#]
            );
        }
    }
}
