//! The versions of Kafka that mqlab runs.

use crate::brokers::{Artefacts, Catalogue, OfficialImage, Recipe, RecipeFile, Version};
use crate::recipe_files;

const FILES: &[RecipeFile] = recipe_files!("kafka":
    "Dockerfile", "README.md", "bash-config", "checksums.txt", "log4j2.yaml", "make-archives", "pom.xml", "run",
    "server.properties", "tool", "tools-log4j2.yaml");

/// Confluent's packaging of the same broker. It takes the same variables.
pub(super) const CONFLUENT: &str = "confluent";

pub(super) static CATALOGUE: Catalogue = Catalogue { default_version: "4.3", versions: &[V4_3] };

const V4_3: Version = Version {
    number: "4.3",
    official: OfficialImage {
        repository: "docker.io/apache/kafka",
        tag: "4.3.1",
        // Pinned alike by more than five public repositories of different owners that pull it from the hub
        // (compose files, test fixtures and reports with `apache/kafka:4.3.1@sha256:…`), as of 2026-11.
        digest: Some("sha256:77e3df9054047a88b520d0cc46e16696d3b22022e1d580aeccd2632df6532837"),
    },
    // Confluent's numbers are ahead by four; read at 8.3, built from github.com/confluentinc/kafka-images.
    distributions: &[(
        CONFLUENT,
        OfficialImage { repository: "docker.io/confluentinc/cp-kafka", tag: "8.3.2", digest: None },
    )],
    recipe: Some(&Recipe {
        folder: "kafka",
        files: FILES,
        suite: "trixie",
        arguments: &[],
        artefacts: Artefacts::Maven,
        exact_version: Some("4.3.1"),
    }),
    upgrades_from: &[],
    config_keys: include_str!("config_keys/4.3.json"),
};
