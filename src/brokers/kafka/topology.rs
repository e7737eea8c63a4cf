//! The topics that must exist, in Kafka's own terms.

use crate::model::{Address, BrokerModel, Resource, Value};

use super::config_keys::ConfigKeys;
use super::spec::{Topic, topics};
use super::{TOPIC, units};

/// The attribute of a topic's configuration key.
pub(super) fn config_attribute(key: &str) -> String {
    format!("config.{key}")
}

/// The configuration key of a topic's attribute, if it is one.
pub(super) fn config_key(attribute: &str) -> Option<&str> {
    attribute.strip_prefix("config.")
}

/// One resource per topic, in the order of the file.
pub(super) fn topology(broker: &BrokerModel) -> Vec<Resource> {
    let keys = ConfigKeys::of(&broker.version);
    topics(broker).iter().map(|topic| lower(broker, keys, topic)).collect()
}

fn lower(broker: &BrokerModel, keys: &ConfigKeys, topic: &Topic<'_>) -> Resource {
    let origin = |at| Some(broker.origin_of(at));
    let mut resource = Resource::new(Address::new(&broker.name, TOPIC, topic.name))
        .with("partitions", topic.partitions)
        .with("replication_factor", topic.replication_factor)
        .at(origin(topic.at));
    resource.on_change = topic.on_change;
    resource.description = topic.description.map(str::to_owned);
    for (attribute, at) in [("partitions", topic.partitions_at), ("replication_factor", topic.replication_factor_at)] {
        resource.attribute_origins.insert(attribute.to_owned(), broker.origin_of(at));
    }
    for setting in &topic.config {
        let attribute = config_attribute(setting.key);
        resource.attribute_origins.insert(attribute.clone(), broker.origin_of(setting.at));
        resource.attributes.insert(attribute, spelled(keys, setting.key, &setting.value));
    }
    resource
}

/// What cannot be spelled was reported by the validation, and nothing is planned then.
fn spelled(keys: &ConfigKeys, name: &str, value: &Value) -> Value {
    let spell = |key| units::spell(name, key, value).ok().map(Value::Text);
    keys.topic.get(name).and_then(spell).unwrap_or_else(|| value.clone())
}
