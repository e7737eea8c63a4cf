//! The versions of ActiveMQ that mqlab runs.

use crate::brokers::{Artefacts, Catalogue, OfficialImage, Recipe, RecipeFile, Version};
use crate::recipe_files;

const FILES: &[RecipeFile] = recipe_files!("activemq":
    "Dockerfile", "README.md", "activemq", "assemble", "entrypoint.sh", "make-archive",
    "5.18.3/checksums.txt", "5.18.3/pom.xml",
    "6.1.8/checksums.txt", "6.1.8/pom.xml", "6.1.8/web.xml",
    "6.1.8/conf/activemq.xml", "6.1.8/conf/credentials.properties", "6.1.8/conf/groups.properties",
    "6.1.8/conf/jetty.xml", "6.1.8/conf/jmx.access", "6.1.8/conf/jmx.password", "6.1.8/conf/jolokia-access.xml",
    "6.1.8/conf/log4j2.properties", "6.1.8/conf/logging.properties", "6.1.8/conf/login.config",
    "6.1.8/conf/users.properties",
);

const REPOSITORY: &str = "docker.io/apache/activemq-classic";

pub(super) static CATALOGUE: Catalogue = Catalogue {
    // Of later ones a Maven repository has not all parts, so no recipe can build them.
    default_version: "6.1",
    versions: &[
        Version {
            number: "6.1",
            official: OfficialImage { repository: REPOSITORY, tag: "6.1.8", digest: None },
            distributions: &[],
            recipe: Some(&Recipe {
                folder: "activemq",
                files: FILES,
                suite: "trixie",
                arguments: &[("VERSION", "6.1.8")],
                artefacts: Artefacts::Maven,
                exact_version: Some("6.1.8"),
            }),
            upgrades_from: &["5.18"],
            config_keys: include_str!("config_keys/6.1.json"),
        },
        Version {
            number: "5.18",
            official: OfficialImage { repository: REPOSITORY, tag: "5.18.3", digest: None },
            distributions: &[],
            recipe: Some(&Recipe {
                folder: "activemq",
                files: FILES,
                suite: "trixie",
                arguments: &[("VERSION", "5.18.3")],
                artefacts: Artefacts::Maven,
                exact_version: Some("5.18.3"),
            }),
            upgrades_from: &[],
            config_keys: include_str!("config_keys/5.18.json"),
        },
    ],
};
