use super::*;
use crate::brokers::Artefacts;
use crate::model::Secret;
use crate::recipe_files;

static RECIPE: Recipe = recipe("trixie");
static OTHER: Recipe = recipe("forky");

const fn recipe(suite: &'static str) -> Recipe {
    Recipe {
        folder: "rabbitmq",
        files: recipe_files!("rabbitmq": "Dockerfile", "README.md", "docker-entrypoint.sh"),
        suite,
        arguments: &[("LEAST_VERSION", "4.0")],
        artefacts: Artefacts::Debian,
        exact_version: None,
    }
}

fn settings() -> ImageSettings {
    ImageSettings {
        build_args: BTreeMap::from([
            ("CHECK_VALID_UNTIL".to_owned(), "false".to_owned()),
            ("OF_ANOTHER_RECIPE".to_owned(), "x".to_owned()),
        ]),
        debian_repository: Some("http://packages.example/debian".to_owned()),
        maven_repository: Some("http://jars.example".to_owned()),
        proxy: Some(Secret::new("http://user:word@proxy.example:3128")),
        ..ImageSettings::default()
    }
}

#[test]
fn only_arguments_that_the_recipe_knows_reach_it() {
    let context = Context(&RECIPE);
    let arguments = context.arguments(&settings());
    let inputs: Vec<_> = arguments.inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(inputs, ["CHECK_VALID_UNTIL=false", "LEAST_VERSION=4.0"]);
    assert!(arguments.places.contains_key("DEBIAN_REPOSITORY"));
    assert!(!arguments.places.contains_key("MAVEN_REPOSITORY"), "RabbitMQ's recipe has no use for it");
}

#[test]
fn the_hash_is_over_inputs_and_not_over_places() {
    let context = Context(&RECIPE);
    let plain = context.arguments(&ImageSettings::default());
    let elsewhere = ImageSettings { build_args: BTreeMap::new(), ..settings() };
    let hash = context.inputs_hash(&plain);
    assert_eq!(hash, context.inputs_hash(&context.arguments(&elsewhere)));
    assert_ne!(hash, context.inputs_hash(&context.arguments(&settings())), "an argument changed");
    assert_ne!(hash, Context(&OTHER).inputs_hash(&plain), "the suite changed");
}

#[test]
fn scripts_can_be_run_and_certificates_are_beside_them() {
    let context = Context(&RECIPE);
    let certificates = BTreeMap::from([("company.crt".to_owned(), b"-----BEGIN".to_vec())]);
    let archive = context.archive(&certificates).unwrap();
    let mut archive = tar::Archive::new(archive.as_slice());
    let modes: BTreeMap<String, u32> = archive
        .entries()
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.path().unwrap().display().to_string(), entry.header().mode().unwrap())
        })
        .collect();
    assert_eq!(modes["docker-entrypoint.sh"], 0o755);
    assert_eq!(modes["Dockerfile"], 0o644);
    assert!(modes.contains_key("certificates/company.crt") && modes.contains_key("certificates/README"));
}
