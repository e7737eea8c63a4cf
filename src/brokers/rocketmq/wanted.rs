//! What a broker is sent to make an object what it should be: whole configurations, because it takes no parts.

use serde_json::{Map, Value as Json, json};

use crate::model::{Resource, Value};

use super::attributes::MESSAGE_TYPE;
use super::normalise::permission_bits;
use super::topology::topic_attribute;

/// A topic's configuration: what is there already, with what is wanted put over it.
///
/// A broker is told of attributes as changes. `+message.type` is always among them: a topic in a list that equals
/// what is stored makes a broker answer success and do nothing about the whole list (5.5.0), and with a change in it
/// none is equal.
pub(super) fn topic(wanted: &Resource, found: Option<&Json>) -> Map<String, Json> {
    let mut config = found.and_then(Json::as_object).cloned().unwrap_or_else(|| {
        let fresh = json!({ "topicFilterType": "SINGLE_TAG", "topicSysFlag": 0, "order": false });
        fresh.as_object().cloned().unwrap_or_default()
    });
    config.insert("topicName".to_owned(), wanted.address.name.clone().into());
    for (attribute, key) in [("write_queues", "writeQueueNums"), ("read_queues", "readQueueNums")] {
        if let Some(count) = wanted.attribute(attribute).and_then(Value::as_i64) {
            config.insert(key.to_owned(), count.into());
        }
    }
    if let Some(permission) = wanted.attribute("permission").and_then(Value::as_text) {
        config.insert("perm".to_owned(), permission_bits(permission).into());
    }
    config.insert("attributes".to_owned(), Json::Object(attribute_changes(wanted, found.is_none())));
    config
}

fn attribute_changes(wanted: &Resource, is_new: bool) -> Map<String, Json> {
    let message_type = wanted.attribute("message_type").and_then(Value::as_text).unwrap_or("normal");
    let mut changes = Map::new();
    changes.insert(format!("+{MESSAGE_TYPE}"), message_type.to_uppercase().into());
    if is_new {
        for (attribute, value) in &wanted.attributes {
            if let (Some(key), Some(value)) = (topic_attribute(attribute), value.as_text()) {
                changes.insert(format!("+{key}"), value.into());
            }
        }
    }
    changes
}

/// A subscription group's configuration: what is there already, with what is wanted put over it. What is not said
/// would be reset.
pub(super) fn group(wanted: &Resource, found: Option<&Json>) -> Map<String, Json> {
    let mut config = found.and_then(Json::as_object).cloned().unwrap_or_default();
    // Changes of attributes would be expected here, not attributes.
    config.remove("attributes");
    config.insert("groupName".to_owned(), wanted.address.name.clone().into());
    let keys = [
        ("retry_max", "retryMaxTimes"),
        ("order", "consumeMessageOrderly"),
        ("consume", "consumeEnable"),
        ("broadcast", "consumeBroadcastEnable"),
    ];
    for (attribute, key) in keys {
        if let Some(value) = wanted.attribute(attribute) {
            config.insert(key.to_owned(), value.to_json());
        }
    }
    config
}

#[cfg(test)]
mod tests {
    use crate::model::Address;

    use super::*;

    fn orders() -> Resource {
        Resource::new(Address::new("trades", "topic", "orders"))
            .with("write_queues", 4_u32)
            .with("read_queues", 8_u32)
            .with("message_type", "fifo")
            .with("permission", "read")
            .with("attributes.cleanup.policy", "COMPACTION")
    }

    #[test]
    fn a_new_topic_is_described_whole() {
        let expected = json!({
            "topicName": "orders", "writeQueueNums": 4, "readQueueNums": 8, "perm": 4, "order": false,
            "topicFilterType": "SINGLE_TAG", "topicSysFlag": 0,
            "attributes": { "+message.type": "FIFO", "+cleanup.policy": "COMPACTION" },
        });
        assert_eq!(Json::Object(topic(&orders(), None)), expected);
    }

    #[test]
    fn a_change_keeps_what_others_have_set_and_touches_no_attribute_that_cannot_be_changed() {
        let found = json!({
            "topicName": "orders", "writeQueueNums": 1, "readQueueNums": 1, "perm": 6, "order": true,
            "topicFilterType": "MULTI_TAG", "topicSysFlag": 2, "attributes": { "cleanup.policy": "COMPACTION" },
        });
        let expected = json!({
            "topicName": "orders", "writeQueueNums": 4, "readQueueNums": 8, "perm": 4, "order": true,
            "topicFilterType": "MULTI_TAG", "topicSysFlag": 2, "attributes": { "+message.type": "FIFO" },
        });
        assert_eq!(Json::Object(topic(&orders(), Some(&found))), expected);
    }

    #[test]
    fn a_group_keeps_what_the_file_does_not_mention() {
        let wanted = Resource::new(Address::new("trades", "subscription_group", "billing")).with("order", true);
        let found = json!({
            "groupName": "billing", "retryMaxTimes": 3, "consumeMessageOrderly": false, "attributes": {},
            "groupRetryPolicy": { "type": "EXPONENTIAL" },
        });
        let expected = json!({
            "groupName": "billing", "retryMaxTimes": 3, "consumeMessageOrderly": true,
            "groupRetryPolicy": { "type": "EXPONENTIAL" },
        });
        assert_eq!(Json::Object(group(&wanted, Some(&found))), expected);
        assert_eq!(
            Json::Object(group(&wanted, None)),
            json!({ "groupName": "billing", "consumeMessageOrderly": true })
        );
    }
}
