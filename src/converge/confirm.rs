//! The few questions that a run may ask, and what becomes of a step when nobody says yes.

use crate::brokers::Broker;
use crate::plan::{Action, Plan, Step};

/// Who answers. `view` asks a person, `--yes` answers for one.
pub trait Confirm: Send + Sync {
    fn confirm(&self, question: &str) -> Answer;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    Yes,
    No,
    /// No terminal and no `--yes`: a refusal, never a yes.
    NobodyThere,
}

/// Asks once for all steps that delete, replace or recreate; without a yes they are blocked and the others go on.
pub(super) fn settle(plan: &mut Plan, asks: impl Fn(&Step) -> bool, confirm: &dyn Confirm) {
    let asked: Vec<usize> = plan
        .steps
        .iter()
        .enumerate()
        .filter(|(_, step)| matches!(step.action, Action::Replace | Action::Delete) && asks(step))
        .map(|(index, _)| index)
        .collect();
    if asked.is_empty() {
        return;
    }
    let lines: Vec<String> = asked.iter().map(|index| format!("  {}", plan.steps[*index].to_line())).collect();
    let answer = confirm.confirm(&format!("{}\nDo this?", lines.join("\n")));
    let reason = match answer {
        Answer::Yes => return,
        Answer::No => "you said no",
        Answer::NobodyThere => "it needs a yes, and no terminal is there to ask",
    };
    for index in asked {
        plan.steps[index].action =
            Action::Blocked { reason: reason.to_owned(), way_out: "run it again with `--yes`".to_owned() };
    }
}

/// Whether the kind's objects of this step can hold something worth a question. A binding cannot.
pub(super) fn holds_data(broker: &dyn Broker, step: &Step) -> bool {
    let kinds = broker.description().kinds;
    kinds.iter().find(|kind| kind.kind == step.address.kind).is_none_or(|kind| kind.holds_data)
}

#[cfg(test)]
#[path = "confirm_tests.rs"]
mod tests;
