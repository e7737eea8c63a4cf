//! A message that fails at every try on ActiveMQ: what the client repeats, what the broker repeats, where it ends.

use super::{Control, Figure, FigureInput, Resource, Run, Scene, Tale, Words, bad, beginning_with, good, off, plain};
use super::{time_of, visible, warn};
use crate::model::Value;
use crate::sim::pattern::matches;
use crate::sim::redelivery::Layers;

/// More rounds than this are told as "and so on".
const TOLD: u32 = 6;
/// What the clients repeat by themselves.
const CLIENTS: [(&str, &str, u32); 3] =
    [("java", "sim_redel_java", 6), ("java0", "sim_redel_java_none", 0), ("stomp", "sim_redel_stomp", 0)];
const SEEN: usize = 0;
const CLIENT: usize = 1;
const BROKER: usize = 2;
const QUEUE: usize = 3;
const DEAD: usize = 4;

struct Stage<'a> {
    queue: String,
    consumer: String,
    dead: String,
    /// Of the broker, in milliseconds.
    delay: i64,
    words: &'a Words,
}

pub(in crate::site::figures) fn redelivery(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let queue = input.named("queue", "invoices.retry");
    let policy = policy_of(input, &queue);
    let own = |name: &str| policy.and_then(|policy| policy.attribute(name));
    let most = own("max_redeliveries").and_then(Value::as_i64).and_then(|most| u32::try_from(most).ok());
    let most = most.filter(|most| (1..=100).contains(most));
    let stage = Stage {
        consumer: input.named("consumer", "again"),
        dead: own("dead_letter").and_then(Value::as_text).map_or_else(|| "ActiveMQ.DLQ".to_owned(), visible),
        delay: own("redelivery_delay").and_then(Value::as_i64).unwrap_or(if most.is_some() { 1000 } else { 10_000 }),
        queue,
        words,
    };
    let limits = [0, most.unwrap_or(5)];
    let first = most.unwrap_or(0);
    let mut scene = Scene::default();
    for (client, _, repeats) in CLIENTS {
        for broker in beginning_with(first, &limits) {
            scene.add(&[client, &broker.to_string()], stage.run(client == "stomp", Layers { client: repeats, broker }));
        }
    }
    let clients = CLIENTS.map(|(client, key, _)| (client.to_owned(), words.say(key))).to_vec();
    let limits = limits.map(|limit| {
        let key = if limit == 0 { "sim_redel_no_policy" } else { "sim_redel_policy" };
        (limit.to_string(), words.fill(key, &[("n", &limit.to_string())]))
    });
    let controls = vec![
        Control::select("client", words.say("sim_redel_client"), clients, CLIENTS[0].0),
        Control::select("broker", words.say("sim_redel_broker"), limits.to_vec(), &first.to_string()),
    ];
    let title = words.fill("sim_redel_title", &[("queue", &stage.queue)]);
    scene.finish(words, controls, title, words.say("sim_redel_about"))
}

/// The queue's own policy, else the one of the longest pattern that it fits; `>` is what a `#` is elsewhere.
pub(super) fn policy_of<'a>(input: &'a FigureInput<'_>, queue: &str) -> Option<&'a Resource> {
    let fits = |policy: &&Resource| {
        policy.address.name.strip_prefix("queue/").is_some_and(|pattern| matches(&pattern.replace('>', "#"), queue))
    };
    let by_pattern = || input.broker.of_kind("policy").filter(fits).max_by_key(|policy| policy.address.name.len());
    input.other("policy", &format!("queue/{queue}")).or_else(by_pattern)
}

impl Stage<'_> {
    fn run(&self, is_stomp: bool, layers: Layers) -> Run {
        let words = self.words;
        let rows = [
            words.fill("sim_redel_lane_seen", &[("consumer", &self.consumer)]),
            words.say("sim_redel_lane_client"),
            words.say("sim_redel_lane_broker"),
            self.queue.clone(),
            self.dead.clone(),
        ];
        let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
        let most = [("queue", self.queue.as_str()), ("consumer", &self.consumer), ("n", &layers.broker.to_string())];
        tale.set(SEEN, vec![plain("0")]).set(QUEUE, vec![good("m1")]);
        tale.set(CLIENT, vec![plain(format!("0 / {}", layers.client))]);
        tale.set(BROKER, vec![plain(format!("0 / {}", layers.broker))]);
        tale.say("sim_redel_begin", &most);
        let mut before = 0;
        for round in 0..=layers.broker {
            let is_told = layers.broker <= TOLD || round < 2 || round == layers.broker;
            if is_told {
                if round > before + 1 {
                    tale.say("sim_redel_so_on", &most);
                }
                self.round(&mut tale, is_stomp, layers, round);
                before = round;
            }
        }
        let total = layers.deliveries().to_string();
        let key = if layers.deliveries() == 1 { "sim_redel_end_one" } else { "sim_redel_end" };
        tale.say(key, &[("total", &total), ("dead", &self.dead)]);
        tale.run
    }

    fn round(&self, tale: &mut Tale<'_>, is_stomp: bool, layers: Layers, round: u32) {
        let seen = (layers.of_a_round() * (round + 1)).to_string();
        let (client, number) = (layers.client.to_string(), (round + 1).to_string());
        let (most, delay) = (layers.broker.to_string(), time_of(self.delay));
        let values = [
            ("queue", self.queue.as_str()),
            ("consumer", &self.consumer),
            ("seen", &seen),
            ("client", &client),
            ("n", &number),
            ("most", &most),
            ("delay", &delay),
            ("dead", &self.dead),
        ];
        let key = match (is_stomp, layers.client) {
            (true, _) => "sim_redel_nack",
            (false, 0) => "sim_redel_fails",
            (false, _) => "sim_redel_repeats",
        };
        tale.set(SEEN, vec![warn(&seen)]).set(CLIENT, vec![warn(format!("{client} / {client}"))]).say(key, &values);
        if round < layers.broker {
            tale.set(CLIENT, vec![plain(format!("0 / {client}"))]);
            tale.set(BROKER, vec![warn(format!("{number} / {most}"))]).set(QUEUE, vec![off("m1")]);
            tale.say("sim_redel_scheduled", &values).set(QUEUE, vec![good("m1")]);
        } else {
            tale.set(QUEUE, Vec::new()).set(DEAD, vec![bad("m1")]);
            tale.say(if layers.broker == 0 { "sim_redel_poison" } else { "sim_redel_used_up" }, &values);
        }
    }
}
