//! Which source would serve, without fetching anything: for `doctor`, which asks before somebody waits.

use std::path::Path;
use std::time::Duration;

use serde::Serialize;

use super::base::base_image;
use super::ensure::Images;
use super::error::{Attempt, Error};
use super::lock::Locked;
use super::present::reference_of;
use super::pull::Fetch;
use super::registry::{Content, PROBE, Refusal};
use super::store;
use super::tell::own_place;
use crate::brokers::{Catalogue, Recipe};
use crate::model::{Build, ImageServed, ImageSource, ImageWanted, Mirror, Place, Reference, Trust};

/// For the engine's own question to a registry: it takes longer than ours.
const BY_THE_ENGINE: Duration = Duration::from_secs(10);

/// One source of an image, as it looks now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Outlook {
    pub source: OutlookSource,
    /// The reference, the mirror's URL, `local recipe kafka`.
    pub name: String,
    /// `None` where it would serve.
    pub obstacle: Option<Obstacle>,
}

/// In the order in which they are tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OutlookSource {
    Present,
    Registry,
    Mirror,
    Recipe,
}

/// Why a source would not serve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Obstacle {
    pub hurdle: Hurdle,
    pub why: String,
    pub way_out: Option<String>,
}

/// What kind of reason it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Hurdle {
    NotHere,
    Unreachable,
    /// It was asked, and does not give it.
    Lacks,
    /// It has it for other platforms.
    Platform,
    /// Nothing tells which content would be right.
    NotTold,
    /// The settings leave it out.
    SwitchedOff,
    NoRecipe,
    /// A recipe is there, and nothing to begin with.
    Base,
    /// It can be asked from the engine's machine alone, so it may serve.
    NotAsked,
}

impl Outlook {
    /// Whether it would serve, or may.
    pub fn serves(&self) -> bool {
        self.obstacle.as_ref().is_none_or(|obstacle| obstacle.hurdle == Hurdle::NotAsked)
    }

    fn new(source: OutlookSource, name: impl Into<String>, answer: Result<(), Obstacle>) -> Self {
        Self { source, name: name.into(), obstacle: answer.err() }
    }
}

impl Obstacle {
    fn new(hurdle: Hurdle, why: impl Into<String>) -> Self {
        Self { hurdle, why: why.into(), way_out: None }
    }

    fn way_out(self, way_out: impl Into<String>) -> Self {
        Self { way_out: Some(way_out.into()), ..self }
    }
}

impl From<Attempt> for Obstacle {
    fn from(attempt: Attempt) -> Self {
        Self { hurdle: Hurdle::Lacks, why: attempt.why_not, way_out: attempt.way_out }
    }
}

impl From<Refusal> for Obstacle {
    fn from(refusal: Refusal) -> Self {
        let hurdle = match refusal {
            Refusal::Unreachable { .. } | Refusal::Silent { .. } | Refusal::Certificate { .. } => Hurdle::Unreachable,
            _ => Hurdle::Lacks,
        };
        Self::new(hurdle, refusal.to_string())
    }
}

impl Images {
    /// Every source of one broker's image. `used` is what its container runs.
    pub async fn outlook(
        &self,
        wanted: &ImageWanted,
        catalogue: &Catalogue,
        used: Option<&ImageServed>,
    ) -> Result<Vec<Outlook>, Error> {
        let Some(reference) = reference_of(wanted, catalogue) else { return Ok(Vec::new()) };
        let here = match self.still_used(wanted, catalogue, used).await? {
            Some(used) => Some(used),
            None => self.present(wanted, catalogue).await?,
        };
        let mut all = vec![match here {
            Some(served) => Outlook::new(OutlookSource::Present, served.reference, Ok(())),
            None => {
                let here = self.others_here(Reference::parse(&reference).as_ref()).await?;
                let why = here.map_or_else(|| "the engine does not have it".to_owned(), |attempt| attempt.why_not);
                Outlook::new(OutlookSource::Present, reference.as_str(), Err(Obstacle::new(Hurdle::NotHere, why)))
            }
        }];
        let source = if wanted.explicit.is_some() { ImageSource::Explicit } else { ImageSource::Official };
        if wanted.explicit.is_none() && self.sources.build() == Build::Always {
            let off = Obstacle::new(Hurdle::SwitchedOff, "`images.build: always` leaves the registries out");
            all.push(Outlook::new(OutlookSource::Registry, reference, Err(off)));
        } else {
            let version = catalogue.version(&wanted.version).filter(|_| wanted.explicit.is_none());
            let published = version.and_then(|version| version.image(wanted.distribution.as_deref())?.digest);
            let fetch = Fetch { published, ..self.fetch_of(wanted, &reference, source) };
            all.extend(self.registries(&fetch).await);
        }
        if let Some(version) = catalogue.version(&wanted.version).filter(|_| wanted.explicit.is_none()) {
            all.push(match self.buildable(wanted, version) {
                Ok(recipe) => self.recipe(recipe).await?,
                Err(why) => {
                    let off = self.sources.build() == Build::Never;
                    let hurdle = if off { Hurdle::SwitchedOff } else { Hurdle::NoRecipe };
                    Outlook::new(OutlookSource::Recipe, "local recipe", Err(Obstacle::new(hurdle, why)))
                }
            });
        }
        Ok(all)
    }

