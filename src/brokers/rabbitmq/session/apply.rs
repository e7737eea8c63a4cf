//! Does a batch: replaces first, then all creates as one import, then updates and deletes one by one.
//!
//! An import is not atomic and says little: it skips conflicting objects without a word, and an error names one
//! of many. So what it did is always read again, and what is missing is tried by itself, to name the culprit.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use super::super::definitions::{document, needs_amqp};
use super::super::kinds;
use super::super::matching::first_difference;
use super::{RabbitSession, contents, write};
use crate::brokers::{Batch, Outcome, OutcomeResult, SessionError};
use crate::converge::{Event, Unit};
use crate::model::{Address, Resource, Value};
use crate::plan::{Action, Step};

/// One outcome per step, in the order of the steps.
pub(super) async fn apply(session: &mut RabbitSession, batch: Batch<'_>) -> Vec<Outcome> {
    let mut run = Run { session, batch, results: BTreeMap::new(), silent: None };
    run.one_by_one(|action| matches!(action, Action::Replace)).await;
    run.creates().await;
    run.one_by_one(|action| matches!(action, Action::Update)).await;
    run.one_by_one(|action| matches!(action, Action::Delete)).await;
    let mut results = run.results;
    let outcome = |(index, step): (usize, &Step)| {
        let because = "it has nothing that can be done".to_owned();
        let result = results.remove(&index).unwrap_or(OutcomeResult::NotTried { because });
        Outcome::new(step.address.clone(), result)
    };
    batch.steps.iter().enumerate().map(outcome).collect()
}

struct Run<'a> {
    session: &'a mut RabbitSession,
    batch: Batch<'a>,
    /// By index of the step.
    results: BTreeMap<usize, OutcomeResult>,
    /// Why the broker is not asked any more: every further step would wait for its whole deadline.
    silent: Option<String>,
}

impl Run<'_> {
    fn end(&mut self, index: usize, result: OutcomeResult, since: Instant) {
        let outcome = Outcome::new(self.batch.steps[index].address.clone(), result.clone());
        self.batch.events.emit(Event::StepEnded { outcome, took: since.elapsed() });
        if let OutcomeResult::Unknown { reason } = &result {
            self.silent.get_or_insert_with(|| reason.clone());
        }
        self.results.insert(index, result);
    }

    /// Why a step is not even tried: a stop was asked for, the broker went silent, or something it needs failed.
    fn hindrance(&self, step: &Step) -> Option<String> {
        if self.batch.cancel.is_cancelled() {
            return Some("a stop was asked for".to_owned());
        }
        if let Some(reason) = &self.silent {
            return Some(format!("the broker stopped answering: {reason}"));
        }
        let failed: BTreeSet<&Address> = self
            .results
            .iter()
            .filter(|(_, result)| !matches!(result, OutcomeResult::Done))
            .map(|(index, _)| &self.batch.steps[*index].address)
            .collect();
        let needed = step.needs.iter().find(|needed| failed.contains(needed))?;
        Some(format!("it needs {needed}, which was not done"))
    }

    fn indices(&self, wanted: fn(&Action) -> bool) -> Vec<usize> {
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
        if let Some(because) = self.hindrance(step) {
            self.end(index, OutcomeResult::NotTried { because }, since);
            return;
        }
        self.batch.events.emit(Event::StepStarted { address: step.address.clone(), verb: step.action.verb() });
        let result = match self.enter(&step.address).await {
            Err(error) => Err(error),
            Ok(()) => match &step.action {
                Action::Create | Action::Update => self.put(step).await,
                Action::Replace => self.replace(step).await,
                Action::Delete => self.delete(step).await,
                Action::Blocked { .. } => return,
            },
        };
        self.end(index, result_of(result), since);
    }

    /// What is declared as a client declares it needs a permission, which an import does not.
    async fn enter(&mut self, address: &Address) -> Result<(), SessionError> {
        if ![kinds::EXCHANGE, kinds::QUEUE, kinds::BINDING].contains(&address.kind.as_str()) {
            return Ok(());
        }
        if self.session.enter(address.vhost_name()).await? {
            let text = format!(
                "{}: gave the user `{}` access to the virtual host `{}`, which others made",
                address.broker,
                self.session.target.user,
                address.vhost_name()
            );
            self.batch.events.emit(Event::Note { text });
        }
        Ok(())
    }

    async fn put(&mut self, step: &Step) -> Result<(), SessionError> {
        let Some(after) = &step.after else { return Ok(()) };
        let (client, target) = self.session.ways()?;
        write::put(client, target, after, step.before.as_ref()).await?;
        if after.address.kind == kinds::VHOST {
            // Who makes one may do everything in it.
            self.session.entered.insert(after.address.name.clone());
        }
        Ok(())
    }

    /// Reads what is inside at this moment, unless losing it was allowed.
    async fn guard(&mut self, step: &Step) -> Result<(), SessionError> {
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

    /// Deletes, makes again, and makes again what went away with it, in as few requests as there are.
    async fn replace(&mut self, step: &Step) -> Result<(), SessionError> {
        let (Some(before), Some(after)) = (&step.before, &step.after) else { return Ok(()) };
        self.guard(step).await?;
        let (client, target) = self.session.ways()?;
        write::delete(client, before, !step.allow_data_loss).await?;
        write::put(client, target, after, None).await?;
        let mut lost = Vec::new();
        for dependant in &step.dependants {
            if let Err(error) = write::put(client, target, dependant, None).await {
                lost.push(format!("{} ({error})", dependant.address));
                if matches!(error, SessionError::TimedOut { .. } | SessionError::Unreachable { .. }) {
                    break;
                }
            }
        }
        if lost.is_empty() {
            return Ok(());
        }
        Err(SessionError::Refused(format!("replaced, but not made again: {}", lost.join("; "))))
    }

    async fn creates(&mut self) {
        let mut pending = Vec::new();
        for index in self.indices(|action| matches!(action, Action::Create)) {
            let step = &self.batch.steps[index];
            match self.hindrance(step) {
                Some(because) => self.end(index, OutcomeResult::NotTried { because }, Instant::now()),
                None => pending.push(index),
            }
        }
        // One request for one object says more than an import of one.
        let (imported, single): (Vec<usize>, Vec<usize>) = pending.into_iter().partition(|index| {
            let after = self.batch.steps[*index].after.as_ref();
            after.is_some_and(|wanted| wanted.address.kind != kinds::LIMIT && !needs_amqp(wanted))
        });
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

fn result_of(result: Result<(), SessionError>) -> OutcomeResult {
    match result {
        Ok(()) => OutcomeResult::Done,
        // The request may have arrived.
        Err(error @ (SessionError::TimedOut { .. } | SessionError::Unreachable { .. })) => {
            OutcomeResult::Unknown { reason: error.to_string() }
        }
        Err(error) => OutcomeResult::Failed { reason: error.to_string() },
    }
}
