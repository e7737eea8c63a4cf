//! What would be written, decided before anything is.

use std::path::{Path, PathBuf};

use super::error::DaemonError;
use super::find::Daemon;
use super::merge::{Side, Undo, merge, mirrors_of, undo};
use super::record::{Record, backups};
use super::url::{MirrorUrl, same};
use super::validate::{Verdict, validate};
use super::{document, hosts_toml};
use crate::fs;

/// A change of one file, and what the engine has to say once it is made.
#[derive(Clone, Debug)]
pub struct Change {
    pub(super) file: PathBuf,
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Option<Vec<u8>>,
    /// What the engine must show; `None` for a file of which it says nothing.
    pub(super) mirrors: Option<Vec<String>>,
    /// What is taken back, to be forgotten then.
    pub(super) undoes: Vec<Record>,
    /// The engine says this already.
    pub(super) is_shown: bool,
    /// Somebody else made the file.
    pub(super) foreign: bool,
    /// The engine's own program has looked at it.
    pub(super) validated: bool,
}

impl Change {
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The file is as it should be, and the engine does as it says.
    pub fn is_nothing(&self) -> bool {
        !self.writes() && self.is_shown && self.undoes.is_empty()
    }

    /// It changes the file, or what the engine does.
    pub fn is_felt(&self) -> bool {
        self.writes() || !self.is_shown
    }

    /// The file will not name any mirror, and the engine has some.
    pub fn clears(&self) -> bool {
        !self.is_shown && matches!(mirrors_of(self.after.as_deref()), Ok(None))
    }

    /// The file is written, not only read again.
    pub fn writes(&self) -> bool {
        self.before != self.after
    }

    /// It can be taken back.
    pub fn is_on_record(&self) -> bool {
        self.undoes.is_empty() && self.writes()
    }

    /// There will be no file.
    pub fn removes(&self) -> bool {
        self.writes() && self.after.is_none()
    }

    /// It is about what the engine shows itself.
    pub fn is_settings(&self) -> bool {
        self.mirrors.is_some()
    }

    /// What is replaced was not made by mqlab.
    pub fn is_foreign(&self) -> bool {
        self.foreign
    }

    /// The engine's own program has found no mistake in it.
    pub fn is_validated(&self) -> bool {
        self.validated
    }

    /// What the engine asks from then on, where it can tell.
    pub fn mirrors(&self) -> &[String] {
        self.mirrors.as_deref().unwrap_or_default()
    }

    /// A unified diff of the file; empty where it stays.
    pub fn diff(&self) -> String {
        diff(&self.file, self.before.as_deref(), self.after.as_deref())
    }
}

fn diff(file: &Path, before: Option<&[u8]>, after: Option<&[u8]>) -> String {
    let text = |bytes: Option<&[u8]>| String::from_utf8_lossy(bytes.unwrap_or_default()).into_owned();
    let name = |bytes: Option<&[u8]>| bytes.map_or_else(|| "/dev/null".to_owned(), |_| file.display().to_string());
    let (old, new) = (text(before), text(after));
    if old == new && before.is_some() == after.is_some() {
        return String::new();
    }
    let difference = similar::TextDiff::from_lines(&old, &new);
    difference.unified_diff().header(&name(before), &name(after)).to_string()
}

impl Daemon {
    /// These mirrors beside those that are there.
    pub async fn plan_apply(&self, urls: &[MirrorUrl], side: Side) -> Result<Change, DaemonError> {
        self.refuse_flags()?;
        let file = &self.place.file;
        let before = fs::read_if_there(file)?;
        let content = |error| DaemonError::content(file.clone(), error);
        let merged = merge(before.as_deref(), urls, side).map_err(content)?;
        let text = document::plain(before.as_deref().unwrap_or_default()).map_err(content)?;
        let after = if text == merged.text { before.clone() } else { Some(merged.text.into_bytes()) };
        let verdict = validate(&self.process, after.as_deref().unwrap_or_default()).await;
        if let Verdict::Invalid(words) = verdict {
            return Err(DaemonError::Invalid { path: file.clone(), words });
        }
        Ok(Change {
            file: file.clone(),
            before,
            after,
            is_shown: same(&merged.mirrors, &self.mirrors),
            mirrors: Some(merged.mirrors),
            undoes: Vec::new(),
            foreign: false,
            validated: verdict == Verdict::Valid,
        })
    }

    /// The same for containerd's file.
    pub fn plan_hosts_toml(&self, urls: &[MirrorUrl]) -> Result<Change, DaemonError> {
        let urls: Vec<String> = urls.iter().map(ToString::to_string).collect();
        if !self.traits.has_containerd_store() {
            let driver = self.traits.driver.iter().map(|(name, value)| format!("{name}: {value}"));
            return Err(DaemonError::ClassicStore {
                driver: driver.collect::<Vec<_>>().join(", "),
                urls: urls.iter().map(|url| format!(" {url}")).collect(),
            });
        }
        let before = fs::read_if_there(&self.hosts_toml)?;
        Ok(Change {
            file: self.hosts_toml.clone(),
            foreign: before.as_deref().is_some_and(|content| !hosts_toml::is_ours(content)),
            before,
            after: Some(hosts_toml::text(&urls).into_bytes()),
            mirrors: None,
            undoes: Vec::new(),
            is_shown: true,
            validated: false,
        })
    }

