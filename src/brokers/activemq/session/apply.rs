//! Does a batch on every node at once: deletions first, then all creations, each a few hundred to a request.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures_util::future::join_all;
use serde_json::Value as Json;
use tokio::time::Instant;

use super::contents;
use super::jolokia::Jolokia;
use crate::brokers::activemq::destination::DestinationType;
use crate::brokers::activemq::kinds;
use crate::brokers::activemq::normalise::{Answer, Durable, operation};
use crate::brokers::{Batch, Outcome, OutcomeResult, SessionError, Target};
use crate::converge::{Event, Unit};
use crate::model::Address;
use crate::plan::{Action, Step};

/// To a request: enough that the way there and back is nothing beside the work, few enough to stop in between.
const AT_ONCE: usize = 250;

/// By address, on one node.
type Results<'a> = BTreeMap<&'a Address, OutcomeResult>;

/// One outcome per step, in the order of the steps.
pub(super) async fn apply(target: &Target, nodes: &[Jolokia], batch: Batch<'_>) -> Vec<Outcome> {
    let since = Instant::now();
    let hindered = guard(target, nodes, batch).await;
    let of = |wanted: &[Action]| -> Vec<&Step> {
        let is_wanted = |step: &&Step| wanted.contains(&step.action) && !hindered.contains_key(&step.address);
        batch.steps.iter().filter(is_wanted).collect()
    };
    let run = Run {
        batch,
        broker: &target.broker,
        deletions: of(&[Action::Delete, Action::Replace]),
        creations: of(&[Action::Create, Action::Replace]),
        nodes: nodes.len(),
        done: AtomicUsize::new(0),
    };
    let by_node = join_all(nodes.iter().map(|node| run.node(node))).await;
    batch.events.emit(Event::ProgressEnded { subject: target.broker.clone() });
    let names: Vec<&str> = nodes.iter().map(|node| node.name.as_str()).collect();
    let outcome = |step: &Step| {
        let outcome = match hindered.get(&step.address) {
            Some(result) => Outcome::new(step.address.clone(), result.clone()),
            None => together(&step.address, &names, &by_node),
        };
        batch.events.emit(Event::StepEnded { outcome: outcome.clone(), took: since.elapsed() });
        outcome
    };
    batch.steps.iter().map(outcome).collect()
}

/// What may not be deleted: the broker has no "delete if empty", so everything is counted right before.
async fn guard<'a>(target: &Target, nodes: &[Jolokia], batch: Batch<'a>) -> Results<'a> {
    let is_guarded = |step: &&Step| matches!(step.action, Action::Delete | Action::Replace) && !step.allow_data_loss;
    let guarded: Vec<&Step> = batch.steps.iter().filter(is_guarded).collect();
    if guarded.is_empty() {
        return Results::new();
    }
    let held = contents::read(&target.broker, nodes).await;
    let refusal = |step: &&'a Step| {
        let reason = match &held {
            Ok(held) => {
                let inside = held.get(&step.address).filter(|inside| !inside.is_empty())?;
                format!(
                    "it holds {inside} now, which would be lost: drain it first, or allow it with `--allow-data-loss`"
                )
            }
            Err(error) => format!("what it holds cannot be read: {error}"),
        };
        Some((&step.address, OutcomeResult::Failed { reason }))
    };
    guarded.iter().filter_map(refusal).collect()
}

/// The work of one batch, the same for each node.
struct Run<'a> {
    batch: Batch<'a>,
    broker: &'a str,
    deletions: Vec<&'a Step>,
    creations: Vec<&'a Step>,
    nodes: usize,
    /// Requests that were answered, on all nodes.
    done: AtomicUsize,
}

/// What is asked of a node for one step.
struct Task<'a> {
    address: &'a Address,
    request: Json,
}

impl<'a> Run<'a> {
    async fn node(&self, node: &Jolokia) -> Results<'a> {
        let mut results = Results::new();
        let subscriptions = self.subscriptions(node).await;
        match subscriptions {
            Ok(durables) => self.perform(node, deletions(node, &self.deletions, &durables), &mut results).await,
            Err(error) => {
                results.extend(self.deletions.iter().map(|step| (&step.address, result_of(&error))));
            }
        }
        let is_free = |step: &&&'a Step| matches!(results.get(&step.address), None | Some(OutcomeResult::Done));
        let creations: Vec<Task<'a>> =
            self.creations.iter().filter(is_free).map(|step| creation(node, &step.address)).collect();
        self.perform(node, creations, &mut results).await;
        results
    }

    /// A topic that goes leaves its durable subscriptions behind, and cannot be made again while one is there.
    async fn subscriptions(&self, node: &Jolokia) -> Result<Vec<Durable>, SessionError> {
        let has_topics = self.deletions.iter().any(|step| step.address.kind == kinds::TOPIC);
        if has_topics { contents::durables(node).await } else { Ok(Vec::new()) }
    }

    async fn perform(&self, node: &Jolokia, tasks: Vec<Task<'a>>, results: &mut Results<'a>) {
        for chunk in tasks.chunks(AT_ONCE) {
            if self.batch.cancel.is_cancelled() {
                let because = "stopped on request".to_owned();
                note(results, chunk, |_| OutcomeResult::NotTried { because: because.clone() });
                continue;
            }
            let requests: Vec<Json> = chunk.iter().map(|task| task.request.clone()).collect();
            match node.ask(&requests).await {
                Ok(answers) => note(results, chunk, |index| match &answers[index] {
                    Answer::Value(_) => OutcomeResult::Done,
                    Answer::Refused(reason) | Answer::NotThere(reason) => {
                        OutcomeResult::Failed { reason: reason.clone() }
                    }
                }),
                Err(error) => note(results, chunk, |_| result_of(&error)),
            }
            self.progress(chunk.len());
        }
    }

    fn progress(&self, answered: usize) {
        let done = self.done.fetch_add(answered, Ordering::Relaxed) + answered;
        self.batch.events.emit(Event::Progress {
            subject: self.broker.to_owned(),
            what: "queues and topics".to_owned(),
            done: (done / self.nodes) as u64,
            total: (self.deletions.len() + self.creations.len()) as u64,
            unit: Unit::Items,
        });
    }
}

