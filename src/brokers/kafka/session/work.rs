//! The four things that can be done to a topic: how each is sent, and how one sees that it was done.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::types::RDKafkaErrorCode;

use super::failure::Failure;
use super::ffi::{Answers, ConfigChange, Native, NewTopic};
use crate::brokers::kafka::topology::{config_attribute, config_key};
use crate::model::{Resource, Value};
use crate::plan::Step;

/// One item of a request that takes many.
pub(super) trait Work: Clone + Send + Sync + 'static {
    /// For the progress line: `creating topics`.
    const WHAT: &'static str;

    fn topic(&self) -> &str;

    /// What the controller writes for it: one request may not have more than a batch holds.
    fn records(&self) -> usize;

    fn send(native: &Native, items: &[Self], timeout: Duration) -> Result<Answers, Failure>;

    /// Whether the topic as it is now, or its absence, is what this item wanted.
    fn is_done(&self, found: Option<&Resource>) -> bool;

    /// Whether this "no" can mean that it was done before, by a request whose answer did not come.
    fn may_be_done(&self, failure: &Failure) -> bool;
}

/// More partitions for a topic.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Growth {
    pub topic: String,
    pub from: u32,
    pub to: u32,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Deletion {
    pub topic: String,
}

impl Work for NewTopic {
    const WHAT: &'static str = "creating topics";

    fn topic(&self) -> &str {
        &self.name
    }

    fn records(&self) -> usize {
        1 + usize::try_from(self.partitions).unwrap_or_default() + self.config.len()
    }

    fn send(native: &Native, items: &[Self], timeout: Duration) -> Result<Answers, Failure> {
        native.create_topics(items, timeout)
    }

    fn is_done(&self, found: Option<&Resource>) -> bool {
        let has = |name: &str, wanted: i32| {
            found.is_some_and(|found| found.attribute(name).and_then(Value::as_i64) == Some(i64::from(wanted)))
        };
        let config = self.config.iter().all(|(key, value)| config_of(found, key) == Some(value));
        has("partitions", self.partitions) && has("replication_factor", self.replication_factor) && config
    }

    fn may_be_done(&self, failure: &Failure) -> bool {
        failure.code == RDKafkaErrorCode::TopicAlreadyExists
    }
}

impl Work for Growth {
    const WHAT: &'static str = "adding partitions";

    fn topic(&self) -> &str {
        &self.topic
    }

    fn records(&self) -> usize {
        usize::try_from(self.to.saturating_sub(self.from)).unwrap_or(usize::MAX)
    }

    fn send(native: &Native, items: &[Self], timeout: Duration) -> Result<Answers, Failure> {
        let total = |item: &Self| (item.topic.clone(), usize::try_from(item.to).unwrap_or(usize::MAX));
        native.create_partitions(&items.iter().map(total).collect::<Vec<_>>(), timeout)
    }

    fn is_done(&self, found: Option<&Resource>) -> bool {
        let partitions = found.and_then(|found| found.attribute("partitions")).and_then(Value::as_i64);
        partitions == Some(i64::from(self.to))
    }

    fn may_be_done(&self, failure: &Failure) -> bool {
        failure.code == RDKafkaErrorCode::InvalidPartitions
    }
}

impl Work for ConfigChange {
    const WHAT: &'static str = "changing configuration";

    fn topic(&self) -> &str {
        &self.topic
    }

    fn records(&self) -> usize {
        self.keys.len()
    }

    fn send(native: &Native, items: &[Self], timeout: Duration) -> Result<Answers, Failure> {
        native.alter_configs(items, timeout)
    }

    fn is_done(&self, found: Option<&Resource>) -> bool {
        found.is_some() && self.keys.iter().all(|(key, value)| config_of(found, key) == value.as_ref())
    }

    fn may_be_done(&self, _failure: &Failure) -> bool {
        false
    }
}

impl Work for Deletion {
    const WHAT: &'static str = "deleting topics";

    fn topic(&self) -> &str {
        &self.topic
    }

    fn records(&self) -> usize {
        1
    }

    fn send(native: &Native, items: &[Self], timeout: Duration) -> Result<Answers, Failure> {
        let names: Vec<String> = items.iter().map(|item| item.topic.clone()).collect();
        native.delete_topics(&names, timeout)
    }

    fn is_done(&self, found: Option<&Resource>) -> bool {
        found.is_none()
    }

    fn may_be_done(&self, failure: &Failure) -> bool {
        failure.is_unknown_topic()
    }
}

fn config_of<'a>(found: Option<&'a Resource>, key: &str) -> Option<&'a String> {
    match found?.attribute(&config_attribute(key))? {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

/// The topic that a step creates, or creates again.
pub(super) fn new_topic(step: &Step) -> Option<NewTopic> {
    let after = step.after.as_ref()?;
    let count = |name: &str| after.attribute(name).and_then(Value::as_i64).and_then(|count| i32::try_from(count).ok());
    let set = |(name, value): (&String, &Value)| Some((config_key(name)?.to_owned(), spelled(value)?));
    Some(NewTopic {
        name: step.address.name.clone(),
        partitions: count("partitions").unwrap_or(1),
        replication_factor: count("replication_factor").unwrap_or(1),
        config: after.attributes.iter().filter_map(set).collect(),
    })
}

/// The partitions that an update adds.
pub(super) fn growth(step: &Step) -> Option<Growth> {
    let change = step.changes.iter().find(|change| change.attribute == "partitions")?;
    let count = |value: &Value| value.as_i64().and_then(|count| u32::try_from(count).ok());
    let to = count(&change.new)?;
    Some(Growth { topic: step.address.name.clone(), from: count(&change.old).unwrap_or_default(), to })
}

/// The keys that an update sets and unsets.
pub(super) fn config_change(step: &Step) -> Option<ConfigChange> {
    let keys: BTreeMap<_, _> = step
        .changes
        .iter()
        .filter_map(|change| Some((config_key(&change.attribute)?.to_owned(), spelled(&change.new))))
        .collect();
    (!keys.is_empty()).then(|| ConfigChange { topic: step.address.name.clone(), keys })
}

/// Nothing for a value that must be the default.
fn spelled(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::Text(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}
