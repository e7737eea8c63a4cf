//! Everything that can happen to an object, for each kind and each attribute: what the file or somebody does, what is
//! said about it, and what is there afterwards by the word of another client. The rows come from the registry, and a
//! cell that nothing was seen in fails the scenario, unless the registry says why there can be nothing. The table, and
//! what was there after each step, are in `KIND.txt`.

mod activemq;
mod artemis;
mod kafka;
mod rabbitmq;
mod rocketmq;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::PathBuf;

use mqlab::brokers::{self, Description, Operation};
use mqlab::model::{Address, Home, KindRules};
use serde_json::Value;

use super::lab::{Lab, same};

/// One kind of broker and how it is tried. The specs differ from one another by what they are named after.
pub(crate) struct Subject {
    pub(crate) kind: &'static str,
    /// Its name in the specs.
    pub(crate) broker: &'static str,
    pub(crate) created: &'static str,
    pub(crate) changed: &'static str,
    /// What cannot be done, on top of what was changed.
    pub(crate) forbidden: &'static str,
    /// Makes what nobody declared and what `forbidden` goes against.
    pub(crate) in_the_way: fn(&Lab),
    /// Takes it away again.
    pub(crate) out_of_the_way: fn(&Lab),
    /// The objects of `changed`, each with nothing but what it must have.
    pub(crate) bare: &'static str,
    /// Without the objects.
    pub(crate) removed: &'static str,
    /// All that is there, by another client, in a stable form.
    pub(crate) state: fn(&Lab) -> String,
    /// Makes one object of each kind.
    pub(crate) foreign: fn(&Lab),
    /// Takes them away again.
    pub(crate) no_more_foreign: fn(&Lab),
    /// Changes each attribute of what `changed` declares.
    pub(crate) tamper: fn(&Lab),
}

const OPERATIONS: [(Operation, &str); 7] = [
    (Operation::Create, "created"),
    (Operation::Change, "changed"),
    (Operation::Forbidden, "forbidden"),
    (Operation::Release, "out of the file"),
    (Operation::Remove, "object out of it"),
    (Operation::Foreign, "foreign object"),
    (Operation::ByHand, "by hand"),
];

#[test]
fn every_attribute_of_kafka() {
    kafka::SUBJECT.run(&every_attribute_of_kafka);
}

#[test]
fn every_attribute_of_rabbitmq() {
    rabbitmq::SUBJECT.run(&every_attribute_of_rabbitmq);
}

#[test]
fn every_attribute_of_activemq() {
    activemq::SUBJECT.run(&every_attribute_of_activemq);
}

#[test]
fn every_attribute_of_artemis() {
    artemis::SUBJECT.run(&every_attribute_of_artemis);
}

#[test]
fn every_attribute_of_rocketmq() {
    rocketmq::SUBJECT.run(&every_attribute_of_rocketmq);
}

/// A kind without a scenario of its own fails here.
#[test]
fn every_kind_is_tried() {
    let tried = [&kafka::SUBJECT, &rabbitmq::SUBJECT, &activemq::SUBJECT, &artemis::SUBJECT, &rocketmq::SUBJECT]
        .map(|subject| subject.kind);
    let kinds: Vec<&str> = brokers::registry().iter().map(|broker| broker.description().kind).collect();
    assert_eq!(tried.as_slice(), kinds);
}

/// The row of a kind without attributes.
const ITSELF: &str = "";

/// What was seen, by kind of object, row and operation.
type Seen = BTreeMap<(&'static str, &'static str, Operation), BTreeSet<String>>;

