//! Where the engine is, found as the docker command finds it: `DOCKER_HOST`, `DOCKER_CONTEXT`, the current
//! context of `config.json`, the default socket.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::Error;

#[cfg(windows)]
const DEFAULT: &str = "npipe:////./pipe/docker_engine";
#[cfg(not(windows))]
const DEFAULT: &str = "unix:///var/run/docker.sock";

/// What the environment says about the engine. `cli` reads it.
#[derive(Clone, Debug, Default)]
pub struct ConnectSettings {
    /// `DOCKER_HOST`.
    pub host: Option<String>,
    /// `DOCKER_CONTEXT`.
    pub context: Option<String>,
    /// `DOCKER_CONFIG`, by default `~/.docker`.
    pub config: Option<PathBuf>,
    /// `DOCKER_TLS_VERIFY` is set and not empty.
    pub tls_verify: bool,
    /// `DOCKER_CERT_PATH`, by default the configuration's folder.
    pub certificates: Option<PathBuf>,
    /// The user's home.
    pub home: Option<PathBuf>,
}

/// An engine's address and how it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Endpoint {
    pub(crate) address: Address,
    /// For messages: `DOCKER_HOST`, `context "colima"`.
    pub(crate) origin: String,
    /// The address as it was written.
    pub(crate) text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Address {
    Unix(PathBuf),
    Pipe(String),
    /// `host:port`.
    Tcp(String),
    /// `host:port` and the folder with `ca.pem`, `cert.pem` and `key.pem`.
    Tls(String, PathBuf),
    Ssh(String),
}

#[derive(Deserialize)]
struct ConfigFile {
    #[serde(rename = "currentContext", default)]
    current_context: Option<String>,
}

#[derive(Deserialize)]
struct ContextFile {
    #[serde(rename = "Endpoints")]
    endpoints: ContextEndpoints,
}

#[derive(Deserialize)]
struct ContextEndpoints {
    docker: ContextEndpoint,
}

#[derive(Deserialize)]
struct ContextEndpoint {
    #[serde(rename = "Host")]
    host: String,
}

impl Endpoint {
    /// Follows the order of the docker command. Reads its configuration only when the variables do not decide.
    pub(crate) async fn find(settings: &ConnectSettings) -> Result<Self, Error> {
        if let Some(host) = settings.host.as_deref().filter(|host| !host.is_empty()) {
            let certificates = settings.tls_verify.then(|| settings.certificate_folder()).flatten();
            return Self::parse(host, "DOCKER_HOST".to_owned(), certificates);
        }
        let named = settings.context.clone().filter(|name| !name.is_empty());
        let name = match named {
            Some(name) => Some(name),
            None => settings.current_context().await?,
        };
        match name.as_deref() {
            None | Some("default" | "") => Self::parse(DEFAULT, "the default".to_owned(), None),
            Some(name) => settings.read_context(name).await,
        }
    }

    /// By TCP, whoever is there.
    pub(crate) fn nowhere(text: &str) -> Self {
        let address = Address::Tcp(text.trim_start_matches("tcp://").to_owned());
        Self { address, origin: String::new(), text: text.to_owned() }
    }

    fn parse(text: &str, origin: String, certificates: Option<PathBuf>) -> Result<Self, Error> {
        let refuse = |reason: &str| Error::Address {
            address: text.to_owned(),
            origin: origin.clone(),
            reason: reason.to_owned(),
        };
        let (scheme, rest) = text.split_once("://").unwrap_or(("tcp", text));
        let host_and_port = |default: &str| {
            let host = rest.trim_end_matches('/');
            let has_port = host.rsplit_once(':').is_some_and(|(_, port)| port.parse::<u16>().is_ok());
            if has_port { host.to_owned() } else { format!("{host}:{default}") }
        };
        let address = match (scheme, certificates) {
            ("unix", _) if rest.starts_with('/') => Address::Unix(PathBuf::from(rest)),
            ("unix", _) => return Err(refuse("a socket needs an absolute path: unix:///var/run/docker.sock")),
            ("npipe", _) => Address::Pipe(rest.to_owned()),
            ("tcp" | "http" | "https", Some(folder)) => Address::Tls(host_and_port("2376"), folder),
            ("https", None) => return Err(refuse("TLS needs DOCKER_TLS_VERIFY=1 and DOCKER_CERT_PATH")),
            ("tcp" | "http", None) => Address::Tcp(host_and_port("2375")),
            ("ssh", _) => Address::Ssh(rest.trim_end_matches('/').to_owned()),
            _ => return Err(refuse("expected unix://, npipe://, tcp:// or ssh://")),
        };
        Ok(Self { address, text: text.to_owned(), origin })
    }

    /// The host that published ports are reached on; `None` is this machine.
    pub(crate) fn host(&self) -> Option<&str> {
        let without_port = |text: &'_ str| text.len() - text.rsplit_once(':').map_or(0, |(_, port)| port.len() + 1);
        match &self.address {
            Address::Unix(_) | Address::Pipe(_) => None,
            Address::Tcp(text) | Address::Tls(text, _) => {
                Some(text[..without_port(text)].trim_matches(['[', ']'])).filter(|host| !is_loopback(host))
            }
            Address::Ssh(text) => {
                let host = text.rsplit_once('@').map_or(text.as_str(), |(_, host)| host);
                Some(host.split(['/', ':']).next().unwrap_or(host))
            }
        }
    }
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl ConnectSettings {
    /// The docker command's own: contexts and logins.
    pub fn folder(&self) -> Option<PathBuf> {
        self.config.clone().or_else(|| self.home.as_ref().map(|home| home.join(".docker")))
    }

    fn certificate_folder(&self) -> Option<PathBuf> {
        self.certificates.clone().or_else(|| self.folder())
    }

    async fn current_context(&self) -> Result<Option<String>, Error> {
        let Some(folder) = self.folder() else { return Ok(None) };
        let file: Option<ConfigFile> = read_json(&folder.join("config.json")).await?;
        Ok(file.and_then(|file| file.current_context))
    }

    async fn read_context(&self, name: &str) -> Result<Endpoint, Error> {
        let origin = format!("context \"{name}\"");
        let missing = || Error::Address {
            address: name.to_owned(),
            origin: origin.clone(),
            reason: "there is no such context (`docker context ls` lists them)".to_owned(),
        };
        let folder = self.folder().ok_or_else(missing)?.join("contexts");
        let id = hex::encode(Sha256::digest(name.as_bytes()));
        let path = folder.join("meta").join(&id).join("meta.json");
        let file: ContextFile = read_json(&path).await?.ok_or_else(missing)?;
        let keys = folder.join("tls").join(&id).join("docker");
        let certificates = tokio::fs::try_exists(&keys).await.unwrap_or(false).then_some(keys);
        Endpoint::parse(&file.endpoints.docker.host, origin, certificates)
    }
}

/// `None` where the file is not there.
async fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<Option<T>, Error> {
    let fail = |source: Box<dyn std::error::Error + Send + Sync>| Error::Config { path: path.to_owned(), source };
    match tokio::fs::read(path).await {
        Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| fail(error.into())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(fail(error.into())),
    }
}
