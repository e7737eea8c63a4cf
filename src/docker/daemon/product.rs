//! Which product an engine belongs to, and where that one keeps its settings.

use std::path::{Path, PathBuf};

/// What an engine tells about itself, and how it was reached.
#[derive(Clone, Debug, Default)]
pub(super) struct Traits {
    /// `unix:///var/run/docker.sock`.
    pub(super) address: String,
    /// `context "colima"`.
    pub(super) origin: String,
    /// Its published ports are on another machine.
    pub(super) remote: bool,
    /// `Docker Desktop`, `Debian GNU/Linux 12`.
    pub(super) system: String,
    /// Of its machine.
    pub(super) name: String,
    /// `Docker Engine - Community`.
    pub(super) platform: String,
    /// `Engine`, `containerd`, `Podman Engine`.
    pub(super) components: Vec<String>,
    /// `name=rootless`.
    pub(super) security: Vec<String>,
    /// `/var/lib/docker`.
    pub(super) data: String,
    /// Pairs such as `driver-type`, `io.containerd.snapshotter.v1`.
    pub(super) driver: Vec<(String, String)>,
}

/// Who keeps an engine's settings, where mqlab must not write them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Keeper {
    Desktop,
    OrbStack,
    /// With the name of its profile.
    Colima(String),
    RancherDesktop,
    Lima(String),
    Podman,
    Minikube,
    /// Another machine.
    Remote,
}

impl Traits {
    pub(super) fn is_rootless(&self) -> bool {
        self.security.iter().any(|option| option.split(',').any(|part| part == "name=rootless"))
    }

    pub(super) fn is_snap(&self) -> bool {
        self.data.starts_with("/var/snap/docker/")
    }

    /// Whether images are in containerd, which reads `hosts.toml`.
    pub(super) fn has_containerd_store(&self) -> bool {
        self.driver.iter().any(|(name, value)| name == "driver-type" && value.starts_with("io.containerd.snapshotter"))
    }

    /// `None` where the engine is a plain one on this machine.
    pub(super) fn keeper(&self) -> Option<Keeper> {
        let context =
            self.origin.strip_prefix("context \"").and_then(|rest| rest.strip_suffix('"')).unwrap_or_default();
        let socket = |part: &str| self.address.contains(part);
        let is_named = |name: &str| self.name == name || self.name.starts_with(&format!("{name}-"));
        if self.components.iter().any(|component| component.starts_with("Podman")) {
            return Some(Keeper::Podman);
        }
        if self.system.starts_with("Docker Desktop") || self.platform.starts_with("Docker Desktop") {
            return Some(Keeper::Desktop);
        }
        if self.system.starts_with("OrbStack") || socket("/.orbstack/") || is_named("orbstack") {
            return Some(Keeper::OrbStack);
        }
        if self.system.starts_with("Rancher Desktop") || is_named("lima-rancher-desktop") || socket("/.rd/") {
            return Some(Keeper::RancherDesktop);
        }
        if is_named("colima") || socket("/.colima/") || socket("/colima/") || context.starts_with("colima") {
            let of_socket = self.address.strip_suffix("/docker.sock").and_then(|folder| folder.rsplit('/').next());
            let of_name = self.name.strip_prefix("colima-").or_else(|| context.strip_prefix("colima-"));
            let of_socket = of_socket.filter(|_| socket("colima/") && !socket(".colima/docker.sock"));
            return Some(Keeper::Colima(of_name.or(of_socket).unwrap_or("default").to_owned()));
        }
        if let Some(name) = self.name.strip_prefix("lima-") {
            return Some(Keeper::Lima(name.to_owned()));
        }
        if self.name == "minikube" {
            return Some(Keeper::Minikube);
        }
        self.remote.then_some(Keeper::Remote)
    }
}

