//! What every kind of broker must bring along. A new one fails here until nothing is missing.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mqlab::brokers::{Broker, Description, Recipe, find, registry};
use mqlab::model::{Home, Resource, Stack, Value};
use mqlab::spec::{Field, Object, Shape};

use crate::plans::lower;
use crate::specs::{example, examples, facts, name_of, root};

/// Collects what is missing, so that all of it is said at once.
#[derive(Default)]
pub(crate) struct Missing(pub(crate) Vec<String>);

impl Missing {
    pub(crate) fn unless(&mut self, there: bool, what: impl FnOnce() -> String) {
        if !there {
            self.0.push(what());
        }
    }

    #[track_caller]
    fn check(self) {
        assert!(self.0.is_empty(), "missing:\n  {}", self.0.join("\n  "));
    }
}

/// A whole sentence or more.
pub(crate) fn explains(text: &str) -> bool {
    text.len() > 5 && text.trim() == text && text.ends_with(['.', '`', ')']) && !text.contains("TODO")
}

fn stacks() -> BTreeMap<String, Stack> {
    examples().iter().map(|file| (name_of(file), example(file))).collect()
}

#[test]
fn kinds_are_found_by_their_name_alone() {
    let kinds: BTreeSet<&str> = registry().iter().map(|broker| broker.description().kind).collect();
    assert_eq!(kinds.len(), registry().len());
    for kind in kinds {
        assert_eq!(find(kind).unwrap().description().kind, kind);
    }
    assert!(find("nothing").is_none());
}

#[test]
fn every_kind_has_its_examples_and_their_plans_and_is_in_the_one_with_all() {
    of_every_kind(brought_examples);
}

#[test]
fn every_version_has_an_image_a_recipe_and_recorded_keys() {
    of_every_kind(brought_images);
}

#[test]
fn every_kind_is_taught_in_every_language() {
    of_every_kind(brought_lessons);
}

/// The live test fills in the table; here a row that it never saw is noticed without an engine.
#[test]
fn every_attribute_was_tried_on_a_broker() {
    of_every_kind(tried);
}

/// Looks for what a kind does not bring along.
pub(crate) type Look = fn(&Description, &Repository, &mut Missing);

pub(crate) fn of_every_kind(look: Look) {
    let mut missing = Missing::default();
    for broker in registry() {
        look(broker.description(), &Repository::default(), &mut missing);
    }
    missing.check();
}

/// The files of the repository, but for one that a test pretends to have removed.
#[derive(Default)]
pub(crate) struct Repository {
    removed: Option<String>,
}

impl Repository {
    pub(crate) fn without(path: String) -> Self {
        assert!(Self::default().has(&path), "{path} is not there anyway");
        Self { removed: Some(path) }
    }

    fn has(&self, path: &str) -> bool {
        self.removed.as_deref() != Some(path) && root().join(path).is_file()
    }

    fn text(&self, path: &str) -> String {
        if self.has(path) { std::fs::read_to_string(root().join(path)).unwrap() } else { String::new() }
    }

    /// The names of the files in a folder.
    pub(crate) fn names(&self, folder: &str) -> BTreeSet<String> {
        let entries = root().join(folder).read_dir().into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| self.has(&format!("{folder}/{name}"))).collect()
    }

    fn stack(&self, name: &str) -> Option<Stack> {
        let path = format!("examples/{name}.yaml");
        self.has(&path).then(|| example(&root().join(path)))
    }
}

pub(crate) fn brought_examples(about: &Description, files: &Repository, missing: &mut Missing) {
    let kind = about.kind;
    let cluster = format!("{kind}-cluster");
    for (name, wanted) in [(kind, "one node"), (cluster.as_str(), "several nodes")] {
        let path = format!("examples/{name}.yaml");
        let embedded = files.has(&path) && about.examples.contains(&(name, files.text(&path).as_str()));
        missing.unless(embedded, || format!("{path} among what {kind} brings along"));
        let stack = files.stack(name);
        let own = stack.as_ref().is_some_and(|stack| stack.brokers.iter().all(|broker| broker.kind == kind));
        missing.unless(own, || format!("{path} with {kind} alone"));
        let nodes = stack.map_or(0, |stack| stack.brokers[0].nodes);
        missing.unless(if name == kind { nodes == 1 } else { nodes > 1 }, || format!("{path} with {wanted}"));
        let plan = format!("tests/golden/examples/{name}.plan.txt");
        missing.unless(files.has(&plan), || format!("{plan}, the plan of {path}"));
    }
    let together = files.stack("all").is_some_and(|stack| stack.brokers.iter().any(|broker| broker.kind == kind));
    missing.unless(together, || format!("{kind} in examples/all.yaml"));
}

