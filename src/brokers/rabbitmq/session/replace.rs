//! Replaces: everything that goes is deleted first, then all of it is made again, and last what went away with it.
//!
//! One after the other would not do: deleting one object can take away another that was just made again, an
//! exchange with `auto_delete` with the last binding from it.

use std::collections::{BTreeMap, BTreeSet};

use tokio::time::Instant;

use super::super::kinds::KINDS;
use super::apply::{Run, is_silence, result_of};
use super::write;
use crate::brokers::{OutcomeResult, SessionError};
use crate::converge::Event;
use crate::model::{Address, Resource};
use crate::plan::{Action, Step};

impl Run<'_, '_> {
    pub(super) async fn replaces(&mut self) {
        let since = Instant::now();
        let mut deleted = Vec::new();
        for index in self.indices(|action| matches!(action, Action::Replace)) {
            let step = &self.batch.steps[index];
            if let Some(because) = self.hindrance(step) {
                self.end(index, OutcomeResult::NotTried { because }, since);
                continue;
            }
            self.batch.events.emit(Event::StepStarted { address: step.address.clone(), verb: step.action.verb() });
            match self.take_away(step).await {
                Ok(()) => deleted.push(index),
                Err(error) => {
                    if is_silence(&error) {
                        self.answers(&error).await;
                    }
                    self.end(index, result_of(Err(error)), since);
                }
            }
        }
        // From here on nothing stops it but a broker that says nothing at all: what is gone has to come back.
        let mut open = Vec::new();
        for index in deleted {
            match self.put_back(self.batch.steps[index].after.as_ref()).await {
                Ok(()) => open.push(index),
                Err(error) => self.end(index, undone("deleted, but not made again", &error), since),
            }
        }
        let failures = self.dependants(&open).await;
        for index in open {
            let dependants = &self.batch.steps[index].dependants;
            let failure = dependants.iter().find_map(|one| failures.get(&one.address).cloned());
            self.end(index, failure.unwrap_or(OutcomeResult::Done), since);
        }
    }

    async fn take_away(&mut self, step: &Step) -> Result<(), SessionError> {
        self.guard(step).await?;
        match &step.before {
            Some(before) => write::delete(self.session.client()?, before, !step.allow_data_loss).await,
            None => Ok(()),
        }
    }

    async fn put_back(&mut self, resource: Option<&Resource>) -> Result<(), SessionError> {
        let Some(resource) = resource else { return Ok(()) };
        if let Some(reason) = &self.silent {
            return Err(SessionError::Refused(format!("the broker stopped answering: {reason}")));
        }
        let result = write::put(self.session.client()?, resource, None).await;
        if let Err(error) = &result
            && is_silence(error)
        {
            self.answers(error).await;
        }
        result
    }

    /// Makes again what went away with these steps' objects. Gives what did not work.
    async fn dependants(&mut self, steps: &[usize]) -> BTreeMap<Address, OutcomeResult> {
        let all = self.batch.steps;
        // What is replaced itself is there in its new form.
        let mut known: BTreeSet<&Address> =
            all.iter().filter(|step| step.action == Action::Replace).map(|step| &step.address).collect();
        let mut dependants: Vec<&Resource> = steps.iter().flat_map(|index| &all[*index].dependants).collect();
        dependants.retain(|one| known.insert(&one.address));
        // An exchange before the bindings to it.
        dependants.sort_by_key(|one| KINDS.iter().position(|rules| rules.kind == one.address.kind));
        let mut failures = BTreeMap::new();
        for dependant in dependants {
            if let Err(error) = self.put_back(Some(dependant)).await {
                let what = format!("replaced, but {} was not made again", dependant.address);
                failures.insert(dependant.address.clone(), undone(&what, &error));
            }
        }
        failures
    }
}

fn undone(what: &str, error: &SessionError) -> OutcomeResult {
    let reason = format!("{what}: {error}; run the same command to go on");
    if is_silence(error) { OutcomeResult::Unknown { reason } } else { OutcomeResult::Failed { reason } }
}
