//! The order of the sources, and what `images list|build|pull` work with.

use serde::Serialize;

use super::Error;
use crate::brokers::Catalogue;
use crate::converge::{Cancel, Events};
use crate::docker::Engine;
use crate::model::{ImageServed, ImageSettings, ImageWanted};

/// The sources of one run. Remembers what it found out about them, so that an unreachable hub costs once.
pub struct Images {
    engine: Engine,
    settings: ImageSettings,
    may_ask_for_sudo: bool,
}

/// What is known about one version without fetching anything: a row of `images list`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Prepared {
    pub kind: &'static str,
    pub version: &'static str,
    pub is_default: bool,
    /// The makers' image.
    pub official: String,
    /// The tag of the local recipe, where there is one.
    pub recipe: Option<String>,
    /// What the engine has already and would use.
    pub present: Option<ImageServed>,
}

impl Images {
    /// `may_ask_for_sudo`: a terminal is there, so `sudo` may ask for a password.
    pub fn new(engine: Engine, settings: ImageSettings, may_ask_for_sudo: bool) -> Self {
        Self { engine, settings, may_ask_for_sudo }
    }

    /// The image for one broker, from the first source that has it. `used` is what its container runs: kept
    /// while it is there and has the version.
    pub async fn ensure(
        &self,
        wanted: &ImageWanted,
        catalogue: &Catalogue,
        used: Option<&ImageServed>,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<ImageServed, Error> {
        todo!()
    }

    /// What would serve without fetching anything; `None` means that something must be pulled or built.
    pub async fn present(&self, wanted: &ImageWanted, catalogue: &Catalogue) -> Result<Option<ImageServed>, Error> {
        todo!()
    }

    /// Builds the recipe of a version, even if it is there (`again`).
    pub async fn build(
        &self,
        kind: &'static str,
        version: &str,
        catalogue: &Catalogue,
        again: bool,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<ImageServed, Error> {
        todo!()
    }

    /// Pulls the makers' image of a version and no other.
    pub async fn pull(
        &self,
        wanted: &ImageWanted,
        catalogue: &Catalogue,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<ImageServed, Error> {
        todo!()
    }

    /// One row per version of a kind.
    pub async fn list(&self, kind: &'static str, catalogue: &'static Catalogue) -> Result<Vec<Prepared>, Error> {
        todo!()
    }
}
