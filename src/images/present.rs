//! What the engine has already, and under which of an image's names.

use super::ensure::{Images, official, served};
use super::error::{Attempt, Error};
use super::lock::Locked;
use super::store::{self, Stored};
use super::words::attempt;
use crate::brokers::Catalogue;
use crate::model::{Build, ImageServed, ImageSource, ImageWanted, Mirror, Place, Reference, Trust};

/// One of a version's sources.
pub(super) struct Candidate {
    /// What the engine may have it as.
    pub(super) look_for: String,
    /// What it is called then.
    pub(super) reference: String,
    pub(super) source: ImageSource,
    /// The content that it must have.
    pub(super) known: Option<Locked>,
    pub(super) mirror: Option<String>,
}

impl Images {
    /// What would serve without fetching anything; `None` means that something must be pulled or built.
    pub async fn present(&self, wanted: &ImageWanted, catalogue: &Catalogue) -> Result<Option<ImageServed>, Error> {
        for candidate in self.candidates(wanted, catalogue) {
            let Some(stored) = store::find(&self.engine, &candidate.look_for).await? else { continue };
            let is_it = candidate.known.as_ref().is_none_or(|known| known.is(&stored));
            if is_it && stored.is_for(wanted.platform.as_deref()) {
                return Ok(Some(self.served_by(candidate, wanted, stored)));
            }
        }
        Ok(None)
    }

    /// Why what is here under an image's name does not serve: it is other content than the lock has.
    pub(super) async fn others_here(&self, image: Option<&Reference>) -> Result<Option<Attempt>, Error> {
        let Some(image) = image else { return Ok(None) };
        let (Some(known), Some(name)) = (self.sources.known(image), image.by_tag()) else { return Ok(None) };
        let Some(stored) = store::find(&self.engine, &name).await? else { return Ok(None) };
        let has = stored.digests.first().unwrap_or(&stored.id);
        let why_not = format!("it is {has}, and {} is wanted", known.digest);
        Ok((!known.is(&stored)).then(|| attempt(&format!("{name} as it is here"), &why_not)))
    }

    pub(super) fn served_by(&self, candidate: Candidate, wanted: &ImageWanted, stored: Stored) -> ImageServed {
        let Candidate { reference, known, .. } = candidate;
        let (source, mirror) = match candidate.source {
            ImageSource::Official => self.who_sent(&reference, &stored),
            other => (other, candidate.mirror),
        };
        served(wanted, known.as_ref(), stored, source, &reference, mirror)
    }

    /// By the names that the engine has for it: an image that a mirror sent bears the mirror's.
    fn who_sent(&self, reference: &str, stored: &Stored) -> (ImageSource, Option<String>) {
        let Some(image) = Reference::parse(reference) else { return (ImageSource::Official, None) };
        let has = |name: &str| stored.repo_digests.iter().any(|known| known.split('@').next() == Some(name));
        let short = image.name().replacen("docker.io/library/", "", 1).replacen("docker.io/", "", 1);
        if has(&image.name()) || has(&short) {
            return (ImageSource::Official, None);
        }
        let mut mirrors = self.sources.settings.mirrors.iter();
        match mirrors.find(|mirror| mirror.place(&image).is_some_and(|place| has(&place.name()))) {
            Some(mirror) => (ImageSource::Mirror, Some(mirror.url.clone())),
            None => (ImageSource::ByHand, None),
        }
    }

    /// A stack that has run keeps its image while it is there, whatever its source.
    pub(super) async fn still_used(
        &self,
        wanted: &ImageWanted,
        catalogue: &Catalogue,
        used: Option<&ImageServed>,
    ) -> Result<Option<ImageServed>, Error> {
        let fits = |used: &&ImageServed| match &wanted.explicit {
            Some(reference) => used.reference == *reference,
            None => {
                used.source != ImageSource::Explicit
                    && used.version == wanted.version
                    && used.distribution == wanted.distribution
            }
        };
        let Some(used) = used.filter(fits) else { return Ok(None) };
        let known = self.known_of(wanted, catalogue);
        if self.sources.locked && (known.is_none() || used.source == ImageSource::Recipe) {
            return Ok(None);
        }
        // What somebody builds himself has no digest that a lock could tell.
        let known = known.filter(|_| used.source != ImageSource::Recipe);
        let stored = store::find(&self.engine, &used.id).await?;
        let is_it = |stored: &Stored| known.as_ref().is_none_or(|known| known.is(stored));
        Ok(stored.filter(|stored| is_it(stored) && stored.is_for(wanted.platform.as_deref())).map(|_| used.clone()))
    }

