//! Files full of mistakes, and everything that must be said about each.
//!
//! `tests/fixtures/bad/NAME.yaml`, with `NAME.2.yaml` as a second `-f` where it is there, gives `NAME.txt`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its fixtures has failed")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mqlab::model::Stack;
use mqlab::spec::{self, Environment, Input, Loaded, render};

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

fn fixtures() -> BTreeSet<String> {
    names(".yaml").into_iter().filter(|name| !name.ends_with(".2")).collect()
}

#[test]
fn every_mistake_is_reported_at_its_place_with_a_way_out() {
    let mut golden = Golden::new("fixtures/bad", ".txt");
    let mut wrong = Vec::new();
    for name in fixtures() {
        let loaded = load(&name);
        let found = render::plain(&loaded.diagnostics, &loaded.sources);
        if loaded.diagnostics.list.is_empty() {
            wrong.push(format!("{name} has no mistakes\n"));
        }
        if found.contains("planted-password") {
            wrong.push(format!("{name} shows a password:\n{found}"));
        }
        let helpless = loaded.diagnostics.list.iter().filter(|one| one.help.as_ref().is_none_or(String::is_empty));
        wrong.extend(helpless.map(|one| format!("{name}: no help for {one:?}\n")));
        golden.add(&name, found);
    }
    assert!(wrong.is_empty(), "{}", wrong.concat());
    golden.check();
}

#[test]
fn the_drawn_form_shows_every_line_and_no_password() {
    for name in fixtures() {
        let loaded = load(&name);
        let style = render::Style { color: false, unicode: true, width: 100 };
        let drawn = render::fancy(&loaded.diagnostics, &loaded.sources, style);
        for one in render::reports(&loaded.diagnostics, &loaded.sources) {
            assert!(drawn.contains(&format!("[{}:{}:{}]", one.file, one.line, one.column)), "{name}: {one:?}\n{drawn}");
        }
        assert!(!drawn.contains("planted-password"), "{name}:\n{drawn}");
    }
}
