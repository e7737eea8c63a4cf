//! Figures with few inputs: everything that can happen is told in advance, and the script looks it up.

use std::collections::BTreeMap;

use serde::Serialize;

/// A row of the picture beside a step: a name, and cells with a text and how they look.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Lane {
    label: String,
    cells: Vec<(String, &'static str)>,
}

impl Lane {
    pub(super) fn new(label: impl Into<String>, cells: impl IntoIterator<Item = (String, &'static str)>) -> Self {
        Self { label: label.into(), cells: cells.into_iter().collect() }
    }

    pub(super) fn label(&self) -> &str {
        &self.label
    }

    /// All cells in one; the script does it in the same way.
    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.cells.iter().map(|(text, _)| text.as_str()).collect();
        if texts.is_empty() { "–".to_owned() } else { texts.join(" · ") }
    }
}

pub(super) type View = Vec<Lane>;

/// What happens with one input: the picture before, and each step with the picture after it.
#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) start: View,
    pub(super) steps: Vec<(String, View)>,
}

impl Run {
    pub(super) fn new(start: View) -> Self {
        Self { start, steps: Vec::new() }
    }

    pub(super) fn step(&mut self, text: String, view: View) {
        self.steps.push((text, view));
    }

    pub(super) fn texts(&self) -> Vec<String> {
        self.steps.iter().map(|(text, _)| text.clone()).collect()
    }
}

/// Runs by the values of the controls. Sentences and pictures that occur in several are there once.
#[derive(Clone, Debug, Default, Serialize)]
pub(super) struct Scenarios {
    texts: Vec<String>,
    views: Vec<View>,
    runs: BTreeMap<String, (usize, Vec<(usize, usize)>)>,
}

impl Scenarios {
    pub(super) fn add(&mut self, input: &[&str], run: &Run) {
        let start = place(&mut self.views, &run.start);
        let steps = run.steps.iter().map(|(text, view)| (place(&mut self.texts, text), place(&mut self.views, view)));
        let steps = steps.collect();
        self.runs.insert(input.join("|"), (start, steps));
    }
}

fn place<T: Clone + PartialEq>(all: &mut Vec<T>, one: &T) -> usize {
    all.iter().position(|known| known == one).unwrap_or_else(|| {
        all.push(one.clone());
        all.len() - 1
    })
}
