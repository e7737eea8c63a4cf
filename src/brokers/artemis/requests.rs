//! Operations of the broker's management bean, for what a resource should be. The session sends them, the lesson shows
//! them.
//!
//! Traps of 2.56.0 that these calls go around: `createQueue` makes a missing address, or changes its routing, unless told
//! not to; `updateQueue` and `updateDivert` take a missing filter for none; `addAddressSettings` puts a new entry in the
//! place of the old one; keys that it does not know are ignored everywhere.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json, json};

use super::kinds;
use super::settings;
use super::spec::PERMISSIONS;
use crate::model::{Resource, Value};

/// One call. Its arguments may hold a password, so it has no `Debug`.
#[derive(Clone, PartialEq)]
pub(super) struct Operation {
    /// With its signature, as Jolokia wants it where there are several of a name.
    pub(super) name: &'static str,
    pub(super) arguments: Vec<Json>,
}

/// Settings of a match that are neither inherited nor wanted: they stay.
pub(super) type Kept = BTreeMap<String, Json>;

impl Operation {
    fn new(name: &'static str, arguments: impl Into<Vec<Json>>) -> Self {
        Self { name, arguments: arguments.into() }
    }
}

/// What makes it.
pub(super) fn create(resource: &Resource, kept: &Kept) -> Operation {
    let name = Json::from(resource.address.name.as_str());
    match resource.address.kind.as_str() {
        kinds::USER => {
            let roles = roles(resource.attribute("roles"));
            let password = password(resource).unwrap_or_default();
            let signature = "addUser(java.lang.String,java.lang.String,java.lang.String,boolean)";
            Operation::new(signature, [name, password.into(), roles.into(), false.into()])
        }
        kinds::SECURITY_SETTING => {
            let signature = "addSecuritySettings(java.lang.String,java.lang.String)";
            Operation::new(signature, [name, text_of(&permissions(resource))])
        }
        kinds::ADDRESS_SETTING => {
            let signature = "addAddressSettings(java.lang.String,java.lang.String)";
            Operation::new(signature, [name, text_of(&address_settings(resource, kept))])
        }
        kinds::ADDRESS => {
            let signature = "createAddress(java.lang.String,java.lang.String)";
            Operation::new(signature, [name, routing_types(text(resource, "routing")).into()])
        }
        kinds::QUEUE => Operation::new(queue_signature(false), [text_of(&queue(resource))]),
        _ => Operation::new(divert_signature(false), [text_of(&divert(resource))]),
    }
}

/// What changes it, from all that is known of it.
pub(super) fn update(before: Option<&Resource>, after: &Resource, kept: &Kept) -> Operation {
    let name = Json::from(after.address.name.as_str());
    match after.address.kind.as_str() {
        kinds::USER => {
            let roles = roles(after.attribute("roles"));
            let password = password(after).map_or(Json::Null, Json::from);
            let signature = "resetUser(java.lang.String,java.lang.String,java.lang.String,boolean)";
            Operation::new(signature, [name, password, roles.into(), false.into()])
        }
        kinds::ADDRESS => set_routing(&after.address.name, text(after, "routing")),
        kinds::QUEUE => Operation::new(queue_signature(true), [text_of(&queue(&merged(before, after)))]),
        kinds::DIVERT => Operation::new(divert_signature(true), [text_of(&divert(&merged(before, after)))]),
        _ => create(after, kept),
    }
}

/// What takes it away. Refused by the broker for an address with queues, and, unless forced, for a queue with consumers.
pub(super) fn delete(resource: &Resource, force: bool) -> Operation {
    let name = Json::from(resource.address.name.as_str());
    match resource.address.kind.as_str() {
        kinds::USER => Operation::new("removeUser(java.lang.String)", [name]),
        kinds::SECURITY_SETTING => Operation::new("removeSecuritySettings(java.lang.String)", [name]),
        kinds::ADDRESS_SETTING => Operation::new("removeAddressSettings(java.lang.String)", [name]),
        kinds::ADDRESS => Operation::new("deleteAddress(java.lang.String)", [name]),
        kinds::QUEUE => {
            Operation::new("destroyQueue(java.lang.String,boolean,boolean)", [name, force.into(), false.into()])
        }
        _ => Operation::new("destroyDivert(java.lang.String)", [name]),
    }
}

