//! What a spec may cost to hold, so that a small file cannot become a large tree.

use super::{Node, NodeValue};

/// Levels of lists and maps inside each other, aliases expanded.
pub const MOST_DEPTH: usize = 64;
/// Keys and values in the tree, aliases and defaults expanded, anchors counted twice.
pub const MOST_NODES: usize = 400_000;
/// Bytes of text in the tree, after interpolation, aliases and defaults.
pub const MOST_TEXT: usize = 16 * 1024 * 1024;

/// What is left to spend on one spec, all its files together.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    nodes: usize,
    text: usize,
}

/// What a part of the tree costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cost {
    pub(crate) nodes: usize,
    pub(crate) text: usize,
    /// Levels inside, 0 for a scalar.
    pub(crate) depth: usize,
}

/// The budget is spent; reading stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exhausted {
    Nodes,
    Text,
}

impl Default for Budget {
    fn default() -> Self {
        Self { nodes: MOST_NODES, text: MOST_TEXT }
    }
}

impl Budget {
    pub(crate) fn spend(&mut self, nodes: usize, text: usize) -> Result<(), Exhausted> {
        self.nodes = self.nodes.checked_sub(nodes).ok_or(Exhausted::Nodes)?;
        self.text = self.text.checked_sub(text).ok_or(Exhausted::Text)?;
        Ok(())
    }

    /// How many values were made so far.
    pub(crate) fn nodes_made(&self) -> usize {
        MOST_NODES - self.nodes
    }
}

impl Exhausted {
    /// What there is too much of.
    pub(crate) fn text(self) -> String {
        match self {
            Self::Nodes => {
                format!("the spec holds more than {MOST_NODES} keys and values, aliases and defaults expanded")
            }
            Self::Text => format!(
                "the spec holds more than {} MiB of text, aliases and interpolation expanded",
                MOST_TEXT / 1024 / 1024
            ),
        }
    }
}

impl Node {
    /// What holding another copy of this costs. Recursion is bounded by [`MOST_DEPTH`].
    pub(crate) fn cost(&self) -> Cost {
        let children: &mut dyn Iterator<Item = (Option<&String>, &Node)> = match &self.value {
            NodeValue::Text(text) => return Cost { nodes: 1, text: text.value.len(), depth: 0 },
            NodeValue::List(items) => &mut items.iter().map(|item| (None, item)),
            NodeValue::Map(map) => &mut map.entries.iter().map(|entry| (Some(&entry.key), &entry.value)),
            _ => return Cost { nodes: 1, text: 0, depth: 0 },
        };
        let start = Cost { nodes: 1, text: 0, depth: 1 };
        children.fold(start, |sum, (key, child)| {
            let cost = child.cost();
            Cost {
                // To the parser a key is a value too.
                nodes: sum.nodes + usize::from(key.is_some()) + cost.nodes,
                text: sum.text + key.map_or(0, String::len) + cost.text,
                depth: sum.depth.max(cost.depth + 1),
            }
        })
    }
}
