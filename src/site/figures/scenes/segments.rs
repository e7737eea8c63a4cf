//! What a Kafka topic keeps, file by file.

use super::{Cell, Control, Figure, FigureInput, Run, Scene, View, Words, bad, beginning_with, good, off, on, plain};
use super::{time_of, visible, warn};
use crate::model::{Resource, Value};
use crate::sim::segments::{Event, Frame, Message, Segment, State, compaction, deletion};
use crate::site::figures::scenarios::Lane;

const POLICIES: [&str; 2] = ["delete", "compact"];
/// In milliseconds: what a topic has that says nothing.
const WEEK: i64 = 604_800_000;

pub(in crate::site::figures) fn segments(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let name = input.named("topic", "orders");
    let own = input.object("topic");
    let text = |resource: &Resource, key: &str| resource.attribute(key).map(plainly);
    let is_compacted =
        |resource: &Resource| text(resource, "config.cleanup.policy").is_some_and(|policy| policy.contains("compact"));
    let compacted = own
        .filter(|topic| is_compacted(topic))
        .or_else(|| input.broker.of_kind("topic").find(|topic| is_compacted(topic)));
    let table = compacted.map_or_else(|| name.clone(), |topic| visible(&topic.address.name));
    let retention = own.and_then(|topic| text(topic, "config.retention.ms")?.parse::<i64>().ok());
    let retention = time_of(retention.filter(|own| *own > 0).unwrap_or(WEEK));
    let first = if own.is_some_and(is_compacted) { "compact" } else { "delete" };
    let mut scene = Scene::default();
    for policy in beginning_with(first, &POLICIES) {
        let (topic, frames) = if policy == "compact" { (&table, compaction()) } else { (&name, deletion()) };
        let stage = Stage { topic, retention: &retention, compacts: policy == "compact", words };
        scene.add(&[policy], stage.run(&frames));
    }
    let options = POLICIES.map(|policy| (policy.to_owned(), policy.to_owned())).to_vec();
    let controls = vec![Control::select("policy", "cleanup.policy".to_owned(), options, first)];
    let title = words.fill("sim_seg_title", &[("topic", &name)]);
    scene.finish(words, controls, title, words.say("sim_seg_about"))
}

fn plainly(value: &Value) -> String {
    visible(value.as_text().unwrap_or(&value.to_string()))
}

struct Stage<'a> {
    topic: &'a str,
    retention: &'a str,
    compacts: bool,
    words: &'a Words,
}

impl Stage<'_> {
    fn run(&self, frames: &[Frame]) -> Run {
        let words = self.words;
        let mut run = Run::new(self.view(&frames[0]));
        for (at, frame) in frames.iter().enumerate() {
            run.step(self.sentence(frame, at == 0), self.view(frame));
        }
        let last = if self.compacts { "sim_seg_compact_end" } else { "sim_seg_delete_end" };
        run.step(words.fill(last, &[("topic", self.topic)]), self.view(&frames[frames.len() - 1]));
        run
    }

    fn sentence(&self, frame: &Frame, first: bool) -> String {
        let words = self.words;
        match frame.event {
            Event::Written(..) if first => {
                let key = if self.compacts { "sim_seg_compact_begin" } else { "sim_seg_delete_begin" };
                words.fill(key, &[("topic", self.topic), ("retention", self.retention)])
            }
            Event::Written(from, to) => {
                let values = [("from", &*from.to_string()), ("to", &to.to_string())];
                words.fill(if self.compacts { "sim_seg_closes" } else { "sim_seg_written" }, &values)
            }
            Event::TooOld(offset) => words.fill("sim_seg_old", &[("offset", &offset.to_string())]),
            Event::Deleted(base) => words.fill("sim_seg_deleted", &[("base", &base.to_string())]),
            Event::Cleaned if frame.segments.iter().any(|segment| segment.state == State::Absent) => {
                words.say("sim_seg_cleaned")
            }
            Event::Cleaned => words.say("sim_seg_cleaned_again"),
            Event::CleanedTombstones => words.say("sim_seg_tombstones"),
            Event::Read => words.say("sim_seg_read"),
        }
    }

    fn view(&self, frame: &Frame) -> View {
        frame.segments.iter().map(|segment| self.lane(segment)).collect()
    }

    fn lane(&self, segment: &Segment) -> Lane {
        let words = self.words;
        let state: Option<Cell> = match segment.state {
            State::Absent => None,
            State::Open => Some(on(words.say("sim_seg_open"))),
            State::Closed => Some(plain(words.say("sim_seg_closed"))),
            State::Deleted => Some(bad(words.say("sim_seg_gone"))),
        };
        let cells = state.into_iter().chain(segment.messages.iter().map(|message| self.message(message)));
        Lane::new(words.fill("sim_seg_lane", &[("base", &segment.base.to_string())]), cells)
    }

    fn message(&self, message: &Message) -> Cell {
        let offset = message.offset;
        match (self.compacts, message.value) {
            (true, Some(value)) => good(format!("{offset}: {}={value}", message.key)),
            (true, None) => off(format!("{offset}: {}=∅", message.key)),
            (false, _) if message.age > 100 => warn(format!("{offset}: {} %", message.age)),
            (false, _) => good(format!("{offset}: {} %", message.age)),
        }
    }
}
