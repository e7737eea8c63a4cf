//! Partitions against groups: which instance of each group is expected to read which partition.

use serde::Serialize;

use super::parts::{Context, Link};
use crate::model::{Address, App};
use crate::sim::assign::{Assignment, Strategy, rounds};
use crate::site::model::PageId;
use crate::site::text::visible;

/// With more rows than this, neighbours that are read alike share one.
const MOST_ROWS: usize = 24;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Readers {
    pub groups: Vec<GroupHead>,
    pub rows: Vec<ReadersRow>,
    /// The instances of each group that no partition is left for; none where every one has work.
    pub idle: Option<Vec<String>>,
}

/// The head of a column.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct GroupHead {
    pub name: String,
    pub apps: Vec<Link>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ReadersRow {
    /// A partition's number, or the first and the last of several.
    pub partition: String,
    /// One for each group.
    pub readers: Vec<String>,
}

/// Nothing where no group reads the topic.
pub(crate) fn readers(context: &Context<'_>, topic: &Address, partitions: u32) -> Option<Readers> {
    let reads = |app: &&App| app.group.is_some() && app.consumes.iter().any(|flow| flow.address == *topic);
    let apps: Vec<&App> = context.world.input.stack.apps.iter().filter(reads).collect();
    let mut names: Vec<&String> = apps.iter().filter_map(|app| app.group.as_ref()).collect();
    names.sort_unstable();
    names.dedup();
    if names.is_empty() || partitions == 0 {
        return None;
    }
    let (mut columns, mut idle, mut groups) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        let own: Vec<&&App> = apps.iter().filter(|app| app.group.as_ref() == Some(name)).collect();
        let members = members(&own);
        let (column, left) = column(&members, topic, partitions);
        columns.push(column);
        idle.push(left);
        let link = |app: &&&App| context.page(&PageId::App(app.name.clone()), visible(&app.name));
        groups.push(GroupHead { name: visible(name), apps: own.iter().map(link).collect() });
    }
    let all =
        (0..partitions as usize).map(|number| (number, columns.iter().map(|column| column[number].clone()).collect()));
    let idle = idle.iter().any(|left| !left.is_empty()).then_some(idle);
    Some(Readers { groups, rows: rows(all.collect()), idle })
}

/// `billing 2`, with numbers of one length, so that they sort as their ids would. An app that runs once has no number.
fn members(apps: &[&&App]) -> Vec<String> {
    let named = |app: &&&App| {
        let (name, count) = (visible(&app.name), app.instances.0);
        let width = count.to_string().len();
        (1..=count)
            .map(move |number| if count == 1 { name.clone() } else { format!("{name} {number:0width$}") })
            .collect::<Vec<_>>()
    };
    apps.iter().flat_map(named).collect()
}

/// Who reads each partition, and who reads none.
fn column(members: &[String], topic: &Address, partitions: u32) -> (Vec<String>, String) {
    let topics = [(topic.name.clone(), partitions)].into();
    let found = rounds(Strategy::Range, members, &topics, &Assignment::new()).pop().unwrap_or_default();
    let mut column = vec![String::new(); partitions as usize];
    let mut idle = Vec::new();
    for (member, own) in &found {
        if own.is_empty() {
            idle.push(member.as_str());
        }
        for partition in own {
            column[partition.number as usize].clone_from(member);
        }
    }
    (column, idle.join(", "))
}

fn rows(all: Vec<(usize, Vec<String>)>) -> Vec<ReadersRow> {
    let many = all.len() > MOST_ROWS;
    let mut rows: Vec<(usize, usize, Vec<String>)> = Vec::new();
    for (number, readers) in all {
        match rows.last_mut() {
            Some((_, last, same)) if many && *same == readers => *last = number,
            _ => rows.push((number, number, readers)),
        }
    }
    let row = |(first, last, readers): (usize, usize, Vec<String>)| {
        let partition = if first == last { first.to_string() } else { format!("{first}–{last}") };
        ReadersRow { partition, readers }
    };
    rows.into_iter().map(row).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_left_without_a_partition_is_named() {
        let topic = Address { broker: "events".into(), vhost: None, kind: "topic".into(), name: "orders".into() };
        let members: Vec<String> = ["a 1", "a 2", "a 3", "b"].map(str::to_owned).into();
        assert_eq!(column(&members, &topic, 3), (vec!["a 1".into(), "a 2".into(), "a 3".into()], "b".to_owned()));
        assert_eq!(column(&members[..2], &topic, 3).0, ["a 1", "a 1", "a 2"]);
    }

    #[test]
    fn many_partitions_that_are_read_alike_share_a_row() {
        let read = |number: usize| (number, vec![if number < 20 { "a" } else { "b" }.to_owned()]);
        let shown = |count: usize| rows((0..count).map(read).collect());
        assert_eq!(shown(24).len(), 24);
        let spans: Vec<String> = shown(25).into_iter().map(|row| row.partition).collect();
        assert_eq!(spans, ["0–19", "20–24"]);
    }
}
