//! One message for one consumer, or for each: queue and topic, anycast and multicast.

use super::data::{Control, Sketch};
use super::scenarios::{Lane, Run, Scenarios, View};
use super::{Figure, FigureInput, FigureTable};
use crate::site::model::{Words, kind_of};
use crate::site::text::visible;

const MESSAGES: usize = 3;
const CONSUMERS: [usize; 3] = [1, 2, 3];

/// How messages are handed out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// Each to one.
    Queue,
    /// Each to every subscriber.
    Topic,
    /// Each to every application, and there to one.
    Shared,
}

/// Whether the last consumer is there while messages are sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Last {
    Here,
    Away,
    /// Away, with a subscription that waits for it.
    Durable,
}

impl Mode {
    const ALL: [Self; 3] = [Self::Queue, Self::Topic, Self::Shared];

    fn name(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Topic => "topic",
            Self::Shared => "shared",
        }
    }
}

impl Last {
    const ALL: [Self; 3] = [Self::Here, Self::Away, Self::Durable];

    fn name(self) -> &'static str {
        match self {
            Self::Here => "here",
            Self::Away => "away",
            Self::Durable => "durable",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Here => "sim_qt_here",
            Self::Away => "sim_qt_away",
            Self::Durable => "sim_qt_durable",
        }
    }
}

struct Desk<'a> {
    /// Addresses with routing types, where a broker has them; else queues and topics.
    addresses: bool,
    words: &'a Words,
}

pub(super) fn queue_topic(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let addresses = kind_of(input.broker, "address").is_some();
    let desk = Desk { addresses, words };
    let name = ["address", "topic", "queue"].iter().find_map(|kind| input.text(kind));
    let name = visible(&name.unwrap_or_else(|| "orders".to_owned()));
    let mut model = Scenarios::default();
    let mut steps = Vec::new();
    for mode in Mode::ALL {
        for consumers in CONSUMERS {
            for last in Last::ALL {
                let run = desk.run(mode, &name, consumers, last);
                model.add(&[mode.name(), &consumers.to_string(), last.name()], &run);
                if (mode, consumers, last) == (Mode::Queue, 2, Last::Here) {
                    steps = run.texts();
                }
            }
        }
    }
    let modes = Mode::ALL.map(|mode| (mode.name().to_owned(), words.say(desk.mode(mode))));
    let lasts = Last::ALL.map(|last| (last.name().to_owned(), words.say(last.word())));
    let controls = vec![
        Control::select("mode", words.say("sim_qt_mode"), modes.to_vec(), Mode::Queue.name()),
        Control::range("consumers", words.say("sim_qt_consumers"), 2, (1, 3)),
        Control::select("last", words.say("sim_qt_last"), lasts.to_vec(), Last::Here.name()),
    ];
    let table = Some(desk.table());
    let title = words.fill("sim_qt_title", &[("name", &name)]);
    let about = words.say("sim_qt_about");
    Sketch { name: "queue-topic", says: &[], controls, model, steps, table }.finish(words, title, about)
}

/// What each place has, in the order of the places: `c1`, `c2`, … and with sharing also `other`.
#[derive(Clone, Default)]
struct Places {
    got: Vec<(String, Vec<String>)>,
    waiting: Vec<(String, Vec<String>)>,
}

impl Places {
    fn get(&mut self, who: &str, message: &str) {
        let found = self.got.iter_mut().filter(|(name, _)| name == who);
        found.for_each(|(_, own)| own.push(message.to_owned()));
    }

    fn wait(&mut self, place: &str, message: &str) {
        match self.waiting.iter_mut().find(|(name, _)| name == place) {
            Some((_, all)) => all.push(message.to_owned()),
            None => self.waiting.push((place.to_owned(), vec![message.to_owned()])),
        }
    }
}

