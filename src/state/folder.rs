//! The folder `.mqlab/` and its files.

use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;
use thiserror::Error;

use super::{Journal, LastApplied, Secrets, SiteLeft};
use crate::fs::{self, FsError};
use crate::site::RunReport;

const NAME: &str = ".mqlab";
const SITE: &str = "site.json";

/// A stack's memory. Files are read when asked for; one that is gone reads as empty.
#[derive(Clone, Debug)]
pub struct Folder {
    path: PathBuf,
}

/// Why the memory cannot be read or written.
#[derive(Debug, Error)]
pub enum StateError {
    #[error(transparent)]
    File(#[from] FsError),
    #[error(
        "{} is not what mqlab wrote there: remove it, nothing but words is lost (secrets are reset, replaces that were begun are forgotten)",
        path.display()
    )]
    Content {
        path: PathBuf,
        #[source]
        source: serde_json::Error,
    },
}

impl Folder {
    /// Beside the spec in `directory`, apart for each stack of that name.
    pub fn of(directory: &Path, stack: &str) -> Self {
        Self { path: directory.join(NAME).join(stack) }
    }

    pub fn secrets(&self) -> Result<Secrets, StateError> {
        self.read("secrets.json")
    }

    pub fn write_secrets(&self, secrets: &Secrets) -> Result<(), StateError> {
        self.write("secrets.json", secrets)
    }

    pub fn last_applied(&self) -> Result<LastApplied, StateError> {
        self.read("last.json")
    }

    pub fn write_last_applied(&self, last: &LastApplied) -> Result<(), StateError> {
        self.write("last.json", last)
    }

    pub fn journal(&self) -> Result<Journal, StateError> {
        self.read("journal.json")
    }

    pub fn write_journal(&self, journal: &Journal) -> Result<(), StateError> {
        self.write("journal.json", journal)
    }

    pub fn report(&self) -> Result<Option<RunReport>, StateError> {
        self.read("report.json")
    }

    pub fn write_report(&self, report: &RunReport) -> Result<(), StateError> {
        self.write("report.json", report)
    }

    /// How the site was left. What cannot be read is not known.
    pub fn site(&self) -> Option<SiteLeft> {
        self.read(SITE).ok().flatten()
    }

    /// The file that a run writes behind its site, for who waits for it. Its folder is there.
    pub fn awaited(&self) -> Result<PathBuf, StateError> {
        self.make()?;
        Ok(self.path.join(SITE))
    }

    pub fn write_site(&self, left: &SiteLeft) -> Result<(), StateError> {
        self.write(SITE, left)
    }

    fn read<T: DeserializeOwned + Default>(&self, file: &str) -> Result<T, StateError> {
        let path = self.path.join(file);
        let Some(bytes) = fs::read_if_there(&path)? else { return Ok(T::default()) };
        serde_json::from_slice(&bytes).map_err(|source| StateError::Content { path, source })
    }

    fn write<T: Serialize>(&self, file: &str, value: &T) -> Result<(), StateError> {
        let path = self.path.join(file);
        let bytes =
            serde_json::to_vec_pretty(value).map_err(|source| StateError::Content { path: path.clone(), source })?;
        self.make()?;
        Ok(fs::write_private(&path, &bytes)?)
    }

    /// Private, and nothing that a repository would take.
    fn make(&self) -> Result<(), StateError> {
        fs::create_private_folder(&self.path)?;
        let ignore = self.path.with_file_name(".gitignore");
        if fs::entry(&ignore)?.is_none() {
            fs::write_atomically(&ignore, b"*\n")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_back_and_only_the_owner_may_look() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::of(temporary.path(), "shop");
        assert!(folder.secrets().unwrap().is_empty());
        let secrets = Secrets::from([("jobs".into(), [("admin_password".into(), "hunter2".into())].into())]);
        folder.write_secrets(&secrets).unwrap();
        assert_eq!(folder.secrets().unwrap(), secrets);
        assert!(temporary.path().join(".mqlab/.gitignore").is_file());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &str| temporary.path().join(path).metadata().unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(".mqlab/shop"), 0o700);
            assert_eq!(mode(".mqlab/shop/secrets.json"), 0o600);
        }
    }

    #[test]
    fn a_broken_file_is_named() {
        let temporary = tempfile::tempdir().unwrap();
        let folder = Folder::of(temporary.path(), "shop");
        folder.write_journal(&Journal::default()).unwrap();
        crate::fs::write_atomically(&temporary.path().join(".mqlab/shop/journal.json"), b"{").unwrap();
        let text = folder.journal().unwrap_err().to_string();
        assert!(text.contains("journal.json"), "{text}");
    }
}
