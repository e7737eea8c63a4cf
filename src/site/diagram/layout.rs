//! A picture with everything in its place: the parts one below the other, what is alone in rows at the end.

use super::boxes::{self, LabelText, Sized};
use super::layers::{What, components, layered};
use super::order::order;
use super::place::{Room, columns, heights};
use super::route::{Places, number, route};
use super::{Graph, Look};

const MARGIN: f64 = 12.0;
const PART_GAP: f64 = 34.0;
const ROW_GAP: f64 = 16.0;
/// Rows of what is alone are at least this wide.
const ROW: f64 = 860.0;
/// Room below a node for an arrow to itself.
const LOOP: f64 = 34.0;

/// Everything that the drawing needs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layout {
    pub width: f64,
    pub height: f64,
    /// By index in [`Graph::nodes`].
    pub boxes: Vec<Rect>,
    pub sizes: Vec<Sized>,
    pub arrows: Vec<Arrow>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub x: f64,
    pub y: f64,
    pub width: f64,
    pub height: f64,
}

/// A drawn edge.
#[derive(Clone, Debug)]
pub(crate) struct Arrow {
    /// Index in [`Graph::edges`].
    pub edge: usize,
    /// SVG path data.
    pub path: String,
    pub tip: Tip,
    pub label: Option<(Rect, LabelText)>,
}

/// The arrow's head.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tip {
    pub x: f64,
    pub y: f64,
    pub heading: Heading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Heading {
    Right,
    Left,
    Up,
}

/// Lays the graph out. Call [`Graph::merge_parallel`] before.
pub(crate) fn layout(graph: &Graph) -> Layout {
    let mut out = Layout {
        boxes: vec![Rect::default(); graph.nodes.len()],
        sizes: graph.nodes.iter().map(boxes::size).collect(),
        ..Layout::default()
    };
    let labels: Vec<LabelText> = graph.edges.iter().map(boxes::label).collect();
    let mut top = MARGIN;
    let mut alone = Vec::new();
    for part in components(graph) {
        let looped = graph.edges.iter().any(|edge| edge.from == part[0]);
        if part.len() == 1 && !looped {
            alone.push(part[0]);
            continue;
        }
        top = place_part(graph, &part, &labels, top, &mut out) + PART_GAP;
    }
    top = place_alone(&alone, top, &mut out);
    out.height = (top - PART_GAP + MARGIN).max(2.0 * MARGIN).ceil();
    out.width = (out.width + MARGIN).ceil();
    out
}

/// Places one connected part below `top` and gives its lower side.
fn place_part(graph: &Graph, part: &[usize], labels: &[LabelText], top: f64, out: &mut Layout) -> f64 {
    let mut layered = layered(graph, part);
    order(&mut layered);
    let self_loop = |node: usize| graph.edges.iter().position(|edge| edge.from == node && edge.to == node);
    let size = |what: What| match what {
        What::Node(node) => {
            let below = self_loop(node).map_or((0.0, 0.0), |edge| (labels[edge].width + 40.0, below(&labels[edge])));
            ((out.sizes[node].width + sheets(graph.nodes[node].look)).max(below.0), out.sizes[node].height + below.1)
        }
        What::Label(edge) => (labels[edge].width, labels[edge].height),
        What::Bend(_) => (0.0, 4.0),
    };
    let (width, height) = layered.vertices.iter().map(|vertex| size(vertex.what)).unzip();
    let room = Room { width, height };
    let centre: Vec<f64> = heights(&layered, &room).iter().map(|y| y + top).collect();
    let columns: Vec<(f64, f64)> =
        columns(&layered, &room, &centre).iter().map(|(x, width)| (x + MARGIN, *width)).collect();

    for (vertex, at) in layered.vertices.iter().enumerate() {
        if let What::Node(node) = at.what {
            let (left, width) = columns[at.layer];
            let sized = &out.sizes[node];
            out.boxes[node] = Rect {
                x: (left + (width - sized.width - sheets(graph.nodes[node].look)) / 2.0).round(),
                y: centre[vertex] - (room.height[vertex] / 2.0).round(),
                width: sized.width,
                height: sized.height,
            };
        }
    }
    let looks: Vec<Look> = graph.nodes.iter().map(|node| node.look).collect();
    let places = Places {
        layered: &layered,
        centre: &centre,
        columns: &columns,
        heights: &room.height,
        boxes: &out.boxes,
        looks: &looks,
    };
    let mut arrows = route(&places);
    for (vertex, at) in layered.vertices.iter().enumerate() {
        let What::Label(edge) = at.what else { continue };
        let text = labels[edge].clone();
        let (left, width) = columns[at.layer];
        let rect = Rect {
            x: left + (width - text.width) / 2.0,
            y: centre[vertex] - text.height / 2.0,
            width: text.width,
            height: text.height,
        };
        if let Some(arrow) = arrows.iter_mut().find(|arrow| arrow.edge == edge) {
            arrow.label = Some((rect, text));
        }
    }
    out.arrows.append(&mut arrows);
    for edge in part.iter().filter_map(|&node| self_loop(node)) {
        out.arrows.push(loop_arrow(edge, out.boxes[graph.edges[edge].from], labels[edge].clone()));
    }
    let right = columns.last().map_or(0.0, |(left, width)| left + width);
    out.width = out.width.max(right);
    let lower = |vertex: usize| centre[vertex] + room.height[vertex] / 2.0;
    (0..centre.len()).map(lower).fold(top, f64::max)
}

/// How far a look sticks out on the right.
fn sheets(look: Look) -> f64 {
    if look == Look::Queue { super::route::SHEETS } else { 0.0 }
}

/// The room that an arrow from a node to itself takes below it.
fn below(label: &LabelText) -> f64 {
    LOOP.max(label.height + 14.0)
}

fn loop_arrow(edge: usize, rect: Rect, text: LabelText) -> Arrow {
    let (low, reach) = (rect.y + rect.height, below(&text) - 4.0);
    let middle = rect.x + rect.width / 2.0;
    let (start, stop) = (middle + 26.0, middle - 26.0);
    let line = low + reach - text.height / 2.0;
    let path = format!(
        "M{a} {low}V{up}Q{a} {line} {a_in} {line}H{b_in}Q{b} {line} {b} {up}V{tip}",
        a = number(start),
        low = number(low),
        up = number(line - 8.0),
        line = number(line),
        a_in = number(start - 8.0),
        b_in = number(stop + 8.0),
        b = number(stop),
        tip = number(low + 7.0),
    );
    let label = (!text.lines.is_empty()).then(|| {
        let rect =
            Rect { x: middle - text.width / 2.0, y: line - text.height / 2.0, width: text.width, height: text.height };
        (rect, text)
    });
    Arrow { edge, path, tip: Tip { x: stop, y: low, heading: Heading::Up }, label }
}

fn place_alone(alone: &[usize], top: f64, out: &mut Layout) -> f64 {
    if alone.is_empty() {
        return top;
    }
    let wide = out.width.max(ROW);
    let (mut x, mut y, mut tallest) = (MARGIN, top, 0.0_f64);
    for &node in alone {
        let (width, height) = (out.sizes[node].width + super::route::SHEETS, out.sizes[node].height);
        if x > MARGIN && x + width > wide {
            (x, y, tallest) = (MARGIN, y + tallest + ROW_GAP, 0.0);
        }
        out.boxes[node] = Rect { x, y, width: out.sizes[node].width, height };
        out.width = out.width.max(x + width);
        x += width + ROW_GAP;
        tallest = tallest.max(height);
    }
    y + tallest + PART_GAP
}
