//! `mqlab run -- COMMAND`: up, the command, down.

use std::process::Stdio;

use tokio::process::Command;

use super::arguments::Run;
use super::error::CliError;
use super::exit::Code;
use super::power::say_failed;
use super::surroundings::{self, Surroundings};
use super::work::{Lock, Work};
use super::{env, up};
use crate::converge::{Canceller, Options};
use crate::docker::EngineSession;
use crate::view::{View, ending_for_people};

/// Log lines of each broker that are shown when the command fails.
const LAST_LINES: u32 = 50;

/// How much of the stack was there before, and so may not be taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Before {
    Nothing,
    Data,
    Containers,
}

pub(super) async fn run(arguments: &Run, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let work = Work::open(&arguments.files, Lock::Take, surroundings, view).await?;
    work.engine.is_of_this_folder(&work.id).await?;
    let before = match work.engine.stack(&work.id.name).await? {
        Some(stack) if !stack.nodes.is_empty() => Before::Containers,
        Some(stack) if !stack.volumes.is_empty() => Before::Data,
        _ => Before::Nothing,
    };
    let code = up_and_run(arguments, &work, surroundings, view).await;
    // Who interrupted it knows why it ended.
    if code.as_ref().ok() != Some(&Code::Done) && work.signals.seen().is_none() {
        show_logs(&work, view).await;
    }
    if !arguments.keep && before != Before::Containers {
        let session = EngineSession::new(work.engine.clone(), work.id.clone(), Vec::new());
        // Cleaning up is what an interrupt asks for here.
        let (_nobody, never) = Canceller::new();
        let removed = session.remove(None, before == Before::Nothing, view.events(), &never).await;
        match removed {
            Ok(outcomes) => say_failed(&outcomes, view),
            Err(error) => view.error(&format!("the stack could not be removed: {}", crate::error_chain(&error))),
        }
    }
    code
}

async fn up_and_run(arguments: &Run, work: &Work, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let options = Options { patience: surroundings::patience(arguments.patience), ..Options::default() };
    let report = up::run_up(work, options, view).await?;
    let ending = work.ending(&report).code();
    if ending != Code::Done {
        let words = crate::view::Ending { report: &report, command: &surroundings.command };
        view.say(&ending_for_people(&words, view.paint_errors()));
        return Ok(ending);
    }
    let variables = env::settings(work).await?;
    let Some((program, rest)) = arguments.command.split_first() else { return Ok(Code::Usage) };
    let child = Command::new(program)
        .args(rest)
        .envs(variables.into_iter().map(|one| (one.name, one.value)))
        .current_dir(&surroundings.directory)
        .stdin(Stdio::inherit())
        .spawn();
    let mut child = child.map_err(|error| CliError::Failed(format!("cannot run `{program}`: {error}")))?;
    let status = tokio::select! {
        status = child.wait() => status,
        // A terminal sends the signal to the command too; a pipeline does not.
        () = work.signals.cancel.cancelled() => {
            terminate(&child);
            child.wait().await
        }
    };
    let status = status.map_err(|error| CliError::Failed(format!("cannot wait for `{program}`: {error}")))?;
    Ok(code_of(status))
}

#[cfg(unix)]
fn terminate(child: &tokio::process::Child) {
    use rustix::process::{Pid, Signal, kill_process};
    let pid = child.id().and_then(|pid| i32::try_from(pid).ok()).and_then(Pid::from_raw);
    if let Some(pid) = pid {
        // It may have ended by itself meanwhile.
        let _ = kill_process(pid, Signal::TERM);
    }
}

#[cfg(not(unix))]
fn terminate(_child: &tokio::process::Child) {}

/// The command's own code; one that a signal ended, as a shell gives it.
fn code_of(status: std::process::ExitStatus) -> Code {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return Code::Command(u8::try_from(128 + signal).unwrap_or(u8::MAX));
    }
    match status.code() {
        Some(0) => Code::Done,
        Some(code) => Code::Command(u8::try_from(code & 0xff).unwrap_or(1)),
        None => Code::Failed,
    }
}

async fn show_logs(work: &Work, view: &View) {
    for node in work.engine.stack(&work.id.name).await.ok().flatten().map(|stack| stack.nodes).unwrap_or_default() {
        let lines = work.engine.logs_tail(&node.container, LAST_LINES).await.unwrap_or_default();
        view.say(&format!("the last {} lines of {}:", lines.len(), node.container));
        for line in lines {
            view.say(&format!("  {line}"));
        }
    }
}
