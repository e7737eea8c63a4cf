//! The invariants of the architecture, read from the sources.
//!
//! 1 pure modules do no IO · 2 `plan::diff` cannot fail and `execute` compares nothing · 3 brokers know nothing of
//! each other, and nobody knows them by name · 4 only `view` and `cli` print · 5 ordered maps. The sixth, that no
//! secret gets out, is in `secrets.rs`. Each rule is also tried on a source that breaks it.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeSet;

use mqlab::brokers::registry;
use mqlab::plan::{DiffInput, Plan, diff};
use regex::Regex;

use crate::sources::{Source, sources};

/// What must not know of IO, a clock or randomness.
const PURE: &[&str] = &["spec/", "model/", "plan/", "sim/", "site/", "brokers/"];

/// The IO within those folders.
const IO: &[&str] = &[
    "site/write.rs",
    // The seam's own IO half.
    "brokers/session.rs",
    // What sessions of several kinds speak.
    "brokers/stomp.rs",
];

/// The IO of a kind, in its folder.
const SESSION: &str = "session/";

/// Names, and what is wrong with them in pure code.
const IMPURE: &[(&str, &str)] = &[
    (r"\b(tokio|bollard|rdkafka|rdkafka_sys|lapin|reqwest|fs4|tempfile)\b", "is IO"),
    (r"\bstd\s*::\s*(fs|net|env|process|thread)\b", "is IO"),
    (r"\bstd\s*::\s*\{[^;]*\b(fs|net|env|process|thread)\b", "is IO"),
    (r"\bcrate\s*::\s*(docker|images|converge|net|fs|state|cli|view)\b", "is a module that does IO"),
    (r"\bcrate\s*::\s*\{[^;]*\b(docker|images|converge|net|fs|state|cli|view)\b", "is a module that does IO"),
    (r"\b(SystemTime|Instant)\b", "reads a clock"),
    (r"\b(rand|thread_rng|RandomState|DefaultHasher)\b", "is random"),
    (r"\basync\s+(fn|move|\{)", "waits for IO"),
];

/// Words of the execution that would be a comparison of desired and observed.
const DECIDING: &str = r"==|!=|\b(diff|cmp|eq|ne|observe|observed|desired|before|after|attributes|changes|verdict|Observation|Resource|Verdict|Facts)\b";

/// Who may print.
const PRINTING: &[&str] = &["view/", "cli/", "main.rs"];
const PRINTS: &str =
    r"\b(print|println|eprint|eprintln|dbg)\s*!|\bio\s*::\s*(stdout|stderr)\b|\b(stdout|stderr)\s*\(\s*\)";

/// Unordered collections, by file, with the reason.
const UNORDERED: &[(&str, &str)] = &[
    ("docker/create.rs", "the engine's client takes them"),
    ("docker/steps.rs", "the engine's client takes them"),
    ("images/build.rs", "the engine's client takes them"),
];

/// Who may name a kind of broker, with the reason.
const NAMES_KINDS: &[(&str, &str)] = &[];

/// Who may decide by the kind of a resource, with the reason.
const MATCHES_KINDS: &[(&str, &str)] = &[
    ("docker/session.rs", "networks, volumes and nodes are the engine's own kinds"),
    ("site/grammar.rs", "pictures give the nouns that brokers share a form, everything else the plain one"),
    ("site/pictures.rs", "pictures give the nouns that brokers share a form, everything else the plain one"),
];

fn is_in(path: &str, places: &[&str]) -> bool {
    places.iter().any(|place| path == *place || (place.ends_with('/') && path.starts_with(place)))
}

fn is_io(path: &str) -> bool {
    is_in(path, IO) || kinds().iter().any(|kind| path.starts_with(&format!("brokers/{kind}/{SESSION}")))
}

fn is_excused(path: &str, list: &[(&str, &str)]) -> bool {
    list.iter().any(|(file, _)| *file == path)
}

/// `place: what it says` for each match.
fn matches<'a>(sources: impl Iterator<Item = &'a Source>, pattern: &str) -> Vec<String> {
    let pattern = Regex::new(pattern).unwrap();
    let found = sources.flat_map(|source| pattern.find_iter(&source.code).map(move |found| (source, found)));
    found.map(|(source, found)| format!("{}: `{}`", source.place(found.start()), found.as_str())).collect()
}

