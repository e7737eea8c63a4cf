//! Brings objects to one broker, new ones and changed ones alike.
//!
//! A list is not atomic and says little, so what it did is always read again, and what is not as it should be is
//! sent by itself, to name the culprit.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::commands;
use super::connection::Connection;
use super::delete::outcome;
use super::observe::{self, Tables};
use crate::brokers::rocketmq::normalise::normalise;
use crate::brokers::rocketmq::protocol::Request;
use crate::brokers::rocketmq::{TOPIC, matching, wanted};
use crate::brokers::{Batch, OutcomeResult, SessionError};
use crate::converge::{Event, Unit};
use crate::model::{Address, Resource, Value};
use crate::plan::{Action, Step};

/// Objects in one list: a broker takes 16 MiB, and these are a tenth of one.
const AT_ONCE: usize = 500;

pub(super) type Results<'a> = BTreeMap<&'a Address, OutcomeResult>;

/// What is to be written to every broker of a master and its replica.
pub(super) struct Writing<'a> {
    pub batch: Batch<'a>,
    pub broker: String,
    pub steps: Vec<&'a Step>,
}

/// One object on its way.
struct Object<'a> {
    step: &'a Step,
    wanted: &'a Resource,
    config: Map<String, Json>,
}

impl<'a> Writing<'a> {
    /// An outcome for each step that was tried.
    pub(super) async fn to(&self, broker: &mut Connection) -> Results<'a> {
        match self.lists(broker).await {
            Ok(results) => results,
            Err(error) => {
                let reason = error.to_string();
                let unknown = is_silence(&error);
                let result = if unknown { OutcomeResult::Unknown { reason } } else { OutcomeResult::Failed { reason } };
                self.steps.iter().map(|step| (&step.address, result.clone())).collect()
            }
        }
    }

    async fn lists(&self, broker: &mut Connection) -> Result<Results<'a>, SessionError> {
        let objects = self.objects(&observe::read(broker).await?);
        let (mut told, mut missed) = (Vec::new(), Vec::new());
        for chunk in chunks(&objects) {
            // What was deleted to be made again is made again.
            let is_gone = chunk.iter().any(|object| object.step.action == Action::Replace);
            if self.batch.cancel.is_cancelled() && !is_gone {
                continue;
            }
            self.progress(told.len() + missed.len(), objects.len());
            match broker.ask(list(chunk)).await {
                // What came before the culprit is in the broker's memory then, and in no file of it.
                Err(SessionError::Refused(reason)) => {
                    missed.extend(chunk.iter().map(|object| (object, reason.clone())));
                }
                // Success proves nothing, and what was not answered may have been done.
                Err(error) if !is_silence(&error) => return Err(error),
                _ => told.extend(chunk),
            }
        }
        self.batch.events.emit(Event::ProgressEnded { subject: self.broker.clone() });
        let (mut results, ignored) = self.judge(told.into_iter(), &observe::read(broker).await?);
        missed.extend(ignored);
        let answers = broker.ask_all(&missed.iter().map(|(object, _)| single(object)).collect::<Vec<_>>()).await?;
        let refused = missed.iter().zip(&answers).filter(|(_, answer)| !answer.is_success());
        results.extend(refused.map(|((object, _), answer)| (&object.step.address, outcome(answer))));
        let accepted: Vec<&Object<'_>> = missed
            .iter()
            .map(|(object, _)| *object)
            .filter(|object| !results.contains_key(&object.step.address))
            .collect();
        if !accepted.is_empty() {
            let (done, ignored) = self.judge(accepted.into_iter(), &observe::read(broker).await?);
            results.extend(done);
            results.extend(
                ignored.into_iter().map(|(object, reason)| (&object.step.address, OutcomeResult::Failed { reason })),
            );
        }
        Ok(results)
    }

    /// Topics first: lists hold one kind.
    fn objects(&self, there: &Tables) -> Vec<Object<'a>> {
        let object = |step: &&'a Step| {
            let wanted = step.after.as_ref()?;
            let name = &wanted.address.name;
            let config = match wanted.address.kind.as_str() {
                TOPIC => wanted::topic(wanted, there.topics.get(name)),
                _ => wanted::group(wanted, there.groups.get(name)),
            };
            Some(Object { step, wanted, config })
        };
        let mut objects: Vec<Object<'a>> = self.steps.iter().filter_map(object).collect();
        objects.sort_by_key(|object| !is_topic(object));
        objects
    }

    /// What is as it should be, and what is not, with how it differs.
    fn judge<'o>(
        &self,
        objects: impl Iterator<Item = &'o Object<'a>>,
        there: &Tables,
    ) -> (Results<'a>, Vec<(&'o Object<'a>, String)>)
    where
        'a: 'o,
    {
        let (found, _) = normalise(&self.broker, &there.topics, &there.groups);
        let found: BTreeMap<&Address, &Resource> = found.iter().map(|one| (&one.address, one)).collect();
        let (mut results, mut missed) = (Results::new(), Vec::new());
        for object in objects {
            match difference(object.wanted, found.get(&object.wanted.address).copied()) {
                None => drop(results.insert(&object.step.address, OutcomeResult::Done)),
                Some(reason) => missed.push((object, reason)),
            }
        }
        (results, missed)
    }

    fn progress(&self, done: usize, total: usize) {
        self.batch.events.emit(Event::Progress {
            subject: self.broker.clone(),
            what: "sending topics and groups".to_owned(),
            done: done as u64,
            total: total as u64,
            unit: Unit::Items,
        });
    }
}

fn difference(wanted: &Resource, found: Option<&Resource>) -> Option<String> {
    let Some(found) = found else { return Some("RocketMQ answered success, and it is not there".to_owned()) };
    let attribute = *matching::differences(wanted, found).first()?;
    let shown = |resource: &Resource| resource.attribute(attribute).unwrap_or(&Value::Null).to_string();
    Some(format!("RocketMQ answered success, and left `{attribute}` at {} instead of {}", shown(found), shown(wanted)))
}

fn is_topic(object: &Object<'_>) -> bool {
    object.wanted.address.kind == TOPIC
}

/// Of one kind each, in order.
fn chunks<'o, 'a>(objects: &'o [Object<'a>]) -> impl Iterator<Item = &'o [Object<'a>]> {
    let kinds = objects.chunk_by(|left, right| is_topic(left) == is_topic(right));
    kinds.flat_map(|kind| kind.chunks(AT_ONCE))
}

fn list(objects: &[Object<'_>]) -> Request {
    let configs: Vec<Map<String, Json>> = objects.iter().map(|object| object.config.clone()).collect();
    let put = if objects.first().is_some_and(is_topic) { commands::put_topics } else { commands::put_groups };
    put(&configs)
}

fn single(object: &Object<'_>) -> Request {
    if is_topic(object) { commands::put_topic(&object.config) } else { commands::put_group(&object.config) }
}

/// Whether no answer came. The request may have arrived.
pub(super) fn is_silence(error: &SessionError) -> bool {
    matches!(error, SessionError::TimedOut { .. } | SessionError::Unreachable { .. })
}
