//! The `simple` assignor of share groups in the broker, since Kafka 4.1: as even as it gets, partitions shared where
//! there are more members. Which of the partitions a member gets depends on the topic's id there; how many does not.

use super::{Assignment, Partition, Topics, all, nothing};

pub(super) fn assign(members: &[String], topics: &Topics) -> Assignment {
    let mut out = nothing(members);
    let partitions: Vec<Partition> = all(topics).collect();
    if partitions.is_empty() {
        return out;
    }
    let sharing = members.len().div_ceil(partitions.len());
    let places = sharing * partitions.len();
    let up_to = |at: usize| (places * at).div_ceil(members.len());
    let mut open: Vec<(&String, usize)> =
        members.iter().enumerate().map(|(at, member)| (member, up_to(at + 1) - up_to(at))).collect();
    let mut turn = 0;
    for partition in partitions {
        for _ in 0..sharing {
            // Nobody gets a partition twice.
            let mut places = (0..open.len()).map(|step| (turn + step) % open.len());
            let Some(at) = places.find(|&at| !out[open[at].0].contains(&partition)) else { break };
            let (member, left) = &mut open[at];
            out.entry((*member).clone()).or_default().insert(partition.clone());
            *left -= 1;
            turn = at + 1;
            if *left == 0 {
                open.remove(at);
                turn = at;
            }
        }
    }
    out
}
