//! Pictures of whole topologies: as large as any that is drawn, and what a small edit does to them.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::boxes::{LINE, NAME, SMALL, badge_width};
use super::layers::{What, components, layered};
use super::layout::{Layout, Rect};
use super::measure::{Face, width};
use super::tests::{all_rects, edge, laid_out, node, overlap};
use super::*;

/// What a name stands for, by where it is in the list: most are queues.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    App,
    Exchange,
    Queue,
    Topic,
}

const ROLES: [Role; 8] =
    [Role::Queue, Role::Exchange, Role::Queue, Role::App, Role::Queue, Role::Topic, Role::Queue, Role::Queue];

fn role(at: usize) -> Role {
    ROLES[at % ROLES.len()]
}

/// How one thing leads to another in a broker, as far as it does.
fn style(from: Role, to: Role) -> Option<Style> {
    match (from, to) {
        (Role::App, Role::Exchange | Role::Topic) => Some(Style::Produce),
        (Role::Exchange, Role::Queue) => Some(Style::Binding),
        (Role::Exchange, Role::Exchange) => Some(Style::ExchangeBinding),
        (Role::Queue, Role::Exchange) => Some(Style::DeadLetter),
        (Role::Queue | Role::Topic, Role::App) => Some(Style::Consume),
        (Role::Queue, Role::Queue) => Some(Style::Forward),
        _ => None,
    }
}

fn topology(names: &[String], pairs: &[(usize, usize, Vec<String>)]) -> Graph {
    let look = |at: usize| match role(at) {
        Role::App => Look::App,
        Role::Exchange => Look::Exchange('T'),
        Role::Queue => Look::Queue,
        Role::Topic => Look::Topic(u32::try_from(at % 20).unwrap()),
    };
    let nodes = names
        .iter()
        .enumerate()
        .map(|(at, name)| Node { label: name.clone(), ..node(&format!("{name}#{at}"), look(at)) });
    let edges = pairs.iter().filter_map(|(from, to, labels)| {
        // Far more queues are bound to an exchange than read by a program or moved on.
        let rare = matches!(
            (role(*from), role(*to)),
            (Role::Queue, Role::Queue | Role::Exchange) | (Role::Exchange, Role::Exchange)
        );
        let style = style(role(*from), role(*to)).filter(|_| !rare || (from + to) / 8 % 8 == 0)?;
        Some(Edge { from: *from, to: *to, labels: labels.clone(), style })
    });
    Graph { nodes: nodes.collect(), edges: edges.collect() }
}

prop_compose! {
    fn topologies(counts: std::ops::RangeInclusive<usize>)(count in counts)(
        names in prop::collection::vec("[a-z.订-]{1,40}", count),
        pairs in prop::collection::vec(
            (0..count, 0..count, prop::collection::vec("[a-z#*.]{0,30}", 0..3)),
            count..=count * 3,
        ),
    ) -> Graph {
        topology(&names, &pairs)
    }
}

/// Two that overlap, from the top down: only what is as high as a rectangle is compared with it.
fn overlapping(rects: &[Rect]) -> Option<(Rect, Rect)> {
    let mut sorted = rects.to_vec();
    sorted.sort_by(|one, two| one.y.total_cmp(&two.y));
    let mut open: Vec<Rect> = Vec::new();
    for rect in sorted {
        open.retain(|other| other.y + other.height > rect.y);
        if let Some(other) = open.iter().find(|other| overlap(**other, rect)) {
            return Some((*other, rect));
        }
        open.push(rect);
    }
    None
}

/// What the canvas does not hold.
fn outside(rects: &[Rect], layout: &Layout) -> Option<Rect> {
    let is_inside = |rect: &&Rect| {
        let across = rect.x >= 0.0 && rect.x + rect.width <= layout.width;
        across && rect.y >= 0.0 && rect.y + rect.height <= layout.height
    };
    rects.iter().find(|rect| !is_inside(rect)).copied()
}

/// A text that is wider or higher than what it stands in.
fn clipped(graph: &Graph, layout: &Layout) -> Option<String> {
    let nodes = graph.nodes.iter().zip(&layout.boxes).zip(&layout.sizes);
    let node = nodes.filter(|((node, rect), sized)| {
        let badges: f64 = node.badges.iter().map(|badge| badge_width(badge)).sum();
        let second = width(&sized.caption, Face::Sans, SMALL) + badges;
        sized.indent + width(&sized.name, Face::Mono, NAME).max(second) > rect.width
    });
    let mut node = node.map(|((node, _), _)| node.label.clone());
    let labels = layout.arrows.iter().filter_map(|arrow| arrow.label.as_ref());
    #[expect(clippy::cast_precision_loss, reason = "a few lines")]
    let mut label = labels.filter(|(rect, text)| {
        let high = text.lines.len() as f64 * LINE > rect.height;
        high || text.lines.iter().any(|line| width(line, Face::Mono, SMALL) > rect.width)
    });
    node.next().or_else(|| label.next().map(|(_, text)| text.lines.join(" ")))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_in_a_large_picture(graph in prop_oneof![topologies(1..=400), topologies(800..=1_000)]) {
        let (graph, layout) = laid_out(&graph);
        let rects = all_rects(&layout);
        prop_assert_eq!(layout.boxes.len(), graph.nodes.len());
        let labelled = graph.edges.iter().filter(|edge| !edge.labels.is_empty()).count();
        prop_assert_eq!(rects.len(), graph.nodes.len() + labelled);
        prop_assert_eq!((overlapping(&rects), clipped(&graph, &layout), outside(&rects, &layout)), (None, None, None));
    }
}

