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
    /// The local recipe.
    Recipe,
    /// The user's own reference.
    Explicit,
}

impl fmt::Display for ImageSource {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Official => "official image",
            Self::Recipe => "local recipe",
            Self::Explicit => "your own image",
        })
    }
}
