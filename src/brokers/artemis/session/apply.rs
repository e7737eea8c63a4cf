//! Does a batch: what goes first, then what is made or changed, kind by kind, in few requests for each node.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value as Json;
use tokio::time::Instant;

use super::jolokia::Refusal;
use super::observe::{DIVERTS, settings_of};
use super::{Node, contents, observe};
use crate::brokers::artemis::kinds;
use crate::brokers::artemis::normalise::kept;
use crate::brokers::artemis::requests::{Kept, Operation, create, delete, update, widen};
use crate::brokers::{Batch, Interest, Ledger, Outcome, OutcomeResult, SessionError};
use crate::converge::{Event, Unit};
use crate::model::{Resource, Value};
use crate::plan::{Action, Step};

/// Operations in one POST: a cancel is heard in between, and progress is told.
const CHUNK: usize = 250;
/// An address setting makes the broker look at each of its queues: 94 ms were measured with 1,000 of them.
const SLOW: Duration = Duration::from_millis(300);

/// One outcome per step, in the order of the steps.
pub(super) async fn apply(nodes: &[Node<'_>], batch: Batch<'_>) -> Vec<Outcome> {
    let ledger = Ledger::new(batch);
    let mut run = Run { nodes, batch, ledger, open: BTreeMap::new(), over: BTreeMap::new(), silent: None };
    run.begin().await;
    for phase in PHASES {
        run.phase(phase).await;
    }
    run.finish().await
}

/// A kind's turn.
struct Phase {
    kind: &'static str,
    what: &'static str,
    /// Whether something is there after it, and not before.
    makes: bool,
    /// What is sent for a step of the kind; nothing if it is not its turn.
    operation: fn(&Step, &Kept) -> Option<Operation>,
}

/// Settings come before queues: with many queues each setting takes long.
const PHASES: &[Phase] = &[
    Phase { kind: kinds::DIVERT, what: "removing diverts", makes: false, operation: remove },
    Phase { kind: kinds::QUEUE, what: "removing queues", makes: false, operation: remove },
    Phase { kind: kinds::ADDRESS, what: "removing addresses", makes: false, operation: remove },
    Phase { kind: kinds::SECURITY_SETTING, what: "removing security settings", makes: false, operation: remove },
    Phase { kind: kinds::ADDRESS_SETTING, what: "removing address settings", makes: false, operation: remove },
    Phase { kind: kinds::USER, what: "removing users", makes: false, operation: remove },
    Phase { kind: kinds::USER, what: "users", makes: true, operation: put },
    Phase { kind: kinds::SECURITY_SETTING, what: "security settings", makes: true, operation: put },
    Phase { kind: kinds::ADDRESS_SETTING, what: "address settings", makes: true, operation: put },
    Phase { kind: kinds::ADDRESS, what: "addresses", makes: true, operation: put_wide },
    Phase { kind: kinds::QUEUE, what: "queues", makes: true, operation: put },
    Phase { kind: kinds::ADDRESS, what: "routing of addresses", makes: true, operation: narrow },
    Phase { kind: kinds::DIVERT, what: "diverts", makes: true, operation: put },
];

fn remove(step: &Step, _: &Kept) -> Option<Operation> {
    let goes = matches!(step.action, Action::Delete | Action::Replace);
    step.before.as_ref().filter(|_| goes).map(|before| delete(before, step.allow_data_loss))
}

fn put(step: &Step, kept: &Kept) -> Option<Operation> {
    let after = step.after.as_ref()?;
    match step.action {
        Action::Create | Action::Replace => Some(create(after, kept)),
        Action::Update => Some(update(step.before.as_ref(), after, kept)),
        Action::Delete | Action::Blocked { .. } => None,
    }
}

/// Queues follow an address to another routing, so in between it has both.
fn put_wide(step: &Step, kept: &Kept) -> Option<Operation> {
    match step.action {
        Action::Update => step.after.as_ref().map(widen),
        _ => put(step, kept),
    }
}

fn narrow(step: &Step, kept: &Kept) -> Option<Operation> {
    (step.action == Action::Update).then(|| put(step, kept)).flatten()
}

/// What became of a step so far, by node.
type ByNode = BTreeMap<String, OutcomeResult>;

struct Run<'a, 's> {
    nodes: &'a [Node<'a>],
    batch: Batch<'s>,
    ledger: Ledger<'s>,
    /// The steps that something was sent for.
    open: BTreeMap<usize, (Instant, ByNode)>,
    over: BTreeMap<usize, Outcome>,
    /// Why the broker is not asked any more: each further step would wait for its whole deadline.
    silent: Option<String>,
}