impl Desk<'_> {
    fn mode(&self, mode: Mode) -> &'static str {
        match (mode, self.addresses) {
            (Mode::Queue, false) => "sim_qt_queue",
            (Mode::Topic, false) => "sim_qt_topic",
            (Mode::Shared, false) => "sim_qt_virtual",
            (Mode::Queue, true) => "sim_qt_anycast",
            (Mode::Topic, true) => "sim_qt_multicast",
            (Mode::Shared, true) => "sim_qt_shared",
        }
    }

    fn begin(&self, mode: Mode) -> &'static str {
        match (mode, self.addresses) {
            (Mode::Queue, false) => "sim_qt_begin_queue",
            (Mode::Topic, false) => "sim_qt_begin_topic",
            (Mode::Shared, false) => "sim_qt_begin_virtual",
            (Mode::Queue, true) => "sim_qt_begin_anycast",
            (Mode::Topic, true) => "sim_qt_begin_multicast",
            (Mode::Shared, true) => "sim_qt_begin_shared",
        }
    }

    fn run(&self, mode: Mode, name: &str, consumers: usize, last: Last) -> Run {
        let words = self.words;
        let all: Vec<String> = (1..=consumers).map(|number| format!("c{number}")).collect();
        let absent = (last != Last::Here).then(|| all[consumers - 1].clone());
        let here: Vec<&String> = all.iter().filter(|one| absent.as_ref() != Some(*one)).collect();
        let mut places = Places { got: all.iter().map(|one| (one.clone(), Vec::new())).collect(), ..Places::default() };
        if mode == Mode::Shared {
            places.got.push(("d1".to_owned(), Vec::new()));
        }
        let mut run = Run::new(self.view(&places, absent.as_deref()));
        let begin = [("name", name), ("consumers", &*all.join(", "))];
        run.step(words.fill(self.begin(mode), &begin), self.view(&places, absent.as_deref()));
        if let Some(absent) = &absent {
            let key =
                if mode == Mode::Topic && last == Last::Durable { "sim_qt_leaves_durable" } else { "sim_qt_leaves" };
            run.step(words.fill(key, &[("consumer", absent)]), self.view(&places, Some(absent)));
        }
        for number in 0..MESSAGES {
            let message = format!("m{}", number + 1);
            let text = self.send(mode, &message, number, &here, absent.as_deref(), last, &mut places);
            run.step(text, self.view(&places, absent.as_deref()));
        }
        if let Some(absent) = absent {
            let waiting: Vec<String> =
                std::mem::take(&mut places.waiting).into_iter().flat_map(|(_, all)| all).collect();
            for message in &waiting {
                places.get(&absent, message);
            }
            let list = waiting.join(", ");
            let places_of = [("consumer", absent.as_str()), ("list", list.as_str())];
            let key = if waiting.is_empty() { "sim_qt_back_nothing" } else { "sim_qt_back" };
            run.step(words.fill(key, &places_of), self.view(&places, None));
        }
        run
    }

    /// One message on its way.
    #[expect(clippy::too_many_arguments, reason = "one moment of a story, told once")]
    fn send(
        &self,
        mode: Mode,
        message: &str,
        number: usize,
        here: &[&String],
        absent: Option<&str>,
        last: Last,
        places: &mut Places,
    ) -> String {
        let words = self.words;
        if mode == Mode::Shared {
            places.get("d1", message);
        }
        if mode != Mode::Topic {
            let key = if mode == Mode::Queue { "sim_qt_one" } else { "sim_qt_shared_one" };
            if here.is_empty() {
                places.wait("queue", message);
                let key = if mode == Mode::Queue { "sim_qt_waits" } else { "sim_qt_shared_waits" };
                return words.fill(key, &[("message", message)]);
            }
            let who = here[number % here.len()];
            places.get(who, message);
            return words.fill(key, &[("message", message), ("consumer", who)]);
        }
        for who in here {
            places.get(who, message);
        }
        let names = here.iter().map(|who| who.as_str()).collect::<Vec<_>>().join(", ");
        let (key, kept) = match (absent, last, here.is_empty()) {
            (None, ..) => ("sim_qt_each", false),
            (_, Last::Durable, true) => ("sim_qt_kept_only", true),
            (_, Last::Durable, false) => ("sim_qt_kept", true),
            (_, _, true) => ("sim_qt_lost_only", false),
            _ => ("sim_qt_lost", false),
        };
        if kept {
            places.wait(absent.unwrap_or_default(), message);
        }
        words.fill(key, &[("message", message), ("consumers", &names), ("consumer", absent.unwrap_or_default())])
    }

    fn view(&self, places: &Places, absent: Option<&str>) -> View {
        let words = self.words;
        let waiting = places.waiting.iter().flat_map(|(_, all)| all.iter().map(|message| (message.clone(), "warn")));
        let mut view = vec![Lane::new(words.say("sim_qt_lane_waiting"), waiting)];
        view.extend(places.got.iter().map(|(who, got)| {
            let label = if absent == Some(who) { words.fill("sim_qt_lane_away", &[("who", who)]) } else { who.clone() };
            Lane::new(label, got.iter().map(|message| (message.clone(), "good")))
        }));
        view
    }

    fn table(&self) -> FigureTable {
        let words = self.words;
        let row = |mode: Mode| {
            let (copies, away) = match mode {
                Mode::Queue => ("sim_qt_cell_one", "sim_qt_cell_waits"),
                Mode::Topic => ("sim_qt_cell_each", "sim_qt_cell_lost"),
                Mode::Shared => ("sim_qt_cell_group", "sim_qt_cell_waits"),
            };
            vec![words.say(self.mode(mode)), words.say(copies), words.say(away)]
        };
        FigureTable {
            caption: words.say("sim_qt_caption"),
            head: vec![words.say("sim_qt_mode"), words.say("sim_qt_head_who"), words.say("sim_qt_head_away")],
            rows: Mode::ALL.map(row).to_vec(),
        }
    }
}
