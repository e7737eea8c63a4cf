//! The registry API as far as mqlab asks it itself: who answers, what a tag means, how fast a layer comes.
//!
//! Images themselves are pulled by the engine; what is learned here decides whether it is worth asking it.

mod challenge;
mod content;

use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, HeaderMap, RETRY_AFTER, WWW_AUTHENTICATE};
use reqwest::{Method, Response, StatusCode};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

use self::challenge::Challenge;
pub(super) use self::content::Content;
use super::credentials::Login;
use crate::model::{Place, Secret};

/// A server that takes connections and says nothing is asked no longer than this: an engine would wait for 15 s
/// (Docker 20.10 to 29, for a mirror in its own settings).
pub(super) const PROBE: Duration = Duration::from_millis(1500);
/// For a document of a few kilobytes from a server that has answered.
const DOCUMENT: Duration = Duration::from_secs(15);
/// Manifests have a limit of 4 MiB in the registries themselves.
const MOST_BYTES: usize = 4 * 1024 * 1024;
const MOST_REDIRECTS: usize = 5;

/// Every form of a manifest that engines take.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, \
                         application/vnd.docker.distribution.manifest.list.v2+json, \
                         application/vnd.oci.image.manifest.v1+json, \
                         application/vnd.docker.distribution.manifest.v2+json";

/// One repository of one registry.
pub(super) struct Registry {
    client: reqwest::Client,
    place: Place,
    login: Option<Login>,
    /// What the registry's own token server gave, for the life of this value.
    token: Mutex<Option<Secret>>,
}

/// Why a registry did not give what was asked for.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    #[error("{host} cannot be reached: {cause}")]
    Unreachable { host: String, cause: String },
    #[error("{host} takes connections and does not answer within {}", seconds(*within))]
    Silent { host: String, within: Duration },
    #[error("{host} is no registry: {why}")]
    NoRegistry { host: String, why: String },
    #[error("{host} answers {status}{words}")]
    Status { host: String, status: u16, words: String },
    #[error("{host} wants fewer requests: {words}")]
    TooMany { host: String, words: String },
    #[error("{host} does not have it")]
    Missing { host: String },
    #[error("{host} sends from one address to the next without an end")]
    Redirects { host: String },
    #[error("the certificate of {host} is not trusted: {cause}")]
    Certificate { host: String, cause: String },
    #[error("{host} broke off: {cause}")]
    Broken { host: String, cause: String },
    #[error("{host} sent other content than the digest says: {wanted} was asked for, {got} came")]
    WrongContent { host: String, wanted: String, got: String },
    #[error("what {host} sent is no image: {why}")]
    Nonsense { host: String, why: String },
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}

/// What a registry says that a tag or digest is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Manifest {
    /// Of the bytes that came, whatever the headers say.
    pub(super) digest: String,
    pub(super) content: Content,
}

