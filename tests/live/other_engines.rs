//! Engines that are not on the machines of tests, as far as `mqlab mirrors` asks them: a program that only answers.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use super::lab::{Ran, same, until};

const MIRROR: &str = "https://mirror.example";

struct Fake {
    folder: tempfile::TempDir,
    process: Child,
}

impl Fake {
    /// `otherwise` is what it answers instead, by path.
    fn start(otherwise: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/clients/other_engine.py");
        let mut command = Command::new("/usr/bin/python3");
        // By this name an engine's process is known.
        let process =
            command.arg0("dockerd").arg(script).arg(folder.path().join("sock")).arg(otherwise).spawn().unwrap();
        let fake = Self { folder, process };
        until("the engine answers", 20, || fake.path("sock").exists());
        fake
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn file(&self) -> PathBuf {
        self.path("config/docker/certs.d/docker.io/hosts.toml")
    }

    fn mqlab(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mqlab"));
        command
            .arg("mirrors")
            .args(arguments)
            .env("DOCKER_HOST", format!("unix://{}", self.path("sock").display()))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .stdin(Stdio::null());
        Ran::of(command)
    }

    fn text(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }
}

#[test]
fn hosts_toml_is_written_and_taken_back() {
    let fake = Fake::start("{}");
    let apply = ["apply", MIRROR, "--hosts-toml", "--yes"];
    fake.mqlab(&["apply", MIRROR, "--hosts-toml", "--dry-run"]).code(0).says("+  capabilities = [\"pull\"]");
    assert!(!fake.path("config").exists());
    fake.mqlab(&apply).code(0).says("only pulls by digest work");
    let ours = fake.text();
    assert!(
        ours.contains("server = \"https://registry-1.docker.io\"")
            && ours.contains("[host.\"https://mirror.example\"]")
    );
    assert!(!ours.contains("resolve"), "a mirror is asked what a tag means: {ours}");
    fake.mqlab(&apply).code(0).says("is as it should be");
    fake.mqlab(&["restore", "--yes"]).code(0);
    assert!(!fake.file().exists());
    assert_eq!(std::fs::read_dir(fake.file().parent().unwrap()).unwrap().count(), 0, "nothing is left behind");

    // Somebody's own is asked about, kept beside, and comes back.
    let theirs = "[host.\"https://theirs.example\"]\n";
    std::fs::write(fake.file(), theirs).unwrap();
    fake.mqlab(&apply[..3]).code(5).says("was made by somebody else").says("--yes");
    same(&fake.text(), theirs);
    fake.mqlab(&apply).code(0).says("hosts.toml.bak-");
    same(&fake.text(), &ours);
    std::fs::write(fake.file(), format!("{ours}# mine\n")).unwrap();
    fake.mqlab(&["restore", "--yes"]).code(5).says("+# mine").says("sudo cp -p");
    std::fs::write(fake.file(), &ours).unwrap();
    fake.mqlab(&["restore", "--yes"]).code(0);
    same(&fake.text(), theirs);
    fake.mqlab(&["restore", "--yes"]).code(5).says("nothing to restore");
}

#[test]
fn an_engine_whose_settings_others_keep_is_left_to_them() {
    for (otherwise, says) in [
        (r#"{"/info": {"OperatingSystem": "Docker Desktop"}}"#, "Settings, Docker Engine"),
        (r#"{"/version": {"Platform": {"Name": "Docker Desktop 4.48.0"}}}"#, "Settings, Docker Engine"),
        (r#"{"/version": {"Components": [{"Name": "Podman Engine", "Version": "5.4.2"}]}}"#, "registries.conf.d"),
        (r#"{"/info": {"Name": "colima-work"}}"#, "~/.colima/work/colima.yaml"),
        (r#"{"/info": {"OperatingSystem": "OrbStack"}}"#, "~/.orbstack/config/docker.json"),
    ] {
        let fake = Fake::start(otherwise);
        fake.mqlab(&["apply", MIRROR, "--yes"]).code(5).says(says).says("mirror.example");
        assert!(!fake.path("config").exists());
    }
}

/// Rootless, it reads the user's own file; what it then shows is the proof.
#[test]
fn an_engine_that_does_not_listen_has_no_new_file() {
    let fake = Fake::start("{}");
    fake.mqlab(&["apply", MIRROR, "--dry-run"]).code(0).says("config/docker/daemon.json").says("it is rootless");
    fake.mqlab(&["apply", MIRROR, "--yes"])
        .code(1)
        .says("it shows no mirror")
        .says("is as before, and so is the engine");
    assert_eq!(std::fs::read_dir(fake.path("config/docker")).unwrap().count(), 0);

    // A link stays one.
    let (link, real) = (fake.path("config/docker/daemon.json"), fake.path("real.json"));
    std::fs::write(&real, "{}\n").unwrap();
    std::os::unix::fs::symlink(&real, &link).unwrap();
    fake.mqlab(&["apply", MIRROR, "--yes"]).code(1).says("real.json is as before");
    assert!(link.is_symlink());
    same(&std::fs::read_to_string(&real).unwrap(), "{}\n");

    // What a run that was stopped has left is said to be there.
    std::fs::write(&real, format!("{{\"registry-mirrors\": [\"{MIRROR}\"]}}")).unwrap();
    fake.mqlab(&["apply", MIRROR, "--yes"]).code(1).says("does not take").says("mqlab mirrors restore");

    // One that does not live through it has its old file all the same.
    let fake = Fake::start(r#"{"/reload": {"ends": true}}"#);
    fake.mqlab(&["apply", MIRROR, "--yes"]).code(4).says("cannot be shown");
    assert!(!fake.path("config/docker/daemon.json").exists());
}