/// The first thing that went wrong with a step stays.
fn note<'a>(results: &mut Results<'a>, chunk: &[Task<'a>], result: impl Fn(usize) -> OutcomeResult) {
    for (index, task) in chunk.iter().enumerate() {
        let entry = results.entry(task.address).or_insert(OutcomeResult::Done);
        if *entry == OutcomeResult::Done {
            *entry = result(index);
        }
    }
}

fn deletions<'a>(node: &Jolokia, steps: &[&'a Step], durables: &[Durable]) -> Vec<Task<'a>> {
    let mut tasks = Vec::new();
    for step in steps {
        let address = &step.address;
        let own = durables.iter().filter(|durable| address.kind == kinds::TOPIC && durable.topic == address.name);
        for durable in own {
            let arguments = [durable.client.as_str(), durable.name.as_str()];
            tasks.push(Task { address, request: operation(&node.name, "destroyDurableSubscriber", &arguments) });
        }
        let name = if is_topic(address) { "removeTopic" } else { "removeQueue" };
        tasks.push(Task { address, request: operation(&node.name, name, &[&address.name]) });
    }
    tasks
}

/// Nothing happens to one that is there.
fn creation<'a>(node: &Jolokia, address: &'a Address) -> Task<'a> {
    let name = if is_topic(address) { "addTopic" } else { "addQueue" };
    Task { address, request: operation(&node.name, name, &[&address.name]) }
}

fn is_topic(address: &Address) -> bool {
    address.kind == DestinationType::Topic.noun()
}

/// What became of a step on all nodes: the worst of it, with each node's own where they differ.
fn together(address: &Address, nodes: &[&str], by_node: &[Results<'_>]) -> Outcome {
    let nothing = || OutcomeResult::NotTried { because: "it has nothing that can be done".to_owned() };
    let own = |results: &Results<'_>| results.get(address).cloned().unwrap_or_else(nothing);
    let results: Vec<OutcomeResult> = by_node.iter().map(own).collect();
    let rank = |result: &OutcomeResult| match result {
        OutcomeResult::Done => 0,
        OutcomeResult::NotTried { .. } => 1,
        OutcomeResult::Unknown { .. } => 2,
        OutcomeResult::Failed { .. } => 3,
    };
    let worst = results.iter().max_by_key(|result| rank(result)).cloned().unwrap_or_else(nothing);
    let mut outcome = Outcome::new(address.clone(), worst);
    if results.iter().any(|result| *result != results[0]) {
        outcome.nodes = nodes.iter().map(|node| (*node).to_owned()).zip(results).collect();
    }
    outcome
}

/// A request without an answer may have arrived.
fn result_of(error: &SessionError) -> OutcomeResult {
    let reason = crate::error_chain(error);
    match error {
        SessionError::TimedOut { .. } | SessionError::Unreachable { .. } => OutcomeResult::Unknown { reason },
        _ => OutcomeResult::Failed { reason },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address() -> Address {
        Address::new("legacy", "queue", "work")
    }

    fn failed(reason: &str) -> OutcomeResult {
        OutcomeResult::Failed { reason: reason.to_owned() }
    }

    fn outcome(results: [OutcomeResult; 2]) -> Outcome {
        let address = address();
        let by_node: Vec<Results<'_>> = results.map(|result| Results::from([(&address, result)])).into();
        together(&address, &["legacy-1", "legacy-2"], &by_node)
    }

    #[test]
    fn a_step_is_done_where_every_node_has_done_it() {
        assert_eq!(outcome([OutcomeResult::Done, OutcomeResult::Done]), Outcome::done(address()));
        let one = outcome([OutcomeResult::Done, failed("no")]);
        assert_eq!(one.result, failed("no"));
        assert_eq!(one.nodes["legacy-1"], OutcomeResult::Done);
    }

    #[test]
    fn the_first_failure_of_a_step_stays() {
        let address = address();
        let task = || Task { address: &address, request: Json::Null };
        let mut results = Results::new();
        note(&mut results, &[task()], |_| failed("its subscription stays"));
        note(&mut results, &[task()], |_| OutcomeResult::Done);
        assert_eq!(results[&address], failed("its subscription stays"));
    }
}
