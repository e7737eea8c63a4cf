//! Answers of a broker as resources.

use std::collections::BTreeMap;

use crate::model::{Address, Resource, Unknown, Value};

use super::config_keys::ConfigKeys;
use super::rules::is_protected;
use super::topology::config_attribute;
use super::{TOPIC, units};

/// A topic as Metadata gives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct TopicSeen {
    pub name: String,
    /// What the broker says instead of an answer.
    pub error: Option<String>,
    pub partitions: Vec<PartitionSeen>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PartitionSeen {
    pub replicas: u32,
    pub has_leader: bool,
}

/// The keys that are set on a topic itself, or why they could not be read.
pub(super) type ConfigSeen = Result<BTreeMap<String, Option<String>>, String>;

/// Everything that is not the broker's own. A topic that could not be read whole is unknown.
pub(super) fn normalise(
    broker: &str,
    keys: &ConfigKeys,
    topics: &[TopicSeen],
    configs: &BTreeMap<String, ConfigSeen>,
) -> (Vec<Resource>, Vec<Unknown>) {
    let mut resources = Vec::new();
    let mut unknown = Vec::new();
    for topic in topics.iter().filter(|topic| !is_protected(&topic.name)) {
        let address = Address::new(broker, TOPIC, &topic.name);
        match read_topic(address.clone(), keys, topic, configs.get(&topic.name)) {
            Ok(resource) => resources.push(resource),
            Err(reason) => unknown.push(Unknown {
                broker: broker.to_owned(),
                kind: Some(TOPIC.to_owned()),
                address: Some(address),
                reason,
                way_out: None,
            }),
        }
    }
    resources.sort_by(|left, right| left.address.cmp(&right.address));
    unknown.sort_by(|left, right| left.address.cmp(&right.address));
    (resources, unknown)
}

fn read_topic(
    address: Address,
    keys: &ConfigKeys,
    topic: &TopicSeen,
    config: Option<&ConfigSeen>,
) -> Result<Resource, String> {
    if let Some(error) = &topic.error {
        return Err(format!("its metadata: {error}"));
    }
    let config = match config {
        Some(Ok(config)) => config,
        Some(Err(error)) => return Err(format!("its configuration: {error}")),
        None => return Err("its configuration: the broker left it out of the answer".to_owned()),
    };
    let partitions = u32::try_from(topic.partitions.len()).unwrap_or(u32::MAX);
    let mut resource = Resource::new(address).with("partitions", partitions);
    // Partitions can differ while a reassignment runs; the fewest copies are what one can rely on.
    if let Some(replicas) = topic.partitions.iter().map(|partition| partition.replicas).min() {
        resource = resource.with("replication_factor", replicas);
    }
    for (name, value) in config {
        // No value means that the broker hides it.
        if let Some(value) = value {
            let value = units::canonical(keys.topic.get(name), value);
            resource.attributes.insert(config_attribute(name), Value::Text(value));
        }
    }
    Ok(resource)
}
