//! The engine's own store of images: what is there, tags, pulls.

use bollard::models::ImageInspect;
use bollard::query_parameters::{CreateImageOptions, RemoveImageOptions, TagImageOptions};

use super::hub::split_reference;
use super::progress::{PULL_STALL, Stopped, follow_pull};
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
    pub(super) digest: Option<String>,
    pub(super) size: u64,
    pub(super) exact_version: Option<String>,
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
        digest: digests.first().and_then(|text| text.split_once('@')).map(|(_, digest)| digest.to_owned()),
        size: found.size.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default(),
        exact_version: labels.get(EXACT_VERSION).cloned(),
        platform: format!("{}/{}", found.os.unwrap_or_default(), found.architecture.unwrap_or_default()),
    }
}

/// Pulls by the engine's own way. A wrong or missing image ends in the registry's words.
pub(super) async fn pull(
    engine: &Engine,
    reference: &str,
    platform: Option<&str>,
    events: &dyn Events,
    cancel: &Cancel,
) -> Result<(), Stopped> {
    let (repository, tag) = split_reference(reference);
    let options = CreateImageOptions {
        from_image: Some(repository.to_owned()),
        tag: Some(tag.to_owned()),
        platform: platform.unwrap_or_default().to_owned(),
        ..CreateImageOptions::default()
    };
    let stream = engine.api().create_image(Some(options), None, None);
    follow_pull(stream, PULL_STALL, reference, events, cancel).await.map(|_| ())
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
