//! From registries: the image's own by the engine's way, then each mirror, held against what is known of the content.

use std::path::PathBuf;

use super::ensure::{Images, served};
use super::error::{Attempt, Error};
use super::lock::Locked;
use super::progress::{PULL_STALL, Stopped};
use super::registry::{PROBE, Refusal, Registry};
use super::store::{self, Pull, Stored};
use super::words::{attempt, explained, nobody, words};
use crate::brokers::Version;
use crate::converge::{Cancel, Event, Events};
use crate::model::{ImageServed, ImageSource, ImageWanted, Mirror, Place, Reference, Trust};

/// One image to fetch, and what is known of it.
pub(super) struct Fetch<'a> {
    pub(super) wanted: &'a ImageWanted,
    /// As it is written.
    pub(super) text: &'a str,
    /// Taken apart; `None` where no registry could be asked for it.
    pub(super) image: Option<Reference>,
    pub(super) known: Option<Locked>,
    /// What the catalogue has heard of it: good enough to hold a mirror against.
    pub(super) published: Option<&'static str>,
    pub(super) source: ImageSource,
}

/// Why one source gave nothing.
enum Failed {
    Cancelled,
    Engine(crate::docker::Error),
    Attempt(Attempt),
}

impl From<crate::docker::Error> for Failed {
    fn from(error: crate::docker::Error) -> Self {
        Self::Engine(error)
    }
}

impl Images {
    pub(super) fn fetch_of<'a>(&self, wanted: &'a ImageWanted, text: &'a str, source: ImageSource) -> Fetch<'a> {
        let image = Reference::parse(text);
        let known = image.as_ref().and_then(|image| self.sources.known(image));
        Fetch { wanted, text, image, known, published: None, source }
    }

