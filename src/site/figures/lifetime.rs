//! What becomes of a queue: durable, exclusive, auto-delete, and what happens around it.

use super::data::{Control, Sketch};
use super::scenarios::{Lane, Run, Scenarios, View};
use super::{Figure, FigureInput, FigureTable};
use crate::sim::lifetime::{Declared, Event, Fate, fate};
use crate::site::model::Words;
use crate::site::text::visible;

struct Queue<'a> {
    name: &'a str,
    version: &'a str,
    pair: (u32, u32),
    words: &'a Words,
}

pub(super) fn queue_lifetime(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let name = visible(&input.text("queue").unwrap_or_else(|| "replies".to_owned()));
    let version = &input.broker.facts.version;
    let pair = input.broker.facts.version_pair();
    let queue = Queue { name: &name, version, pair, words };
    let mut model = Scenarios::default();
    let mut steps = Vec::new();
    for declared in Declared::all() {
        for event in Event::ALL {
            let run = queue.run(declared, event);
            let flags = [declared.durable, declared.exclusive, declared.auto_delete].map(flag);
            model.add(&[flags[0], flags[1], flags[2], event.name()], &run);
            if steps.is_empty() {
                steps = run.texts();
            }
        }
    }
    let answers = [true, false].map(|one| (flag(one).to_owned(), words.say(answer(one)))).to_vec();
    let events = Event::ALL.map(|event| (event.name().to_owned(), words.say(event_word(event))));
    let yes_no = |name, value| Control::select(name, name.replace('_', "-"), answers.clone(), flag(value));
    let controls = vec![
        yes_no("durable", true),
        yes_no("exclusive", false),
        yes_no("auto_delete", false),
        Control::select("event", words.say("sim_life_event"), events.to_vec(), Event::ALL[0].name()),
    ];
    let table = Some(queue.table());
    let title = words.fill("sim_life_title", &[("queue", &name)]);
    let about = words.say("sim_life_about");
    Sketch { name: "queue-lifetime", says: &[], controls, model, steps, table }.finish(words, title, about)
}

fn flag(value: bool) -> &'static str {
    if value { "yes" } else { "no" }
}

fn answer(value: bool) -> &'static str {
    if value { "sim_yes" } else { "sim_no" }
}

fn event_word(event: Event) -> &'static str {
    match event {
        Event::ConnectionCloses => "sim_life_connection",
        Event::ConsumerLeaves => "sim_life_consumer",
        Event::BrokerRestarts => "sim_life_restart",
    }
}

fn fate_word(fate: Fate) -> &'static str {
    match fate {
        Fate::Stays => "sim_life_stays",
        Fate::Comes => "sim_life_comes",
        Fate::GoneWithConnection => "sim_life_gone_connection",
        Fate::GoneWithConsumer => "sim_life_gone_consumer",
        Fate::GoneWithBroker => "sim_life_gone_broker",
    }
}

impl Queue<'_> {
    fn run(&self, declared: Declared, event: Event) -> Run {
        let words = self.words;
        let mut run = Run::new(self.view(false, false, false));
        let said = [declared.durable, declared.exclusive, declared.auto_delete].map(|one| words.say(answer(one)));
        let values = [("queue", self.name), ("durable", &said[0]), ("exclusive", &said[1]), ("auto", &said[2])];
        run.step(words.fill("sim_life_declares", &values), self.view(true, false, true));
        if declared.is_refused(self.pair) {
            let values = [("version", self.version)];
            run.step(words.fill("sim_life_refused", &values), self.view(true, false, false));
            return run;
        }
        run.step(words.say("sim_life_consumes"), self.view(true, true, true));
        if declared.exclusive {
            run.step(words.say("sim_life_locked"), self.view(true, true, true));
        }
        let connected = event == Event::ConsumerLeaves;
        run.step(words.say(event_word(event)) + &words.say("sentence_end"), self.view(connected, false, true));
        let fate = fate(declared, event);
        run.step(words.fill(fate_word(fate), &[("queue", self.name)]), self.view(connected, false, fate.is_there()));
        run
    }

    fn view(&self, connection: bool, consumer: bool, queue: bool) -> View {
        let words = self.words;
        let cell = |there: bool| {
            if there { (words.say("sim_life_there"), "good") } else { (words.say("sim_life_away"), "off") }
        };
        vec![
            Lane::new(words.say("sim_life_lane_connection"), [cell(connection)]),
            Lane::new(words.say("sim_life_lane_consumer"), [cell(consumer)]),
            Lane::new(self.name, [cell(queue)]),
        ]
    }

    fn table(&self) -> FigureTable {
        let words = self.words;
        let rows = Declared::all().map(|declared| {
            let flags = [("durable", declared.durable), ("exclusive", declared.exclusive)];
            let flags = flags.into_iter().chain([("auto-delete", declared.auto_delete)]);
            let named: Vec<&str> = flags.filter(|(_, is)| *is).map(|(name, _)| name).collect();
            let mut row = vec![if named.is_empty() { words.say("sim_life_plain") } else { named.join(", ") }];
            row.extend(Event::ALL.map(|event| {
                words.say(if declared.is_refused(self.pair) {
                    "sim_life_cell_refused"
                } else if fate(declared, event).is_there() {
                    "sim_life_cell_there"
                } else {
                    "sim_life_cell_gone"
                })
            }));
            row
        });
        let mut head = vec![words.say("sim_life_declared")];
        head.extend(Event::ALL.map(|event| words.say(event_word(event))));
        FigureTable {
            caption: words.fill("sim_life_caption", &[("version", self.version)]),
            head,
            rows: rows.collect(),
        }
    }
}
