//! Which versions of a broker there are, and where each can come from. Data; `images` acts on it.

/// The versions of one kind.
#[derive(Debug)]
pub struct Catalogue {
    /// One number for every source: the newest that each of them can give.
    pub default_version: &'static str,
    /// Newest first.
    pub versions: &'static [Version],
}

/// One version.
#[derive(Debug)]
pub struct Version {
    /// As in the spec: `4.3`.
    pub number: &'static str,
    pub official: OfficialImage,
    /// The same broker as others package it, by the name under `distribution:`.
    pub distributions: &'static [(&'static str, OfficialImage)],
    /// The local recipe, where one builds it.
    pub recipe: Option<&'static Recipe>,
    /// Versions whose data this one can take over, besides its own.
    pub upgrades_from: &'static [&'static str],
    /// Configuration keys and types that a live broker of this version reported, as JSON
    /// (`make record-config`).
    pub config_keys: &'static str,
}

/// The image that the broker's makers publish.
#[derive(Clone, Copy, Debug)]
pub struct OfficialImage {
    /// Fully qualified, as engines other than Docker need it: `docker.io/library/rabbitmq`.
    pub repository: &'static str,
    pub tag: &'static str,
    /// What the tag has meant since it was published, where several who pulled it from the hub itself say the same in
    /// public. A mirror is held against it where no lock says more; the hub itself is asked by the tag.
    pub digest: Option<&'static str>,
}

/// How mqlab builds an image of its own that keeps the official one's interface.
#[derive(Debug)]
pub struct Recipe {
    /// Folder under `images/`: `kafka`.
    pub folder: &'static str,
    /// All of its files, embedded in the binary: see [`recipe_files`](crate::recipe_files).
    pub files: &'static [RecipeFile],
    /// Debian suite of the base image: `trixie`.
    pub suite: &'static str,
    /// Build arguments, in order.
    pub arguments: &'static [(&'static str, &'static str)],
    pub artefacts: Artefacts,
    /// The exact version inside, `4.3.1`, where it is known before the build.
    pub exact_version: Option<&'static str>,
}

/// A file of a recipe.
#[derive(Debug)]
pub struct RecipeFile {
    pub name: &'static str,
    pub content: &'static [u8],
}

/// The named files of a folder under `images/`, so that the binary needs none at run time.
#[macro_export]
macro_rules! recipe_files {
    ($folder:literal: $($file:literal),+ $(,)?) => {
        &[$($crate::brokers::RecipeFile {
            name: $file,
            content: include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/images/", $folder, "/", $file)),
        }),+]
    };
}

/// Where a recipe's software comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Artefacts {
    /// Debian packages of the suite; the actual version goes into a label.
    Debian,
    /// Maven artefacts, pinned by version and checksum in the recipe's folder.
    Maven,
}

impl Version {
    /// The image that is pulled: the makers' own, or that of a distribution.
    pub fn image(&self, distribution: Option<&str>) -> Option<OfficialImage> {
        let Some(wanted) = distribution else { return Some(self.official) };
        self.distributions.iter().find(|(name, _)| *name == wanted).map(|(_, image)| *image)
    }
}

impl Catalogue {
    pub fn version(&self, number: &str) -> Option<&'static Version> {
        self.versions.iter().find(|version| version.number == number)
    }
}