impl Subject {
    fn description(&self) -> &'static Description {
        brokers::find(self.kind).unwrap().description()
    }

    /// `scenario` is the test itself, whose name goes into the table.
    fn run<Scenario>(&self, scenario: &Scenario) {
        let lab = Lab::new(&format!("matrix-{}", self.kind), self.created);
        let mut seen = Seen::new();
        let mut states = String::new();
        let mut note = |title: &str, state: &str| write!(states, "== {title}\n{state}").unwrap();

        let created = report(&lab, &["up"], &[0]);
        self.see(&mut seen, &created, Operation::Create);
        let state = (self.state)(&lab);
        note("created", &state);
        lab.mqlab(&["up"]).code(0).says("Nothing to do");

        (self.foreign)(&lab);
        let with_foreign = (self.state)(&lab);
        assert_ne!(with_foreign, state, "the foreign objects cannot be seen");
        self.see_surplus(&mut seen, &report(&lab, &["drift"], &[0]), Operation::Foreign, "listed");
        lab.mqlab(&["up"]).code(0).says("unmanaged");
        same(&(self.state)(&lab), &with_foreign);
        report(&lab, &["drift", "--strict"], &[3]);
        (self.no_more_foreign)(&lab);
        same(&(self.state)(&lab), &state);

        lab.spec(self.changed);
        let changed = report(&lab, &["up", "--yes"], &[0]);
        self.see(&mut seen, &changed, Operation::Change);
        let state = (self.state)(&lab);
        note("changed", &state);
        lab.mqlab(&["up"]).code(0).says("Nothing to do");

        if !self.forbidden.is_empty() {
            (self.in_the_way)(&lab);
            let in_the_way = (self.state)(&lab);
            lab.spec(self.forbidden);
            let forbidden = report(&lab, &["up", "--yes"], &[5]);
            self.see(&mut seen, &forbidden, Operation::Forbidden);
            same(&(self.state)(&lab), &in_the_way);
            (self.out_of_the_way)(&lab);
            same(&(self.state)(&lab), &state);
        }

        lab.spec(self.bare);
        let released = report(&lab, &["up", "--yes"], &[0, 5]);
        self.see_released(&mut seen, &released);
        note("out of the file", &(self.state)(&lab));
        lab.spec(self.changed);
        lab.mqlab(&["up", "--yes"]).code(0);
        same(&(self.state)(&lab), &state);

        lab.spec(self.removed);
        let removed = report(&lab, &["up", "--yes"], &[0]);
        self.see_surplus(&mut seen, &removed, Operation::Remove, "stays");
        self.see_rendered(&mut seen, &removed, Operation::Remove);
        note("objects out of the file", &(self.state)(&lab));
        lab.spec(self.changed);
        lab.mqlab(&["up", "--yes"]).code(0);
        same(&(self.state)(&lab), &state);

        (self.tamper)(&lab);
        assert_ne!((self.state)(&lab), state, "what was done by hand cannot be seen");
        let drift = report(&lab, &["drift"], &[3]);
        self.see(&mut seen, &drift, Operation::ByHand);
        let repaired = lab.mqlab(&["apply", "--yes"]);
        assert!([0, 5].contains(&repaired.code), "{repaired:#?}");
        note("by hand, then applied", &(self.state)(&lab));

        let scenario = std::any::type_name_of_val(scenario).trim_start_matches("live::");
        let table = self.table(scenario, &seen);
        // Past the harness, which keeps what a test prints unless it fails.
        std::io::stderr().write_all(format!("\n{table}\n").as_bytes()).unwrap();
        golden(self.kind, &format!("{table}{states}"));
    }

    /// What a run or plan says about each attribute, by what is done about it. An object that is only there or not
    /// tells nothing about its attributes, but when it is created.
    fn see(&self, seen: &mut Seen, report: &Value, operation: Operation) {
        for step in steps(report) {
            let action = step["action"].as_str().unwrap();
            if (action == "create") != (operation == Operation::Create) {
                continue;
            }
            let either = matches!(operation, Operation::Release | Operation::ByHand);
            if (action == "blocked") != (operation == Operation::Forbidden) && !either {
                continue;
            }
            for change in step["changes"].as_array().unwrap() {
                self.note(seen, step, change["attribute"].as_str().unwrap(), operation, action);
            }
        }
        if matches!(operation, Operation::Create | Operation::ByHand) {
            for step in steps(report).filter(|step| step["action"] == "create") {
                self.note_itself(seen, step, operation, "create");
            }
        }
        self.see_rendered(seen, report, operation);
    }

    /// What lives in a file is a part of its node.
    fn see_rendered(&self, seen: &mut Seen, report: &Value, operation: Operation) {
        let nodes = steps(report).filter(|step| self.address(step).is_some_and(|address| address.kind == "node"));
        for step in nodes {
            let action = step["action"].as_str().unwrap();
            for change in step["changes"].as_array().unwrap() {
                let part = change["attribute"].as_str().unwrap();
                for kind in self.description().kinds.iter().filter(|kind| kind.home == Home::File) {
                    let Some(rest) = part.strip_prefix(kind.kind).and_then(|rest| rest.strip_prefix('.')) else {
                        continue;
                    };
                    for row in kind.attributes {
                        let name = row.name.trim_end_matches(".*");
                        let is_it = rest.rsplit('.').next() == Some(name) || rest.contains(&format!(".{name}."));
                        if is_it {
                            let verb = if action == "create" { "with the container" } else { "a new container" };
                            seen.entry((kind.kind, row.name, operation)).or_default().insert(verb.to_owned());
                        }
                    }
                }
            }
        }
    }

    /// What becomes of an attribute that is out of the file while its object stays in it: the broker's value stays, and
    /// a note says so, or the default comes back.
    fn see_released(&self, seen: &mut Seen, report: &Value) {
        let plans = report["plans"].as_array().unwrap().iter();
        for note in plans.flat_map(|plan| plan["notes"].as_array().unwrap()) {
            let text = note["text"].as_str().unwrap();
            let released = text.strip_prefix('`').and_then(|text| text.split_once("` is no longer in the file"));
            if let Some((attribute, _)) = released {
                self.note(seen, note, attribute, Operation::Release, "stays, unmanaged");
            }
        }
        self.see(seen, report, Operation::Release);
    }

    fn see_surplus(&self, seen: &mut Seen, report: &Value, operation: Operation, word: &str) {
        let listed = report["plans"].as_array().unwrap().iter().flat_map(|plan| plan["unmanaged"].as_array().unwrap());
        for one in listed {
            let Some(address) = self.address(one) else { continue };
            for row in self.rules(&address.kind).map_or(&[][..], |rules| rules.attributes) {
                seen.entry((self.rules(&address.kind).unwrap().kind, row.name, operation))
                    .or_default()
                    .insert(word.to_owned());
            }
            self.note_itself(seen, one, operation, word);
        }
    }

    /// Of an object that has no attributes there is only itself to be seen.
    fn note_itself(&self, seen: &mut Seen, of: &Value, operation: Operation, word: &str) {
        let Some(rules) = self.address(of).and_then(|address| self.rules(&address.kind)) else { return };
        if rules.attributes.is_empty() {
            seen.entry((rules.kind, ITSELF, operation)).or_default().insert(word.to_owned());
        }
    }

    fn note(&self, seen: &mut Seen, step: &Value, attribute: &str, operation: Operation, word: &str) {
        let Some(address) = self.address(step) else { return };
        let Some(rules) = self.rules(&address.kind) else { return };
        let row = rules.attribute(attribute).unwrap_or_else(|| panic!("no row for {address}: {attribute}"));
        seen.entry((rules.kind, row.name, operation)).or_default().insert(word.to_owned());
    }

    fn address(&self, of: &Value) -> Option<Address> {
        let address: Address = of["address"].as_str().unwrap().parse().unwrap();
        (address.broker == self.broker).then_some(address)
    }

    fn rules(&self, kind: &str) -> Option<&'static KindRules> {
        self.description().kinds.iter().find(|rules| rules.kind == kind)
    }

    /// Fails where a cell is empty or where the registry calls impossible what was seen.
    fn table(&self, scenario: &str, seen: &Seen) -> String {
        let description = self.description();
        let mut table = format!("{}: every cell is of {scenario}\n", description.title);
        table.push_str(&line("", OPERATIONS.map(|(_, title)| title.to_owned())));
        let mut wrong = Vec::new();
        let mut reasons: Vec<&str> = Vec::new();
        for rules in description.kinds {
            let rows = rules.attributes.iter().map(|row| row.name);
            for row in rows.chain(rules.attributes.is_empty().then_some(ITSELF)) {
                let name = format!("{}.{row}", rules.kind);
                let name = name.trim_end_matches('.');
                let cells = OPERATIONS.map(|(operation, title)| {
                    let found = seen.get(&(rules.kind, row, operation));
                    let found = found.map(|words| words.iter().cloned().collect::<Vec<_>>().join("/"));
                    match (found, why_not(description, rules, row, operation)) {
                        (Some(words), None) => words,
                        (None, Some(why)) => {
                            let known = reasons.iter().position(|known| *known == why);
                            let at = known.unwrap_or(reasons.len());
                            if known.is_none() {
                                reasons.push(why);
                            }
                            format!("n/a ({})", at + 1)
                        }
                        (Some(words), Some(why)) => {
                            wrong.push(format!("{name} {title}: {words}, and {why:?}"));
                            "?".to_owned()
                        }
                        (None, None) => {
                            wrong.push(format!("{name} {title}: nothing was seen"));
                            String::new()
                        }
                    }
                });
                table.push_str(&line(name, cells));
            }
        }
        for (at, why) in reasons.iter().enumerate() {
            writeln!(table, "({}) {why}", at + 1).unwrap();
        }
        assert!(wrong.is_empty(), "{table}\n{}", wrong.join("\n"));
        table
    }
}

