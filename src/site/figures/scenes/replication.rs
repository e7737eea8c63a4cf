//! Copies of a Kafka partition, `acks`, and the minimum in sync.

use super::{
    Cell, Control, Figure, FigureInput, Run, Scene, View, Words, bad, beginning_with, good, list, node, off, on,
};
use super::{own_or, plain, warn};
use crate::model::Value;
use crate::sim::replication::{Answer, Event, Frame, Setup, story};
use crate::site::figures::scenarios::Lane;

const NUMBERS: [usize; 3] = [1, 2, 3];

struct Stage<'a> {
    topic: &'a str,
    nodes: &'a [String],
    words: &'a Words,
}

pub(in crate::site::figures) fn replication(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let topic = input.named("topic", "orders");
    let attribute = |name: &str| input.object("topic").and_then(|topic| number(topic.attribute(name)?));
    let own = attribute("replication_factor");
    let minimum = attribute("config.min.insync.replicas");
    // One copy has little to tell: then the figure begins as the lesson asks.
    let first = own.filter(|copies| (2..=3).contains(copies)).unwrap_or(3);
    let least = minimum.filter(|least| NUMBERS.contains(least) && own == Some(first)).unwrap_or(2);
    let nodes: Vec<String> = NUMBERS.iter().map(|number| node(input.broker.model, *number)).collect();
    let stage = Stage { topic: &topic, nodes: &nodes, words };
    let mut scene = Scene::default();
    for copies in beginning_with(first, &NUMBERS) {
        for minimum in beginning_with(least, &NUMBERS) {
            for acks in ["all", "1"] {
                let run = stage.run(Setup { copies, minimum, all: acks == "all" });
                scene.add(&[&copies.to_string(), &minimum.to_string(), acks], run);
            }
        }
    }
    let own = own.map(|own| own.to_string());
    let minimum = minimum.map(|own| own.to_string());
    let numbers = |own: Option<&str>| NUMBERS.map(|number| own_or(words, &number.to_string(), own)).to_vec();
    let acks = ["all", "1"].map(|acks| (acks.to_owned(), acks.to_owned())).to_vec();
    let controls = vec![
        Control::select("copies", words.say("sim_repl_copies"), numbers(own.as_deref()), &first.to_string()),
        Control::select("minimum", "min.insync.replicas".to_owned(), numbers(minimum.as_deref()), &least.to_string()),
        Control::select("acks", "acks".to_owned(), acks, "all"),
    ];
    let title = words.fill("sim_repl_title", &[("topic", &topic)]);
    scene.finish(words, controls, title, words.say("sim_repl_about"))
}

/// What Kafka says of itself may be a text.
fn number(value: &Value) -> Option<usize> {
    match value {
        Value::Text(text) => text.parse().ok(),
        value => usize::try_from(value.as_i64()?).ok(),
    }
}

impl Stage<'_> {
    fn run(&self, setup: Setup) -> Run {
        let frames = story(setup);
        let mut run = Run::new(self.view(&frames[0]));
        for frame in &frames {
            run.step(self.sentence(setup, frame), self.view(frame));
        }
        run
    }

    fn node(&self, number: usize) -> &str {
        self.nodes.get(number - 1).map_or("", String::as_str)
    }

    fn sentence(&self, setup: Setup, frame: &Frame) -> String {
        let words = self.words;
        let in_sync = frame.in_sync.len().to_string();
        let (copies, minimum) = (setup.copies.to_string(), setup.minimum.to_string());
        let acks = if setup.all { "all" } else { "1" };
        let leader = frame.leader.map(|leader| self.node(leader)).unwrap_or_default();
        let first = self.node(1);
        let say = |key: &str, more: &[(&str, &str)]| {
            let known = [("topic", self.topic), ("copies", copies.as_str()), ("minimum", minimum.as_str())];
            let known = known.into_iter().chain([("in_sync", in_sync.as_str()), ("acks", acks), ("leader", leader)]);
            words.fill(key, &known.chain(more.iter().copied()).collect::<Vec<_>>())
        };
        let sent = |messages: &[u32], answer: Answer, again: bool| {
            let key = match (answer, setup.all) {
                (Answer::Stored, true) => "sim_repl_stored_all",
                (Answer::Stored, false) => "sim_repl_stored_one",
                (Answer::Unseen, _) => "sim_repl_unseen",
                (Answer::Refused, _) => "sim_repl_refused",
            };
            let key = if again && answer == Answer::Stored { "sim_repl_again" } else { key };
            say(key, &[("list", &list(messages))])
        };
        match &frame.event {
            Event::Begins if setup.copies == 1 => say("sim_repl_begin_one", &[]),
            Event::Begins => say("sim_repl_begin", &[]),
            Event::Sent(messages, answer) => sent(messages, *answer, false),
            Event::SentAgain(messages, answer) => sent(messages, *answer, true),
            Event::FallsBehind(number) => say("sim_repl_behind", &[("node", self.node(*number))]),
            Event::CatchUp => say("sim_repl_catch_up", &[]),
            Event::LeaderDies(None) => say("sim_repl_dies", &[("node", first)]),
            Event::LeaderDies(Some(message)) => {
                let key = if setup.all { "sim_repl_dies_unanswered" } else { "sim_repl_dies_answered" };
                say(key, &[("node", first), ("message", &list(&[*message]))])
            }
            Event::Elected(_, None) => say("sim_repl_elected", &[]),
            Event::Elected(_, Some(message)) => say("sim_repl_elected_lost", &[("message", &list(&[*message]))]),
            Event::NoLeader => say("sim_repl_no_leader", &[("node", first)]),
            Event::Returns(_) if setup.copies == 1 => say("sim_repl_returns_one", &[("node", first)]),
            Event::Returns(_) => say("sim_repl_returns", &[("node", first)]),
        }
    }

    fn view(&self, frame: &Frame) -> View {
        let words = self.words;
        let mut view: View = frame
            .logs
            .iter()
            .enumerate()
            .map(|(at, log)| {
                let number = at + 1;
                let state: Cell = if frame.down == Some(number) {
                    bad(words.say("sim_repl_down"))
                } else if frame.leader == Some(number) {
                    on(words.say("sim_repl_leader"))
                } else if frame.in_sync.contains(&number) {
                    plain(words.say("sim_repl_follower"))
                } else {
                    off(words.say("sim_repl_out"))
                };
                let message = |message: &u32| {
                    let text = list(&[*message]);
                    if frame.seen.contains(message) { good(text) } else { warn(text) }
                };
                Lane::new(self.node(number), std::iter::once(state).chain(log.iter().map(message)))
            })
            .collect();
        let in_sync = frame.in_sync.iter().map(|number| plain(self.node(*number)));
        view.push(Lane::new(words.say("sim_repl_lane_in_sync"), in_sync));
        let seen = frame.seen.iter().map(|message| good(list(&[*message])));
        // Without a leader nobody reads.
        let seen = if frame.leader.is_some() { seen.collect() } else { vec![bad(words.say("sim_repl_nothing"))] };
        view.push(Lane::new(words.say("sim_repl_lane_seen"), seen));
        view
    }
}
