//! Each mirror tried from here: is it there, what does it have, does it tell the truth, how fast is it.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use serde::Serialize;

use super::ensure::Images;
use super::registry::{Content, PROBE, Refusal, Registry};
use super::tell::own_place;
use crate::model::{Mirror, Reference, Trust};

/// So much of a layer is read, or for so long, whichever comes first.
const SAMPLE_BYTES: u64 = 16 * 1024 * 1024;
const SAMPLE_TIME: Duration = Duration::from_secs(3);

/// What came out for one mirror.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MirrorTrial {
    pub mirror: String,
    /// Who named it.
    pub from: String,
    pub trust: &'static str,
    /// Milliseconds to the first answer.
    pub answers_in: Option<u64>,
    /// Why it is of no use at all.
    pub trouble: Option<String>,
    /// For each image that it stands for.
    pub images: Vec<ImageTrial>,
    /// Bytes of layers per second, from one of its images.
    pub bytes_per_second: Option<u64>,
}

/// One image of a mirror.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ImageTrial {
    pub image: String,
    /// What the mirror says that the tag means.
    pub digest: Option<String>,
    pub verdict: Verdict,
    pub words: String,
    /// Whether a pull from it would give what is wanted.
    pub usable: bool,
}

/// What a mirror's answer is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// The digest of the lock.
    Right,
    /// No lock tells what would be right.
    NotKnown,
    /// An image that the registry itself has had under this name: not the newest.
    Lags,
    /// An image that the registry itself does not know, or content that is not what its digest says.
    Lies,
    /// Another digest than the lock's, and the registry itself cannot be asked which of the two it is.
    Differs,
    Missing,
    Refused,
}

impl MirrorTrial {
    /// Images that a pull would get.
    pub fn usable(&self) -> usize {
        self.images.iter().filter(|image| image.usable).count()
    }

    pub fn lies(&self) -> bool {
        self.images.iter().any(|image| image.verdict == Verdict::Lies)
    }
}

impl Images {
    /// All mirrors at the same time, but for the layers: those one after the other, or they would share the line. The
    /// best comes first.
    pub async fn try_mirrors(&self, images: &[Reference]) -> Vec<MirrorTrial> {
        let mirrors = &self.sources.settings.mirrors;
        let mut trials = self.ask_mirrors(images).await;
        for (mirror, trial) in mirrors.iter().zip(&mut trials) {
            self.measure(mirror, images, trial).await;
        }
        trials.sort_by_key(|trial| {
            (trial.lies(), std::cmp::Reverse(trial.usable()), std::cmp::Reverse(trial.bytes_per_second))
        });
        trials
    }

    /// All of them at the same time, for words alone, in their order.
    pub async fn ask_mirrors(&self, images: &[Reference]) -> Vec<MirrorTrial> {
        let mirrors = &self.sources.settings.mirrors;
        join_all(mirrors.iter().map(|mirror| self.try_mirror(mirror, images))).await
    }

    async fn try_mirror(&self, mirror: &Mirror, images: &[Reference]) -> MirrorTrial {
        let mut trial = MirrorTrial {
            mirror: mirror.url.clone(),
            from: mirror.from.to_string(),
            trust: if mirror.trust == Trust::Tags { "tags" } else { "digest" },
            answers_in: None,
            trouble: None,
            images: Vec::new(),
            bytes_per_second: None,
        };
        let began = Instant::now();
        let pinged = match self.registry(&mirror.root()).await {
            Ok(registry) => registry.ping().await,
            Err(refusal) => Err(refusal),
        };
        if let Err(refusal) = pinged {
            trial.trouble = Some(refusal.to_string());
            return trial;
        }
        trial.answers_in = u64::try_from(began.elapsed().as_millis()).ok();
        trial.images =
            join_all(images.iter().map(|image| self.try_image(mirror, image))).await.into_iter().flatten().collect();
        trial
    }