fn line(name: &str, cells: [String; OPERATIONS.len()]) -> String {
    let cells = cells.map(|cell| format!(" | {cell:<18}")).concat();
    format!("{}\n", format!("{name:<60}{cells}").trim_end())
}

/// Why there can be nothing in a cell.
fn why_not(of: &Description, rules: &KindRules, row: &str, operation: Operation) -> Option<&'static str> {
    let impossible = of.impossible.iter().find(|one| {
        one.kind == rules.kind
            && one.operation == operation
            && (one.attributes.is_empty() || one.attributes.contains(&row))
    });
    impossible.map(|one| one.why)
}

fn report(lab: &Lab, arguments: &[&str], codes: &[i32]) -> Value {
    let ran = lab.mqlab(&[arguments, &["--format", "json"]].concat());
    assert!(codes.contains(&ran.code), "{ran:#?}");
    serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error} in {ran:#?}"))
}

fn steps(report: &Value) -> impl Iterator<Item = &Value> {
    report["plans"].as_array().unwrap().iter().flat_map(|plan| plan["steps"].as_array().unwrap())
}

/// `UPDATE_GOLDEN=1` writes it.
fn golden(kind: &str, found: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("tests/live/matrix/{kind}.txt"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    same(found, &std::fs::read_to_string(&path).unwrap_or_default());
}
