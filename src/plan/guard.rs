//! What is inside the objects that would go, and whether that may be lost.

use std::collections::BTreeMap;

use super::step::{Action, Contents, Plan};
use crate::brokers::Objection;
use crate::model::Address;

/// The objects whose contents must be read before the plan can be trusted.
pub fn at_risk(plan: &Plan) -> Vec<Address> {
    let doomed = plan.steps.iter().filter(|step| matches!(step.action, Action::Replace | Action::Delete));
    doomed.map(|step| step.address.clone()).collect()
}

/// Writes the counts into the steps, and blocks those that would lose something nobody allowed to lose.
pub fn guard(plan: &mut Plan, contents: &BTreeMap<Address, Contents>) {
    for step in &mut plan.steps {
        let Some(inside) = contents.get(&step.address) else { continue };
        let loses = matches!(step.action, Action::Replace | Action::Delete) && !inside.is_empty();
        step.risk = Some(inside.clone());
        if loses && !step.allow_data_loss {
            let flag = if step.action == Action::Delete { "--delete" } else { "--replace" };
            step.action = Action::Blocked {
                reason: format!("it holds {inside}, which would be lost"),
                way_out: format!(
                    "empty it first, or give them up: `mqlab apply {flag} {} --allow-data-loss`",
                    step.address
                ),
            };
        }
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
