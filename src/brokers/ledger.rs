//! What became of the steps of a batch so far, and what that means for those to come.

use std::collections::BTreeMap;

use super::{Batch, Outcome, OutcomeResult};
use crate::model::Address;
use crate::plan::Step;

/// Kept by a session while it works through a batch: a failed step stops its dependants, not its siblings.
pub struct Ledger<'a> {
    batch: Batch<'a>,
    results: BTreeMap<&'a Address, OutcomeResult>,
}

impl<'a> Ledger<'a> {
    pub fn new(batch: Batch<'a>) -> Self {
        Self { batch, results: BTreeMap::new() }
    }

    /// Why a step is not even tried: a stop was asked for, or something that it needs was not done.
    pub fn hindrance(&self, step: &Step) -> Option<String> {
        if self.batch.cancel.is_cancelled() {
            return Some("stopped on request".to_owned());
        }
        let undone =
            |address: &&Address| self.results.get(*address).is_some_and(|result| *result != OutcomeResult::Done);
        step.needs.iter().find(undone).map(|needed| format!("it needs {needed}, which was not done"))
    }

    /// Whether this object's step was done.
    pub fn is_done(&self, address: &Address) -> bool {
        self.results.get(address) == Some(&OutcomeResult::Done)
    }

    /// Notes what became of a step.
    pub fn end(&mut self, step: &'a Step, result: OutcomeResult) {
        self.results.insert(&step.address, result);
    }

    /// One outcome for each step of the batch, in its order.
    pub fn outcomes(mut self) -> Vec<Outcome> {
        let nothing = || OutcomeResult::NotTried { because: "it has nothing that can be done".to_owned() };
        let outcome = |step: &Step| {
            let result = self.results.remove(&step.address).unwrap_or_else(nothing);
            Outcome::new(step.address.clone(), result)
        };
        self.batch.steps.iter().map(outcome).collect()
    }
}
