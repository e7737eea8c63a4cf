//! Answers of a broker as resources.

use serde_json::{Map, Value as Json};

use crate::model::{Address, Resource, Unknown, Value};

use super::attributes::MESSAGE_TYPE;
use super::names::is_protected;
use super::topology::attribute_of;
use super::{GROUP, TOPIC};

/// Bits of a topic's `perm`.
const READ: i64 = 4;
const WRITE: i64 = 2;

/// What a broker says about its topics or groups, by name.
pub(super) type Table = Map<String, Json>;

/// The table inside the answer to "all topics".
pub(super) fn topic_table(mut answer: Json) -> Option<Table> {
    take_table(&mut answer, "topicConfigTable")
}

/// The table inside the answer to "all groups".
pub(super) fn group_table(mut answer: Json) -> Option<Table> {
    take_table(&mut answer, "subscriptionGroupTable")
}

fn take_table(answer: &mut Json, name: &str) -> Option<Table> {
    match answer.get_mut(name)?.take() {
        Json::Object(table) => Some(table),
        _ => None,
    }
}

/// Everything that is not the broker's own, sorted. An object that makes no sense is unknown, not absent.
pub(super) fn normalise(broker: &str, topics: &Table, groups: &Table) -> (Vec<Resource>, Vec<Unknown>) {
    let mut resources = Vec::new();
    let mut unknown = Vec::new();
    let kinds: [(&str, &Table, Reader); 2] = [(TOPIC, topics, read_topic), (GROUP, groups, read_group)];
    for (kind, table, read) in kinds {
        for (name, config) in table {
            let address = Address::new(broker, kind, name);
            if is_protected(&address) {
                continue;
            }
            match read(address.clone(), config) {
                Some(resource) => resources.push(resource),
                None => unknown.push(Unknown {
                    broker: broker.to_owned(),
                    kind: Some(kind.to_owned()),
                    reason: format!("the broker describes it in words that make no sense: {config}"),
                    address: Some(address),
                    way_out: None,
                }),
            }
        }
    }
    resources.sort_by(|left, right| left.address.cmp(&right.address));
    unknown.sort_by(|left, right| left.address.cmp(&right.address));
    (resources, unknown)
}

type Reader = fn(Address, &Json) -> Option<Resource>;

fn read_topic(address: Address, config: &Json) -> Option<Resource> {
    let own = config.get("attributes").and_then(Json::as_object);
    let message_type = own.and_then(|own| own.get(MESSAGE_TYPE)).map_or(Some("NORMAL"), Json::as_str)?;
    let mut resource = Resource::new(address)
        .with("write_queues", config.get("writeQueueNums")?.as_i64()?)
        .with("read_queues", config.get("readQueueNums")?.as_i64()?)
        .with("message_type", message_type.to_lowercase())
        .with("permission", permission(config.get("perm")?.as_i64()?));
    for (key, value) in own.into_iter().flatten().filter(|(key, _)| *key != MESSAGE_TYPE) {
        resource.attributes.insert(attribute_of(key), Value::text(value.as_str()?));
    }
    Some(resource)
}

fn read_group(address: Address, config: &Json) -> Option<Resource> {
    let flag = |name: &str| config.get(name).and_then(Json::as_bool);
    Some(
        Resource::new(address)
            .with("retry_max", config.get("retryMaxTimes")?.as_i64()?)
            .with("order", flag("consumeMessageOrderly")?)
            .with("consume", flag("consumeEnable")?)
            .with("broadcast", flag("consumeBroadcastEnable")?),
    )
}

fn permission(bits: i64) -> &'static str {
    match (bits & READ == READ, bits & WRITE == WRITE) {
        (true, true) => "read_write",
        (true, false) => "read",
        (false, true) => "write",
        (false, false) => "none",
    }
}

/// The bits of what the spec says.
pub(super) fn permission_bits(permission: &str) -> i64 {
    match permission {
        "read" => READ,
        "write" => WRITE,
        _ => READ | WRITE,
    }
}
