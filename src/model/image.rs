//! The image that a container runs, once a source has given it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An image that the engine has, and where it came from. Recorded on the container.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImageServed {
    /// As one would write it: `docker.io/apache/kafka:4.3.1`, `mqlab/kafka:4.3-1f0c9a…`.
    pub reference: String,
    /// The engine's own, content-addressed: what containers are made from.
    pub id: String,
    pub source: ImageSource,
    /// The catalogue's number that it was asked for as: `4.3`.
    pub version: String,
    /// Whose packaging, where it is not the makers' own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distribution: Option<String>,
    /// The exact version inside, where the image tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exact_version: Option<String>,
    /// The registry's digest; a local build has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Whether somebody other than who sent it told the digest: a lock, or the file.
    #[serde(default)]
    pub verified: bool,
    /// The mirror that it came from, as it was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mirror: Option<String>,
    /// When the engine got it, or its name: `2026-03-01 14:05 UTC`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub when: Option<String>,
    /// In bytes, layers that others share included.
    #[serde(default)]
    pub size: u64,
}

/// Which source served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImageSource {
    /// The makers' image, pulled by the engine now or earlier.
    Official,
    /// A registry that stands in for the makers'.
    Mirror,
    /// It has the makers' name, and no registry told the engine so: `docker load`, `docker tag`.
    ByHand,
    /// The local recipe.
    Recipe,
    /// The user's own reference.
    Explicit,
}

impl fmt::Display for ImageSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Official => "official image",
            Self::Mirror => "a mirror",
            Self::ByHand => "brought by hand",
            Self::Recipe => "local recipe",
            Self::Explicit => "your own image",
        })
    }
}

impl ImageServed {
    /// Its source in a few words: the mirror by its URL.
    pub fn source_words(&self) -> String {
        match &self.mirror {
            Some(url) => format!("mirror {url}"),
            None => self.source.to_string(),
        }
    }
}