    /// The last change that is on record, taken back.
    pub fn plan_restore(&self) -> Result<Change, DaemonError> {
        let newest = |file: &Path| Ok::<_, DaemonError>(Record::all(file)?.first().map(Record::stamp));
        if newest(&self.hosts_toml)? > newest(&self.place.file)? {
            return self.restore_hosts_toml();
        }
        let file = &self.place.file;
        let content = |error| DaemonError::content(file.clone(), error);
        let before = fs::read_if_there(file)?;
        let mut undoes = Vec::new();
        for record in Record::all(file)? {
            let (old, written) = (record.before(file)?, record.written()?);
            let undone = undo(old.as_deref(), &written, before.as_deref()).map_err(content)?;
            let backup = record.backup.clone();
            undoes.push(record);
            let after = match undone {
                Undo::Undone => continue,
                // An engine that was given the file by name does not start without it.
                Undo::Whole(None) if self.place.required => Some(b"{}\n".to_vec()),
                Undo::Whole(after) => after,
                Undo::Edited(text) => Some(text.into_bytes()),
                Undo::Changed => return Err(self.changed_since(backup.as_deref(), &written, before.as_deref())),
            };
            return self.restored(before, after, undoes);
        }
        if undoes.is_empty() {
            return Err(DaemonError::NothingToRestore { path: file.clone(), backups: backups(file)? });
        }
        // The file is back by itself; the engine may not have heard of it.
        self.restored(before.clone(), before, undoes)
    }

    fn restored(
        &self,
        before: Option<Vec<u8>>,
        after: Option<Vec<u8>>,
        undoes: Vec<Record>,
    ) -> Result<Change, DaemonError> {
        let file = self.place.file.clone();
        let named = mirrors_of(after.as_deref()).map_err(|error| DaemonError::content(file.clone(), error))?;
        // A flag's mirrors come from nowhere else.
        let mirrors = named.unwrap_or_else(|| self.process.flags.mirrors.clone());
        let is_shown = same(&mirrors, &self.mirrors);
        Ok(Change { file, before, after, mirrors: Some(mirrors), undoes, is_shown, foreign: false, validated: false })
    }

    fn restore_hosts_toml(&self) -> Result<Change, DaemonError> {
        let file = &self.hosts_toml;
        let before = fs::read_if_there(file)?;
        let mut undoes = Vec::new();
        for record in Record::all(file)? {
            let (old, written) = (record.before(file)?, record.written()?);
            let backup = record.backup.clone();
            undoes.push(record);
            if before == old {
                continue;
            }
            if before.as_ref() != Some(&written) {
                let command = by_hand(file, backup.as_deref());
                let diff = diff(file, Some(&written), before.as_deref());
                return Err(DaemonError::ChangedSince { path: file.clone(), diff, command });
            }
            let file = file.clone();
            let (mirrors, is_shown) = (None, true);
            return Ok(Change {
                file,
                before,
                after: old,
                mirrors,
                undoes,
                is_shown,
                foreign: false,
                validated: false,
            });
        }
        let (file, after, mirrors) = (file.clone(), before.clone(), None);
        Ok(Change { file, before, after, mirrors, undoes, is_shown: true, foreign: false, validated: false })
    }

    fn refuse_flags(&self) -> Result<(), DaemonError> {
        let flags = &self.process.flags.mirrors;
        if flags.is_empty() {
            return Ok(());
        }
        let places = match &self.process.unit {
            Some(unit) if unit.of_user => format!(" (systemctl --user edit --full {})", unit.name),
            Some(unit) => format!(" (sudo systemctl edit --full {})", unit.name),
            None => String::new(),
        };
        Err(DaemonError::FlagConflict {
            pid: self.process.pid,
            flags: flags.iter().map(|url| format!("--registry-mirror={url}")).collect(),
            file: self.place.file.clone(),
            where_flags_are: places,
        })
    }

    fn changed_since(&self, backup: Option<&Path>, written: &[u8], now: Option<&[u8]>) -> DaemonError {
        let path = self.place.file.clone();
        let mut command = by_hand(&path, backup);
        // The engine keeps a list that the file does not name any more.
        if let Some(backup) = backup
            && let Ok(Some(old)) = fs::read_if_there(backup)
            && let Ok(None) = mirrors_of(Some(&old))
        {
            command.push_str(
                "\nthat file has no `registry-mirrors`, and a running engine clears its list only where it reads an empty one: put `\"registry-mirrors\": []` into it",
            );
        }
        command.push_str(&format!("\nthen: sudo kill -HUP {}", self.process.pid));
        DaemonError::ChangedSince { diff: diff(&path, Some(written), now), path, command }
    }
}

fn by_hand(file: &Path, backup: Option<&Path>) -> String {
    match backup {
        Some(backup) => format!("sudo cp -p {} {}", backup.display(), file.display()),
        None => format!("sudo rm {}", file.display()),
    }
}
