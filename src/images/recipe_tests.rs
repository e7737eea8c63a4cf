use super::*;
use crate::brokers::Artefacts;
use crate::model::Secret;

const RECIPE: Recipe = Recipe {
    folder: "rabbitmq",
    suite: "trixie",
    arguments: &[("LEAST_VERSION", "4.0")],
    artefacts: Artefacts::Debian,
    exact_version: None,
};

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
fn the_tables_name_every_file_of_the_folders() {
    for folder in FOLDERS {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("images").join(folder.name);
        let mut there: Vec<String> =
            path.read_dir().unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        there.sort();
        let mut named: Vec<&str> = folder.files.iter().map(|file| file.name).collect();
        named.sort_unstable();
        assert_eq!(named, there, "images/{}", folder.name);
    }
}

#[test]
fn only_arguments_that_the_recipe_knows_reach_it() {
    let folder = Folder::of(&RECIPE).unwrap();
    let arguments = folder.arguments(&RECIPE, &settings());
    let inputs: Vec<_> = arguments.inputs.iter().map(|(name, value)| format!("{name}={value}")).collect();
    assert_eq!(inputs, ["CHECK_VALID_UNTIL=false", "LEAST_VERSION=4.0"]);
    assert!(arguments.places.contains_key("DEBIAN_REPOSITORY"));
    assert!(!arguments.places.contains_key("MAVEN_REPOSITORY"), "RabbitMQ's recipe has no use for it");
}

#[test]
fn the_hash_is_over_inputs_and_not_over_places() {
    let folder = Folder::of(&RECIPE).unwrap();
    let plain = folder.arguments(&RECIPE, &ImageSettings::default());
    let elsewhere = ImageSettings { build_args: BTreeMap::new(), ..settings() };
    let hash = folder.inputs_hash(&RECIPE, &plain);
    assert_eq!(hash, folder.inputs_hash(&RECIPE, &folder.arguments(&RECIPE, &elsewhere)));
    assert_ne!(hash, folder.inputs_hash(&RECIPE, &folder.arguments(&RECIPE, &settings())), "an argument changed");
    let other_suite = Recipe { suite: "forky", ..RECIPE };
    assert_ne!(hash, folder.inputs_hash(&other_suite, &plain), "the suite changed");
}

#[test]
fn scripts_can_be_run_and_certificates_are_beside_them() {
    let folder = Folder::of(&RECIPE).unwrap();
    let certificates = BTreeMap::from([("company.crt".to_owned(), b"-----BEGIN".to_vec())]);
    let context = folder.context(&certificates).unwrap();
    let mut archive = tar::Archive::new(context.as_slice());
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
