//! Everything that is there, in one Metadata and one DescribeConfigs request.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::client::{Client, Cluster};
use super::failure::Failure;
use crate::brokers::kafka::config_keys::ConfigKeys;
use crate::brokers::kafka::container::CLUSTER_ID;
use crate::brokers::kafka::normalise::{ConfigSeen, TopicSeen, normalise};
use crate::brokers::kafka::rules::is_protected;
use crate::model::{Facts, Observation, Resource};
use crate::net::Backoff;

/// How long a topic may be in Metadata while its configuration is not there yet. Both come from the same log of
/// the controller, but a node applies them one after the other.
const SETTLE: Duration = Duration::from_secs(5);

/// Blocks for one request after the other, each at most the client's deadline.
pub(super) fn observe(client: &Client, broker: &str, facts: &Facts) -> Result<Observation, Failure> {
    let (cluster, configs) = read_settled(client)?;
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
fn read_settled(client: &Client) -> Result<(Cluster, BTreeMap<String, ConfigSeen>), Failure> {
    let end = Instant::now() + SETTLE.min(client.deadline);
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_millis(500));
    loop {
        let cluster = client.cluster(client.deadline)?;
        let (configs, unsettled) = read_configs(client, &cluster.topics)?;
        if !unsettled || Instant::now() >= end {
            return Ok((cluster, configs));
        }
        std::thread::sleep(backoff.next_wait());
    }
}

/// The configuration of every topic that is not the broker's own, and whether one of them was not there yet.
pub(super) fn read_configs(
    client: &Client,
    topics: &[TopicSeen],
) -> Result<(BTreeMap<String, ConfigSeen>, bool), Failure> {
    let ours = topics.iter().filter(|topic| topic.error.is_none() && !is_protected(&topic.name));
    let names: Vec<String> = ours.map(|topic| topic.name.clone()).collect();
    if names.is_empty() {
        return Ok((BTreeMap::new(), false));
    }
    let answers = client.native().topic_configs(&names, client.deadline)?;
    let unsettled = answers.values().any(|answer| answer.as_ref().is_err_and(Failure::is_unknown_topic));
    let configs = answers.into_iter().map(|(name, answer)| (name, answer.map_err(|failure| failure.text))).collect();
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
    let (configs, _) = read_configs(client, &topics)?;
    let (resources, _) = normalise(broker, ConfigKeys::of(&catalogue_version(version)), &topics, &configs);
    Ok(resources.into_iter().map(|resource| (resource.address.name.clone(), resource)).collect())
}
