//! Looking again: whether what was done is to be seen, and whether anything is left to do.

use std::collections::BTreeSet;
use std::time::Duration;

use tokio::time::Instant;

use super::Cancel;
use super::memory::Memory;
use super::prepare::Lowered;
use super::survey;
use crate::brokers::{Check, Outcome, OutcomeResult, Session, SessionError};
use crate::model::{Address, Observation};
use crate::net::Backoff;
use crate::plan::{DiffOptions, Plan, Step};

/// How long a broker may go on showing an older state after it answered.
const STALE_READS: Duration = Duration::from_secs(20);
/// How long a broker that nobody can connect to is given to come back: one that died does not.
const GONE: Duration = Duration::from_secs(5);
/// How many of many are named.
const SHOWN: usize = 5;

/// One broker, its plan that was executed, and what it is compared with.
pub(super) struct Verifier<'a> {
    pub(super) options: &'a DiffOptions,
    pub(super) lowered: &'a Lowered<'a>,
    pub(super) memory: &'a Memory,
    pub(super) plan: &'a Plan,
    pub(super) cancel: &'a Cancel,
}

/// What a look gave.
pub(super) struct Verified {
    pub(super) check: Check,
    /// What differs from the file, though it was not blocked before.
    pub(super) left: BTreeSet<Address>,
    /// `None` if the broker could not be read.
    pub(super) observation: Option<Observation>,
}

/// The last of several reads.
struct Seen {
    observation: Observation,
    left: Vec<Step>,
    unchanged: usize,
}

impl Verifier<'_> {
    /// Decides the outcomes that are not known, by reading again: what is as it should be was done. What cannot be read
    /// again stays unknown; the error is that nothing of the broker can.
    pub(super) async fn settle(&self, outcomes: &mut [Outcome], session: &mut dyn Session) -> Result<(), Verified> {
        let began = Instant::now();
        let is_open = |outcome: &Outcome| matches!(outcome.result, OutcomeResult::Unknown { .. });
        if !outcomes.iter().any(is_open) {
            return Ok(());
        }
        let others = outcomes.iter().filter(|outcome| !is_open(outcome)).map(|outcome| outcome.address.clone());
        let seen = match self.look(&others.collect(), session).await {
            Ok(seen) => seen,
            Err(reason) => return Err(self.judge(Err(reason), began)),
        };
        let left: BTreeSet<&Address> = seen.left.iter().map(|step| &step.address).collect();
        for outcome in outcomes.iter_mut() {
            let OutcomeResult::Unknown { reason } = &outcome.result else { continue };
            if seen.observation.unknown.iter().any(|unknown| unknown.covers(&outcome.address)) {
                continue;
            }
            outcome.result = if left.contains(&outcome.address) {
                OutcomeResult::Failed { reason: format!("{reason}; read again, and it is not done") }
            } else {
                OutcomeResult::Done
            };
        }
        Ok(())
    }

    /// Observes again until everything that was done is to be seen. Only green if nothing at all is left, but for
    /// what was blocked already.
    pub(super) async fn verify(&self, outcomes: &[Outcome], session: &mut dyn Session) -> Verified {
        let began = Instant::now();
        let open = outcomes.iter().filter(|outcome| outcome.result != OutcomeResult::Done);
        let open = open.map(|outcome| outcome.address.clone()).collect();
        let seen = self.look(&open, session).await;
        self.judge(seen, began)
    }

    fn judge(&self, seen: Result<Seen, String>, began: Instant) -> Verified {
        let (ok, detail, left, observation) = match seen {
            Ok(seen) => {
                let detail = if seen.left.is_empty() {
                    match seen.unchanged {
                        1 => "1 object is as the file says".to_owned(),
                        many => format!("{many} objects are as the file says"),
                    }
                } else {
                    format!("still to do: {}", some(&seen.left))
                };
                let left: BTreeSet<Address> = seen.left.into_iter().map(|step| step.address).collect();
                (left.is_empty(), detail, left, Some(seen.observation))
            }
            Err(reason) => (false, format!("could not look again: {reason}"), BTreeSet::new(), None),
        };
        let check = Check {
            name: "nothing is left to do".to_owned(),
            broker: self.lowered.model.name.clone(),
            ok,
            detail,
            milliseconds: u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        };
        Verified { check, left, observation }
    }

    /// Reads until nothing is left but `open` and what went away with it, for as long as reads may be stale.
    async fn look(&self, open: &BTreeSet<Address>, session: &mut dyn Session) -> Result<Seen, String> {
        let blocked: BTreeSet<&Address> =
            self.plan.steps.iter().filter(|step| step.action.is_blocked()).map(|step| &step.address).collect();
        let gone = self.plan.steps.iter().filter(|step| open.contains(&step.address));
        let gone: BTreeSet<&Address> = gone.flat_map(|step| &step.dependants).map(|one| &one.address).collect();
        let is_open = |step: &Step| open.contains(&step.address) || gone.contains(&step.address);
        let began = Instant::now();
        let mut end = began + STALE_READS;
        let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
        loop {
            let seen = match session.observe(survey::interest(self.lowered, self.memory)).await {
                Ok(observation) => {
                    let plan = survey::compare(self.options, self.lowered, self.memory, &observation);
                    let left: Vec<Step> =
                        plan.steps.into_iter().filter(|step| !blocked.contains(&step.address)).collect();
                    Ok(Seen { observation, left, unchanged: plan.unchanged })
                }
                Err(error) => {
                    if matches!(error, SessionError::Unreachable { .. }) {
                        end = end.min(began + GONE);
                    }
                    Err(crate::error_chain(&error))
                }
            };
            let settled = seen.as_ref().is_ok_and(|seen| seen.left.iter().all(is_open));
            if settled || Instant::now() >= end || self.cancel.is_cancelled() {
                return seen;
            }
            tokio::select! {
                () = backoff.wait() => {}
                () = self.cancel.cancelled() => {}
            }
        }
    }
}

/// The first few, and how many more.
fn some(steps: &[Step]) -> String {
    let mut text = steps.iter().take(SHOWN).map(Step::to_line).collect::<Vec<_>>().join("; ");
    if steps.len() > SHOWN {
        text.push_str(&format!("; and {} more", steps.len() - SHOWN));
    }
    text
}

#[cfg(test)]
#[path = "verify_tests.rs"]
mod tests;
