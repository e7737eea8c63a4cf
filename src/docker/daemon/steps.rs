//! How a file is replaced: one system call after the other, each of which may be the last.
//!
//! The list is made first and carried out then, so that tests can stop after any of them.

use std::path::{Path, PathBuf};

use super::error::DaemonError;
use crate::fs;

/// One system call, or some of which only the last can be seen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    CreateFolder(PathBuf),
    /// What a run that was stopped left.
    Clear(PathBuf),
    Create(PathBuf),
    Fill(PathBuf, Vec<u8>),
    /// Mode, owner and label as those of `model`; as any program reads it where there is none.
    Dress {
        path: PathBuf,
        model: PathBuf,
    },
    Sync(PathBuf),
    /// Nobody else wrote since it was read.
    Expect(PathBuf, Option<Vec<u8>>),
    Rename {
        from: PathBuf,
        to: PathBuf,
    },
    Remove(PathBuf),
    SyncFolder(PathBuf),
}

impl Step {
    pub(super) fn carry_out(&self) -> Result<(), DaemonError> {
        match self {
            Self::CreateFolder(path) => fs::create_folders(path)?,
            Self::Clear(path) | Self::Remove(path) => fs::remove_file(path)?,
            Self::Create(path) => fs::create_private(path)?,
            Self::Fill(path, content) => fs::fill(path, content)?,
            Self::Dress { path, model } => fs::dress(path, model)?,
            Self::Sync(path) => fs::sync(path)?,
            Self::Expect(path, wanted) => {
                if fs::read_if_there(path)? != *wanted {
                    return Err(DaemonError::Meanwhile { path: path.clone() });
                }
            }
            Self::Rename { from, to } => fs::rename(from, to)?,
            Self::SyncFolder(path) => fs::sync_folder(path)?,
        }
        Ok(())
    }
}

/// A new file beside `file`, whole or not there.
pub(super) fn copy(path: &Path, content: &[u8], file: &Path) -> Vec<Step> {
    put(path, content, file, None)
}

/// The file with another content; `None` is no file. `before` is what it must still hold.
pub(super) fn replace(path: &Path, before: Option<&[u8]>, after: Option<&[u8]>) -> Vec<Step> {
    let expect = Step::Expect(path.to_owned(), before.map(<[u8]>::to_vec));
    match after {
        Some(content) => put(path, content, path, Some(expect)),
        None => vec![expect, Step::Remove(path.to_owned()), Step::SyncFolder(folder(path))],
    }
}

/// By one name for all that is new beside `file`, so that the next run finds what this one may leave.
fn put(path: &Path, content: &[u8], file: &Path, expect: Option<Step>) -> Vec<Step> {
    let new = beside(file, "mqlab-new");
    let mut steps = vec![
        Step::CreateFolder(folder(path)),
        Step::Clear(new.clone()),
        Step::Create(new.clone()),
        Step::Fill(new.clone(), content.to_vec()),
        Step::Dress { path: new.clone(), model: file.to_owned() },
        Step::Sync(new.clone()),
    ];
    steps.extend(expect);
    steps.push(Step::Rename { from: new, to: path.to_owned() });
    steps.push(Step::SyncFolder(folder(path)));
    steps
}

/// `daemon.json` and `bak-1` make `daemon.json.bak-1`.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

pub(super) fn folder(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("/")).to_owned()
}
