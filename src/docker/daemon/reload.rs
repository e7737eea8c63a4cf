//! Tells the running engine to read its settings again. It is never restarted: that stops containers.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::error::DaemonError;
use super::process::{Process, Unit};

/// For one answer of systemd.
const SECONDS: u64 = 10;

/// Through systemd where that runs it, so that its journal tells of it, else by the signal itself.
pub(super) async fn reload(process: &Process) -> Result<(), DaemonError> {
    if !process.is_there().await {
        return Err(DaemonError::Gone { pid: process.pid });
    }
    if let Some(unit) = &process.unit
        && is_run_by(process.pid, unit).await
        && systemctl(unit, &["reload"]).await.is_some()
    {
        return Ok(());
    }
    hang_up(process.pid)
}

/// The engine may also be a child of some other service, which must not be reloaded.
async fn is_run_by(pid: u32, unit: &Unit) -> bool {
    let answer = systemctl(unit, &["show", "--property=MainPID", "--value"]).await;
    answer.is_some_and(|answer| answer.trim() == pid.to_string())
}

/// What it prints; `None` where it is not there or says no.
async fn systemctl(unit: &Unit, words: &[&str]) -> Option<String> {
    let mut command = Command::new("systemctl");
    if unit.of_user {
        command.arg("--user");
    }
    command.args(words).arg(&unit.name).arg("--no-ask-password").stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(Duration::from_secs(SECONDS), command.output()).await.ok()?.ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(unix)]
fn hang_up(pid: u32) -> Result<(), DaemonError> {
    use rustix::process::{Pid, Signal, kill_process};
    let known = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(DaemonError::Gone { pid })?;
    kill_process(known, Signal::HUP).map_err(|error| refused(pid, error))
}

/// Whether the signal may be sent, found out before anything is changed.
#[cfg(unix)]
pub(super) fn may_reload(pid: u32) -> Result<(), DaemonError> {
    use rustix::process::{Pid, test_kill_process};
    let known = i32::try_from(pid).ok().and_then(Pid::from_raw).ok_or(DaemonError::Gone { pid })?;
    test_kill_process(known).map_err(|error| refused(pid, error))
}

#[cfg(unix)]
fn refused(pid: u32, error: rustix::io::Errno) -> DaemonError {
    match error {
        rustix::io::Errno::PERM => DaemonError::NotPermitted {
            what: format!("cannot tell the engine (process {pid}) to read its settings again"),
        },
        _ => DaemonError::Gone { pid },
    }
}

#[cfg(not(unix))]
fn hang_up(pid: u32) -> Result<(), DaemonError> {
    Err(DaemonError::Gone { pid })
}

#[cfg(not(unix))]
pub(super) fn may_reload(pid: u32) -> Result<(), DaemonError> {
    Err(DaemonError::Gone { pid })
}
