//! The only user of `std::fs`: its errors name the path.

use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use thiserror::Error;

/// A file operation that did not work.
#[derive(Debug, Error)]
#[error("cannot {action} {}", path.display())]
pub struct FsError {
    pub action: &'static str,
    pub path: PathBuf,
    #[source]
    pub source: std::io::Error,
}

/// What a path is, without following a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Entry {
    File,
    Folder,
    /// A link, a device, a socket: nothing that we make.
    Other,
}

fn failed<'a>(action: &'static str, path: &'a Path) -> impl FnOnce(std::io::Error) -> FsError + 'a {
    move |source| FsError { action, path: path.to_owned(), source: the_systems_own(source) }
}

/// Without the wrapping that names the neighbour file of an atomic write: nobody knows that one.
fn the_systems_own(error: std::io::Error) -> std::io::Error {
    match error.to_string().split_once(" at path \"") {
        Some((words, _)) => std::io::Error::new(error.kind(), words.to_owned()),
        None => error,
    }
}

/// What is at the path; `None` where nothing is.
pub fn entry(path: &Path) -> Result<Option<Entry>, FsError> {
    match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => Ok(Some(Entry::File)),
        Ok(found) if found.is_dir() => Ok(Some(Entry::Folder)),
        Ok(_) => Ok(Some(Entry::Other)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("look at", path)(error)),
    }
}

/// Size of a file and when it was last written: others after whoever wrote to it.
pub fn stamp(path: &Path) -> Result<(u64, SystemTime), FsError> {
    let found = std::fs::symlink_metadata(path).map_err(failed("look at", path))?;
    Ok((found.len(), found.modified().map_err(failed("look at", path))?))
}

/// The bytes of a file; `None` where there is none.
pub fn read_if_there(path: &Path) -> Result<Option<Vec<u8>>, FsError> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed("read", path)(error)),
    }
}

/// The names in a folder, sorted; none where there is no folder.
pub fn names_in(path: &Path) -> Result<Vec<String>, FsError> {
    let entries = match std::fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed("list", path)(error)),
    };
    let name = |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let names: Result<Vec<String>, _> = entries.map(|entry| entry.map(name)).collect();
    let mut names = names.map_err(failed("list", path))?;
    names.sort();
    Ok(names)
}

pub fn create_folders(path: &Path) -> Result<(), FsError> {
    std::fs::create_dir_all(path).map_err(failed("create the folder", path))
}

/// Makes a folder and those above it; the last one is for the owner alone.
pub fn create_private_folder(path: &Path) -> Result<(), FsError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(failed("create the folder", path))
}

/// As [`write_atomically`], for the owner's eyes alone.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), FsError> {
    write_with_mode(path, content, 0o600)
}

/// At most `most` bytes of a file and one more, so that "too large" can be told without reading all of it.
pub fn read_at_most(path: &Path, most: usize) -> Result<Vec<u8>, FsError> {
    use std::io::Read as _;
    let file = std::fs::File::open(path).map_err(failed("read", path))?;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(failed("read", path))?;
    Ok(bytes)
}

/// Writes a new file; one that is there is an error and stays.
pub fn write_new(path: &Path, content: &[u8]) -> Result<(), FsError> {
    let mut file = std::fs::File::create_new(path).map_err(failed("create", path))?;
    file.write_all(content).map_err(failed("write", path))
}

/// Writes a file so that a reader sees the old content or the new one, never a part: into a
/// neighbour first, which then takes the name. Its folder must be there.
pub fn write_atomically(path: &Path, content: &[u8]) -> Result<(), FsError> {
    write_with_mode(path, content, 0o644)
}

#[cfg_attr(not(unix), expect(unused_variables, reason = "only Unix has modes"))]
fn write_with_mode(path: &Path, content: &[u8], mode: u32) -> Result<(), FsError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut options = tempfile::Builder::new();
    options.prefix(".mqlab-");
    #[cfg(unix)]
    let options = options.permissions(std::os::unix::fs::PermissionsExt::from_mode(mode));
    let mut file = options.tempfile_in(folder).map_err(failed("write", path))?;
    file.write_all(content).map_err(failed("write", path))?;
    file.persist(path).map(drop).map_err(|error| failed("write", path)(error.error))
}

/// Removes a file; that it is gone already is fine.
pub fn remove_file(path: &Path) -> Result<(), FsError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(failed("remove", path)(error)),
        _ => Ok(()),
    }
}

/// Removes a folder if nothing is in it; anything else stays.
pub fn remove_empty_folder(path: &Path) {
    drop(std::fs::remove_dir(path));
}

/// The path without links and dots; as it is where that cannot be found out.
pub fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
