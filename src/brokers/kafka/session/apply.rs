//! Steps in few requests: deletions, creations, partitions, configuration.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::client::Client;
use super::contents::messages;
use super::perform::{Perform, Results};
use super::work::{Deletion, config_change, growth, new_topic};
use crate::brokers::{Outcome, OutcomeResult};
use crate::net::Backoff;
use crate::plan::{Action, Step};

/// One outcome per step, in their order. Topics do not depend on each other, so only their kinds are ordered:
/// what goes away first, because a name can be free only then.
pub(super) async fn apply(perform: &Perform<'_>) -> Vec<Outcome> {
    let steps = perform.batch.steps;
    let mut results = Results::new();
    delete(perform, &mut results).await;

    let is_ready = |step: &&Step| match step.action {
        Action::Create => true,
        Action::Replace => matches!(results.get(&step.address.name), Some(OutcomeResult::Done)),
        _ => false,
    };
    let created = perform.all(steps.iter().filter(is_ready).filter_map(new_topic).collect()).await;
    for (topic, result) in created {
        let was_deleted = results.contains_key(&topic);
        results.insert(topic, if was_deleted { after_deletion(result) } else { result });
    }

    let updates = || steps.iter().filter(|step| step.action == Action::Update);
    for done in [
        perform.all(updates().filter_map(growth).collect()).await,
        perform.all(updates().filter_map(config_change).collect()).await,
    ] {
        for (topic, result) in done {
            let result = match results.remove(&topic) {
                Some(before) => worse(before, result),
                None => result,
            };
            results.insert(topic, result);
        }
    }

    let nothing = || OutcomeResult::Failed { reason: "there is nothing that Kafka could do about it".to_owned() };
    let outcome = |step: &Step| {
        Outcome::new(step.address.clone(), results.get(&step.address.name).cloned().unwrap_or_else(nothing))
    };
    steps.iter().map(outcome).collect()
}

/// Deletes what may be deleted, and waits until the names are free.
async fn delete(perform: &Perform<'_>, results: &mut Results) {
    let gone = |step: &&Step| matches!(step.action, Action::Delete | Action::Replace);
    let steps: Vec<&Step> = perform.batch.steps.iter().filter(gone).collect();
    if steps.is_empty() {
        return;
    }
    let guarded: Vec<&Step> = steps.iter().copied().filter(|step| !step.allow_data_loss).collect();
    results.extend(guard(perform.client, &guarded).await);
    let free = steps.iter().filter(|step| !results.contains_key(&step.address.name));
    let deletions: Vec<_> = free.map(|step| Deletion { topic: step.address.name.clone() }).collect();
    results.extend(perform.all(deletions).await);

    let replaced = steps.iter().filter(|step| step.action == Action::Replace).map(|step| step.address.name.clone());
    let replaced: Vec<String> =
        replaced.filter(|topic| matches!(results.get(topic), Some(OutcomeResult::Done))).collect();
    if let Err(reason) = wait_gone(perform.client, replaced.clone()).await {
        results.extend(replaced.into_iter().map(|topic| (topic, OutcomeResult::Unknown { reason: reason.clone() })));
    }
}

/// Those that may not be deleted: Kafka has no "delete if empty", so the ends are read right before.
async fn guard(client: &Client, steps: &[&Step]) -> Results {
    if steps.is_empty() {
        return Results::new();
    }
    let names: Vec<String> = steps.iter().map(|step| step.address.name.clone()).collect();
    let held = client.run(move |client| messages(client, &names)).await;
    let refuse = |step: &&Step| -> Option<(String, OutcomeResult)> {
        let name = &step.address.name;
        let reason = match &held {
            Ok(held) => match held.get(name) {
                // Empty, or gone already.
                Some(Some(0)) | None => return None,
                Some(Some(1)) => "it holds 1 message; `--allow-data-loss` deletes it".to_owned(),
                Some(Some(count)) => format!("it holds {count} messages; `--allow-data-loss` deletes them"),
                Some(None) => "what it holds cannot be read; `--allow-data-loss` deletes it all the same".to_owned(),
            },
            Err(error) => format!("what it holds cannot be read: {error}"),
        };
        Some((name.clone(), OutcomeResult::Failed { reason }))
    };
    steps.iter().filter_map(refuse).collect()
}

/// The controller frees a name at once; a node that still shows the old topic would make it look created.
async fn wait_gone(client: &Client, names: Vec<String>) -> Result<(), String> {
    if names.is_empty() {
        return Ok(());
    }
    let waited = client.run(move |client| {
        let end = Instant::now() + client.deadline;
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(500));
        loop {
            let topics = client.cluster(client.deadline)?.topics;
            if !topics.iter().any(|topic| names.contains(&topic.name)) {
                return Ok(true);
            }
            if Instant::now() >= end {
                return Ok(false);
            }
            std::thread::sleep(backoff.next_wait());
        }
    });
    match waited.await {
        Ok(true) => Ok(()),
        Ok(false) => Err("deleted, but the broker still shows it; run the same command to create it again".to_owned()),
        Err(error) => Err(format!("deleted, but not created again: {error}; run the same command to go on")),
    }
}

fn after_deletion(created: OutcomeResult) -> OutcomeResult {
    let note = "deleted, but not created again; run the same command to go on";
    match created {
        OutcomeResult::Done => OutcomeResult::Done,
        OutcomeResult::Failed { reason } => OutcomeResult::Failed { reason: format!("{note}: {reason}") },
        OutcomeResult::Unknown { reason } => OutcomeResult::Unknown { reason: format!("{note}: {reason}") },
        OutcomeResult::NotTried { because } => OutcomeResult::Failed { reason: format!("{note}: {because}") },
    }
}

/// An update is done when both of its halves are.
fn worse(one: OutcomeResult, other: OutcomeResult) -> OutcomeResult {
    let rank = |result: &OutcomeResult| match result {
        OutcomeResult::Done => 0,
        OutcomeResult::NotTried { .. } => 1,
        OutcomeResult::Unknown { .. } => 2,
        OutcomeResult::Failed { .. } => 3,
    };
    match (one, other) {
        (OutcomeResult::Failed { reason: one }, OutcomeResult::Failed { reason: other }) => {
            OutcomeResult::Failed { reason: format!("{one}; {other}") }
        }
        (one, other) => {
            if rank(&one) >= rank(&other) {
                one
            } else {
                other
            }
        }
    }
}

/// The counts of the guard, for the plan.
pub(super) async fn inspect(client: &Client, names: Vec<String>) -> BTreeMap<String, Option<u64>> {
    if names.is_empty() {
        return BTreeMap::new();
    }
    client.run(move |client| messages(client, &names)).await.unwrap_or_default()
}
