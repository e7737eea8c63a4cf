//! What is on the engine and is not ours: it must be there unchanged whatever a scenario does.

use super::lab::docker;

/// Some container, network or volume that somebody else made. It goes away with this value.
pub(crate) struct Stranger {
    kind: &'static str,
    name: String,
    before: String,
}

impl Stranger {
    /// A container that does nothing, with more arguments for `docker create`.
    pub(crate) fn container(name: &str, arguments: &[&str]) -> Self {
        remove("container", name);
        let sleep = [image().as_str(), "600"].map(str::to_owned);
        let mut all = vec!["create", "--name", name, "--entrypoint", "sleep"];
        all.extend(arguments);
        all.extend(sleep.iter().map(String::as_str));
        docker(&all);
        Self::known("container", name)
    }

    /// The same, running.
    pub(crate) fn running(name: &str, arguments: &[&str]) -> Self {
        let mut stranger = Self::container(name, arguments);
        docker(&["start", name]);
        stranger.before = inspect("container", name);
        stranger
    }

    pub(crate) fn network(name: &str) -> Self {
        remove("network", name);
        docker(&["network", "create", name]);
        Self::known("network", name)
    }

    pub(crate) fn volume(name: &str) -> Self {
        remove("volume", name);
        docker(&["volume", "create", name]);
        Self::known("volume", name)
    }

    fn known(kind: &'static str, name: &str) -> Self {
        Self { kind, name: name.to_owned(), before: inspect(kind, name) }
    }

    /// Requires that nobody touched it.
    #[track_caller]
    pub(crate) fn is_untouched(&self) {
        super::lab::same(&inspect(self.kind, &self.name), &self.before);
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        remove(self.kind, &self.name);
    }
}

fn inspect(kind: &str, name: &str) -> String {
    // The mounts of a container come in another order each time.
    let container =
        "{{.Id}}\n{{.Name}}\n{{json .State}}\n{{json .Config}}\n{{json .HostConfig}}\n{{json .NetworkSettings}}";
    let format = if kind == "container" { container } else { "{{json .}}" };
    docker(&[kind, "inspect", "--format", format, name])
}

fn remove(kind: &str, name: &str) {
    let force: &[&str] = match kind {
        "network" => &[],
        "container" => &["--force", "--volumes"],
        _ => &["--force"],
    };
    let mut command = std::process::Command::new("docker");
    command.args([kind, "rm"]).args(force).arg(name);
    // That it is not there is the ordinary case.
    command.output().unwrap();
}

/// An image that is here already: a broker's, which has a shell.
pub(crate) fn image() -> String {
    let images = docker(&["image", "ls", "--format", "{{.Repository}}:{{.Tag}}"]);
    let is_brokers = |name: &&str| name.contains("rabbitmq:") || name.contains("kafka:");
    images.lines().find(is_brokers).expect("no broker's image is here").to_owned()
}

/// Everything with the label of a stack, by kind.
pub(crate) fn of_stack(stack: &str) -> Vec<String> {
    let filter = format!("label=dev.mqlab.stack={stack}");
    let list = |arguments: &[&str]| docker(&[arguments, &["--filter", &filter]].concat());
    let containers = list(&["container", "ls", "--all", "--format", "container {{.Names}} {{.State}}"]);
    let networks = list(&["network", "ls", "--format", "network {{.Name}}"]);
    let volumes = list(&["volume", "ls", "--format", "volume {{.Name}}"]);
    [containers, networks, volumes].iter().flat_map(|text| text.lines()).map(str::to_owned).collect()
}
