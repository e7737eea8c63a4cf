//! Many items in few requests: chunks, an outcome for each item, retries, and a second look where no answer came.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use super::client::Client;
use super::failure::Failure;
use super::observe::read_named;
use super::work::Work;
use crate::brokers::{Batch, OutcomeResult, SessionError};
use crate::converge::{Event, Unit};
use crate::model::Resource;
use crate::net::Backoff;

/// By topic.
pub(super) type Results = BTreeMap<String, OutcomeResult>;

/// Kafka takes 10,000 records at once; some room for what else it writes with them.
const RECORDS_AT_ONCE: usize = 9_000;
/// About six seconds of asking again in all.
const ATTEMPTS: u32 = 6;

/// One kind of work on its way.
pub(super) struct Perform<'a> {
    pub client: &'a Client,
    pub broker: &'a str,
    pub version: &'a str,
    pub batch: Batch<'a>,
}

/// What one pass over the open items left.
struct Pass<W> {
    /// Done or not: no answer, or one that can mean both.
    doubtful: Vec<(W, Failure)>,
    /// Not done, and worth another try.
    again: Vec<(W, String)>,
    /// Not sent, because the broker stopped answering.
    unsent: Vec<W>,
}

impl Perform<'_> {
    /// An outcome for each item. Ends after [`ATTEMPTS`], or when the broker cannot even be read.
    pub(super) async fn all<W: Work>(&self, items: Vec<W>) -> Results {
        let total = items.len();
        let mut results = Results::new();
        if items.is_empty() {
            return results;
        }
        let mut open = items;
        let mut backoff = Backoff::new(Duration::from_millis(200), Duration::from_secs(5));
        for attempt in 1..=ATTEMPTS {
            let mut pass = self.pass(open, total, &mut results).await;
            self.settle(&mut pass, &mut results).await;
            if attempt == ATTEMPTS {
                results.extend(
                    pass.again.drain(..).map(|(item, reason)| (topic(&item), OutcomeResult::Failed { reason })),
                );
            }
            open = pass.again.into_iter().map(|(item, _)| item).chain(pass.unsent).collect();
            if open.is_empty() {
                break;
            }
            tokio::select! {
                () = tokio::time::sleep(backoff.next_wait()) => {}
                () = self.batch.cancel.cancelled() => {}
            }
        }
        results.extend(open.iter().map(|item| (topic(item), not_tried("the broker stopped answering"))));
        self.batch.events.emit(Event::ProgressEnded { subject: self.broker.to_owned() });
        results
    }

    /// Sends every open item once.
    async fn pass<W: Work>(&self, open: Vec<W>, total: usize, results: &mut Results) -> Pass<W> {
        let mut pass = Pass { doubtful: Vec::new(), again: Vec::new(), unsent: Vec::new() };
        let mut chunks = chunks(open);
        while let Some(chunk) = chunks.pop_front() {
            if self.batch.cancel.is_cancelled() {
                results.extend(chunk.iter().map(|item| (topic(item), not_tried("the run was stopped"))));
                continue;
            }
            self.progress::<W>(results.len(), total);
            let sent = chunk.clone();
            match self.client.run(move |client| W::send(client.native(), &sent, client.deadline)).await {
                Ok(answers) => sort(chunk, answers.into_iter().collect(), &mut pass, results),
                Err(SessionError::Refused(reason)) => {
                    let refused = |item: W| (topic(&item), OutcomeResult::Failed { reason: reason.clone() });
                    results.extend(chunk.into_iter().map(refused));
                }
                Err(error) => {
                    let failure = no_answer(&error);
                    pass.doubtful.extend(chunk.into_iter().map(|item| (item, failure.clone())));
                    pass.unsent.extend(chunks.drain(..).flatten());
                }
            }
        }
        self.progress::<W>(results.len(), total);
        pass
    }

    /// Looks again at what is in doubt: done after all, to be tried again, or unknown.
    async fn settle<W: Work>(&self, pass: &mut Pass<W>, results: &mut Results) {
        let doubtful = std::mem::take(&mut pass.doubtful);
        if doubtful.is_empty() {
            return;
        }
        let names: Vec<String> = doubtful.iter().map(|(item, _)| topic(item)).collect();
        let (broker, version) = (self.broker.to_owned(), self.version.to_owned());
        let found = self.client.run(move |client| read_named(client, &broker, &version, &names)).await;
        match found {
            Ok(found) => {
                for (item, failure) in doubtful {
                    match judge(&item, &failure, found.get(item.topic())) {
                        Some(result) => drop(results.insert(topic(&item), result)),
                        None => pass.again.push((item, failure.text)),
                    }
                }
            }
            Err(error) => {
                let reason = no_answer(&error).text;
                let unknown = |(item, _): (W, _)| (topic(&item), OutcomeResult::Unknown { reason: reason.clone() });
                results.extend(doubtful.into_iter().map(unknown));
                let not_tried = |item: W| (topic(&item), not_tried("the broker stopped answering"));
                results.extend(pass.unsent.drain(..).map(not_tried));
            }
        }
    }

    fn progress<W: Work>(&self, done: usize, total: usize) {
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        self.batch.events.emit(Event::Progress {
            subject: self.broker.to_owned(),
            what: W::WHAT.to_owned(),
            done: count(done),
            total: count(total),
            unit: Unit::Items,
        });
    }
}

