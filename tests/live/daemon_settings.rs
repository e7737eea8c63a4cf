//! The settings of an engine of its own: it is told to read them again while a container runs, and is asked by the docker
//! command what it made of them.

use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::lab::{Ran, same, until};
use super::small_engine::Bridge;

const MIRROR: &str = "https://mirror.example";
const OTHER: &str = "http://127.0.0.1:5999";
const SETTINGS: &str = "{\n    \"debug\": true,\n    \"labels\": [ \"site=lab\" ]\n}\n";

/// An engine that nobody else uses, without a network.
struct Daemon {
    folder: tempfile::TempDir,
    process: Option<Child>,
    bridge: Bridge,
}

impl Daemon {
    /// With these settings in a folder of their own.
    fn new(settings: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("mqlab-d-").tempdir().unwrap();
        // Another user shall see that he may not write.
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        let daemon = Self { folder, process: None, bridge: Bridge::new() };
        std::fs::create_dir(daemon.path("etc")).unwrap();
        daemon.set(settings);
        daemon
    }

    fn start(&mut self, flags: &[&str]) {
        self.process = Some(self.command(flags).spawn().unwrap());
        until("the engine answers", 60, || self.ask(&["info"]).is_some());
        as_root(&["chmod", "666", self.socket().to_str().unwrap()]);
    }

    fn command(&self, flags: &[&str]) -> Command {
        let log = std::fs::File::create(self.path("log")).unwrap();
        let mut command = root(&["dockerd", "--iptables=false", "--storage-driver=vfs"]);
        command.arg(format!("--bridge={}", self.bridge.0));
        for (flag, name) in
            [("data-root", "data"), ("exec-root", "run"), ("pidfile", "pid"), ("config-file", "etc/daemon.json")]
        {
            command.arg(format!("--{flag}={}", self.path(name).display()));
        }
        command.arg(format!("--host=unix://{}", self.socket().display())).args(flags);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        command
    }

    fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        if let Ok(pid) = std::fs::read_to_string(self.path("pid")) {
            as_root(&["kill", pid.trim()]);
        }
        process.wait().unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn socket(&self) -> PathBuf {
        self.path("sock")
    }

    fn file(&self) -> PathBuf {
        self.path("etc/daemon.json")
    }

    fn set(&self, settings: &str) {
        std::fs::write(self.file(), settings).unwrap();
    }

    fn settings(&self) -> String {
        std::fs::read_to_string(self.file()).unwrap()
    }

    /// Everything in the folder of the settings.
    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.path("etc")).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    fn pid(&self) -> String {
        std::fs::read_to_string(self.path("pid")).unwrap().trim().to_owned()
    }

    /// By the docker command; `None` where that fails.
    fn ask(&self, arguments: &[&str]) -> Option<String> {
        let mut command = Command::new("docker");
        command.arg("--host").arg(format!("unix://{}", self.socket().display())).args(arguments);
        let output = command.output().unwrap();
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }

    fn mirrors(&self) -> Vec<String> {
        let text = self.ask(&["info", "--format", "{{json .RegistryConfig.Mirrors}}"]).unwrap();
        serde_json::from_str::<Option<Vec<String>>>(&text).unwrap().unwrap_or_default()
    }

    fn mqlab(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.mqlab_as(root(&[env!("CARGO_BIN_EXE_mqlab")]), arguments))
    }

    fn mqlab_as(&self, mut command: Command, arguments: &[&str]) -> Command {
        let host = format!("unix://{}", self.socket().display());
        command.arg("mirrors").args(arguments).current_dir("/").env("DOCKER_HOST", host).stdin(Stdio::null());
        command
    }

    /// A container that only waits, of the host's own `sleep`.
    fn container(&self) -> String {
        let libraries = Command::new("ldd").arg("/bin/sleep").output().unwrap();
        let text = String::from_utf8_lossy(&libraries.stdout).into_owned();
        let paths = text.split_whitespace().filter_map(|word| word.strip_prefix('/'));
        let mut tar = Command::new("tar");
        tar.args(["--create", "--dereference", "--directory=/", "bin/sleep"]).args(paths);
        let tar = tar.output().unwrap();
        std::fs::write(self.path("image.tar"), tar.stdout).unwrap();
        self.ask(&["import", self.path("image.tar").to_str().unwrap(), "sleeper"]).unwrap();
        self.ask(&["run", "--detach", "--network=none", "--stop-timeout=1", "sleeper", "/bin/sleep", "600"]).unwrap()
    }

    fn state(&self, container: &str) -> String {
        let format = "{{.State.Status}} {{.State.Pid}} {{.State.StartedAt}} {{.RestartCount}}";
        self.ask(&["inspect", "--format", format, container]).unwrap()
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.path("log")).unwrap_or_default();
            eprintln!("{}", log.lines().rev().take(30).collect::<Vec<_>>().join("\n"));
        }
        self.stop();
        let mounts = std::fs::read_to_string("/proc/mounts").unwrap();
        let own = mounts
            .lines()
            .filter_map(|line| line.split(' ').nth(1))
            .filter(|at| Path::new(at).starts_with(self.folder.path()));
        for mount in own.collect::<Vec<_>>().into_iter().rev() {
            as_root(&["umount", mount]);
        }
        as_root(&["rm", "-rf", self.folder.path().to_str().unwrap()]);
    }
}

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

