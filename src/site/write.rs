//! Puts the pages into a folder, and takes away what an earlier build left there.
//!
//! A manifest in the folder names every file of ours. Nothing that is not in it is ever removed or
//! written over, and a folder with content and without a manifest is not ours.

use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Difference, Page};
use crate::fs::{self, Entry, FsError};

/// The file that says that a folder is ours.
const MANIFEST: &str = ".mqlab-site.json";
/// The manifest's form. A newer one is not touched.
const FORMAT: u32 = 1;

/// What a write did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Written {
    /// Files whose content is new or changed.
    pub changed: usize,
    /// Files that were already as they should be.
    pub unchanged: usize,
    /// Files of an earlier build that no longer belong to the site.
    pub removed: usize,
}

/// Why the site could not be written.
#[derive(Debug, Error)]
pub enum WriteError {
    #[error(
        "{} holds `{found}` and was not made by `mqlab site`: nothing was written there. \
         Set `site: {{ out: … }}` to a new or empty folder, or move its content away", folder.display()
    )]
    NotOurs { folder: PathBuf, found: String },
    #[error(
        "{} is in the way: it is not part of the site. Move it away, or set `site: {{ out: … }}` to another folder",
        path.display()
    )]
    InTheWay { path: PathBuf },
    #[error("{} cannot be read: {detail}. Remove the folder, and the site will be built anew", path.display())]
    Manifest { path: PathBuf, detail: String },
    #[error(transparent)]
    Files(#[from] FsError),
}

#[derive(Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    files: BTreeSet<String>,
}

/// Makes the folder hold exactly these pages, besides what others put into it later. Each file is
/// replaced as a whole and only if it differs; the same call repairs an interrupted one.
pub fn write(pages: &[Page], folder: &Path) -> Result<Written, WriteError> {
    let before = owned(folder)?;
    let now: BTreeSet<String> = pages.iter().map(|page| page.path.clone()).collect();
    refuse_what_is_in_the_way(&now, &before, folder)?;
    fs::create_folders(folder)?;
    // Until all is done the manifest names old and new files, so that an interrupted run leaks none.
    record(before.union(&now).cloned().collect(), folder)?;
    let mut written = Written::default();
    let mut folders = BTreeSet::new();
    for page in pages {
        let path = folder.join(&page.path);
        let parent = path.parent().unwrap_or(folder);
        if folders.insert(parent.to_owned()) {
            fs::create_folders(parent)?;
        }
        let content = page.content.as_bytes();
        match fs::read_if_there(&path)? {
            Some(found) if found == content => written.unchanged += 1,
            Some(_) => {
                fs::write_atomically(&path, content)?;
                written.changed += 1;
            }
            // Nobody reads what was not there, and the next call repairs a part.
            None => {
                fs::write_new(&path, content)?;
                written.changed += 1;
            }
        }
    }
    written.removed = remove(before.difference(&now), folder)?;
    record(now, folder)?;
    Ok(written)
}

/// How the folder differs from these pages; `None` where it holds no site.
pub(super) fn difference(pages: &[Page], folder: &Path) -> Result<Option<Difference>, WriteError> {
    let before = owned(folder)?;
    if before.is_empty() {
        return Ok(None);
    }
    let mut found = Difference::default();
    for page in pages {
        match fs::read_if_there(&folder.join(&page.path))? {
            Some(content) if content == page.content.as_bytes() => {}
            Some(_) => found.changed.push(page.path.clone()),
            None => found.missing.push(page.path.clone()),
        }
    }
    let now: BTreeSet<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    found.left = before.into_iter().filter(|path| !now.contains(path.as_str())).collect();
    Ok(Some(found))
}

