//! Holds a tree against its shape and reports everything that does not fit.

use super::describe::{Form, wanted};
use super::lines::Lines;
use super::reader::Refused;
use super::root::{BROKER, CONFIG, DEFAULTS, ROOT};
use super::words::{article, list, nearest, quote, same_word, suggest, suggestion};
use super::{Diagnostics, Entry, Field, Map, Node, NodeValue, Object, Position, Shape};
use crate::brokers::Description;

/// Checks a tree in place: a value that does not fit is reported once and then holds nothing.
pub(crate) struct Checker<'a> {
    pub(crate) kinds: &'a [&'static Description],
    pub(crate) lines: &'a [Lines<'a>],
    pub(crate) refused: &'a Refused,
    pub(crate) diagnostics: &'a mut Diagnostics,
    /// Where passwords were typed, for whoever shows source lines.
    pub(crate) secrets: Vec<Position>,
}

/// What is being checked, for messages.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// `` `partitions` ``, or `` an item of `plugins` ``.
    pub(super) name: &'a str,
    /// Of the key, where there is one.
    pub(super) at: Position,
    pub(super) secret: bool,
    /// Under `defaults:`, where nothing is required.
    pub(super) partial: bool,
}

/// The keys that an object may have.
struct Keys<'a> {
    /// What it is: `topic`.
    noun: &'a str,
    /// The first group that has a key counts.
    groups: &'a [&'a [Field]],
    /// Keys that begin with `x-` are ignored.
    open: bool,
    /// Other keys may belong to a kind that is not known.
    lenient: bool,
}