    async fn try_image(&self, mirror: &Mirror, image: &Reference) -> Option<ImageTrial> {
        let place = mirror.place(image)?;
        let name = image.to_string();
        let refused = |refusal: &Refusal| {
            let verdict = match refusal {
                Refusal::Missing { .. } => Verdict::Missing,
                Refusal::WrongContent { .. } => Verdict::Lies,
                _ => Verdict::Refused,
            };
            ImageTrial { image: name.clone(), digest: None, verdict, words: refusal.to_string(), usable: false }
        };
        let registry = match self.registry(&place).await {
            Ok(registry) => registry,
            Err(refusal) => return Some(refused(&refusal)),
        };
        let told = match registry.manifest(image.version()).await {
            Ok(manifest) => Some(manifest.digest),
            Err(Refusal::Missing { .. }) => None,
            Err(refusal) => return Some(refused(&refusal)),
        };
        let Some(known) = self.sources.known(image) else {
            let Some(digest) = told else { return Some(refused(&Refusal::Missing { host: place.host })) };
            let usable = mirror.trust == Trust::Tags;
            let words = if usable { "no lock tells what it should be" } else { "of no use without a lock" };
            return Some(ImageTrial {
                image: name,
                digest: Some(digest),
                verdict: Verdict::NotKnown,
                words: words.to_owned(),
                usable,
            });
        };
        if told.as_ref() == Some(&known.digest) {
            return Some(ImageTrial {
                image: name,
                digest: told,
                verdict: Verdict::Right,
                words: "as locked".to_owned(),
                usable: true,
            });
        }
        // The tag is wrong or not there; by its digest the image may be.
        let usable = match registry.manifest(&known.digest).await {
            Ok(_) => true,
            Err(Refusal::Missing { .. }) => false,
            Err(refusal) => return Some(refused(&refusal)),
        };
        let has = if usable { "it has the locked image too" } else { "it does not have the locked image" };
        let Some(digest) = told else {
            let verdict = if usable { Verdict::Right } else { Verdict::Missing };
            let words = if usable { "as locked, by the digest alone" } else { "not there" };
            return Some(ImageTrial { image: name, digest: None, verdict, words: words.to_owned(), usable });
        };
        let (verdict, words) = match self.registry_knows(image, &digest).await {
            Some(true) => (Verdict::Lags, format!("its tag is another image of the registry's; {has}")),
            Some(false) => (Verdict::Lies, format!("its tag is {digest}, which the registry does not know; {has}")),
            None => {
                (Verdict::Differs, format!("its tag is another image, and the registry cannot be asked which; {has}"))
            }
        };
        Some(ImageTrial { image: name, digest: Some(digest), verdict, words, usable })
    }

    /// Whether the registry itself has that content under the image's name; `None` where it cannot be asked.
    async fn registry_knows(&self, image: &Reference, digest: &str) -> Option<bool> {
        self.reachability.check(&self.engine, &image.to_string()).await.ok()?;
        let registry = self.registry(&own_place(image)).await.ok()?;
        match registry.digest_of(digest, PROBE).await {
            Ok(_) => Some(true),
            Err(Refusal::Missing { .. }) => Some(false),
            Err(_) => None,
        }
    }

    /// Reads a part of the largest layer of its first usable image.
    async fn measure(&self, mirror: &Mirror, images: &[Reference], trial: &mut MirrorTrial) {
        let is_usable =
            |image: &&Reference| trial.images.iter().any(|one| one.usable && one.image == image.to_string());
        let Some(image) = images.iter().find(is_usable) else { return };
        let Some(place) = mirror.place(image) else { return };
        let version = self.sources.known(image).map_or_else(|| image.version().to_owned(), |known| known.digest);
        let sampled = async {
            let registry = self.registry(&place).await?;
            let Some(layer) = self.largest_layer(&registry, &version).await? else { return Ok(None) };
            registry.sample(&layer, SAMPLE_BYTES, SAMPLE_TIME).await.map(Some)
        };
        match sampled.await {
            Ok(Some((bytes, took))) if bytes > 0 => {
                let nanos = took.as_nanos().max(1);
                trial.bytes_per_second = u64::try_from(u128::from(bytes) * 1_000_000_000 / nanos).ok();
            }
            Ok(_) => {}
            Err(refusal) => {
                for one in trial.images.iter_mut().filter(|one| one.image == image.to_string()) {
                    one.verdict = Verdict::Refused;
                    one.words = format!("it tells of the image and does not give its layers: {refusal}");
                    one.usable = false;
                }
            }
        }
    }

    async fn largest_layer(&self, registry: &Registry, version: &str) -> Result<Option<String>, Refusal> {
        let own = format!("linux/{}", self.engine.facts().architecture);
        let content = match registry.manifest(version).await?.content {
            Content::Index(entries) => {
                let fits = entries.iter().find(|entry| entry.platform == own).or(entries.first());
                let Some(entry) = fits else { return Ok(None) };
                registry.manifest(&entry.digest).await?.content
            }
            image @ Content::Image { .. } => image,
        };
        let Content::Image { layers, .. } = content else { return Ok(None) };
        Ok(layers.into_iter().max_by_key(|layer| layer.size).map(|layer| layer.digest))
    }
}