impl Run<'_, '_> {
    /// Those that may not be deleted, by what they hold at this moment.
    async fn begin(&mut self) {
        let goes = |step: &&Step| matches!(step.action, Action::Delete | Action::Replace) && !step.allow_data_loss;
        let doomed: Vec<_> = self.batch.steps.iter().filter(goes).map(|step| step.address.clone()).collect();
        if doomed.is_empty() {
            return;
        }
        let inside = contents::inspect(self.nodes, &doomed).await;
        for (index, step) in self.batch.steps.iter().enumerate().filter(|(_, step)| goes(step)) {
            let reason = match inside.get(&step.address) {
                Some(contents) if contents.is_empty() => continue,
                Some(contents) if contents.is_known() => format!(
                    "it holds {contents} now, which would be lost: drain it first, or allow it with `--allow-data-loss`"
                ),
                _ => "what it holds could not be read".to_owned(),
            };
            self.end(index, Instant::now(), OutcomeResult::Failed { reason }, ByNode::new());
        }
    }

    async fn phase(&mut self, phase: &Phase) {
        let is_its_turn =
            |step: &Step| step.address.kind == phase.kind && (phase.operation)(step, &Kept::new()).is_some();
        let steps = self.batch.steps.iter().enumerate();
        let turn: Vec<usize> = steps.filter(|(_, step)| is_its_turn(step)).map(|(index, _)| index).collect();
        for (number, chunk) in turn.chunks(CHUNK).enumerate() {
            self.progress(phase.what, number * CHUNK, turn.len());
            let mut now = Vec::new();
            for index in chunk {
                if self.over.contains_key(index) {
                    continue;
                }
                match self.hindrance(&self.batch.steps[*index]) {
                    Some(because) => {
                        self.end(*index, Instant::now(), OutcomeResult::NotTried { because }, ByNode::new());
                    }
                    None => now.push(*index),
                }
            }
            if !now.is_empty() {
                self.chunk(phase, &now).await;
            }
        }
    }

    /// Why a step is not even tried.
    fn hindrance(&self, step: &Step) -> Option<String> {
        let silent = || Some(format!("the broker stopped answering: {}", self.silent.as_ref()?));
        self.ledger.hindrance(step).or_else(silent)
    }

    async fn chunk(&mut self, phase: &Phase, indices: &[usize]) {
        let steps: Vec<&Step> = indices.iter().map(|index| &self.batch.steps[*index]).collect();
        let since = Instant::now();
        for (index, step) in indices.iter().zip(&steps) {
            if !self.open.contains_key(index) {
                let address = step.address.clone();
                self.batch.events.emit(Event::StepStarted { address, verb: step.action.verb() });
            }
        }
        let mut sending = Vec::new();
        for node in self.nodes {
            sending.push(send(node, phase, &steps));
        }
        let answers = join_all(sending).await;
        for (node, results) in self.nodes.iter().zip(answers) {
            let results = results.unwrap_or_else(|error| {
                let reason = crate::error_chain(&error);
                self.silent.get_or_insert_with(|| reason.clone());
                vec![OutcomeResult::Unknown { reason }; steps.len()]
            });
            for (index, result) in indices.iter().zip(results) {
                let (_, by_node) = self.open.entry(*index).or_insert_with(|| (since, ByNode::new()));
                by_node.insert(node.name(), result);
            }
        }
        // Whoever needs one of these must know at once.
        for index in indices {
            let undone = self
                .open
                .get(index)
                .is_some_and(|(_, by_node)| by_node.values().any(|one| *one != OutcomeResult::Done));
            if undone && let Some((since, by_node)) = self.open.remove(index) {
                self.end(*index, since, worst(&by_node), by_node);
            }
        }
    }