    /// What the registry itself says now that a tag is; `None` where it cannot be asked from here.
    pub async fn told_now(&self, image: &Reference) -> Option<String> {
        let facts = self.engine.facts();
        if facts.remote || facts.has_own_route {
            return None;
        }
        self.reachability.check(&self.engine, &image.to_string()).await.ok()?;
        let registry = self.registry(&own_place(image)).await.ok()?;
        registry.ping().await.ok()?;
        registry.digest_of(image.tag.as_deref()?, PROBE).await.ok()?
    }

    /// Why the lock's image does not run on the engine; `None` where it does, or where no lock tells.
    pub fn locked_for_others(&self, image: &Reference, wanted: &ImageWanted) -> Option<String> {
        let platform = self.platform(wanted);
        let others = self.sources.known(image)?.lacks(&platform)?;
        Some(format!("it is for {others}, and {platform} is wanted"))
    }

    /// The image's own registry, then every mirror.
    async fn registries(&self, fetch: &Fetch<'_>) -> Vec<Outlook> {
        let of_registry = |answer| Outlook::new(OutlookSource::Registry, fetch.text, answer);
        if let Some(attempt) = self.cannot_be(fetch) {
            let is_platform = fetch.known.is_some();
            let hurdle = if is_platform { Hurdle::Platform } else { Hurdle::NotTold };
            return vec![of_registry(Err(Obstacle { hurdle, ..attempt.into() }))];
        }
        let Some(image) = &fetch.image else {
            return vec![of_registry(Err(Obstacle::new(Hurdle::Lacks, "no registry could be asked for it")))];
        };
        let mut all = vec![of_registry(self.own_registry(fetch, image).await)];
        for (mirror, place) in self.places(image) {
            all.push(Outlook::new(
                OutlookSource::Mirror,
                mirror.url.as_str(),
                self.mirror(fetch, mirror, &place).await,
            ));
        }
        all
    }

    async fn own_registry(&self, fetch: &Fetch<'_>, image: &Reference) -> Result<(), Obstacle> {
        let reachable = self.reachability.check(&self.engine, fetch.text).await;
        reachable.map_err(|why| Obstacle::new(Hurdle::Unreachable, why))?;
        let version = fetch.known.as_ref().map_or(image.version(), |known| known.digest.as_str());
        let facts = self.engine.facts();
        if facts.remote || facts.has_own_route {
            return self.by_the_engine_alone(fetch, image, version).await;
        }
        self.has(&own_place(image), version, &self.platform(fetch.wanted)).await
    }