/// Routing of an address on its way from one to the other: both, so that its queues can follow.
pub(super) fn widen(after: &Resource) -> Operation {
    set_routing(&after.address.name, "both")
}

fn set_routing(name: &str, routing: &str) -> Operation {
    let signature = "updateAddress(java.lang.String,java.lang.String)";
    Operation::new(signature, [name.into(), routing_types(routing).into()])
}

fn queue_signature(update: bool) -> &'static str {
    if update { "updateQueue(java.lang.String)" } else { "createQueue(java.lang.String)" }
}

fn divert_signature(update: bool) -> &'static str {
    if update { "updateDivert(java.lang.String)" } else { "createDivert(java.lang.String)" }
}

/// Several operations take one argument: a document as text.
fn text_of(document: &Map<String, Json>) -> Json {
    Json::String(Json::Object(document.clone()).to_string())
}

fn merged(before: Option<&Resource>, after: &Resource) -> Resource {
    let mut whole = after.clone();
    for (attribute, value) in before.into_iter().flat_map(|before| &before.attributes) {
        whole.attributes.entry(attribute.clone()).or_insert_with(|| value.clone());
    }
    whole
}

fn text<'a>(resource: &'a Resource, attribute: &str) -> &'a str {
    resource.attribute(attribute).and_then(Value::as_text).unwrap_or_default()
}

fn password(resource: &Resource) -> Option<String> {
    match resource.attribute("password") {
        Some(Value::Secret(password)) => Some(password.reveal().to_owned()),
        _ => None,
    }
}

fn names(value: Option<&Value>) -> Vec<&str> {
    value.and_then(Value::as_list).unwrap_or_default().iter().filter_map(Value::as_text).collect()
}

fn roles(value: Option<&Value>) -> String {
    names(value).join(",")
}

fn permissions(resource: &Resource) -> Map<String, Json> {
    PERMISSIONS.iter().map(|(ours, theirs)| ((*theirs).to_owned(), json!(names(resource.attribute(ours))))).collect()
}

fn address_settings(resource: &Resource, kept: &Kept) -> Map<String, Json> {
    let mut all: Map<String, Json> = kept.clone().into_iter().collect();
    for field in &settings::FIELDS {
        if let Some(value) = resource.attribute(field.name) {
            all.insert(settings::json_key(field.name), settings::to_json(field, value));
        }
    }
    all
}

/// `ANYCAST,MULTICAST` for `both`.
fn routing_types(routing: &str) -> String {
    if routing == "both" { "ANYCAST,MULTICAST".to_owned() } else { routing.to_ascii_uppercase() }
}

/// The attributes of a queue that its document has under another spelling alone.
pub(super) const QUEUE_KEYS: &[(&str, &str)] = &[
    ("max_consumers", "max-consumers"),
    ("exclusive", "exclusive"),
    ("last_value_key", "last-value-key"),
    ("ring_size", "ring-size"),
    ("purge_on_no_consumers", "purge-on-no-consumers"),
    ("enabled", "enabled"),
    ("consumers_before_dispatch", "consumers-before-dispatch"),
    ("delay_before_dispatch", "delay-before-dispatch"),
    ("group_rebalance", "group-rebalance"),
    ("group_buckets", "group-buckets"),
    ("group_first_key", "group-first-key"),
];

