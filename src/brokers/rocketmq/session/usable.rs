//! "Created" is not "usable": clients, and the proxy for its own, ask the name server where a topic is.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::RocketSession;
use super::commands;
use crate::brokers::rocketmq::TOPIC;
use crate::brokers::{Batch, Check, SessionError};
use crate::converge::{Event, Unit};
use crate::net::Backoff;
use crate::plan::{Action, Step};

/// A broker reports everything again within half a minute.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until the name server shows every new topic.
pub(super) async fn usable(session: &mut RocketSession, batch: Batch<'_>) -> Vec<Check> {
    let new = batch.steps.iter().filter(|step| is_new_topic(step));
    let new: BTreeSet<String> = new.map(|step| step.address.name.clone()).collect();
    if new.is_empty() {
        return Vec::new();
    }
    let started = Instant::now();
    let result = Wait { batch, total: new.len(), started }.routes(session, new).await;
    batch.events.emit(Event::ProgressEnded { subject: session.target.broker.clone() });
    vec![session.check("topics have routes", result, started)]
}

fn is_new_topic(step: &Step) -> bool {
    step.address.kind == TOPIC && matches!(step.action, Action::Create | Action::Replace)
}

struct Wait<'a> {
    batch: Batch<'a>,
    total: usize,
    started: Instant,
}

impl Wait<'_> {
    async fn routes(&self, session: &mut RocketSession, mut missing: BTreeSet<String>) -> Result<String, SessionError> {
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(500));
        loop {
            let answer = session.namesrv.read(commands::routed_topics()).await?;
            let routed = answer.get("topicList").and_then(Json::as_array).into_iter().flatten();
            for name in routed.filter_map(Json::as_str) {
                missing.remove(name);
            }
            let Some(first) = missing.first() else { break };
            let done = self.total - missing.len();
            let so_far = format!("{done} of {} topics have routes; the first that has none: {first}", self.total);
            if self.started.elapsed() > PATIENCE {
                return Err(SessionError::NotReady(so_far));
            }
            self.batch.events.emit(Event::Progress {
                subject: session.target.broker.clone(),
                what: "topics have routes".to_owned(),
                done: done as u64,
                total: self.total as u64,
                unit: Unit::Items,
            });
            tokio::select! {
                () = backoff.wait() => {}
                () = self.batch.cancel.cancelled() => {
                    return Err(SessionError::NotReady(format!("stopped; {so_far}")));
                }
            }
        }
        let plural = if self.total == 1 { "" } else { "s" };
        Ok(format!("{} topic{plural} after {:.2} s", self.total, self.started.elapsed().as_secs_f64()))
    }
}