fn impure(sources: &[Source]) -> Vec<String> {
    let pure = || sources.iter().filter(|source| is_in(&source.path, PURE) && !is_io(&source.path));
    let found = IMPURE
        .iter()
        .flat_map(|(pattern, what)| matches(pure(), pattern).into_iter().map(move |one| format!("{one} {what}")));
    found.collect()
}

fn deciding(sources: &[Source]) -> Vec<String> {
    matches(sources.iter().filter(|source| source.path == "converge/execute.rs"), DECIDING)
}

fn panicking(sources: &[Source]) -> Vec<String> {
    let pattern = r"\b(panic|unreachable|todo|unimplemented|assert|assert_eq)\s*!|\.\s*(unwrap|expect)\s*\(";
    matches(sources.iter().filter(|source| source.path.starts_with("plan/")), pattern)
}

fn kinds() -> Vec<&'static str> {
    registry().iter().map(|broker| broker.description().kind).collect()
}

/// A broker's folder that names another one.
fn acquainted(sources: &[Source]) -> Vec<String> {
    let mut found = Vec::new();
    for own in kinds() {
        let folder = format!("brokers/{own}/");
        let own_sources = || sources.iter().filter(|source| source.path.starts_with(&folder));
        for other in kinds().into_iter().filter(|other| *other != own) {
            found.extend(matches(own_sources(), &format!(r"\b{other}\b")));
            found.extend(literals(own_sources(), |text| text == other));
        }
    }
    found
}

fn literals<'a>(sources: impl Iterator<Item = &'a Source>, wanted: impl Fn(&str) -> bool) -> Vec<String> {
    let all = sources.flat_map(|source| source.literals.iter().map(move |literal| (source, literal)));
    let found = all.filter(|(_, literal)| wanted(&literal.text));
    found.map(|(source, literal)| format!("{}: \"{}\"", source.place(literal.at), literal.text)).collect()
}

/// What is outside of the brokers and has no excuse.
fn outside<'a>(sources: &'a [Source], excused: &'a [(&str, &str)]) -> impl Iterator<Item = &'a Source> {
    let outside = sources.iter().filter(|source| !source.path.starts_with("brokers/"));
    outside.filter(|source| !is_excused(&source.path, excused))
}

/// A kind of broker by its name.
fn named(sources: &[Source]) -> Vec<String> {
    let kinds = kinds();
    literals(outside(sources, NAMES_KINDS), |text| kinds.contains(&text))
}

fn matched(sources: &[Source]) -> Vec<String> {
    // Alone, or one of a tuple.
    let pattern =
        r"\bmatch\s*(\(\s*([\w.&*]+(\(\))?\s*,\s*)*)?[&*]*(\w+\.)*kind\b(\.as_(str|ref|deref)\(\)|\(\))?\s*[,){]";
    matches(outside(sources, MATCHES_KINDS), pattern)
}

fn printing(sources: &[Source]) -> Vec<String> {
    matches(sources.iter().filter(|source| !is_in(&source.path, PRINTING)), PRINTS)
}

fn unordered(sources: &[Source]) -> Vec<String> {
    let strict = sources.iter().filter(|source| !is_excused(&source.path, UNORDERED));
    matches(strict, r"\b(HashMap|HashSet|hash_map|hash_set)\b")
}

