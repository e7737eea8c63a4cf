//! What every kind of broker must bring along. A new one fails here until nothing is missing.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mqlab::brokers::{Broker, Catalogue, Description, Recipe, RecipeFile, Version, find, registry};
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
type Look = fn(&Description, &Repository, &mut Missing);

fn of_every_kind(look: Look) {
    let mut missing = Missing::default();
    for broker in registry() {
        look(broker.description(), &Repository::default(), &mut missing);
    }
    missing.check();
}

/// The files of the repository, but for one that a test pretends to have removed.
#[derive(Default)]
struct Repository {
    removed: Option<String>,
}

impl Repository {
    fn without(path: String) -> Self {
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
    fn names(&self, folder: &str) -> BTreeSet<String> {
        let entries = root().join(folder).read_dir().into_iter().flatten();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| self.has(&format!("{folder}/{name}"))).collect()
    }

    fn stack(&self, name: &str) -> Option<Stack> {
        let path = format!("examples/{name}.yaml");
        self.has(&path).then(|| example(&root().join(path)))
    }
}

fn brought_examples(about: &Description, files: &Repository, missing: &mut Missing) {
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

fn brought_images(about: &Description, files: &Repository, missing: &mut Missing) {
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

fn brought_lessons(about: &Description, files: &Repository, missing: &mut Missing) {
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
fn languages() -> Vec<String> {
    let entries = root().join("site/content").read_dir().unwrap().map(|entry| entry.unwrap());
    let languages = entries.filter(|entry| entry.path().join("words.json").is_file());
    languages.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

fn tried(about: &Description, files: &Repository, missing: &mut Missing) {
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

/// What sources can call wrong, and what suspicious.
fn said(folders: &[String]) -> [BTreeSet<&'static str>; 2] {
    let code = Regex::new("^[a-z0-9]+(-[a-z0-9]+)*$").unwrap();
    // Where a code stands for sure, and where pairs of other things may begin as well: those have no hyphen.
    let [lint, error, pair] =
        [r"\blint\(\s*$", r"\b(error|report)\(\s*$|\bcode:\s*$", r"(\bSome\(|=>\s*(\{\s*)?|;\s*)\(\s*$"]
            .map(|before| Regex::new(before).unwrap());
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
}

fn listed(list: &[(&'static str, &str)]) -> BTreeSet<&'static str> {
    list.iter().map(|(code, _)| *code).collect()
}

/// What a folder's sources can call wrong or suspicious is in its lists, and nothing else is.
#[test]
fn the_lists_of_codes_are_true() {
    assert_eq!([listed(ERRORS), listed(LINTS)], said(&["spec/".to_owned(), "model/".to_owned()]), "any stack");
    of_every_kind(codes);
}

fn codes(about: &Description, _files: &Repository, missing: &mut Missing) {
    let kind = about.kind;
    let [errors, lints] = said(&[format!("brokers/{kind}/")]);
    for (what, said, listed) in [("errors", errors, listed(about.errors)), ("lints", lints, listed(about.lints))] {
        missing.unless(!listed.is_empty(), || format!("{kind}: a list of {what}"));
        let unlisted: Vec<&&str> = said.difference(&listed).collect();
        missing.unless(unlisted.is_empty(), || format!("{kind}: {unlisted:?} in its list of {what}"));
        let unsaid: Vec<&&str> = listed.difference(&said).collect();
        missing.unless(unsaid.is_empty(), || format!("{kind}: {unsaid:?} of its list of {what} in its sources"));
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

/// What a look complains about in each kind, once something is taken away from it: the complaint must name the kind and
/// the thing.
#[track_caller]
fn notices(look: Look, take_away: impl Fn(&Description) -> (Description, Repository), thing: impl Fn(&str) -> String) {
    for broker in registry() {
        let kind = broker.description().kind;
        let (about, files) = take_away(broker.description());
        let mut missing = Missing::default();
        look(&about, &files, &mut missing);
        let thing = thing(kind);
        let named = missing.0.iter().any(|one| one.contains(kind) && one.contains(&thing));
        assert!(named, "{kind} without {thing}: {:?}", missing.0);
    }
}

/// Takes a file away.
#[track_caller]
fn notices_without(look: Look, path: impl Fn(&str) -> String) {
    notices(look, |about| (same(about), Repository::without(path(about.kind))), &path);
}

fn same(about: &Description) -> Description {
    Description { ..*about }
}

/// Another description, and every file.
fn changed(about: Description) -> (Description, Repository) {
    (about, Repository::default())
}

fn with_versions(about: &Description, change: impl Fn(&Version) -> Version) -> Description {
    let versions = about.catalogue.versions.iter().map(change).collect::<Vec<_>>().leak();
    let catalogue = Box::leak(Box::new(Catalogue { versions, ..*about.catalogue }));
    Description { catalogue, ..*about }
}

fn with_recipe_files(about: &Description, keep: fn(&RecipeFile) -> bool) -> Description {
    with_versions(about, |version| {
        let recipe = version.recipe.unwrap();
        let files = recipe.files.iter().filter(|file| keep(file));
        let files = files.map(|file| RecipeFile { ..*file }).collect::<Vec<_>>().leak();
        Version { recipe: Some(Box::leak(Box::new(Recipe { files, ..*recipe }))), ..*version }
    })
}

#[test]
fn a_kind_without_examples_is_noticed() {
    let thing = |kind: &str| format!("examples/{kind}-cluster.yaml");
    notices(brought_examples, |about| changed(Description { examples: &about.examples[..1], ..*about }), thing);
    notices_without(brought_examples, thing);
    notices_without(brought_examples, |kind| format!("examples/{kind}.yaml"));
}

#[test]
fn a_kind_without_a_golden_plan_is_noticed() {
    for ending in ["", "-cluster"] {
        notices_without(brought_examples, |kind| format!("tests/golden/examples/{kind}{ending}.plan.txt"));
    }
}

#[test]
fn a_kind_without_recorded_keys_is_noticed() {
    let without = |about: &Description| with_versions(about, |version| Version { config_keys: "{}", ..*version });
    notices(brought_images, |about| changed(without(about)), |_| "recorded configuration keys".to_owned());
    for broker in registry() {
        let about = broker.description();
        let path = format!("src/brokers/{}/config_keys/{}.json", about.kind, about.catalogue.default_version);
        let mut missing = Missing::default();
        brought_images(about, &Repository::without(path.clone()), &mut missing);
        assert!(missing.0.iter().any(|one| one.contains(&path)), "{:?}", missing.0);
    }
    notices_without(brought_images, |kind| format!("scripts/record-config/{kind}.py"));
}

#[test]
fn a_kind_without_a_recipe_is_noticed() {
    let without = |about: &Description| with_versions(about, |version| Version { recipe: None, ..*version });
    notices(brought_images, |about| changed(without(about)), |_| "a recipe".to_owned());
}

/// What an image is made from: its `Dockerfile`, and what that copies.
#[test]
fn a_recipe_without_one_of_its_files_is_noticed() {
    let without = |about: &Description| with_recipe_files(about, |file| file.name != "Dockerfile");
    notices(brought_images, |about| changed(without(about)), |_| "Dockerfile".to_owned());
    let without =
        |about: &Description| with_recipe_files(about, |file| matches!(file.name, "Dockerfile" | "README.md"));
    notices(brought_images, |about| changed(without(about)), |_| "among its recipe's files".to_owned());
}

#[test]
fn a_kind_without_its_list_of_lints_or_errors_is_noticed() {
    notices(codes, |about| changed(Description { lints: &[], ..*about }), |_| "a list of lints".to_owned());
    notices(codes, |about| changed(Description { errors: &[], ..*about }), |_| "a list of errors".to_owned());
    let shorter = |about: &Description| Description { lints: &about.lints[1..], ..*about };
    notices(codes, |about| changed(shorter(about)), |_| "in its list of lints".to_owned());
    let shorter = |about: &Description| Description { errors: &about.errors[1..], ..*about };
    notices(codes, |about| changed(shorter(about)), |_| "in its list of errors".to_owned());
}

#[test]
fn a_kind_without_a_lesson_in_one_language_is_noticed() {
    for language in languages() {
        let lesson = |kind: &str| {
            let folder = format!("site/content/{language}/learn/{kind}");
            format!("{folder}/{}", Repository::default().names(&folder).pop_first().unwrap())
        };
        notices_without(brought_lessons, lesson);
    }
}

#[test]
fn a_kind_without_claims_or_what_its_versions_say_is_noticed() {
    notices_without(brought_lessons, |kind| format!("site/content/claims/{kind}.yaml"));
    notices_without(brought_lessons, |kind| format!("tests/golden/versions/{kind}.txt"));
}

#[test]
fn a_kind_that_was_not_tried_is_noticed() {
    notices_without(tried, |kind| format!("tests/live/matrix/{kind}.txt"));
    let more = |about: &Description| {
        let mut kinds = about.kinds.to_vec();
        kinds[0].kind = "new";
        Description { kinds: kinds.leak(), ..*about }
    };
    notices(tried, |about| changed(more(about)), |_| ": new".to_owned());
}
