//! The versions of Kafka that mqlab runs.

use crate::brokers::{Artefacts, Catalogue, OfficialImage, Recipe, Version};

pub(super) static CATALOGUE: Catalogue = Catalogue { default_version: "4.3", versions: &[V4_3] };

const V4_3: Version = Version {
    number: "4.3",
    official: OfficialImage { repository: "docker.io/apache/kafka", tag: "4.3.1" },
    recipe: Some(&Recipe {
        folder: "kafka",
        suite: "trixie",
        arguments: &[],
        artefacts: Artefacts::Maven,
        exact_version: Some("4.3.1"),
    }),
    upgrades_from: &[],
    config_keys: include_str!("config_keys/4.3.json"),
};
