//! A map that is being read: its keys must be unique, and `<<` brings in other maps.

use std::collections::BTreeMap;

use super::reader::Refused;
use super::words::quote;
use super::{Diagnostics, Entry, Map, Node, NodeValue, Position};

#[derive(Default)]
pub(super) struct OpenMap {
    entries: Vec<Entry>,
    seen: BTreeMap<String, Position>,
    /// The key whose value comes next; without one, a key comes next.
    pub(super) key: Option<Key>,
    /// The values of `<<`.
    merged: Vec<Node>,
}

pub(super) enum Key {
    Named(String, Position),
    /// `<<`
    Merge,
    /// No usable key; its value is dropped.
    Refused,
}

impl OpenMap {
    /// Notes the key whose value comes next.
    pub(super) fn expect_value(&mut self, text: &str, plain: bool, at: Position, diagnostics: &mut Diagnostics) {
        if plain && text == "<<" {
            self.key = Some(Key::Merge);
            return;
        }
        if plain && text.is_empty() {
            diagnostics.error("invalid-key", at, "the key is empty", "write a name before the `:`".to_owned());
            self.key = Some(Key::Refused);
            return;
        }
        if text.replace("$${", "").contains("${") {
            let help = "write the name itself; `$${` is a literal `${`".to_owned();
            diagnostics.error("interpolated-key", at, "`${…}` works in values, not in keys", help);
        }
        let name = text.replace("$${", "${");
        if let Some(first) = self.seen.get(&name) {
            let text = format!("the key {} is on line {} already", quote(&name), first.line);
            diagnostics.error("duplicate-key", at, text, "rename or remove one of the two".to_owned());
        } else {
            self.seen.insert(name.clone(), at);
        }
        self.key = Some(Key::Named(name, at));
    }

    /// Puts a complete value where it belongs. Without a key before it, it stands where a key should.
    pub(super) fn take_value(&mut self, value: Node, diagnostics: &mut Diagnostics) {
        match self.key.take() {
            None => {
                self.key = Some(Key::Refused);
                let help = "a key is one word, or a text in quotes".to_owned();
                diagnostics.error("invalid-key", value.at, "this cannot be a key", help);
            }
            Some(Key::Refused) => {}
            Some(Key::Merge) => self.merged.push(value),
            Some(Key::Named(key, at)) => self.entries.push(Entry { key, at, value }),
        }
    }

    /// The map with what `<<` brings: its own keys win, then the first merged map that has a key.
    pub(super) fn close(mut self, refused: &Refused, diagnostics: &mut Diagnostics) -> Map {
        for node in std::mem::take(&mut self.merged) {
            let at = node.at;
            let maps = match node.value {
                NodeValue::List(items) => items,
                value => vec![Node::new(value, at)],
            };
            for map in maps {
                if let NodeValue::Map(map) = map.value {
                    self.add_missing(map);
                } else if !refused.contains(map.at) {
                    let text = format!("`<<` merges maps, and this is {}", map.describe());
                    let help = "give it an alias of a map, or a list of such aliases".to_owned();
                    diagnostics.error("invalid-merge", map.at, text, help);
                }
            }
        }
        Map { entries: self.entries }
    }

    fn add_missing(&mut self, map: Map) {
        for entry in map.entries {
            if !self.seen.contains_key(&entry.key) {
                self.seen.insert(entry.key.clone(), entry.at);
                self.entries.push(entry);
            }
        }
    }
}
