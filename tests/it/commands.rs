//! What verbs that need no engine say, as whole outputs.

use std::fmt::Write as _;
use std::process::Command;

use super::golden::Golden;

/// Each with the tour, from the repository's root.
const TRACES: &[&[&str]] = &[
    &["jobs/orders", "order.eu.placed"],
    &["jobs/orders", "nobody.wants.it"],
    &["jobs/documents", "--header", "type=report", "--header", "pages=3"],
    &["jobs/documents"],
    &["jobs/exchange/", "invoices"],
    // What cannot be traced.
    &["jobs/queue/invoices", "x"],
    &["job/orders", "x"],
    &["jobs/ordres", "x"],
    &["events/clicks", "x"],
    &["events/nothing", "x"],
    &["jobs/orders", "--header", "red"],
];

#[test]
fn commands_say_what_was_recorded() {
    let mut traces = String::new();
    for arguments in TRACES {
        told(&mut traces, &[&["trace", "-f", "examples/tour.yaml"], *arguments].concat());
    }
    let mut typos = String::new();
    told(&mut typos, &["check", "examples/tour.yaml"]);
    told(&mut typos, &["check", "--strickt"]);
    let mut golden = Golden::new("golden/commands", ".txt");
    golden.add("traces", traces);
    golden.add("typos", typos);
    golden.check();
}

/// Adds a command, its exit code and both streams.
fn told(out: &mut String, arguments: &[&str]) {
    let ran = Command::new(env!("CARGO_BIN_EXE_mqlab")).args(arguments).env_clear().output().expect("it can be run");
    let code = ran.status.code().unwrap_or(-1);
    let quoted = |word: &&&str| if word.contains(' ') { format!("'{word}'") } else { (**word).to_string() };
    let words: Vec<String> = arguments.iter().map(|word| quoted(&word)).collect();
    let _ = writeln!(out, "$ mqlab {}", words.join(" "));
    out.push_str(&String::from_utf8_lossy(&ran.stdout));
    out.push_str(&String::from_utf8_lossy(&ran.stderr));
    let _ = writeln!(out, "[{code}]\n");
}
