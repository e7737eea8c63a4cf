//! The two that forget what was before.

use super::{Assignment, Partition, Topics, all, nothing};

/// Each topic by itself: a run of partitions per member, the first members get one more.
pub(super) fn range(members: &[String], topics: &Topics) -> Assignment {
    let mut out = nothing(members);
    for (topic, &count) in topics {
        let mut numbers = 0..count;
        let each = count as usize / members.len();
        let extra = count as usize % members.len();
        for (at, member) in members.iter().enumerate() {
            let own = numbers.by_ref().take(each + usize::from(at < extra));
            let own = own.map(|number| Partition { topic: topic.clone(), number });
            out.entry(member.clone()).or_default().extend(own);
        }
    }
    out
}

/// All partitions of all topics dealt out one by one.
pub(super) fn round_robin(members: &[String], topics: &Topics) -> Assignment {
    let mut out = nothing(members);
    for (partition, member) in all(topics).zip(members.iter().cycle()) {
        out.entry(member.clone()).or_default().insert(partition);
    }
    out
}
