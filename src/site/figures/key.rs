//! From a key to a partition, by two families of clients.

use serde::Serialize;

use super::data::{Control, Sketch};
use super::{Figure, FigureInput, FigureTable};
use crate::sim::keys::Client;
use crate::site::model::Words;
use crate::site::text::visible;

const SAYS: &[&str] = &[
    "sim_key_bytes",
    "sim_key_hash",
    "sim_key_partition",
    "sim_key_none",
    "sim_key_other_same",
    "sim_key_other_differs",
    "sim_key_other_none",
    "sim_key_more_same",
    "sim_key_more_moves",
    "sim_key_lane",
    "sim_key_any",
    "sim_key_caption",
    "sim_key",
    "sim_key_java",
    "sim_key_librdkafka",
    "sim_key_more",
];
/// Beside the reader's own.
const KEYS: [&str; 5] = ["order-1", "order-2", "order-3", "order-4", "order-5"];

#[derive(Serialize)]
struct Model {
    topic: String,
    keys: [&'static str; 5],
}

pub(super) fn key_partition(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let topic = visible(&input.text("topic").unwrap_or_else(|| "orders".to_owned()));
    let partitions = input.number("topic_partitions").unwrap_or(6).max(1);
    let (key, client) = ("customer-42", Client::Java);
    let clients = Client::ALL.map(|client| (client.name().to_owned(), words.say(family(client))));
    let controls = vec![
        Control::text("key", words.say("sim_key"), key),
        Control::range("partitions", words.say("sim_partitions"), partitions, (1, partitions.max(24))),
        Control::select("client", words.say("sim_key_client"), clients.to_vec(), client.name()),
    ];
    let title = words.fill("sim_key_title", &[("topic", &topic)]);
    let about = words.say("sim_key_about");
    let steps = steps(key, partitions, client, words);
    let table = Some(table(key, partitions, &topic, words));
    let model = Model { topic, keys: KEYS };
    Sketch { name: "key-partition", says: SAYS, controls, model, steps, table }.finish(words, title, about)
}

fn family(client: Client) -> &'static str {
    match client {
        Client::Java => "sim_key_java",
        Client::Librdkafka => "sim_key_librdkafka",
    }
}

fn function(client: Client) -> &'static str {
    match client {
        Client::Java => "murmur2",
        Client::Librdkafka => "CRC32",
    }
}

fn steps(key: &str, partitions: u32, client: Client, words: &Words) -> Vec<String> {
    let bytes = key.as_bytes();
    let count = partitions.to_string();
    let mut steps = vec![words.fill("sim_key_bytes", &[("key", &visible(key)), ("n", &bytes.len().to_string())])];
    let own = client.partition(bytes, partitions);
    let hash = client.hash(bytes).to_string();
    match own {
        Some(own) => {
            let hashed = [("client", &*words.say(family(client))), ("function", function(client)), ("hash", &hash)];
            steps.push(words.fill("sim_key_hash", &hashed));
            let cut = [("hash", &*hash), ("partitions", &count), ("partition", &own.to_string())];
            steps.push(words.fill("sim_key_partition", &cut));
        }
        None => steps.push(words.fill("sim_key_none", &[("client", &words.say(family(client)))])),
    }
    let other = if client == Client::Java { Client::Librdkafka } else { Client::Java };
    let name = words.say(family(other));
    steps.push(match other.partition(bytes, partitions) {
        None => words.fill("sim_key_other_none", &[("client", &name)]),
        found => {
            let form = if found == own { "sim_key_other_same" } else { "sim_key_other_differs" };
            let hash = other.hash(bytes).to_string();
            let partition = found.unwrap_or_default().to_string();
            let values =
                [("client", &*name), ("function", function(other)), ("hash", &hash), ("partition", &partition)];
            words.fill(form, &values)
        }
    });
    if let (Some(own), Some(moved)) = (own, client.partition(bytes, partitions + 1)) {
        let form = if own == moved { "sim_key_more_same" } else { "sim_key_more_moves" };
        let more = (partitions + 1).to_string();
        let values = [("hash", &*hash), ("partitions", &more), ("partition", &moved.to_string())];
        steps.push(words.fill(form, &values));
    }
    steps
}

fn table(key: &str, partitions: u32, topic: &str, words: &Words) -> FigureTable {
    let more = (partitions + 1).to_string();
    let cell = |partition: Option<u32>| partition.map_or_else(|| words.say("sim_key_any"), |found| found.to_string());
    let row = |key: &str| {
        let bytes = key.as_bytes();
        vec![
            visible(key),
            cell(Client::Java.partition(bytes, partitions)),
            cell(Client::Librdkafka.partition(bytes, partitions)),
            cell(Client::Java.partition(bytes, partitions + 1)),
        ]
    };
    FigureTable {
        caption: words.fill("sim_key_caption", &[("topic", topic), ("n", &partitions.to_string())]),
        head: vec![
            words.say("sim_key"),
            words.say("sim_key_java"),
            words.say("sim_key_librdkafka"),
            words.fill("sim_key_more", &[("n", &more)]),
        ],
        rows: std::iter::once(key).chain(KEYS).map(row).collect(),
    }
}