    fn end(&mut self, index: usize, since: Instant, result: OutcomeResult, by_node: ByNode) {
        let step = &self.batch.steps[index];
        let differs = by_node.values().any(|one| *one != result);
        let nodes = if differs { by_node } else { ByNode::new() };
        let outcome = Outcome { address: step.address.clone(), result: result.clone(), nodes };
        self.batch.events.emit(Event::StepEnded { outcome: outcome.clone(), took: since.elapsed() });
        self.ledger.end(step, result);
        self.over.insert(index, outcome);
    }

    /// What was answered is done. What was not may be done all the same: the broker is asked once more.
    async fn finish(mut self) -> Vec<Outcome> {
        for (index, (since, by_node)) in std::mem::take(&mut self.open) {
            self.end(index, since, OutcomeResult::Done, by_node);
        }
        self.batch.events.emit(Event::ProgressEnded { subject: self.broker() });
        let nothing = |step: &Step| {
            let because = "it has nothing that can be done".to_owned();
            Outcome::new(step.address.clone(), OutcomeResult::NotTried { because })
        };
        let steps = self.batch.steps.iter().enumerate();
        let mut outcomes: Vec<Outcome> =
            steps.map(|(index, step)| self.over.remove(&index).unwrap_or_else(|| nothing(step))).collect();
        if outcomes.iter().any(|outcome| matches!(outcome.result, OutcomeResult::Unknown { .. })) {
            look_again(self.nodes, self.batch, &mut outcomes).await;
        }
        outcomes
    }

    fn broker(&self) -> String {
        self.nodes.first().map_or_else(String::new, |node| node.target.broker.clone())
    }

    fn progress(&self, what: &str, done: usize, total: usize) {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let (subject, what) = (self.broker(), what.to_owned());
        self.batch.events.emit(Event::Progress {
            subject,
            what,
            done: count(done),
            total: count(total),
            unit: Unit::Items,
        });
    }
}

/// The first that was not done; all are, if all are.
fn worst(by_node: &ByNode) -> OutcomeResult {
    by_node.values().find(|result| **result != OutcomeResult::Done).cloned().unwrap_or(OutcomeResult::Done)
}

/// One result for each step, at one node.
async fn send(node: &Node<'_>, phase: &Phase, steps: &[&Step]) -> Result<Vec<OutcomeResult>, SessionError> {
    let kept = kept_of(node, phase, steps).await?;
    let none = Kept::new();
    let operations: Vec<Operation> = steps
        .iter()
        .filter_map(|step| (phase.operation)(step, kept.get(&step.address.name).unwrap_or(&none)))
        .collect();
    let mut requests: Vec<Json> = operations.iter().map(|operation| node.api.exec(operation)).collect();
    let reads_diverts = phase.kind == kinds::DIVERT && phase.makes;
    if reads_diverts {
        requests.push(node.api.read(DIVERTS, &["UniqueName"]));
    }
    let mut answers = node.post(requests, SLOW).await?;
    let diverts = if reads_diverts { answers.pop() } else { None };
    let mut results: Vec<OutcomeResult> = Vec::new();
    let mut again = Vec::new();
    for (index, answer) in answers.into_iter().enumerate() {
        let answer = match answer {
            // The other nodes hear a moment later that a queue is gone, and its address has it for as long.
            Err(refusal) if refusal.is_in_use && node.target.nodes > 1 => {
                node.exec_settled(&operations[index], |refusal| refusal.is_in_use).await?
            }
            answer => answer,
        };
        results.push(match answer {
            Ok(_) => OutcomeResult::Done,
            Err(refusal) if !phase.makes && refusal.is_absence => OutcomeResult::Done,
            Err(refusal) if is_there(&refusal) => {
                again.push(index);
                OutcomeResult::Failed { reason: refusal.text }
            }
            Err(refusal) => OutcomeResult::Failed { reason: refusal.text },
        });
    }
    adapt(node, steps, &again, &mut results).await?;
    if let Some(there) = diverts {
        missing_diverts(steps, &there.unwrap_or_default(), &mut results);
    }
    Ok(results)
}

