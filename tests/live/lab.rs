//! A stack of its own for a scenario, driven through the binary as a user would.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A folder with a spec, and what the command makes of it. Everything of it is removed at the end, volumes too.
pub(crate) struct Lab {
    folder: tempfile::TempDir,
    name: String,
    variables: BTreeMap<String, String>,
    /// Another engine than the one that the scenarios share.
    engine: Option<String>,
    /// Everything that was printed on either stream, by every verb but `env`.
    heard: RefCell<String>,
}

/// One run of the command.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) took: Duration,
    #[expect(dead_code, reason = "shown where a requirement fails")]
    command: String,
}

impl Lab {
    /// `name` tells the scenario's containers from others'; `spec` is a whole `mqlab.yaml` without `stack:`.
    pub(crate) fn new(name: &str, spec: &str) -> Self {
        Self::make(name, spec, None)
    }

    /// On another engine, by its `DOCKER_HOST`.
    pub(crate) fn on(engine: &str, name: &str, spec: &str) -> Self {
        Self::make(name, spec, Some(engine.to_owned()))
    }

    fn make(name: &str, spec: &str, engine: Option<String>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let variables = engine.iter().map(|host| ("DOCKER_HOST".to_owned(), host.clone())).collect();
        let lab = Self { folder, name: format!("live-{name}"), variables, engine, heard: RefCell::default() };
        // What an interrupted earlier run left.
        lab.down();
        lab.spec(spec);
        lab
    }

    /// Replaces the spec.
    pub(crate) fn spec(&self, spec: &str) {
        std::fs::write(self.path("mqlab.yaml"), spec).unwrap();
    }

    /// Replaces one text in the spec; it must be there.
    pub(crate) fn edit(&self, old: &str, new: &str) {
        let spec = std::fs::read_to_string(self.path("mqlab.yaml")).unwrap();
        assert!(spec.contains(old), "the spec has no {old:?}");
        self.spec(&spec.replacen(old, new, 1));
    }

    /// Sets a variable for every command that follows.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.variables.insert(name.to_owned(), value.to_owned());
    }

    /// Requires that no verb but `env` has printed a secret, and that no file but the one for secrets has it.
    pub(crate) fn kept_secret(&self, secret: &str) {
        assert!(!self.heard.borrow().contains(secret), "{secret} was printed: {}", self.heard.borrow());
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if !path.ends_with("secrets.json") {
                    let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                    assert!(!text.contains(secret), "{secret} is in {}", path.display());
                }
            }
        }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn stack(&self) -> &str {
        &self.name
    }

    /// `<stack>-<broker>-1`.
    pub(crate) fn container(&self, broker: &str) -> String {
        format!("{}-{broker}-1", self.name)
    }

    /// The command, not started, so that a scenario can kill it.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mqlab"));
        command
            .args(arguments)
            .current_dir(self.folder.path())
            .env("MQLAB_STACK", &self.name)
            .envs(&self.variables)
            .env_remove("NO_COLOR")
            .stdin(Stdio::null());
        command
    }

    /// Runs the command to its end.
    pub(crate) fn mqlab(&self, arguments: &[&str]) -> Ran {
        let ran = Ran::of(self.command(arguments));
        if arguments.first() != Some(&"env") {
            self.heard.borrow_mut().extend([ran.stdout.as_str(), ran.stderr.as_str()]);
        }
        ran
    }

    /// The JSON that the command prints.
    pub(crate) fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let ran = self.mqlab(&[arguments, &["--format", "json"]].concat());
        serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error} in {ran:#?}"))
    }

    /// The settings that programs get: `mqlab env`.
    pub(crate) fn env(&self) -> BTreeMap<String, String> {
        let ran = self.mqlab(&["env", "--format", "json"]).code(0);
        serde_json::from_str(&ran.stdout).unwrap()
    }

    fn down(&self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mqlab"));
        command.args(["down", "--stack", &self.name, "--volumes", "--orphans", "--yes", "--quiet"]);
        // Without a file the whole stack goes, whatever the spec says by now.
        let elsewhere = tempfile::tempdir().unwrap();
        command.current_dir(elsewhere.path()).envs(&self.variables);
        command.envs(self.engine.iter().map(|host| ("DOCKER_HOST", host)));
        Ran::of(command);
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        self.down();
    }
}

impl Ran {
    pub(crate) fn of(mut command: Command) -> Self {
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
    pub(crate) fn code(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Requires a text on either stream.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(self.stdout.contains(text) || self.stderr.contains(text), "no {text:?} in {self:#?}");
        self
    }

    #[track_caller]
    pub(crate) fn never_says(self, text: &str) -> Self {
        assert!(!self.stdout.contains(text) && !self.stderr.contains(text), "{text:?} in {self:#?}");
        self
    }
}

/// The docker command is the independent client for the engine.
pub(crate) fn docker(arguments: &[&str]) -> String {
    let output = Command::new("docker").args(arguments).output().unwrap();
    assert!(output.status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Whether the engine is Podman, which has words of its own.
pub(crate) fn is_podman() -> bool {
    docker(&["version", "--format", "{{range .Server.Components}}{{.Name}}\n{{end}}"]).contains("Podman")
}

/// Identity and start of a container: equal as long as nobody touched it.
pub(crate) fn identity(container: &str) -> String {
    docker(&["inspect", "--format", "{{.Id}} {{.State.StartedAt}} {{.RestartCount}}", container])
}

/// Waits until a condition holds; fails with `what` after `seconds`.
#[track_caller]
pub(crate) fn until(what: &str, seconds: u64, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(seconds);
    while !holds() {
        assert!(Instant::now() < deadline, "not within {seconds} s: {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

/// Requires whole texts to be equal; shows the lines that differ.
#[track_caller]
pub(crate) fn same(found: &str, wanted: &str) {
    let difference = similar::TextDiff::from_lines(wanted, found);
    assert!(found == wanted, "wanted (-) and found (+):\n{}", difference.unified_diff().context_radius(1));
}

/// A client of our own for HTTP.
pub(crate) fn http() -> reqwest::Client {
    drop(rustls::crypto::ring::default_provider().install_default());
    reqwest::Client::new()
}