/// The layer of every node, by key.
fn columns(graph: &Graph) -> BTreeMap<String, usize> {
    let mut columns = BTreeMap::new();
    for part in components(graph) {
        for vertex in layered(graph, &part).vertices {
            if let What::Node(node) = vertex.what {
                columns.insert(graph.nodes[node].key.clone(), vertex.layer);
            }
        }
    }
    columns
}

/// How many of the nodes of the first picture have to be taken out, so that in each column the others are one below
/// the other in the same order in both.
fn moved(before: &(Graph, Layout), after: &(Graph, Layout)) -> usize {
    let places = |(graph, layout): &(Graph, Layout)| -> BTreeMap<String, f64> {
        graph.nodes.iter().zip(&layout.boxes).map(|(node, rect)| (node.key.clone(), rect.y)).collect()
    };
    let (now, old) = (places(after), places(before));
    let mut by_part: BTreeMap<(usize, usize), Vec<&String>> = BTreeMap::new();
    let graph = &before.0;
    for (number, part) in components(graph).iter().enumerate() {
        for vertex in layered(graph, part).vertices {
            if let What::Node(node) = vertex.what {
                by_part.entry((number, vertex.layer)).or_default().push(&graph.nodes[node].key);
            }
        }
    }
    let column = |keys: &mut Vec<&String>| {
        keys.sort_by(|one, two| old[*one].total_cmp(&old[*two]));
        let heights: Vec<f64> = keys.iter().map(|key| now[*key]).collect();
        keys.len() - longest_rising(&heights)
    };
    by_part.values_mut().map(column).sum()
}

/// The length of the longest run of rising numbers, with gaps.
fn longest_rising(numbers: &[f64]) -> usize {
    let mut ends: Vec<f64> = Vec::new();
    for &number in numbers {
        let at = ends.partition_point(|end| *end < number);
        match ends.get_mut(at) {
            Some(end) => *end = number,
            None => ends.push(number),
        }
    }
    ends.len()
}

/// One queue more, bound to an exchange.
fn with_one_more(graph: &Graph, name: &str, exchange: usize) -> Graph {
    let mut more = graph.clone();
    more.nodes.push(node(name, Look::Queue));
    more.edges.push(edge(exchange, graph.nodes.len(), &["one.more"], Style::Binding));
    more
}

/// The exchanges of a topology.
fn exchanges(graph: &Graph) -> Vec<usize> {
    (0..graph.nodes.len()).filter(|&at| matches!(graph.nodes[at].look, Look::Exchange(_))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn one_more_queue_moves_nothing_to_another_column_but_its_exchange(
        graph in topologies(2..=80), name in "[a-z]{1,5}", pick in 0_usize..80,
    ) {
        let all = exchanges(&graph);
        let exchange = all[pick % all.len()];
        let before = columns(&graph);
        let after = columns(&with_one_more(&graph, &name, exchange));
        for (key, column) in before {
            prop_assert!(after[&key] == column || key == graph.nodes[exchange].key, "{key}");
        }
    }
}

/// Which of several equally good orders is found can change as a whole, so a bound for one picture would say little:
/// this is about two hundred, always the same ones.
#[test]
fn one_more_queue_leaves_almost_everything_in_its_order() {
    let mut runner = TestRunner::deterministic();
    let mut draw = || {
        let (graph, name, pick) =
            (topologies(10..=80), "[a-z]{1,5}", 0_usize..80).new_tree(&mut runner).unwrap().current();
        let all = exchanges(&graph);
        let more = with_one_more(&graph, &name, all[pick % all.len()]);
        (moved(&laid_out(&graph), &laid_out(&more)), graph.nodes.len())
    };
    let all: Vec<(usize, usize)> = (0..200).map(|_| draw()).collect();
    let (moved, nodes) = all.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let still = all.iter().filter(|(moved, _)| *moved == 0).count();
    assert!(moved * 20 <= nodes, "{moved} of {nodes} nodes are in another order: more than one in twenty");
    assert!(still * 4 >= all.len() * 3, "only {still} of {} pictures keep their order", all.len());
}
