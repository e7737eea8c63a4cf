//! Why an engine's settings are not what was asked for.

use std::io::ErrorKind;
use std::path::PathBuf;

use thiserror::Error;

use super::document::Unreadable;
use super::url::BadMirror;
use crate::fs::FsError;

/// A change of an engine's settings that did not come about.
#[derive(Debug, Error)]
pub enum DaemonError {
    #[error(transparent)]
    Engine(#[from] super::super::Error),
    #[error(transparent)]
    File(FsError),
    #[error(transparent)]
    Mirror(#[from] BadMirror),
    /// Another program keeps the settings.
    #[error("{address} ({origin}) is {keeper}, which keeps its engine's settings itself\n{way_out}")]
    Elsewhere { address: String, origin: String, keeper: String, way_out: String },
    #[error(
        "the process of the engine at {address} cannot be seen from here, so nobody could tell it to read its settings again\nrun this where it runs: outside of a container, on the machine itself"
    )]
    NoProcess { address: String },
    #[error(
        "which process is the engine at {address} cannot be told: {} could be\nset DOCKER_HOST to its own socket, as unix:///var/run/docker.sock, or {AS_ROOT}",
        list(pids)
    )]
    ManyProcesses { address: String, pids: Vec<u32> },
    #[error("the engine (process {pid}) was started anew meanwhile\nrun the same command again")]
    Gone { pid: u32 },
    #[error(
        "the engine (process {pid}) reads {}, its --config-file, and not {}\nleave out --config-file, or name that one",
        found.display(), asked.display()
    )]
    OtherFile { pid: u32, found: PathBuf, asked: PathBuf },
    /// The same in the file and among the flags keeps the engine from its next start.
    #[error(
        "the engine (process {pid}) was started with {}: with `registry-mirrors` in {} too it would not start again\nput the flag's mirrors into this command and take the flag away{where_flags_are}, restart the engine, then run this again",
        flags.join(" "), file.display()
    )]
    FlagConflict { pid: u32, flags: Vec<String>, file: PathBuf, where_flags_are: String },
    #[error("{}: {what}\n{way_out}; nothing was changed", place(path, *at))]
    Content { path: PathBuf, at: Option<(usize, usize)>, what: String, way_out: String },
    /// `dockerd --validate` says no.
    #[error(
        "the engine would not take {} with these mirrors: {words}\ncorrect the file, then run this again; nothing was changed",
        path.display()
    )]
    Invalid { path: PathBuf, words: String },
    #[error("{what}: your user may not\n{AS_ROOT}")]
    NotPermitted { what: String },
    #[error(
        "{} cannot be written: its file system is read-only\nmake it writable: sudo mount -o remount,rw \"$(findmnt -n -o TARGET -T {})\"; or, where the system makes the file (NixOS: virtualisation.docker.daemon.settings), set the mirrors there",
        path.display(), path.display()
    )]
    ReadOnly { path: PathBuf },
    #[error("{} was changed by somebody else meanwhile\nrun the same command again", path.display())]
    Meanwhile { path: PathBuf },
    #[error("another mqlab changes {} at this moment\nwait for it, then run this again", path.display())]
    Busy { path: PathBuf },
    /// Nobody can tell which of the mirrors are whose.
    #[error(
        "the mirrors in {} were changed since the last `mirrors apply`, so it cannot be taken back alone\nwhat was changed since:\n{diff}\nedit the file by hand, or take all of it back: {command}",
        path.display()
    )]
    ChangedSince { path: PathBuf, diff: String, command: String },
    #[error("{} is gone, so what was there before the last `mirrors apply` is not known\nedit {} by hand", backup.display(), path.display())]
    NoBackup { path: PathBuf, backup: PathBuf },
    #[error("there is nothing to restore: no change by mqlab is on record beside {}{}", path.display(), more(backups))]
    NothingToRestore { path: PathBuf, backups: Vec<String> },
    #[error(
        "the engine keeps its images in its own store, which does not read hosts.toml ({driver})\nleave out --hosts-toml: mqlab mirrors apply{urls}"
    )]
    ClassicStore { driver: String, urls: String },
    /// The same, where the file said so already: by hand, or by a run that was stopped.
    #[error(
        "the engine does not take {} as it is: {why}\nnothing was changed; its log may say more: {log}; to take the last change by mqlab back: mqlab mirrors restore",
        path.display()
    )]
    NotTaken { path: PathBuf, why: String, log: String },
    /// The engine reads the settings and does not do as they say, or was not told to.
    #[error(
        "the engine did not take the new settings: {why}\n{} is as before, and so is the engine\nits log may say more: {log}",
        path.display()
    )]
    RolledBack { path: PathBuf, why: String, log: String },
    #[error(
        "the engine did not take the new settings ({why}), and that it is as before cannot be shown: {back}\nlook at {}, and at the engine's log: {log}",
        path.display()
    )]
    NotRolledBack { path: PathBuf, why: String, back: String, log: String },
    #[error("it shows {shown} and not {wanted}")]
    Disagrees { shown: String, wanted: String },
}

/// `cli` says how, after this.
const AS_ROOT: &str = "run the same command as root";

/// What an error leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It may not be done, and was not begun.
    Refused,
    /// It did not work, and everything is as before.
    AsBefore,
    /// Something is neither as before nor as asked.
    Between,
}

impl DaemonError {
    pub fn left(&self) -> Left {
        match self {
            Self::Engine(_)
            | Self::File(_)
            | Self::RolledBack { .. }
            | Self::NotTaken { .. }
            | Self::Disagrees { .. }
            | Self::Gone { .. } => Left::AsBefore,
            Self::NotRolledBack { .. } => Left::Between,
            _ => Left::Refused,
        }
    }

    /// Whether root could do it.
    pub fn needs_root(&self) -> bool {
        matches!(self, Self::NotPermitted { .. } | Self::ManyProcesses { .. })
    }

    pub(super) fn content(path: PathBuf, error: Unreadable) -> Self {
        Self::Content { path, at: error.place, what: error.what, way_out: error.way_out }
    }
}

impl From<FsError> for DaemonError {
    fn from(error: FsError) -> Self {
        let is = |kind| error.source.kind() == kind;
        if is(ErrorKind::PermissionDenied) {
            return Self::NotPermitted { what: format!("cannot {} {}", error.action, error.path.display()) };
        }
        if is(ErrorKind::ReadOnlyFilesystem) {
            return Self::ReadOnly { path: error.path };
        }
        Self::File(error)
    }
}

/// `/etc/docker/daemon.json:3:5`
fn place(path: &std::path::Path, at: Option<(usize, usize)>) -> String {
    match at {
        Some((line, column)) => format!("{}:{line}:{column}", path.display()),
        None => path.display().to_string(),
    }
}

fn list(pids: &[u32]) -> String {
    let words: Vec<String> = pids.iter().map(u32::to_string).collect();
    crate::spec::list(words.iter().map(String::as_str), "and")
}

fn more(backups: &[String]) -> String {
    match backups {
        [] => String::new(),
        [.., newest] => {
            format!("\nthe newest backup is {newest}: compare it, and copy it back by hand if that is what you want")
        }
    }
}