impl Keeper {
    /// In words, with what the engine was reached by where that tells it.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Desktop => "Docker Desktop".to_owned(),
            Self::OrbStack => "OrbStack".to_owned(),
            Self::Colima(profile) => format!("Colima (profile `{profile}`)"),
            Self::RancherDesktop => "Rancher Desktop".to_owned(),
            Self::Lima(name) => format!("Lima (`{name}`)"),
            Self::Podman => "Podman".to_owned(),
            Self::Minikube => "minikube".to_owned(),
            Self::Remote => "an engine on another machine".to_owned(),
        }
    }

    /// What to write where, by hand.
    pub(super) fn way_out(&self, urls: &[String]) -> String {
        let json = json(urls);
        match self {
            Self::Desktop => format!(
                "in Docker Desktop, Settings, Docker Engine, add this to the object, then Apply & restart (it stops the containers):\n  {json}"
            ),
            Self::OrbStack => format!(
                "add this to the object in ~/.orbstack/config/docker.json (make it with `{{}}` around where it is not there), then run `orb restart docker`:\n  {json}"
            ),
            Self::Colima(profile) => format!(
                "put this into ~/.colima/{profile}/colima.yaml, then run `colima restart {profile}` (it stops the containers):\n  docker:\n    registry-mirrors:{}",
                urls.iter().map(|url| format!("\n      - {url}")).collect::<String>()
            ),
            Self::RancherDesktop => format!(
                "it writes its daemon.json anew at every start: put a provisioning script into its folder that adds this to /etc/docker/daemon.json in the machine, then restart Rancher Desktop:\n  {json}"
            ),
            Self::Lima(name) => format!(
                "inside the machine, `limactl shell {name}`, add this to the object in /etc/docker/daemon.json (rootless: ~/.config/docker/daemon.json), then send the engine a SIGHUP:\n  {json}"
            ),
            Self::Podman => format!(
                "put this into /etc/containers/registries.conf.d/50-mirrors.conf (rootless: ~/.config/containers/registries.conf.d/50-mirrors.conf); no restart is needed:\n{}",
                registries_conf(urls)
            ),
            Self::Minikube => {
                let flags: String = urls.iter().map(|url| format!(" --registry-mirror={url}")).collect();
                format!("start it with the mirrors: minikube delete; minikube start{flags}")
            }
            Self::Remote => format!(
                "run the same command there; or add this to the object in its /etc/docker/daemon.json, then run `sudo systemctl reload docker` there:\n  {json}"
            ),
        }
    }
}

fn json(urls: &[String]) -> String {
    let list: Vec<String> = urls.iter().map(|url| serde_json::Value::from(url.as_str()).to_string()).collect();
    format!("\"registry-mirrors\": [{}]", list.join(", "))
}

/// For pulls by digest alone, because Podman can tell them apart and a mirror is believed about nothing else.
fn registries_conf(urls: &[String]) -> String {
    let mut text = "  [[registry]]\n  location = \"docker.io\"\n".to_owned();
    for url in urls {
        let (scheme, host) = url.split_once("://").unwrap_or(("https", url));
        text.push_str(&format!("  [[registry.mirror]]\n  location = \"{}\"\n", host.trim_end_matches('/')));
        if scheme == "http" {
            text.push_str("  insecure = true\n");
        }
        text.push_str("  pull-from-mirror = \"digest-only\"\n");
    }
    text.trim_end().to_owned()
}

/// Which file the engine reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: PathBuf,
    /// In words, for people.
    pub(super) because: &'static str,
    /// The engine would not start without it.
    pub(super) required: bool,
}

/// The first that tells: the flag, rootless, snap, the default. `configuration` is the user's `~/.config`.
pub(super) fn place(flag: Option<&Path>, traits: &Traits, configuration: Option<&Path>) -> Place {
    let place = |file: PathBuf, because| Place { file, because, required: false };
    if let Some(file) = flag {
        return Place { file: file.to_owned(), because: "its --config-file", required: true };
    }
    match configuration {
        Some(folder) if traits.is_rootless() => place(folder.join("docker/daemon.json"), "it is rootless"),
        _ if traits.is_snap() => place("/var/snap/docker/current/config/daemon.json".into(), "it is a snap"),
        _ => place("/etc/docker/daemon.json".into(), "the usual place"),
    }
}

#[cfg(test)]
#[path = "product_tests.rs"]
mod tests;
