//! Between observing and comparing: what is gone from the file counts, what only mqlab changed waits.

use std::collections::BTreeMap;

use super::lower::{INPUTS, NODE, RUNNING};
use crate::model::{Address, Resource, Value};
use crate::plan::Note;

/// Desired resources, ready for the diff.
#[derive(Clone, Debug, Default)]
pub struct Settled {
    pub desired: Vec<Resource>,
    pub notes: Vec<Note>,
}

/// Fits what is desired of the nodes to what is there.
///
/// An attribute that the container was made with and that nothing asks for any more must go: it is
/// desired as [`Value::Null`]. And where the container was made from the very same inputs, every
/// difference comes from mqlab's own templates: it is held back with a note, unless `take_templates`
/// (`up --recreate`).
pub fn settle(desired: Vec<Resource>, observed: &[Resource], take_templates: bool) -> Settled {
    let there: BTreeMap<&Address, &Resource> = observed.iter().map(|resource| (&resource.address, resource)).collect();
    let mut settled = Settled::default();
    for mut resource in desired {
        if let Some(found) = there.get(&resource.address).filter(|_| resource.address.kind == NODE) {
            unset_what_is_gone(&mut resource, found);
            if !take_templates && resource.attribute(INPUTS) == found.attribute(INPUTS) {
                settled.notes.extend(hold_back(&mut resource, found));
            }
        }
        settled.desired.push(resource);
    }
    settled
}

fn unset_what_is_gone(resource: &mut Resource, found: &Resource) {
    for name in found.attributes.keys() {
        resource.attributes.entry(name.clone()).or_insert(Value::Null);
    }
}

/// Takes over every observed value but the state, and says which ones wait.
fn hold_back(resource: &mut Resource, found: &Resource) -> Option<Note> {
    let mut waiting = Vec::new();
    for (name, wanted) in &mut resource.attributes {
        if name == RUNNING {
            continue;
        }
        let there = found.attribute(name).cloned().unwrap_or(Value::Null);
        if *wanted != there {
            waiting.push(name.clone());
            *wanted = there;
        }
    }
    (!waiting.is_empty()).then(|| Note {
        address: Some(resource.address.clone()),
        text: format!(
            "pending: this mqlab would write {} otherwise; it waits for the next change of the file or `mqlab up --recreate`",
            waiting.join(", ")
        ),
    })
}

#[cfg(test)]
#[path = "settle_tests.rs"]
mod tests;
