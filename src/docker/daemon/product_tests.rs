use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::{Keeper, Traits, place};

/// What engines that cannot be here answer, as their own documents and users' reports show it.
const ENGINES: &str = include_str!("../../../tests/fixtures/engines.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    what: String,
    address: String,
    #[serde(default)]
    origin: String,
    #[serde(default)]
    remote: bool,
    #[serde(default)]
    system: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    platform: String,
    #[serde(default)]
    components: Vec<String>,
    #[serde(default)]
    security: Vec<String>,
    #[serde(default)]
    data: String,
    #[serde(default)]
    driver: Vec<(String, String)>,
    /// Its `--config-file`.
    #[serde(default)]
    flag: Option<PathBuf>,
    /// The file; absent where it is not ours to write.
    #[serde(default)]
    file: Option<PathBuf>,
    /// What its refusal must name.
    #[serde(default)]
    says: Vec<String>,
    #[serde(default)]
    containerd: bool,
}

#[test]
fn each_engine_is_known_by_what_it_says() {
    let engines: Vec<Known> = serde_json::from_str(ENGINES).unwrap();
    for known in engines {
        let traits = Traits {
            address: known.address,
            origin: known.origin,
            remote: known.remote,
            system: known.system,
            name: known.name,
            platform: known.platform,
            components: known.components,
            security: known.security,
            data: known.data,
            driver: known.driver,
        };
        let what = known.what;
        assert_eq!(traits.has_containerd_store(), known.containerd, "{what}");
        match (traits.keeper(), known.file) {
            (None, Some(file)) => {
                let found = place(known.flag.as_deref(), &traits, Some(Path::new("/home/me/.config")));
                assert_eq!(found.file, file, "{what}");
            }
            (Some(keeper), None) => {
                let text = format!("{}\n{}", keeper.words(), keeper.way_out(&["https://mirror.example".to_owned()]));
                assert!(!known.says.is_empty(), "{what}");
                for word in known.says {
                    assert!(text.contains(&word), "{what}: no {word:?} in {text}");
                }
                assert!(text.contains("mirror.example"), "{what}: {text}");
            }
            (keeper, file) => panic!("{what}: {keeper:?}, {file:?}"),
        }
    }
}

#[test]
fn podman_is_told_what_is_plain_http() {
    let text = Keeper::Podman.way_out(&["http://127.0.0.1:5000/".to_owned()]);
    assert!(text.contains("location = \"127.0.0.1:5000\"\n  insecure = true"), "{text}");
}