/// Gives every item of a request its answer.
fn sort<W: Work>(
    chunk: Vec<W>,
    mut answers: BTreeMap<String, Result<(), Failure>>,
    pass: &mut Pass<W>,
    results: &mut Results,
) {
    for item in chunk {
        match answers.remove(item.topic()) {
            Some(Ok(())) => drop(results.insert(topic(&item), OutcomeResult::Done)),
            Some(Err(failure)) if failure.is_ambiguous() || item.may_be_done(&failure) => {
                pass.doubtful.push((item, failure));
            }
            Some(Err(failure)) if failure.is_retriable() => pass.again.push((item, failure.text)),
            Some(Err(failure)) => {
                results.insert(topic(&item), OutcomeResult::Failed { reason: failure.text });
            }
            None => {
                let failure =
                    Failure::new(rdkafka::types::RDKafkaErrorCode::OperationTimedOut, "the answer left it out");
                pass.doubtful.push((item, failure));
            }
        }
    }
}

/// Nothing means "try again".
fn judge<W: Work>(item: &W, failure: &Failure, found: Option<&Resource>) -> Option<OutcomeResult> {
    if item.is_done(found) {
        return Some(OutcomeResult::Done);
    }
    // Without an answer it was not done, or is not to be seen yet: asking again tells.
    if failure.is_ambiguous() || found.is_none() {
        return None;
    }
    let reason =
        format!("{}, and it is not as the file says; run the same command to see how it differs", failure.text);
    Some(OutcomeResult::Failed { reason })
}

/// In order, each within what one request may hold; an item that is too large by itself goes alone.
fn chunks<W: Work>(items: Vec<W>) -> VecDeque<Vec<W>> {
    let mut chunks: VecDeque<Vec<W>> = VecDeque::new();
    let mut records = usize::MAX;
    for item in items {
        records = records.saturating_add(item.records());
        match chunks.back_mut() {
            Some(chunk) if records <= RECORDS_AT_ONCE => chunk.push(item),
            _ => {
                records = item.records();
                chunks.push_back(vec![item]);
            }
        }
    }
    chunks
}

fn no_answer(error: &SessionError) -> Failure {
    let source = std::error::Error::source(error).map(|source| format!(": {source}")).unwrap_or_default();
    Failure::new(rdkafka::types::RDKafkaErrorCode::OperationTimedOut, format!("{error}{source}"))
}

fn not_tried(because: &str) -> OutcomeResult {
    OutcomeResult::NotTried { because: because.to_owned() }
}

fn topic<W: Work>(item: &W) -> String {
    item.topic().to_owned()
}
