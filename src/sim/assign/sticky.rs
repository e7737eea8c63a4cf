//! `AbstractStickyAssignor` of the Java client, for members that all read the same topics, without racks.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::{Assignment, Partition, Topics, all, hash_order, nothing};

/// The assignment, and of it what another member had before, with its new member.
pub(super) fn assign(
    members: &[String],
    topics: &Topics,
    owned: &Assignment,
) -> (Assignment, BTreeMap<Partition, String>) {
    let mut deal = Deal::new(members, topics);
    let partitions: BTreeSet<Partition> = all(topics).collect();
    for member in hash_order(members) {
        let mut own: Vec<Partition> =
            owned.get(&member).into_iter().flatten().filter(|one| partitions.contains(one)).cloned().collect();
        own.sort_by(|one, two| (one.number, &one.topic).cmp(&(two.number, &two.topic)));
        deal.keep(&member, own);
    }
    let kept: BTreeSet<&Partition> = deal.out.values().flatten().collect();
    let free: Vec<Partition> = partitions.iter().filter(|one| !kept.contains(one)).cloned().collect();
    deal.give(free);
    (deal.out, deal.moving)
}

struct Deal {
    out: Assignment,
    least: usize,
    most: usize,
    /// How many members get one more than the least, and how many of them have it already.
    fuller: usize,
    full: usize,
    below: Vec<String>,
    at_least: Vec<String>,
    revoked: BTreeMap<Partition, String>,
    moving: BTreeMap<Partition, String>,
}

impl Deal {
    fn new(members: &[String], topics: &Topics) -> Self {
        let count: usize = topics.values().map(|&count| count as usize).sum();
        Self {
            out: nothing(members),
            least: count / members.len(),
            most: count.div_ceil(members.len()),
            fuller: count % members.len(),
            full: 0,
            below: Vec::new(),
            at_least: Vec::new(),
            revoked: BTreeMap::new(),
            moving: BTreeMap::new(),
        }
    }

    /// What a member had stays with it, up to what it may have.
    fn keep(&mut self, member: &str, mut own: Vec<Partition>) {
        if own.len() < self.least {
            self.below.push(member.to_owned());
        } else if own.len() >= self.most && self.full < self.fuller {
            self.full += 1;
            if self.full == self.fuller {
                self.at_least.clear();
            }
            self.revoke(member, own.split_off(self.most));
        } else {
            self.revoke(member, own.split_off(self.least));
            if self.full < self.fuller {
                self.at_least.push(member.to_owned());
            }
        }
        self.out.entry(member.to_owned()).or_default().extend(own);
    }

    fn revoke(&mut self, member: &str, partitions: Vec<Partition>) {
        self.revoked.extend(partitions.into_iter().map(|partition| (partition, member.to_owned())));
    }

    /// The rest: in turn to those below the least, then one each to those at it.
    fn give(&mut self, free: Vec<Partition>) {
        self.below.sort();
        self.at_least.sort();
        let mut at_least: VecDeque<String> = std::mem::take(&mut self.at_least).into();
        let mut turn = 0;
        for partition in free {
            let member = if self.below.is_empty() {
                let Some(member) = at_least.pop_front() else { return };
                member
            } else {
                if turn >= self.below.len() {
                    turn = 0;
                }
                self.below[turn].clone()
            };
            if self.revoked.get(&partition).is_some_and(|before| *before != member) {
                self.moving.insert(partition.clone(), member.clone());
            }
            let own = self.out.entry(member.clone()).or_default();
            own.insert(partition);
            let below = turn < self.below.len() && self.below[turn] == member;
            if below && own.len() == self.least {
                self.below.remove(turn);
                at_least.push_back(member);
            } else if below {
                turn += 1;
            }
        }
    }
}
