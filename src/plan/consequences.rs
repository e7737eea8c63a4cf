//! What one step means for others, once every object has been looked at by itself.

use std::collections::{BTreeMap, BTreeSet};

use super::diff::DiffInput;
use super::step::{Action, Note, Stage, Step};
use crate::model::{Address, Resource};

/// What goes away with an object, and with that in turn; in the order of the observation, which has what is needed
/// before what needs it.
pub(super) fn dependants(observed: &[Resource], address: &Address) -> Vec<Resource> {
    let mut gone = BTreeSet::from([address]);
    loop {
        let needs_gone = |one: &&Resource| one.needs.iter().any(|need| gone.contains(need));
        let more: Vec<&Address> = observed.iter().filter(needs_gone).map(|one| &one.address).collect();
        let before = gone.len();
        gone.extend(more);
        if gone.len() == before {
            break;
        }
    }
    observed.iter().filter(|one| one.address != *address && gone.contains(&one.address)).cloned().collect()
}

/// Attributes that nobody declared do not come back with a replace; somebody should know before.
pub(super) fn lost_with_replaces(steps: &[Step]) -> Vec<Note> {
    let replaces = steps.iter().filter(|step| step.action == Action::Replace);
    replaces
        .filter_map(|step| Some((step.before.as_ref()?, step.after.as_ref()?)))
        .flat_map(|(before, after)| {
            let unset = before.attributes.iter().filter(|(_, value)| !value.is_null());
            unset.filter(|(attribute, _)| !after.attributes.contains_key(*attribute)).map(|(attribute, value)| Note {
                address: Some(before.address.clone()),
                text: format!("`{attribute}` is {value} and not in the file: the replace drops it"),
            })
        })
        .collect()
}

/// `--replace` is a permission. Who gave it for nothing may have meant something else.
pub(super) fn needless(input: &DiffInput<'_>, desired: &BTreeMap<&Address, &Resource>, steps: &[Step]) -> Vec<Note> {
    let allowed = input.options.replace.iter().filter(|address| desired.contains_key(address));
    let needless = allowed.filter(|address| !steps.iter().any(|step| step.address == **address));
    needless
        .map(|address| Note {
            address: Some(address.clone()),
            text: "it is as the file says: nothing to replace".into(),
        })
        .collect()
}

/// With `--only`, what a step needs may not be there and may not be made either.
pub(super) fn block_without_what_was_not_chosen(
    input: &DiffInput<'_>,
    desired: &BTreeMap<&Address, &Resource>,
    observed: &BTreeMap<&Address, &Resource>,
    steps: &mut [Step],
) {
    let is_missing = |address: &&Address| {
        !input.options.selects(address)
            && desired.contains_key(*address)
            && !observed.contains_key(*address)
            && !input.observed.unknown.iter().any(|unknown| unknown.covers(address))
    };
    for step in steps.iter_mut().filter(|step| !step.action.is_blocked()) {
        let Some(missing) = step.needs.iter().find(is_missing) else { continue };
        step.action = Action::Blocked {
            reason: format!("it needs {missing}, which is not there"),
            way_out: format!("choose that too: `--only {missing}`"),
        };
    }
}

/// A create that needs a blocked create cannot be done either. A blocked change of something that is inside a
/// broker harms nobody; a container must not start on a volume that is not fit for it.
pub(super) fn block_dependants_of_blocked(stage: Stage, steps: &mut [Step]) {
    loop {
        let missing: BTreeSet<Address> = steps
            .iter()
            .filter(|step| step.action.is_blocked() && (step.before.is_none() || stage == Stage::Containers))
            .map(|step| step.address.clone())
            .collect();
        let stopped: Vec<(usize, Address)> = steps
            .iter()
            .enumerate()
            .filter(|(_, step)| !step.action.is_blocked())
            .filter_map(|(index, step)| Some((index, step.needs.intersection(&missing).next()?.clone())))
            .collect();
        if stopped.is_empty() {
            return;
        }
        for (index, needed) in stopped {
            steps[index].action = Action::Blocked {
                reason: format!("it needs {needed}, which is blocked"),
                way_out: format!("unblock {needed} first"),
            };
        }
    }
}

/// A network or volume that only blocked containers need is not made: nobody would ever take it away.
pub(super) fn leave_what_nobody_can_use(stage: Stage, steps: &mut Vec<Step>) {
    if stage != Stage::Containers {
        return;
    }
    let needed_by = |address: &Address, blocked: bool| {
        steps.iter().any(|step| step.action.is_blocked() == blocked && step.needs.contains(address))
    };
    let is_useless = |step: &&Step| {
        step.action == Action::Create && needed_by(&step.address, true) && !needed_by(&step.address, false)
    };
    let useless: BTreeSet<Address> = steps.iter().filter(is_useless).map(|step| step.address.clone()).collect();
    steps.retain(|step| !useless.contains(&step.address));
}

/// What goes away with another thing is deleted before it: afterwards it would not be there to delete.
pub(super) fn delete_dependants_first(steps: &mut [Step]) {
    let deletes = steps.iter().filter(|step| step.action == Action::Delete);
    let before: Vec<(Address, Address)> = deletes
        .filter_map(|step| Some((&step.address, step.before.as_ref()?)))
        .flat_map(|(address, before)| before.needs.iter().map(|need| (need.clone(), address.clone())))
        .collect();
    for step in steps.iter_mut().filter(|step| step.action == Action::Delete) {
        step.needs.extend(before.iter().filter(|(need, _)| *need == step.address).map(|(_, first)| first.clone()));
    }
}
