//! A connection to a Docker engine, with a deadline on every call.

use std::future::Future;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bollard::{API_DEFAULT_VERSION, Docker};

use super::endpoint::{Address, ConnectSettings, Endpoint};
use super::{Absent, Error, Maker, Product, dialect};

/// Docker 20.10: the oldest engine that has all we ask of it.
const LEAST_API: (u32, u32) = (1, 41);
/// For the first answer. A frozen engine accepts the connection and says nothing.
const CONNECT_SECONDS: u64 = 10;
/// For one ordinary request: generous, because a disk under load delays creates.
const REQUEST_SECONDS: u64 = 60;
/// Engines that run in a virtual machine of their own, as they name their system.
const VIRTUAL: &[&str] = &["Docker Desktop", "OrbStack", "Rancher Desktop"];
/// What systems say of a socket that is somebody else's, in small letters.
const FORBIDDEN: &str = "permission denied";

/// A Docker engine that answered. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Engine {
    api: Docker,
    facts: Arc<EngineFacts>,
}

/// What an engine told about itself when it was first asked.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about an engine")]
pub struct EngineFacts {
    /// As it was found: `unix:///var/run/docker.sock`.
    pub address: String,
    /// `DOCKER_HOST`, `context "colima"`, `the default`.
    pub origin: String,
    /// Its own, stable over restarts.
    pub id: String,
    pub product: Product,
    pub api: (u32, u32),
    /// `amd64`.
    pub architecture: String,
    /// Bytes of memory on its machine.
    pub memory: u64,
    /// Where published ports are reached.
    pub probe_host: String,
    /// It is on another machine: nothing that is checked on this one tells about it.
    pub remote: bool,
    /// It has a proxy or mirrors of its own, so this machine cannot tell what it can pull.
    pub has_own_route: bool,
    /// The host that stands for docker.io on this engine.
    pub hub_host: Option<String>,
    /// Where it keeps images and volumes on its machine.
    pub data_root: Option<PathBuf>,
    /// `Debian GNU/Linux 12 (bookworm)`, `Docker Desktop`.
    pub system: String,
    /// It runs as an ordinary user, in a network of its own: its proxies publish the ports.
    pub rootless: bool,
    /// It labels containers for SELinux.
    pub selinux: bool,
    /// Its kernel, with its disks and its packet filter, is this machine's. Not so in the virtual machines of Docker
    /// Desktop and its like, nor where mqlab itself is in a container.
    pub shares_the_machine: bool,
}

