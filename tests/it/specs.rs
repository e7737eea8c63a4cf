//! Specs of the repository, loaded as the command does, and what a stack would find where nothing runs.

#![allow(clippy::unwrap_used, reason = "a test that cannot read its specs has failed")]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use mqlab::brokers::{self, PortDescription};
use mqlab::model::{BrokerModel, Facts, Secret, Stack};
use mqlab::spec::{self, Environment, Input, Loaded, render};

/// Variables and files that are not there: a good spec does without.
pub(crate) struct Nothing;

impl Environment for Nothing {
    fn variable(&self, _name: &str) -> Option<String> {
        None
    }

    fn file(&self, _spec: &str, path: &str) -> Result<String, String> {
        Err(format!("cannot read {path}: no such file"))
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The specs in a folder, sorted.
pub(crate) fn specs_in(folder: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join(folder)).unwrap();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "yaml"));
    files.sort();
    assert!(!files.is_empty(), "no specs in {folder}");
    files
}

/// The runnable stacks.
pub(crate) fn examples() -> Vec<PathBuf> {
    specs_in("examples")
}

pub(crate) fn name_of(file: &Path) -> String {
    file.file_stem().unwrap().to_str().unwrap().to_owned()
}

/// Reads and builds. `name` is what diagnostics and plans call the file.
pub(crate) fn load(name: &str, text: &str, environment: &dyn Environment) -> (Option<Stack>, Loaded) {
    let mut loaded = spec::load(vec![Input { name: name.into(), bytes: text.into() }], environment);
    let stack = loaded
        .tree
        .as_ref()
        .and_then(|tree| Stack::build(tree, &loaded.sources, root().join("examples"), &mut loaded.diagnostics));
    (stack, loaded)
}

/// The stack of a text in which there is nothing to complain about.
#[track_caller]
pub(crate) fn clean(name: &str, text: &str, environment: &dyn Environment) -> Stack {
    let (stack, loaded) = load(name, text, environment);
    let said = render::plain(&loaded.diagnostics, &loaded.sources);
    assert!(said.is_empty(), "{said}");
    stack.unwrap()
}

/// The stack of an example.
#[track_caller]
pub(crate) fn example(file: &Path) -> Stack {
    let name = format!("{}.yaml", name_of(file));
    clean(&name, &std::fs::read_to_string(file).unwrap(), &Nothing)
}

/// Every broker's facts as on an empty machine, with ids and secrets that are the same each time.
pub(crate) fn facts(stack: &Stack) -> BTreeMap<String, Facts> {
    stack.brokers.iter().map(|broker| (broker.name.clone(), facts_of(broker))).collect()
}

fn facts_of(broker: &BrokerModel) -> Facts {
    let description = brokers::find(broker.kind).unwrap().description();
    let ports = description.ports.iter().filter(|port| (port.when)(broker));
    let numbers = |port: &PortDescription| {
        let count = description.count(port.role, broker.nodes);
        (0..u16::try_from(count).unwrap()).map(|node| port.number + node).collect::<Vec<_>>()
    };
    let pinned = |name: &str| broker.ports.get(name).cloned();
    Facts {
        version: broker.version.clone(),
        ports: ports.map(|port| (port.name.to_owned(), pinned(port.name).unwrap_or_else(|| numbers(port)))).collect(),
        ids: description
            .ids
            .iter()
            .map(|id| (id.name.to_owned(), (id.make)(broker, "MkU3OEVBNTcwNTJENDM2Qg".to_owned())))
            .collect(),
        advertise_host: "127.0.0.1".to_owned(),
        secrets: description
            .secrets
            .iter()
            .map(|name| ((*name).to_owned(), Secret::new(format!("{GENERATED}-{}-{name}", broker.name))))
            .collect(),
        observed: BTreeMap::new(),
    }
}

/// What every generated secret begins with.
pub(crate) const GENERATED: &str = "generated-secret";
