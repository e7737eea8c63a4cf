//! What the folder remembers of earlier runs, what this run adds, and what is over.

use std::borrow::Cow;
use std::collections::BTreeSet;

use crate::brokers::{Outcome, OutcomeResult};
use crate::model::{Address, KindRules, Observation, Resource};
use crate::plan::{Action, DiffOptions, Note, Plan};
use crate::state::{BegunReplace, Folder, Journal, LastApplied, StateError};

/// Read once at the beginning of a run.
#[derive(Clone, Debug, Default)]
pub(super) struct Memory {
    pub(super) last: LastApplied,
    pub(super) journal: Journal,
}

impl Memory {
    pub(super) fn read(folder: &Folder) -> Result<Self, StateError> {
        Ok(Self { last: folder.last_applied()?, journal: folder.journal()? })
    }

    /// As [`Memory::read`], on another thread: a large stack's takes as long as an answer of the engine.
    pub(super) async fn read_aside(folder: &Folder) -> Result<Self, StateError> {
        let folder = folder.clone();
        let read = tokio::task::spawn_blocking(move || Self::read(&folder)).await;
        read.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()))
    }
}

/// The journal with the replaces of these plans in it: what must be made again, should the run end half-way.
pub(super) fn begun<'a>(journal: &Journal, plans: impl Iterator<Item = &'a Plan>) -> Journal {
    let mut journal = journal.clone();
    for step in plans.flat_map(|plan| &plan.steps) {
        if step.action != Action::Replace || step.dependants.is_empty() {
            continue;
        }
        // What an earlier run took away and did not bring back is still owed.
        let index = journal.replaces.iter().position(|begun| begun.address == step.address).unwrap_or_else(|| {
            journal.replaces.push(BegunReplace { address: step.address.clone(), dependants: Vec::new() });
            journal.replaces.len() - 1
        });
        let owed = &mut journal.replaces[index].dependants;
        owed.retain(|one| !step.dependants.iter().any(|other| other.address == one.address));
        owed.extend(step.dependants.iter().cloned());
    }
    journal
}

/// What one broker has and should have, for judging its part of the journal.
#[derive(Clone, Copy)]
pub(super) struct Inside<'a> {
    pub(super) broker: &'a str,
    pub(super) kinds: &'a [KindRules],
    pub(super) desired: &'a [Resource],
    pub(super) observed: &'a Observation,
}

impl<'a> Inside<'a> {
    fn found(&self, address: &Address) -> Option<&Resource> {
        self.observed.resources.iter().find(|one| one.address == *address)
    }

    /// Whether it is there, or could be. Names of the broker's own are there and not listed.
    fn can_be_there(&self, address: &Address) -> bool {
        let own = self.kinds.iter().any(|kind| kind.kind == address.kind && (kind.protected)(address));
        own || self.found(address).is_some()
            || self.desired.iter().any(|one| one.address == *address)
            || self.observed.unknown.iter().any(|unknown| unknown.covers(address))
    }

    /// What of these is gone and can come back: what it needs is there, or can come back too.
    fn returning(&self, owed: &[Resource]) -> BTreeSet<Address> {
        let gone = owed.iter().filter(|one| self.found(&one.address).is_none());
        let mut returning: BTreeSet<Address> = gone.map(|one| one.address.clone()).collect();
        loop {
            let is_there = |address: &Address| returning.contains(address) || self.can_be_there(address);
            let hopeless = owed.iter().filter(|one| !one.needs.iter().all(is_there)).map(|one| one.address.clone());
            let hopeless: Vec<Address> = hopeless.filter(|address| returning.contains(address)).collect();
            if hopeless.is_empty() {
                return returning;
            }
            returning.retain(|address| !hopeless.contains(address));
        }
    }

    /// The topology, and with it what an interrupted replace took away, until it is back; with a note for each
    /// object that cannot come back.
    pub(super) fn with_journal(&self, journal: &Journal) -> (Cow<'a, [Resource]>, Vec<Note>) {
        let owed = journal.dependants_on(self.broker);
        if owed.is_empty() {
            return (Cow::Borrowed(self.desired), Vec::new());
        }
        let mut desired = self.desired.to_vec();
        let mut notes = Vec::new();
        let mut known: BTreeSet<Address> = self.desired.iter().map(|one| one.address.clone()).collect();
        let returning = self.returning(&owed);
        for one in owed {
            if !known.insert(one.address.clone()) {
                continue;
            }
            if let Some(found) = self.found(&one.address) {
                // It is back, and what became of it since is not ours to judge.
                desired.push(found.clone());
            } else if returning.contains(&one.address) {
                desired.push(one);
            } else {
                let missing = one.needs.iter().find(|needed| !self.can_be_there(needed) && !returning.contains(needed));
                let missing = missing.map(ToString::to_string).unwrap_or_default();
                let text = format!("it went away in an interrupted replace and cannot come back without {missing}");
                notes.push(Note { address: Some(one.address), text });
            }
        }
        (Cow::Owned(desired), notes)
    }

    /// The journal without what is over on this broker.
    pub(super) fn finished(&self, mut journal: Journal) -> Journal {
        let returning = self.returning(&journal.dependants_on(self.broker));
        journal.replaces.retain(|begun| {
            begun.address.broker != self.broker || begun.dependants.iter().any(|one| returning.contains(&one.address))
        });
        journal
    }
}

/// What of the topology is known to be applied now: what was done, or was so already. Of everything else stays what
/// was known before. `left` is what a second look found still to do.
pub(super) fn applied(
    topology: &[Resource],
    plan: &Plan,
    outcomes: &[Outcome],
    left: &BTreeSet<Address>,
    options: &DiffOptions,
    before: &[Resource],
) -> Vec<Resource> {
    let undone: BTreeSet<&Address> =
        plan.steps.iter().filter(|step| step.action.is_blocked()).map(|step| &step.address).collect();
    let failed = outcomes.iter().filter(|outcome| outcome.result != OutcomeResult::Done);
    let undone: BTreeSet<&Address> =
        undone.into_iter().chain(failed.map(|outcome| &outcome.address)).chain(left).collect();
    let is_applied = |address: &Address| options.selects(address) && !undone.contains(address);
    let old = |address: &Address| before.iter().find(|one| one.address == *address).cloned();
    topology
        .iter()
        .filter_map(|one| if is_applied(&one.address) { Some(one.clone()) } else { old(&one.address) })
        .collect()
}

#[cfg(test)]
#[path = "memory_tests.rs"]
mod tests;