/// Finds the engine as the docker command does, and asks who it is.
pub async fn connect(settings: &ConnectSettings) -> Result<Engine, Error> {
    let endpoint = Endpoint::find(settings).await?;
    let api = client(&endpoint)?;
    let asked = async { tokio::try_join!(api.version(), api.info()) };
    let (version, info) = match tokio::time::timeout(Duration::from_secs(CONNECT_SECONDS), asked).await {
        Ok(Ok(answers)) => answers,
        Ok(Err(error)) => return Err(not_there(&endpoint, &error)),
        Err(_) => {
            return Err(Error::NotThere {
                source: format!("it takes connections and did not answer within {CONNECT_SECONDS} s").into(),
                hint: silent_hint(&endpoint).to_owned(),
                absent: Absent::Silent,
                address: endpoint.text,
                origin: endpoint.origin,
            });
        }
    };
    let product = Product::of(&version);
    let api_version = version.api_version.unwrap_or_default();
    let pair = crate::model::version_pair(&api_version);
    if pair < LEAST_API {
        return Err(Error::TooOld { address: endpoint.text, product, found: api_version });
    }
    let registry = info.registry_config.unwrap_or_default();
    let mirrors = registry.index_configs.and_then(|all| all.get("docker.io")?.mirrors.clone()).unwrap_or_default();
    let security = info.security_options.unwrap_or_default();
    let has = |option: &str| security.iter().any(|one| one.split(',').any(|part| part == option));
    let proxied = [&info.http_proxy, &info.https_proxy].into_iter().flatten().any(|proxy| !proxy.is_empty());
    let data_root = info.docker_root_dir.clone().filter(|path| !path.is_empty()).map(PathBuf::from);
    let system = info.operating_system.unwrap_or_default();
    let is_here = match &data_root {
        Some(root) => tokio::fs::try_exists(root).await.unwrap_or(false),
        None => false,
    };
    let is_virtual = VIRTUAL.iter().any(|name| system.contains(name));
    let facts = EngineFacts {
        shares_the_machine: cfg!(target_os = "linux") && endpoint.host().is_none() && is_here && !is_virtual,
        probe_host: match endpoint.host() {
            Some(host) => host.to_owned(),
            None => super::gateway::local_probe_host(info.name.as_deref().unwrap_or_default()).await,
        },
        remote: endpoint.host().is_some(),
        address: endpoint.text,
        origin: endpoint.origin,
        id: match product.maker {
            Maker::Docker => info.id.unwrap_or_default(),
            // Its id is another one in every answer (5.4): its place on its machine is not.
            Maker::Podman => [info.name, info.docker_root_dir].into_iter().flatten().collect::<Vec<_>>().join(" "),
        },
        api: pair,
        architecture: version.arch.unwrap_or_default(),
        memory: info.mem_total.and_then(|bytes| u64::try_from(bytes).ok()).unwrap_or_default(),
        has_own_route: proxied || !mirrors.is_empty(),
        hub_host: match product.maker {
            Maker::Docker => info.index_server_address.as_deref().and_then(host_of_url),
            Maker::Podman => Some("registry-1.docker.io".to_owned()),
        },
        product,
        data_root,
        system,
        rootless: has("name=rootless"),
        selinux: has("name=selinux"),
    };
    Ok(Engine { api: dialect::versioned(api, pair), facts: Arc::new(facts) })
}

/// One that answers nothing, for what is asked of others than the engine: mirrors can be tried without any.
pub fn nobody() -> Result<Engine, Error> {
    // The port for throwing away.
    let address = "tcp://127.0.0.1:9";
    let endpoint = Endpoint::nowhere(address);
    let facts = EngineFacts {
        address: address.to_owned(),
        origin: "nobody".to_owned(),
        id: String::new(),
        product: Product { maker: Maker::Docker, version: String::new() },
        api: LEAST_API,
        architecture: own_architecture().to_owned(),
        memory: 0,
        probe_host: "127.0.0.1".to_owned(),
        remote: false,
        has_own_route: false,
        hub_host: Some("index.docker.io".to_owned()),
        data_root: None,
        system: String::new(),
        rootless: false,
        selinux: false,
        shares_the_machine: false,
    };
    Ok(Engine { api: client(&endpoint)?, facts: Arc::new(facts) })
}

/// What engines call this machine's architecture.
pub(crate) fn own_architecture() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}

fn host_of_url(url: &str) -> Option<String> {
    let rest = url.split_once("://")?.1;
    rest.split(['/', ':']).next().filter(|host| !host.is_empty()).map(str::to_owned)
}

fn client(endpoint: &Endpoint) -> Result<Docker, Error> {
    let made = match &endpoint.address {
        #[cfg(unix)]
        Address::Unix(path) => {
            Docker::connect_with_unix(&path.display().to_string(), REQUEST_SECONDS, API_DEFAULT_VERSION)
        }
        #[cfg(windows)]
        Address::Pipe(path) => Docker::connect_with_named_pipe(path, REQUEST_SECONDS, API_DEFAULT_VERSION),
        Address::Tcp(host) => Docker::connect_with_http(&format!("tcp://{host}"), REQUEST_SECONDS, API_DEFAULT_VERSION),
        Address::Tls(host, folder) => Docker::connect_with_ssl(
            &format!("tcp://{host}"),
            &folder.join("key.pem"),
            &folder.join("cert.pem"),
            &folder.join("ca.pem"),
            REQUEST_SECONDS,
            API_DEFAULT_VERSION,
        ),
        #[cfg(unix)]
        Address::Ssh(host) => {
            Docker::connect_with_ssh(&format!("ssh://{host}"), REQUEST_SECONDS, API_DEFAULT_VERSION, None)
        }
        _ => {
            return Err(Error::Address {
                address: endpoint.text.clone(),
                origin: endpoint.origin.clone(),
                reason: "this kind of address does not exist on this system".to_owned(),
            });
        }
    };
    made.map_err(|error| not_there(endpoint, &error))
}