pub(crate) fn brought_images(about: &Description, files: &Repository, missing: &mut Missing) {
    let (kind, catalogue) = (about.kind, about.catalogue);
    // The default is what every source can give.
    let default = catalogue.versions.iter().find(|version| version.number == catalogue.default_version);
    missing.unless(default.is_some_and(|version| version.recipe.is_some()), || format!("{kind}: the default version"));
    let script = format!("scripts/record-config/{kind}.py");
    missing.unless(files.has(&script), || format!("{script}, which records the configuration keys of {kind}"));
    let mut numbers = BTreeSet::new();
    for version in catalogue.versions {
        let name = format!("{kind} {}", version.number);
        missing.unless(numbers.insert(version.number), || format!("{name}: only one of it"));
        let host = version.official.repository.split('/').next().unwrap();
        missing.unless(host.contains('.'), || format!("{name}: the registry of the official image"));
        missing.unless(version.official.tag.starts_with(version.number), || format!("{name}: a pinned official tag"));
        for from in version.upgrades_from {
            missing.unless(*from != version.number, || format!("{name}: an upgrade from another version than itself"));
        }
        match version.recipe {
            Some(recipe) => brought_recipe(&name, version.number, recipe, missing),
            None => missing.unless(false, || format!("{name}: a recipe")),
        }
        let keys: Option<serde_json::Value> = serde_json::from_str(version.config_keys).ok();
        let recorded = keys.as_ref().and_then(|keys| keys.as_object()).is_some_and(|keys| keys.len() > 1);
        missing.unless(recorded, || format!("{name}: recorded configuration keys"));
        let path = format!("src/brokers/{kind}/config_keys/{}.json", version.number);
        missing.unless(files.text(&path) == version.config_keys, || format!("{name}: {path} among its versions"));
    }
}

fn brought_recipe(name: &str, number: &str, recipe: &Recipe, missing: &mut Missing) {
    let folder = root().join("images").join(recipe.folder);
    let embedded: BTreeSet<&str> = recipe.files.iter().map(|file| file.name).collect();
    for file in ["Dockerfile", "README.md"] {
        missing.unless(embedded.contains(file), || format!("{name}: images/{}/{file}", recipe.folder));
    }
    for file in files_below(&folder) {
        let file = file.strip_prefix(&folder).unwrap().to_str().unwrap();
        missing.unless(embedded.contains(file), || format!("{name}: {file} among its recipe's files"));
    }
    missing.unless(!recipe.suite.is_empty(), || format!("{name}: the recipe's suite"));
    let exact = recipe.exact_version.is_none_or(|exact| exact.starts_with(number));
    missing.unless(exact, || format!("{name}: an exact version of that number"));
}

pub(crate) fn brought_lessons(about: &Description, files: &Repository, missing: &mut Missing) {
    let kind = about.kind;
    let folder = |language: &str| format!("site/content/{language}/learn/{kind}");
    let lessons: BTreeMap<String, BTreeSet<String>> =
        languages().into_iter().map(|language| (folder(&language), files.names(&folder(&language)))).collect();
    for (folder, own) in &lessons {
        missing.unless(!own.is_empty(), || format!("lessons in {folder}"));
        for lesson in lessons.values().flatten() {
            missing.unless(own.contains(lesson), || format!("{folder}/{lesson}"));
        }
    }
    for file in [format!("site/content/claims/{kind}.yaml"), format!("tests/golden/versions/{kind}.txt")] {
        missing.unless(files.has(&file), || format!("{file}, about the lessons of {kind}"));
    }
}

