//! Which part of the stack a page's picture shows.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use super::diagram::{Edge, Graph, Look, Node};
use super::grammar::Grammar;
use super::model::{Arrow, End};
use super::text::visible;

/// More than this in one picture is read by nobody: it shows groups instead.
pub(crate) const MOST: usize = 80;
/// The most around one object.
const AROUND: usize = 26;
/// Arrows of one kind around a group, before they are counted only.
const NAMED: usize = 1;

/// All of these ends with the arrows between them.
pub(crate) fn all(grammar: &Grammar<'_>, ends: &BTreeSet<End>) -> Graph {
    let index: BTreeMap<&End, usize> = ends.iter().enumerate().map(|(at, end)| (end, at)).collect();
    let edges = ends.iter().flat_map(|end| grammar.world.leaving(end)).filter_map(|arrow| {
        let (from, to) = (*index.get(&arrow.from)?, *index.get(&arrow.to)?);
        Some(Edge { from, to, labels: labels(arrow), style: arrow.style })
    });
    Graph { nodes: ends.iter().map(|end| grammar.node(end)).collect(), edges: edges.collect() }
}

fn labels(arrow: &Arrow<'_>) -> Vec<String> {
    match (arrow.label.as_str(), arrow.style) {
        ("", _) => Vec::new(),
        (label, _) => vec![visible(label)],
    }
}

/// The ends around one: what reaches it, step by step against the arrows, and where it leads, step by
/// step with them. An app ends a way, for behind it another story begins. The second value is how many
/// were left out.
pub(crate) fn around(grammar: &Grammar<'_>, centre: &End) -> (BTreeSet<End>, usize) {
    let mut found = BTreeSet::from([centre.clone()]);
    let mut left_out = BTreeSet::new();
    let mut waiting = VecDeque::from([(centre.clone(), true), (centre.clone(), false)]);
    while let Some((end, forward)) = waiting.pop_front() {
        if end != *centre && matches!(end, End::App(_)) {
            continue;
        }
        let next: Vec<End> = if forward {
            grammar.world.leaving(&end).map(|arrow| arrow.to.clone()).collect()
        } else {
            grammar.world.reaching(&end).map(|arrow| arrow.from.clone()).collect()
        };
        for other in next {
            if found.contains(&other) {
                continue;
            }
            if found.len() < AROUND {
                found.insert(other.clone());
                waiting.push_back((other, forward));
            } else {
                left_out.insert(other);
            }
        }
    }
    (found, left_out.len())
}

/// The picture of a large part: one node per broker, kind and first word of the name.
pub(crate) fn grouped(grammar: &Grammar<'_>, ends: &BTreeSet<End>) -> Graph {
    let prefixes = prefixes(ends);
    let mut groups: BTreeMap<Group, Vec<&End>> = BTreeMap::new();
    for end in ends {
        groups.entry(group(end, &prefixes)).or_default().push(end);
    }
    let index: BTreeMap<&Group, usize> = groups.keys().enumerate().map(|(at, group)| (group, at)).collect();
    let mut merged: BTreeMap<(usize, usize, super::diagram::Style), usize> = BTreeMap::new();
    for arrow in &grammar.world.arrows {
        if ends.contains(&arrow.from) && ends.contains(&arrow.to) {
            let ends = (index[&group(&arrow.from, &prefixes)], index[&group(&arrow.to, &prefixes)]);
            *merged.entry((ends.0, ends.1, arrow.style)).or_default() += 1;
        }
    }
    let edges = merged.into_iter().map(|((from, to, style), count)| {
        let labels = if count > NAMED { vec![format!("× {count}")] } else { Vec::new() };
        Edge { from, to, labels, style }
    });
    Graph {
        nodes: groups.iter().map(|(group, ends)| group_node(grammar, group, ends)).collect(),
        edges: edges.collect(),
    }
}

/// Broker, kind, first word; apps have neither of the first two.
type Group = (String, String, String);

fn group(end: &End, prefixes: &BTreeMap<(String, String), BTreeSet<String>>) -> Group {
    let (broker, kind, name) = parts(end);
    let word = first_word(name);
    let own = prefixes.get(&(broker.clone(), kind.clone())).is_some_and(|words| words.contains(word));
    (broker, kind, if own { word.to_owned() } else { String::new() })
}

fn parts(end: &End) -> (String, String, &str) {
    match end {
        End::App(name) => (String::new(), "app".to_owned(), name),
        End::Object(address) => (address.broker.clone(), address.kind.clone(), &address.name),
    }
}

fn first_word(name: &str) -> &str {
    name.split(['.', '-', '_', '/', ':']).next().unwrap_or(name)
}

/// The first words that get a group of their own: the most frequent of a kind, as long as each stands
/// for several names.
fn prefixes(ends: &BTreeSet<End>) -> BTreeMap<(String, String), BTreeSet<String>> {
    const PER_KIND: usize = 6;
    let mut counts: BTreeMap<(String, String), BTreeMap<&str, usize>> = BTreeMap::new();
    for end in ends {
        let (broker, kind, name) = parts(end);
        *counts.entry((broker, kind)).or_default().entry(first_word(name)).or_default() += 1;
    }
    counts
        .into_iter()
        .map(|(of, words)| {
            let mut words: Vec<(&str, usize)> = words.into_iter().filter(|(_, count)| *count > 2).collect();
            words.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
            (of, words.into_iter().take(PER_KIND).map(|(word, _)| word.to_owned()).collect())
        })
        .collect()
}

fn group_node(grammar: &Grammar<'_>, (broker, kind, word): &Group, ends: &[&End]) -> Node {
    if let [end] = ends {
        return grammar.node(end);
    }
    let noun = grammar.words.doc(kind);
    let count = grammar.words.fill("grouped", &[("n", &ends.len().to_string()), ("kind", &noun)]);
    let label = if word.is_empty() { noun } else { format!("{}…", visible(word)) };
    let list = if broker.is_empty() {
        super::model::PageId::Apps
    } else {
        super::model::PageId::Kind { broker: broker.clone(), kind: kind.clone() }
    };
    Node {
        key: format!("{broker}/{kind}#{word}"),
        label,
        caption: if broker.is_empty() { count } else { format!("{count} · {broker}") },
        badges: Vec::new(),
        look: Look::Group(form(kind)),
        href: grammar.registry.link(grammar.page, &list).ok(),
        focus: false,
    }
}

/// The form of a group's members, for its colour.
fn form(kind: &str) -> &'static str {
    match kind {
        "app" => "app",
        "exchange" => "exchange",
        "queue" => "queue",
        "topic" => "topic",
        _ => "plain",
    }
}
