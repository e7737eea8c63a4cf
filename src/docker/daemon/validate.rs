//! Asks the engine's own program what it thinks of a file before that file is in its place.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;

use super::process::Process;
use crate::fs;

/// It reads one file.
const SECONDS: u64 = 10;

/// What the program said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Valid,
    Invalid(String),
    /// It cannot tell: too old, or not to be run from here.
    Unknown,
}

/// `dockerd --validate` on these settings, with the flags that the engine runs with.
pub(super) async fn validate(process: &Process, settings: &[u8]) -> Verdict {
    let Ok(scratch) = fs::scratch(settings) else { return Verdict::Unknown };
    let program = process.program.clone().unwrap_or_else(|| "dockerd".into());
    let mut command = Command::new(program);
    command.args(&process.flags.all).arg("--validate").arg("--config-file").arg(scratch.path());
    let run = command.stdin(Stdio::null()).kill_on_drop(true).output();
    match tokio::time::timeout(Duration::from_secs(SECONDS), run).await {
        Ok(Ok(output)) => verdict(output.status.success(), &String::from_utf8_lossy(&output.stderr), &scratch.name()),
        _ => Verdict::Unknown,
    }
}

/// Only a no that speaks of the file is a no: a program from another system may fail for reasons of its own.
fn verdict(success: bool, words: &str, file: &str) -> Verdict {
    if success {
        return Verdict::Valid;
    }
    let about = |line: &&str| line.contains("unable to configure the Docker daemon") || line.contains(file);
    match words.lines().rev().find(about) {
        Some(line) => Verdict::Invalid(line.trim().replace(&format!(" with file {file}"), "")),
        None => Verdict::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_said_about_the_file_counts() {
        assert_eq!(verdict(true, "configuration OK", "/tmp/a"), Verdict::Valid);
        let old = "unknown flag: --validate\nSee 'dockerd --help'.\n";
        assert_eq!(verdict(false, old, "/tmp/a"), Verdict::Unknown);
        assert_eq!(
            verdict(false, "dockerd: libsystemd.so.0: cannot open shared object file", "/tmp/a"),
            Verdict::Unknown
        );
        let no = "unable to configure the Docker daemon with file /tmp/a: the following directives don't match any configuration option: nonsense\n";
        assert_eq!(
            verdict(false, no, "/tmp/a"),
            Verdict::Invalid(
                "unable to configure the Docker daemon: the following directives don't match any configuration option: nonsense".to_owned()
            )
        );
    }
}
