//! The order of the sources, and what `images list|build|pull` work with.

use serde::Serialize;
use tokio::sync::Mutex;

use super::base::{Base, NoBase};
use super::build::{Job, build};
use super::error::{Attempt, Error};
use super::hub::Reachability;
use super::progress::Stopped;
use super::recipe::{Context, tag};
use super::store::{self, Stored};
use crate::brokers::{Catalogue, Recipe, Version};
use crate::converge::{Cancel, Event, Events};
use crate::docker::Engine;
use crate::model::{Build, ImageServed, ImageSettings, ImageSource, ImageWanted};

/// The sources of one run. Remembers what it found out about them, so that an unreachable hub costs once.
#[derive(Debug)]
pub struct Images {
    engine: Engine,
    settings: ImageSettings,
    may_ask_for_sudo: bool,
    reachability: Reachability,
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

/// One of a version's sources.
struct Candidate {
    reference: String,
    source: ImageSource,
}

impl Images {
    /// `may_ask_for_sudo`: a terminal is there, so `sudo` may ask for a password.
    pub fn new(engine: Engine, settings: ImageSettings, may_ask_for_sudo: bool) -> Self {
        Self { engine, settings, may_ask_for_sudo, reachability: Reachability::default(), building: Mutex::new(()) }
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
        if let Some(used) = self.still_used(wanted, used).await? {
            return Ok(used);
        }
        if let Some(present) = self.present(wanted, catalogue).await? {
            return Ok(present);
        }
        if let Some(reference) = &wanted.explicit {
            let pulled = self.pull_reference(wanted, reference, ImageSource::Explicit, events, cancel).await;
            return pulled.map_err(of_the_users_own);
        }
        let version = known(wanted.kind, &wanted.version, catalogue)?;
        let mut attempts = Vec::new();
        if self.settings.build == Build::Always {
            let source = official(version, wanted.distribution.as_deref());
            attempts.push(attempt(&source, "`images.build: always` leaves the registries out"));
        } else {
            let reference = official(version, wanted.distribution.as_deref());
            match self.pull_reference(wanted, &reference, ImageSource::Official, events, cancel).await {
                Err(Error::Nobody { attempts: failed, .. }) => attempts.extend(failed),
                other => return other,
            }
        }
        let recipe = match self.buildable(wanted, version) {
            Ok(recipe) => recipe,
            Err(why_not) => {
                let forbidden = self.settings.build == Build::Never;
                let way_out = forbidden.then(|| "`images: { build: fallback }` lets mqlab build it here".to_owned());
                attempts.push(Attempt { way_out, ..attempt("local recipe", &why_not) });
                return Err(nobody(wanted, attempts));
            }
        };
        if let Some(reason) = attempts.first().filter(|_| self.settings.build == Build::Fallback) {
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

    /// What would serve without fetching anything; `None` means that something must be pulled or built.
    pub async fn present(&self, wanted: &ImageWanted, catalogue: &Catalogue) -> Result<Option<ImageServed>, Error> {
        for candidate in self.candidates(wanted, catalogue) {
            let stored = store::find(&self.engine, &candidate.reference).await?;
            if let Some(stored) = stored.filter(|stored| stored.is_for(wanted.platform.as_deref())) {
                return Ok(Some(served(candidate, wanted, stored)));
            }
        }
        Ok(None)
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
            return Ok(served(candidate, &wanted, stored));
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
            Some(reference) => self.pull_reference(wanted, reference, ImageSource::Explicit, events, cancel).await,
            None => {
                let version = known(wanted.kind, &wanted.version, catalogue)?;
                let reference = official(version, wanted.distribution.as_deref());
                self.pull_reference(wanted, &reference, ImageSource::Official, events, cancel).await
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

    /// A stack that has run keeps its image while it is there, whatever its source.
    async fn still_used(&self, wanted: &ImageWanted, used: Option<&ImageServed>) -> Result<Option<ImageServed>, Error> {
        let fits = |used: &&ImageServed| match &wanted.explicit {
            Some(reference) => used.reference == *reference,
            None => {
                used.source != ImageSource::Explicit
                    && used.version == wanted.version
                    && used.distribution == wanted.distribution
            }
        };
        let Some(used) = used.filter(fits) else { return Ok(None) };
        let stored = store::find(&self.engine, &used.id).await?;
        Ok(stored.filter(|stored| stored.is_for(wanted.platform.as_deref())).map(|_| used.clone()))
    }

    /// References that would serve if they were there, in order.
    fn candidates(&self, wanted: &ImageWanted, catalogue: &Catalogue) -> Vec<Candidate> {
        if let Some(reference) = &wanted.explicit {
            return vec![Candidate { reference: reference.clone(), source: ImageSource::Explicit }];
        }
        let Some(version) = catalogue.version(&wanted.version) else { return Vec::new() };
        let pulled =
            Candidate { reference: official(version, wanted.distribution.as_deref()), source: ImageSource::Official };
        let recipe = version.recipe.filter(|_| wanted.distribution.is_none());
        let built = recipe.map(|recipe| self.recipe_candidate(wanted.kind, version.number, recipe));
        match self.settings.build {
            Build::Fallback => [Some(pulled), built].into_iter().flatten().collect(),
            Build::Always => built.into_iter().collect(),
            Build::Never => vec![pulled],
        }
    }

    fn recipe_candidate(&self, kind: &str, version: &str, recipe: &'static Recipe) -> Candidate {
        let context = Context(recipe);
        let hash = context.inputs_hash(&context.arguments(&self.settings));
        Candidate { reference: tag(kind, version, &hash), source: ImageSource::Recipe }
    }

    /// The version's recipe, or why it is of no use here.
    fn buildable(&self, wanted: &ImageWanted, version: &Version) -> Result<&'static Recipe, String> {
        if self.settings.build == Build::Never {
            return Err("`images.build: never` forbids it".to_owned());
        }
        let own = &self.engine.facts().architecture;
        if let Some(platform) = wanted.platform.as_deref().filter(|platform| !platform.ends_with(own.as_str())) {
            return Err(format!("it builds for the engine's own platform, {own}, and not for {platform}"));
        }
        let recipe = version.recipe.filter(|_| wanted.distribution.is_none());
        recipe.ok_or_else(|| format!("there is none for {}", words(wanted)))
    }

    async fn pull_reference(
        &self,
        wanted: &ImageWanted,
        reference: &str,
        source: ImageSource,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<ImageServed, Error> {
        if let Err(why_not) = self.reachability.check(&self.engine, reference).await {
            return Err(nobody(wanted, vec![attempt(reference, &why_not)]));
        }
        match store::pull(&self.engine, reference, wanted.platform.as_deref(), events, cancel).await {
            Ok(()) => {}
            Err(Stopped::Cancelled) => return Err(Error::Cancelled { wanted: words(wanted) }),
            Err(Stopped::Failed(why_not)) => return Err(nobody(wanted, vec![explained(reference, why_not)])),
        }
        let stored = store::find(&self.engine, reference).await?;
        let stored = stored.ok_or_else(|| {
            nobody(wanted, vec![attempt(reference, "the engine said that it pulled it, and does not have it")])
        })?;
        Ok(served(Candidate { reference: reference.to_owned(), source }, wanted, stored))
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
        let base = Base {
            engine: &self.engine,
            settings: &self.settings,
            reachability: &self.reachability,
            may_ask_for_sudo: self.may_ask_for_sudo,
            events,
            cancel,
        };
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
        let arguments = context.arguments(&self.settings);
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
        Ok(served(Candidate { reference, source: ImageSource::Recipe }, &wanted, stored))
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
fn official(version: &Version, distribution: Option<&str>) -> String {
    let image = version.image(distribution).unwrap_or(version.official);
    format!("{}:{}", image.repository, image.tag)
}

fn served(candidate: Candidate, wanted: &ImageWanted, stored: Stored) -> ImageServed {
    ImageServed {
        reference: candidate.reference,
        id: stored.id,
        source: candidate.source,
        version: wanted.version.clone(),
        distribution: wanted.distribution.clone(),
        exact_version: stored.exact_version,
        digest: stored.digest,
        size: stored.size,
    }
}

fn words(wanted: &ImageWanted) -> String {
    let distribution = wanted.distribution.as_ref().map(|name| format!(" by {name}")).unwrap_or_default();
    wanted.explicit.clone().unwrap_or_else(|| format!("{} {}{distribution}", wanted.kind, wanted.version))
}

fn nobody(wanted: &ImageWanted, attempts: Vec<Attempt>) -> Error {
    Error::Nobody { wanted: words(wanted), attempts }
}

fn attempt(source: &str, why_not: &str) -> Attempt {
    Attempt { source: source.to_owned(), why_not: why_not.to_owned(), way_out: None }
}

/// There is no other source for what the file names itself.
fn of_the_users_own(mut error: Error) -> Error {
    if let Error::Nobody { attempts, .. } = &mut error {
        for attempt in attempts.iter_mut().filter(|attempt| attempt.way_out.is_none()) {
            attempt.way_out =
                Some("correct `image`, bring it with `docker load` or `docker build`, or leave `image` out".to_owned());
        }
    }
    error
}

/// What registries say, and what helps.
fn explained(reference: &str, why_not: String) -> Attempt {
    const HELP: &[(&str, &str)] = &[
        ("toomanyrequests", "log in with `docker login`, or set a registry mirror for the engine"),
        ("no matching manifest", "set `platform` on the broker, such as linux/amd64, to run it emulated"),
        ("unauthorized", "log in with `docker login`"),
        ("no space left", "free space with `docker system df` and `docker system prune`"),
    ];
    let way_out = HELP.iter().find(|(text, _)| why_not.contains(text)).map(|(_, help)| (*help).to_owned());
    Attempt { source: reference.to_owned(), why_not, way_out }
}

fn first_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}
