//! What every kind of broker must bring along. A new one fails here until nothing is missing.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mqlab::brokers::{Broker, find, registry};
use mqlab::model::{Home, Resource, Stack, Value};
use mqlab::spec::{ERRORS, Field, LINTS, Object, Shape};

use regex::Regex;

use crate::plans::lower;
use crate::sources::sources;
use crate::specs::{example, examples, facts, name_of, root};

/// Collects what is missing, so that all of it is said at once.
#[derive(Default)]
struct Missing(Vec<String>);

impl Missing {
    fn unless(&mut self, there: bool, what: impl FnOnce() -> String) {
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
fn explains(text: &str) -> bool {
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
    let mut missing = Missing::default();
    let stacks = stacks();
    for broker in registry() {
        let kind = broker.description().kind;
        let cluster = format!("{kind}-cluster");
        for name in [kind, &cluster] {
            let text = std::fs::read_to_string(root().join(format!("examples/{name}.yaml"))).unwrap_or_default();
            let embedded = broker.description().examples.contains(&(name, text.as_str()));
            missing.unless(embedded, || format!("examples/{name}.yaml among what {kind} brings along"));
            let own = stacks.get(name).is_some_and(|stack| stack.brokers.iter().all(|broker| broker.kind == kind));
            missing.unless(own, || format!("examples/{name}.yaml with {kind} alone"));
            let plan = root().join(format!("tests/golden/examples/{name}.plan.txt"));
            missing.unless(plan.is_file(), || format!("a golden plan of examples/{name}.yaml"));
        }
        let nodes = |name: &str| stacks.get(name).map_or(0, |stack| stack.brokers[0].nodes);
        missing.unless(nodes(kind) == 1 && nodes(&cluster) > 1, || format!("{kind}: one node, and several"));
        let together = stacks.get("all").is_some_and(|stack| stack.brokers.iter().any(|broker| broker.kind == kind));
        missing.unless(together, || format!("{kind} in examples/all.yaml"));
    }
    missing.check();
}

#[test]
fn every_version_has_an_image_a_recipe_and_recorded_keys() {
    let mut missing = Missing::default();
    for broker in registry() {
        let description = broker.description();
        let (kind, catalogue) = (description.kind, description.catalogue);
        let default = catalogue.version(catalogue.default_version);
        // The default is what every source can give.
        missing
            .unless(default.is_some_and(|version| version.recipe.is_some()), || format!("{kind}: the default version"));
        let mut numbers = BTreeSet::new();
        for version in catalogue.versions {
            let name = format!("{kind} {}", version.number);
            missing.unless(numbers.insert(version.number), || format!("{name}: only one of it"));
            let host = version.official.repository.split('/').next().unwrap();
            missing.unless(host.contains('.'), || format!("{name}: the registry of the official image"));
            missing
                .unless(version.official.tag.starts_with(version.number), || format!("{name}: a pinned official tag"));
            for from in version.upgrades_from {
                missing
                    .unless(*from != version.number, || format!("{name}: an upgrade from another version than itself"));
            }
            missing.unless(version.recipe.is_some(), || format!("{name}: a recipe"));
            if let Some(recipe) = version.recipe {
                let folder = root().join("images").join(recipe.folder);
                let embedded: BTreeSet<&str> = recipe.files.iter().map(|file| file.name).collect();
                for file in ["Dockerfile", "README.md"] {
                    missing.unless(embedded.contains(file), || format!("images/{}/{file}", recipe.folder));
                }
                for file in files_below(&folder) {
                    let file = file.strip_prefix(&folder).unwrap().to_str().unwrap();
                    missing.unless(embedded.contains(file), || format!("{name}: {file} among its recipe's files"));
                }
                missing.unless(!recipe.suite.is_empty(), || format!("{name}: the recipe's suite"));
                let exact = recipe.exact_version.is_none_or(|exact| exact.starts_with(version.number));
                missing.unless(exact, || format!("{name}: an exact version of that number"));
            }
            let recorded = |text| {
                let keys: Option<serde_json::Value> = serde_json::from_str(text).ok();
                keys.as_ref().and_then(|keys| keys.as_object()).is_some_and(|keys| keys.len() > 1)
            };
            missing.unless(recorded(version.config_keys), || format!("{name}: recorded configuration keys"));
        }
    }
    missing.check();
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
    let mut missing = Missing::default();
    for broker in registry() {
        let description = broker.description();
        let kind = description.kind;
        missing.unless(!description.title.is_empty(), || format!("{kind}: a title"));
        missing.unless(!description.kinds.is_empty(), || format!("{kind}: kinds of resources"));
        let mut seen = BTreeSet::new();
        for rules in description.kinds {
            let name = format!("{kind}: {}", rules.kind);
            missing
                .unless(seen.insert(rules.kind) && seen.insert(rules.plural), || format!("{name}: a name of its own"));
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
        missing.unless(!description.lints.is_empty(), || format!("{kind}: what is suspicious about it"));
        for (code, doc) in description.errors.iter().chain(description.lints) {
            missing.unless(explains(doc), || format!("{kind}: a sentence about {code}"));
        }
        missing.unless(description.memory_floor > 0 && description.most_nodes > 0, || format!("{kind}: its limits"));
        fields(kind, description.fields, &mut missing);
    }
    missing.check();
}

/// What a folder's sources can call wrong or suspicious is in its lists, and nothing else is.
#[test]
fn the_lists_of_codes_are_true() {
    let code = Regex::new("^[a-z0-9]+(-[a-z0-9]+)*$").unwrap();
    // Where a code stands for sure, and where pairs of other things may begin as well: those have no hyphen.
    let [lint, error, pair] =
        [r"\blint\(\s*$", r"\b(error|report)\(\s*$|\bcode:\s*$", r"(\bSome\(|=>\s*(\{\s*)?|;\s*)\(\s*$"]
            .map(|before| Regex::new(before).unwrap());
    let said = |folders: &[String]| {
        let (mut errors, mut lints) = (BTreeSet::new(), BTreeSet::new());
        let is_own = |path: &str| folders.iter().any(|folder| path.starts_with(folder)) && !path.contains("/session/");
        for source in sources().iter().filter(|source| is_own(&source.path)) {
            for literal in source.literals.iter().filter(|one| code.is_match(&one.text)) {
                let before = &source.code[..literal.at];
                if lint.is_match(before) {
                    lints.insert(literal.text.as_str());
                } else if error.is_match(before) || (pair.is_match(before) && literal.text.contains('-')) {
                    errors.insert(literal.text.as_str());
                }
            }
        }
        [errors, lints]
    };
    let listed = |list: &[(&'static str, &str)]| list.iter().map(|(code, _)| *code).collect::<BTreeSet<_>>();
    assert_eq!([listed(ERRORS), listed(LINTS)], said(&["spec/".to_owned(), "model/".to_owned()]), "any stack");
    for broker in registry() {
        let about = broker.description();
        let own = said(&[format!("brokers/{}/", about.kind)]);
        assert_eq!([listed(about.errors), listed(about.lints)], own, "{}", about.kind);
    }
}

/// What is told whatever brokers there are.
#[test]
fn every_code_of_any_stack_is_explained() {
    for (code, doc) in ERRORS.iter().chain(LINTS) {
        assert!(explains(doc), "{code}: {doc}");
    }
    for code in mqlab::doctor::Code::ALL {
        assert!(explains(code.means()), "{code}");
    }
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
