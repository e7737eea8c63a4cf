//! The only user of `std::fs`: its errors name the path.

use std::io::{ErrorKind, Read, Seek, Write};
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
    let file = std::fs::File::open(path).map_err(failed("read", path))?;
    let mut bytes = Vec::new();
    file.take(most as u64 + 1).read_to_end(&mut bytes).map_err(failed("read", path))?;
    Ok(bytes)
}

/// A file to read in parts.
pub fn open(path: &Path) -> Result<impl Read + Seek + Send + 'static, FsError> {
    std::fs::File::open(path).map_err(failed("read", path))
}

/// A file without a name in a folder: it is gone when nobody has it open any more, whatever happens.
pub fn scratch_in(folder: &Path) -> Result<impl Read + Write + Seek + Send + 'static, FsError> {
    tempfile::tempfile_in(folder).map_err(failed("write a temporary file in", folder))
}

/// A large file in the making. It takes its name when it is complete; until then nobody sees it.
#[derive(Debug)]
pub struct NewFile {
    file: tempfile::NamedTempFile,
    path: PathBuf,
}

impl NewFile {
    /// In the folder of the path, which must be there.
    pub fn begin(path: &Path) -> Result<Self, FsError> {
        let folder = path.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
        let mut options = tempfile::Builder::new();
        options.prefix(".mqlab-");
        #[cfg(unix)]
        let options = options.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
        let file = options.tempfile_in(folder).map_err(failed("write", path))?;
        Ok(Self { file, path: path.to_owned() })
    }

    /// On the disk, and under its name.
    pub fn commit(self) -> Result<(), FsError> {
        let Self { file, path } = self;
        file.as_file().sync_all().map_err(failed("write", &path))?;
        file.persist(&path).map(drop).map_err(|error| failed("write", &path)(error.error))
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.file.as_file_mut().flush()
    }
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

/// Bytes that this user can still write there; `None` where the system does not tell.
pub fn free_space(path: &Path) -> Option<u64> {
    fs4::available_space(path).ok()
}

/// The path without links and dots; as it is where that cannot be found out.
pub fn canonical(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Makes an empty file for the owner alone; one that is there is an error and stays.
pub fn create_private(path: &Path) -> Result<(), FsError> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop).map_err(failed("create", path))
}

/// Writes into an empty file that is there.
pub fn fill(path: &Path, content: &[u8]) -> Result<(), FsError> {
    let mut file = std::fs::OpenOptions::new().write(true).open(path).map_err(failed("write", path))?;
    file.write_all(content).map_err(failed("write", path))
}

/// Waits until what was written to a file would outlive the machine's power.
pub fn sync(path: &Path) -> Result<(), FsError> {
    let file = std::fs::File::open(path).map_err(failed("write", path))?;
    file.sync_all().map_err(failed("write", path))
}

/// The same for the names in a folder. Only Unix has it.
pub fn sync_folder(path: &Path) -> Result<(), FsError> {
    if cfg!(unix) { sync(path) } else { Ok(()) }
}

/// Gives a file another name, which it takes from whoever has it.
pub fn rename(from: &Path, to: &Path) -> Result<(), FsError> {
    std::fs::rename(from, to).map_err(failed("write", to))
}

/// Mode, owner and label of `path` as those of `model`; where that is not there, readable for all.
#[cfg(unix)]
pub fn dress(path: &Path, model: &Path) -> Result<(), FsError> {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
    let set_mode = |mode| std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode));
    let wanted = match std::fs::metadata(model) {
        Ok(wanted) => wanted,
        Err(error) if error.kind() == ErrorKind::NotFound => return set_mode(0o644).map_err(failed("write", path)),
        Err(error) => return Err(failed("look at", model)(error)),
    };
    let own = std::fs::metadata(path).map_err(failed("look at", path))?;
    if (own.uid(), own.gid()) != (wanted.uid(), wanted.gid()) {
        chown(path, Some(wanted.uid()), Some(wanted.gid())).map_err(failed("change the owner of", path))?;
    }
    set_mode(wanted.mode() & 0o7777).map_err(failed("write", path))?;
    label(path, model).map_err(|error| failed("label", path)(error.into()))
}

#[cfg(not(unix))]
pub fn dress(_path: &Path, _model: &Path) -> Result<(), FsError> {
    Ok(())
}

/// The label of `SELinux`, where the model has one.
#[cfg(target_os = "linux")]
fn label(path: &Path, model: &Path) -> rustix::io::Result<()> {
    use rustix::fs::{XattrFlags, getxattr, setxattr};
    const LABEL: &str = "security.selinux";
    const LONGEST: usize = 4096;
    let read = |path: &Path| {
        let mut label = vec![0; LONGEST];
        let length = getxattr(path, LABEL, label.as_mut_slice()).ok()?;
        label.truncate(length);
        Some(label)
    };
    match read(model) {
        Some(wanted) if read(path).as_ref() != Some(&wanted) => setxattr(path, LABEL, &wanted, XattrFlags::empty()),
        _ => Ok(()),
    }
}

#[cfg(all(unix, not(target_os = "linux")))]
fn label(_path: &Path, _model: &Path) -> rustix::io::Result<()> {
    Ok(())
}

/// Whether new names may be made in a folder, or in the first one above it that is there.
#[cfg(unix)]
pub fn may_write_in(folder: &Path) -> Result<(), FsError> {
    use rustix::fs::{Access, access};
    let there = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(Path::new("/"));
    access(there, Access::WRITE_OK | Access::EXEC_OK).map_err(|error| failed("write in", there)(error.into()))
}

#[cfg(not(unix))]
pub fn may_write_in(_folder: &Path) -> Result<(), FsError> {
    Ok(())
}

/// Held as long as this value lives.
#[derive(Debug)]
pub struct FolderLock {
    _folder: std::fs::File,
}

/// Takes a folder for this process; `None` where another one has it. Leaves no file behind.
pub fn lock_folder(path: &Path) -> Result<Option<FolderLock>, FsError> {
    let folder = std::fs::File::open(path).map_err(failed("lock", path))?;
    match folder.try_lock() {
        Ok(()) => Ok(Some(FolderLock { _folder: folder })),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(error)) => Err(failed("lock", path)(error)),
    }
}

/// A file in the temporary folder that goes away with this value.
#[derive(Debug)]
pub struct Scratch {
    file: tempfile::NamedTempFile,
}

impl Scratch {
    pub fn path(&self) -> &Path {
        self.file.path()
    }

    pub fn name(&self) -> String {
        self.path().display().to_string()
    }
}

/// Writes a file that nobody needs for long, for the owner's eyes alone.
pub fn scratch(content: &[u8]) -> Result<Scratch, FsError> {
    let folder = std::env::temp_dir();
    let mut file = tempfile::Builder::new().prefix("mqlab-").tempfile().map_err(failed("write in", &folder))?;
    file.write_all(content).map_err(failed("write", &folder))?;
    Ok(Scratch { file })
}
