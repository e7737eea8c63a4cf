//! The order of steps: what is needed comes first, and equals come by address.

use std::collections::{BTreeMap, BTreeSet};

use super::step::{Action, Step};
use crate::model::Address;

/// Sorts so that no step comes before one that it needs, the same for every shuffle of the input.
/// Needs that have no step in the plan are dropped; a cycle (dead letters have none, bindings
/// cannot make one) is broken at its smallest address.
pub(super) fn in_order(mut steps: Vec<Step>) -> Vec<Step> {
    steps.sort_by(|left, right| left.address.cmp(&right.address));
    let present: BTreeSet<Address> = steps.iter().map(|step| step.address.clone()).collect();
    for step in &mut steps {
        step.needs = step.needs.intersection(&present).cloned().collect();
        step.needs.remove(&step.address.clone());
    }
    let index: BTreeMap<Address, usize> =
        steps.iter().enumerate().map(|(index, step)| (step.address.clone(), index)).collect();
    let mut waiting: Vec<usize> = steps.iter().map(|step| step.needs.len()).collect();
    let mut dependants: Vec<Vec<usize>> = vec![Vec::new(); steps.len()];
    for (position, step) in steps.iter().enumerate() {
        for needed in &step.needs {
            dependants[index[needed]].push(position);
        }
    }
    let mut ready: BTreeSet<usize> = (0..steps.len()).filter(|position| waiting[*position] == 0).collect();
    let mut left: BTreeSet<usize> = (0..steps.len()).collect();
    let mut order = Vec::with_capacity(steps.len());
    while let Some(next) = ready.pop_first().or_else(|| left.first().copied()) {
        if !left.remove(&next) {
            continue;
        }
        order.push(next);
        for dependant in &dependants[next] {
            waiting[*dependant] = waiting[*dependant].saturating_sub(1);
            if waiting[*dependant] == 0 {
                ready.insert(*dependant);
            }
        }
    }
    let mut slots: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let ordered: Vec<Step> = order.into_iter().filter_map(|position| slots[position].take()).collect();
    // Deletes last: what replaces a thing should stand before the thing goes.
    let (deletes, others): (Vec<Step>, Vec<Step>) =
        ordered.into_iter().partition(|step| matches!(step.action, Action::Delete));
    others.into_iter().chain(deletes).collect()
}
