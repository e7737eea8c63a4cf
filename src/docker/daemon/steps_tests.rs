//! A file of settings is the old one or the new one, whole, wherever the run stops.

use std::path::{Path, PathBuf};

use super::error::{DaemonError, Left};
use super::merge::{Undo, undo};
use super::record::{Record, backups, replace_with_record};
use super::steps::{Step, replace};
use crate::fs::{self, FsError};

const OLD: &[u8] = b"{\n  \"debug\": true\n}\n";
const NEW: &[u8] = b"{\n  \"debug\": true,\n  \"registry-mirrors\": [\"https://a.example\"]\n}\n";

struct Settings {
    folder: tempfile::TempDir,
}

impl Settings {
    fn with(content: Option<&[u8]>) -> Self {
        let settings = Self { folder: tempfile::tempdir().unwrap() };
        if let Some(content) = content {
            fs::write_new(&settings.file(), content).unwrap();
        }
        settings
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("daemon.json")
    }

    fn content(&self) -> Option<Vec<u8>> {
        fs::read_if_there(&self.file()).unwrap()
    }

    fn names(&self) -> Vec<String> {
        fs::names_in(self.folder.path()).unwrap()
    }

    fn change(&self, after: &[u8], stamp: &str) {
        let steps = replace_with_record(&self.file(), self.content().as_deref(), after, stamp);
        run(&steps);
    }

    /// Takes back the newest change that is there, and forgets all that were looked at.
    fn restore(&self) {
        for record in Record::all(&self.file()).unwrap() {
            let before = record.before(&self.file()).unwrap();
            let undone = undo(before.as_deref(), &record.written().unwrap(), self.content().as_deref()).unwrap();
            if let Undo::Whole(after) = &undone {
                let steps = replace(&self.file(), self.content().as_deref(), after.as_deref());
                run(&steps);
            }
            run(&record.forget(self.content().as_deref()).unwrap());
            if undone != Undo::Undone {
                return;
            }
        }
    }
}

fn run(steps: &[Step]) {
    steps.iter().try_for_each(Step::carry_out).unwrap();
}

/// Every way to be stopped: before the first step, after each, and in the middle of writing.
fn stops(steps: &[Step]) -> Vec<Vec<Step>> {
    let mut all: Vec<Vec<Step>> = (0..=steps.len()).map(|end| steps[..end].to_vec()).collect();
    for (at, step) in steps.iter().enumerate() {
        if let Step::Fill(path, content) = step {
            let mut part = steps[..at].to_vec();
            part.push(Step::Fill(path.clone(), content[..content.len() / 2].to_vec()));
            all.push(part);
        }
    }
    all
}

#[test]
fn a_stop_anywhere_leaves_the_old_file_or_the_new_one() {
    for old in [Some(OLD), None] {
        let sample = Settings::with(old);
        let count = stops(&replace_with_record(&sample.file(), old, NEW, "1")).len();
        assert!(count > 16, "{count}");
        for stop in 0..count {
            let settings = Settings::with(old);
            let steps = replace_with_record(&settings.file(), old, NEW, "1");
            run(&stops(&steps)[stop]);
            let found = settings.content();
            assert!(found.as_deref() == old || found.as_deref() == Some(NEW), "{stop}: {found:?}");
            // Everything that may be copied back is whole.
            for backup in backups(&settings.file()).unwrap() {
                assert_eq!(fs::read_if_there(Path::new(&backup)).unwrap().as_deref(), old, "{stop}");
            }
            // Again, and back.
            let was_new = found.as_deref() == Some(NEW);
            if !was_new {
                settings.change(NEW, "2");
            }
            assert_eq!(settings.content().as_deref(), Some(NEW), "{stop}");
            assert!(
                !settings.names().iter().any(|name| name == "daemon.json.mqlab-new"),
                "{stop}: {:?}",
                settings.names()
            );
            settings.restore();
            assert_eq!(settings.content().as_deref(), old, "{stop}");
            settings.restore();
            assert_eq!(settings.content().as_deref(), old, "{stop}");
            let left: Vec<String> = settings.names().into_iter().filter(|name| name != "daemon.json").collect();
            // A backup may be there that no record speaks of.
            assert!(left.is_empty() || left == ["daemon.json.bak-1"], "{stop}: {left:?}");
        }
    }
}

