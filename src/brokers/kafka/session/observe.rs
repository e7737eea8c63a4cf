//! Everything that is there, in one Metadata and at most one DescribeConfigs request.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::client::{Client, Cluster};
use super::failure::Failure;
use crate::brokers::Interest;
use crate::brokers::kafka::config_keys::ConfigKeys;
use crate::brokers::kafka::container::CLUSTER_ID;
use crate::brokers::kafka::normalise::{ConfigSeen, TopicSeen, normalise};
use crate::brokers::kafka::rules::is_protected;
use crate::brokers::kafka::topology::config_key;
use crate::model::{Facts, Observation, Resource};
use crate::net::Backoff;

/// How long a topic may be in Metadata while its configuration is not there yet. Both come from the same log of
/// the controller, but a node applies them one after the other.
const SETTLE: Duration = Duration::from_secs(5);

/// Which keys of which topics are asked for. To describe all keys of one topic costs a broker half a millisecond, so
/// 10,000 topics take seconds.
#[derive(Clone, Debug)]
pub(super) enum Asked {
    All,
    /// By topic; of others only that they are there.
    Keys(BTreeMap<String, BTreeSet<String>>),
}

impl Asked {
    /// The keys that the file mentions, or did the last time.
    pub(super) fn of(interest: Interest<'_>) -> Self {
        if interest.whole {
            return Self::All;
        }
        let mut keys: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for topic in interest.wanted.iter().chain(interest.last) {
            let own: Vec<&str> = topic.attributes.keys().filter_map(|name| config_key(name)).collect();
            if !own.is_empty() {
                let known = keys.entry(topic.address.name.clone()).or_default();
                known.extend(own.into_iter().map(ToOwned::to_owned));
            }
        }
        Self::Keys(keys)
    }

    /// `None` if nothing about this topic is asked; no keys mean all.
    fn about(&self, topic: &str) -> Option<Vec<String>> {
        match self {
            Self::All => Some(Vec::new()),
            Self::Keys(keys) => keys.get(topic).map(|keys| keys.iter().cloned().collect()),
        }
    }
}

/// Blocks for one request after the other, each at most the client's deadline.
pub(super) fn observe(client: &Client, broker: &str, facts: &Facts, asked: &Asked) -> Result<Observation, Failure> {
    let (cluster, configs) = read_settled(client, asked)?;
    let keys = ConfigKeys::of(&catalogue_version(&facts.version));
    let (resources, unknown) = normalise(broker, keys, &cluster.topics, &configs);
    let mut facts = facts.clone();
    facts.observed.insert("nodes".to_owned(), cluster.nodes.len().to_string());
    if let Some(id) = cluster.id {
        facts.observed.insert(CLUSTER_ID.to_owned(), id);
    }
    Ok(Observation { resources, unknown, facts })
}

/// `4.3` for `4.3.1`.
pub(super) fn catalogue_version(version: &str) -> String {
    version.splitn(3, '.').take(2).collect::<Vec<_>>().join(".")
}

/// Reads again while a topic is known and its configuration is not: it was just made or is just going.
fn read_settled(client: &Client, asked: &Asked) -> Result<(Cluster, BTreeMap<String, ConfigSeen>), Failure> {
    let end = Instant::now() + SETTLE.min(client.deadline);
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_millis(500));
    loop {
        let cluster = client.cluster(client.deadline)?;
        let (configs, unsettled) = read_configs(client, &cluster.topics, asked)?;
        if !unsettled || Instant::now() >= end {
            return Ok((cluster, configs));
        }
        std::thread::sleep(backoff.next_wait());
    }
}

/// The configuration of every topic that is not the broker's own, as far as it is asked for, and whether one of them
/// was not there yet.
fn read_configs(
    client: &Client,
    topics: &[TopicSeen],
    asked: &Asked,
) -> Result<(BTreeMap<String, ConfigSeen>, bool), Failure> {
    let mut configs: BTreeMap<String, ConfigSeen> = BTreeMap::new();
    let mut questions = Vec::new();
    for topic in topics.iter().filter(|topic| topic.error.is_none() && !is_protected(&topic.name)) {
        match asked.about(&topic.name) {
            Some(keys) => questions.push((topic.name.clone(), keys)),
            None => drop(configs.insert(topic.name.clone(), Ok(BTreeMap::new()))),
        }
    }
    if questions.is_empty() {
        return Ok((configs, false));
    }
    let answers = client.native().topic_configs(&questions, client.deadline)?;
    let unsettled = answers.values().any(|answer| answer.as_ref().is_err_and(Failure::is_unknown_topic));
    configs.extend(answers.into_iter().map(|(name, answer)| (name, answer.map_err(|failure| failure.text))));
    Ok((configs, unsettled))
}

/// Some topics as they are now; one that is not there, or not whole, is left out.
pub(super) fn read_named(
    client: &Client,
    broker: &str,
    version: &str,
    names: &[String],
) -> Result<BTreeMap<String, Resource>, Failure> {
    let wanted: BTreeSet<&String> = names.iter().collect();
    let mut topics = client.cluster(client.deadline)?.topics;
    topics.retain(|topic| wanted.contains(&topic.name));
    let (configs, _) = read_configs(client, &topics, &Asked::All)?;
    let (resources, _) = normalise(broker, ConfigKeys::of(&catalogue_version(version)), &topics, &configs);
    Ok(resources.into_iter().map(|resource| (resource.address.name.clone(), resource)).collect())
}