impl Checker<'_> {
    /// The whole file.
    pub(crate) fn root(&mut self, tree: &mut Node) {
        let subject = Subject { name: "the spec", at: tree.at, secret: false, partial: false };
        self.check(tree, &Shape::Object(&ROOT), subject);
    }

    pub(super) fn check(&mut self, node: &mut Node, shape: &Shape, subject: Subject<'_>) {
        if matches!(node.value, NodeValue::Null) {
            if !self.refused.contains(node.at) {
                self.check_nothing(node, shape, subject);
            }
            return;
        }
        if subject.secret {
            self.hide(node);
        }
        let fits = match (shape, &mut node.value) {
            (Shape::Any, _) => true,
            (Shape::Either(shapes), _) => match shapes.iter().find(|shape| Form::of(shape).fits(node)) {
                Some(shape) => return self.check(node, shape, subject),
                None => self.misfit(node, shape, subject),
            },
            (Shape::List(item), NodeValue::List(items)) => {
                let name = format!("an item of {}", subject.name);
                for node in items {
                    self.check(node, item, Subject { name: &name, at: node.at, ..subject });
                }
                true
            }
            (Shape::Map { key, value }, NodeValue::Map(map)) => {
                for entry in &mut map.entries {
                    let name = format!("the {key} {}", quote(&entry.key));
                    self.check(&mut entry.value, value, Subject { name: &name, at: entry.at, ..subject });
                }
                true
            }
            (Shape::Object(object), NodeValue::Map(map)) => {
                self.object(map, object, subject);
                true
            }
            _ => self.leaf(node, shape, subject),
        };
        if !fits {
            node.value = NodeValue::Null;
        }
    }

    /// A bare `name:` is empty where many things can be, and a mistake where one is wanted.
    fn check_nothing(&mut self, node: &Node, shape: &Shape, subject: Subject<'_>) {
        match shape {
            Shape::Object(object) => self.object(&mut Map::default(), object, subject),
            Shape::List(_) | Shape::Map { .. } | Shape::Scalar | Shape::Any => {}
            _ => {
                let text = format!("{} has no value", subject.name);
                self.diagnostics.error("missing-value", node.at, text, format!("it takes {}", wanted(shape)));
            }
        }
    }

    fn object(&mut self, map: &mut Map, object: &Object, subject: Subject<'_>) {
        if std::ptr::eq(object, &raw const BROKER) {
            self.broker(map, subject);
        } else {
            let open = std::ptr::eq(object, &raw const ROOT);
            let keys = Keys { noun: object.name, groups: &[object.fields], open, lenient: false };
            self.keys(map, &keys, subject);
        }
    }

    /// A broker has the keys of its kind besides the common ones.
    fn broker(&mut self, map: &mut Map, subject: Subject<'_>) {
        let kinds: Vec<&str> = self.kinds.iter().map(|description| description.kind).collect();
        let found = map.get("kind").and_then(Node::as_text);
        let description = found.and_then(|kind| self.kinds.iter().copied().find(|known| known.kind == kind));
        let one_of = format!("it is {}", list(kinds.iter().copied(), "or"));
        match (map.entry("kind"), found) {
            (None, _) => {
                self.diagnostics.error("missing-key", subject.at, format!("{} has no `kind`", subject.name), one_of);
            }
            (Some(entry), Some(kind)) if description.is_none() => {
                let help = suggest(kind, kinds, &one_of);
                self.diagnostics.error("unknown-kind", entry.value.at, format!("unknown kind {}", quote(kind)), help);
            }
            (Some(entry), None) if !self.refused.contains(entry.value.at) => {
                self.diagnostics.error("unknown-kind", entry.value.at, "`kind` takes the name of a kind", one_of);
                // The common check need not say so again.
                map.entries.retain(|entry| entry.key != "kind");
            }
            _ => {}
        }
        let own = description.map_or(&[][..], |description| description.fields);
        let keys = Keys { noun: "broker", groups: &[own, BROKER.fields], open: true, lenient: description.is_none() };
        let defaults = map.entries.iter().position(|entry| entry.key == DEFAULTS).map(|at| map.entries.remove(at));
        self.keys(map, &keys, subject);
        if let Some(mut entry) = defaults {
            self.defaults(&mut entry, own, subject, description.is_some());
            map.entries.push(entry);
        }
    }

    /// `defaults: { topics: { partitions: 3 } }`: the kinds of object that have names, each with its keys.
    fn defaults(&mut self, entry: &mut Entry, own: &[Field], subject: Subject<'_>, known: bool) {
        let subject = Subject { name: "`defaults`", at: entry.at, partial: true, ..subject };
        if !matches!(entry.value.value, NodeValue::Map(_) | NodeValue::Null) {
            self.misfit(&entry.value, &Shape::Map { key: "object kind", value: &Shape::Any }, subject);
        }
        let NodeValue::Map(map) = &mut entry.value.value else { return };
        let kinds: Vec<(&Field, &Object)> =
            own.iter().filter_map(|field| Some((field, field.named_object()?))).collect();
        for entry in &mut map.entries {
            if let Some((_, object)) = kinds.iter().find(|(field, _)| field.name == entry.key) {
                let name = quote(&entry.key);
                self.check(&mut entry.value, &Shape::Object(object), Subject { name: &name, at: entry.at, ..subject });
            } else if known {
                let names: Vec<&str> = kinds.iter().map(|(field, _)| field.name).collect();
                let near = nearest(&entry.key, names.iter().copied());
                self.unknown_key(entry, "`defaults`", &names, near);
            }
        }
    }

    fn keys(&mut self, map: &mut Map, keys: &Keys<'_>, subject: Subject<'_>) {
        let mut meant = Vec::new();
        for entry in &mut map.entries {
            if keys.open && entry.key.starts_with("x-") {
                continue;
            }
            match keys.find(&entry.key) {
                Some(field) if field.reserved => {
                    let text = format!("{} is not in this version of mqlab", quote(&entry.key));
                    let help = "remove it: the name is kept for a later version".to_owned();
                    self.diagnostics.error("not-in-this-version", entry.at, text, help);
                    entry.value.value = NodeValue::Null;
                }
                Some(field) => {
                    let name = quote(&entry.key);
                    let secret = subject.secret || field.secret;
                    self.check(
                        &mut entry.value,
                        &field.shape,
                        Subject { name: &name, at: entry.at, secret, ..subject },
                    );
                }
                None if keys.lenient => {}
                None => {
                    let near = keys.meant(&entry.key);
                    let names: Vec<&str> = keys.offered().map(|field| field.name).collect();
                    self.unknown_key(entry, &article(keys.noun), &names, near.map(|field| field.name));
                    if near.is_some_and(|field| field.secret) {
                        self.hide(&mut entry.value);
                    }
                    meant.extend(near.map(|field| field.name));
                }
            }
        }
        // The broker's own `kind` is looked at before.
        for field in keys.fields().filter(|field| field.required && field.name != "kind" && !subject.partial) {
            // A misspelt key is not missing too.
            if map.entry(field.name).is_none() && !meant.contains(&field.name) {
                let text = format!("{} has no `{}`", subject.name, field.name);
                let help = format!("add `{}`: {}", field.name, field.doc);
                self.diagnostics.error("missing-key", subject.at, text, help);
            }
        }
    }

    /// Marks and remembers every text of a password's value, also where a list or map was put instead.
    fn hide(&mut self, node: &mut Node) {
        match &mut node.value {
            NodeValue::List(items) => items.iter_mut().for_each(|item| self.hide(item)),
            NodeValue::Map(map) => map.entries.iter_mut().for_each(|entry| self.hide(&mut entry.value)),
            NodeValue::Null => {}
            NodeValue::Text(text) => {
                text.secret = true;
                self.secrets.push(node.at);
            }
            _ => self.secrets.push(node.at),
        }
    }

    fn unknown_key(&mut self, entry: &Entry, whose: &str, names: &[&str], meant: Option<&str>) {
        let mut names = names.to_vec();
        names.sort_unstable();
        let takes = format!("{whose} takes {}", list(names.iter().copied(), "and"));
        let help = if meant.is_none() && entry.key.contains('.') && names.contains(&CONFIG) {
            format!("put it under `{CONFIG}`; {takes}")
        } else {
            suggestion(meant, &takes)
        };
        let text = format!("unknown key {} in {whose}", quote(&entry.key));
        self.diagnostics.error("unknown-key", entry.at, text, help);
    }
}

impl<'a> Keys<'a> {
    fn fields(&self) -> impl Iterator<Item = &'a Field> {
        self.groups.iter().flat_map(|group| group.iter())
    }

    fn find(&self, key: &str) -> Option<&'a Field> {
        self.fields().find(|field| field.name == key)
    }

    /// What may be written.
    fn offered(&self) -> impl Iterator<Item = &'a Field> {
        self.fields().filter(|field| !field.reserved)
    }

    /// The field that an unknown key was probably meant to be.
    fn meant(&self, key: &str) -> Option<&'a Field> {
        let called_so = self.offered().find(|field| field.also.iter().any(|other| same_word(other, key)));
        called_so.or_else(|| nearest(key, self.offered().map(|field| field.name)).and_then(|name| self.find(name)))
    }
}
