//! An engine of its own that is empty and has room for nothing but itself.

use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::full_disk::SmallDisk;
use crate::lab::until;

/// Ends with the value, and everything that it made goes.
pub(crate) struct SmallEngine {
    child: Child,
    folder: tempfile::TempDir,
    /// Where its data is.
    disk: Option<SmallDisk>,
    _bridge: Bridge,
}

/// A bridge of its own: an engine that is told to have none takes away `docker0`, which is the first one's.
pub(crate) struct Bridge(pub(crate) String);

impl Bridge {
    pub(crate) fn new() -> Self {
        static MADE: AtomicU32 = AtomicU32::new(0);
        let number = (std::process::id() * 4 + MADE.fetch_add(1, Ordering::Relaxed)) % 250;
        let bridge = Self(format!("mqlab-live-{number}"));
        as_root(&["ip", "link", "add", &bridge.0, "type", "bridge"]);
        // From the range for tests of networks, which no real network has.
        as_root(&["ip", "address", "add", &format!("198.19.{number}.1/24"), "dev", &bridge.0]);
        bridge
    }
}

impl Drop for Bridge {
    fn drop(&mut self) {
        as_root(&["ip", "link", "delete", &self.0]);
    }
}

fn as_root(command: &[&str]) {
    let own = !rustix::process::getuid().is_root();
    let words: Vec<&str> = if own { [&["sudo", "-n"], command].concat() } else { command.to_vec() };
    assert!(Command::new(words[0]).args(&words[1..]).status().unwrap().success(), "{words:?}");
}

impl SmallEngine {
    pub(crate) fn start() -> Self {
        const KIBIBYTES: usize = 64 * 1024;
        let folder = tempfile::Builder::new().prefix("mqlab-engine-").tempdir_in("/var/tmp").unwrap();
        let disk = SmallDisk::of(KIBIBYTES, folder.path().join("data"));
        let at = |name: &str| folder.path().join(name).display().to_string();
        let log = std::fs::File::create(at("log")).unwrap();
        std::fs::write(at("daemon.json"), "{}").unwrap();
        let bridge = Bridge::new();
        let child = Command::new("dockerd")
            .args(["--data-root", &at("data"), "--exec-root", &at("exec"), "--pidfile", &at("pid")])
            .args(["--config-file", &at("daemon.json"), "--host", &format!("unix://{}", at("docker.sock"))])
            // The chains are the first engine's; the proxies publish on loopback without them.
            .args(["--bridge", &bridge.0, "--iptables=false", "--default-address-pool", "base=10.222.0.0/16,size=24"])
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .expect("dockerd is there: scripts/engine installs it");
        let engine = Self { child, folder, disk: Some(disk), _bridge: bridge };
        until("the small engine answers", 60, || {
            engine.docker_command(&["version"]).output().unwrap().status.success()
        });
        engine
    }

    pub(crate) fn host(&self) -> String {
        format!("unix://{}", self.folder.path().join("docker.sock").display())
    }

    fn docker_command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(arguments).env("DOCKER_HOST", self.host());
        command
    }
}

impl Drop for SmallEngine {
    fn drop(&mut self) {
        let pid = self.child.id().to_string();
        drop(Command::new("kill").arg(&pid).status());
        drop(self.child.wait());
        // Before the folder goes.
        drop(self.disk.take());
    }
}
