//! The versions of Artemis that mqlab runs.

use crate::brokers::{Artefacts, Catalogue, OfficialImage, Recipe, RecipeFile, Version};
use crate::recipe_files;

const FILES: &[RecipeFile] =
    recipe_files!("artemis": "Dockerfile", "README.md", "checksums.txt", "docker-run.sh", "pom.xml");

pub(super) static CATALOGUE: Catalogue = Catalogue { default_version: "2.56", versions: &[V2_56] };

/// Under this name since 2.50; before, it was `apache/activemq-artemis`.
const V2_56: Version = Version {
    number: "2.56",
    official: OfficialImage { repository: "docker.io/apache/artemis", tag: "2.56.0", digest: None },
    distributions: &[],
    recipe: Some(&Recipe {
        folder: "artemis",
        files: FILES,
        suite: "trixie",
        arguments: &[],
        artefacts: Artefacts::Maven,
        exact_version: Some("2.56.0"),
    }),
    upgrades_from: &[],
    config_keys: include_str!("config_keys/2.56.json"),
};
