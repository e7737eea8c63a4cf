//! A claim is called tested only where a live test of that name is there, and starts the version that the claim names.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mqlab::brokers::registry;
use regex::Regex;
use serde::Deserialize;

use crate::specs::root;

#[derive(Deserialize)]
struct Claim {
    id: String,
    tested: Option<Tested>,
}

#[derive(Deserialize)]
struct Tested {
    test: String,
    #[serde(default)]
    versions: BTreeSet<String>,
}

/// With the kind whose file it is in; `general` has those about several.
fn tested() -> Vec<(String, String, Tested)> {
    let mut all = Vec::new();
    for entry in std::fs::read_dir(root().join("site/content/claims")).unwrap() {
        let path = entry.unwrap().path();
        let kind = path.file_stem().unwrap().to_str().unwrap().to_owned();
        let claims: Vec<Claim> = serde_yaml::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        all.extend(claims.into_iter().filter_map(|claim| Some((kind.clone(), claim.id, claim.tested?))));
    }
    all
}

/// The file of a live test, and the name of its function.
fn source(test: &str) -> Option<(PathBuf, &str)> {
    let (module, function) = test.rsplit_once("::")?;
    let file = root().join("tests/live").join(module.replace("::", "/"));
    [file.with_extension("rs"), file.join("mod.rs")]
        .into_iter()
        .find(|file| file.is_file())
        .map(|file| (file, function))
}

/// From its attribute to its last brace.
fn body<'a>(text: &'a str, function: &str) -> Option<&'a str> {
    let begin = text.find(&format!("#[test]\nfn {function}()"))?;
    let rest = &text[begin..];
    Some(rest.find("\n}\n").map_or(rest, |end| &rest[..end]))
}

/// The text, and the stacks that it includes, from the folder of its file.
fn with_stacks(text: &str, folder: &Path) -> Vec<String> {
    let included = Regex::new(r#"include_str!\("([^"]+\.yaml)"\)"#).unwrap();
    let stacks = included.captures_iter(text).map(|file| std::fs::read_to_string(folder.join(&file[1])).unwrap());
    std::iter::once(text.to_owned()).chain(stacks).collect()
}

/// The versions in which these texts start a kind of broker: those that stand behind it, else the default.
fn started(texts: &[String], kind: &str, default: &str) -> BTreeSet<String> {
    let begin = Regex::new(&format!(r"\bkind: {kind}\b")).unwrap();
    let version = Regex::new(r#"\bversion: \\?"([0-9.]+)\\?""#).unwrap();
    let mut found = BTreeSet::new();
    let mut is_there = false;
    for text in texts {
        for place in begin.find_iter(text) {
            is_there = true;
            let rest = &text[place.end()..];
            let own = rest.find("kind: ").map_or(rest, |next| &rest[..next]);
            found.extend(version.captures_iter(own).map(|one| one[1].to_owned()));
        }
    }
    if is_there && found.is_empty() {
        found.insert(default.to_owned());
    }
    found
}

#[test]
fn every_test_that_a_claim_names_exists() {
    let tested = tested();
    assert!(!tested.is_empty(), "no claim is tested");
    for (_, id, Tested { test, .. }) in &tested {
        let text = source(test).map(|(file, function)| (std::fs::read_to_string(file).unwrap(), function));
        let is_there = text.is_some_and(|(text, function)| body(&text, function).is_some());
        assert!(is_there, "{id}: no test {test}");
    }
}

#[test]
fn every_version_that_a_claim_names_is_started_by_its_test() {
    let mut wrong = Vec::new();
    let mut seen = 0;
    for broker in registry() {
        let about = broker.description();
        let default = about.catalogue.default_version;
        for (_, id, Tested { test, versions }) in tested().iter().filter(|(kind, ..)| kind == about.kind) {
            let (file, function) = source(test).unwrap();
            let text = std::fs::read_to_string(&file).unwrap();
            let started = |text: &str| started(&with_stacks(text, file.parent().unwrap()), about.kind, default);
            // A file may have a test of each version; one whose stack stands above it has no other.
            let own = started(body(&text, function).unwrap());
            let found = if own.is_empty() { started(&text) } else { own };
            seen += versions.len();
            wrong.extend(
                versions.difference(&found).map(|version| format!("{id}: {test} starts {found:?}, not {version}")),
            );
        }
    }
    assert!(seen > 100, "{seen} versions");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_text_starts_is_found() {
    let found = |text: &str, kind| started(&[text.to_owned()], kind, "9.9").into_iter().collect::<Vec<_>>();
    let both = "a: { kind: kafka, version: \"4.3\" }, b: { kind: rabbitmq, version: \\\"4.0\\\" }";
    assert_eq!(found(both, "kafka"), ["4.3"]);
    assert_eq!(found(both, "rabbitmq"), ["4.0"]);
    assert_eq!(found(both, "artemis"), [""; 0]);
    assert_eq!(found("a: { kind: kafka }", "kafka"), ["9.9"]);
    assert_eq!(
        found("kind: kafka\nversion: \"4.3\"\nedit(\"version: \\\"4.3\\\"\", \"version: \\\"4.4\\\"\")", "kafka"),
        ["4.3", "4.4"]
    );
}
