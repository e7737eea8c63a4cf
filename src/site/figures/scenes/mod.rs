//! Step by step through what a lesson asks: what happens, and after each step what is where. All of it is told here;
//! the script shows it.

mod cluster;
mod message_types;
mod protocols;
mod queue_types;
mod redelivery;
mod replica;
mod replication;
mod roles;
mod segments;
mod settings;
mod stomp;
mod subscription;

pub(super) use cluster::cluster;
pub(super) use message_types::message_types;
pub(super) use protocols::protocols;
pub(super) use queue_types::queue_types;
pub(super) use redelivery::redelivery;
pub(super) use replica::replica;
pub(super) use replication::replication;
pub(super) use roles::roles;
pub(super) use segments::segments;
pub(super) use settings::settings;
pub(super) use stomp::stomp;
pub(super) use subscription::subscription;

use super::data::{Control, Sketch};
use super::scenarios::{Lane, Run, Scenarios, View};
use super::{Figure, FigureInput, FigureTable};
use crate::model::{BrokerModel, Resource};
use crate::site::model::Words;
use crate::site::text::visible;

/// A text and how it looks.
type Cell = (String, &'static str);

fn plain(text: impl Into<String>) -> Cell {
    (text.into(), "")
}

fn good(text: impl Into<String>) -> Cell {
    (text.into(), "good")
}

fn bad(text: impl Into<String>) -> Cell {
    (text.into(), "bad")
}

fn warn(text: impl Into<String>) -> Cell {
    (text.into(), "warn")
}

fn on(text: impl Into<String>) -> Cell {
    (text.into(), "on")
}

fn off(text: impl Into<String>) -> Cell {
    (text.into(), "off")
}

/// The lines of a frame of STOMP, its command first.
fn frame(lines: &[&str]) -> Vec<Cell> {
    lines.iter().enumerate().map(|(at, line)| if at == 0 { on(*line) } else { plain(*line) }).collect()
}

/// A run that is told sentence by sentence: rows that stay, cells that change.
struct Tale<'a> {
    words: &'a Words,
    rows: Vec<(String, Vec<Cell>)>,
    run: Run,
}

impl<'a> Tale<'a> {
    /// The rows with what they show before anything happens.
    fn new(words: &'a Words, rows: Vec<(String, Vec<Cell>)>) -> Self {
        let run = Run::new(view(&rows));
        Self { words, rows, run }
    }

    fn set(&mut self, row: usize, cells: Vec<Cell>) -> &mut Self {
        self.rows[row].1 = cells;
        self
    }

    /// What has happened, with the rows as they are now.
    fn say(&mut self, key: &str, values: &[(&str, &str)]) -> &mut Self {
        self.run.step(self.words.fill(key, values), view(&self.rows));
        self
    }
}

fn view(rows: &[(String, Vec<Cell>)]) -> View {
    rows.iter().map(|(name, cells)| Lane::new(name.clone(), cells.clone())).collect()
}

/// All runs of a figure. The first that is added is the one that it begins with.
#[derive(Default)]
struct Scene {
    model: Scenarios,
    first: Option<Run>,
}

impl Scene {
    fn add(&mut self, input: &[&str], run: Run) {
        self.model.add(input, &run);
        if self.first.is_none() {
            self.first = Some(run);
        }
    }

    fn finish(self, words: &Words, controls: Vec<Control>, title: String, about: String) -> Option<Figure> {
        let first = self.first?;
        let (steps, table) = (first.texts(), Some(table(&first, words)));
        let says = &["sim_scene_caption", "sim_scene_step"];
        Sketch { name: "scene", says, controls, model: self.model, steps, table }.finish(words, title, about)
    }
}

/// What the picture shows, step by step, for who reads the page without a script.
fn table(run: &Run, words: &Words) -> FigureTable {
    let mut head = vec![words.say("sim_scene_step")];
    head.extend(run.start.iter().map(|lane| lane.label().to_owned()));
    let rows = run.steps.iter().enumerate().map(|(at, (_, view))| {
        let mut row = vec![(at + 1).to_string()];
        row.extend(view.iter().map(Lane::text));
        row
    });
    FigureTable { caption: words.say("sim_scene_caption"), head, rows: rows.collect() }
}

/// The values with `first` in front, so that a figure begins with it.
fn beginning_with<T: PartialEq + Copy>(first: T, all: &[T]) -> Vec<T> {
    let mut found = vec![first];
    found.extend(all.iter().copied().filter(|one| *one != first));
    found
}

/// A value of a select that says of the reader's own that it is.
fn own_or(words: &Words, value: &str, own: Option<&str>) -> (String, String) {
    let label = if own == Some(value) { words.fill("sim_scene_own", &[("value", value)]) } else { value.to_owned() };
    (value.to_owned(), label)
}

/// What a node is called in the stack's network, where a broker has several.
fn node(broker: &BrokerModel, number: usize) -> String {
    format!("{}-{number}", visible(&broker.name))
}

/// `4 h 45 min 40 s`, without what is nothing.
fn time(seconds: u32) -> String {
    let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min"), (seconds % 60, "s")];
    let parts: Vec<String> = parts.iter().filter(|(n, _)| *n > 0).map(|(n, unit)| format!("{n} {unit}")).collect();
    if parts.is_empty() { "0 s".to_owned() } else { parts.join(" ") }
}

/// The same of milliseconds, where they are whole seconds.
fn time_of(milliseconds: i64) -> String {
    match u32::try_from(milliseconds / 1000) {
        Ok(seconds) if milliseconds % 1000 == 0 => time(seconds),
        _ => format!("{milliseconds} ms"),
    }
}

fn list(messages: &[u32]) -> String {
    messages.iter().map(|message| format!("m{message}")).collect::<Vec<_>>().join(", ")
}

impl FigureInput<'_> {
    /// The page's name for this, made visible, or what a sample is called.
    fn named(&self, key: &str, sample: &str) -> String {
        visible(&self.text(key).unwrap_or_else(|| sample.to_owned()))
    }

    fn other(&self, kind: &str, name: &str) -> Option<&Resource> {
        self.broker.of_kind(kind).find(|resource| resource.address.name == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_the_table_is_what_the_picture_shows_after_that_step() {
        let words = Words::of("en").unwrap();
        let mut tale = Tale::new(&words, vec![("a".to_owned(), vec![plain("m1")]), ("b".to_owned(), Vec::new())]);
        tale.say("sim_yes", &[]).set(0, Vec::new()).set(1, vec![good("m1"), bad("m2")]).say("sim_no", &[]);
        let table = table(&tale.run, &words);
        assert_eq!(table.head[1..], ["a", "b"]);
        assert_eq!(table.rows, [["1", "m1", "–"], ["2", "–", "m1 · m2"]]);
        assert_eq!(tale.run.texts(), ["yes", "no"]);
    }

    #[test]
    fn a_time_has_the_units_that_it_needs() {
        assert_eq!([0, 10, 60, 3600, 17_140].map(time), ["0 s", "10 s", "1 min", "1 h", "4 h 45 min 40 s"]);
        assert_eq!([604_800_000, 1500, -1].map(time_of), ["7 d", "1500 ms", "-1 ms"]);
    }

    #[test]
    fn a_figure_begins_with_the_first_value() {
        assert_eq!(beginning_with(2, &[1, 2, 3]), [2, 1, 3]);
        assert_eq!(beginning_with(7, &[1, 2]), [7, 1, 2]);
    }
}
