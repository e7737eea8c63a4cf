//! A stack of its own for a scenario, driven through the binary as a user would.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A folder with a spec, and what the command makes of it. Everything of it is removed at the end, volumes too.
pub struct Lab {
    folder: tempfile::TempDir,
    name: String,
}

/// One run of the command.
#[derive(Debug)]
pub struct Ran {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
    command: String,
}

impl Lab {
    /// `name` tells the scenario's containers from others'; `spec` is a whole `mqlab.yaml` without `stack:`.
    pub fn new(name: &str, spec: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let lab = Self { folder, name: format!("live-{name}") };
        // What an interrupted earlier run left.
        lab.down();
        lab.spec(spec);
        lab
    }

    /// Replaces the spec.
    pub fn spec(&self, spec: &str) {
        std::fs::write(self.path("mqlab.yaml"), spec).unwrap();
    }

    /// Replaces one text in the spec; it must be there.
    pub fn edit(&self, old: &str, new: &str) {
        let spec = std::fs::read_to_string(self.path("mqlab.yaml")).unwrap();
        assert!(spec.contains(old), "the spec has no {old:?}");
        self.spec(&spec.replacen(old, new, 1));
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn stack(&self) -> &str {
        &self.name
    }

    /// `<stack>-<broker>-1`.
    pub fn container(&self, broker: &str) -> String {
        format!("{}-{broker}-1", self.name)
    }

    /// The command, not started, so that a scenario can kill it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mqlab"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("MQLAB_STACK", &self.name)
            .env_remove("NO_COLOR")
            .stdin(Stdio::null());
        command
    }

    /// Runs the command to its end.
    pub fn mqlab(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments))
    }

    /// The JSON that the command prints.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let ran = self.mqlab(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error} in {ran:#?}"))
    }

    /// The settings that programs get: `mqlab env`.
    pub fn env(&self) -> std::collections::BTreeMap<String, String> {
        let ran = self.mqlab(&["env", "--format", "json"]).code(0);
        serde_json::from_str(&ran.stdout).unwrap()
    }

    fn down(&self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mqlab"));
        command.args(["down", "--stack", &self.name, "--volumes", "--orphans", "--yes", "--quiet"]);
        // Without a file the whole stack goes, whatever the spec says by now.
        let elsewhere = tempfile::tempdir().unwrap();
        Ran::of({
            command.current_dir(elsewhere.path());
            command
        });
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.down();
    }
}

impl Ran {
    pub fn of(mut command: Command) -> Self {
        let began = Instant::now();
        let output = command.output().unwrap();
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
            took: began.elapsed(),
            command: format!("{command:?}"),
        }
    }

    /// Requires the exit code; shows everything where it is another.
    #[track_caller]
    pub fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Requires a text on either stream.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(self.stdout.contains(text) || self.stderr.contains(text), "no {text:?} in {self:#?}");
        self
    }

    #[track_caller]
    pub fn never_says(self, text: &str) -> Self {
        assert!(!self.stdout.contains(text) && !self.stderr.contains(text), "{text:?} in {self:#?}");
        self
    }
}

/// The docker command is the independent client for the engine.
pub fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).output().unwrap();
    assert!(output.status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Waits until a condition holds; fails with `what` after `seconds`.
#[track_caller]
pub fn until(what: &str, seconds: u64, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while !holds() {
        assert!(Instant::now() < deadline, "not within {seconds} s: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}
