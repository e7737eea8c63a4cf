//! From a message to a queue of a RocketMQ topic.

use serde::Serialize;

use super::data::{Control, Sketch};
use super::{Figure, FigureInput, FigureTable};
use crate::sim::hashes::string_hash;
use crate::sim::queues::{by_message_group, by_sharding_key};
use crate::site::model::Words;
use crate::site::text::visible;

const SAYS: &[&str] = &[
    "sim_select_round",
    "sim_select_turn",
    "sim_select_unordered",
    "sim_select_key_hash",
    "sim_select_group_hash",
    "sim_select_queue",
    "sim_select_bucket",
    "sim_select_same",
    "sim_select_more_same",
    "sim_select_more_moves",
    "sim_select_lane",
    "sim_select_caption",
    "sim_select_key",
    "sim_select_sharding",
    "sim_select_group",
];
const KEYS: [&str; 5] = ["order-1", "order-2", "order-3", "order-4", "order-5"];
/// Messages that take turns.
const MESSAGES: u32 = 5;

#[derive(Serialize)]
struct Model {
    topic: String,
    keys: [&'static str; 5],
    messages: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Group,
    Sharding,
    Round,
}

impl Way {
    const ALL: [Self; 3] = [Self::Group, Self::Sharding, Self::Round];

    fn name(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Sharding => "sharding",
            Self::Round => "round",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Group => "sim_select_way_group",
            Self::Sharding => "sim_select_way_sharding",
            Self::Round => "sim_select_way_round",
        }
    }
}

pub(super) fn queue_selection(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let topic = visible(&input.text("topic").unwrap_or_else(|| "orders".to_owned()));
    let queues = input.number("topic_write_queues").unwrap_or(4).max(1);
    let own = input.object("topic").and_then(|topic| topic.attribute("message_type")?.as_text());
    let fifo = own.is_some_and(|kind| kind.eq_ignore_ascii_case("fifo"));
    let (key, way) = ("customer-42", if fifo { Way::Group } else { Way::Round });
    let ways = Way::ALL.map(|way| (way.name().to_owned(), words.say(way.word())));
    let controls = vec![
        Control::select("way", words.say("sim_select_way"), ways.to_vec(), way.name()),
        Control::text("key", words.say("sim_select_key"), key),
        Control::range("queues", words.say("sim_select_queues"), queues, (1, queues.max(16))),
    ];
    let steps = steps(way, key, queues, &topic, words);
    let table = Some(table(key, queues, &topic, words));
    let title = words.fill("sim_select_title", &[("topic", &topic)]);
    let about = words.say("sim_select_about");
    let model = Model { topic, keys: KEYS, messages: MESSAGES };
    Sketch { name: "queue-selection", says: SAYS, controls, model, steps, table }.finish(words, title, about)
}

fn queue(way: Way, key: &str, queues: u32) -> Option<u32> {
    if way == Way::Group { by_message_group(key, queues) } else { by_sharding_key(key, queues) }
}

fn steps(way: Way, key: &str, queues: u32, topic: &str, words: &Words) -> Vec<String> {
    let count = queues.to_string();
    if way == Way::Round {
        let mut steps = vec![words.fill("sim_select_round", &[("topic", topic), ("n", &count)])];
        steps.extend((0..MESSAGES).map(|number| {
            let (message, queue) = (format!("m{}", number + 1), (number % queues).to_string());
            words.fill("sim_select_turn", &[("message", &message), ("queue", &queue)])
        }));
        steps.push(words.say("sim_select_unordered"));
        return steps;
    }
    let hash = string_hash(key).cast_signed().to_string();
    let (form, leads) = match way {
        Way::Group => ("sim_select_group_hash", "sim_select_bucket"),
        Way::Sharding | Way::Round => ("sim_select_key_hash", "sim_select_queue"),
    };
    let Some(own) = queue(way, key, queues) else { return Vec::new() };
    let number = own.to_string();
    let mut steps = vec![words.fill(form, &[("key", &visible(key)), ("hash", &hash)])];
    steps.push(words.fill(leads, &[("hash", &hash), ("n", &count), ("queue", &number)]));
    steps.push(words.fill("sim_select_same", &[("key", &visible(key)), ("queue", &number)]));
    if let Some(moved) = queue(way, key, queues + 1) {
        let form = if moved == own { "sim_select_more_same" } else { "sim_select_more_moves" };
        steps.push(words.fill(form, &[("n", &(queues + 1).to_string()), ("queue", &moved.to_string())]));
    }
    steps
}

fn table(key: &str, queues: u32, topic: &str, words: &Words) -> FigureTable {
    let cell = |way: Way, key: &str| queue(way, key, queues).map_or_else(String::new, |queue| queue.to_string());
    let row = |key: &str| vec![visible(key), cell(Way::Group, key), cell(Way::Sharding, key)];
    FigureTable {
        caption: words.fill("sim_select_caption", &[("topic", topic), ("n", &queues.to_string())]),
        head: vec![words.say("sim_select_key"), words.say("sim_select_group"), words.say("sim_select_sharding")],
        rows: std::iter::once(key).chain(KEYS).map(row).collect(),
    }
}
