//! Doing a plan's steps. Decides nothing: what may not be done is blocked in the plan already.

use super::{Cancel, Events};
use crate::brokers::{Batch, Outcome, OutcomeResult, Session};
use crate::plan::{Plan, Step};

/// Gives the session all steps that are not blocked; one outcome for each.
pub(super) async fn execute(
    session: &mut dyn Session,
    plan: &Plan,
    events: &dyn Events,
    cancel: &Cancel,
) -> Vec<Outcome> {
    let steps: Vec<Step> = plan.steps.iter().filter(|step| !step.action.is_blocked()).cloned().collect();
    if steps.is_empty() {
        return Vec::new();
    }
    if cancel.is_cancelled() {
        let stopped = || OutcomeResult::NotTried { because: "stopped on request".to_owned() };
        return steps.into_iter().map(|step| Outcome::new(step.address, stopped())).collect();
    }
    session.apply(Batch { steps: &steps, events, cancel }).await
}
