use proptest::prelude::*;

use super::layout::{Layout, Rect, layout};
use super::svg::sort;
use super::*;

const LOOKS: [Look; 6] =
    [Look::App, Look::Exchange('T'), Look::Queue, Look::Topic(6), Look::Plain, Look::Group("queue")];
const STYLES: [Style; 7] = [
    Style::Produce,
    Style::Consume,
    Style::Binding,
    Style::ExchangeBinding,
    Style::DeadLetter,
    Style::Alternate,
    Style::Forward,
];

fn words() -> Words<'static> {
    Words { id: "p", title: "A picture", description: "of a test" }
}

pub(super) fn node(key: &str, look: Look) -> Node {
    Node {
        key: key.to_owned(),
        label: key.to_owned(),
        caption: "a caption".to_owned(),
        badges: vec!["D".to_owned()],
        look,
        href: Some(format!("{key}.html")),
        focus: false,
    }
}

pub(super) fn edge(from: usize, to: usize, labels: &[&str], style: Style) -> Edge {
    Edge { from, to, labels: labels.iter().map(|&label| label.to_owned()).collect(), style }
}

prop_compose! {
    fn graphs()(count in 1_usize..40)(
        names in prop::collection::vec("[a-zé订👍 <&.]{0,60}", count),
        looks in prop::collection::vec(0_usize..6, count),
        edges in prop::collection::vec(
            (0..count, 0..count, prop::collection::vec("[a-z#*.订]{0,40}", 0..7), 0_usize..6),
            0..count * 2,
        ),
    ) -> Graph {
        let nodes = names.iter().zip(looks).enumerate().map(|(at, (name, look))| Node {
            key: format!("{name}#{at}"), label: name.clone(), ..node("", LOOKS[look])
        });
        let edges = edges.into_iter().map(|(from, to, labels, style)| Edge { from, to, labels, style: STYLES[style] });
        Graph { nodes: nodes.collect(), edges: edges.collect() }
    }
}

/// As the drawing does it.
pub(super) fn laid_out(graph: &Graph) -> (Graph, Layout) {
    let mut graph = graph.clone();
    sort(&mut graph);
    graph.merge_parallel();
    let layout = layout(&graph);
    (graph, layout)
}

pub(super) fn overlap(one: Rect, two: Rect) -> bool {
    one.x < two.x + two.width && two.x < one.x + one.width && one.y < two.y + two.height && two.y < one.y + one.height
}

pub(super) fn all_rects(layout: &Layout) -> Vec<Rect> {
    let labels = layout.arrows.iter().filter_map(|arrow| arrow.label.as_ref().map(|label| label.0));
    layout.boxes.iter().copied().chain(labels).collect()
}

/// The points of a path's level stretches and the ends of its curves.
fn points(path: &str) -> Vec<(f64, f64)> {
    let mut points = Vec::new();
    let (mut x, mut y) = (0.0, 0.0);
    let mut rest = path;
    while !rest.is_empty() {
        let end = rest[1..].find(char::is_alphabetic).map_or(rest.len(), |at| at + 1);
        let numbers: Vec<f64> = rest[1..end].split_whitespace().map(|text| text.parse().unwrap()).collect();
        match rest.as_bytes()[0] {
            b'H' => x = numbers[0],
            b'V' => y = numbers[0],
            _ => (x, y) = (numbers[numbers.len() - 2], numbers[numbers.len() - 1]),
        }
        points.push((x, y));
        rest = &rest[end..];
    }
    points
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_overlaps_and_nothing_is_clipped(graph in graphs()) {
        let (_, layout) = laid_out(&graph);
        let rects = all_rects(&layout);
        for (at, one) in rects.iter().enumerate() {
            for two in &rects[at + 1..] {
                prop_assert!(!overlap(*one, *two), "{one:?} and {two:?}");
            }
            prop_assert!(one.x >= 0.0 && one.y >= 0.0, "{one:?}");
            prop_assert!(one.x + one.width <= layout.width, "{one:?} in {}", layout.width);
            prop_assert!(one.y + one.height <= layout.height, "{one:?} in {}", layout.height);
        }
    }

    #[test]
    fn arrows_go_from_one_box_to_the_other_and_through_none(graph in graphs()) {
        let (graph, layout) = laid_out(&graph);
        prop_assert_eq!(layout.arrows.len(), graph.edges.len());
        for arrow in &layout.arrows {
            let ends = [graph.edges[arrow.edge].from, graph.edges[arrow.edge].to];
            let points = points(&arrow.path);
            for (node, rect) in layout.boxes.iter().enumerate().filter(|(node, _)| !ends.contains(node)) {
                for (x, y) in &points {
                    let inside = *x > rect.x && *x < rect.x + rect.width && *y > rect.y && *y < rect.y + rect.height;
                    prop_assert!(!inside, "{} touches {}", arrow.path, graph.nodes[node].key);
                }
            }
            for (x, y) in points {
                prop_assert!(x >= 0.0 && x <= layout.width && y >= 0.0 && y <= layout.height, "{}", arrow.path);
            }
        }
    }

    #[test]
    fn the_order_of_the_input_does_not_matter(graph in graphs(), turn in 0_usize..40) {
        let count = graph.nodes.len();
        let turned = |at: usize| (at + turn) % count;
        let mut shuffled = graph.clone();
        for (at, node) in graph.nodes.iter().enumerate() {
            shuffled.nodes[turned(at)] = node.clone();
        }
        shuffled.edges = graph
            .edges
            .iter()
            .rev()
            .map(|edge| Edge { from: turned(edge.from), to: turned(edge.to), ..edge.clone() })
            .collect();
        prop_assert_eq!(draw(&graph, words()), draw(&shuffled, words()));
    }
}

