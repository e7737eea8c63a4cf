//! The engine's process on this machine: who listens on the socket, and what it was started with.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use super::error::DaemonError;
use super::flags::Flags;
use crate::docker::holder;

/// A running `dockerd`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Process {
    pub(super) pid: u32,
    pub(super) flags: Flags,
    /// Its command line, to know it again.
    line: Vec<u8>,
    /// Its `/`, where that is not ours.
    root: Option<PathBuf>,
    /// Where its relative paths begin.
    folder: PathBuf,
    /// Its program, where we may see it.
    pub(super) program: Option<PathBuf>,
    /// The unit that runs it.
    pub(super) unit: Option<Unit>,
}

/// A service of systemd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unit {
    pub(super) name: String,
    /// Of a user's own systemd.
    pub(super) of_user: bool,
}

/// One of several that could be the engine.
struct Candidate {
    process: Process,
    /// It has the socket open; unknown where we may not look.
    listens: bool,
}

/// The process behind the address. The socket itself tells who listens on it; where systemd made the socket, it is the
/// one that has it open; and where we may not look at that, the only one whose flags fit.
pub(super) async fn find(address: &str) -> Result<Process, DaemonError> {
    let socket = address.strip_prefix("unix://").map(PathBuf::from);
    if let Some(pid) = listener(socket.as_deref()).await
        && let Some(process) = Process::read(pid).await
    {
        return Ok(process);
    }
    let sockets = inodes(socket.as_deref()).await;
    let mut candidates = Vec::new();
    for pid in holder::processes().await {
        if let Some(process) = Process::read(pid).await {
            candidates.push(Candidate { listens: holder::holds(pid, &sockets).await, process });
        }
    }
    choose(&candidates, address)
}

fn choose(candidates: &[Candidate], address: &str) -> Result<Process, DaemonError> {
    let pids: Vec<u32> = candidates.iter().map(|candidate| candidate.process.pid).collect();
    let one = |filter: &dyn Fn(&&Candidate) -> bool| {
        let mut fitting = candidates.iter().filter(filter);
        fitting.next().filter(|_| fitting.next().is_none()).map(|candidate| candidate.process.clone())
    };
    let fits = |candidate: &&Candidate| candidate.process.serves(address);
    match one(&|candidate| candidate.listens).or_else(|| one(&fits)) {
        Some(process) => Ok(process),
        None if pids.is_empty() => Err(DaemonError::NoProcess { address: address.to_owned() }),
        None => Err(DaemonError::ManyProcesses { address: address.to_owned(), pids }),
    }
}

impl Process {
    /// `None` where the process is no engine, or gone.
    async fn read(pid: u32) -> Option<Self> {
        let folder = PathBuf::from(format!("/proc/{pid}"));
        let line = tokio::fs::read(folder.join("cmdline")).await.ok()?;
        let name = tokio::fs::read_to_string(folder.join("comm")).await.ok()?;
        if !is_engine(name.trim(), &line) {
            return None;
        }
        let cgroup = tokio::fs::read_to_string(folder.join("cgroup")).await.unwrap_or_default();
        let link = async |name: &str| tokio::fs::read_link(folder.join(name)).await.ok();
        Some(Self {
            pid,
            flags: Flags::parse(&line),
            line,
            root: link("root").await.filter(|root| root != Path::new("/")),
            folder: link("cwd").await.unwrap_or_else(|| PathBuf::from("/")),
            program: link("exe").await,
            unit: unit_of(&cgroup),
        })
    }

    /// Where a path that the process uses is for us.
    pub(super) fn for_us(&self, path: &Path) -> PathBuf {
        let whole = self.folder.join(path);
        match &self.root {
            Some(root) if whole.starts_with(root) => whole,
            Some(root) => root.join(whole.strip_prefix("/").unwrap_or(&whole)),
            None => whole,
        }
    }

    /// Whether its flags speak of this address.
    fn serves(&self, address: &str) -> bool {
        const USUAL: &str = "unix:///var/run/docker.sock";
        let plain = |text: &str| text.replacen("unix:///var/run/", "unix:///run/", 1);
        let is_usual = plain(address) == plain(USUAL);
        let hosts = &self.flags.hosts;
        let fits = |host: &String| plain(host) == plain(address) || (host.starts_with("fd:") && is_usual);
        hosts.iter().any(fits) || (hosts.is_empty() && is_usual)
    }

    /// Whether the number is still that of the same process.
    pub(super) async fn is_there(&self) -> bool {
        let now = Self::read(self.pid).await;
        now.is_some_and(|now| now.line == self.line)
    }
}

fn is_engine(name: &str, line: &[u8]) -> bool {
    let first = line.split(|byte| *byte == 0).next().unwrap_or_default();
    let program = String::from_utf8_lossy(first);
    // The name is cut, and old packages add a word: `dockerd-current`.
    let is_daemon = |name: &str| name == "dockerd" || name == "dockerd-current" || name == "dockerd-ce";
    is_daemon(name) || is_daemon(program.rsplit('/').next().unwrap_or_default())
}

