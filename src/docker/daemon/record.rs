//! What mqlab remembers beside a file of settings: what it wrote, and what was there before.

use std::path::{Path, PathBuf};

use super::error::DaemonError;
use super::steps::{Step, beside, copy, folder, replace};
use crate::fs;

const BACKUP: &str = "bak-";
/// What was written over a file that is in the backup of the same time.
const CHANGED: &str = "changed-";
/// What was written where no file was.
const MADE: &str = "made-";

/// One change that can be taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Record {
    /// The file with what was written.
    path: PathBuf,
    /// The file with what was there; `None` where nothing was.
    pub(super) backup: Option<PathBuf>,
}

impl Record {
    /// Those beside a file, the newest first.
    pub(super) fn all(file: &Path) -> Result<Vec<Self>, DaemonError> {
        let mut found: Vec<(String, Self)> = Vec::new();
        for name in names(file)? {
            let (stamp, is_new) = match (name.strip_prefix(CHANGED), name.strip_prefix(MADE)) {
                (Some(stamp), _) => (stamp, false),
                (_, Some(stamp)) => (stamp, true),
                _ => continue,
            };
            let backup = (!is_new).then(|| backup_path(file, stamp));
            found.push((stamp.to_owned(), Self { path: beside(file, &name), backup }));
        }
        found.sort_by(|left, right| right.0.cmp(&left.0));
        Ok(found.into_iter().map(|(_, record)| record).collect())
    }

    /// When it was made, as a text that sorts.
    pub(super) fn stamp(&self) -> String {
        let name = self.path.to_string_lossy();
        name.rsplit_once('-').map(|(_, stamp)| stamp.to_owned()).unwrap_or_default()
    }

    pub(super) fn written(&self) -> Result<Vec<u8>, DaemonError> {
        Ok(fs::read_if_there(&self.path)?.unwrap_or_default())
    }

    /// What was there before it.
    pub(super) fn before(&self, file: &Path) -> Result<Option<Vec<u8>>, DaemonError> {
        let Some(backup) = &self.backup else { return Ok(None) };
        match fs::read_if_there(backup)? {
            Some(content) => Ok(Some(content)),
            None => Err(DaemonError::NoBackup { path: file.to_owned(), backup: backup.clone() }),
        }
    }

    /// Forgets it. A backup that says what the file says now is needed by nobody.
    pub(super) fn forget(&self, now: Option<&[u8]>) -> Result<Vec<Step>, DaemonError> {
        let mut steps = vec![Step::Remove(self.path.clone())];
        if let Some(backup) = &self.backup
            && fs::read_if_there(backup)?.as_deref() == now
        {
            steps.push(Step::Remove(backup.clone()));
        }
        steps.push(Step::SyncFolder(folder(&self.path)));
        Ok(steps)
    }
}

/// The file's content replaced, with a record of it. `stamp` tells when, and sorts.
pub(super) fn replace_with_record(file: &Path, before: Option<&[u8]>, after: &[u8], stamp: &str) -> Vec<Step> {
    let mut steps = Vec::new();
    let kind = match before {
        Some(before) => {
            steps.extend(copy(&backup_path(file, stamp), before, file));
            CHANGED
        }
        None => MADE,
    };
    steps.extend(copy(&beside(file, &format!("{kind}{stamp}")), after, file));
    steps.extend(replace(file, before, Some(after)));
    steps
}

/// Where the backup of that time is.
pub(super) fn backup_path(file: &Path, stamp: &str) -> PathBuf {
    beside(file, &format!("{BACKUP}{stamp}"))
}

/// Every backup beside a file, the newest last.
pub(super) fn backups(file: &Path) -> Result<Vec<String>, DaemonError> {
    let backups = names(file)?.into_iter().filter(|name| name.starts_with(BACKUP));
    Ok(backups.map(|name| beside(file, &name).display().to_string()).collect())
}

/// What comes after `daemon.json.` in the names of its neighbours, sorted.
fn names(file: &Path) -> Result<Vec<String>, DaemonError> {
    let own = format!("{}.", file.file_name().unwrap_or_default().to_string_lossy());
    let all = fs::names_in(&folder(file))?;
    Ok(all.into_iter().filter_map(|name| name.strip_prefix(&own).map(str::to_owned)).collect())
}
