//! Names that drawing languages take without quotes, from keys that may hold anything.

use std::collections::{BTreeMap, BTreeSet};

use crate::site::diagram::Node;

/// One for each node: as the key reads, and the same however many others there are. Keys that read the same get a
/// number, in the order of the keys.
pub(super) fn ids(nodes: &[Node]) -> Vec<String> {
    let mut keys: Vec<(&str, usize)> = nodes.iter().enumerate().map(|(at, node)| (node.key.as_str(), at)).collect();
    keys.sort_unstable();
    let mut taken = BTreeSet::new();
    let mut found = BTreeMap::new();
    for (key, at) in keys {
        let plain: String =
            key.chars().map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '_' }).collect();
        // A letter first: some languages read what begins with a digit as a number.
        let stem = format!("n_{plain}");
        let mut id = stem.clone();
        let mut number = 2;
        while taken.contains(&id) {
            id = format!("{stem}_{number}");
            number += 1;
        }
        taken.insert(id.clone());
        found.insert(at, id);
    }
    found.into_values().collect()
}
