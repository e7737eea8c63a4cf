//! What a picture shows, before anything has a place.

/// Nodes and the arrows between them. The order of both carries no meaning: drawing sorts by key.
#[derive(Clone, Debug, Default)]
pub(crate) struct Graph {
    pub nodes: Vec<Node>,
    pub edges: Vec<Edge>,
}

/// One thing in a picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Node {
    /// Unique and stable: it breaks ties, so that a small edit moves little.
    pub key: String,
    /// The name. Long ones are shortened in the middle; the full one stays as the tooltip.
    pub label: String,
    /// A short second line.
    pub caption: String,
    /// Short marks beside the caption: `D`, `quorum`.
    pub badges: Vec<String>,
    pub look: Look,
    /// Where a click leads, relative to the page.
    pub href: Option<String>,
    /// The one that the page is about.
    pub focus: bool,
}

/// The form of a node: form and letter tell the kind, colour only repeats it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// A pill: a program.
    App,
    /// A hexagon with the letter of its type.
    Exchange(char),
    /// A stack of sheets.
    Queue,
    /// A log, cut into this many partitions; 0 where the file does not say.
    Topic(u32),
    /// Something of the broker's own or of a kind without a form.
    Plain,
    /// Several of one kind, by the class of its form.
    Group(&'static str),
}

/// An arrow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edge {
    /// Index in [`Graph::nodes`].
    pub from: usize,
    pub to: usize,
    /// Binding keys and the like. Drawing sorts them, shows the first and counts the rest.
    pub labels: Vec<String>,
    pub style: Style,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Style {
    /// An app writes.
    Produce,
    /// An app reads.
    Consume,
    Binding,
    /// Exchange to exchange: a double line.
    ExchangeBinding,
    /// Dashed.
    DeadLetter,
    /// Dotted.
    Alternate,
    /// Thick.
    Forward,
}

impl Style {
    /// The class in the picture and the key of its text in the legend.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Produce => "produce",
            Self::Consume => "consume",
            Self::Binding => "binding",
            Self::ExchangeBinding => "exchange-binding",
            Self::DeadLetter => "dead-letter",
            Self::Alternate => "alternate",
            Self::Forward => "forward",
        }
    }
}

impl Graph {
    /// One arrow per pair and style, with the labels of all that were parallel, sorted and each once.
    /// What goes from a node to itself becomes one arrow, in the first of its styles.
    pub(crate) fn merge_parallel(&mut self) {
        let mut merged: std::collections::BTreeMap<(usize, usize, Style), Vec<String>> =
            std::collections::BTreeMap::new();
        self.edges.sort_by_key(|edge| edge.style);
        let mut loops = std::collections::BTreeMap::new();
        for mut edge in self.edges.drain(..) {
            if edge.from == edge.to {
                edge.style = *loops.entry(edge.from).or_insert(edge.style);
            }
            merged.entry((edge.from, edge.to, edge.style)).or_default().extend(edge.labels);
        }
        self.edges = merged
            .into_iter()
            .map(|((from, to, style), mut labels)| {
                labels.retain(|label| !label.is_empty());
                labels.sort();
                labels.dedup();
                Edge { from, to, labels, style }
            })
            .collect();
    }
}