    /// The makers' image of a version, with what the catalogue has heard of it.
    pub(super) fn fetch_of_version<'a>(
        &self,
        wanted: &'a ImageWanted,
        version: &Version,
        reference: &'a str,
    ) -> Fetch<'a> {
        let published = version.image(wanted.distribution.as_deref()).and_then(|image| image.digest);
        Fetch { published, ..self.fetch_of(wanted, reference, ImageSource::Official) }
    }

    /// From the first registry that has it.
    pub(super) async fn fetch(
        &self,
        fetch: &Fetch<'_>,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<ImageServed, Error> {
        let here = self.others_here(fetch.image.as_ref()).await?;
        if let Some(attempt) = self.cannot_be(fetch) {
            return Err(nobody(fetch.wanted, here.into_iter().chain([attempt]).collect()));
        }
        let mut attempts: Vec<Attempt> = here.into_iter().collect();
        let mirrors: Vec<(&Mirror, Place)> = fetch.image.iter().flat_map(|image| self.places(image)).collect();
        let mut result = self.by_the_engine(fetch, events, cancel).await;
        let mut left = mirrors.into_iter();
        loop {
            match result {
                Ok(served) => return Ok(served),
                Err(Failed::Cancelled) => return Err(Error::Cancelled { wanted: words(fetch.wanted) }),
                Err(Failed::Engine(error)) => return Err(error.into()),
                Err(Failed::Attempt(attempt)) => attempts.push(attempt),
            }
            let Some((mirror, place)) = left.next() else { return Err(nobody(fetch.wanted, attempts)) };
            if let Some(last) = attempts.last() {
                let why_not = last.why_not.lines().next().unwrap_or_default();
                events.emit(Event::Note { text: format!("{}: {why_not}; asking {}", last.source, mirror.url) });
            }
            result = self.by_mirror(fetch, mirror, &place, events, cancel).await;
        }
    }

    /// What speaks against every registry.
    pub(super) fn cannot_be(&self, fetch: &Fetch<'_>) -> Option<Attempt> {
        let platform = self.platform(fetch.wanted);
        if let Some(others) = fetch.known.as_ref().and_then(|known| known.lacks(&platform)) {
            let first = others.split(',').next().unwrap_or_default();
            return Some(Attempt {
                source: fetch.text.to_owned(),
                why_not: format!("it is for {others}, and this engine needs {platform}"),
                way_out: Some(format!("set `platform: {first}` on the broker to run it emulated")),
            });
        }
        (self.sources.locked && fetch.known.is_none()).then(|| Attempt {
            source: fetch.text.to_owned(),
            why_not: "`--locked`, and mqlab.lock does not have it".to_owned(),
            way_out: Some("mqlab images lock".to_owned()),
        })
    }

    /// `linux/amd64`: what was asked for, else what the engine is.
    pub(super) fn platform(&self, wanted: &ImageWanted) -> String {
        let own = || format!("linux/{}", self.engine.facts().architecture);
        wanted.platform.clone().unwrap_or_else(own)
    }

    async fn by_the_engine(
        &self,
        fetch: &Fetch<'_>,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<ImageServed, Failed> {
        if let Err(why_not) = self.reachability.check(&self.engine, fetch.text).await {
            return Err(Failed::Attempt(attempt(fetch.text, &why_not)));
        }
        let (name, version) = match (&fetch.image, &fetch.known) {
            (Some(image), Some(known)) => (image.name(), known.digest.clone()),
            (Some(image), None) => (image.name(), image.version().to_owned()),
            (None, _) => {
                let (name, version) = super::hub::split_reference(fetch.text);
                (name.to_owned(), version.to_owned())
            }
        };
        let registry = fetch.image.as_ref().map_or("", |image| image.registry.as_str());
        let pull = Pull {
            name: &name,
            version: &version,
            platform: fetch.wanted.platform.as_deref(),
            login: self.login(registry, events).await,
            patience: PULL_STALL,
        };
        self.by_the_api(pull, fetch.text, events, cancel).await?;
        let stored = self.found(&name, &version).await?;
        let stored = stored.ok_or_else(|| Failed::Attempt(gone(fetch.text)))?;
        self.name_it(fetch, &stored).await?;
        Ok(self.served(fetch, stored, fetch.source, fetch.text, None))
    }

    async fn by_mirror(
        &self,
        fetch: &Fetch<'_>,
        mirror: &Mirror,
        place: &Place,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<ImageServed, Failed> {
        let source = format!("{} by {}", fetch.text, mirror.url);
        let Some(image) = &fetch.image else {
            return Err(Failed::Attempt(attempt(&source, "it is no registry's image")));
        };
        let known = match mirror.trust {
            Trust::Digest => fetch.known.clone().or_else(|| fetch.published.map(Locked::by_digest)),
            Trust::Tags => fetch.known.clone(),
        };
        if known.is_none() && mirror.trust == Trust::Digest {
            return Err(Failed::Attempt(Attempt {
                source,
                why_not: "nothing tells which content this image must have, and a mirror is not believed".to_owned(),
                way_out: Some(
                    "mqlab images lock writes it down, where the registry or somebody you trust can be asked; or \
                     `trust: tags` on a mirror of your own"
                        .to_owned(),
                ),
            }));
        }
        let asked = known.as_ref().map_or(image.version(), |known| known.digest.as_str());
        let version = match self.look(place, asked, &source).await? {
            // What the tag means now is what will be pulled, and what can be written down.
            Some(digest) if known.is_none() => digest,
            _ => asked.to_owned(),
        };
        let name = place.name();
        let pull = Pull {
            name: &name,
            version: &version,
            platform: fetch.wanted.platform.as_deref(),
            login: self.login(&place.host, events).await,
            patience: mirror.patience,
        };
        self.by_the_api(pull, &source, events, cancel).await?;
        let stored = self.found(&name, &version).await?;
        let stored = stored.ok_or_else(|| Failed::Attempt(gone(&source)))?;
        if known.is_some() {
            // The content is what the name stands for, whoever sent it.
            let fetch = Fetch { known, image: fetch.image.clone(), ..*fetch };
            self.name_it(&fetch, &stored).await?;
            return Ok(self.served(&fetch, stored, ImageSource::Mirror, fetch.text, Some(mirror)));
        }
        let reference = format!("{name}:{}", image.tag.as_deref().unwrap_or("latest"));
        store::tag(&self.engine, &stored.id, &reference).await?;
        events.emit(Event::Note {
            text: format!(
                "{}: {} was believed that it is {version} (`trust: tags`); mqlab images lock keeps it so",
                fetch.text, mirror.url
            ),
        });
        Ok(self.served(fetch, stored, ImageSource::Mirror, &reference, Some(mirror)))
    }

    /// Asks the mirror before the engine does, which would wait for longer: is it there, does it have the image. Gives
    /// the digest that it tells. An engine elsewhere may reach others than this machine does.
    async fn look(&self, place: &Place, version: &str, source: &str) -> Result<Option<String>, Failed> {
        if self.engine.facts().remote {
            return Ok(None);
        }
        let registry = self.registry(place).await.map_err(|refusal| Failed::Attempt(refused(source, &refusal)))?;
        let looked = async {
            registry.ping().await?;
            registry.digest_of(version, PROBE).await
        };
        looked.await.map_err(|refusal| Failed::Attempt(refused(source, &refusal)))
    }

    pub(super) async fn registry(&self, place: &Place) -> Result<Registry, Refusal> {
        let login = self.credentials.of(&place.host).await;
        Registry::new(place.clone(), login, Some(&certificates()))
    }

    pub(super) async fn login(&self, registry: &str, events: &dyn Events) -> Option<bollard::auth::DockerCredentials> {
        if registry.is_empty() {
            return None;
        }
        let login = self.credentials.of(registry).await?;
        if !login.reaches_the_engine(registry) {
            let text = format!(
                "the login for {registry} has characters that this version of mqlab cannot hand to the engine; it pulls \
                 without it"
            );
            events.emit(Event::Warning { text });
            return None;
        }
        Some(login.for_engine(registry))
    }

    async fn by_the_api(
        &self,
        pull: Pull<'_>,
        source: &str,
        events: &dyn Events,
        cancel: &Cancel,
    ) -> Result<(), Failed> {
        match store::pull(&self.engine, pull, events, cancel).await {
            Ok(()) => Ok(()),
            Err(Stopped::Cancelled) => Err(Failed::Cancelled),
            Err(Stopped::Failed(why_not)) => Err(Failed::Attempt(explained(source, &why_not))),
        }
    }

    async fn found(&self, name: &str, version: &str) -> Result<Option<Stored>, Failed> {
        let sign = if version.starts_with("sha256:") { '@' } else { ':' };
        Ok(store::find(&self.engine, &format!("{name}{sign}{version}")).await?)
    }

    /// Gives it the name that people look for: it was asked for by its content.
    async fn name_it(&self, fetch: &Fetch<'_>, stored: &Stored) -> Result<(), Failed> {
        let name = fetch.image.as_ref().and_then(Reference::by_tag);
        match name.filter(|_| fetch.known.is_some()) {
            Some(name) => Ok(store::tag(&self.engine, &stored.id, &name).await?),
            None => Ok(()),
        }
    }

    /// What was fetched just now.
    fn served(
        &self,
        fetch: &Fetch<'_>,
        stored: Stored,
        source: ImageSource,
        reference: &str,
        mirror: Option<&Mirror>,
    ) -> ImageServed {
        let mut stored = stored;
        stored.when = Some(self.sources.now.clone()).filter(|now| !now.is_empty());
        served(fetch.wanted, fetch.known.as_ref(), stored, source, reference, mirror.map(|mirror| mirror.url.clone()))
    }
}

/// Where engines look for a host's own authorities.
fn certificates() -> PathBuf {
    PathBuf::from("/etc/docker/certs.d")
}

fn gone(source: &str) -> Attempt {
    attempt(source, "the engine said that it pulled it, and does not have it")
}

fn refused(source: &str, refusal: &Refusal) -> Attempt {
    let way_out = match refusal {
        Refusal::Certificate { host, .. } => {
            Some(format!("put its authority into /etc/docker/certs.d/{host}/ca.crt, where the engine looks too"))
        }
        Refusal::Status { status: 401, host, .. } => Some(format!("docker login {host}")),
        _ => None,
    };
    Attempt { source: source.to_owned(), why_not: refusal.to_string(), way_out }
}