fn queue(resource: &Resource) -> Map<String, Json> {
    let mut document = Map::new();
    let mut set = |key: &str, value: Json| document.insert(key.to_owned(), value);
    set("name", resource.address.name.as_str().into());
    set("address", text(resource, "address").into());
    set("routing-type", routing_types(text(resource, "routing")).into());
    set("durable", resource.attribute("durable").and_then(Value::as_bool).unwrap_or(true).into());
    set("auto-create-address", false.into());
    if let Some(filter) = resource.attribute("filter").and_then(Value::as_text) {
        set("filter-string", filter.into());
    }
    for (attribute, key) in QUEUE_KEYS {
        if let Some(value) = resource.attribute(attribute).filter(|value| !value.is_null()) {
            set(key, value.to_json());
        }
    }
    if !text(resource, "last_value_key").is_empty() {
        set("last-value", true.into());
    }
    document
}

fn divert(resource: &Resource) -> Map<String, Json> {
    let mut document = Map::new();
    let mut set = |key: &str, value: Json| document.insert(key.to_owned(), value);
    set("name", resource.address.name.as_str().into());
    set("address", text(resource, "address").into());
    set("forwarding-address", text(resource, "forward_to").into());
    set("exclusive", resource.attribute("exclusive").and_then(Value::as_bool).unwrap_or(false).into());
    set("routing-type", text(resource, "routing").to_ascii_uppercase().into());
    if let Some(filter) = resource.attribute("filter").and_then(Value::as_text) {
        set("filter-string", filter.into());
    }
    document
}

#[cfg(test)]
mod tests {
    use super::super::testing::broker;
    use super::super::topology::topology;
    use super::*;

    /// The operations that make everything in a file, with their documents.
    fn sent(spec: &str) -> Vec<String> {
        let show = |operation: Operation| {
            let name = operation.name.split('(').next().unwrap().to_owned();
            let arguments =
                operation.arguments.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned));
            format!("{name} {}", arguments.collect::<Vec<_>>().join(" "))
        };
        topology(&broker(spec)).iter().map(|one| show(create(one, &Kept::new()))).collect()
    }

    #[test]
    fn every_kind_has_its_operation() {
        let spec = r#"
users: { app: { password: secret, roles: [b, a] } }
security: { "a.#": { send: [app] } }
address_settings: { "a.#": { max_delivery_attempts: 5, default_queue_routing_type: anycast, redelivery_delay_multiplier: "1.5" } }
addresses:
  a: { routing: both, queues: { q: { routing: anycast, filter: "x = 1", last_value_key: k, delay_before_dispatch: 2s } } }
diverts: { d: { address: a, forward_to: b, exclusive: true, routing: pass } }
"#;
        assert_eq!(
            sent(spec),
            [
                "addUser app secret a,b false",
                r#"addSecuritySettings a.# {"browse":[],"consume":[],"createAddress":[],"createDurableQueue":[],"createNonDurableQueue":[],"deleteAddress":[],"deleteDurableQueue":[],"deleteNonDurableQueue":[],"manage":[],"send":["app"]}"#,
                r#"addAddressSettings a.# {"defaultQueueRoutingType":"ANYCAST","maxDeliveryAttempts":5,"redeliveryMultiplier":1.5}"#,
                "createAddress a ANYCAST,MULTICAST",
                r#"createQueue {"address":"a","auto-create-address":false,"delay-before-dispatch":2000,"durable":true,"filter-string":"x = 1","last-value":true,"last-value-key":"k","name":"q","routing-type":"ANYCAST"}"#,
                r#"createDivert {"address":"a","exclusive":true,"forwarding-address":"b","name":"d","routing-type":"PASS"}"#,
            ]
        );
    }

    /// The broker takes a missing filter for none.
    #[test]
    fn an_update_says_what_it_does_not_change() {
        let before =
            topology(&broker("addresses: { a: { routing: anycast, queues: { q: { filter: x, ring_size: 5 } } } }"))
                .pop();
        let mut after = before.clone().unwrap();
        after.attributes.remove("filter");
        after.attributes.insert("ring_size".to_owned(), 9_i64.into());
        let document = update(before.as_ref(), &after, &Kept::new()).arguments[0].to_string();
        assert!(document.contains("filter-string") && document.contains('9'), "{document}");
    }
}
