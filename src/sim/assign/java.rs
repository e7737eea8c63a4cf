//! The order in which Java's `HashMap` gives its keys: the sticky assignors go through their members in it.

use crate::sim::hashes::string_hash;

/// The names as a `HashMap` iterates over them that grew by inserting them in this order.
pub fn hash_order(names: &[String]) -> Vec<String> {
    let mut capacity = 16_u32;
    while names.len() > capacity as usize * 3 / 4 {
        capacity *= 2;
    }
    let mut sorted = names.to_vec();
    // Stable: names of one bucket stay in the order of their insertion.
    sorted.sort_by_key(|name| {
        let hash = string_hash(name);
        (hash ^ (hash >> 16)) & (capacity - 1)
    });
    sorted
}
