//! Address settings: one table of names, from which the spec's fields, the rules' rows and the JSON of the management
//! API follow.
//!
//! Source: the schema `artemis-configuration.xsd` and the class `AddressSettings` of 2.56.0. Left out are the deprecated
//! ones, and those that only matter to objects in `broker.xml`.

use serde_json::Value as Json;

use crate::model::{AttributeRule, Value, in_place};
use crate::spec::{Field, Node, Shape, units};

const COUNT: Shape = Shape::Int { least: -1, most: i64::MAX };
/// The broker keeps these in 32 bits.
const SMALL_COUNT: Shape = Shape::Int { least: -1, most: i32::MAX as i64 };
/// A fraction: a whole number, or text such as `"1.5"`.
const FRACTION: Shape = Shape::Scalar;
const ROUTING: Shape = Shape::Choice(&["anycast", "multicast"]);

/// Every setting as a field.
pub(super) const FIELDS: [Field; COUNT_OF_FIELDS] = [
    Field::new(
        "dead_letter_address",
        Shape::Text,
        "Where messages go that were delivered too often. An address, not a queue.",
    ),
    Field::new(
        "auto_create_dead_letter_resources",
        Shape::Bool,
        "Makes the dead-letter address and a queue for each address when they are first needed.",
    ),
    Field::new("dead_letter_queue_prefix", Shape::Text, "What the names of such queues begin with; `DLQ.` by default."),
    Field::new("dead_letter_queue_suffix", Shape::Text, "What the names of such queues end with."),
    Field::new("expiry_address", Shape::Text, "Where messages go that expire; without one they are dropped."),
    Field::new(
        "auto_create_expiry_resources",
        Shape::Bool,
        "Makes the expiry address and a queue for each address when they are first needed.",
    ),
    Field::new("expiry_queue_prefix", Shape::Text, "What the names of such queues begin with; `EXP.` by default."),
    Field::new("expiry_queue_suffix", Shape::Text, "What the names of such queues end with."),
    Field::new("no_expiry", Shape::Bool, "Messages never expire, whatever their senders say."),
    Field::new(
        "expiry_delay",
        Shape::Duration,
        "When a message expires that says nothing about it; `unlimited` leaves it alone.",
    ),
    Field::new("min_expiry_delay", Shape::Duration, "The shortest time to live that a message may have."),
    Field::new("max_expiry_delay", Shape::Duration, "The longest time to live that a message may have."),
    Field::new(
        "redelivery_delay",
        Shape::Duration,
        "How long to wait before a message that was given back is delivered again; 0 by default.",
    ),
    Field::new(
        "redelivery_delay_multiplier",
        FRACTION,
        "What the delay is multiplied with each time, such as `\"1.5\"`.",
    ),
    Field::new(
        "redelivery_collision_avoidance_factor",
        FRACTION,
        "How much the delay is varied, from 0 to 1, so that not all come back at once.",
    ),
    Field::new("max_redelivery_delay", Shape::Duration, "The longest that the multiplied delay can get."),
    Field::new(
        "max_delivery_attempts",
        SMALL_COUNT,
        "How often a message is delivered before it goes to the dead-letter address; 10 by default, -1 for ever.",
    ),
    Field::new(
        "max_size_bytes",
        Shape::Size,
        "The most bytes of an address in memory before `address_full_policy` applies; more than `page_size_bytes`.",
    ),
    Field::new(
        "max_size_messages",
        COUNT,
        "The most messages of an address in memory before `address_full_policy` applies.",
    ),
    Field::new(
        "page_limit_bytes",
        Shape::Size,
        "The most bytes that may be paged to disk before `page_full_policy` applies.",
    ),
    Field::new(
        "page_limit_messages",
        COUNT,
        "The most messages that may be paged to disk before `page_full_policy` applies.",
    ),
    Field::new(
        "max_size_bytes_reject_threshold",
        Shape::Size,
        "With the policy `BLOCK`, the size from which messages are refused to senders that cannot be blocked.",
    ),
    Field::new("page_size_bytes", Shape::Size, "The size of one page file; 10 MiB by default."),
    Field::new(
        "max_read_page_messages",
        SMALL_COUNT,
        "The most messages of a queue that are read back from pages into memory.",
    ),
    Field::new(
        "max_read_page_bytes",
        Shape::Size,
        "The most bytes of a queue that are read back from pages into memory.",
    ),
    Field::new("prefetch_page_messages", SMALL_COUNT, "How many messages are read from pages before a consumer asks."),
    Field::new("prefetch_page_bytes", Shape::Size, "How many bytes are read from pages before a consumer asks."),
    Field::new(
        "address_full_policy",
        Shape::Choice(&["PAGE", "BLOCK", "FAIL", "DROP"]),
        "What happens when an address is full: messages go to disk (the default), senders wait, are refused, or messages are dropped.",
    ),
    Field::new(
        "disk_full_policy",
        Shape::Choice(&["BLOCK", "FAIL", "DROP"]),
        "What happens when the disk is full: senders wait (the default), are refused, or messages are dropped.",
    ),
    Field::new(
        "page_full_policy",
        Shape::Choice(&["FAIL", "DROP"]),
        "What happens when the pages are full: senders are refused, or messages are dropped.",
    ),
    Field::new("default_last_value_queue", Shape::Bool, "New queues keep the last message per key only."),
    Field::new("default_last_value_key", Shape::Text, "The property that is the key of new last-value queues."),
    Field::new("default_non_destructive", Shape::Bool, "New queues keep a message after it was consumed."),
    Field::new("default_exclusive_queue", Shape::Bool, "New queues give everything to one consumer at a time."),
    Field::new(
        "default_group_rebalance",
        Shape::Bool,
        "New queues deal out their message groups anew when a consumer comes.",
    ),
    Field::new(
        "default_group_rebalance_pause_dispatch",
        Shape::Bool,
        "New queues hold messages back while they do so.",
    ),
    Field::new(
        "default_group_buckets",
        SMALL_COUNT,
        "Into how many buckets new queues sort message groups; -1 for none.",
    ),
    Field::new(
        "default_group_first_key",
        Shape::Text,
        "The property that marks the first message of a group for its consumer.",
    ),
    Field::new(
        "default_consumers_before_dispatch",
        SMALL_COUNT,
        "How many consumers new queues wait for before they begin.",
    ),
    Field::new("default_delay_before_dispatch", Shape::Duration, "How long new queues wait for them."),
    Field::new("default_purge_on_no_consumers", Shape::Bool, "New queues are emptied when their last consumer goes."),
    Field::new("default_max_consumers", SMALL_COUNT, "The most consumers of a new queue; -1 for any number."),
    Field::new("default_ring_size", COUNT, "The most messages that a new queue keeps; the oldest go."),
    Field::new(
        "default_queue_routing_type",
        ROUTING,
        "The routing of queues that are made without one; `multicast` by default.",
    ),
    Field::new(
        "default_address_routing_type",
        ROUTING,
        "The routing that a STOMP client means that names none; `multicast` by default.",
    ),
    Field::new("default_consumer_window_size", Shape::Size, "How many bytes a Core client takes in advance."),
    Field::new(
        "redistribution_delay",
        Shape::Duration,
        "How long after its last consumer went a queue hands its messages to other nodes; `unlimited` is never.",
    ),
    Field::new(
        "send_to_dla_on_no_route",
        Shape::Bool,
        "What reaches no queue goes to the dead-letter address instead of nowhere.",
    ),
    Field::new("slow_consumer_threshold", COUNT, "The rate below which a consumer is slow; -1 for never."),
    Field::new(
        "slow_consumer_threshold_measurement_unit",
        Shape::Choice(&["MESSAGES_PER_SECOND", "MESSAGES_PER_MINUTE", "MESSAGES_PER_HOUR", "MESSAGES_PER_DAY"]),
        "The unit of that rate.",
    ),
    Field::new(
        "slow_consumer_policy",
        Shape::Choice(&["NOTIFY", "KILL"]),
        "What happens to a slow consumer: somebody is told (the default), or it is disconnected.",
    ),
    Field::new("slow_consumer_check_period", COUNT, "How often consumers are looked at, in seconds; 5 by default."),
    Field::new(
        "auto_create_queues",
        Shape::Bool,
        "Makes a queue when a client names one that is not there. Off, unless said otherwise.",
    ),
    Field::new(
        "auto_delete_queues",
        Shape::Bool,
        "Deletes queues that were made so when nothing uses them. Off, unless said otherwise.",
    ),
    Field::new("auto_delete_created_queues", Shape::Bool, "Deletes also queues that were made on purpose."),
    Field::new("auto_delete_queues_delay", Shape::Duration, "How long a queue must have been unused before that."),
    Field::new(
        "auto_delete_queues_message_count",
        COUNT,
        "How many messages it may still hold then; -1 for any number.",
    ),
    Field::new("auto_delete_queues_skip_usage_check", Shape::Bool, "Deletes also queues that were never used."),
    Field::new(
        "auto_create_addresses",
        Shape::Bool,
        "Makes an address when a client names one that is not there. Off, unless said otherwise.",
    ),
    Field::new(
        "auto_delete_addresses",
        Shape::Bool,
        "Deletes addresses that were made so when nothing uses them. Off, unless said otherwise.",
    ),
    Field::new(
        "auto_delete_addresses_delay",
        Shape::Duration,
        "How long an address must have been unused before that.",
    ),
    Field::new("auto_delete_addresses_skip_usage_check", Shape::Bool, "Deletes also addresses that were never used."),
    Field::new(
        "retroactive_message_count",
        COUNT,
        "How many messages an address keeps for queues that are made later.",
    ),
    Field::new("enable_metrics", Shape::Bool, "Shows the address in the broker's metrics."),
    Field::new("enable_ingress_timestamp", Shape::Bool, "Writes on each message when the broker got it."),
    Field::new("id_cache_size", SMALL_COUNT, "How many ids of messages are remembered to find duplicates."),
];

