//! Whether what was made can be used, and whether a message goes round.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value as Json;
use tokio::time::Instant;

use super::super::kinds;
use super::super::read::ROOT;
use super::RabbitSession;
use crate::brokers::{Batch, Check, SessionError};
use crate::converge::{Event, Unit};
use crate::model::Address;
use crate::plan::Action;

/// How long between two looks.
const PAUSE: Duration = Duration::from_millis(100);

/// Whether the batch's queues work. That everything is as declared is what the run looks at by itself right after.
pub(super) async fn usable(session: &mut RabbitSession, batch: Batch<'_>) -> Vec<Check> {
    let queues: BTreeSet<&Address> = batch
        .steps
        .iter()
        .filter(|step| matches!(step.action, Action::Create | Action::Update | Action::Replace))
        .map(|step| &step.address)
        .filter(|address| address.kind == kinds::QUEUE)
        .collect();
    if queues.is_empty() {
        return Vec::new();
    }
    let since = Instant::now();
    let broker = session.target.broker.clone();
    let found = running(session, batch, &queues).await;
    vec![Check::of(&broker, "queues run and have a leader", found, since.elapsed())]
}

/// Asks until every queue says that it runs.
async fn running(session: &mut RabbitSession, batch: Batch<'_>, queues: &BTreeSet<&Address>) -> Result<String, String> {
    let end = Instant::now() + session.target.deadline;
    // Without statistics the broker answers in a fifth of the time, and the state is the queue's own.
    let query = [("disable_stats", "true"), ("columns", "vhost,name,type,state,leader")];
    loop {
        let listed = session.client().map_err(|error| error.to_string())?.get(&["queues"], &query).await;
        let listed = listed.map_err(|error: SessionError| error.to_string())?;
        let missing = not_running(&session.target.broker, &listed, queues);
        let done = queues.len() - missing.len();
        if missing.is_empty() {
            return Ok(format!("all {done}"));
        }
        batch.events.emit(Event::Progress {
            subject: session.target.broker.clone(),
            what: "queues running".to_owned(),
            done: done as u64,
            total: queues.len() as u64,
            unit: Unit::Items,
        });
        if Instant::now() >= end {
            return Err(format!("{done} of {}; {}", queues.len(), some(&missing)));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn not_running(broker: &str, listed: &Json, queues: &BTreeSet<&Address>) -> Vec<String> {
    let text = |item: &Json, key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
    let works = |item: &&Json| {
        // A quorum queue or stream is led by one of its members; a classic queue has one home only.
        let led = text(item, "type") == "classic" || !text(item, "leader").is_empty();
        text(item, "state") == "running" && led
    };
    let items = listed.as_array().into_iter().flatten().filter(works);
    let running: BTreeSet<Address> =
        items.map(|item| Address::in_vhost(broker, &text(item, "vhost"), kinds::QUEUE, text(item, "name"))).collect();
    queues.iter().filter(|queue| !running.contains(**queue)).map(|queue| format!("{queue} does not run")).collect()
}

/// A message through the default exchange of the virtual host `/`.
pub(super) async fn probe(session: &mut RabbitSession) -> Vec<Check> {
    let since = Instant::now();
    let found = match session.client() {
        Ok(client) => client.round_trip(ROOT).await,
        Err(error) => Err(error),
    };
    let found = found.map_err(|error| error.to_string());
    vec![Check::of(&session.target.broker, "a message goes round", found, since.elapsed())]
}

/// The first few, and how many more.
fn some(items: &[String]) -> String {
    const SHOWN: usize = 5;
    let mut text = items.iter().take(SHOWN).map(String::as_str).collect::<Vec<_>>().join("; ");
    if items.len() > SHOWN {
        text.push_str(&format!("; and {} more", items.len() - SHOWN));
    }
    text
}
