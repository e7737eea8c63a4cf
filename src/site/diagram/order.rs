//! The order within each layer: barycentre sweeps, then exchanges of neighbours, with few crossings as the goal.

use super::layers::Layered;

const SWEEPS: usize = 16;

/// Orders every layer. Ties keep the order that the sorted keys gave, so small edits move little.
pub(crate) fn order(layered: &mut Layered) {
    let (left, right) = layered.neighbours();
    let mut position = vec![0; layered.vertices.len()];
    seed(layered, &right, &mut position);
    let mut best = layered.layers.clone();
    let mut fewest = crossings(&best, &right, &mut position);
    for sweep in 0..SWEEPS {
        if fewest == 0 {
            break;
        }
        let last = layered.layers.len() - 1;
        for step in 0..=last {
            let (layer, side) = if sweep % 2 == 0 { (step, &left) } else { (last - step, &right) };
            by_barycentre(&mut layered.layers[layer], side, sweep / 2 % 2 == 1, &mut position);
        }
        exchange_neighbours(&mut layered.layers, &left, &right, &mut position);
        let now = crossings(&layered.layers, &right, &mut position);
        if now < fewest {
            fewest = now;
            best.clone_from(&layered.layers);
        }
    }
    layered.layers = best;
}

/// The first order: a walk from the left along the arrows keeps together what belongs together.
fn seed(layered: &mut Layered, right: &[Vec<usize>], position: &mut [usize]) {
    let mut seen = vec![false; layered.vertices.len()];
    let mut layers = vec![Vec::new(); layered.layers.len()];
    let starts: Vec<usize> = layered.layers.iter().flatten().copied().collect();
    for start in starts {
        let mut stack = vec![start];
        while let Some(vertex) = stack.pop() {
            if std::mem::replace(&mut seen[vertex], true) {
                continue;
            }
            layers[layered.vertices[vertex].layer].push(vertex);
            stack.extend(right[vertex].iter().rev().copied().filter(|&next| !seen[next]));
        }
    }
    layered.layers = layers;
    for layer in &layered.layers {
        settle(layer, position);
    }
}

fn settle(layer: &[usize], position: &mut [usize]) {
    for (at, &vertex) in layer.iter().enumerate() {
        position[vertex] = at;
    }
}

#[expect(clippy::cast_precision_loss, reason = "positions are small")]
fn by_barycentre(layer: &mut [usize], side: &[Vec<usize>], turn_ties: bool, position: &mut [usize]) {
    let centre = |vertex: usize| {
        let others = &side[vertex];
        if others.is_empty() {
            return position[vertex] as f64;
        }
        others.iter().map(|&other| position[other] as f64).sum::<f64>() / others.len() as f64
    };
    let mut keyed: Vec<(f64, usize)> = layer.iter().map(|&vertex| (centre(vertex), vertex)).collect();
    if turn_ties {
        // Two that want the same place may hide a better order: every other pair of sweeps tries it.
        keyed.reverse();
    }
    keyed.sort_by(|one, two| one.0.total_cmp(&two.0));
    for (slot, (_, vertex)) in layer.iter_mut().zip(keyed) {
        *slot = vertex;
    }
    settle(layer, position);
}

/// Swaps two neighbours wherever that alone takes crossings away, until nothing is gained.
fn exchange_neighbours(layers: &mut [Vec<usize>], left: &[Vec<usize>], right: &[Vec<usize>], position: &mut [usize]) {
    for _ in 0..8 {
        let mut gained = false;
        for layer in &mut *layers {
            for at in 1..layer.len() {
                let (upper, lower) = (layer[at - 1], layer[at]);
                let count = |one: usize, two: usize| {
                    between(&left[one], &left[two], position) + between(&right[one], &right[two], position)
                };
                if count(lower, upper) < count(upper, lower) {
                    layer.swap(at - 1, at);
                    position.swap(upper, lower);
                    gained = true;
                }
            }
        }
        if !gained {
            break;
        }
    }
}

/// Crossings of the arrows of two neighbours in this order.
fn between(upper: &[usize], lower: &[usize], position: &[usize]) -> usize {
    let below = |one: usize| lower.iter().filter(|&&two| position[two] < position[one]).count();
    upper.iter().map(|&one| below(one)).sum()
}

/// All crossings, counted as inversions with a binary indexed tree.
fn crossings(layers: &[Vec<usize>], right: &[Vec<usize>], position: &mut [usize]) -> usize {
    for layer in layers {
        settle(layer, position);
    }
    let mut total = 0;
    for (layer, next) in layers.iter().zip(layers.iter().skip(1)) {
        let mut tree = vec![0_usize; next.len() + 1];
        let mut seen = 0;
        for &vertex in layer {
            let mut ends: Vec<usize> = right[vertex].iter().map(|&end| position[end]).collect();
            ends.sort_unstable();
            for &end in &ends {
                total += seen - prefix(&tree, end + 1);
            }
            for end in ends {
                seen += 1;
                let mut at = end + 1;
                while at < tree.len() {
                    tree[at] += 1;
                    at += at & at.wrapping_neg();
                }
            }
        }
    }
    total
}

fn prefix(tree: &[usize], mut at: usize) -> usize {
    let mut sum = 0;
    while at > 0 {
        sum += tree[at];
        at &= at - 1;
    }
    sum
}