/// A rule: what breaks it in these sources.
type Rule = fn(&[Source]) -> Vec<String>;
/// A file, a text in it that breaks a rule, and a like one that does not.
type Trial = (&'static str, &'static str, &'static str);

/// Each rule with its trials.
const RULES: &[(&str, Rule, &[Trial])] = &[
    (
        "pure modules name no IO, clock or randomness",
        impure,
        &[
            ("spec/load.rs", "use std::fs;", "use std::fmt;"),
            ("spec/load.rs", "use std::{fmt, env};", "use std::{fmt, iter}; fn env() {}"),
            ("sim/keys.rs", "std::env::args()", "std::iter::empty()"),
            ("plan/order.rs", "let now = std::time::Instant::now();", "let now = \"std::time::Instant\";"),
            ("model/value.rs", "tokio::time::sleep(second)", "// tokio"),
            ("site/pages/app.rs", "use crate::net::http;", "use crate::site::net;"),
            ("site/text.rs", "use crate::{model::Address, fs};", "use crate::{model::Address, spec};"),
            ("brokers/kafka/topology.rs", "rand::random::<u8>()", "#[cfg(test)] use rand;"),
            ("brokers/rabbitmq/normalise.rs", "async fn read() {}", "fn read() {}"),
        ],
    ),
    (
        "`execute` compares nothing",
        deciding,
        &[
            ("converge/execute.rs", "if step.before == step.after {}", "if step.action.is_blocked() {}"),
            ("converge/execute.rs", "let plan = plan::diff(&input);", "let plan = &input.plan;"),
            ("converge/execute.rs", "session.observe().await", "session.apply(batch).await"),
        ],
    ),
    (
        "`plan` does not panic",
        panicking,
        &[
            ("plan/diff.rs", "let one = steps.first().unwrap();", "let one = steps.first().unwrap_or(&other);"),
            ("plan/order.rs", "panic!(\"no\")", "other::panic()"),
        ],
    ),
    (
        "brokers do not know each other",
        acquainted,
        &[
            ("brokers/kafka/mod.rs", "use super::rabbitmq::RabbitMq;", "use super::Broker; // rabbitmq"),
            ("brokers/rabbitmq/mod.rs", "brokers::find(\"kafka\")", "brokers::find(\"other\")"),
        ],
    ),
    (
        "nobody else knows a broker by its name",
        named,
        &[("site/build.rs", "if broker.kind == \"kafka\" {}", "let title = \"kafka and others\";")],
    ),
    (
        "nobody else decides by a kind",
        matched,
        &[
            ("cli/up.rs", "match model.kind { _ => {} }", "match model.kinds { _ => {} }"),
            ("cli/up.rs", "match (verb, &broker.kind()) { _ => {} }", "match make(verb, broker.kind()) { _ => {} }"),
            (
                "site/pages/list.rs",
                "match (address.kind.as_str(), other) { _ => {} }",
                "let kind = match other { _ => {} };",
            ),
            ("plan/diff.rs", "match address.kind.as_str() {}", "find(|one| one.kind == address.kind)"),
        ],
    ),
    (
        "only `view` and `cli` print",
        printing,
        &[
            ("docker/watch.rs", "eprintln!(\"line\")", "let stderr = line.is_stderr;"),
            ("converge/run.rs", "io::stdout().write(b\"done\")", "events.on(Event::Done)"),
        ],
    ),
    (
        "collections are ordered",
        unordered,
        &[("plan/step.rs", "use std::collections::HashMap;", "use std::collections::BTreeMap; // no HashMap")],
    ),
];

#[test]
fn the_sources_keep_every_rule() {
    let sources = sources();
    assert!(sources.len() > 150, "{}", sources.len());
    let broken: Vec<String> = RULES
        .iter()
        .filter_map(|(name, rule, _)| {
            let found = rule(sources);
            (!found.is_empty()).then(|| format!("{name}:\n  {}\n", found.join("\n  ")))
        })
        .collect();
    assert!(broken.is_empty(), "\n{}", broken.concat());
}

#[test]
fn every_rule_notices_a_break() {
    for (name, rule, trials) in RULES {
        for (path, bad, good) in *trials {
            assert!(!rule(&[Source::new(path, bad)]).is_empty(), "{name}: {path}: {bad}");
            assert_eq!(rule(&[Source::new(path, good)]), Vec::<String>::new(), "{name}: {path}: {good}");
        }
    }
}

/// An exception that nothing needs any more is removed.
#[test]
fn every_exception_is_needed() {
    let sources = sources();
    let mut unused = BTreeSet::new();
    for place in IO {
        let own: Vec<Source> = sources.iter().filter(|source| is_in(&source.path, &[place])).cloned().collect();
        // Tried as if it were pure.
        let renamed = own.into_iter().map(|source| Source { path: format!("spec/{}", source.path), ..source });
        if impure(&renamed.collect::<Vec<_>>()).is_empty() {
            unused.insert(*place);
        }
    }
    let tables: [(&[(&str, &str)], Rule); 3] = [(UNORDERED, unordered), (NAMES_KINDS, named), (MATCHES_KINDS, matched)];
    for (table, rule) in tables {
        for (file, _) in table {
            let own = sources.iter().filter(|source| source.path == *file).cloned();
            let renamed: Vec<Source> = own.map(|source| Source { path: "elsewhere.rs".to_owned(), ..source }).collect();
            if rule(&renamed).is_empty() {
                unused.insert(*file);
            }
        }
    }
    assert!(unused.is_empty(), "nothing needs these exceptions: {unused:?}");
}

#[test]
fn a_diff_has_no_way_to_fail() {
    // A `Result` here would not compile.
    let _: fn(&DiffInput<'_>) -> Plan = diff;
}
