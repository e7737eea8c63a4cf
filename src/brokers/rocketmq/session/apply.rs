//! Does a batch: deletions first, because a name can be free only then, then everything else in lists.

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

/// One outcome per step, in the order of the steps. The master's counts: a replica is told the same, and copies
/// within a minute what it did not hear.
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
        let gone = doomed.iter().filter(|step| self.on_master(step) == OutcomeResult::Done);
        let routes: Vec<Request> =
            gone.flat_map(|step| topics_of(&step.address)).map(|topic| commands::delete_route(&topic)).collect();
        let forgotten = self.session.namesrv.ask_all(&routes).await;
        for step in doomed {
            let result = match (self.on_master(step), &forgotten) {
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
        steps.extend(replaced.filter(|step| self.ledger.is_done(&step.address)));
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
            let result = self.on_master(step);
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

    fn on_master(&self, step: &Step) -> OutcomeResult {
        let known = self.by_node.first().and_then(|results| results.get(&step.address)).cloned();
        known.unwrap_or_else(|| OutcomeResult::NotTried { because: "stopped on request".to_owned() })
    }

    fn outcomes(self) -> Vec<Outcome> {
        let mut outcomes = self.ledger.outcomes();
        if self.by_node.len() > 1 {
            for outcome in &mut outcomes {
                let known = self.session.brokers.iter().map(Connection::node).zip(&self.by_node);
                let known = known
                    .filter_map(|(node, results)| Some((node.to_string(), results.get(&outcome.address)?.clone())));
                outcome.nodes = known.collect();
            }
        }
        outcomes
    }
}

/// A replica is told what its master did.
fn is_done(results: &Results<'_>, step: &Step) -> bool {
    results.get(&step.address) == Some(&OutcomeResult::Done)
}
