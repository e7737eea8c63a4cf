//! The programs that the site shows are all there, and say what they are. That they work is for the live tests.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

#[path = "../live/snippets/entries.rs"]
mod entries;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use mqlab::brokers::registry;
use regex::Regex;
use serde_yaml::Value;

use self::entries::{Client, Entry, Program, entries, folder, text};
use crate::plans::lower;
use crate::specs::{example, facts, root};

const LANGUAGES: [&str; 6] = ["python", "java", "go", "node", "rust", "dotnet"];

/// Second clients of a language: the kind, after which entry, and which.
const SECOND: [(&str, &str, &str); 1] = [("kafka", "python", "kafka-python")];

/// What the site puts the reader's own names for.
const PLACEHOLDERS: [&str; 6] = ["MQLAB_URL", "MQLAB_USER", "MQLAB_PASSWORD", "your-queue", "your-topic", "your-group"];

fn check(wrong: &[String]) {
    assert!(wrong.is_empty(), "site/clients:\n  {}", wrong.join("\n  "));
}

/// Every program, with what it is called in a complaint.
fn programs(all: &[Entry]) -> Vec<(String, &Entry, &Client, &'static str, &Program)> {
    let mut found = Vec::new();
    for entry in all {
        let client = &entry.client;
        for (verb, program) in [("send", &client.send), ("receive", &client.receive)] {
            let name = format!("{} {} {verb} ({})", entry.kind, entry.id(), program.file);
            found.push((name, entry, client, verb, program));
        }
    }
    found
}

/// What is between the two marks, if they are there once.
fn region(program: &str, verb: &str, language: &str) -> Option<String> {
    let sign = if language == "python" { "#" } else { "//" };
    let (begin, end) = (format!("{sign} region: {verb}\n"), format!("{sign} endregion\n"));
    let once = program.matches(" region: ").count() == 1 && program.matches(" endregion").count() == 1;
    let (before, rest) = program.split_once(&begin)?;
    let (inside, after) = rest.split_once(&end)?;
    (once && before.is_empty() && after.is_empty()).then(|| inside.to_owned())
}

#[test]
fn every_kind_has_an_entry_for_every_language_in_this_order() {
    let all = entries();
    let mut wrong = Vec::new();
    let mut known = 0;
    for broker in registry() {
        let kind = broker.description().kind;
        let second = |language: &'static str| SECOND.into_iter().filter(move |one| (one.0, one.1) == (kind, language));
        let of_language = |language| std::iter::once(language).chain(second(language).map(|one| one.2));
        let wanted: Vec<&str> = LANGUAGES.into_iter().flat_map(of_language).collect();
        let found: Vec<&str> = all.iter().filter(|entry| entry.kind == kind).map(Entry::id).collect();
        known += found.len();
        if found != wanted {
            wrong.push(format!("{kind}: {found:?} instead of {wanted:?}"));
        }
    }
    if all.len() != known {
        wrong.push(format!("{} entries in all, {known} of kinds that there are", all.len()));
    }
    check(&wrong);
}

#[test]
fn every_program_is_there_with_its_region_and_its_placeholders() {
    let all = entries();
    let mut wrong = Vec::new();
    // Per kind and verb, what the first program has; all others must have the same objects.
    let mut objects: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for (name, entry, client, verb, program) in programs(&all) {
        let Ok(whole) = std::fs::read_to_string(folder().join(&program.file)) else {
            wrong.push(format!("{name}: no such file"));
            continue;
        };
        let Some(shown) = region(&whole, verb, &entry.language) else {
            wrong.push(format!("{name}: one `region: {verb}` around the whole of it"));
            continue;
        };
        let has = |placeholder: &str| shown.matches(&format!("\"{placeholder}\"")).count();
        let found: BTreeSet<&str> = PLACEHOLDERS.into_iter().filter(|one| has(one) > 0).collect();
        for one in PLACEHOLDERS.into_iter().filter(|one| shown.matches(one).count() != has(one)) {
            wrong.push(format!("{name}: {one} as anything but a whole literal in double quotes"));
        }
        let wanted =
            [("MQLAB_URL", true), ("MQLAB_USER", client.user.is_some()), ("MQLAB_PASSWORD", client.password.is_some())];
        for (one, wanted) in wanted.into_iter().filter(|(one, wanted)| found.contains(one) != *wanted) {
            wrong.push(format!("{name}: {one} {}", if wanted { "is missing" } else { "has no entry" }));
        }
        let of_objects: BTreeSet<&str> = found.into_iter().filter(|one| one.starts_with("your-")).collect();
        let first = objects.entry((&entry.kind, verb)).or_insert_with(|| of_objects.clone());
        if of_objects.is_empty() || of_objects != *first {
            wrong.push(format!("{name}: {of_objects:?}, others have {first:?}"));
        }
    }
    check(&wrong);
}

/// A file that nothing names would be shown to nobody, and be in the program all the same.
#[test]
fn no_file_is_left_over() {
    let all = entries();
    let named: BTreeSet<String> = programs(&all).iter().map(|program| program.4.file.clone()).collect();
    let mut wrong = Vec::new();
    for broker in registry() {
        for path in files_below(&folder().join(broker.description().kind)) {
            let name = path.strip_prefix(folder()).unwrap().to_str().unwrap().to_owned();
            if !named.contains(&name) && !name.ends_with("/java/pom.xml") {
                wrong.push(format!("{name}: nothing names it"));
            }
        }
    }
    check(&wrong);
}

