//! `-f a.yaml -f b.yaml`: the later file wins.

use std::collections::BTreeMap;

use super::reader::Refused;
use super::{Entry, Map, Node, NodeValue};

/// Lays `over` upon `base`: maps merge, texts, numbers and lists replace, and null removes what is there.
///
/// A null over nothing stays: `orders:` in a second file is a new topic without settings, and only
/// `orders:` over an existing one removes it.
pub(crate) fn merge(base: Node, over: Node, refused: &Refused) -> Node {
    match (base.value, over.value) {
        (NodeValue::Map(base_map), NodeValue::Map(over_map)) => {
            Node::new(NodeValue::Map(merge_maps(base_map, over_map, refused)), base.at)
        }
        // An empty value takes the form of what is laid upon it.
        (_, value) => Node::new(value, over.at),
    }
}

fn merge_maps(base: Map, over: Map, refused: &Refused) -> Map {
    let mut entries: Vec<_> = base.entries.into_iter().map(Some).collect();
    let mut index = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        if let Some(entry) = entry {
            index.entry(entry.key.clone()).or_insert(place);
        }
    }
    for entry in over.entries {
        let Some(place) = index.get(&entry.key).copied() else {
            entries.push(Some(entry));
            continue;
        };
        let removes = matches!(entry.value.value, NodeValue::Null) && !refused.contains(entry.value.at);
        entries[place] = match entries[place].take() {
            _ if removes => None,
            Some(below) => Some(Entry { value: merge(below.value, entry.value, refused), ..below }),
            None => Some(entry),
        };
    }
    Map { entries: entries.into_iter().flatten().collect() }
}