fn root(words: &[&str]) -> Command {
    let words: Vec<&str> = if is_root() { words.to_vec() } else { [&["sudo", "-n", "-E"], words].concat() };
    let mut command = Command::new(words[0]);
    command.args(&words[1..]);
    command
}

fn as_root(words: &[&str]) {
    assert!(root(words).status().unwrap().success(), "{words:?}");
}

/// What nobody may run through is run by somebody else.
fn nobody(program: &str) -> Command {
    let mut command = Command::new(program);
    if is_root() {
        command.uid(65534).gid(65534);
    }
    command
}

fn can_validate() -> bool {
    Command::new("dockerd").arg("--validate").output().unwrap().status.success()
}

#[test]
fn mirrors_come_and_go_while_a_container_runs() {
    let mut daemon = Daemon::new(SETTINGS);
    daemon.start(&[]);
    as_root(&["chmod", "640", daemon.file().to_str().unwrap()]);
    let container = daemon.container();
    let state = daemon.state(&container);
    assert!(state.starts_with("running"), "{state}");

    looking_and_asking(&daemon);

    // They come.
    daemon
        .mqlab(&["apply", MIRROR, OTHER, "--yes"])
        .code(0)
        .says("https://mirror.example/")
        .says("mqlab mirrors restore");
    assert_eq!(daemon.mirrors(), ["https://mirror.example/", "http://127.0.0.1:5999/"]);
    let first = daemon.settings();
    same(
        &first,
        &SETTINGS.replace(
            " ]\n}",
            " ],\n    \"registry-mirrors\": [\n        \"https://mirror.example\",\n        \"http://127.0.0.1:5999\"\n    ]\n}",
        ),
    );
    let mode = |file: &Path| std::fs::metadata(file).unwrap().mode() & 0o7777;
    assert_eq!(mode(&daemon.file()), 0o640);
    let names = daemon.names();
    assert_eq!(names.len(), 3, "{names:?}");

    // Twice is as once.
    let again = daemon.mqlab(&["apply", "https://MIRROR.example/", OTHER, "--yes", "--format", "json"]).code(0);
    let again: serde_json::Value = serde_json::from_str(&again.stdout).unwrap();
    assert_eq!((&again["changed"], &again["diff"]), (&false.into(), &"".into()), "{again}");
    assert_eq!(again["engine_mirrors"][0], "https://mirror.example/", "{again}");
    assert_eq!(daemon.names(), names);

    // One more, and each is taken back by itself, to the last byte.
    daemon.mqlab(&["apply", "https://third.example", "--last", "--yes"]).code(0);
    assert_eq!(daemon.mirrors()[2], "https://third.example/");
    daemon.mqlab(&["restore", "--yes"]).code(0);
    same(&daemon.settings(), &first);
    assert_eq!(daemon.mirrors().len(), 2);
    daemon.mqlab(&["restore", "--dry-run"]).code(0).says("-    \"registry-mirrors\": [");
    daemon.mqlab(&["restore", "--yes"]).code(0).says("the engine asks no mirror");
    same(&daemon.settings(), SETTINGS);
    assert_eq!(daemon.mirrors(), Vec::<String>::new());
    assert_eq!(daemon.names(), ["daemon.json"]);

    written_by_others(&daemon);
    assert_eq!(daemon.state(&container), state, "the container was touched");
}

/// None of this changes anything.
fn looking_and_asking(daemon: &Daemon) {
    daemon
        .mqlab(&["apply", MIRROR, "--dry-run"])
        .code(0)
        .says("+    \"registry-mirrors\": [")
        .says("+        \"https://mirror.example\"");
    daemon.mqlab(&["apply", MIRROR]).code(5).says("--yes");
    daemon.mqlab(&["apply"]).code(2).says("no mirror is named");
    daemon.mqlab(&["apply", "mirror.example", "--yes"]).code(2).says("no scheme");
    daemon.mqlab(&["restore", "--yes"]).code(5).says("nothing to restore");
    daemon
        .mqlab(&["apply", MIRROR, "--hosts-toml", "--yes"])
        .code(5)
        .says("its own store")
        .says(&format!("mqlab mirrors apply {MIRROR}"));
    daemon
        .mqlab(&["apply", MIRROR, "--yes", "--config-file", "/etc/docker/other.json"])
        .code(5)
        .says("its --config-file");
    same(&daemon.settings(), SETTINGS);
    assert_eq!(daemon.names(), ["daemon.json"]);
    assert_eq!(daemon.mirrors(), Vec::<String>::new());
}