/// Of matches that are written: what others set there.
async fn kept_of(node: &Node<'_>, phase: &Phase, steps: &[&Step]) -> Result<BTreeMap<String, Kept>, SessionError> {
    if phase.kind != kinds::ADDRESS_SETTING {
        return Ok(BTreeMap::new());
    }
    let patterns: Vec<&str> =
        steps.iter().filter(|step| step.after.is_some()).map(|step| step.address.name.as_str()).collect();
    let found = settings_of(node, &patterns).await?;
    Ok(found.into_iter().map(|(pattern, effective)| (pattern, kept(&effective))).collect())
}

/// Address, queue, user: one node of several may have it already, and somebody may have been faster.
fn is_there(refusal: &Refusal) -> bool {
    ["AMQ229204", "AMQ229019", "AMQ229223"].iter().any(|code| refusal.text.contains(code))
}

/// What was there already becomes what it should be, as far as that can change. Reading again finds the rest.
async fn adapt(
    node: &Node<'_>,
    steps: &[&Step],
    indices: &[usize],
    results: &mut [OutcomeResult],
) -> Result<(), SessionError> {
    if indices.is_empty() {
        return Ok(());
    }
    let wanted = |index: &usize| steps[*index].after.as_ref();
    let found: Vec<&Resource> = indices.iter().filter_map(wanted).collect();
    let requests = found.iter().map(|after| node.api.exec(&update(None, after, &Kept::new()))).collect();
    for (index, answer) in indices.iter().zip(node.post(requests, SLOW).await?) {
        results[*index] = match answer {
            Ok(_) => OutcomeResult::Done,
            Err(refusal) => OutcomeResult::Failed { reason: refusal.text },
        };
    }
    Ok(())
}

/// Artemis answers the creation of a divert whose name is taken like any other, and makes none.
fn missing_diverts(steps: &[&Step], there: &Json, results: &mut [OutcomeResult]) {
    let there: Vec<&str> = there
        .as_object()
        .into_iter()
        .flat_map(|beans| beans.values())
        .filter_map(|bean| bean.get("UniqueName").and_then(Json::as_str))
        .collect();
    for (step, result) in steps.iter().zip(results) {
        if *result == OutcomeResult::Done && !there.contains(&step.address.name.as_str()) {
            let reason = "Artemis answered and made nothing: something else has its name".to_owned();
            *result = OutcomeResult::Failed { reason };
        }
    }
}

async fn look_again(nodes: &[Node<'_>], batch: Batch<'_>, outcomes: &mut [Outcome]) {
    let wanted: Vec<Resource> = batch.steps.iter().filter_map(|step| step.after.clone()).collect();
    let interest = Interest { wanted: &wanted, ..Interest::default() };
    let Ok(there) = observe::observe(nodes, interest).await else { return };
    if !there.unknown.is_empty() {
        return;
    }
    for (step, outcome) in batch.steps.iter().zip(outcomes) {
        if !matches!(outcome.result, OutcomeResult::Unknown { .. }) {
            continue;
        }
        let found = there.resources.iter().find(|one| one.address == step.address);
        let is_done = match (&step.after, found) {
            (None, None) => true,
            (Some(wanted), Some(found)) => is_as_wanted(wanted, found),
            _ => false,
        };
        if is_done {
            *outcome = Outcome::done(step.address.clone());
        }
    }
}

fn is_as_wanted(wanted: &Resource, found: &Resource) -> bool {
    wanted.attributes.iter().all(|(name, value)| found.attribute(name).unwrap_or(&Value::Null) == value)
}
