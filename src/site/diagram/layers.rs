//! Which layer a node is in, and what an arrow passes on its way: layer 0 is leftmost.
//!
//! Nodes have the even layers. Between them an arrow has a vertex in every layer: a bend, or its label in
//! an odd layer. So a label has a place of its own like any node, and nothing can cover it.

use std::collections::BTreeSet;

use super::Graph;

/// A connected part of a graph in layers.
#[derive(Clone, Debug, Default)]
pub(crate) struct Layered {
    pub vertices: Vec<Vertex>,
    /// Vertices from top to bottom, by layer.
    pub layers: Vec<Vec<usize>>,
    pub chains: Vec<Chain>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Vertex {
    pub what: What,
    pub layer: usize,
}

/// What stands at a place: indices into the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Node(usize),
    Label(usize),
    Bend(usize),
}

/// An arrow's vertices from left to right.
#[derive(Clone, Debug)]
pub(crate) struct Chain {
    pub edge: usize,
    pub vertices: Vec<usize>,
    /// The arrow points to the left: it closes a cycle.
    pub reversed: bool,
}

/// The connected parts, biggest first, each sorted by key.
pub(crate) fn components(graph: &Graph) -> Vec<Vec<usize>> {
    let mut neighbours = vec![Vec::new(); graph.nodes.len()];
    for edge in &graph.edges {
        neighbours[edge.from].push(edge.to);
        neighbours[edge.to].push(edge.from);
    }
    let mut seen = vec![false; graph.nodes.len()];
    let mut parts: Vec<Vec<usize>> = Vec::new();
    for start in by_key(graph, 0..graph.nodes.len()) {
        if seen[start] {
            continue;
        }
        seen[start] = true;
        let mut part = vec![start];
        let mut next = 0;
        while next < part.len() {
            for &other in &neighbours[part[next]] {
                if !std::mem::replace(&mut seen[other], true) {
                    part.push(other);
                }
            }
            next += 1;
        }
        parts.push(by_key(graph, part.into_iter()));
    }
    // A stable sort: parts of one size stay in the order of their first keys.
    parts.sort_by_key(|part| std::cmp::Reverse(part.len()));
    parts
}

fn by_key(graph: &Graph, nodes: impl Iterator<Item = usize>) -> Vec<usize> {
    let mut nodes: Vec<usize> = nodes.collect();
    nodes.sort_by(|left, right| graph.nodes[*left].key.cmp(&graph.nodes[*right].key));
    nodes
}

/// Puts one connected part into layers. Arrows from a node to itself are left out.
pub(crate) fn layered(graph: &Graph, part: &[usize]) -> Layered {
    let members: BTreeSet<usize> = part.iter().copied().collect();
    let edges: Vec<usize> = (0..graph.edges.len())
        .filter(|&edge| members.contains(&graph.edges[edge].from) && graph.edges[edge].from != graph.edges[edge].to)
        .collect();
    let edges = sorted_edges(graph, edges);
    let reversed = reversed_edges(graph, part, &edges);
    let ends = |edge: usize| {
        let (from, to) = (graph.edges[edge].from, graph.edges[edge].to);
        if reversed.contains(&edge) { (to, from) } else { (from, to) }
    };
    let arrows: Vec<(usize, usize)> = edges.iter().map(|&edge| ends(edge)).collect();
    let ranks = ranks(graph.nodes.len(), part, &arrows);

    let deepest = part.iter().map(|&node| ranks[node]).max().unwrap_or(0);
    let mut layered = Layered { layers: vec![Vec::new(); deepest * 2 + 1], ..Layered::default() };
    let mut vertex_of = vec![usize::MAX; graph.nodes.len()];
    for &node in part {
        vertex_of[node] = layered.add(What::Node(node), ranks[node] * 2);
    }
    for (&edge, &(left, right)) in edges.iter().zip(&arrows) {
        let (first, last) = (ranks[left] * 2, ranks[right] * 2);
        // The odd layer in the middle, so that a label is as far from one end as from the other.
        let label = (!graph.edges[edge].labels.is_empty()).then_some(usize::midpoint(first, last) | 1);
        let mut vertices = vec![vertex_of[left]];
        for layer in first + 1..last {
            let what = if label == Some(layer) { What::Label(edge) } else { What::Bend(edge) };
            vertices.push(layered.add(what, layer));
        }
        vertices.push(vertex_of[right]);
        layered.chains.push(Chain { edge, vertices, reversed: reversed.contains(&edge) });
    }
    layered
}

