//! Which queue of a RocketMQ topic a message goes to.

use super::hashes::{siphash24, string_hash};

/// `SelectMessageQueueByHash` of the remoting client, for a sharding key that is a text.
pub fn by_sharding_key(key: &str, queues: u32) -> Option<u32> {
    (queues > 0).then(|| string_hash(key).cast_signed().unsigned_abs() % queues)
}

/// The gRPC client, for the message group of a FIFO topic.
pub fn by_message_group(group: &str, queues: u32) -> Option<u32> {
    let modulo = siphash24(group.as_bytes()).cast_signed().checked_rem_euclid(i64::from(queues))?;
    u32::try_from(modulo).ok()
}
