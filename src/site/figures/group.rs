//! Who of a consumer group reads which partition.

use std::collections::BTreeSet;

use serde::Serialize;

use super::data::{Control, Sketch};
use super::{Figure, FigureInput, FigureTable};
use crate::model::Value;
use crate::sim::assign::{Assignment, Strategy, Topics, rounds};
use crate::site::model::Words;
use crate::site::text::visible;

const SAYS: &[&str] = &[
    "sim_group_begin",
    "sim_group_gets",
    "sim_group_idle",
    "sim_group_joins",
    "sim_group_leaves",
    "sim_group_revoked",
    "sim_group_added",
    "sim_group_moved",
    "sim_group_shared",
    "sim_group_nobody",
    "sim_group_caption",
    "sim_group_member",
    "sim_group_number",
    "sim_group_none",
];
/// Members that a figure offers where the reader has fewer.
const MEMBERS: u32 = 8;

#[derive(Serialize)]
struct Model {
    group: String,
    topics: Topics,
    /// So that names have the same length whatever their number, and sort as numbers do.
    most: u32,
}

pub(super) fn group_assignment(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let group = visible(&input.text("group").unwrap_or_else(|| "readers".to_owned()));
    let topics = topics(input);
    let members = input.number("instances").unwrap_or(3).clamp(1, 64);
    let most = MEMBERS.max(members);
    let strategies = Strategy::ALL.map(|one| (one.name().to_owned(), words.say(strategy_word(one))));
    let change = |name: &str, key| (name.to_owned(), words.say(key));
    let changes = vec![
        change("none", "sim_group_change_none"),
        change("joins", "sim_group_change_joins"),
        change("leaves", "sim_group_change_leaves"),
    ];
    let controls = vec![
        Control::range("members", words.say("sim_group_members"), members, (1, most)),
        Control::select("strategy", words.say("sim_group_strategy"), strategies.to_vec(), Strategy::Range.name()),
        Control::select("change", words.say("sim_group_change"), changes, "none"),
    ];
    let names: Vec<String> = (1..=members).map(|number| member(number, most)).collect();
    let found = rounds(Strategy::Range, &names, &topics, &Assignment::new()).pop().unwrap_or_default();
    let steps = steps(&found, &group, &topics, words);
    let table = Some(table(&found, &group, &topics, words));
    let title = words.fill("sim_group_title", &[("group", &group)]);
    let about = words.say("sim_group_about");
    let model = Model { group, topics, most };
    Sketch { name: "group-assignment", says: SAYS, controls, model, steps, table }.finish(words, title, about)
}

/// What the group's app reads, else the page's topic.
fn topics(input: &FigureInput<'_>) -> Topics {
    let group = input.text("group");
    let own = input.apps.iter().filter(|app| group.is_some() && app.group == group);
    let read = own.flat_map(|app| &app.consumes).filter_map(|flow| {
        let topic = input.broker.topology.iter().find(|resource| resource.address == flow.address)?;
        let count = topic.attribute("partitions").and_then(Value::as_i64)?;
        Some((topic.address.name.clone(), u32::try_from(count).ok()?))
    });
    let mut topics: Topics = read.collect();
    if topics.is_empty() {
        let name = input.text("topic").unwrap_or_else(|| "orders".to_owned());
        topics.insert(name, input.number("topic_partitions").unwrap_or(6));
    }
    topics
}

fn strategy_word(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Range => "sim_group_range",
        Strategy::RoundRobin => "sim_group_roundrobin",
        Strategy::Sticky => "sim_group_sticky",
        Strategy::CooperativeSticky => "sim_group_cooperative",
        Strategy::Share => "sim_group_share",
    }
}

/// `c1`, or `c01` where there may be ten.
fn member(number: u32, most: u32) -> String {
    let width = (most + 1).to_string().len();
    format!("c{number:0width$}")
}

fn steps(found: &Assignment, group: &str, topics: &Topics, words: &Words) -> Vec<String> {
    let partitions: u32 = topics.values().sum();
    let begin = [("group", group), ("n", &found.len().to_string()), ("partitions", &partitions.to_string())];
    let mut steps = vec![words.fill("sim_group_begin", &begin)];
    for (member, own) in found {
        steps.push(if own.is_empty() {
            words.fill("sim_group_idle", &[("member", member)])
        } else {
            let list: Vec<String> = topics
                .keys()
                .map(|topic| (topic, numbers(found, member, topic)))
                .filter(|(_, own)| !own.is_empty())
                .map(|(topic, own)| format!("{}: {}", visible(topic), ranges(&own)))
                .collect();
            words.fill("sim_group_gets", &[("member", member), ("list", &list.join("; "))])
        });
    }
    steps
}

fn numbers(found: &Assignment, member: &str, topic: &str) -> BTreeSet<u32> {
    let own = found.get(member).into_iter().flatten();
    own.filter(|partition| partition.topic == topic).map(|partition| partition.number).collect()
}

/// `0–2, 5`.
fn ranges(numbers: &BTreeSet<u32>) -> String {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for &number in numbers {
        match runs.last_mut() {
            Some((_, last)) if *last + 1 == number => *last = number,
            _ => runs.push((number, number)),
        }
    }
    let shown = runs.into_iter().map(|(first, last)| match last - first {
        0 => first.to_string(),
        1 => format!("{first}, {last}"),
        _ => format!("{first}–{last}"),
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn table(found: &Assignment, group: &str, topics: &Topics, words: &Words) -> FigureTable {
    let mut head = vec![words.say("sim_group_member")];
    head.extend(topics.keys().map(|topic| visible(topic)));
    head.push(words.say("sim_group_number"));
    let rows = found.iter().map(|(member, own)| {
        let mut row = vec![member.clone()];
        row.extend(topics.keys().map(|topic| {
            let own = numbers(found, member, topic);
            if own.is_empty() { words.say("sim_group_none") } else { ranges(&own) }
        }));
        row.push(own.len().to_string());
        row
    });
    FigureTable { caption: words.fill("sim_group_caption", &[("group", group)]), head, rows: rows.collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_shortened() {
        assert_eq!(ranges(&[0, 1, 2, 4, 5, 7].into()), "0–2, 4, 5, 7");
        assert_eq!((member(3, 8).as_str(), member(3, 12).as_str()), ("c3", "c03"));
    }
}