/// The service in the form of `/proc/<pid>/cgroup`.
fn unit_of(cgroup: &str) -> Option<Unit> {
    let path = cgroup.lines().filter_map(|line| line.rsplit(':').next()).find(|path| path.ends_with(".service"))?;
    let name = path.rsplit('/').next()?.to_owned();
    Some(Unit { name, of_user: path.contains("/user@") })
}

/// Who called `listen` on the socket: the system knows, whoever we are.
#[cfg(unix)]
async fn listener(socket: Option<&Path>) -> Option<u32> {
    let stream = tokio::net::UnixStream::connect(socket?).await.ok()?;
    let pid = stream.peer_cred().ok()?.pid()?;
    u32::try_from(pid).ok().filter(|pid| *pid > 0)
}

#[cfg(not(unix))]
async fn listener(_socket: Option<&Path>) -> Option<u32> {
    None
}

/// As links in `/proc/<pid>/fd` name it.
async fn inodes(socket: Option<&Path>) -> BTreeSet<String> {
    let table = tokio::fs::read_to_string("/proc/net/unix").await.unwrap_or_default();
    let Some(socket) = socket else { return BTreeSet::new() };
    let canonical = crate::fs::canonical(socket);
    let is_it = |path: &str| Path::new(path) == socket || Path::new(path) == canonical;
    let inode_of = |line: &str| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        let path = fields.get(7).copied()?;
        is_it(path).then(|| format!("socket:[{}]", fields[6]))
    };
    table.lines().skip(1).filter_map(inode_of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn candidate(pid: u32, line: &str, listens: bool) -> Candidate {
        let line = line.replace(' ', "\0").into_bytes();
        let flags = Flags::parse(&line);
        let (root, folder, program, unit) = (None, PathBuf::from("/"), None, None);
        Candidate { process: Process { pid, flags, line, root, folder, program, unit }, listens }
    }

    fn chosen(candidates: &[Candidate], address: &str) -> Result<u32, String> {
        choose(candidates, address).map(|process| process.pid).map_err(|error| error.to_string())
    }

    #[test]
    fn the_one_with_the_socket_is_it() {
        const USUAL: &str = "unix:///var/run/docker.sock";
        let two = |listens| vec![candidate(1, "dockerd", false), candidate(2, "dockerd -H fd://", listens)];
        assert_eq!(chosen(&two(true), USUAL), Ok(2));
        let refused = chosen(&two(false), USUAL).unwrap_err();
        assert!(refused.contains("`1` and `2` could be"), "{refused}");
        let other = vec![candidate(1, "dockerd", false), candidate(2, "dockerd -H unix:///run/b.sock", false)];
        assert_eq!(chosen(&other, "unix:///var/run/b.sock"), Ok(2));
        assert_eq!(chosen(&other, "unix:///run/docker.sock"), Ok(1));
        assert!(chosen(&[candidate(1, "dockerd", false)], "unix:///run/b.sock").is_err());
        assert!(chosen(&[], USUAL).unwrap_err().contains("cannot be seen"));
    }

    #[test]
    fn systemd_is_seen_in_the_cgroup() {
        let unit = |name: &str, of_user| Some(Unit { name: name.to_owned(), of_user });
        assert_eq!(unit_of("0::/system.slice/docker.service\n"), unit("docker.service", false));
        assert_eq!(
            unit_of("0::/user.slice/user-1000.slice/user@1000.service/app.slice/docker.service\n"),
            unit("docker.service", true)
        );
        assert_eq!(unit_of("0::/init.scope\n"), None);
        assert_eq!(
            unit_of("12:pids:/system.slice/snap.docker.dockerd.service\n0::/\n"),
            unit("snap.docker.dockerd.service", false)
        );
    }

    #[test]
    fn paths_of_a_process_with_a_root_of_its_own() {
        let mut process = candidate(1, "dockerd", true).process;
        assert_eq!(process.for_us(Path::new("/etc/docker/daemon.json")), Path::new("/etc/docker/daemon.json"));
        process.folder = PathBuf::from("/srv");
        assert_eq!(process.for_us(Path::new("daemon.json")), Path::new("/srv/daemon.json"));
        process.root = Some(PathBuf::from("/trixie"));
        assert_eq!(process.for_us(Path::new("/etc/docker/daemon.json")), Path::new("/trixie/etc/docker/daemon.json"));
        process.folder = PathBuf::from("/trixie/srv");
        assert_eq!(process.for_us(Path::new("daemon.json")), Path::new("/trixie/srv/daemon.json"));
    }

    #[test]
    fn only_an_engine_is_one() {
        assert!(is_engine("dockerd", b"/usr/bin/dockerd\0-H\0fd://\0"));
        assert!(is_engine("exe", b"/snap/docker/2932/bin/dockerd\0"));
        assert!(!is_engine("containerd", b"containerd\0--config\0/var/run/docker/containerd/containerd.toml\0"));
        assert!(!is_engine("dockerd-rootles", b"/bin/sh\0/usr/bin/dockerd-rootless.sh\0"));
        assert!(!is_engine("rootlesskit", b"rootlesskit\0/usr/bin/dockerd-rootless.sh\0"));
    }
}
