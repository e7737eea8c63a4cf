//! What the docker command knows about logging in to registries: `config.json` and its credential helpers.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bollard::auth::DockerCredentials;
use serde::Deserialize;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::sync::OnceCell;

use crate::model::{HUB, Secret};

/// What the hub is called in `config.json`.
const HUB_KEY: &str = "https://index.docker.io/v1/";
/// A helper may unlock a keychain, and must not ask a question that nobody sees.
const HELPER: Duration = Duration::from_secs(10);
/// The user that a helper gives with an identity token in place of a password.
const TOKEN_USER: &str = "<token>";

/// User and password for one registry. Never sent to another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Login {
    pub(super) user: String,
    pub(super) password: Secret,
    /// The password is a token that the registry's token server takes.
    is_identity: bool,
}

impl Login {
    /// In the form that an engine takes with a pull.
    pub(super) fn for_engine(&self, registry: &str) -> DockerCredentials {
        let server = if registry == HUB { HUB_KEY } else { registry };
        let secret = Some(self.password.reveal().to_owned());
        let base = DockerCredentials { serveraddress: Some(server.to_owned()), ..DockerCredentials::default() };
        if self.is_identity {
            DockerCredentials { identitytoken: secret, ..base }
        } else {
            DockerCredentials { username: Some(self.user.clone()), password: secret, ..base }
        }
    }

    /// Whether an engine will understand it. bollard 0.21 writes the header in the standard alphabet, and engines read
    /// the one for URLs and go on without a login, silently, where they differ.
    pub(super) fn reaches_the_engine(&self, registry: &str) -> bool {
        let text = serde_json::to_string(&self.for_engine(registry)).unwrap_or_default();
        !STANDARD.encode(text).contains(['+', '/'])
    }
}

/// Finds logins when they are needed.
#[derive(Debug)]
pub(super) struct Credentials {
    /// `~/.docker`.
    folder: Option<PathBuf>,
    config: OnceCell<Config>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    #[serde(default)]
    auths: BTreeMap<String, Auth>,
    #[serde(default)]
    cred_helpers: BTreeMap<String, String>,
    #[serde(default)]
    creds_store: String,
}

#[derive(Debug, Default, Deserialize)]
struct Auth {
    #[serde(default)]
    auth: String,
    #[serde(default)]
    identitytoken: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct FromHelper {
    username: String,
    secret: String,
}

impl Credentials {
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        Self { folder, config: OnceCell::new() }
    }

    /// For a registry by its host, `docker.io` for the hub. No login is no error: most images need none.
    pub(super) async fn of(&self, registry: &str) -> Option<Login> {
        let config = self.config.get_or_init(|| read(self.folder.as_deref())).await;
        let key = if registry == HUB { HUB_KEY } else { registry };
        let helper = config.cred_helpers.get(key).or_else(|| config.cred_helpers.get(registry));
        let helper = helper.or(Some(&config.creds_store)).filter(|helper| !helper.is_empty());
        if let Some(login) = match helper {
            Some(helper) => ask(helper, key).await,
            None => None,
        } {
            return Some(login);
        }
        config.auths.iter().find(|(name, _)| host_of(name) == host_of(key)).and_then(|(_, auth)| auth.login())
    }
}

/// `https://index.docker.io/v1/` and `index.docker.io` are one.
fn host_of(key: &str) -> &str {
    let without_scheme = key.split_once("://").map_or(key, |(_, rest)| rest);
    without_scheme.split('/').next().unwrap_or_default()
}

impl Auth {
    fn login(&self) -> Option<Login> {
        let decoded = STANDARD.decode(&self.auth).ok().and_then(|bytes| String::from_utf8(bytes).ok())?;
        let (user, password) = decoded.split_once(':')?;
        let is_identity = !self.identitytoken.is_empty();
        let password = if is_identity { &self.identitytoken } else { password.trim_end_matches('\0') };
        let login = Login { user: user.to_owned(), password: Secret::new(password), is_identity };
        (!password.is_empty()).then_some(login)
    }
}

async fn read(folder: Option<&Path>) -> Config {
    let Some(folder) = folder else { return Config::default() };
    let bytes = tokio::fs::read(folder.join("config.json")).await.unwrap_or_default();
    // A broken file is the docker command's to complain about, and the engine's answer tells who is not let in.
    serde_json::from_slice(&bytes).unwrap_or_default()
}

async fn ask(helper: &str, key: &str) -> Option<Login> {
    // The name comes from a file; a path in it would run something else.
    if helper.contains(['/', '\\']) {
        return None;
    }
    let asked = async {
        let mut child = Command::new(format!("docker-credential-{helper}"))
            .arg("get")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .ok()?;
        child.stdin.take()?.write_all(key.as_bytes()).await.ok()?;
        let output = child.wait_with_output().await.ok()?;
        output.status.success().then_some(output.stdout)
    };
    let output = tokio::time::timeout(HELPER, asked).await.ok().flatten()?;
    let answer: FromHelper = serde_json::from_slice(&output).ok()?;
    let is_identity = answer.username == TOKEN_USER;
    Some(Login { user: answer.username, password: Secret::new(answer.secret), is_identity })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn of(config: &str, registry: &str) -> Option<Login> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("config.json"), config).unwrap();
        Credentials::new(Some(folder.path().to_owned())).of(registry).await
    }

    #[tokio::test]
    async fn a_login_is_for_its_own_registry_alone() {
        let auth = STANDARD.encode("me:pass:word");
        let config = format!(r#"{{"auths":{{"{HUB_KEY}":{{"auth":"{auth}"}},"m.example":{{"auth":"{auth}"}}}}}}"#);
        for registry in [HUB, "m.example"] {
            let login = of(&config, registry).await.unwrap();
            assert_eq!((login.user.as_str(), login.password.reveal()), ("me", "pass:word"));
        }
        assert_eq!(of(&config, "other.example").await, None);
        assert_eq!(of("{ broken", HUB).await, None);
    }

    #[tokio::test]
    async fn a_token_is_sent_as_a_token() {
        let auth = STANDARD.encode("00000000-0000:");
        let config = format!(r#"{{"auths":{{"m.example":{{"auth":"{auth}","identitytoken":"t0ken"}}}}}}"#);
        let sent = of(&config, "m.example").await.unwrap().for_engine("m.example");
        assert_eq!((sent.identitytoken.as_deref(), sent.username), (Some("t0ken"), None));
    }

    #[test]
    fn a_password_that_the_client_writes_wrongly_is_known() {
        let login =
            |password: &str| Login { user: "me".to_owned(), password: Secret::new(password), is_identity: false };
        assert!(login("plain").reaches_the_engine("m.example"));
        let broken = ["~", "~~", "~~~"].iter().filter(|password| !login(password).reaches_the_engine("m.example"));
        assert!(broken.count() > 0);
    }
}
