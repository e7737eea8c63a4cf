//! `site/clients/clients.yaml`, for both the fast tests and the live ones.

#![allow(dead_code, clippy::unwrap_used, reason = "each of the two test programs reads its part of it")]

use std::path::{Path, PathBuf};

use serde::Deserialize;

/// A client of a kind in a language, and the programs with it.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) kind: String,
    pub(crate) language: String,
    id: Option<String>,
    #[serde(flatten)]
    pub(crate) client: Client,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Client {
    #[serde(rename = "client")]
    pub(crate) name: String,
    pub(crate) version: String,
    pub(crate) home: String,
    pub(crate) protocol: String,
    pub(crate) install: String,
    /// Ends of the variables that `mqlab env` prints.
    pub(crate) connection: String,
    pub(crate) user: Option<String>,
    pub(crate) password: Option<String>,
    pub(crate) send: Program,
    pub(crate) receive: Program,
    /// Why nobody has seen it run.
    pub(crate) not_run: Option<Words>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Program {
    pub(crate) file: String,
    pub(crate) run: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Words {
    pub(crate) en: String,
    pub(crate) zh: String,
}

impl Entry {
    /// Unique within a kind: the language, but for a second client in it.
    pub(crate) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.language)
    }

    /// Whether the programs are run here.
    pub(crate) fn is_run(&self) -> bool {
        self.client.not_run.is_none()
    }
}

pub(crate) fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("site/clients")
}

pub(crate) fn text(file: &str) -> String {
    let path = folder().join(file);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub(crate) fn entries() -> Vec<Entry> {
    serde_yaml::from_str(&text("clients.yaml")).unwrap()
}
