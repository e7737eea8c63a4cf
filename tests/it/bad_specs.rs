//! Files full of mistakes, and everything that must be said about each.
//!
//! `tests/fixtures/bad/NAME.yaml`, with `NAME.2.yaml` as a second `-f` where it is there, gives `NAME.txt`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its fixtures has failed")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use mqlab::brokers::registry;
use mqlab::model::Stack;
use mqlab::spec::{self, ERRORS, Environment, Input, LINTS, Loaded, render};

use crate::golden::Golden;

/// The variables and files of the fixtures.
struct Fixed;

impl Environment for Fixed {
    fn variable(&self, name: &str) -> Option<String> {
        (name == "TOWN").then(|| "Turin".to_owned())
    }

    fn file(&self, _spec: &str, path: &str) -> Result<String, String> {
        match path {
            "password.txt" => Ok("planted-password\n".to_owned()),
            _ => Err(format!("cannot read {path}: no such file")),
        }
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/bad")
}

/// Names of the fixtures with this ending, without it.
fn names(ending: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder()).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    names.filter_map(|name| name.strip_suffix(ending).map(str::to_owned)).collect()
}

/// What was read of each fixture, by its name.
fn loaded() -> &'static BTreeMap<String, Loaded> {
    static LOADED: LazyLock<BTreeMap<String, Loaded>> = LazyLock::new(|| {
        let names = names(".yaml").into_iter().filter(|name| !name.ends_with(".2"));
        names.map(|name| (name.clone(), load(&name))).collect()
    });
    &LOADED
}

fn load(name: &str) -> Loaded {
    let files = [format!("{name}.yaml"), format!("{name}.2.yaml")];
    let inputs = files.iter().filter_map(|file| {
        let bytes = std::fs::read(folder().join(file)).ok()?;
        Some(Input { name: file.as_str().into(), bytes })
    });
    let mut loaded = spec::load(inputs.collect(), &Fixed);
    if let Some(tree) = &loaded.tree {
        let stack = Stack::build(tree, &loaded.sources, folder(), &mut loaded.diagnostics);
        assert_eq!(stack.is_none(), loaded.diagnostics.has_errors(), "{name}");
    }
    loaded
}

#[test]
fn every_mistake_is_reported_at_its_place_with_a_way_out() {
    let mut golden = Golden::new("fixtures/bad", ".txt");
    let mut wrong = Vec::new();
    for (name, loaded) in loaded() {
        let found = render::plain(&loaded.diagnostics, &loaded.sources);
        if loaded.diagnostics.list.is_empty() {
            wrong.push(format!("{name} has no mistakes\n"));
        }
        if found.contains("planted-password") {
            wrong.push(format!("{name} shows a password:\n{found}"));
        }
        let helpless = loaded.diagnostics.list.iter().filter(|one| one.help.as_ref().is_none_or(String::is_empty));
        wrong.extend(helpless.map(|one| format!("{name}: no help for {one:?}\n")));
        golden.add(name, found);
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    golden.check();
}

#[test]
fn there_are_forty_and_most_hold_several_mistakes() {
    let mistakes: Vec<usize> = loaded().values().map(|loaded| loaded.diagnostics.list.len()).collect();
    let several = mistakes.iter().filter(|count| **count >= 3).count();
    assert!(mistakes.len() >= 40 && several >= 40, "{several} of {} with three or more", mistakes.len());
}

/// Every code that is registered is in some fixture; that all in the sources are registered is for `codes.rs`.
#[test]
fn every_code_has_a_fixture() {
    let of_kinds = registry().iter().flat_map(|broker| {
        let about = broker.description();
        about.errors.iter().chain(about.lints)
    });
    let registered: BTreeSet<&str> = ERRORS.iter().chain(LINTS).chain(of_kinds).map(|(code, _)| *code).collect();
    let said: BTreeSet<&str> =
        loaded().values().flat_map(|loaded| &loaded.diagnostics.list).map(|one| one.code).collect();
    let unknown: Vec<_> = said.difference(&registered).collect();
    assert!(unknown.is_empty(), "said, and not registered: {unknown:?}");
    let silent: Vec<_> = registered.difference(&said).collect();
    assert!(silent.is_empty(), "no fixture for {silent:?}");
}

#[test]
fn the_drawn_form_shows_every_line_and_no_password() {
    for (name, loaded) in loaded() {
        let style = render::Style { color: false, unicode: true, width: 100 };
        let drawn = render::fancy(&loaded.diagnostics, &loaded.sources, style);
        for one in render::reports(&loaded.diagnostics, &loaded.sources) {
            assert!(drawn.contains(&format!("[{}:{}:{}]", one.file, one.line, one.column)), "{name}: {one:?}\n{drawn}");
        }
        assert!(!drawn.contains("planted-password"), "{name}:\n{drawn}");
    }
}