impl Registry {
    /// For what lies at the place. `certificates` is the folder in which engines look for a host's own authorities.
    pub(super) fn new(place: Place, login: Option<Login>, certificates: Option<&Path>) -> Result<Self, Refusal> {
        crate::net::tls::install();
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::limited(MOST_REDIRECTS))
            .user_agent(concat!("mqlab/", env!("CARGO_PKG_VERSION")));
        if place.is_here() {
            // What is on this machine is not behind a proxy, whatever the variables say.
            builder = builder.no_proxy();
        }
        for authority in own_authorities(&place.host, certificates) {
            builder = builder.add_root_certificate(authority);
        }
        let client = builder
            .build()
            .map_err(|error| Refusal::Unreachable { host: place.host.clone(), cause: crate::error_chain(&error) })?;
        Ok(Self { client, place, login, token: Mutex::default() })
    }

    /// Whether something there speaks the registry API; who must log in is told so by a registry too.
    pub(super) async fn ping(&self) -> Result<(), Refusal> {
        let answer = self.get(&self.place.api(), "", PROBE).await?;
        match answer.status() {
            StatusCode::OK | StatusCode::UNAUTHORIZED => Ok(()),
            StatusCode::NOT_FOUND => Err(Refusal::NoRegistry {
                host: self.host(),
                why: "it answers 404 where the registry API is".to_owned(),
            }),
            _ => Err(self.refused(answer).await),
        }
    }

    /// The digest that a tag or digest has there, from the headers alone; `None` where the server does not tell.
    pub(super) async fn digest_of(&self, version: &str, within: Duration) -> Result<Option<String>, Refusal> {
        let url = self.url("manifests", version);
        let answer = match self.ask(Method::HEAD, &url, MANIFESTS, within).await {
            // An answer to HEAD has no words in it.
            Err(Refusal::Status { .. } | Refusal::TooMany { .. }) => {
                self.ask(Method::GET, &url, MANIFESTS, within).await?
            }
            answer => answer?,
        };
        let told = answer.headers().get("docker-content-digest").and_then(|value| value.to_str().ok());
        Ok(told.filter(|digest| crate::model::is_digest(digest)).map(str::to_owned))
    }

    /// What a tag or digest is. Content that does not have the digest it was asked by is an error.
    pub(super) async fn manifest(&self, version: &str) -> Result<Manifest, Refusal> {
        let answer = self.ask(Method::GET, &self.url("manifests", version), MANIFESTS, DOCUMENT).await?;
        let bytes = self.read(answer, DOCUMENT).await?;
        let digest = self.checked(version, &bytes)?;
        let content = content::parse(&bytes).map_err(|why| self.nonsense(why))?;
        Ok(Manifest { digest, content })
    }

    /// The platform of an image whose manifest does not say it: its configuration does.
    pub(super) async fn platform_of(&self, config: &str) -> Result<String, Refusal> {
        let answer = self.ask(Method::GET, &self.url("blobs", config), "*/*", DOCUMENT).await?;
        let bytes = self.read(answer, DOCUMENT).await?;
        self.checked(config, &bytes)?;
        content::platform_of_config(&bytes).map_err(|why| self.nonsense(why))
    }

    /// Reads a layer for at most so long and so many bytes, and tells how many came and how long that took.
    pub(super) async fn sample(&self, layer: &str, most: u64, time: Duration) -> Result<(u64, Duration), Refusal> {
        let mut answer = self.ask(Method::GET, &self.url("blobs", layer), "*/*", DOCUMENT).await?;
        let (began, mut bytes) = (Instant::now(), 0);
        while bytes < most && began.elapsed() < time {
            match tokio::time::timeout(DOCUMENT, answer.chunk()).await {
                Ok(Ok(Some(chunk))) => bytes += chunk.len() as u64,
                Ok(Ok(None)) => break,
                Ok(Err(error)) => return Err(self.failed(&error, DOCUMENT)),
                Err(_) => return Err(self.silent(DOCUMENT)),
            }
        }
        Ok((bytes, began.elapsed()))
    }

    fn url(&self, what: &str, version: &str) -> String {
        format!("{}{}/{what}/{version}", self.place.api(), self.place.repository)
    }

    /// Asks, and again with a token where the registry wants one. Anything but a success is a refusal.
    async fn ask(&self, method: Method, url: &str, accept: &str, within: Duration) -> Result<Response, Refusal> {
        let answer = self.send(method.clone(), url, accept, within).await?;
        let answer = match answer.status() {
            StatusCode::UNAUTHORIZED => match Challenge::of(answer.headers().get(WWW_AUTHENTICATE)) {
                Some(Challenge::Bearer(bearer)) => {
                    let token = self.fetch_token(&bearer, within).await?;
                    *self.token.lock().await = Some(token);
                    self.send(method, url, accept, within).await?
                }
                _ => answer,
            },
            _ => answer,
        };
        if answer.status().is_success() { Ok(answer) } else { Err(self.refused(answer).await) }
    }

    async fn get(&self, url: &str, accept: &str, within: Duration) -> Result<Response, Refusal> {
        self.send(Method::GET, url, accept, within).await
    }

    async fn send(&self, method: Method, url: &str, accept: &str, within: Duration) -> Result<Response, Refusal> {
        let mut request = self.client.request(method, url);
        if !accept.is_empty() {
            request = request.header(ACCEPT, accept);
        }
        let token = self.token.lock().await.clone();
        request = match (&token, &self.login) {
            (Some(token), _) => request.bearer_auth(token.reveal()),
            (None, Some(login)) => request.basic_auth(&login.user, Some(login.password.reveal())),
            (None, None) => request,
        };
        match tokio::time::timeout(within, request.send()).await {
            Ok(Ok(answer)) => Ok(answer),
            Ok(Err(error)) => Err(self.failed(&error, within)),
            Err(_) => Err(self.silent(within)),
        }
    }

    async fn fetch_token(&self, bearer: &challenge::Bearer, within: Duration) -> Result<Secret, Refusal> {
        #[derive(Deserialize)]
        struct Answer {
            token: Option<String>,
            access_token: Option<String>,
        }
        let url = bearer.url().map_err(|why| self.nonsense(why))?;
        let mut request = self.client.get(url.clone());
        // The password goes where the registry sends it, as with the docker command, but never in the clear.
        let is_private = url.scheme() == "https" || url.host_str() == self.place.host.split(':').next();
        if let Some(login) = self.login.as_ref().filter(|_| is_private) {
            request = request.basic_auth(&login.user, Some(login.password.reveal()));
        }
        let answer = match tokio::time::timeout(within, request.send()).await {
            Ok(Ok(answer)) if answer.status().is_success() => answer,
            Ok(Ok(answer)) => return Err(self.refused(answer).await),
            Ok(Err(error)) => return Err(self.failed(&error, within)),
            Err(_) => return Err(self.silent(within)),
        };
        let bytes = self.read(answer, within).await?;
        let answer: Answer = serde_json::from_slice(&bytes).map_err(|error| self.nonsense(error.to_string()))?;
        let token = answer.token.or(answer.access_token);
        token.map(Secret::new).ok_or_else(|| self.nonsense("its token server gives no token".to_owned()))
    }

    async fn read(&self, mut answer: Response, within: Duration) -> Result<Vec<u8>, Refusal> {
        let mut bytes = Vec::new();
        loop {
            match tokio::time::timeout(within, answer.chunk()).await {
                Ok(Ok(Some(chunk))) if bytes.len() + chunk.len() <= MOST_BYTES => bytes.extend_from_slice(&chunk),
                Ok(Ok(Some(_))) => return Err(self.nonsense(format!("it is larger than {MOST_BYTES} bytes"))),
                Ok(Ok(None)) => return Ok(bytes),
                Ok(Err(error)) => return Err(self.failed(&error, within)),
                Err(_) => return Err(self.silent(within)),
            }
        }
    }

    /// The digest of what came, which must be the one that was asked for by.
    fn checked(&self, version: &str, bytes: &[u8]) -> Result<String, Refusal> {
        let got = digest(bytes);
        if crate::model::is_digest(version) && version != got {
            return Err(Refusal::WrongContent { host: self.host(), wanted: version.to_owned(), got });
        }
        Ok(got)
    }

    fn host(&self) -> String {
        self.place.host.clone()
    }

    fn silent(&self, within: Duration) -> Refusal {
        Refusal::Silent { host: self.host(), within }
    }

    fn nonsense(&self, why: String) -> Refusal {
        Refusal::Nonsense { host: self.host(), why }
    }

    fn failed(&self, error: &reqwest::Error, within: Duration) -> Refusal {
        let host = self.host();
        let cause = last_cause(error);
        if error.is_redirect() {
            Refusal::Redirects { host }
        } else if error.is_timeout() {
            Refusal::Silent { host, within }
        } else if cause.contains("certificate") || cause.contains("UnknownIssuer") {
            Refusal::Certificate { host, cause }
        } else if error.is_connect() {
            Refusal::Unreachable { host, cause }
        } else {
            Refusal::Broken { host, cause }
        }
    }

    async fn refused(&self, answer: Response) -> Refusal {
        let (status, host) = (answer.status(), self.host());
        let wait = retry_after(answer.headers());
        let words = self.read(answer, PROBE).await.map(|bytes| words_of(&bytes)).unwrap_or_default();
        match status {
            StatusCode::NOT_FOUND => Refusal::Missing { host },
            StatusCode::TOO_MANY_REQUESTS => Refusal::TooMany { host, words: format!("429{words}{wait}") },
            _ => Refusal::Status { host, status: status.as_u16(), words },
        }
    }
}

