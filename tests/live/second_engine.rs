//! Another real engine beside the one that the other scenarios share: empty, and with no way out.

use std::process::Command;

use crate::lab::Ran;

/// Ends with the value, and everything that it made goes.
pub(crate) struct SecondEngine {
    host: String,
}

impl SecondEngine {
    pub(crate) fn start() -> Self {
        let mut command = script(&[]);
        command.env("MQLAB_ENGINE", "fresh").env_remove("DOCKER_HOST");
        let said = Ran::of(command).code(0).stdout;
        let host = said.trim().strip_prefix("export DOCKER_HOST=").unwrap_or_else(|| panic!("{said}"));
        Self { host: host.to_owned() }
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
