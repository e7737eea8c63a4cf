//! Where a consumer group begins to read.

use super::data::{Control, Sketch};
use super::scenarios::{Lane, Run, Scenarios, View};
use super::{Figure, FigureInput, FigureTable};
use crate::site::model::Words;
use crate::site::text::visible;

/// The oldest message that is there.
const BEGIN: u32 = 3;
/// The offset that the next message gets.
const END: u32 = 10;
const POLICIES: [&str; 3] = ["latest", "earliest", "none"];

#[derive(Clone, Copy)]
enum Group {
    Known,
    New,
    /// It was away for so long that what it would read next is deleted.
    Behind,
}

impl Group {
    const ALL: [Self; 3] = [Self::Known, Self::New, Self::Behind];

    fn name(self) -> &'static str {
        match self {
            Self::Known => "known",
            Self::New => "new",
            Self::Behind => "behind",
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Known => "sim_offsets_known",
            Self::New => "sim_offsets_new",
            Self::Behind => "sim_offsets_behind",
        }
    }

    fn committed(self) -> Option<u32> {
        match self {
            Self::Known => Some(7),
            Self::New => None,
            Self::Behind => Some(1),
        }
    }

    /// Where the group begins with this policy; `None`: its client gives up.
    fn begins(self, policy: &str) -> Option<u32> {
        match (self, policy) {
            (Self::Known, _) => self.committed(),
            (_, "earliest") => Some(BEGIN),
            (_, "latest") => Some(END),
            _ => None,
        }
    }
}

pub(super) fn offsets(input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let topic = visible(&input.text("topic").unwrap_or_else(|| "orders".to_owned()));
    let group = visible(&input.text("group").unwrap_or_else(|| "readers".to_owned()));
    let mut model = Scenarios::default();
    let mut steps = Vec::new();
    for kind in Group::ALL {
        for policy in POLICIES {
            let run = Log { topic: &topic, group: &group, words }.run(kind, policy);
            model.add(&[kind.name(), policy], &run);
            if kind.name() == "new" && policy == POLICIES[0] {
                steps = run.texts();
            }
        }
    }
    let groups = Group::ALL.map(|kind| (kind.name().to_owned(), words.fill(kind.word(), &[("group", &group)])));
    let policies = POLICIES.map(|policy| (policy.to_owned(), policy.to_owned()));
    let controls = vec![
        Control::select("group", words.say("sim_offsets_group"), groups.to_vec(), "new"),
        Control::select("policy", "auto.offset.reset".to_owned(), policies.to_vec(), POLICIES[0]),
    ];
    let table = Some(table(&group, words));
    let title = words.fill("sim_offsets_title", &[("group", &group), ("topic", &topic)]);
    let about = words.say("sim_offsets_about");
    Sketch { name: "offsets", says: &[], controls, model, steps, table }.finish(words, title, about)
}

struct Log<'a> {
    topic: &'a str,
    group: &'a str,
    words: &'a Words,
}

impl Log<'_> {
    fn run(&self, group: Group, policy: &str) -> Run {
        let words = self.words;
        let committed = group.committed();
        let mut run = Run::new(self.view(None, committed, None));
        let names = [("group", self.group), ("topic", self.topic)];
        run.step(words.fill("sim_offsets_asks", &names), self.view(None, committed, None));
        let number = committed.unwrap_or_default().to_string();
        let begin = BEGIN.to_string();
        let found = match group {
            Group::Known => words.fill("sim_offsets_found", &[("n", &number)]),
            Group::New => words.say("sim_offsets_nothing"),
            Group::Behind => words.fill("sim_offsets_deleted", &[("n", &number), ("begin", &begin)]),
        };
        run.step(found, self.view(None, committed, None));
        let Some(start) = group.begins(policy) else {
            let error = match group {
                Group::Behind => "OffsetOutOfRangeException",
                _ => "NoOffsetForPartitionException",
            };
            run.step(words.fill("sim_offsets_none", &[("error", error)]), self.view(None, committed, None));
            return run;
        };
        let key = match (group, policy) {
            (Group::Known, _) => "sim_offsets_unasked",
            (_, "earliest") => "sim_offsets_earliest",
            _ => "sim_offsets_latest",
        };
        let (last, end) = ((END - 1).to_string(), END.to_string());
        let places = [("begin", begin.as_str()), ("last", &last), ("end", &end), ("policy", policy)];
        run.step(words.fill(key, &places), self.view(Some(start), committed, None));
        let next = if start == END {
            run.step(words.fill("sim_offsets_arrives", &places), self.view(Some(END + 1), committed, Some((END, END))));
            END + 1
        } else {
            let read = [("from", &*start.to_string()), ("to", &last)];
            run.step(words.fill("sim_offsets_reads", &read), self.view(Some(END), committed, Some((start, END - 1))));
            END
        };
        let read = Some((start, next - 1));
        run.step(
            words.fill("sim_offsets_commits", &[("n", &next.to_string())]),
            self.view(Some(next), Some(next), read),
        );
        let end = match (group, policy) {
            (Group::New, "earliest") => "sim_offsets_again",
            (Group::New | Group::Behind, "latest") => "sim_offsets_skipped",
            (Group::Behind, _) => "sim_offsets_lost",
            _ => "sim_offsets_left",
        };
        run.step(words.fill(end, &places), self.view(Some(next), Some(next), read));
        run
    }

    fn view(&self, position: Option<u32>, committed: Option<u32>, read: Option<(u32, u32)>) -> View {
        let words = self.words;
        let end = read.map_or(END, |(_, last)| END.max(last + 1));
        let cells = (BEGIN..end).map(|offset| {
            let state = match read {
                Some((from, to)) if (from..=to).contains(&offset) => "good",
                _ if position == Some(offset) => "on",
                _ if position.is_some_and(|position| offset < position) => "off",
                _ => "",
            };
            (offset.to_string(), state)
        });
        let number = |offset: Option<u32>| {
            offset.map_or_else(|| (words.say("sim_offsets_no"), "off"), |offset| (offset.to_string(), "on"))
        };
        vec![
            Lane::new(self.topic, cells),
            Lane::new(words.say("sim_offsets_committed"), [number(committed)]),
            Lane::new(words.say("sim_offsets_position"), [number(position)]),
        ]
    }
}

fn table(group: &str, words: &Words) -> FigureTable {
    let cell = |begins: Option<u32>| begins.map_or_else(|| words.say("sim_offsets_error"), |offset| offset.to_string());
    let rows = Group::ALL.map(|kind| {
        let mut row = vec![words.fill(kind.word(), &[("group", group)])];
        row.extend(POLICIES.map(|policy| cell(kind.begins(policy))));
        row
    });
    let mut head = vec![words.say("sim_offsets_group")];
    head.extend(POLICIES.map(str::to_owned));
    let ends = [("begin", &*BEGIN.to_string()), ("end", &END.to_string())];
    FigureTable { caption: words.fill("sim_offsets_caption", &ends), head, rows: rows.to_vec() }
}
