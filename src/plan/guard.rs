//! What is inside the objects that would go, and whether that may be lost.

use std::collections::BTreeMap;

use super::step::{Action, Contents, Plan, Step};
use crate::model::{Address, KindRules};

/// Why a desired object must not be made or changed as things are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    pub address: Address,
    pub reason: String,
    pub way_out: String,
}

/// The objects whose contents must be read before the plan can be trusted.
pub fn at_risk(plan: &Plan) -> Vec<Address> {
    let doomed = plan.steps.iter().filter(|step| would_lose(step) || is_refused_delete(step));
    doomed.map(|step| step.address.clone()).collect()
}

fn would_lose(step: &Step) -> bool {
    matches!(step.action, Action::Replace | Action::Delete)
}

/// Blocked for want of a flag: whoever thinks about giving it wants to know the counts.
fn is_refused_delete(step: &Step) -> bool {
    step.action.is_blocked() && step.before.is_some() && step.after.is_none()
}

/// Writes the counts into the steps, and blocks those that would lose something nobody allowed to lose. What could
/// not be read is not taken for empty.
pub fn guard(plan: &mut Plan, contents: &BTreeMap<Address, Contents>, kinds: &[KindRules]) {
    for step in &mut plan.steps {
        let kind = kinds.iter().find(|kind| kind.kind == step.address.kind);
        let inside = contents.get(&step.address).filter(|inside| inside.is_known());
        step.risk = inside.cloned();
        if !would_lose(step) || step.allow_data_loss || !kind.is_none_or(|kind| kind.holds_data) {
            continue;
        }
        let reason = match inside {
            Some(inside) if inside.is_empty() => continue,
            Some(inside) => format!("it holds {inside}, which would be lost"),
            None => "what it holds could not be read, and would be lost".to_owned(),
        };
        let flag = if step.action == Action::Delete { "--delete" } else { "--replace" };
        let way_out =
            format!("empty it first, or give them up: `mqlab apply {flag} {} --allow-data-loss`", step.address);
        step.action = Action::Blocked { reason, way_out };
    }
}

/// Blocks the steps that something else on the broker speaks against.
pub fn object(plan: &mut Plan, objections: &[Objection]) {
    for step in &mut plan.steps {
        let objection = objections.iter().find(|objection| objection.address == step.address);
        if let Some(Objection { reason, way_out, .. }) = objection.filter(|_| !step.action.is_blocked()) {
            step.action = Action::Blocked { reason: reason.clone(), way_out: way_out.clone() };
        }
    }
}
