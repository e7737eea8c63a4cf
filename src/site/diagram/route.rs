//! The way of an arrow: level through the columns, curved between them, so that it touches no box.

use std::fmt::Write as _;

use super::Look;
use super::layers::{Chain, Layered, What};
use super::layout::{Arrow, Heading, Rect, Tip};

/// The most room between two arrows at one side of a node.
const PORT_GAP: f64 = 12.0;
/// The slope at the sides of a hexagon.
pub(crate) const HEXAGON: f64 = 14.0;
/// How far the sheets behind a queue stick out.
pub(crate) const SHEETS: f64 = 8.0;

/// What routing needs to know of the places.
pub(crate) struct Places<'a> {
    pub layered: &'a Layered,
    pub centre: &'a [f64],
    pub columns: &'a [(f64, f64)],
    pub heights: &'a [f64],
    /// By index in the graph.
    pub boxes: &'a [Rect],
    pub looks: &'a [Look],
}

/// The arrows of one part, in the order of its chains.
pub(crate) fn route(places: &Places<'_>) -> Vec<Arrow> {
    let ports = ports(places);
    places.layered.chains.iter().zip(ports).map(|(chain, ends)| arrow(places, chain, ends)).collect()
}

/// The heights at which each chain leaves its left end and reaches its right end: arrows at one side of a
/// node are spread in the order in which they go on.
fn ports(places: &Places<'_>) -> Vec<(f64, f64)> {
    let chains = &places.layered.chains;
    let mut leaving = vec![Vec::new(); places.layered.vertices.len()];
    let mut reaching = leaving.clone();
    for (index, chain) in chains.iter().enumerate() {
        if let [first, second, ..] = chain.vertices[..] {
            leaving[first].push((places.centre[second], index));
        }
        if let [.., before, last] = chain.vertices[..] {
            reaching[last].push((places.centre[before], index));
        }
    }
    let mut ports = vec![(0.0, 0.0); chains.len()];
    for (vertex, what) in places.layered.vertices.iter().enumerate() {
        let What::Node(node) = what.what else { continue };
        let centre = places.centre[vertex] + places.shift(node, vertex);
        let room = places.boxes[node].height - 18.0;
        for (index, y) in spread(&mut leaving[vertex], centre, room) {
            ports[index].0 = y;
        }
        for (index, y) in spread(&mut reaching[vertex], centre, room) {
            ports[index].1 = y;
        }
    }
    ports
}

#[expect(clippy::cast_precision_loss, reason = "a node has few arrows")]
fn spread(ends: &mut [(f64, usize)], centre: f64, room: f64) -> Vec<(usize, f64)> {
    ends.sort_by(|one, two| one.0.total_cmp(&two.0).then(one.1.cmp(&two.1)));
    let gaps = ends.len().saturating_sub(1).max(1) as f64;
    let gap = (room / gaps).min(PORT_GAP);
    let first = centre - gap * ends.len().saturating_sub(1) as f64 / 2.0;
    ends.iter().enumerate().map(|(at, &(_, index))| (index, first + gap * at as f64)).collect()
}

impl Places<'_> {
    /// A box with a loop below it is not in the middle of its vertex.
    fn shift(&self, node: usize, vertex: usize) -> f64 {
        let rect = self.boxes[node];
        rect.y + rect.height / 2.0 - self.centre[vertex]
    }

    /// The vertices that an arrow has to pass, with their heights. A bend between two labels is left out
    /// where the way past them is free: one long curve reads better than two short ones.
    fn stops(&self, chain: &Chain, (leaving, reaching): (f64, f64)) -> Vec<(usize, f64)> {
        let last = chain.vertices.len() - 1;
        let height = |at: usize| match at {
            0 => leaving,
            at if at == last => reaching,
            at => self.centre[chain.vertices[at]],
        };
        let needed = |&at: &usize| {
            let vertex = self.layered.vertices[chain.vertices[at]];
            let bend = matches!(vertex.what, What::Bend(_)) && vertex.layer % 2 == 1;
            !bend || !self.is_free(vertex.layer, height(at - 1), height(at + 1))
        };
        (0..=last).filter(needed).map(|at| (chain.vertices[at], height(at))).collect()
    }

    /// Whether a layer has no label between two heights.
    fn is_free(&self, layer: usize, one: f64, two: f64) -> bool {
        let (upper, lower) = (one.min(two) - 4.0, one.max(two) + 4.0);
        self.layered.layers[layer].iter().all(|&vertex| {
            let (centre, half) = (self.centre[vertex], self.heights[vertex] / 2.0);
            !matches!(self.layered.vertices[vertex].what, What::Label(_))
                || centre + half < upper
                || centre - half > lower
        })
    }

    /// Where the outline of a node is at this height.
    fn outline(&self, node: usize, y: f64, right: bool) -> f64 {
        let Rect { x, y: top, width, height } = self.boxes[node];
        let (half, off) = (height / 2.0, (y - top - height / 2.0).abs());
        let inset = match self.looks[node] {
            Look::App => half - (half * half - off * off).max(0.0).sqrt(),
            Look::Exchange(_) => HEXAGON * off / half,
            Look::Queue if right => -SHEETS,
            _ => 0.0,
        };
        if right { x + width - inset } else { x + inset }
    }
}

fn arrow(places: &Places<'_>, chain: &Chain, (leaving, reaching): (f64, f64)) -> Arrow {
    let vertices = &places.layered.vertices;
    let end = |at: Option<&usize>| at.map_or(What::Bend(chain.edge), |&vertex| vertices[vertex].what);
    let outline = |what, y, right| if let What::Node(node) = what { places.outline(node, y, right) } else { 0.0 };
    let start = (outline(end(chain.vertices.first()), leaving, true), leaving);
    let stop = (outline(end(chain.vertices.last()), reaching, false), reaching);

    let mut path = String::new();
    let tip_left = if chain.reversed { 7.0 } else { 0.0 };
    let tip_right = if chain.reversed { 0.0 } else { 7.0 };
    let _ = write!(path, "M{} {}", number(start.0 + tip_left), number(start.1));
    let stops = places.stops(chain, (leaving, reaching));
    let last = stops.len() - 1;
    for (at, pair) in stops.windows(2).enumerate() {
        let ((before, y), (vertex, next)) = (pair[0], pair[1]);
        let (left, width) = places.columns[vertices[before].layer];
        // The tip needs a level stretch of its own, also where the node fills its column.
        let from = left + width + if at == 0 { tip_left } else { 0.0 };
        let to = places.columns[vertices[vertex].layer].0 - if at + 1 == last { tip_right } else { 0.0 };
        let middle = f64::midpoint(from, to);
        let points = [middle, y, middle, next, to, next].map(number).join(" ");
        let _ = write!(path, "H{}C{points}", number(from));
    }
    let _ = write!(path, "H{}", number(stop.0 - tip_right));
    let ((x, y), heading) = if chain.reversed { (start, Heading::Left) } else { (stop, Heading::Right) };
    Arrow { edge: chain.edge, path, tip: Tip { x, y, heading }, label: None }
}

/// A coordinate with one digit behind the point, and none where it is whole.
pub(crate) fn number(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    // `-0` would be another text for the same place.
    format!("{}", if rounded == 0.0 { 0.0 } else { rounded })
}
