//! Makes a change, has the engine read it, and believes nothing but what the engine then says.

use std::path::PathBuf;
use std::time::Duration;

use super::error::{DaemonError, Left};
use super::find::Daemon;
use super::merge::{mirrors_of, with_mirrors};
use super::plan::Change;
use super::record::{Record, backup_path, replace_with_record};
use super::reload::reload;
use super::steps::{Step, folder, replace};
use super::url::same;
use crate::fs;

/// From the signal until the engine shows what it read. It takes milliseconds; a disk under load takes longer.
const SHOWN_SECONDS: u64 = 5;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// What was done.
#[derive(Clone, Debug)]
pub struct Done {
    /// What was there before is here.
    pub backup: Option<PathBuf>,
    /// What the engine asks now, by its own word.
    pub mirrors: Vec<String>,
}

impl Daemon {
    /// Makes the change, or leaves everything as it was and says why. `stamp` tells backups apart, and sorts.
    pub async fn carry_out(&self, change: &Change, stamp: &str) -> Result<Done, DaemonError> {
        let place = folder(&change.file);
        fs::create_folders(&place)?;
        let Some(_lock) = fs::lock_folder(&place)? else {
            return Err(DaemonError::Busy { path: change.file.clone() });
        };
        let is_apply = change.is_on_record();
        if is_apply && let Some(after) = &change.after {
            run(&replace_with_record(&change.file, change.before.as_deref(), after, stamp))?;
        }
        let made = match &change.mirrors {
            Some(wanted) if change.is_felt() => self.bring(change, wanted, is_apply).await,
            _ if is_apply || !change.writes() => Ok(()),
            _ => run(&replace(&change.file, change.before.as_deref(), change.after.as_deref())),
        };
        if let Err(error) = &made
            && !change.writes()
            && change.undoes.is_empty()
        {
            let (path, why, log) = (change.file.clone(), crate::error_chain(error), self.log());
            return Err(DaemonError::NotTaken { path, why, log });
        }
        if let Err(error) = made {
            let error = self.roll_back(change, &error).await;
            if is_apply && error.left() == Left::AsBefore {
                // One that stays harms nobody: it says what the file says.
                drop(forget(change, stamp));
            }
            return Err(error);
        }
        for record in &change.undoes {
            run(&record.forget(change.after.as_deref())?)?;
        }
        let backup = (is_apply && change.before.is_some()).then(|| backup_path(&change.file, stamp));
        Ok(Done { backup, mirrors: self.asks_now().await? })
    }

    /// Has the engine show the mirrors with the file as it shall be.
    async fn bring(&self, change: &Change, wanted: &[String], is_written: bool) -> Result<(), DaemonError> {
        let mut now = if is_written { change.after.clone() } else { change.before.clone() };
        let after = change.after.as_deref();
        let content = |error| DaemonError::content(change.file.clone(), error);
        // A key that is absent is no change to a running engine, so it reads the list first: an empty one, mostly.
        if mirrors_of(after).map_err(content)?.is_none() && !same(&self.asks_now().await?, wanted) {
            let between = with_mirrors(now.as_deref(), wanted).map_err(content)?.into_bytes();
            run(&replace(&change.file, now.as_deref(), Some(&between)))?;
            now = Some(between);
            reload(&self.process).await?;
            self.shows(wanted).await?;
        }
        if now.as_deref() != after {
            run(&replace(&change.file, now.as_deref(), after))?;
        }
        reload(&self.process).await?;
        self.shows(wanted).await
    }

    /// Waits until the engine shows these mirrors.
    async fn shows(&self, wanted: &[String]) -> Result<(), DaemonError> {
        let deadline = tokio::time::Instant::now() + Duration::from_secs(SHOWN_SECONDS);
        loop {
            let shown = self.asks_now().await?;
            if same(&shown, wanted) {
                return Ok(());
            }
            if tokio::time::Instant::now() >= deadline {
                return Err(DaemonError::Disagrees { shown: words(&shown), wanted: words(wanted) });
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Puts file and engine back to what they were.
    async fn roll_back(&self, change: &Change, error: &DaemonError) -> DaemonError {
        let (path, why, log) = (change.file.clone(), crate::error_chain(error), self.log());
        match self.back(change).await {
            Ok(()) => DaemonError::RolledBack { path, why, log },
            Err(back) => DaemonError::NotRolledBack { path, why, back: crate::error_chain(&back), log },
        }
    }

    async fn back(&self, change: &Change) -> Result<(), DaemonError> {
        let old = change.before.as_ref();
        // The file first: the engine may not be there to be asked.
        let now = fs::read_if_there(&change.file)?;
        if now.as_ref() != old {
            run(&replace(&change.file, now.as_deref(), old.map(Vec::as_slice)))?;
        }
        if change.mirrors.is_none() {
            return Ok(());
        }
        let as_before = Change { after: change.before.clone(), undoes: Vec::new(), ..change.clone() };
        self.bring(&as_before, &self.mirrors, false).await
    }
}

fn run(steps: &[Step]) -> Result<(), DaemonError> {
    steps.iter().try_for_each(Step::carry_out)
}

/// Of a change that is not there any more nothing is kept.
fn forget(change: &Change, stamp: &str) -> Result<(), DaemonError> {
    for record in Record::all(&change.file)?.into_iter().filter(|record| record.stamp() == stamp) {
        run(&record.forget(change.before.as_deref())?)?;
    }
    Ok(())
}

fn words(mirrors: &[String]) -> String {
    if mirrors.is_empty() { "no mirror".to_owned() } else { mirrors.join(", ") }
}
