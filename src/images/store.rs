//! The engine's own store of images: what is there, tags, pulls.

use std::collections::BTreeSet;
use std::time::Duration;

use bollard::auth::DockerCredentials;
use bollard::models::ImageInspect;
use bollard::query_parameters::{CreateImageOptions, RemoveImageOptions, TagImageOptions};

use super::hub::split_reference;
use super::progress::{Stopped, follow_pull};
use crate::converge::{Cancel, Events};
use crate::docker::{Engine, Error};

/// Labels on images that mqlab builds.
pub(super) const RECIPE: &str = "dev.mqlab.recipe";
pub(super) const RECIPE_INPUTS: &str = "dev.mqlab.recipe.inputs";
pub(super) const EXACT_VERSION: &str = "dev.mqlab.recipe.version";
pub(super) const ARTEFACTS: &str = "dev.mqlab.recipe.artefacts";

/// An image that the engine has.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) id: String,
    /// `docker.io/apache/kafka@sha256:…` as the engine has them: which registries sent it.
    pub(super) repo_digests: Vec<String>,
    /// The digests alone.
    pub(super) digests: BTreeSet<String>,
    pub(super) size: u64,
    pub(super) exact_version: Option<String>,
    /// Of its layers, unpacked.
    pub(super) layers: Vec<String>,
    /// When the engine got its name.
    pub(super) when: Option<String>,
    /// `linux/arm64`.
    platform: String,
}

impl Stored {
    /// Whether it is for this platform, with or without a variant: `linux/arm64/v8`. Without one any will do: the
    /// engine has what it could run.
    pub(super) fn is_for(&self, platform: Option<&str>) -> bool {
        platform.is_none_or(|platform| platform.split('/').take(2).eq(self.platform.split('/')))
    }
}

/// By reference or id; `None` where it is not there.
pub(super) async fn find(engine: &Engine, reference: &str) -> Result<Option<Stored>, Error> {
    let what = format!("look for the image `{reference}`");
    match engine.call(&what, engine.api().inspect_image(reference)).await {
        Ok(found) => Ok(Some(stored(found))),
        Err(error) if error.is_not_found() => Ok(None),
        Err(error) => Err(error),
    }
}

fn stored(found: ImageInspect) -> Stored {
    let labels = found.config.and_then(|config| config.labels).unwrap_or_default();
    let digests = found.repo_digests.unwrap_or_default();
    Stored {
        id: found.id.unwrap_or_default(),
        digests: digests.iter().filter_map(|text| text.split_once('@')).map(|(_, digest)| digest.to_owned()).collect(),
        repo_digests: digests,
        layers: found.root_fs.and_then(|files| files.layers).unwrap_or_default(),
        when: found.metadata.and_then(|metadata| metadata.last_tag_time).and_then(|time| told(&time)),
        size: found.size.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default(),
        exact_version: labels.get(EXACT_VERSION).cloned(),
        platform: format!("{}/{}", found.os.unwrap_or_default(), found.architecture.unwrap_or_default()),
    }
}

/// `2026-03-01 14:05 UTC`; an engine that does not know says the year 1.
fn told(time: &str) -> Option<String> {
    let time: jiff::Timestamp = time.parse().ok()?;
    (time.as_second() > 0).then(|| time.strftime("%Y-%m-%d %H:%M UTC").to_string())
}

/// What to pull, and as whom.
pub(super) struct Pull<'a> {
    /// `docker.io/apache/kafka`, `mirror.example/apache/kafka`.
    pub(super) name: &'a str,
    /// A tag or a digest: engines take both in one place.
    pub(super) version: &'a str,
    pub(super) platform: Option<&'a str>,
    pub(super) login: Option<DockerCredentials>,
    /// The longest time without progress.
    pub(super) patience: Duration,
}

/// Lets the engine pull. A wrong or missing image ends in the registry's words.
pub(super) async fn pull(engine: &Engine, pull: Pull<'_>, events: &dyn Events, cancel: &Cancel) -> Result<(), Stopped> {
    let options = CreateImageOptions {
        from_image: Some(pull.name.to_owned()),
        tag: Some(pull.version.to_owned()),
        platform: pull.platform.unwrap_or_default().to_owned(),
        ..CreateImageOptions::default()
    };
    let stream = engine.api().create_image(Some(options), None, pull.login);
    follow_pull(stream, pull.patience, pull.name, events, cancel).await.map(|_| ())
}

pub(super) async fn tag(engine: &Engine, id: &str, reference: &str) -> Result<(), Error> {
    let (repository, tag) = split_reference(reference);
    let options = TagImageOptions { repo: Some(repository.to_owned()), tag: Some(tag.to_owned()) };
    engine.call(&format!("tag the image `{reference}`"), engine.api().tag_image(id, Some(options))).await
}

/// Best effort: what stays is an image without a name.
pub(super) async fn forget(engine: &Engine, id: &str) {
    let removal = engine.api().remove_image(id, None::<RemoveImageOptions>, None);
    drop(engine.call("remove an unfinished image", removal).await);
}
