//! "Created" is not "usable": a client asks the name server, or the proxy, where a topic is.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde_json::Value as Json;

use super::RocketSession;
use super::commands;
use crate::brokers::rocketmq::TOPIC;
use crate::brokers::rocketmq::protocol::Request;
use crate::brokers::{Batch, Check, SessionError};
use crate::converge::{Event, Unit};
use crate::net::Backoff;
use crate::plan::{Action, Step};

/// A broker reports everything again within half a minute, and a proxy forgets what it did not find sooner.
const PATIENCE: Duration = Duration::from_mins(1);

/// Waits until name server and proxy show every new topic.
pub(super) async fn usable(session: &mut RocketSession, batch: Batch<'_>) -> Vec<Check> {
    let new: BTreeSet<String> = batch.steps.iter().filter(is_new_topic).map(|step| step.address.name.clone()).collect();
    if new.is_empty() {
        return Vec::new();
    }
    let started = Instant::now();
    let result = Wait { batch, total: new.len(), started }.both(session, new).await;
    batch.events.emit(Event::ProgressEnded { subject: session.target.broker.clone() });
    vec![session.check("topics have routes", result, started)]
}

fn is_new_topic(step: &&Step) -> bool {
    step.address.kind == TOPIC && matches!(step.action, Action::Create | Action::Replace)
}

struct Wait<'a> {
    batch: Batch<'a>,
    total: usize,
    started: Instant,
}

impl Wait<'_> {
    async fn both(&self, session: &mut RocketSession, new: BTreeSet<String>) -> Result<String, SessionError> {
        let mut missing = new.clone();
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_millis(500));
        loop {
            let answer = session.namesrv.read(commands::routed_topics()).await?;
            let routed = answer.get("topicList").and_then(Json::as_array).into_iter().flatten();
            for name in routed.filter_map(Json::as_str) {
                missing.remove(name);
            }
            if missing.is_empty() {
                break;
            }
            self.pause(session, &mut backoff, &missing, "the name server").await?;
        }
        let seen = self.started.elapsed();
        missing = new;
        loop {
            let names: Vec<String> = missing.iter().cloned().collect();
            let requests: Vec<Request> = names.iter().map(|name| commands::route(name)).collect();
            let answers = session.proxy.ask_all(&requests).await?;
            for (name, _) in names.iter().zip(answers).filter(|(_, answer)| answer.is_success()) {
                missing.remove(name);
            }
            if missing.is_empty() {
                break;
            }
            self.pause(session, &mut backoff, &missing, "the proxy").await?;
        }
        let (seen, all) = (seen.as_secs_f64(), self.started.elapsed().as_secs_f64());
        let plural = if self.total == 1 { "" } else { "s" };
        Ok(format!("{} topic{plural}: at the name server after {seen:.2} s, at the proxy after {all:.2} s", self.total))
    }

    async fn pause(
        &self,
        session: &RocketSession,
        backoff: &mut Backoff,
        missing: &BTreeSet<String>,
        whom: &str,
    ) -> Result<(), SessionError> {
        let done = self.total - missing.len();
        self.batch.events.emit(Event::Progress {
            subject: session.target.broker.clone(),
            what: "topics have routes".to_owned(),
            done: done as u64,
            total: self.total as u64,
            unit: Unit::Items,
        });
        let first = missing.first().map_or("", String::as_str);
        let so_far = format!("{done} of {} topics are known to {whom}; the first that is not: {first}", self.total);
        if self.started.elapsed() > PATIENCE {
            return Err(SessionError::NotReady(so_far));
        }
        tokio::select! {
            () = backoff.wait() => Ok(()),
            () = self.batch.cancel.cancelled() => Err(SessionError::NotReady(format!("stopped; {so_far}"))),
        }
    }
}
