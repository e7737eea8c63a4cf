//! Does a batch: replaces first (see [`super::replace`]), then all creates as one import, then updates and deletes
//! one by one.
//!
//! An import is not atomic and says little: it skips conflicting objects without a word, and an error names one
//! of many. So what it did is always read again, and what is missing is tried by itself, to name the culprit.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use super::super::definitions::{document, needs_amqp};
use super::super::kinds;
use super::super::matching::first_difference;
use super::hidden::is_recovering;
use super::{RabbitSession, contents, write};
use crate::brokers::{Batch, Ledger, Outcome, OutcomeResult, SessionError};
use crate::converge::{Event, Unit};
use crate::model::{Address, Resource, Value};
use crate::net::Backoff;
use crate::plan::{Action, Step};

/// One outcome per step, in the order of the steps.
pub(super) async fn apply(session: &mut RabbitSession, batch: Batch<'_>) -> Vec<Outcome> {
    let mut run = Run { session, batch, ledger: Ledger::new(batch), silent: None };
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
    /// Why the broker is not asked any more: each further step would wait for its whole deadline.
    pub(super) silent: Option<String>,
}

impl Run<'_, '_> {
    pub(super) fn end(&mut self, index: usize, result: OutcomeResult, since: Instant) {
        let step = &self.batch.steps[index];
        let outcome = Outcome::new(step.address.clone(), result.clone());
        self.batch.events.emit(Event::StepEnded { outcome, took: since.elapsed() });
        self.ledger.end(step, result);
    }

    /// Why a step is not even tried.
    pub(super) fn hindrance(&self, step: &Step) -> Option<String> {
        let silent = || Some(format!("the broker stopped answering: {}", self.silent.as_ref()?));
        self.ledger.hindrance(step).or_else(silent)
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
        if let Some(because) = self.hindrance(step) {
            self.end(index, OutcomeResult::NotTried { because }, since);
            return;
        }
        self.batch.events.emit(Event::StepStarted { address: step.address.clone(), verb: step.action.verb() });
        let result = match &step.action {
            Action::Create | Action::Update => self.put(step).await,
            Action::Delete => self.delete(step).await,
            Action::Replace | Action::Blocked { .. } => return,
        };
        let result = match result {
            Err(error) if is_silence(&error) => self.look_again(step, &error).await,
            other => result_of(other),
        };
        self.end(index, result, since);
    }

    /// No answer came: whether it was done all the same. A broker that does not say that either is silent.
    async fn look_again(&mut self, step: &Step, error: &SessionError) -> OutcomeResult {
        let unknown = OutcomeResult::Unknown { reason: error.to_string() };
        let Some(there) = self.answers(error).await else { return unknown };
        let found = there.iter().find(|one| one.address == step.address);
        let is_done = match (&step.action, &step.after, found) {
            (Action::Delete, _, found) => found.is_none(),
            (_, Some(wanted), Some(found)) => first_difference(wanted, found).is_none(),
            _ => false,
        };
        if is_done { OutcomeResult::Done } else { unknown }
    }

    /// What the broker has, after it left a request without an answer; `None` if it says nothing at all any more.
    pub(super) async fn answers(&mut self, error: &SessionError) -> Option<Vec<Resource>> {
        let there = self.session.definitions().await.ok();
        if there.is_none() {
            self.silent.get_or_insert_with(|| error.to_string());
        }
        there
    }

    /// What is declared as a client declares it needs a permission, which an import does not.
    pub(super) async fn enter(&mut self, address: &Address) -> Result<(), SessionError> {
        if ![kinds::EXCHANGE, kinds::QUEUE, kinds::BINDING].contains(&address.kind.as_str()) {
            return Ok(());
        }
        let vhost = address.vhost_name();
        if self.session.enter(vhost).await? {
            let (broker, user) = (&address.broker, &self.session.target.user);
            let text =
                format!("{broker}: gave the user `{user}` access to the virtual host `{vhost}`, which others made");
            self.batch.events.emit(Event::Note { text });
        }
        Ok(())
    }

    async fn put(&mut self, step: &Step) -> Result<(), SessionError> {
        let Some(after) = &step.after else { return Ok(()) };
        self.enter(&step.address).await?;
        let began = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(1));
        loop {
            match write::put(self.session.client()?, after, step.before.as_ref()).await {
                // The first declaration makes the coordinator start, a later one finds the stream.
                Err(error) if is_recovering(&error) && began.elapsed() < self.session.target.deadline => {
                    backoff.wait().await;
                }
                other => break other?,
            }
        }
        if after.address.kind == kinds::VHOST {
            // Who makes one may do everything in it.
            self.session.entered.insert(after.address.name.clone());
        }
        Ok(())
    }

    /// Makes the way free, and reads what is inside at this moment unless losing it was allowed.
    pub(super) async fn guard(&mut self, step: &Step) -> Result<(), SessionError> {
        self.enter(&step.address).await?;
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
                self.silent.get_or_insert_with(|| reason.clone());
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
            Err(error) if is_silence(&error) => {
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

/// Whether no answer came. The request may have arrived.
pub(super) fn is_silence(error: &SessionError) -> bool {
    matches!(error, SessionError::TimedOut { .. } | SessionError::Unreachable { .. })
}

pub(super) fn result_of(result: Result<(), SessionError>) -> OutcomeResult {
    match result {
        Ok(()) => OutcomeResult::Done,
        Err(error) if is_silence(&error) => OutcomeResult::Unknown { reason: error.to_string() },
        Err(error) => OutcomeResult::Failed { reason: error.to_string() },
    }
}
