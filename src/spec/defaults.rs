//! `defaults:` of a broker, and its `on_change`: laid under every object they are for, wherever it lives.

use std::collections::BTreeMap;

use super::budget::Budget;
use super::root::{BROKERS, DEFAULTS, ON_CHANGE};
use super::{Diagnostics, Entry, Field, Map, Node, NodeValue, Object, Shape};
use crate::brokers::Description;

/// Fills in what the objects of all brokers leave out. Stops with a diagnostic when that becomes too much.
pub(crate) fn apply(
    tree: &mut Node,
    kinds: &[&'static Description],
    budget: &mut Budget,
    diagnostics: &mut Diagnostics,
) -> bool {
    let NodeValue::Map(root) = &mut tree.value else { return true };
    let Some(brokers) = root.entries.iter_mut().find(|entry| entry.key == BROKERS) else { return true };
    let NodeValue::Map(brokers) = &mut brokers.value.value else { return true };
    for broker in &mut brokers.entries {
        let kind = broker.value.text_of("kind");
        let Some(description) = kinds.iter().find(|description| Some(description.kind) == kind) else { continue };
        let defaults = broker.value.get(DEFAULTS).and_then(Node::as_map).cloned().unwrap_or_default();
        let on_change = broker.value.as_map().and_then(|map| map.entry(ON_CHANGE)).cloned();
        if defaults.entries.is_empty() && on_change.is_none() {
            continue;
        }
        let mut filler = Filler { top: description.fields, defaults: &defaults, on_change: on_change.as_ref(), budget };
        if let Err((entry, exhausted)) = filler.fields(&mut broker.value, description.fields) {
            diagnostics.error("too-large", entry.at, exhausted, "split the stack, or use fewer defaults".to_owned());
            return false;
        }
    }
    true
}

struct Filler<'a> {
    /// The fields of the kind: what `defaults` can be about.
    top: &'static [Field],
    defaults: &'a Map,
    on_change: Option<&'a Entry>,
    budget: &'a mut Budget,
}

/// The default that was one too many, and what there is too much of.
type Overrun<'a> = (&'a Entry, String);

impl<'a> Filler<'a> {
    fn fields(&mut self, node: &mut Node, fields: &[Field]) -> Result<(), Overrun<'a>> {
        let NodeValue::Map(map) = &mut node.value else { return Ok(()) };
        for entry in &mut map.entries {
            let Some(field) = fields.iter().find(|field| field.name == entry.key) else { continue };
            match (&field.shape, &mut entry.value.value) {
                (Shape::Map { value: Shape::Object(object), .. }, NodeValue::Map(named)) => {
                    let default = self.default_for(field, object);
                    for entry in &mut named.entries {
                        self.object(&mut entry.value, object, default)?;
                    }
                }
                (Shape::List(Shape::Object(object)), NodeValue::List(items)) => {
                    for item in items {
                        self.fields(item, object.fields)?;
                    }
                }
                (Shape::Object(object), _) => self.fields(&mut entry.value, object.fields)?,
                _ => {}
            }
        }
        Ok(())
    }

    fn object(&mut self, node: &mut Node, object: &Object, default: Option<&'a Entry>) -> Result<(), Overrun<'a>> {
        if let Some(default) = default {
            self.lay_under(node, default)?;
        }
        let on_change = self.on_change.filter(|_| object.fields.iter().any(|field| field.name == ON_CHANGE));
        if let Some(entry) = on_change.filter(|_| node.get(ON_CHANGE).is_none()) {
            if matches!(node.value, NodeValue::Null) {
                *node = Node::empty(node.at);
            }
            self.push(node, entry)?;
        }
        self.fields(node, object.fields)
    }

    /// What `defaults` says about the objects under a field: the same name, and the same kind of object.
    fn default_for(&self, field: &Field, object: &Object) -> Option<&'a Entry> {
        let top = self.top.iter().find(|top| top.name == field.name)?;
        let same = top.named_object().is_some_and(|top| top.name == object.name);
        self.defaults.entry(field.name).filter(|_| same)
    }

    /// The object's own values win; maps merge.
    fn lay_under(&mut self, own: &mut Node, default: &'a Entry) -> Result<(), Overrun<'a>> {
        let NodeValue::Map(default_map) = &default.value.value else { return Ok(()) };
        if matches!(own.value, NodeValue::Null) {
            *own = Node::empty(own.at);
        }
        let NodeValue::Map(own_map) = &mut own.value else { return Ok(()) };
        let index: BTreeMap<&str, usize> =
            own_map.entries.iter().enumerate().map(|(place, entry)| (entry.key.as_str(), place)).collect();
        let places: Vec<(&Entry, Option<usize>)> =
            default_map.entries.iter().map(|entry| (entry, index.get(entry.key.as_str()).copied())).collect();
        for (entry, place) in places {
            match place {
                Some(place) => {
                    if let NodeValue::Map(own_map) = &mut own.value {
                        self.lay_under(&mut own_map.entries[place].value, entry)?;
                    }
                }
                None => self.push(own, entry)?,
            }
        }
        Ok(())
    }

    fn push(&mut self, node: &mut Node, entry: &'a Entry) -> Result<(), Overrun<'a>> {
        let cost = entry.value.cost();
        let spent = self.budget.spend(cost.nodes + 1, cost.text + entry.key.len());
        spent.map_err(|exhausted| (entry, exhausted.text()))?;
        if let NodeValue::Map(map) = &mut node.value {
            map.entries.push(entry.clone());
        }
        Ok(())
    }
}