impl Layered {
    fn add(&mut self, what: What, layer: usize) -> usize {
        self.vertices.push(Vertex { what, layer });
        self.layers[layer].push(self.vertices.len() - 1);
        self.vertices.len() - 1
    }

    /// The vertices to the left and to the right of each vertex.
    pub(crate) fn neighbours(&self) -> (Vec<Vec<usize>>, Vec<Vec<usize>>) {
        let mut left = vec![Vec::new(); self.vertices.len()];
        let mut right = vec![Vec::new(); self.vertices.len()];
        for pair in self.chains.iter().flat_map(|chain| chain.vertices.windows(2)) {
            right[pair[0]].push(pair[1]);
            left[pair[1]].push(pair[0]);
        }
        (left, right)
    }
}

fn sorted_edges(graph: &Graph, mut edges: Vec<usize>) -> Vec<usize> {
    let key = |edge: &usize| {
        let edge = &graph.edges[*edge];
        (&graph.nodes[edge.from].key, &graph.nodes[edge.to].key, edge.style, &edge.labels)
    };
    edges.sort_by(|left, right| key(left).cmp(&key(right)));
    edges
}

/// The arrows that close a cycle, found by a walk from the nodes that nothing points to.
fn reversed_edges(graph: &Graph, part: &[usize], edges: &[usize]) -> BTreeSet<usize> {
    let mut outgoing = vec![Vec::new(); graph.nodes.len()];
    let mut incoming = vec![0_usize; graph.nodes.len()];
    for &edge in edges {
        outgoing[graph.edges[edge].from].push(edge);
        incoming[graph.edges[edge].to] += 1;
    }
    let mut starts = part.to_vec();
    starts.sort_by_key(|&node| incoming[node] != 0);
    let mut reversed = BTreeSet::new();
    let mut state = vec![State::New; graph.nodes.len()];
    for start in starts {
        let mut path = vec![(start, 0)];
        while let Some((node, next)) = path.pop() {
            if next == 0 {
                if state[node] == State::Done {
                    continue;
                }
                state[node] = State::OnPath;
            }
            let Some(&edge) = outgoing[node].get(next) else {
                state[node] = State::Done;
                continue;
            };
            path.push((node, next + 1));
            let to = graph.edges[edge].to;
            match state[to] {
                State::OnPath => {
                    reversed.insert(edge);
                }
                State::New => path.push((to, 0)),
                State::Done => {}
            }
        }
    }
    reversed
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    New,
    OnPath,
    Done,
}

/// The longest way from a start; what only starts then moves up to its nearest target.
fn ranks(count: usize, part: &[usize], arrows: &[(usize, usize)]) -> Vec<usize> {
    let mut outgoing = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    for &(left, right) in arrows {
        outgoing[left].push(right);
        waiting[right] += 1;
    }
    let mut ranks = vec![0; count];
    let mut order: Vec<usize> = part.iter().copied().filter(|&node| waiting[node] == 0).collect();
    let starts = order.clone();
    let mut next = 0;
    while next < order.len() {
        let node = order[next];
        for &to in &outgoing[node] {
            ranks[to] = ranks[to].max(ranks[node] + 1);
            waiting[to] -= 1;
            if waiting[to] == 0 {
                order.push(to);
            }
        }
        next += 1;
    }
    for node in starts {
        if let Some(nearest) = outgoing[node].iter().map(|&to| ranks[to]).min() {
            ranks[node] = nearest - 1;
        }
    }
    ranks
}