#[test]
fn a_stop_while_going_back_is_no_different() {
    for (before, after) in [(Some(NEW), Some(OLD)), (Some(NEW), None)] {
        let sample = Settings::with(before);
        let count = stops(&replace(&sample.file(), before, after)).len();
        for stop in 0..count {
            let settings = Settings::with(before);
            run(&stops(&replace(&settings.file(), before, after))[stop]);
            let found = settings.content();
            assert!(found.as_deref() == before || found.as_deref() == after, "{stop}: {found:?}");
        }
    }
}

#[test]
fn changes_are_taken_back_one_after_the_other() {
    let settings = Settings::with(None);
    let second = b"{\"registry-mirrors\": [\"https://b.example\"]}";
    settings.change(NEW, "20260101T000000000Z");
    settings.change(second, "20260101T000000001Z");
    settings.restore();
    assert_eq!(settings.content().as_deref(), Some(NEW));
    settings.restore();
    assert_eq!(settings.content(), None);
    assert_eq!(settings.names(), Vec::<String>::new(), "nothing is left behind");
}

#[test]
fn what_somebody_else_wrote_meanwhile_stays() {
    let settings = Settings::with(Some(OLD));
    let steps = replace_with_record(&settings.file(), Some(OLD), NEW, "1");
    fs::write_atomically(&settings.file(), b"{}").unwrap();
    let ended = steps.iter().try_for_each(Step::carry_out);
    assert!(matches!(ended, Err(DaemonError::Meanwhile { .. })), "{ended:?}");
    assert_eq!(settings.content().as_deref(), Some(&b"{}"[..]));
}

#[test]
fn a_backup_that_is_gone_is_no_empty_file() {
    let settings = Settings::with(Some(OLD));
    settings.change(NEW, "1");
    fs::remove_file(&settings.folder.path().join("daemon.json.bak-1")).unwrap();
    let record = Record::all(&settings.file()).unwrap().remove(0);
    assert!(matches!(record.before(&settings.file()), Err(DaemonError::NoBackup { .. })));
}

#[cfg(unix)]
#[test]
fn mode_and_owner_stay() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    let settings = Settings::with(Some(OLD));
    let dress = |mode| std::fs::set_permissions(settings.file(), std::fs::Permissions::from_mode(mode)).unwrap();
    dress(0o640);
    let is_root = rustix::process::getuid().is_root();
    if is_root {
        std::os::unix::fs::chown(settings.file(), Some(12), Some(34)).unwrap();
    }
    let facts = |path: &Path| {
        let found = std::fs::metadata(path).unwrap();
        (found.mode() & 0o7777, found.uid(), found.gid())
    };
    let before = facts(&settings.file());
    settings.change(NEW, "1");
    assert_eq!(facts(&settings.file()), before);
    assert_eq!(facts(&settings.folder.path().join("daemon.json.bak-1")), before);
    // A new one is for everybody to read.
    let settings = Settings::with(None);
    settings.change(NEW, "1");
    assert_eq!(facts(&settings.file()).0, 0o644);
}

#[test]
fn what_may_not_be_written_is_said_with_the_way_out() {
    let error = |kind: std::io::ErrorKind| {
        let path = PathBuf::from("/etc/docker");
        DaemonError::from(FsError { action: "write in", path, source: kind.into() })
    };
    let denied = error(std::io::ErrorKind::PermissionDenied);
    assert!(denied.needs_root() && denied.left() == Left::Refused);
    assert!(denied.to_string().starts_with("cannot write in /etc/docker: your user may not"), "{denied}");
    let read_only = error(std::io::ErrorKind::ReadOnlyFilesystem).to_string();
    assert!(read_only.contains("sudo mount -o remount,rw \"$(findmnt -n -o TARGET -T /etc/docker)\""), "{read_only}");
    assert_eq!(error(std::io::ErrorKind::StorageFull).left(), Left::AsBefore);
}
