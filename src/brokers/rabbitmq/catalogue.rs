//! The versions of RabbitMQ, and where each comes from.

use crate::brokers::{Artefacts, Catalogue, OfficialImage, Recipe, RecipeFile, Version};
use crate::recipe_files;

const FILES: &[RecipeFile] = recipe_files!("rabbitmq": "Dockerfile", "README.md", "docker-entrypoint.sh");

pub(super) static CATALOGUE: Catalogue = Catalogue {
    // Debian stable has 4.0, so it is the newest that every source can give.
    default_version: "4.0",
    versions: &[
        Version {
            number: "4.3",
            official: OfficialImage { repository: "docker.io/library/rabbitmq", tag: "4.3-management", digest: None },
            distributions: &[],
            recipe: Some(&Recipe {
                folder: "rabbitmq",
                files: FILES,
                suite: "forky",
                arguments: &[],
                artefacts: Artefacts::Debian,
                exact_version: None,
            }),
            // The release notes ask for 4.2 and all stable feature flags first.
            upgrades_from: &[],
            config_keys: include_str!("config_keys/4.3.json"),
        },
        Version {
            number: "4.0",
            official: OfficialImage { repository: "docker.io/library/rabbitmq", tag: "4.0-management", digest: None },
            distributions: &[],
            recipe: Some(&Recipe {
                folder: "rabbitmq",
                files: FILES,
                suite: "trixie",
                arguments: &[],
                artefacts: Artefacts::Debian,
                exact_version: None,
            }),
            upgrades_from: &[],
            config_keys: include_str!("config_keys/4.0.json"),
        },
    ],
};