fn not_there(endpoint: &Endpoint, error: &bollard::errors::Error) -> Error {
    // The layers of the client say nothing that helps: the last cause does.
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    let words = cause.to_string();
    let is_forbidden = words.to_lowercase().contains(FORBIDDEN);
    Error::NotThere {
        address: endpoint.text.clone(),
        origin: endpoint.origin.clone(),
        hint: start_hint(endpoint, is_forbidden).to_owned(),
        absent: if is_forbidden { Absent::Forbidden } else { Absent::Down },
        source: words.into(),
    }
}

fn silent_hint(endpoint: &Endpoint) -> &'static str {
    match endpoint.address {
        Address::Unix(_) if cfg!(target_os = "linux") => {
            "it may hang: see `sudo journalctl -u docker`, and start it again with `sudo systemctl restart docker`"
        }
        Address::Unix(_) | Address::Pipe(_) => "it may hang: start Docker Desktop, Colima or OrbStack again",
        _ => "check the address: something else may listen there",
    }
}

fn start_hint(endpoint: &Endpoint, is_forbidden: bool) -> &'static str {
    if is_forbidden {
        return "your user may not use the socket: `sudo usermod -aG docker $USER`, then log in again";
    }
    match endpoint.address {
        Address::Unix(_) if cfg!(target_os = "linux") => {
            "start it with `sudo systemctl start docker`, or set DOCKER_HOST or DOCKER_CONTEXT to another one"
        }
        Address::Unix(_) | Address::Pipe(_) => {
            "start Docker Desktop, Colima or OrbStack, or set DOCKER_HOST or DOCKER_CONTEXT to another engine"
        }
        Address::Tls(..) => "check the address and the certificates in DOCKER_CERT_PATH",
        Address::Tcp(_) => "check the address, and that the engine listens there",
        Address::Ssh(_) => "check that `ssh` reaches the host without a question and that `docker` works there",
    }
}

impl EngineFacts {
    /// `Podman 5.4.2, API 1.41`.
    pub fn title(&self) -> String {
        let (major, minor) = self.api;
        format!("{}, API {major}.{minor}", self.product)
    }
}

impl Engine {
    pub fn facts(&self) -> &EngineFacts {
        &self.facts
    }

    /// The host on which published ports are reached from here.
    pub fn probe_host(&self) -> &str {
        &self.facts.probe_host
    }

    /// The client itself, for `docker` and `images` alone.
    pub(crate) fn api(&self) -> &Docker {
        &self.api
    }

    /// A client for calls that take up to so many seconds.
    pub(crate) fn patient(&self, seconds: u64) -> Docker {
        self.api.clone().with_timeout(Duration::from_secs(seconds))
    }

    /// Runs one call with a deadline. `what` completes "the engine cannot …".
    pub(crate) async fn call<T>(
        &self,
        what: &str,
        call: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<T, Error> {
        self.call_within(REQUEST_SECONDS, what, call).await
    }

    /// As [`Engine::call`], for calls that take longer by their nature.
    pub(crate) async fn call_within<T>(
        &self,
        seconds: u64,
        what: &str,
        call: impl Future<Output = Result<T, bollard::errors::Error>>,
    ) -> Result<T, Error> {
        match tokio::time::timeout(Duration::from_secs(seconds), call).await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(bollard::errors::Error::RequestTimeoutError)) | Err(_) => {
                Err(Error::TimedOut { what: what.to_owned(), seconds })
            }
            Ok(Err(error)) => Err(Error::refused(what, error)),
        }
    }
}
