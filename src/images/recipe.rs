//! The recipes of the catalogue as build contexts. Pure.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use sha2::{Digest, Sha256};

use crate::brokers::Recipe;
use crate::model::ImageSettings;

/// Where the authorities of the machine go in a context. Never empty, because `COPY` wants something.
const CERTIFICATES: &str = "certificates";

/// What a recipe is built with, besides its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Arguments {
    /// They decide what comes out, and are in the hash.
    pub(super) inputs: BTreeMap<String, String>,
    /// Where things come from on this machine: other places give the same.
    pub(super) places: BTreeMap<String, String>,
}

/// A recipe as a build context.
#[derive(Clone, Copy)]
pub(super) struct Context(pub(super) &'static Recipe);

impl Context {
    /// The `ARG` names of the Dockerfile.
    fn declared(self) -> BTreeSet<String> {
        let dockerfile =
            self.0.files.iter().find(|file| file.name == "Dockerfile").map_or(&[][..], |file| file.content);
        let text = String::from_utf8_lossy(dockerfile);
        let names = text.lines().filter_map(|line| line.strip_prefix("ARG "));
        names.map(|rest| rest.split('=').next().unwrap_or(rest).trim().to_owned()).collect()
    }

    /// The recipe's own arguments, the user's where the recipe knows them, and where things come from.
    pub(super) fn arguments(self, settings: &ImageSettings) -> Arguments {
        let declared = self.declared();
        let own = self.0.arguments.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let mut arguments = Arguments { inputs: own.collect(), places: BTreeMap::new() };
        for (name, value) in settings.build_args.iter().filter(|(name, _)| declared.contains(*name)) {
            arguments.inputs.insert(name.clone(), value.clone());
        }
        for (name, value) in
            [("DEBIAN_REPOSITORY", &settings.debian_repository), ("MAVEN_REPOSITORY", &settings.maven_repository)]
        {
            if let Some(value) = value.as_ref().filter(|_| declared.contains(name)) {
                arguments.places.insert(name.to_owned(), value.clone());
            }
        }
        // Predefined by the builder: neither in the image's history nor in the cache's key.
        if let Some(proxy) = &settings.proxy {
            for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"] {
                arguments.places.insert(name.to_owned(), proxy.reveal().to_owned());
            }
        }
        arguments
    }

    /// Ten digits over everything that decides what comes out.
    pub(super) fn inputs_hash(self, arguments: &Arguments) -> String {
        let mut hash = Sha256::new();
        let mut add = |part: &[u8]| {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        };
        add(self.0.suite.as_bytes());
        for (name, value) in &arguments.inputs {
            add(name.as_bytes());
            add(value.as_bytes());
        }
        for file in self.0.files.iter().filter(|file| file.name != "README.md") {
            add(file.name.as_bytes());
            add(file.content);
        }
        hex::encode(&hash.finalize()[..5])
    }

    /// The context as an archive. `certificates` are this machine's own, by file name.
    pub(super) fn archive(self, certificates: &BTreeMap<String, Vec<u8>>) -> io::Result<Vec<u8>> {
        let mut archive = tar::Builder::new(Vec::new());
        let mut add = |name: &str, content: &[u8]| {
            let mut header = tar::Header::new_gnu();
            header.set_size(content.len() as u64);
            header.set_mode(if content.starts_with(b"#!") { 0o755 } else { 0o644 });
            header.set_mtime(0);
            archive.append_data(&mut header, name, content)
        };
        for file in self.0.files {
            add(file.name, file.content)?;
        }
        add(&format!("{CERTIFICATES}/README"), b"Authorities that the building machine trusts.\n")?;
        for (name, content) in certificates {
            add(&format!("{CERTIFICATES}/{name}"), content)?;
        }
        archive.into_inner()
    }
}

/// Our own name, never the official one: `mqlab/kafka:4.3-0a1b2c3d4e`.
pub(super) fn tag(kind: &str, version: &str, hash: &str) -> String {
    format!("mqlab/{kind}:{version}-{hash}")
}

#[cfg(test)]
#[path = "recipe_tests.rs"]
mod tests;