const COUNT_OF_FIELDS: usize = 66;

/// The same as rows of the rules: each takes effect at once.
pub(super) const ROWS: [AttributeRule; COUNT_OF_FIELDS] = {
    let mut rows = [AttributeRule { name: "", rule: in_place, doc: "" }; COUNT_OF_FIELDS];
    let mut index = 0;
    while index < COUNT_OF_FIELDS {
        rows[index].name = FIELDS[index].name;
        rows[index].doc = FIELDS[index].doc;
        index += 1;
    }
    rows
};

/// What the management API calls it: `maxDeliveryAttempts`. A few are irregular.
pub(super) fn json_key(name: &str) -> String {
    match name {
        "address_full_policy" => "addressFullMessagePolicy".to_owned(),
        "disk_full_policy" => "diskFullMessagePolicy".to_owned(),
        "page_full_policy" => "pageFullMessagePolicy".to_owned(),
        "redelivery_delay_multiplier" => "redeliveryMultiplier".to_owned(),
        "send_to_dla_on_no_route" => "sendToDLAOnNoRoute".to_owned(),
        regular => {
            let mut words = regular.split('_');
            let first = words.next().unwrap_or_default().to_owned();
            words.fold(first, |key, word| key + &word[..1].to_ascii_uppercase() + &word[1..])
        }
    }
}

