//! The order of the sources, and what `images list|build|pull` work with.

use serde::Serialize;
use tokio::sync::Mutex;

use super::base::{Base, NoBase};
use super::build::{Job, build};
use super::credentials::Credentials;
use super::error::{Attempt, Error};
use super::hub::Reachability;
use super::lock::Locked;
use super::present::Candidate;
use super::progress::Stopped;
use super::recipe::{Context, tag};
use super::sources::Sources;
use super::store::{self, Stored};
use super::words::{attempt, first_line, nobody, of_the_users_own, words};
use crate::brokers::{Catalogue, Recipe, Version};
use crate::converge::{Cancel, Event, Events};
use crate::docker::Engine;
use crate::model::{Build, ImageServed, ImageSource, ImageWanted};

/// The sources of one run. Remembers what it found out about them, so that an unreachable hub costs once.
#[derive(Debug)]
pub struct Images {
    pub(super) engine: Engine,
    pub(super) sources: Sources,
    pub(super) credentials: Credentials,
    pub(super) reachability: Reachability,
    /// One build at a time: two recipes share a base and most layers.
    building: Mutex<()>,
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
    pub fn new(engine: Engine, sources: Sources) -> Self {
        let credentials = Credentials::new(sources.docker_config.clone());
        Self { engine, sources, credentials, reachability: Reachability::default(), building: Mutex::new(()) }
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
        if let Some(used) = self.still_used(wanted, catalogue, used).await? {
            return Ok(used);
        }
        if let Some(present) = self.present(wanted, catalogue).await? {
            return Ok(present);
        }
        if let Some(reference) = &wanted.explicit {
            let fetch = self.fetch_of(wanted, reference, ImageSource::Explicit);
            return self.fetch(&fetch, events, cancel).await.map_err(of_the_users_own);
        }
        let version = known(wanted.kind, &wanted.version, catalogue)?;
        let mut attempts = Vec::new();
        if self.sources.build() == Build::Always {
            let source = official(version, wanted.distribution.as_deref());
            attempts.push(attempt(&source, "`images.build: always` leaves the registries out"));
        } else {
            let reference = official(version, wanted.distribution.as_deref());
            let fetch = self.fetch_of_version(wanted, version, &reference);
            match self.fetch(&fetch, events, cancel).await {
                Err(Error::Nobody { attempts: failed, .. }) => attempts.extend(failed),
                other => return other,
            }
        }
        let recipe = match self.buildable(wanted, version) {
            Ok(recipe) => recipe,
            Err(why_not) => {
                let forbidden = self.sources.build() == Build::Never && !self.sources.locked;
                let way_out = forbidden.then(|| "`images: { build: fallback }` lets mqlab build it here".to_owned());
                attempts.push(Attempt { way_out, ..attempt("local recipe", &why_not) });
                return Err(nobody(wanted, attempts));
            }
        };
        if let Some(reason) = attempts.last().filter(|_| self.sources.build() == Build::Fallback) {
            events.emit(Event::Note {
                text: format!("{}: {}; building it from the local recipe", reason.source, first_line(&reason.why_not)),
            });
        }
        match self.build_recipe(wanted.kind, &wanted.version, recipe, events, cancel).await {
            Err(Error::Nobody { attempts: failed, .. }) => {
                attempts.extend(failed);
                Err(nobody(wanted, attempts))
            }
            other => other,
        }
    }

