//! The topics and subscription groups that must exist, in RocketMQ's own terms.

use crate::model::{Address, BrokerModel, Resource};

use super::spec::{Group, Topic, groups, topics};
use super::{GROUP, TOPIC};

/// The attribute of the resource that stands for one of the topic's own attributes.
pub(super) fn attribute_of(key: &str) -> String {
    format!("attributes.{key}")
}

/// The topic's own attribute behind a resource's, if it is one.
pub(super) fn topic_attribute(attribute: &str) -> Option<&str> {
    attribute.strip_prefix("attributes.")
}

/// Topics, then groups, each in the order of the file. Neither needs the other.
pub(super) fn topology(broker: &BrokerModel) -> Vec<Resource> {
    let topics = topics(broker).into_iter().map(|topic| lower_topic(broker, &topic));
    let groups = groups(broker).into_iter().map(|group| lower_group(broker, group));
    topics.chain(groups).collect()
}

fn lower_topic(broker: &BrokerModel, topic: &Topic<'_>) -> Resource {
    let mut resource = Resource::new(Address::new(&broker.name, TOPIC, topic.name))
        .with("write_queues", topic.write_queues)
        .with("read_queues", topic.read_queues)
        .with("message_type", topic.message_type)
        .with("permission", topic.permission)
        .at(Some(broker.origin_of(topic.at)));
    resource.on_change = topic.on_change;
    resource.description = topic.description.map(str::to_owned);
    let places = [
        ("write_queues", topic.write_queues_at),
        ("read_queues", topic.read_queues_at),
        ("message_type", topic.message_type_at),
        ("permission", topic.permission_at),
    ];
    for (attribute, at) in places {
        resource.attribute_origins.insert(attribute.to_owned(), broker.origin_of(at));
    }
    for setting in &topic.attributes {
        let attribute = attribute_of(setting.key);
        resource.attribute_origins.insert(attribute.clone(), broker.origin_of(setting.at));
        resource.attributes.insert(attribute, setting.value.clone());
    }
    resource
}

fn lower_group(broker: &BrokerModel, group: Group<'_>) -> Resource {
    let address = Address::new(&broker.name, GROUP, group.name);
    let mut resource = Resource::new(address).at(Some(broker.origin_of(group.at)));
    resource.description = group.description.map(str::to_owned);
    for (attribute, value, at) in group.settings {
        resource.attribute_origins.insert(attribute.to_owned(), broker.origin_of(at));
        resource.attributes.insert(attribute.to_owned(), value);
    }
    resource
}
