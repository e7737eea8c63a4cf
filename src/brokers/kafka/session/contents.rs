//! What topics hold, from the ends of their partitions.

use std::collections::{BTreeMap, BTreeSet};
use std::thread;

use super::client::Client;
use super::failure::Failure;
use super::ffi::{End, Partition};

/// Messages by topic: the distance between the ends, which compaction and transactions make an upper bound.
/// Nothing for a topic with a partition that does not answer; a topic that is not there is left out.
pub(super) fn messages(client: &Client, names: &[String]) -> Result<BTreeMap<String, Option<u64>>, Failure> {
    let wanted: BTreeSet<&String> = names.iter().collect();
    let cluster = client.cluster(client.deadline)?;
    let known = cluster.topics.iter().filter(|topic| topic.error.is_none() && wanted.contains(&topic.name));
    let mut counts: BTreeMap<String, Option<u64>> = BTreeMap::new();
    let mut partitions: Vec<Partition> = Vec::new();
    for topic in known {
        counts.insert(topic.name.clone(), Some(0));
        let numbers = 0..i32::try_from(topic.partitions.len()).unwrap_or(i32::MAX);
        partitions.extend(numbers.map(|number| (topic.name.clone(), number)));
    }
    // At the same time: a partition whose node was just killed answers neither, and each waits its whole time.
    let (earliest, latest) = thread::scope(|scope| {
        let earliest = scope.spawn(|| client.offsets(&partitions, End::Earliest));
        let latest = client.offsets(&partitions, End::Latest);
        (earliest.join(), latest)
    });
    let Ok(earliest) = earliest else { return Ok(BTreeMap::new()) };
    let earliest: BTreeMap<_, _> = earliest?.into_iter().collect();
    for (partition, latest) in latest? {
        let held = match (earliest.get(&partition), latest) {
            (Some(Ok(earliest)), Ok(latest)) => u64::try_from(latest - earliest).ok(),
            _ => None,
        };
        let count = counts.entry(partition.0).or_default();
        *count = count.zip(held).map(|(count, held)| count + held);
    }
    Ok(counts)
}