/// How many files the site has, and a number that is another one as soon as somebody writes to one; `None` where
/// there is no site. It costs a look at each file and reads none.
pub fn fingerprint(folder: &Path) -> Option<(usize, u64)> {
    let files = owned(folder).ok()?;
    let mut state = DefaultHasher::new();
    for file in &files {
        file.hash(&mut state);
        fs::stamp(&folder.join(file)).ok()?.hash(&mut state);
    }
    (!files.is_empty()).then(|| (files.len(), state.finish()))
}

/// The files of the earlier build; an error where the folder belongs to somebody else.
fn owned(folder: &Path) -> Result<BTreeSet<String>, WriteError> {
    if !matches!(fs::entry(folder)?, None | Some(Entry::Folder)) && fs::names_in(folder).is_err() {
        return Err(WriteError::InTheWay { path: folder.to_owned() });
    }
    let path = folder.join(MANIFEST);
    let Some(bytes) = fs::read_if_there(&path)? else {
        return match fs::names_in(folder)?.into_iter().next() {
            Some(found) => Err(WriteError::NotOurs { folder: folder.to_owned(), found }),
            None => Ok(BTreeSet::new()),
        };
    };
    let misfit = |detail: String| WriteError::Manifest { path: path.clone(), detail };
    let manifest: Manifest = serde_json::from_slice(&bytes).map_err(|error| misfit(error.to_string()))?;
    if manifest.format != FORMAT {
        return Err(misfit(format!("its format is {}, and this mqlab writes {FORMAT}", manifest.format)));
    }
    match manifest.files.iter().find(|file| !is_plain(file)) {
        Some(file) => Err(misfit(format!("`{file}` is not a path of ours"))),
        None => Ok(manifest.files),
    }
}

/// Whether a path stays below the folder, whatever the system.
fn is_plain(path: &str) -> bool {
    !path.is_empty()
        && path.split('/').all(|segment| {
            !matches!(segment, "" | "." | "..") && !segment.contains(['\\', ':']) && !segment.starts_with(MANIFEST)
        })
}

/// A link inside the folder would lead our files elsewhere, and a file that is not ours is not ours to replace.
fn refuse_what_is_in_the_way(
    now: &BTreeSet<String>,
    before: &BTreeSet<String>,
    folder: &Path,
) -> Result<(), WriteError> {
    let mut parents = BTreeSet::new();
    for path in now.union(before) {
        let found = fs::entry(&folder.join(path))?;
        let foreign = match found {
            None => false,
            Some(Entry::File) => !before.contains(path),
            Some(Entry::Folder | Entry::Other) => true,
        };
        if foreign {
            return Err(WriteError::InTheWay { path: folder.join(path) });
        }
        parents.extend(Path::new(path).ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()));
    }
    for parent in parents {
        let path = folder.join(parent);
        if !matches!(fs::entry(&path)?, None | Some(Entry::Folder)) {
            return Err(WriteError::InTheWay { path });
        }
    }
    Ok(())
}

fn remove<'a>(files: impl Iterator<Item = &'a String>, folder: &Path) -> Result<usize, WriteError> {
    let mut removed = 0;
    let mut emptied: BTreeSet<&Path> = BTreeSet::new();
    for file in files {
        fs::remove_file(&folder.join(file))?;
        emptied.extend(Path::new(file.as_str()).ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()));
        removed += 1;
    }
    for parent in emptied.iter().rev() {
        fs::remove_empty_folder(&folder.join(parent));
    }
    Ok(removed)
}

fn record(files: BTreeSet<String>, folder: &Path) -> Result<(), WriteError> {
    let path = folder.join(MANIFEST);
    let manifest = Manifest { format: FORMAT, files };
    let mut text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| WriteError::Manifest { path: path.clone(), detail: error.to_string() })?;
    text.push('\n');
    if fs::read_if_there(&path)?.is_some_and(|found| found == text.as_bytes()) {
        return Ok(());
    }
    Ok(fs::write_atomically(&path, text.as_bytes())?)
}

#[cfg(test)]
#[path = "write_tests.rs"]
mod tests;
