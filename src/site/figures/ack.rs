//! What an answer of a consumer does: acknowledgements, prefetch, delivery limit.

use super::data::{Control, Sketch};
use super::scenarios::{Lane, Run, Scenarios, View};
use super::{Figure, FigureInput, FigureTable};
use crate::model::Value;
use crate::site::model::Words;
use crate::site::text::visible;

const MESSAGES: usize = 5;
const PREFETCH: [usize; 3] = [1, 2, 3];
/// More returns than this would be told one by one.
const MOST_RETURNS: u32 = 3;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Answer {
    Ack,
    Drop,
    Nack,
    Reject,
    Closes,
}

impl Answer {
    const ALL: [Self; 5] = [Self::Ack, Self::Drop, Self::Nack, Self::Reject, Self::Closes];

    fn name(self) -> &'static str {
        match self {
            Self::Ack => "ack",
            Self::Drop => "drop",
            Self::Nack => "nack",
            Self::Reject => "reject",
            Self::Closes => "closes",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ack => "sim_ack_ack",
            Self::Drop => "sim_ack_drop",
            Self::Nack => "sim_ack_nack",
            Self::Reject => "sim_ack_reject",
            Self::Closes => "sim_ack_closes",
        }
    }
}

struct Bench<'a> {
    queue: &'a str,
    limit: u32,
    version: (u32, u32),
    words: &'a Words,
}

/// Where the messages are, by number.
#[derive(Clone, Default)]
struct State {
    ready: Vec<usize>,
    held: Vec<usize>,
    acked: Vec<usize>,
    dead: Vec<usize>,
    /// Those that the broker has sent before.
    again: Vec<usize>,
}

pub(super) fn ack(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let name = visible(&input.text("queue").unwrap_or_else(|| "jobs".to_owned()));
    let own = input.object("queue").and_then(|queue| queue.attribute("type")?.as_text());
    let limit = limit_of(input).filter(|limit| (1..=MOST_RETURNS).contains(limit)).unwrap_or(2);
    let version = input.broker.facts.version_pair();
    let bench = Bench { queue: &name, limit, version, words };
    let first = if own == Some("classic") { "classic" } else { "quorum" };
    let mut model = Scenarios::default();
    let mut steps = Vec::new();
    for answer in Answer::ALL {
        for kind in ["quorum", "classic"] {
            for prefetch in PREFETCH {
                let run = bench.run(answer, kind == "quorum", prefetch);
                model.add(&[answer.name(), kind, &prefetch.to_string()], &run);
                if (answer, kind, prefetch) == (Answer::Reject, first, 2) {
                    steps = run.texts();
                }
            }
        }
    }
    let answers = Answer::ALL.map(|answer| (answer.name().to_owned(), words.say(answer.word())));
    let kinds = ["quorum", "classic"].map(|kind| (kind.to_owned(), kind.to_owned()));
    let controls = vec![
        Control::select("answer", words.say("sim_ack_answer"), answers.to_vec(), Answer::Reject.name()),
        Control::select("kind", words.say("sim_ack_kind"), kinds.to_vec(), first),
        Control::range("prefetch", words.say("sim_ack_prefetch"), 2, (1, 3)),
    ];
    let table = Some(bench.table());
    let title = words.fill("sim_ack_title", &[("queue", &name)]);
    let about = words.fill("sim_ack_about", &[("limit", &limit.to_string())]);
    Sketch { name: "ack", says: &[], controls, model, steps, table }.finish(words, title, about)
}

fn limit_of(input: &FigureInput<'_>) -> Option<u32> {
    let queue = input.object("queue")?;
    let limit = queue.attribute("delivery_limit").or_else(|| queue.attribute("arguments.x-delivery-limit"));
    u32::try_from(limit.and_then(Value::as_i64)?).ok()
}

