//! Does a batch: replaces first (see [`super::replace`]), then all creates as one import, then updates and deletes
//! one by one.
//!
//! An import is not atomic and says little: it skips conflicting objects without a word, and an error names one
//! of many. So what it did is always read again, and what is missing is tried by itself, to name the culprit.

use std::collections::BTreeMap;
use std::time::Instant;

use super::super::definitions::document;
use super::super::kinds;
use super::super::matching::first_difference;
use super::{RabbitSession, contents, write};
use crate::brokers::{Batch, Ledger, Outcome, OutcomeResult, SessionError};
use crate::converge::{Event, Unit};
use crate::model::{Address, Resource, Value};
use crate::plan::{Action, Step};

/// One outcome per step, in the order of the steps.
pub(super) async fn apply(session: &mut RabbitSession, batch: Batch<'_>) -> Vec<Outcome> {
    let mut run = Run { session, batch, ledger: Ledger::new(batch) };
    run.replaces().await;
    run.creates().await;
    run.one_by_one(|action| matches!(action, Action::Update)).await;
    run.one_by_one(|action| matches!(action, Action::Delete)).await;
    run.ledger.outcomes()
}

pub(super) struct Run<'a, 's> {
    pub(super) session: &'s mut RabbitSession,
    pub(super) batch: Batch<'a>,
    pub(super) ledger: Ledger<'a>,
}

impl Run<'_, '_> {
    pub(super) fn end(&mut self, index: usize, result: OutcomeResult, since: Instant) {
        let step = &self.batch.steps[index];
        let outcome = Outcome::new(step.address.clone(), result.clone());
        self.batch.events.emit(Event::StepEnded { outcome, took: since.elapsed() });
        self.ledger.end(step, result);
    }

    pub(super) fn indices(&self, wanted: fn(&Action) -> bool) -> Vec<usize> {
        let steps = self.batch.steps.iter().enumerate();
        steps.filter(|(_, step)| wanted(&step.action)).map(|(index, _)| index).collect()
    }

    async fn one_by_one(&mut self, wanted: fn(&Action) -> bool) {
        for index in self.indices(wanted) {
            self.single(index).await;
        }
    }

    async fn single(&mut self, index: usize) {
        let step = &self.batch.steps[index];
        let since = Instant::now();
        if let Some(because) = self.ledger.hindrance(step) {
            self.end(index, OutcomeResult::NotTried { because }, since);
            return;
        }
        self.batch.events.emit(Event::StepStarted { address: step.address.clone(), verb: step.action.verb() });
        let result = match &step.action {
            Action::Create | Action::Update => self.put(step).await,
            Action::Delete => self.delete(step).await,
            Action::Replace | Action::Blocked { .. } => return,
        };
        self.end(index, result_of(result), since);
    }

    async fn put(&mut self, step: &Step) -> Result<(), SessionError> {
        let Some(after) = &step.after else { return Ok(()) };
        write::put(self.session.client()?, after, step.before.as_ref()).await
    }

    /// Reads what is inside at this moment, unless losing it was allowed.
    pub(super) async fn guard(&mut self, step: &Step) -> Result<(), SessionError> {
        if step.allow_data_loss {
            return Ok(());
        }
        let inside = contents::of(self.session, &step.address).await?;
        if inside.is_empty() {
            return Ok(());
        }
        Err(SessionError::Refused(format!(
            "it holds {inside} now, which would be lost: drain it first, or allow it with `--allow-data-loss`"
        )))
    }

    async fn delete(&mut self, step: &Step) -> Result<(), SessionError> {
        let Some(before) = &step.before else { return Ok(()) };
        self.guard(step).await?;
        write::delete(self.session.client()?, before, !step.allow_data_loss).await
    }

    async fn creates(&mut self) {
        let mut pending = Vec::new();
        for index in self.indices(|action| matches!(action, Action::Create)) {
            let step = &self.batch.steps[index];
            match self.ledger.hindrance(step) {
                Some(because) => self.end(index, OutcomeResult::NotTried { because }, Instant::now()),
                None => pending.push(index),
            }
        }
        // One request for one object says more than an import of one.
        let (imported, single): (Vec<usize>, Vec<usize>) =
            pending.into_iter().partition(|index| self.batch.steps[*index].address.kind != kinds::LIMIT);
        if imported.len() > 1 {
            self.import(&imported).await;
        } else {
            for index in imported {
                self.single(index).await;
            }
        }
        for index in single {
            self.single(index).await;
        }
    }

    async fn import(&mut self, indices: &[usize]) {
        let since = Instant::now();
        let steps = self.batch.steps;
        let wanted = indices.iter().filter_map(|index| steps[*index].after.as_ref());
        let definitions = document(wanted, &mut write::salt);
        self.progress(0, indices.len());
        let answer = match self.session.client() {
            Ok(client) => client.post(&["definitions"], &definitions, indices.len()).await,
            Err(error) => Err(error),
        };
        // Whatever it answered, the broker is asked what is there now.
        let there = self.session.definitions().await;
        self.batch.events.emit(Event::ProgressEnded { subject: self.session.target.broker.clone() });
        let there: BTreeMap<Address, Resource> = match there {
            Ok(resources) => resources.into_iter().map(|resource| (resource.address.clone(), resource)).collect(),
            Err(error) => {
                let reason = answer.err().unwrap_or(error).to_string();
                for index in indices {
                    self.end(*index, OutcomeResult::Unknown { reason: reason.clone() }, since);
                }
                return;
            }
        };
        let mut missing = Vec::new();
        for index in indices {
            let Some(wanted) = &steps[*index].after else { continue };
            match there.get(&wanted.address) {
                None => missing.push(*index),
                Some(found) => self.end(*index, imported(wanted, found), since),
            }
        }
        match answer {
            // Not refused, so the broker may still be at it: asking for each would only add to its work.
            Err(error @ (SessionError::TimedOut { .. } | SessionError::Unreachable { .. })) => {
                for index in missing {
                    self.end(index, OutcomeResult::Unknown { reason: error.to_string() }, since);
                }
            }
            _ => {
                for index in missing {
                    self.single(index).await;
                }
            }
        }
    }

    fn progress(&self, done: usize, total: usize) {
        self.batch.events.emit(Event::Progress {
            subject: self.session.target.broker.clone(),
            what: "importing definitions".to_owned(),
            done: done as u64,
            total: total as u64,
            unit: Unit::Items,
        });
    }
}

/// What became of an object that is there after an import.
fn imported(wanted: &Resource, found: &Resource) -> OutcomeResult {
    match first_difference(wanted, found) {
        None => OutcomeResult::Done,
        Some(attribute) => {
            let old = found.attribute(attribute).unwrap_or(&Value::Null);
            let new = wanted.attribute(attribute).unwrap_or(&Value::Null);
            OutcomeResult::Failed {
                reason: format!(
                    "it is there with another `{attribute}`, {old} instead of {new}, and the import left it so"
                ),
            }
        }
    }
}

pub(super) fn result_of(result: Result<(), SessionError>) -> OutcomeResult {
    match result {
        Ok(()) => OutcomeResult::Done,
        // The request may have arrived.
        Err(error @ (SessionError::TimedOut { .. } | SessionError::Unreachable { .. })) => {
            OutcomeResult::Unknown { reason: error.to_string() }
        }
        Err(error) => OutcomeResult::Failed { reason: error.to_string() },
    }
}
