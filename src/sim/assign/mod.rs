//! Who of a group reads which partition, as Kafka's assignors decide it where every member reads the same topics.

mod eager;
mod java;
mod share;
mod sticky;

use std::collections::{BTreeMap, BTreeSet};

pub use java::hash_order;

/// One partition of a topic.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partition {
    pub topic: String,
    pub number: u32,
}

/// Partitions by member; a member without any is there with none.
pub type Assignment = BTreeMap<String, BTreeSet<Partition>>;

/// By topic: how many partitions it has.
pub type Topics = BTreeMap<String, u32>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strategy {
    Range,
    RoundRobin,
    Sticky,
    /// As sticky, but what moves is given up in one round and given out in the next.
    CooperativeSticky,
    /// A share group: a partition may have several members.
    Share,
}

impl Strategy {
    pub const ALL: [Self; 5] = [Self::Range, Self::RoundRobin, Self::Sticky, Self::CooperativeSticky, Self::Share];

    /// As the configuration of the clients spells it, `share` apart.
    pub fn name(self) -> &'static str {
        match self {
            Self::Range => "range",
            Self::RoundRobin => "roundrobin",
            Self::Sticky => "sticky",
            Self::CooperativeSticky => "cooperative-sticky",
            Self::Share => "share",
        }
    }
}

/// The rounds of a rebalance; the last is what stays. `owned` is what the members had before.
pub fn rounds(strategy: Strategy, members: &[String], topics: &Topics, owned: &Assignment) -> Vec<Assignment> {
    let members: Vec<String> = members.iter().cloned().collect::<BTreeSet<_>>().into_iter().collect();
    if members.is_empty() {
        return vec![Assignment::new()];
    }
    match strategy {
        Strategy::Range => vec![eager::range(&members, topics)],
        Strategy::RoundRobin => vec![eager::round_robin(&members, topics)],
        Strategy::Sticky => vec![sticky::assign(&members, topics, owned).0],
        Strategy::CooperativeSticky => {
            let (whole, moving) = sticky::assign(&members, topics, owned);
            let mut first = whole;
            for (partition, member) in &moving {
                first.entry(member.clone()).or_default().remove(partition);
            }
            if moving.is_empty() {
                return vec![first];
            }
            let second = sticky::assign(&members, topics, &first).0;
            vec![first, second]
        }
        Strategy::Share => vec![share::assign(&members, topics)],
    }
}

/// Every partition, topic by topic.
fn all(topics: &Topics) -> impl Iterator<Item = Partition> {
    let each = topics.iter().flat_map(|(topic, count)| (0..*count).map(move |number| (topic, number)));
    each.map(|(topic, number)| Partition { topic: topic.clone(), number })
}

fn nothing(members: &[String]) -> Assignment {
    members.iter().map(|member| (member.clone(), BTreeSet::new())).collect()
}

#[cfg(test)]
mod tests;
