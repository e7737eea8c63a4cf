//! What the verbs that touch an engine have in common.

use super::arguments::Files;
use super::error::CliError;
use super::exit::Code;
use super::signals::Signals;
use super::surroundings::Surroundings;
use super::{exit, sources, spec};
use crate::converge::{Confirm, Options, Report, Run};
use crate::docker::{self, Engine, StackId, StackLock};
use crate::images::Sources;
use crate::model::Stack;
use crate::state::Folder;
use crate::view::View;

/// One stack on one engine.
pub(super) struct Work {
    pub(super) stack: Stack,
    pub(super) engine: Engine,
    pub(super) id: StackId,
    pub(super) folder: Folder,
    pub(super) sources: Sources,
    pub(super) signals: Signals,
    _lock: Option<StackLock>,
}

/// Whether others must stay away meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lock {
    Take,
    /// It only looks.
    Leave,
}

impl Work {
    pub(super) async fn open(
        files: &Files,
        lock: Lock,
        surroundings: &Surroundings,
        view: &View,
    ) -> Result<Self, CliError> {
        Self::open_with(files, lock, false, surroundings, view).await
    }

    /// `locked`: no image but those of the lock beside the file.
    pub(super) async fn open_with(
        files: &Files,
        lock: Lock,
        locked: bool,
        surroundings: &Surroundings,
        view: &View,
    ) -> Result<Self, CliError> {
        // The engine takes its time to say who it is: long enough to read a large file.
        let settings = surroundings.engine.clone();
        let engine = tokio::spawn(async move { docker::connect(&settings).await });
        let stack = spec::stack(files, surroundings, view)?;
        let engine = engine.await.unwrap_or_else(|stopped| std::panic::resume_unwind(stopped.into_panic()))?;
        let sources = sources::of_stack(&stack.images, &stack.directory, locked, surroundings)?;
        let id = StackId::new(&stack.name, Some(&stack.directory));
        let folder = Folder::of(&stack.directory, &stack.name);
        let lock = take(lock, &engine, &id, surroundings).await?;
        Ok(Self { stack, engine, id, folder, sources, signals: Signals::listen(view), _lock: lock })
    }

    pub(super) fn run<'a>(&'a self, options: Options, view: &'a View, confirm: &'a dyn Confirm) -> Run<'a> {
        Run {
            stack: &self.stack,
            engine: self.engine.clone(),
            id: self.id.clone(),
            folder: self.folder.clone(),
            images: &self.sources,
            options,
            events: view.events(),
            confirm,
            cancel: self.signals.cancel.clone(),
        }
    }

    /// What went wrong after a signal went wrong because of it.
    pub(super) fn or_interrupted<T>(&self, result: Result<T, impl Into<CliError>>, view: &View) -> Result<T, CliError> {
        let error = match result {
            Ok(value) => return Ok(value),
            Err(error) => error.into(),
        };
        let Some(signal) = self.signals.seen() else { return Err(error) };
        if let Some(words) = error.words() {
            view.error(&words);
        }
        Err(CliError::Said(Code::Interrupted(128 + signal)))
    }

    /// What the report means to a shell.
    pub(super) fn ending(&self, report: &Report) -> exit::Ending {
        exit::Ending {
            unknown: !report.failures.is_empty(),
            done: report.done(),
            failed: report.failed() + report.checks_failed(),
            blocked: report.steps_blocked(),
            pending: 0,
            asked: false,
            signal: self.signals.seen(),
        }
    }
}

/// The answer to "what is pending?".
pub(super) fn pending(report: &Report) -> exit::Ending {
    let unmanaged = report.plans.iter().flat_map(|plan| &plan.unmanaged).filter(|unmanaged| unmanaged.counts).count();
    exit::Ending {
        unknown: !report.failures.is_empty(),
        blocked: report.steps_blocked(),
        pending: report.steps_pending() + unmanaged,
        asked: true,
        ..exit::Ending::default()
    }
}

pub(super) async fn take(
    lock: Lock,
    engine: &Engine,
    id: &StackId,
    surroundings: &Surroundings,
) -> Result<Option<StackLock>, CliError> {
    match lock {
        Lock::Take => Ok(Some(docker::lock(engine, id, &surroundings.lock_folder, &surroundings.command).await?)),
        Lock::Leave => Ok(None),
    }
}
