//! Between observing and comparing: what is gone from the file counts, what only mqlab changed waits.

use std::collections::{BTreeMap, BTreeSet};

use super::lower::{INPUTS, NODE, RUNNING};
use crate::model::{Address, Resource, Value};
use crate::plan::{Action, Note, Plan, Step, Unmanaged};

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

/// Blocks what would leave a node of a broker out: it holds a part of the data.
///
/// `brokers` are those that the file has. A broker that it has no more is unmanaged as a whole, and stays so.
pub fn refuse_fewer_nodes(plan: &mut Plan, observed: &[Resource], brokers: &BTreeSet<&str>) {
    let (surplus, others) = std::mem::take(&mut plan.unmanaged)
        .into_iter()
        .partition(|one| one.address.kind == NODE && brokers.contains(one.address.broker.as_str()));
    plan.unmanaged = others;
    let surplus: Vec<Unmanaged> = surplus;
    let keep: BTreeSet<String> = surplus.iter().map(|one| one.address.broker.clone()).collect();
    // What the file says for fewer nodes is not for these.
    for step in &mut plan.steps {
        if step.address.kind == NODE && step.action == Action::Replace && keep.contains(&step.address.broker) {
            step.action = Action::Blocked {
                reason: "its broker keeps a node that the file leaves out".to_owned(),
                way_out: "see there".to_owned(),
            };
        }
    }
    for Unmanaged { address, .. } in surplus {
        let nodes =
            observed.iter().filter(|one| one.address.kind == NODE && one.address.broker == address.broker).count();
        let broker = &address.broker;
        plan.steps.push(Step {
            action: Action::Blocked {
                reason: "the broker has fewer nodes in the file, and this one may hold what the others do not".to_owned(),
                way_out: format!(
                    "write `nodes: {nodes}` again; or give the data up: `mqlab down {broker} --volumes`, then `mqlab up`"
                ),
            },
            cause: "not in the file any more".to_owned(),
            before: observed.iter().find(|one| one.address == address).cloned(),
            ..Step::of(address)
        });
    }
}

#[cfg(test)]
#[path = "settle_tests.rs"]
mod tests;
