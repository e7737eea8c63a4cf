//! Another real engine beside the one that the other scenarios share: empty, and with no way out.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::lab::Ran;

/// Ends with the value, and everything that it made goes.
pub(crate) struct SecondEngine {
    host: String,
}

impl SecondEngine {
    /// As the machine's own.
    pub(crate) fn start() -> Self {
        Self::of_kind("fresh")
    }

    /// Of a kind that `scripts/engine` knows.
    pub(crate) fn of_kind(kind: &str) -> Self {
        let mut command = script(&[]);
        command.env("MQLAB_ENGINE", kind).env_remove("DOCKER_HOST").stdin(Stdio::null()).stderr(Stdio::inherit());
        let said = Ran::of(command).code(0).stdout;
        let host = said.trim().strip_prefix("export DOCKER_HOST=").unwrap_or_else(|| panic!("{said}"));
        let engine = Self { host: host.to_owned() };
        // Where this test is killed, the next engine that starts ends this one.
        std::fs::write(engine.folder().join("caller"), std::process::id().to_string()).unwrap();
        engine
    }

    fn folder(&self) -> PathBuf {
        Path::new(self.host.strip_prefix("unix://").unwrap()).parent().unwrap().to_owned()
    }

    pub(crate) fn host(&self) -> String {
        self.host.clone()
    }

    fn docker_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(arguments).env("DOCKER_HOST", self.host());
        command
    }

    /// The independent client.
    pub(crate) fn docker(&self, arguments: &[&str]) -> String {
        let output = self.docker_command(arguments).output().unwrap();
        assert!(output.status.success(), "docker {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    /// Brings an image from the engine of the other tests.
    pub(crate) fn take(&self, reference: &str) {
        let mut save = Command::new("docker").args(["save", reference]).stdout(Stdio::piped()).spawn().unwrap();
        let mut load = self.docker_command(&["load"]);
        load.stdin(save.stdout.take().unwrap());
        Ran::of(load).code(0);
        assert!(save.wait().unwrap().success());
    }

    /// Everything of a stack: names of containers, networks and volumes.
    pub(crate) fn of_stack(&self, stack: &str) -> Vec<String> {
        let filter = format!("label=dev.mqlab.stack={stack}");
        let list = |arguments: &[&str]| self.docker(&[arguments, &["--filter", &filter]].concat());
        let all = [
            list(&["container", "ls", "--all", "--format", "{{.Names}} {{.State}}"]),
            list(&["network", "ls", "--format", "{{.Name}}"]),
            list(&["volume", "ls", "--format", "{{.Name}}"]),
        ];
        all.iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
    }

    /// No image is left.
    pub(crate) fn forget_images(&self) {
        for id in self.docker(&["images", "--all", "--quiet", "--no-trunc"]).lines() {
            drop(self.docker_command(&["rmi", "--force", id]).output());
        }
        assert_eq!(self.docker(&["images", "--all", "--quiet"]), "");
    }
}

impl Drop for SecondEngine {
    fn drop(&mut self) {
        let mut command = script(&["stop"]);
        command.env("DOCKER_HOST", &self.host);
        drop(command.output());
    }
}

fn script(arguments: &[&str]) -> Command {
    let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/engine"));
    command.args(arguments);
    command
}