#[test]
fn a_chain_is_straight() {
    let graph = Graph {
        nodes: vec![node("app", Look::App), node("mail", Look::Exchange('T')), node("queue", Look::Queue)],
        edges: vec![edge(0, 1, &[], Style::Produce), edge(1, 2, &["mail.#"], Style::Binding)],
    };
    let (graph, layout) = laid_out(&graph);
    let middle = |at: usize| layout.boxes[at].y + layout.boxes[at].height / 2.0;
    assert!((middle(0) - middle(1)).abs() < 1.5 && (middle(1) - middle(2)).abs() < 1.5, "{:?}", layout.boxes);
    assert_eq!(graph.nodes[0].key, "app");
    assert!(layout.boxes[0].x < layout.boxes[1].x && layout.boxes[1].x < layout.boxes[2].x);
}

#[test]
fn a_cycle_points_back() {
    let graph = Graph {
        nodes: vec![node("app", Look::App), node("topic", Look::Topic(3))],
        edges: vec![edge(0, 1, &[], Style::Produce), edge(1, 0, &[], Style::Consume)],
    };
    let (_, layout) = laid_out(&graph);
    let tips: Vec<f64> = layout.arrows.iter().map(|arrow| arrow.tip.x).collect();
    assert!((tips[0] - layout.boxes[1].x).abs() < 1.0, "one arrow ends at the topic's left side: {tips:?}");
    let right = layout.boxes[0].x + layout.boxes[0].width;
    assert!((tips[1] - right).abs() < 1.0, "the other at the app's right side: {tips:?} {right}");
}

#[test]
fn two_crossing_pairs_are_untangled() {
    let nodes = ["a", "b", "x", "y"].map(|key| node(key, Look::Plain)).to_vec();
    let edges = vec![edge(0, 3, &[], Style::Binding), edge(1, 2, &[], Style::Binding), edge(0, 2, &[], Style::Binding)];
    let (_, layout) = laid_out(&Graph { nodes, edges });
    let above = |one: usize, two: usize| layout.boxes[one].y < layout.boxes[two].y;
    assert_eq!(above(0, 1), above(3, 2), "{:?}", layout.boxes);
}

#[test]
fn many_keys_are_counted() {
    let graph = Graph {
        nodes: vec![node("mail", Look::Exchange('D')), node("queue", Look::Queue)],
        edges: ["f", "e", "d", "c", "b", "a"].map(|key| edge(0, 1, &[key], Style::Binding)).to_vec(),
    };
    let picture = draw(&graph, words());
    for shown in [">a<", ">b<", ">c<", ">+3<"] {
        assert!(picture.svg.contains(shown), "{shown} in {}", picture.svg);
    }
    assert!(!picture.svg.contains(">d<"));
}

#[test]
fn hostile_names_are_text() {
    let mut hostile = node("x", Look::Queue);
    hostile.label = "</text><script>alert(1)</script>".to_owned();
    hostile.href = Some("\" onclick=\"alert(1)".to_owned());
    let picture = draw(&Graph { nodes: vec![hostile], edges: Vec::new() }, words());
    assert!(!picture.svg.contains("<script") && !picture.svg.contains("\" onclick"), "{}", picture.svg);
}

#[test]
fn one_more_queue_moves_no_other_far() {
    let queues = |count: usize| {
        let mut nodes = vec![node("mail", Look::Exchange('D'))];
        nodes.extend((0..count).map(|at| node(&format!("q{at:02}"), Look::Queue)));
        let edges = (1..=count).map(|at| edge(0, at, &[], Style::Binding)).collect();
        laid_out(&Graph { nodes, edges }).1
    };
    let (before, after) = (queues(8), queues(9));
    for at in 1..=8 {
        assert!((before.boxes[at].y - after.boxes[at].y).abs() < 1.0, "queue {at}");
        assert!((before.boxes[at].x - after.boxes[at].x).abs() < 12.0, "queue {at}");
    }
}
