//! The second stage: what lives inside the brokers. Needs sessions, and no engine.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::future::join_all;

use super::memory::{self, Memory};
use super::prepare::Lowered;
use super::report::Report;
use super::survey::{self, BrokerSurvey};
use super::verify::{Verified, Verifier};
use super::{Cancel, Confirm, Event, Events, confirm, execute};
use crate::brokers::{Batch, Check, Outcome, OutcomeResult, Session};
use crate::model::{Observation, Resource, STACK};
use crate::plan::{Action, DiffOptions, Plan, Step};
use crate::state::{Folder, Journal, StateError};

/// What the stage works with.
pub(super) struct Topology<'a> {
    pub(super) folder: &'a Folder,
    pub(super) options: &'a DiffOptions,
    pub(super) events: &'a dyn Events,
    pub(super) confirm: &'a dyn Confirm,
    pub(super) cancel: &'a Cancel,
}

/// A broker that can be asked.
pub(super) struct Connected<'b, 'l> {
    pub(super) lowered: &'b Lowered<'l>,
    pub(super) session: Box<dyn Session>,
}

/// One broker's part of a report.
struct BrokerDone {
    broker: String,
    plan: Plan,
    outcomes: Vec<Outcome>,
    checks: Vec<Check>,
    /// The last look at it.
    observation: Observation,
    /// What to remember as applied.
    applied: Vec<Resource>,
}

impl Topology<'_> {
    /// Surveys, asks, executes and verifies all these brokers. What happens to one is no matter to the others:
    /// all of it is in the report. Gives the version of each broker that answered.
    pub(super) async fn apply(
        &self,
        mut memory: Memory,
        connected: Vec<Connected<'_, '_>>,
        report: &mut Report,
    ) -> BTreeMap<String, String> {
        let lowered: BTreeMap<String, &Lowered<'_>> =
            connected.iter().map(|one| (one.lowered.model.name.clone(), one.lowered)).collect();
        let mut surveys = Vec::new();
        for (name, survey) in survey::brokers(self.options, &memory, connected).await {
            match survey {
                Ok(survey) => surveys.push(survey),
                Err(error) => report.fail(&name, &error),
            }
        }
        for survey in &mut surveys {
            let broker = lowered[&survey.broker].broker;
            confirm::settle(&mut survey.plan, |step| confirm::holds_data(broker, step), self.confirm);
        }
        self.begin_replaces(&mut memory.journal, &mut surveys);
        let work = surveys.into_iter().map(|survey| self.one_broker(lowered[&survey.broker], &memory, survey));
        let done = join_all(work).await;
        if let Err(error) = self.remember(&lowered, memory, &done) {
            report.fail(STACK, &error);
        }
        let mut versions = BTreeMap::new();
        for one in done {
            versions.insert(one.broker, one.observation.facts.version);
            report.plans.push(one.plan);
            report.outcomes.extend(one.outcomes);
            report.checks.extend(one.checks);
        }
        versions
    }

    /// Before anything is deleted it is written down what must be made again. What cannot be written down is not
    /// deleted.
    fn begin_replaces(&self, journal: &mut Journal, surveys: &mut [BrokerSurvey]) {
        let begun = memory::begun(journal, surveys.iter().map(|survey| &survey.plan));
        if begun == *journal {
            return;
        }
        let Err(error) = self.folder.write_journal(&begun) else {
            *journal = begun;
            return;
        };
        for step in surveys.iter_mut().flat_map(|survey| &mut survey.plan.steps) {
            if step.action == Action::Replace && !step.dependants.is_empty() {
                step.action = Action::Blocked {
                    reason: format!(
                        "what goes away with it cannot be written down before: {}",
                        crate::error_chain(&error)
                    ),
                    way_out: "make the folder writable, then run the same command again".to_owned(),
                };
            }
        }
    }

    async fn one_broker(&self, lowered: &Lowered<'_>, memory: &Memory, survey: BrokerSurvey) -> BrokerDone {
        let BrokerSurvey { broker, mut session, plan, mut observation } = survey;
        let mut outcomes = execute::execute(session.as_mut(), &plan, self.events, self.cancel).await;
        let mut checks = Vec::new();
        let mut left = BTreeSet::new();
        if may_have_changed(&plan, &outcomes) {
            let verifier = Verifier { options: self.options, lowered, memory, plan: &plan, cancel: self.cancel };
            let found = self.verify(&verifier, &mut outcomes, session.as_mut(), &mut checks).await;
            left = found.left;
            if let Some(seen) = found.observation {
                observation = seen;
            }
            for check in &checks {
                self.events.emit(Event::Checked { check: check.clone() });
            }
        }
        let before = memory.last.get(&broker).map_or(&[][..], Vec::as_slice);
        let applied = memory::applied(&lowered.topology, &plan, &outcomes, &left, self.options, before);
        BrokerDone { broker, plan, outcomes, checks, observation, applied }
    }

    /// Everything that is looked at after something changed.
    async fn verify(
        &self,
        verifier: &Verifier<'_>,
        outcomes: &mut [Outcome],
        session: &mut dyn Session,
        checks: &mut Vec<Check>,
    ) -> Verified {
        let found = match verifier.settle(outcomes, session).await {
            Ok(()) => {
                let done = done(verifier.plan, outcomes);
                let batch = Batch { steps: &done, events: self.events, cancel: self.cancel };
                checks.extend(session.usable(batch).await);
                verifier.verify(outcomes, session).await
            }
            Err(unread) => unread,
        };
        checks.push(found.check.clone());
        // Who cannot be read cannot be sent a message either.
        if found.observation.is_some() && !self.cancel.is_cancelled() {
            checks.extend(session.probe().await);
        }
        found
    }

    /// Keeps what was applied, and what of the journal is still open.
    fn remember(
        &self,
        lowered: &BTreeMap<String, &Lowered<'_>>,
        memory: Memory,
        done: &[BrokerDone],
    ) -> Result<(), StateError> {
        let mut journal = memory.journal.clone();
        let mut last = memory.last;
        let mut has_changed = false;
        for one in done {
            let lowered = lowered[&one.broker];
            journal = survey::inside(lowered, &lowered.topology, &one.observation).finished(journal);
            if last.get(&one.broker) != Some(&one.applied) {
                last.insert(one.broker.clone(), one.applied.clone());
                has_changed = true;
            }
        }
        if journal != memory.journal {
            self.folder.write_journal(&journal)?;
        }
        if has_changed { self.folder.write_last_applied(&last) } else { Ok(()) }
    }
}

/// Whether the broker may be another than it was. A replace that failed may have got as far as the delete.
fn may_have_changed(plan: &Plan, outcomes: &[Outcome]) -> bool {
    let replaced: BTreeSet<_> =
        plan.steps.iter().filter(|step| step.action == Action::Replace).map(|step| &step.address).collect();
    outcomes.iter().any(|outcome| match outcome.result {
        OutcomeResult::Done | OutcomeResult::Unknown { .. } => true,
        OutcomeResult::Failed { .. } => replaced.contains(&outcome.address),
        OutcomeResult::NotTried { .. } => false,
    })
}

fn done(plan: &Plan, outcomes: &[Outcome]) -> Vec<Step> {
    let done: BTreeSet<_> = outcomes
        .iter()
        .filter(|outcome| outcome.result == OutcomeResult::Done)
        .map(|outcome| &outcome.address)
        .collect();
    plan.steps.iter().filter(|step| done.contains(&step.address)).cloned().collect()
}
