//! "Created" is not "usable": Kafka answers at once, shows a topic later, and serves its partitions later still.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::client::Client;
use super::ffi::{End, Partition};
use super::work::{growth, new_topic};
use crate::brokers::{Batch, Check, SessionError};
use crate::converge::{Event, Unit};
use crate::net::Backoff;
use crate::plan::{Action, Step};

const NAME: &str = "topics are usable";
/// Given up when nothing has moved for so long. Thousands of partitions take a minute in all, but never stand still.
const STALL: Duration = Duration::from_mins(1);

/// The two finish lines: all topics in Metadata with leaders, then an offset from every partition.
struct Wait<'a> {
    client: &'a Client,
    broker: &'a str,
    batch: Batch<'a>,
    /// Topics and their partitions.
    wanted: BTreeMap<String, i32>,
    started: Instant,
}

/// Why the wait ended early, as the detail of the check.
type Stopped = String;

/// Waits as long as something moves, at most a minute longer than the last sign of life.
pub(super) async fn usable(client: &Client, broker: &str, batch: Batch<'_>) -> Vec<Check> {
    let wanted: BTreeMap<_, _> = batch.steps.iter().filter_map(wanted).collect();
    if wanted.is_empty() {
        return Vec::new();
    }
    let wait = Wait { client, broker, batch, wanted, started: Instant::now() };
    let result = wait.both().await;
    batch.events.emit(Event::ProgressEnded { subject: broker.to_owned() });
    let (ok, detail) = match result {
        Ok(detail) => (true, detail),
        Err(detail) => (false, detail),
    };
    let milliseconds = u64::try_from(wait.started.elapsed().as_millis()).unwrap_or(u64::MAX);
    vec![Check { name: NAME.to_owned(), broker: broker.to_owned(), ok, detail, milliseconds }]
}

/// What a step makes new, with its number of partitions.
fn wanted(step: &Step) -> Option<(String, i32)> {
    let partitions = match step.action {
        Action::Create | Action::Replace => new_topic(step)?.partitions,
        Action::Update => i32::try_from(growth(step)?.to).ok()?,
        Action::Delete | Action::Blocked { .. } => return None,
    };
    Some((step.address.name.clone(), partitions))
}

impl Wait<'_> {
    async fn both(&self) -> Result<String, Stopped> {
        let partitions: Vec<Partition> =
            self.wanted.iter().flat_map(|(name, count)| (0..*count).map(|number| (name.clone(), number))).collect();
        let total = partitions.len();
        self.visible().await?;
        let seen = self.started.elapsed();
        self.answering(partitions).await?;
        Ok(format!(
            "{} seen after {:.2} s, {} usable after {:.2} s",
            counted(self.wanted.len(), "topic"),
            seen.as_secs_f64(),
            counted(total, "partition"),
            self.started.elapsed().as_secs_f64()
        ))
    }

    async fn visible(&self) -> Result<(), Stopped> {
        let mut pace = Pace::new();
        loop {
            let cluster =
                self.client.run(|client| client.cluster(client.deadline)).await.map_err(|error| stopped(&error))?;
            let has_leaders: BTreeMap<&str, usize> = cluster
                .topics
                .iter()
                .filter(|topic| topic.error.is_none() && topic.partitions.iter().all(|partition| partition.has_leader))
                .map(|topic| (topic.name.as_str(), topic.partitions.len()))
                .collect();
            let is_there = |(name, count): &(&String, &i32)| {
                has_leaders
                    .get(name.as_str())
                    .is_some_and(|found| i32::try_from(*found).is_ok_and(|found| found >= **count))
            };
            let done = self.wanted.iter().filter(is_there).count();
            self.progress("topics visible", done, self.wanted.len());
            if done == self.wanted.len() {
                return Ok(());
            }
            let missing = self.wanted.iter().find(|one| !is_there(one)).map_or("", |(name, _)| name);
            let so_far = || {
                format!("{done} of {} visible; the first that is not: {missing}", counted(self.wanted.len(), "topic"))
            };
            pace.wait(done, self.batch, so_far).await?;
        }
    }

    async fn answering(&self, partitions: Vec<Partition>) -> Result<(), Stopped> {
        let total = partitions.len();
        let mut open: BTreeSet<Partition> = partitions.into_iter().collect();
        let mut pace = Pace::new();
        loop {
            let asked: Vec<Partition> = open.iter().cloned().collect();
            let answers = self.client.run(move |client| client.offsets(&asked, End::Latest)).await;
            let mut refused = String::new();
            for (partition, answer) in answers.map_err(|error| stopped(&error))? {
                match answer {
                    Ok(_) => drop(open.remove(&partition)),
                    Err(failure) => refused = format!("{}, partition {}: {}", partition.0, partition.1, failure.text),
                }
            }
            let done = total - open.len();
            self.progress("partitions usable", done, total);
            if open.is_empty() {
                return Ok(());
            }
            pace.wait(done, self.batch, || format!("{done} of {} usable; {refused}", counted(total, "partition")))
                .await?;
        }
    }

    fn progress(&self, what: &str, done: usize, total: usize) {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        self.batch.events.emit(Event::Progress {
            subject: self.broker.to_owned(),
            what: what.to_owned(),
            done: count(done),
            total: count(total),
            unit: Unit::Items,
        });
    }
}

/// How often to ask, and when to give up.
struct Pace {
    backoff: Backoff,
    done: usize,
    moved: Instant,
}

impl Pace {
    fn new() -> Self {
        Self {
            backoff: Backoff::new(Duration::from_millis(20), Duration::from_millis(500)),
            done: 0,
            moved: Instant::now(),
        }
    }

    /// Returns when it is time to ask again.
    async fn wait(&mut self, done: usize, batch: Batch<'_>, so_far: impl Fn() -> String) -> Result<(), Stopped> {
        if done > self.done {
            (self.done, self.moved) = (done, Instant::now());
        }
        if self.moved.elapsed() > STALL {
            return Err(format!("nothing has moved for {} s: {}", STALL.as_secs(), so_far()));
        }
        tokio::select! {
            () = tokio::time::sleep(self.backoff.next_wait()) => Ok(()),
            () = batch.cancel.cancelled() => Err(format!("stopped: {}", so_far())),
        }
    }
}

fn stopped(error: &SessionError) -> Stopped {
    error.to_string()
}

/// `1 topic`, `2 topics`.
fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