/// The value that the file asks for; `None` for a misfit, which was reported.
pub(super) fn read(field: &Field, node: &Node) -> Option<Value> {
    match field.shape {
        Shape::Duration => units::duration_of(node).map(Value::from),
        Shape::Size => units::size_of(node).map(Value::from),
        Shape::Scalar => fraction(node),
        Shape::Bool => node.as_bool().map(Value::from),
        Shape::Int { .. } => node.as_int().map(Value::from),
        _ => node.as_text().map(Value::from),
    }
}

/// A fraction is the same number however it is written.
fn fraction(node: &Node) -> Option<Value> {
    let text = node.as_text().map_or_else(|| node.to_value().to_string(), ToOwned::to_owned);
    text.trim().parse().ok().and_then(serde_json::Number::from_f64).map(Value::Number)
}

/// As the management API takes it.
pub(super) fn to_json(field: &Field, value: &Value) -> Json {
    match (is_routing(field), value) {
        (true, Value::Text(routing)) => Json::String(routing.to_ascii_uppercase()),
        _ => value.to_json(),
    }
}

/// As the management API gives it.
pub(super) fn from_json(field: &Field, json: &Json) -> Value {
    match (&field.shape, json) {
        (Shape::Scalar, Json::Number(number)) => {
            number.as_f64().and_then(serde_json::Number::from_f64).map_or(Value::Null, Value::Number)
        }
        (_, Json::String(text)) if is_routing(field) => Value::text(text.to_ascii_lowercase()),
        _ => Value::from(json.clone()),
    }
}

fn is_routing(field: &Field) -> bool {
    field.name.ends_with("_routing_type")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// What a 2.56.0 answered for an address with a good part of them set.
    const RECORDED: &str = include_str!("../../../tests/fixtures/artemis/address-settings.json");

    #[test]
    fn names_are_those_of_the_broker() {
        let recorded: serde_json::Map<String, Json> = serde_json::from_str(RECORDED).unwrap();
        let ours: BTreeSet<String> = FIELDS.iter().map(|field| json_key(field.name)).collect();
        let unknown: Vec<&String> = ours.iter().filter(|key| !recorded.contains_key(*key)).collect();
        assert!(unknown.is_empty(), "the broker does not know {unknown:?}");
    }

    #[test]
    fn what_is_sent_is_what_is_read_back() {
        let recorded: serde_json::Map<String, Json> = serde_json::from_str(RECORDED).unwrap();
        for field in &FIELDS {
            let json = &recorded[&json_key(field.name)];
            let value = from_json(field, json);
            assert_eq!(to_json(field, &value), *json, "{}", field.name);
        }
    }
}