    /// The content that is wanted, whatever name the image has here: a mirror's, or none.
    fn known_of(&self, wanted: &ImageWanted, catalogue: &Catalogue) -> Option<Locked> {
        self.sources.known(&Reference::parse(&reference_of(wanted, catalogue)?)?)
    }

    /// Refuses what a container runs, if it is not what the lock has.
    pub async fn confirm_locked(
        &self,
        wanted: &ImageWanted,
        catalogue: &Catalogue,
        used: &ImageServed,
    ) -> Result<(), Error> {
        let known = self.known_of(wanted, catalogue);
        let stored = store::find(&self.engine, &used.id).await?;
        if known.as_ref().zip(stored.as_ref()).is_some_and(|(known, stored)| known.is(stored)) {
            return Ok(());
        }
        let why_not = match known {
            Some(known) => format!("{} is wanted", known.digest),
            None => format!("{} does not have it", super::LOCK),
        };
        let has = used.digest.as_ref().unwrap_or(&used.id);
        let attempt = Attempt {
            source: format!("{} from {}, as it runs", used.reference, used.source_words()),
            why_not: format!("it is {has}, and {why_not}"),
            way_out: Some("mqlab down, which keeps the data, then mqlab up --locked".to_owned()),
        };
        Err(Error::Nobody { wanted: format!("{} by {}", used.reference, super::LOCK), attempts: vec![attempt] })
    }

    /// References that would serve if they were there, in order.
    fn candidates(&self, wanted: &ImageWanted, catalogue: &Catalogue) -> Vec<Candidate> {
        let Some(reference) = reference_of(wanted, catalogue) else { return Vec::new() };
        if wanted.explicit.is_some() {
            return self.by_name(&reference, ImageSource::Explicit, wanted);
        }
        let recipe = catalogue.version(&wanted.version).and_then(|version| version.recipe);
        let recipe = recipe.filter(|_| wanted.distribution.is_none());
        let built = recipe.map(|recipe| self.recipe_candidate(wanted.kind, &wanted.version, recipe));
        match self.sources.build() {
            Build::Fallback => {
                self.by_name(&reference, ImageSource::Official, wanted).into_iter().chain(built).collect()
            }
            Build::Always => built.into_iter().collect(),
            Build::Never => self.by_name(&reference, ImageSource::Official, wanted),
        }
    }

    /// One image under all the names that it can have here: its own, what a mirror that sent it calls it, and, where a
    /// lock tells, its content, which is what is left of it when it came as an archive.
    fn by_name(&self, reference: &str, source: ImageSource, wanted: &ImageWanted) -> Vec<Candidate> {
        let parsed = Reference::parse(reference);
        let known = parsed.as_ref().and_then(|image| self.sources.known(image));
        if self.sources.locked && known.is_none() {
            return Vec::new();
        }
        let candidate = |look_for: String, reference: &str, source| Candidate {
            look_for,
            reference: reference.to_owned(),
            source,
            known: known.clone(),
            mirror: None,
        };
        let mut found = vec![candidate(reference.to_owned(), reference, source)];
        let Some(image) = parsed else { return found };
        if let Some(known) = &known {
            let names = std::iter::once(image.name()).chain(self.places(&image).map(|(_, place)| place.name()));
            found.extend(names.map(|name| candidate(format!("{name}@{}", known.digest), reference, source)));
            let config = known.platforms.get(&self.platform(wanted));
            found.extend(config.map(|config| candidate(config.clone(), reference, source)));
        } else {
            let believed = self.places(&image).filter(|(mirror, _)| mirror.trust == Trust::Tags);
            for (mirror, place) in believed {
                let name = format!("{}:{}", place.name(), image.tag.as_deref().unwrap_or("latest"));
                let mirror = Some(mirror.url.clone());
                found.push(Candidate { mirror, ..candidate(name.clone(), &name, ImageSource::Mirror) });
            }
        }
        found
    }

    pub(super) fn places<'a>(&'a self, image: &'a Reference) -> impl Iterator<Item = (&'a Mirror, Place)> + 'a {
        self.sources.settings.mirrors.iter().filter_map(|mirror| Some((mirror, mirror.place(image)?)))
    }
}

/// The makers' reference, or the user's own.
pub fn reference_of(wanted: &ImageWanted, catalogue: &Catalogue) -> Option<String> {
    if let Some(reference) = &wanted.explicit {
        return Some(reference.clone());
    }
    Some(official(catalogue.version(&wanted.version)?, wanted.distribution.as_deref()))
}
