//! Where images may come from in one run.

use std::path::PathBuf;

use super::lock::{Lock, Locked};
use crate::model::{Build, ImageSettings, Reference};

/// What was set, in the file, for the user, and on the command line.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub settings: ImageSettings,
    /// The lock beside the spec, where there is one.
    pub lock: Option<Lock>,
    /// Nothing but what the lock has.
    pub locked: bool,
    /// A terminal is there, so `sudo` may ask for a password.
    pub may_ask_for_sudo: bool,
    /// The docker command's folder, with its logins.
    pub docker_config: Option<PathBuf>,
    /// This moment, `2026-03-01 14:05 UTC`.
    pub now: String,
}

impl Sources {
    /// The content that an image must have, where somebody told.
    pub(super) fn known(&self, image: &Reference) -> Option<Locked> {
        match &image.digest {
            Some(digest) => Some(Locked::by_digest(digest)),
            None => self.lock.as_ref()?.get(image).cloned(),
        }
    }

    /// Whether and when local recipes serve. Nobody can say in advance what a build will hold.
    pub(super) fn build(&self) -> Build {
        if self.locked { Build::Never } else { self.settings.build() }
    }
}