/// `sha256:…` of these bytes.
pub(super) fn digest(bytes: &[u8]) -> String {
    format!("sha256:{}", hex::encode(Sha256::digest(bytes)))
}

/// What the engine trusts for one host beside what the system does: `<folder>/<host>/*.crt`.
fn own_authorities(host: &str, folder: Option<&Path>) -> Vec<reqwest::Certificate> {
    let Some(folder) = folder.map(|folder| folder.join(host)) else { return Vec::new() };
    let names = crate::fs::names_in(&folder).unwrap_or_default();
    let authorities =
        names.iter().filter(|name| Path::new(name).extension().is_some_and(|extension| extension == "crt"));
    let read = authorities.filter_map(|name| crate::fs::read_at_most(&folder.join(name), MOST_BYTES).ok());
    read.filter_map(|bytes| reqwest::Certificate::from_pem_bundle(&bytes).ok()).flatten().collect()
}

fn last_cause(error: &reqwest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(inner) = cause.source() {
        cause = inner;
    }
    cause.to_string()
}

/// When it would take requests again, in its own words.
fn retry_after(headers: &HeaderMap) -> String {
    let after = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok());
    let after = after.map(|after| {
        if after.bytes().all(|byte| byte.is_ascii_digit()) { format!("{after} s") } else { after.to_owned() }
    });
    after.map(|after| format!(", again after {after}")).unwrap_or_default()
}

/// The first error in the registry's own form, or the beginning of whatever came.
fn words_of(body: &[u8]) -> String {
    #[derive(Deserialize)]
    struct Body {
        errors: Vec<Entry>,
    }
    #[derive(Deserialize)]
    struct Entry {
        #[serde(default)]
        code: String,
        #[serde(default)]
        message: String,
    }
    let first = serde_json::from_slice::<Body>(body).ok().and_then(|body| body.errors.into_iter().next());
    let words = match first {
        Some(Entry { message, code }) if message.is_empty() => code,
        Some(Entry { message, .. }) => message,
        None => {
            let text = String::from_utf8_lossy(body);
            let line = text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('<'));
            line.unwrap_or_default().chars().take(120).collect()
        }
    };
    if words.is_empty() { words } else { format!(": {words}") }
}
