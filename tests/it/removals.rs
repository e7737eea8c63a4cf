//! That `registry.rs` notices: from each kind each thing is taken away once.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use mqlab::brokers::{Catalogue, Description, Recipe, RecipeFile, Version, registry};

use crate::codes::codes;
use crate::registry::{Look, Missing, Repository, brought_examples, brought_images, brought_lessons, languages, tried};

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