/// Those of the site, by their tags.
pub(crate) fn languages() -> Vec<String> {
    let entries = root().join("site/content").read_dir().unwrap().map(|entry| entry.unwrap());
    let languages = entries.filter(|entry| entry.path().join("words.json").is_file());
    languages.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

pub(crate) fn tried(about: &Description, files: &Repository, missing: &mut Missing) {
    let path = format!("tests/live/matrix/{}.txt", about.kind);
    let text = files.text(&path);
    let table = text.split("\n== ").next().unwrap_or_default();
    let cells = |line: &str| line.split('|').map(|cell| cell.trim().to_owned()).collect::<Vec<_>>();
    let rows: Vec<Vec<String>> = table.lines().map(cells).filter(|cells| cells.len() > 1).collect();
    let columns = rows.first().map_or(0, Vec::len);
    for rules in about.kinds {
        let names = rules.attributes.iter().map(|row| format!("{}.{}", rules.kind, row.name));
        for name in names.chain(rules.attributes.is_empty().then(|| rules.kind.to_owned())) {
            let row = rows.iter().find(|cells| cells[0] == name);
            let whole = row.is_some_and(|cells| cells.len() == columns && !cells.iter().any(String::is_empty));
            missing.unless(whole, || format!("{path}: {name}, and what became of it"));
        }
    }
    for one in about.impossible {
        let rules = about.kinds.iter().find(|rules| rules.kind == one.kind);
        let is_row = |name: &&str| rules.is_some_and(|rules| rules.attributes.iter().any(|row| row.name == *name));
        let known = rules.is_some() && one.attributes.iter().all(is_row);
        missing.unless(known, || {
            format!("{}: {} {:?}, which {:?} is about", about.kind, one.kind, one.attributes, one.why)
        });
        missing.unless(explains(one.why), || format!("{}: a sentence why not, for {}", about.kind, one.kind));
        missing.unless(table.contains(one.why), || format!("{path}: {:?}", one.why));
    }
}

/// All files of a folder, those in folders inside included.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// The recorded keys are those of the version that they are filed under.
#[test]
fn recorded_keys_say_which_version_they_are_of() {
    for broker in registry() {
        for version in broker.description().catalogue.versions {
            let keys: serde_json::Value = serde_json::from_str(version.config_keys).unwrap();
            let recorded = keys["version"].as_str().unwrap_or_default();
            let name = format!("{} {}", broker.description().kind, version.number);
            assert!(recorded.starts_with(version.number), "{name}: recorded from {recorded:?}");
        }
    }
}

#[test]
fn everything_a_reader_can_see_is_explained() {
    of_every_kind(explained);
}

fn explained(description: &Description, _files: &Repository, missing: &mut Missing) {
    let kind = description.kind;
    missing.unless(!description.title.is_empty(), || format!("{kind}: a title"));
    missing.unless(!description.kinds.is_empty(), || format!("{kind}: kinds of resources"));
    let mut seen = BTreeSet::new();
    for rules in description.kinds {
        let name = format!("{kind}: {}", rules.kind);
        missing.unless(seen.insert(rules.kind) && seen.insert(rules.plural), || format!("{name}: a name of its own"));
        let mut attributes = BTreeSet::new();
        // What lives in a broker may be nothing but there; what is in a file says something.
        let has_attributes = !rules.attributes.is_empty() || rules.home == Home::Broker;
        missing.unless(has_attributes, || format!("{name}: attributes"));
        for attribute in rules.attributes {
            missing.unless(attributes.insert(attribute.name), || format!("{name}.{}: only once", attribute.name));
            missing.unless(explains(attribute.doc), || format!("{name}.{}: a sentence", attribute.name));
        }
    }
    let mut names = BTreeSet::new();
    let mut numbers = BTreeSet::new();
    missing.unless(!description.ports.is_empty(), || format!("{kind}: ports"));
    for port in description.ports {
        let fresh = names.insert(port.name) && numbers.insert(port.number);
        missing.unless(fresh, || format!("{kind}: the port {} once", port.name));
        missing.unless(explains(port.doc), || format!("{kind}: a sentence about the port {}", port.name));
    }
    missing.unless(explains(description.growth), || format!("{kind}: what new nodes take over"));
    for (code, doc) in description.errors.iter().chain(description.lints) {
        missing.unless(explains(doc), || format!("{kind}: a sentence about {code}"));
    }
    missing.unless(description.memory_floor > 0 && description.most_nodes > 0, || format!("{kind}: its limits"));
    fields(kind, description.fields, missing);
}

fn fields(path: &str, fields: &[Field], missing: &mut Missing) {
    for field in fields {
        let path = format!("{path}: {}", field.name);
        missing.unless(explains(field.doc), || format!("{path}: a sentence"));
        shape(&path, &field.shape, missing);
    }
}

fn shape(path: &str, of: &Shape, missing: &mut Missing) {
    match of {
        Shape::Object(Object { doc, fields: inner, .. }) => {
            missing.unless(explains(doc), || format!("{path}: a sentence about the object"));
            fields(path, inner, missing);
        }
        Shape::Map { value, .. } => shape(path, value, missing),
        Shape::List(item) => shape(path, item, missing),
        Shape::Either(several) => several.iter().for_each(|one| shape(path, one, missing)),
        _ => {}
    }
}

/// Every resource of every example, with its broker.
fn resources(stack: &Stack) -> Vec<(&'static dyn Broker, Resource)> {
    let facts = facts(stack);
    let lowered = lower(stack, &facts);
    let all = lowered.into_iter().flat_map(|broker| broker.topology.into_iter().map(move |one| (broker.broker, one)));
    all.collect()
}

#[test]
fn the_examples_show_every_kind_of_resource_and_every_attribute_has_a_row() {
    let mut missing = Missing::default();
    let mut shown: BTreeSet<(&str, String)> = BTreeSet::new();
    for stack in stacks().values() {
        for (broker, resource) in resources(stack) {
            let address = &resource.address;
            let rules = broker.description().kinds.iter().find(|rules| rules.kind == address.kind);
            let kind = broker.description().kind;
            missing.unless(rules.is_some(), || format!("{kind}: rules for {}", address.kind));
            for attribute in resource.attributes.keys() {
                let row = rules.is_some_and(|rules| rules.attribute(attribute).is_some());
                missing.unless(row, || format!("{kind}: a row for {}.{attribute}", address.kind));
            }
            shown.insert((kind, address.kind.clone()));
        }
    }
    for broker in registry() {
        let kind = broker.description().kind;
        for rules in broker.description().kinds {
            let is_shown = shown.contains(&(kind, rules.kind.to_owned()));
            missing.unless(is_shown, || format!("{kind}: a {} in an example", rules.kind));
        }
    }
    missing.check();
}

#[test]
fn every_object_of_the_examples_can_be_made_by_hand_and_every_broker_reached() {
    let mut missing = Missing::default();
    for (name, stack) in stacks() {
        let facts = facts(&stack);
        for broker in lower(&stack, &facts) {
            let lesson = broker.broker.lesson();
            for resource in &broker.topology {
                let calls = lesson.calls(resource, broker.facts);
                let usable =
                    !calls.is_empty() && calls.iter().all(|call| !call.tool.is_empty() && !call.text.is_empty());
                missing.unless(usable, || format!("{name}: a call that makes {}", resource.address));
            }
            let prefix = format!("{}_", broker.model.name.to_uppercase());
            let variables = lesson.environment(broker.model, broker.facts);
            missing.unless(!variables.is_empty(), || format!("{name}: variables of {}", broker.model.name));
            for variable in variables {
                let own = variable.name.starts_with(&prefix) && !variable.value.is_empty();
                missing.unless(own, || format!("{name}: a value for {prefix}…, not {}", variable.name));
            }
            // A secret that a container is compared by is set again by making that anew.
            let files = broker.nodes.iter().flat_map(|node| &node.container.files);
            let is_sealed = |value: &Value| value.as_text().is_some_and(|text| text.starts_with("sealed "));
            let is_rendered = files.flat_map(|file| file.parts.values()).any(is_sealed);
            let secrets = broker.broker.description().secrets.is_empty();
            let reset = lesson.reset(broker.model, broker.facts);
            let way = is_rendered || secrets == reset.is_empty();
            missing.unless(way, || format!("{name}: a way to reset {}", broker.model.name));
        }
    }
    missing.check();
}

#[test]
fn containers_say_what_a_dead_one_died_of_and_take_a_port_for_each_that_is_published() {
    let mut missing = Missing::default();
    for (name, stack) in stacks() {
        let facts = facts(&stack);
        for broker in lower(&stack, &facts) {
            let own = format!("{name}: {}", broker.model.name);
            let wanted = broker.broker.description().containers(broker.model.nodes) as usize;
            missing.unless(broker.nodes.len() == wanted, || format!("{own}: {wanted} containers"));
            for node in &broker.nodes {
                let container = &node.container;
                missing.unless(!container.known_causes.is_empty(), || format!("{own}: known causes of death"));
                // A helper under the broker's name would be taken for a node.
                let is_named = container.aliases.contains(&broker.model.name) == container.node.role.is_empty();
                missing.unless(is_named, || format!("{own}: the broker's name as alias of its nodes alone"));
                let published: BTreeSet<&str> = container.ports.iter().map(|port| port.name).collect();
                let ports = broker.broker.description().ports.iter().filter(|port| port.role == container.node.role);
                let wanted: BTreeSet<&str> =
                    ports.filter(|port| (port.when)(broker.model)).map(|port| port.name).collect();
                missing.unless(published == wanted, || format!("{own}: ports {wanted:?}, not {published:?}"));
                missing.unless(container.stop_seconds > 0, || format!("{own}: time to stop"));
            }
        }
    }
    missing.check();
}
