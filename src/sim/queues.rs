//! Which queue of a RocketMQ topic a message goes to.

use super::hashes::{consistent_hash, string_hash};

/// `SelectMessageQueueByHash` of the remoting client, for a sharding key that is a text.
pub fn by_sharding_key(key: &str, queues: u32) -> Option<u32> {
    (queues > 0).then(|| string_hash(key).cast_signed().unsigned_abs() % queues)
}

/// The proxy, for the message group of a FIFO topic, whatever queue the gRPC client has named (`SendMessageActivity`).
pub fn by_message_group(group: &str, queues: u32) -> Option<u32> {
    consistent_hash(i64::from(string_hash(group).cast_signed()), queues)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the functions that RocketMQ's own Java code calls, by `tests/live/vectors.rs`.
    #[test]
    fn keys_lead_where_the_clients_sent_them() {
        let recorded = crate::sim::vectors::recorded("queues.json");
        let keys: Vec<String> = serde_json::from_value(recorded["keys"].clone()).unwrap();
        let counts: Vec<u32> = serde_json::from_value(recorded["queues"].clone()).unwrap();
        let wanted: Vec<[Vec<Option<u32>>; 2]> = serde_json::from_value(recorded["found"].clone()).unwrap();
        assert!(keys.len() >= 500);
        for (key, wanted) in keys.iter().zip(wanted) {
            let found = |pick: fn(&str, u32) -> Option<u32>| counts.iter().map(|&count| pick(key, count)).collect();
            let found: [Vec<_>; 2] = [found(by_message_group), found(by_sharding_key)];
            assert_eq!(found, wanted, "{key}");
        }
        assert_eq!((by_message_group("a", 0), by_sharding_key("a", 0)), (None, None));
    }
}
