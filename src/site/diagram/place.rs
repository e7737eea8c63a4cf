//! Where every vertex stands: columns from left to right, and within a column the heights that make
//! arrows straight, as far as nothing overlaps.

use super::layers::{Layered, What};

const PASSES: usize = 12;

/// How much room each vertex takes.
pub(crate) struct Room {
    pub width: Vec<f64>,
    pub height: Vec<f64>,
}

/// The centres from the top, the smallest upper side at 0.
pub(crate) fn heights(layered: &Layered, room: &Room) -> Vec<f64> {
    let (left, right) = layered.neighbours();
    let mut centre = vec![0.0; layered.vertices.len()];
    for layer in &layered.layers {
        let offsets = offsets(layered, layer, room);
        for (&vertex, offset) in layer.iter().zip(offsets) {
            centre[vertex] = offset;
        }
    }
    let last = layered.layers.len().saturating_sub(1);
    for pass in 0..PASSES {
        for step in 0..=last {
            let layer = if pass % 2 == 0 { step } else { last - step };
            let sides: &[&Vec<Vec<usize>>] = match pass {
                pass if pass + 2 >= PASSES => &[&left, &right],
                pass if pass % 2 == 0 => &[&left],
                _ => &[&right],
            };
            settle(layered, &layered.layers[layer], sides, room, &mut centre);
        }
    }
    let top = |vertex: usize| centre[vertex] - room.height[vertex] / 2.0;
    let highest = (0..centre.len()).map(top).fold(f64::INFINITY, f64::min);
    centre.iter().map(|centre| (centre - highest).round()).collect()
}

/// The least distance between the centres of two vertices, the upper one first.
fn distance(layered: &Layered, upper: usize, lower: usize, room: &Room) -> f64 {
    let gap = match (layered.vertices[upper].what, layered.vertices[lower].what) {
        (What::Node(_), What::Node(_)) => 22.0,
        (What::Node(_), _) | (_, What::Node(_)) => 16.0,
        _ => 8.0,
    };
    f64::midpoint(room.height[upper], room.height[lower]) + gap
}

/// The centres of a layer if it were packed.
fn offsets(layered: &Layered, layer: &[usize], room: &Room) -> Vec<f64> {
    let mut at = 0.0;
    let mut offsets = Vec::with_capacity(layer.len());
    for (index, &vertex) in layer.iter().enumerate() {
        if index > 0 {
            at += distance(layered, layer[index - 1], vertex, room);
        }
        offsets.push(at);
    }
    offsets
}

/// Moves a layer as near as possible to its neighbours, in the order that it has: an isotonic regression
/// by pooling adjacent violators.
#[expect(clippy::cast_precision_loss, reason = "a node has few arrows")]
fn settle(layered: &Layered, layer: &[usize], sides: &[&Vec<Vec<usize>>], room: &Room, centre: &mut [f64]) {
    let offsets = offsets(layered, layer, room);
    let mut pools: Vec<(f64, f64, usize)> = Vec::new();
    for (&vertex, offset) in layer.iter().zip(&offsets) {
        let others: Vec<usize> = sides.iter().flat_map(|side| side[vertex].iter().copied()).collect();
        let wanted = if others.is_empty() {
            centre[vertex]
        } else {
            others.iter().map(|&other| centre[other]).sum::<f64>() / others.len() as f64
        };
        // What has no neighbour on this side gives way; a bend insists, so that long arrows run straight.
        let weight = match layered.vertices[vertex].what {
            _ if others.is_empty() => 0.1,
            What::Node(_) => 1.0,
            What::Label(_) => 2.0,
            What::Bend(_) => 4.0,
        };
        pools.push((wanted - offset, weight, 1));
        while let [.., (upper, upper_weight, upper_count), (lower, lower_weight, lower_count)] = pools[..] {
            if upper <= lower {
                break;
            }
            let weight = upper_weight + lower_weight;
            let pooled = (upper * upper_weight + lower * lower_weight) / weight;
            pools.truncate(pools.len() - 2);
            pools.push((pooled, weight, upper_count + lower_count));
        }
    }
    let shifts = pools.iter().flat_map(|&(shift, _, count)| std::iter::repeat_n(shift, count));
    for ((&vertex, offset), shift) in layer.iter().zip(offsets).zip(shifts) {
        centre[vertex] = shift + offset;
    }
}

/// The left sides of the columns and their widths.
pub(crate) fn columns(layered: &Layered, room: &Room, centre: &[f64]) -> Vec<(f64, f64)> {
    let widest = |layer: &Vec<usize>| layer.iter().map(|&vertex| room.width[vertex]).fold(0.0, f64::max);
    let mut steepest = vec![0.0_f64; layered.layers.len()];
    for pair in layered.chains.iter().flat_map(|chain| chain.vertices.windows(2)) {
        let gap = &mut steepest[layered.vertices[pair[0]].layer];
        *gap = gap.max((centre[pair[0]] - centre[pair[1]]).abs());
    }
    let mut x = 0.0;
    let mut columns = Vec::with_capacity(layered.layers.len());
    for (layer, steep) in layered.layers.iter().zip(steepest) {
        let width = widest(layer);
        columns.push((x, width));
        // The steeper the arrows, the more room they need to turn.
        x += width + (10.0 + steep * 0.13).clamp(18.0, 60.0).round();
    }
    columns
}