    /// Builds the recipe of a version; one that is there and unchanged is built only `again`.
    pub async fn build(
        &self,
        kind: &'static str,
        version: &str,
        catalogue: &Catalogue,
        again: bool,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<ImageServed, Error> {
        let entry = known(kind, version, catalogue)?;
        let wanted = plain(kind, version);
        let recipe = self
            .buildable(&wanted, entry)
            .map_err(|why_not| nobody(&wanted, vec![attempt("local recipe", &why_not)]))?;
        let candidate = self.recipe_candidate(kind, version, recipe);
        if !again && let Some(stored) = store::find(&self.engine, &candidate.reference).await? {
            return Ok(self.served_by(candidate, &wanted, stored));
        }
        self.build_recipe(kind, version, recipe, events, cancel).await
    }

    /// Pulls the makers' image of a version, or the user's own reference, and no other.
    pub async fn pull(
        &self,
        wanted: &ImageWanted,
        catalogue: &Catalogue,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<ImageServed, Error> {
        match &wanted.explicit {
            Some(reference) => {
                self.fetch(&self.fetch_of(wanted, reference, ImageSource::Explicit), events, cancel).await
            }
            None => {
                let version = known(wanted.kind, &wanted.version, catalogue)?;
                let reference = official(version, wanted.distribution.as_deref());
                self.fetch(&self.fetch_of_version(wanted, version, &reference), events, cancel).await
            }
        }
    }

    /// One row per version of a kind.
    pub async fn list(&self, kind: &'static str, catalogue: &'static Catalogue) -> Result<Vec<Prepared>, Error> {
        let mut rows = Vec::new();
        for version in catalogue.versions {
            let recipe = version.recipe.map(|recipe| self.recipe_candidate(kind, version.number, recipe));
            rows.push(Prepared {
                kind,
                version: version.number,
                is_default: version.number == catalogue.default_version,
                official: official(version, None),
                recipe: recipe.map(|candidate| candidate.reference),
                present: self.present(&plain(kind, version.number), catalogue).await?,
            });
        }
        Ok(rows)
    }

    pub(super) fn recipe_candidate(&self, kind: &str, version: &str, recipe: &'static Recipe) -> Candidate {
        let context = Context(recipe);
        let hash = context.inputs_hash(&context.arguments(&self.sources.settings));
        let reference = tag(kind, version, &hash);
        let source = ImageSource::Recipe;
        Candidate { look_for: reference.clone(), reference, source, known: None, mirror: None }
    }

    /// The version's recipe, or why it is of no use here.
    pub(super) fn buildable(&self, wanted: &ImageWanted, version: &Version) -> Result<&'static Recipe, String> {
        if self.sources.build() == Build::Never {
            return Err("`images.build: never` forbids it".to_owned());
        }
        let own = &self.engine.facts().architecture;
        if let Some(platform) = wanted.platform.as_deref().filter(|platform| !platform.ends_with(own.as_str())) {
            return Err(format!("it builds for the engine's own platform, {own}, and not for {platform}"));
        }
        let recipe = version.recipe.filter(|_| wanted.distribution.is_none());
        recipe.ok_or_else(|| format!("there is none for {}", words(wanted)))
    }

    async fn build_recipe(
        &self,
        kind: &'static str,
        version: &str,
        recipe: &'static Recipe,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<ImageServed, Error> {
        let wanted = plain(kind, version);
        let source = format!("local recipe {}", recipe.folder);
        let context = Context(recipe);
        let _one_at_a_time = self.building.lock().await;
        let base = Base { images: self, events, cancel };
        let base = match base.ensure(recipe.suite).await {
            Ok(base) => base,
            Err(NoBase::Cancelled) => return Err(Error::Cancelled { wanted: words(&wanted) }),
            Err(NoBase::Engine(error)) => return Err(error.into()),
            Err(NoBase::Nobody(attempts)) => {
                let in_base =
                    |attempt: Attempt| Attempt { source: format!("{source}, base {}", attempt.source), ..attempt };
                return Err(nobody(&wanted, attempts.into_iter().map(in_base).collect()));
            }
        };
        let arguments = context.arguments(&self.sources.settings);
        let inputs_hash = context.inputs_hash(&arguments);
        let reference = tag(kind, version, &inputs_hash);
        let job = Job { context, arguments: &arguments, base: &base, tag: &reference, inputs_hash: &inputs_hash };
        match build(&self.engine, &job, events, cancel).await {
            Ok(()) => {}
            Err(Stopped::Cancelled) => return Err(Error::Cancelled { wanted: words(&wanted) }),
            Err(Stopped::Failed(why_not)) => return Err(nobody(&wanted, vec![attempt(&source, &why_not)])),
        }
        let stored = store::find(&self.engine, &reference).await?;
        let stored = stored
            .ok_or_else(|| nobody(&wanted, vec![attempt(&source, "it was built, and the engine does not have it")]))?;
        Ok(served(&wanted, None, stored, ImageSource::Recipe, &reference, None))
    }
}

fn known<'a>(kind: &'static str, number: &str, catalogue: &'a Catalogue) -> Result<&'a Version, Error> {
    catalogue.version(number).ok_or_else(|| {
        let numbers: Vec<&str> = catalogue.versions.iter().map(|version| version.number).collect();
        let why_not = format!("it has {}", numbers.join(", "));
        nobody(&plain(kind, number), vec![attempt("the catalogue", &why_not)])
    })
}

/// A version of a kind, as the catalogue has it.
fn plain(kind: &'static str, version: &str) -> ImageWanted {
    ImageWanted { kind, version: version.to_owned(), distribution: None, explicit: None, platform: None }
}

/// One that the version does not have was an error in the file.
pub(super) fn official(version: &Version, distribution: Option<&str>) -> String {
    let image = version.image(distribution).unwrap_or(version.official);
    format!("{}:{}", image.repository, image.tag)
}

pub(super) fn served(
    wanted: &ImageWanted,
    known: Option<&Locked>,
    stored: Stored,
    source: ImageSource,
    reference: &str,
    mirror: Option<String>,
) -> ImageServed {
    ImageServed {
        reference: reference.to_owned(),
        source,
        version: wanted.version.clone(),
        distribution: wanted.distribution.clone(),
        exact_version: stored.exact_version,
        digest: known.map(|known| known.digest.clone()).or_else(|| stored.digests.first().cloned()),
        verified: known.is_some(),
        mirror,
        when: stored.when,
        id: stored.id,
        size: stored.size,
    }
}
