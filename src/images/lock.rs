//! `mqlab.lock`: which content every image of a stack must have. Beside the spec, to be committed with it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::store::Stored;
use crate::fs::{self, FsError};
use crate::model::{Reference, is_digest};

/// The file's name.
pub const NAME: &str = "mqlab.lock";
const FORM: u32 = 1;
const NOTE: &str =
    "Written by `mqlab images lock`. Commit it: these digests are what a mirror's images are held against.";
const MOST_BYTES: usize = 1024 * 1024;

/// Digests by the images' full names with a tag.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lock {
    pub images: BTreeMap<String, Locked>,
}

/// One image, for all platforms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Locked {
    /// Of what the tag stands for: an index of all platforms, or a single image.
    pub digest: String,
    /// By platform the digest of the image's configuration, which engines that keep images by themselves give it as
    /// id: by this an image is known again that came as an archive, without a registry's name.
    pub platforms: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    lock: u32,
    #[serde(default)]
    note: String,
    images: BTreeMap<String, Locked>,
}

/// What even a newer file has.
#[derive(Deserialize)]
struct Form {
    lock: u32,
}

/// A lock that is of no use.
#[derive(Debug, Error)]
pub enum LockError {
    #[error(transparent)]
    File(#[from] FsError),
    #[error("{}: {text}\n{help}", path.display())]
    Bad { path: PathBuf, text: String, help: String },
}

impl Lock {
    /// The one beside a spec; `None` where there is none.
    pub fn read(folder: &Path) -> Result<Option<Self>, LockError> {
        let path = folder.join(NAME);
        if fs::entry(&path)?.is_none() {
            return Ok(None);
        }
        let bytes = fs::read_at_most(&path, MOST_BYTES)?;
        Self::parse(&bytes).map(Some).map_err(|(text, help)| LockError::Bad { path, text, help })
    }

    fn parse(bytes: &[u8]) -> Result<Self, (String, String)> {
        let again = || "mqlab images lock writes it anew".to_owned();
        if serde_json::from_slice(bytes).is_ok_and(|form: Form| form.lock > FORM) {
            return Err(("this file needs a newer mqlab".to_owned(), "install a newer mqlab".to_owned()));
        }
        let file: File = serde_json::from_slice(bytes).map_err(|error| (error.to_string(), again()))?;
        for (name, locked) in &file.images {
            let whole = Reference::parse(name).is_some_and(|read| read.by_tag().as_ref() == Some(name));
            if !whole {
                return Err((format!("`{name}` is no image's full name with a tag"), again()));
            }
            let digests = std::iter::once(&locked.digest).chain(locked.platforms.values());
            if let Some(bad) = digests.into_iter().find(|digest| !is_digest(digest)) {
                return Err((format!("{name}: `{bad}` is no digest"), again()));
            }
        }
        Ok(Self { images: file.images })
    }

    /// As the file has it: the same lock is the same bytes.
    pub fn to_text(&self) -> String {
        let file = File { lock: FORM, note: NOTE.to_owned(), images: self.images.clone() };
        let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
        text.push('\n');
        text
    }

    pub fn write(&self, folder: &Path) -> Result<PathBuf, FsError> {
        let path = folder.join(NAME);
        fs::write_atomically(&path, self.to_text().as_bytes())?;
        Ok(path)
    }

    pub fn get(&self, image: &Reference) -> Option<&Locked> {
        self.images.get(&image.by_tag()?)
    }
}

impl Locked {
    /// What a lock says of an image that is named by its content.
    pub(super) fn by_digest(digest: &str) -> Self {
        Self { digest: digest.to_owned(), platforms: BTreeMap::new() }
    }

    /// Whether this is that image: by a registry's digest, or by its configuration.
    pub(super) fn is(&self, stored: &Stored) -> bool {
        stored.digests.contains(&self.digest) || self.platforms.values().any(|config| *config == stored.id)
    }

    /// `None` where the lock does not say, or has it.
    pub(super) fn lacks(&self, platform: &str) -> Option<String> {
        let has = |known: &String| {
            known == platform || known.strip_prefix(platform).is_some_and(|rest| rest.starts_with('/'))
        };
        let lacks = !self.platforms.is_empty() && !self.platforms.keys().any(has);
        lacks.then(|| self.platforms.keys().map(String::as_str).collect::<Vec<_>>().join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(digit: char) -> String {
        format!("sha256:{}", digit.to_string().repeat(64))
    }

    fn lock() -> Lock {
        let platforms =
            BTreeMap::from([("linux/amd64".to_owned(), digest('b')), ("linux/arm/v7".to_owned(), digest('c'))]);
        let locked = Locked { digest: digest('a'), platforms };
        Lock { images: BTreeMap::from([("docker.io/apache/kafka:4.3.1".to_owned(), locked)]) }
    }

    #[test]
    fn what_was_written_is_read() {
        let text = lock().to_text();
        assert_eq!(Lock::parse(text.as_bytes()), Ok(lock()));
    }

    #[test]
    fn what_nobody_wrote_is_refused() {
        let text = lock().to_text();
        for (from, to, complaint) in [
            ("\"lock\": 1", "\"lock\": 2", "this file needs a newer mqlab"),
            ("docker.io/apache", "apache", "`apache/kafka:4.3.1` is no image's full name with a tag"),
            ("sha256:aaaa", "sha256:AAAA", "is no digest"),
            ("\"digest\"", "\"digets\"", "unknown field `digets`"),
            ("{", "", "at line 2"),
        ] {
            let (said, _) = Lock::parse(text.replacen(from, to, 1).as_bytes()).unwrap_err();
            assert!(said.contains(complaint), "{said}");
        }
    }

    #[test]
    fn a_platform_may_have_a_variant() {
        let locked = lock().images.into_values().next().unwrap();
        assert_eq!(locked.lacks("linux/amd64"), None);
        assert_eq!(locked.lacks("linux/arm"), None);
        assert_eq!(locked.lacks("linux/arm64").as_deref(), Some("linux/amd64, linux/arm/v7"));
    }
}
