//! The versions of RocketMQ that mqlab runs.

use crate::brokers::{Artefacts, Catalogue, OfficialImage, Recipe, RecipeFile, Version};
use crate::recipe_files;

const FILES: &[RecipeFile] = recipe_files!("rocketmq":
    "Dockerfile", "README.md", "broker.conf", "checksums.txt", "docker-entrypoint.sh", "make-archives", "pom.xml",
    "rmq-proxy.json", "tool");

pub(super) static CATALOGUE: Catalogue = Catalogue { default_version: "5.5", versions: &[V5_5] };

const V5_5: Version = Version {
    number: "5.5",
    official: OfficialImage { repository: "docker.io/apache/rocketmq", tag: "5.5.0", digest: None },
    distributions: &[],
    recipe: Some(&Recipe {
        folder: "rocketmq",
        files: FILES,
        suite: "trixie",
        arguments: &[],
        artefacts: Artefacts::Maven,
        exact_version: Some("5.5.0"),
    }),
    upgrades_from: &[],
    config_keys: include_str!("config_keys/5.5.json"),
};
