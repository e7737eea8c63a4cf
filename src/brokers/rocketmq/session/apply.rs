//! Does a batch: deletions first, because a name can be free only then, then everything else in lists. A replica is
//! told what its master did: it would copy that by itself, but only within a minute.

use std::collections::BTreeMap;

use super::RocketSession;
use super::commands;
use super::connection::Connection;
use super::contents::{self, topics_of};
use super::delete::delete_from;
use super::write::{Results, Writing};
use crate::brokers::rocketmq::protocol::Request;
use crate::brokers::{Batch, Ledger, Outcome, OutcomeResult};
use crate::model::Address;
use crate::plan::{Action, Step};

/// One outcome per step, in the order of the steps.
pub(super) async fn apply(session: &mut RocketSession, batch: Batch<'_>) -> Vec<Outcome> {
    if let Err(error) = session.master() {
        let failed = |step: &Step| Outcome::failed(step.address.clone(), error.to_string());
        return batch.steps.iter().map(failed).collect();
    }
    let mut run =
        Run { by_node: vec![Results::new(); session.brokers.len()], session, batch, ledger: Ledger::new(batch) };
    run.delete().await;
    run.write().await;
    run.outcomes()
}

struct Run<'a, 's> {
    session: &'s mut RocketSession,
    batch: Batch<'a>,
    ledger: Ledger<'a>,
    /// What became of the steps on each broker, the master first.
    by_node: Vec<Results<'a>>,
}

impl<'a> Run<'a, '_> {
    async fn delete(&mut self) {
        let doomed = self.possible(|action| matches!(action, Action::Delete | Action::Replace));
        let doomed = self.unguarded(doomed).await;
        if doomed.is_empty() {
            return;
        }
        let mut agreed = doomed.clone();
        for (broker, results) in self.session.brokers.iter_mut().zip(&mut self.by_node) {
            results.extend(delete_from(broker, &agreed).await);
            agreed.retain(|step| is_done(results, step));
        }
        let gone = doomed.iter().filter(|step| self.is_done_on_master(step));
        let routes: Vec<Request> =
            gone.flat_map(|step| topics_of(&step.address)).map(|topic| commands::delete_route(&topic)).collect();
        let forgotten = self.session.namesrv.ask_all(&routes).await;
        for step in doomed {
            let result = match (self.on_all(step), &forgotten) {
                (OutcomeResult::Done, Err(error)) => {
                    let reason = format!("the broker deleted it, and the name server may still show it: {error}");
                    OutcomeResult::Unknown { reason }
                }
                (result, _) => result,
            };
            self.ledger.end(step, result);
        }
    }

    /// Those that may be deleted. RocketMQ has no "delete if empty", so what is inside is read right before.
    async fn unguarded(&mut self, steps: Vec<&'a Step>) -> Vec<&'a Step> {
        let (mut free, guarded): (Vec<&Step>, Vec<&Step>) = steps.into_iter().partition(|step| step.allow_data_loss);
        if guarded.is_empty() {
            return free;
        }
        let addresses: Vec<Address> = guarded.iter().map(|step| step.address.clone()).collect();
        let held = match self.session.sources() {
            Ok(mut sources) => contents::of(&mut sources, &addresses).await,
            Err(error) => Err(error),
        };
        for step in guarded {
            let reason = match held.as_ref().map(|held| held.get(&step.address)) {
                Ok(Some(inside)) if !inside.is_empty() => {
                    format!("it holds {inside} now; `--allow-data-loss` gives them up")
                }
                Ok(_) => {
                    free.push(step);
                    continue;
                }
                Err(error) => format!("what it holds cannot be read: {error}"),
            };
            self.ledger.end(step, OutcomeResult::Failed { reason });
        }
        free
    }

    async fn write(&mut self) {
        let mut steps = self.possible(|action| matches!(action, Action::Create | Action::Update));
        let replaced = self.batch.steps.iter().filter(|step| step.action == Action::Replace);
        let replaced: Vec<&Step> = replaced.filter(|step| self.is_done_on_master(step)).collect();
        // That it was deleted is not what was asked for.
        for results in &mut self.by_node {
            results.retain(|address, _| !replaced.iter().any(|step| step.address == **address));
        }
        steps.extend(replaced);
        if steps.is_empty() {
            return;
        }
        let name = self.session.target.broker.clone();
        let mut writing = Writing { batch: self.batch, broker: name, steps: steps.clone() };
        for (broker, results) in self.session.brokers.iter_mut().zip(&mut self.by_node) {
            results.extend(writing.to(broker).await);
            writing.steps.retain(|step| is_done(results, step));
        }
        for step in steps {
            let result = self.on_all(step);
            self.ledger.end(step, result);
        }
    }

    fn possible(&mut self, wanted: fn(&Action) -> bool) -> Vec<&'a Step> {
        let mut steps = Vec::new();
        for step in self.batch.steps.iter().filter(|step| wanted(&step.action)) {
            match self.ledger.hindrance(step) {
                Some(because) => self.ledger.end(step, OutcomeResult::NotTried { because }),
                None => steps.push(step),
            }
        }
        steps
    }

    fn is_done_on_master(&self, step: &Step) -> bool {
        self.by_node.first().is_some_and(|results| is_done(results, step))
    }

    fn on_all(&self, step: &Step) -> OutcomeResult {
        worst(&on_each(&step.address, &self.by_node))
    }

    fn outcomes(self) -> Vec<Outcome> {
        let nodes: Vec<u32> = self.session.brokers.iter().map(Connection::node).collect();
        let mut outcomes = self.ledger.outcomes();
        for outcome in &mut outcomes {
            outcome.nodes = apart(&outcome.address, &nodes, &self.by_node);
        }
        outcomes
    }
}

fn is_done(results: &Results<'_>, step: &Step) -> bool {
    results.get(&step.address) == Some(&OutcomeResult::Done)
}

/// What became of a step on each broker, the master first.
fn on_each(address: &Address, by_node: &[Results<'_>]) -> Vec<OutcomeResult> {
    let not_tried = |because: &str| OutcomeResult::NotTried { because: because.to_owned() };
    let mut found: Vec<OutcomeResult> = Vec::new();
    for results in by_node {
        let missing = match found.first() {
            None | Some(OutcomeResult::Done | OutcomeResult::NotTried { .. }) => not_tried("stopped on request"),
            Some(_) => not_tried("its master did not do it"),
        };
        found.push(results.get(address).cloned().unwrap_or(missing));
    }
    found
}

/// Done is only what all have done.
fn worst(results: &[OutcomeResult]) -> OutcomeResult {
    let rank = |result: &OutcomeResult| match result {
        OutcomeResult::Done => 0,
        OutcomeResult::NotTried { .. } => 1,
        OutcomeResult::Unknown { .. } => 2,
        OutcomeResult::Failed { .. } => 3,
    };
    // Of equals the master's.
    let worst = results.iter().rev().max_by_key(|result| rank(result));
    worst.cloned().unwrap_or_else(|| OutcomeResult::NotTried { because: "there is no broker".to_owned() })
}

/// By node, where they differ. Nothing about what none of them was told.
fn apart(address: &Address, nodes: &[u32], by_node: &[Results<'_>]) -> BTreeMap<String, OutcomeResult> {
    let results = on_each(address, by_node);
    let was_told = by_node.iter().any(|results| results.contains_key(address));
    if !was_told || results.iter().all(|result| *result == results[0]) {
        return BTreeMap::new();
    }
    nodes.iter().map(u32::to_string).zip(results).collect()
}

#[cfg(test)]
#[path = "apply_tests.rs"]
mod tests;