fn files_below(folder: &Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = folder.read_dir() else { return Vec::new() };
    let paths = entries.map(|entry| entry.unwrap().path());
    paths.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// What is shown is what is built.
#[test]
fn the_versions_are_those_of_the_locks() {
    let requirements = text("requirements.txt");
    let (modules, sums) = (text("go.mod"), text("go.sum"));
    let npm: serde_json::Value = serde_json::from_str(&text("package-lock.json")).unwrap();
    let crates = text("rust/Cargo.lock");
    let mut wrong = Vec::new();
    for entry in &entries() {
        let client = &entry.client;
        let (name, version) = (&client.name, &client.version);
        let is_locked = match entry.language.as_str() {
            "python" => requirements.lines().any(|line| line == format!("{name}=={version}")),
            "java" => {
                let pom = text(&format!("{}/java/pom.xml", entry.kind));
                let group = client.install.split(':').next().unwrap();
                let lines = [("groupId", group), ("artifactId", name.as_str()), ("version", version.as_str())];
                let wanted = lines.map(|(tag, value)| format!("      <{tag}>{value}</{tag}>\n")).concat();
                pom.contains(&format!("    <dependency>\n{wanted}    </dependency>"))
            }
            "go" => {
                modules.contains(&format!("\t{name} {version}\n")) && sums.contains(&format!("{name} {version} h1:"))
            }
            "node" => npm["packages"][format!("node_modules/{name}")]["version"] == version.as_str(),
            "rust" => {
                let manifest = text(&format!("rust/{}/Cargo.toml", entry.kind));
                let line = format!(r#"(?m)^{name} = (\{{ version = )?"={version}""#);
                Regex::new(&line).unwrap().is_match(&manifest)
                    && crates.contains(&format!("name = \"{name}\"\nversion = \"{version}\"\n"))
            }
            "dotnet" => [&client.send, &client.receive]
                .iter()
                .all(|program| text(&program.file).contains(&format!("\n#:package {name}@{version}\n"))),
            other => panic!("nobody has said where {other} has its lock"),
        };
        if !is_locked {
            wrong.push(format!("{} {}: {name} {version} in the lock", entry.kind, entry.id()));
        }
        if !client.install.contains(version.as_str()) {
            wrong.push(format!("{} {}: `install` with {version}", entry.kind, entry.id()));
        }
    }
    check(&wrong);
}

/// Of mirrors that only one machine can reach.
#[test]
fn the_locks_name_no_other_registry() {
    let mut wrong = Vec::new();
    let own = "tests/live/snippets/node/package-lock.json";
    let locks = [text("package-lock.json"), std::fs::read_to_string(root().join(own)).unwrap()];
    let host = Regex::new(r#""resolved": "https?://([^/"]+)"#).unwrap();
    for lock in &locks {
        for found in host.captures_iter(lock).filter(|found| &found[1] != "registry.npmjs.org") {
            wrong.push(format!("{} in a package-lock.json", &found[1]));
        }
    }
    let source = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let crates = text("rust/Cargo.lock");
    let others = crates.lines().filter(|line| line.starts_with("source = ") && *line != source);
    wrong.extend(others.map(str::to_owned));
    check(&wrong);
}

/// `mqlab env` prints what the programs read.
#[test]
fn the_variables_are_those_that_env_prints() {
    let stack = example(&root().join("examples/all.yaml"));
    let facts = facts(&stack);
    let all = entries();
    let mut wrong = Vec::new();
    for broker in lower(&stack, &facts) {
        let prefix = broker.model.name.to_uppercase();
        let printed: BTreeSet<String> =
            broker.broker.lesson().environment(broker.model, broker.facts).into_iter().map(|one| one.name).collect();
        for entry in all.iter().filter(|entry| entry.kind == broker.model.kind) {
            let client = &entry.client;
            let ends = [Some(&client.connection), client.user.as_ref(), client.password.as_ref()];
            for end in ends.into_iter().flatten().filter(|end| !printed.contains(&format!("{prefix}_{end}"))) {
                wrong.push(format!("{} {}: {prefix}_{end}", entry.kind, entry.id()));
            }
        }
    }
    check(&wrong);
}

#[test]
fn what_was_run_has_its_results_and_what_was_not_says_why() {
    let results: Vec<Value> = serde_yaml::from_str(&text("results.yaml")).unwrap();
    let all = entries();
    let mut wrong = Vec::new();
    for entry in &all {
        if let Some(words) = &entry.client.not_run
            && (!words.en.ends_with('.') || !words.zh.ends_with('。'))
        {
            wrong.push(format!("{} {}: whole sentences in both languages", entry.kind, entry.id()));
        }
    }
    for broker in registry() {
        let kind = broker.description().kind;
        let run = all.iter().filter(|entry| entry.kind == kind && entry.is_run());
        let ids: Vec<&str> = run.map(Entry::id).collect();
        let Some(result) = results.iter().find(|result| result["kind"] == kind) else {
            wrong.push(format!("{kind}: its results"));
            continue;
        };
        for sender in &ids {
            for receiver in ids.iter().filter(|receiver| result["senders"][*sender][**receiver] != "ok") {
                wrong.push(format!("{kind}: from {sender} to {receiver}"));
            }
        }
    }
    check(&wrong);
}
