//! From what the management API answered to resources in the terms of the spec.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::address::{self, BindingParts};
use super::kinds;
use super::password::stored;
use super::read::ROOT;
use super::topology::{WithBinding, sorted};
use crate::model::{Address, Resource, Value};

/// Everything in the answer of `GET /api/definitions`.
///
/// The answer leaves out what the broker makes by itself: `amq.*`, the default exchange and its bindings,
/// and exclusive queues.
pub(super) fn resources(broker: &str, definitions: &Json) -> Vec<Resource> {
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
        let arguments = map(item, "arguments");
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