    /// By the engine's proxy and mirrors, or from its machine.
    async fn by_the_engine_alone(&self, fetch: &Fetch<'_>, image: &Reference, version: &str) -> Result<(), Obstacle> {
        let sign = if version.starts_with("sha256:") { '@' } else { ':' };
        let name = format!("{}{sign}{version}", image.name());
        let login = self.login(&image.registry, &()).await;
        let asked = self.engine.api().inspect_registry_image(&name, login);
        let answer = match tokio::time::timeout(BY_THE_ENGINE, asked).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(error)) => return Err(Obstacle::new(Hurdle::Lacks, crate::docker::words_of(&error))),
            Err(_) => {
                let why = format!("the engine did not get an answer within {} s", BY_THE_ENGINE.as_secs());
                return Err(Obstacle::new(Hurdle::Unreachable, why));
            }
        };
        let name = |os: Option<String>, architecture: Option<String>| {
            format!("{}/{}", os.unwrap_or_default(), architecture.unwrap_or_default())
        };
        let platforms: Vec<String> = answer.platforms.into_iter().map(|one| name(one.os, one.architecture)).collect();
        fits(&platforms, &self.platform(fetch.wanted))
    }

    async fn mirror(&self, fetch: &Fetch<'_>, mirror: &Mirror, place: &Place) -> Result<(), Obstacle> {
        let known = fetch.known.clone().or_else(|| Some(Locked::by_digest(fetch.published?)));
        let known = known.filter(|_| fetch.known.is_some() || mirror.trust == Trust::Digest);
        if known.is_none() && mirror.trust == Trust::Digest {
            let why = "nothing tells which content this image must have, and a mirror is not believed";
            return Err(Obstacle::new(Hurdle::NotTold, why).way_out("mqlab images lock"));
        }
        if self.engine.facts().remote {
            return Err(Obstacle::new(Hurdle::NotAsked, "the engine's machine may reach it, and this one cannot tell"));
        }
        let version = match (&known, &fetch.image) {
            (Some(known), _) => known.digest.as_str(),
            (None, Some(image)) => image.version(),
            (None, None) => return Ok(()),
        };
        self.has(place, version, &self.platform(fetch.wanted)).await
    }

    /// Asks for the manifest and nothing behind it.
    async fn has(&self, place: &Place, version: &str, platform: &str) -> Result<(), Obstacle> {
        let registry = self.registry(place).await?;
        registry.ping().await?;
        let platforms: Vec<String> = match registry.manifest(version).await?.content {
            Content::Index(entries) => entries.into_iter().map(|entry| entry.platform).collect(),
            Content::Image { config, .. } => vec![registry.platform_of(&config).await?],
        };
        fits(&platforms, platform)
    }

    async fn recipe(&self, recipe: &'static Recipe) -> Result<Outlook, Error> {
        let answer = self.base(recipe.suite).await?;
        Ok(Outlook::new(OutlookSource::Recipe, format!("local recipe {}", recipe.folder), answer))
    }

    /// What a build would begin with.
    async fn base(&self, suite: &str) -> Result<Result<(), Obstacle>, Error> {
        if let Some(own) = &self.sources.settings.base {
            return self.own_base(own).await;
        }
        let official = format!("docker.io/library/debian:{suite}-slim");
        for reference in [&official, &format!("mqlab/base:{suite}")] {
            if store::find(&self.engine, reference).await?.is_some() {
                return Ok(Ok(()));
            }
        }
        let mut said = match self.pullable(&official).await {
            Ok(()) => return Ok(Ok(())),
            Err(said) => said,
        };
        let Err(attempt) = self.can_debootstrap().await else { return Ok(Ok(())) };
        said.push(attempt.why_not);
        let obstacle = Obstacle::new(Hurdle::Base, said.join("; "));
        Ok(Err(Obstacle { way_out: attempt.way_out, ..obstacle }))
    }

    async fn own_base(&self, own: &str) -> Result<Result<(), Obstacle>, Error> {
        let missing = |why: String, way_out: String| Ok(Err(Obstacle::new(Hurdle::Base, why).way_out(way_out)));
        if Path::new(own).extension().is_some_and(|extension| extension.eq_ignore_ascii_case("tar")) {
            return match crate::fs::entry(Path::new(own)) {
                Ok(Some(_)) => Ok(Ok(())),
                Ok(None) => missing(format!("there is no {own}"), format!("bring {own}, or take `images.base` out")),
                Err(error) => missing(crate::error_chain(&error), "take `images.base` out".to_owned()),
            };
        }
        if store::find(&self.engine, own).await?.is_some() {
            return Ok(Ok(()));
        }
        match self.pullable(own).await {
            Ok(()) => Ok(Ok(())),
            Err(said) => missing(said.join("; "), format!("docker pull {own}, or take `images.base` out")),
        }
    }

    /// Whether some registry would give it, or what each says.
    async fn pullable(&self, reference: &str) -> Result<(), Vec<String>> {
        let wanted = base_image(reference);
        let all = self.registries(&self.fetch_of(&wanted, reference, ImageSource::Official)).await;
        if all.iter().any(Outlook::serves) {
            return Ok(());
        }
        let said = all.into_iter().filter_map(|one| Some(format!("{}: {}", one.name, one.obstacle?.why)));
        Err(said.collect())
    }
}

/// Whether one of these platforms is the one that is wanted, with or without a variant. Who says none has one for all.
fn fits(platforms: &[String], wanted: &str) -> Result<(), Obstacle> {
    let is_it = |one: &String| one == wanted || one.strip_prefix(wanted).is_some_and(|rest| rest.starts_with('/'));
    if platforms.is_empty() || platforms.iter().any(is_it) {
        return Ok(());
    }
    let why = format!("it has it for {}, and {wanted} is wanted", platforms.join(", "));
    Err(Obstacle::new(Hurdle::Platform, why)
        .way_out(format!("set `platform: {}` on the broker to run it emulated", platforms[0])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variant_fits_and_another_architecture_does_not() {
        let has = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect::<Vec<_>>();
        assert_eq!(fits(&has(&["linux/s390x", "linux/amd64"]), "linux/amd64"), Ok(()));
        assert_eq!(fits(&has(&["linux/arm64/v8"]), "linux/arm64"), Ok(()));
        assert_eq!(fits(&has(&[]), "linux/arm64"), Ok(()));
        let obstacle = fits(&has(&["linux/amd64"]), "linux/arm64").unwrap_err();
        assert_eq!(
            (obstacle.hurdle, obstacle.why.as_str()),
            (Hurdle::Platform, "it has it for linux/amd64, and linux/arm64 is wanted")
        );
        assert!(fits(&has(&["linux/arm64"]), "linux/arm").is_err());
    }

    #[test]
    fn what_only_the_engine_can_ask_may_serve() {
        let with = |hurdle| Outlook::new(OutlookSource::Mirror, "m", Err(Obstacle::new(hurdle, "")));
        assert!(with(Hurdle::NotAsked).serves() && !with(Hurdle::Lacks).serves());
        assert!(Outlook::new(OutlookSource::Present, "p", Ok(())).serves());
    }
}
