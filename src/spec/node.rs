//! A YAML tree that remembers where everything was written.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use crate::model::{Origin, Secret, Value};

/// One file of the spec, kept whole so that a diagnostic can show its line.
#[derive(Clone, Debug)]
pub struct Source {
    /// As the user named it: `mqlab.yaml`.
    pub name: Arc<str>,
    pub text: Arc<str>,
}

/// All files of a spec, in the order of `-f`.
#[derive(Clone, Debug, Default)]
pub struct Sources(pub Vec<Source>);

/// A span in one of the [`Sources`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    /// Index in [`Sources`].
    pub file: usize,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    /// In characters, on the first line; at least 1.
    pub length: u32,
}

/// A value and the place where it was written.
#[derive(Clone, Debug, Hash)]
pub struct Node {
    pub value: NodeValue,
    pub at: Position,
}

#[derive(Clone, Debug)]
pub enum NodeValue {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Text),
    List(Vec<Node>),
    Map(Map),
}

/// A string after interpolation. `Debug` writes `***` for one that is secret or may be.
#[derive(Clone, PartialEq, Eq)]
pub struct Text {
    pub value: String,
    /// A part of it came from `${env:…}` or `${file:…}`: under a secret key it is secret everywhere after.
    pub interpolated: bool,
    /// It stands under a secret key.
    pub secret: bool,
}

/// A mapping in the order of the file. Keys are unique: a duplicate is a diagnostic and the first one stays.
#[derive(Clone, Debug, Default, Hash)]
pub struct Map {
    pub entries: Vec<Entry>,
}

#[derive(Clone, Debug, Hash)]
pub struct Entry {
    pub key: String,
    /// Of the key.
    pub at: Position,
    pub value: Node,
}

/// Without what is secret: a hash that is kept would help who guesses.
impl Hash for Text {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.secret {
            self.value.hash(state);
        }
    }
}

/// By the bits of a number, which is finer than equality.
impl Hash for NodeValue {
    fn hash<H: Hasher>(&self, state: &mut H) {
        std::mem::discriminant(self).hash(state);
        match self {
            Self::Null => {}
            Self::Bool(value) => value.hash(state),
            Self::Int(value) => value.hash(state),
            Self::Float(value) => value.to_bits().hash(state),
            Self::Text(value) => value.hash(state),
            Self::List(value) => value.hash(state),
            Self::Map(value) => value.hash(state),
        }
    }
}

impl Text {
    /// As written in the file, and no secret so far.
    pub fn plain(value: impl Into<String>) -> Self {
        Self { value: value.into(), interpolated: false, secret: false }
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.interpolated || self.secret { formatter.write_str("***") } else { self.value.fmt(formatter) }
    }
}

impl Sources {
    /// The place as the rest of the program names it.
    pub fn origin(&self, at: Position) -> Origin {
        let file = self.0.get(at.file).map_or_else(|| Arc::from("<none>"), |source| source.name.clone());
        Origin { file, line: at.line, column: at.column }
    }
}

impl Map {
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    pub fn entry(&self, key: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.key == key)
    }
}

/// Reading is tolerant: the shape check has reported what does not fit, so a misfit reads as absent
/// and causes no second complaint.
impl Node {
    pub fn new(value: NodeValue, at: Position) -> Self {
        Self { value, at }
    }

    /// An empty map at the same place: what a bare `name:` means where a map is expected.
    pub fn empty(at: Position) -> Self {
        Self::new(NodeValue::Map(Map::default()), at)
    }

    pub fn get(&self, key: &str) -> Option<&Node> {
        self.as_map().and_then(|map| map.get(key))
    }

    pub fn as_map(&self) -> Option<&Map> {
        match &self.value {
            NodeValue::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The entries of a map, none for anything else.
    pub fn entries(&self) -> &[Entry] {
        self.as_map().map_or(&[], |map| &map.entries)
    }

    /// The entries of the map under `key`.
    pub fn entries_of(&self, key: &str) -> &[Entry] {
        self.get(key).map_or(&[], Node::entries)
    }

    /// The items of the list under `key`.
    pub fn items_of(&self, key: &str) -> &[Node] {
        self.get(key).map_or(&[], Node::items)
    }

    pub fn items(&self) -> &[Node] {
        match &self.value {
            NodeValue::List(items) => items,
            _ => &[],
        }
    }

    pub fn as_text(&self) -> Option<&str> {
        match &self.value {
            NodeValue::Text(text) => Some(&text.value),
            _ => None,
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self.value {
            NodeValue::Int(value) => Some(value),
            _ => None,
        }
    }

    pub fn as_bool(&self) -> Option<bool> {
        match self.value {
            NodeValue::Bool(value) => Some(value),
            _ => None,
        }
    }

    pub fn text_of(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Node::as_text)
    }

    pub fn int_of(&self, key: &str) -> Option<i64> {
        self.get(key).and_then(Node::as_int)
    }

    pub fn bool_of(&self, key: &str) -> Option<bool> {
        self.get(key).and_then(Node::as_bool)
    }

    /// A text that must not be shown again.
    pub fn secret_of(&self, key: &str) -> Option<Secret> {
        self.text_of(key).map(Secret::new)
    }

    /// Positions dropped: what goes into an attribute. A float keeps its value as JSON has it.
    pub fn to_value(&self) -> Value {
        match &self.value {
            NodeValue::Null => Value::Null,
            NodeValue::Bool(value) => Value::Bool(*value),
            NodeValue::Int(value) => Value::from(*value),
            NodeValue::Float(value) => serde_json::Number::from_f64(*value).map_or(Value::Null, Value::Number),
            NodeValue::Text(text) => Value::Text(text.value.clone()),
            NodeValue::List(items) => Value::List(items.iter().map(Node::to_value).collect()),
            NodeValue::Map(map) => Value::Map(
                map.entries.iter().map(|entry| (entry.key.clone(), entry.value.to_value())).collect::<BTreeMap<_, _>>(),
            ),
        }
    }

    /// What kind of thing this is, in the words of a message.
    pub fn describe(&self) -> &'static str {
        match &self.value {
            NodeValue::Null => "nothing",
            NodeValue::Bool(_) => "a boolean",
            NodeValue::Int(_) => "a whole number",
            NodeValue::Float(_) => "a fraction",
            NodeValue::Text(_) => "text",
            NodeValue::List(_) => "a list",
            NodeValue::Map(_) => "a map",
        }
    }
}