impl Bench<'_> {
    /// Seen on 4.0 and 4.3: since 4.3 `basic.nack` counts as no failure, `basic.reject` and a lost consumer do.
    fn counts(&self, answer: Answer, quorum: bool) -> bool {
        quorum && (answer != Answer::Nack || self.version < (4, 3))
    }

    fn run(&self, answer: Answer, quorum: bool, prefetch: usize) -> Run {
        let words = self.words;
        let mut state = State { ready: (1..=MESSAGES).collect(), ..State::default() };
        let mut run = Run::new(self.view(&state));
        let count = prefetch.to_string();
        let begin = [("queue", self.queue), ("n", &*MESSAGES.to_string()), ("prefetch", &count)];
        run.step(words.fill("sim_ack_begin", &begin), self.view(&state));
        state.fill(prefetch);
        run.step(words.fill("sim_ack_sent", &[("list", &list(&state.held)), ("prefetch", &count)]), self.view(&state));
        match answer {
            Answer::Ack | Answer::Drop => {
                state.held.retain(|message| *message != 1);
                let key = if answer == Answer::Ack { "sim_ack_acked" } else { "sim_ack_dropped" };
                if answer == Answer::Ack { &mut state.acked } else { &mut state.dead }.push(1);
                run.step(words.say(key), self.view(&state));
                state.fill(prefetch);
                run.step(words.fill("sim_ack_more", &[("list", &list(&state.held))]), self.view(&state));
            }
            Answer::Nack | Answer::Reject | Answer::Closes => self.returns(answer, quorum, prefetch, state, &mut run),
        }
        run
    }

    fn returns(&self, answer: Answer, quorum: bool, prefetch: usize, mut state: State, run: &mut Run) {
        let words = self.words;
        let counted = self.counts(answer, quorum);
        let back: Vec<usize> = if answer == Answer::Closes { state.held.clone() } else { vec![1] };
        let named = list(&back);
        for turn in 1..=self.limit + 1 {
            state.held.retain(|message| !back.contains(message));
            let out = counted && turn > self.limit;
            if out {
                state.dead.extend(&back);
            } else {
                state.ready = back.iter().copied().chain(state.ready).collect();
                state.again.extend(&back);
            }
            let key = if answer == Answer::Closes { "sim_ack_lost" } else { "sim_ack_returned" };
            let method = if answer == Answer::Nack { "basic.nack" } else { "basic.reject" };
            let places = [("list", named.as_str()), ("method", method)];
            let said = words.fill(key, &places);
            if out {
                run.step(said, self.view(&state));
                let limit = self.limit.to_string();
                run.step(words.fill("sim_ack_limit", &[("list", &named), ("limit", &limit)]), self.view(&state));
                state.fill(prefetch);
                run.step(words.fill("sim_ack_more", &[("list", &list(&state.held))]), self.view(&state));
                return;
            }
            run.step(said, self.view(&state));
            state.fill(prefetch);
            let number = turn.to_string();
            let key = if counted { "sim_ack_again_counted" } else { "sim_ack_again" };
            run.step(words.fill(key, &[("list", &named), ("n", &number)]), self.view(&state));
            if !counted && turn == 2 {
                let key = match (quorum, answer) {
                    (true, _) => "sim_ack_forever_nack",
                    (false, _) => "sim_ack_forever_classic",
                };
                run.step(words.say(key), self.view(&state));
                return;
            }
        }
    }

    fn view(&self, state: &State) -> View {
        let words = self.words;
        let cells = |all: &[usize], plain: &'static str, mark: &str| {
            let cell = |message: &usize| {
                let again = state.again.contains(message) && matches!(plain, "" | "on");
                let text = format!("{mark}m{message}{}", if again { " ↻" } else { "" });
                (text, if again { "warn" } else { plain })
            };
            all.iter().map(cell).collect::<Vec<_>>()
        };
        vec![
            Lane::new(words.say("sim_ack_lane_ready"), cells(&state.ready, "", "")),
            Lane::new(words.say("sim_ack_lane_held"), cells(&state.held, "on", "")),
            Lane::new(words.say("sim_ack_lane_acked"), cells(&state.acked, "good", "✓ ")),
            Lane::new(words.say("sim_ack_lane_dead"), cells(&state.dead, "bad", "✗ ")),
        ]
    }

    fn table(&self) -> FigureTable {
        let words = self.words;
        let cell = |answer: Answer, quorum: bool| {
            words.say(match answer {
                Answer::Ack => "sim_ack_cell_done",
                Answer::Drop => "sim_ack_cell_dead",
                _ if self.counts(answer, quorum) => "sim_ack_cell_counted",
                _ => "sim_ack_cell_again",
            })
        };
        let row = |answer: Answer| vec![words.say(answer.word()), cell(answer, true), cell(answer, false)];
        FigureTable {
            caption: words.say("sim_ack_caption"),
            head: vec![words.say("sim_ack_answer"), "quorum".to_owned(), "classic".to_owned()],
            rows: Answer::ALL.map(row).to_vec(),
        }
    }
}

impl State {
    fn fill(&mut self, prefetch: usize) {
        let free = prefetch.saturating_sub(self.held.len()).min(self.ready.len());
        self.held.extend(self.ready.drain(..free));
        self.held.sort_unstable();
    }
}

fn list(messages: &[usize]) -> String {
    messages.iter().map(|message| format!("m{message}")).collect::<Vec<_>>().join(", ")
}
