//! The four types of message of RocketMQ, sent to topics of each type.

use super::{Control, Figure, FigureInput, Run, Scene, Tale, Words, bad, beginning_with, good, off, on, plain, warn};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Type {
    Normal,
    Fifo,
    Delay,
    Transaction,
}

const PROXY: usize = 0;
const HELD: usize = 1;
const TOPIC: usize = 2;
const CONSUMER: usize = 3;

impl Type {
    const ALL: [Self; 4] = [Self::Normal, Self::Fifo, Self::Delay, Self::Transaction];

    fn name(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Fifo => "FIFO",
            Self::Delay => "DELAY",
            Self::Transaction => "TRANSACTION",
        }
    }

    fn value(self) -> &'static str {
        match self {
            Self::Normal => "topic_normal",
            Self::Fifo => "topic_fifo",
            Self::Delay => "topic_delay",
            Self::Transaction => "topic_transaction",
        }
    }

    fn sample(self) -> &'static str {
        match self {
            Self::Normal => "mails",
            Self::Fifo => "seat_requests",
            Self::Delay => "hold_timeouts",
            Self::Transaction => "payments",
        }
    }

    /// What a message has that makes it one.
    fn mark(self) -> &'static str {
        match self {
            Self::Normal => "sim_type_normal",
            Self::Fifo => "sim_type_fifo",
            Self::Delay => "sim_type_delay",
            Self::Transaction => "sim_type_transaction",
        }
    }
}

pub(in crate::site::figures) fn message_types(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let names = Type::ALL.map(|one| input.named(one.value(), one.sample()));
    let mut scene = Scene::default();
    for message in beginning_with(Type::Fifo, &Type::ALL) {
        for (topic, name) in Type::ALL.iter().zip(&names) {
            scene.add(&[message.name(), topic.name()], run(message, *topic, name, words));
        }
    }
    let messages = Type::ALL.map(|one| (one.name().to_owned(), words.say(one.mark()))).to_vec();
    let topics = Type::ALL.iter().zip(&names).map(|(one, name)| {
        (one.name().to_owned(), words.fill("sim_type_topic", &[("topic", name), ("type", one.name())]))
    });
    let controls = vec![
        Control::select("message", words.say("sim_type_message"), messages, Type::Fifo.name()),
        Control::select("topic", words.say("sim_type_to"), topics.collect(), Type::Normal.name()),
    ];
    scene.finish(words, controls, words.say("sim_type_title"), words.say("sim_type_about"))
}

fn run(message: Type, topic: Type, name: &str, words: &Words) -> Run {
    let rows =
        [words.say("sim_type_proxy"), words.say("sim_type_held"), name.to_owned(), words.say("sim_type_consumer")];
    let mark = words.say(message.mark());
    let values = [("topic", name), ("type", topic.name()), ("own", message.name()), ("mark", &mark)];
    let mut tale = Tale::new(words, rows.map(|name| (name, Vec::new())).to_vec());
    tale.set(PROXY, vec![on(format!("m1: {}", message.name()))]).say("sim_type_begin", &values);
    if message != topic {
        tale.set(PROXY, vec![bad(format!("{} ≠ {}", message.name(), topic.name()))]).say("sim_type_refused", &values);
        tale.say("sim_type_unchecked", &values);
        return tale.run;
    }
    tale.set(PROXY, vec![good(format!("{} = {}", message.name(), topic.name()))]).say("sim_type_fits", &values);
    match message {
        Type::Normal => {
            tale.set(TOPIC, vec![good("m1")]).say("sim_type_stored", &values);
            tale.set(CONSUMER, vec![good("m1")]).say("sim_type_delivered", &values);
        }
        Type::Fifo => {
            tale.set(TOPIC, vec![good("m0"), good("m1")]).say("sim_type_behind", &values);
            tale.set(CONSUMER, vec![warn("m0")]).set(HELD, vec![off("m1")]).say("sim_type_fifo_waits", &values);
            tale.set(CONSUMER, vec![good("m0"), good("m1")]).set(HELD, Vec::new()).say("sim_type_fifo_next", &values);
        }
        Type::Delay => {
            tale.set(HELD, vec![off("m1"), plain("15 min")]).say("sim_type_delay_held", &values);
            tale.say("sim_type_delay_asks", &values);
            tale.set(HELD, Vec::new()).set(TOPIC, vec![good("m1")]).say("sim_type_delay_due", &values);
            tale.set(CONSUMER, vec![good("m1")]).say("sim_type_delivered", &values);
        }
        Type::Transaction => {
            tale.set(HELD, vec![off("m1")]).say("sim_type_half", &values);
            tale.say("sim_type_local", &values);
            tale.set(PROXY, vec![bad("commit ✗")]).say("sim_type_word_lost", &values);
            tale.set(PROXY, vec![warn("m1?")]).say("sim_type_asks", &values);
            tale.set(PROXY, vec![good("commit")]).set(HELD, Vec::new()).set(TOPIC, vec![good("m1")]);
            tale.say("sim_type_committed", &values);
            tale.set(CONSUMER, vec![good("m1")]).say("sim_type_delivered", &values);
        }
    }
    tale.run
}