fn written_by_others(daemon: &Daemon) {
    // A key that is gone clears nothing: that is why restore does more than to copy the file back.
    daemon.mqlab(&["apply", MIRROR, "--yes"]).code(0);
    daemon.set(SETTINGS);
    as_root(&["kill", "-HUP", &daemon.pid()]);
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert_eq!(daemon.mirrors(), ["https://mirror.example/"], "this engine clears the list by itself");
    daemon.mqlab(&["restore", "--yes"]).code(0);
    assert_eq!(daemon.mirrors(), Vec::<String>::new());
    same(&daemon.settings(), SETTINGS);

    // What somebody else wrote since stays.
    daemon.mqlab(&["apply", MIRROR, "--yes"]).code(0);
    daemon.set(&daemon.settings().replace("{\n", "{\n    \"max-concurrent-downloads\": 5,\n"));
    daemon.mqlab(&["restore", "--yes"]).code(0);
    same(&daemon.settings(), &SETTINGS.replace("{\n", "{\n    \"max-concurrent-downloads\": 5,\n"));
    assert_eq!(daemon.mirrors(), Vec::<String>::new());
    daemon.set(SETTINGS);

    // Mirrors that somebody else changed since are his.
    daemon.mqlab(&["apply", MIRROR, "--yes"]).code(0);
    let theirs = daemon.settings().replace("mirror.example", "theirs.example");
    daemon.set(&theirs);
    daemon
        .mqlab(&["restore", "--yes"])
        .code(5)
        .says("+        \"https://theirs.example\"")
        .says("sudo cp -p")
        .says("clears its list only");
    same(&daemon.settings(), &theirs);
}

#[test]
fn an_engine_that_says_no_has_everything_back() {
    let mut daemon = Daemon::new(SETTINGS);
    daemon.start(&[]);
    let container = daemon.container();
    let state = daemon.state(&container);
    daemon.mqlab(&["apply", OTHER, "--yes"]).code(0);

    // Something else in the file is wrong, and only the engine knows.
    let names = daemon.names();
    let bad = daemon.settings().replace("\"debug\": true", "\"nonsense\": true");
    daemon.set(&bad);
    let ran = daemon.mqlab(&["apply", MIRROR, "--yes"]);
    if can_validate() {
        ran.code(5).says("nonsense");
    } else {
        ran.code(1).says("is as before, and so is the engine").says("it shows http://127.0.0.1:5999/ and not");
    }
    same(&daemon.settings(), &bad);
    assert_eq!(daemon.mirrors(), ["http://127.0.0.1:5999/"]);
    assert_eq!(daemon.names(), names, "nothing is on record of what did not come about");

    // What the file's reader cannot read is left to its writer.
    for (text, says) in [
        ("{\n  // fast ones\n  \"debug\": true\n}\n", "daemon.json:2:3: a comment"),
        ("{\n  \"debug\": true,\n}\n", "daemon.json:3:1: trailing comma"),
    ] {
        daemon.set(text);
        daemon.mqlab(&["apply", MIRROR, "--yes"]).code(5).says(says).says("nothing was changed");
        same(&daemon.settings(), text);
    }
    daemon.set(SETTINGS);

    // A user who may not, and a folder that nobody may write.
    let file = daemon.file();
    let program = nobody(env!("CARGO_BIN_EXE_mqlab"));
    let host = format!(
        "sudo DOCKER_HOST=unix://{} \"$(command -v mqlab)\" mirrors apply {MIRROR} --yes",
        daemon.socket().display()
    );
    Ran::of(daemon.mqlab_as(program, &["apply", MIRROR, "--yes"])).code(5).says("your user may not").says(&host);
    let etc = daemon.path("etc");
    let etc = etc.to_str().unwrap();
    as_root(&["mount", "--bind", etc, etc]);
    as_root(&["mount", "-o", "remount,bind,ro", etc]);
    daemon.mqlab(&["apply", MIRROR, "--yes"]).code(5).says("read-only").says("sudo mount -o remount,rw");
    as_root(&["umount", etc]);
    same(&std::fs::read_to_string(file).unwrap(), SETTINGS);
    assert_eq!(daemon.names(), names);
    assert_eq!(daemon.state(&container), state, "the container was touched");
}

#[test]
fn a_mirror_among_the_flags_is_a_conflict() {
    let mut daemon = Daemon::new("{}\n");
    let flag = format!("--registry-mirror={OTHER}");
    daemon.start(&[&flag]);
    daemon.mqlab(&["apply", MIRROR, "--yes"]).code(5).says(&flag).says("would not start again");
    same(&daemon.settings(), "{}\n");
    daemon.stop();

    // It is as said.
    daemon.set(&format!("{{\"registry-mirrors\": [\"{MIRROR}\"]}}"));
    assert!(!daemon.command(&[&flag]).status().unwrap().success());
    let log = std::fs::read_to_string(daemon.path("log")).unwrap();
    assert!(log.contains("specified both as a flag and in the configuration file"), "{log}");
}
