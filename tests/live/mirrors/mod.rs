//! Images that a mirror gives, and mirrors that do not give what they should.

mod registry;
mod server;

use std::fmt::Write as _;
use std::process::{Child, Command, Stdio};
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::lab::{Lab, docker, same, until};
pub(crate) use registry::{Registry, free_port, tiny_image};
pub(crate) use server::{Act, Server};

/// Wanted by every case; and what a liar gives instead.
const TRUE: &str = "live-mirrors-true:1";
const FALSE: &str = "live-mirrors-false:1";
const NOT_FOUND: Act = Act::Say("404 Not Found", "", "");
const FORBIDDEN: Act =
    Act::Say("403 Forbidden", "", r#"{"errors":[{"code":"DENIED","message":"this image is not in the allowlist"}]}"#);
const TOO_MANY: Act = Act::Say(
    "429 Too Many Requests",
    "Retry-After: 60\r\n",
    r#"{"errors":[{"code":"TOOMANYREQUESTS","message":"you have reached your rate limit"}]}"#,
);
const BROKEN: Act = Act::Say("500 Internal Server Error", "", "out of order");
const AROUND: Act = Act::Say("307 Temporary Redirect", "Location: /v2/demo/app/manifests/1\r\n", "");
const LIE: Act = Act::As("/v2/demo/lie/manifests/1");

/// What one of these tests makes the engine forget another one would need.
fn one_at_a_time() -> MutexGuard<'static, ()> {
    static ONE: Mutex<()> = Mutex::new(());
    ONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_manifest(path: &str) -> bool {
    path.contains("/manifests/")
}

fn is_blob(path: &str) -> bool {
    path.contains("/blobs/")
}

/// The upstream registry, which is down when it matters, and a mirror that has what it had.
struct Scene {
    lab: Lab,
    upstream: u16,
    good: Registry,
    wanted: String,
}

impl Scene {
    fn new() -> Self {
        tiny_image(TRUE, "true ");
        tiny_image(FALSE, "false ");
        let upstream = Registry::start();
        let wanted = upstream.push(TRUE, "demo/app:1");
        let good = Registry::start();
        assert_eq!(good.push(TRUE, "demo/app:1"), wanted);
        good.push(FALSE, "demo/lie:1");
        let scene = Self { lab: Lab::new("mirrors", ""), upstream: upstream.port, good, wanted };
        scene.spec(&[]);
        scene.lab.mqlab(&["images", "lock"]).code(0);
        assert!(std::fs::read_to_string(scene.lab.path("mqlab.lock")).unwrap().contains(&scene.wanted));
        scene
    }

    fn image(&self) -> String {
        format!("127.0.0.1:{}/demo/app:1", self.upstream)
    }

    fn spec(&self, mirrors: &[(&str, &str)]) {
        let mut text = format!(
            "brokers: {{ events: {{ kind: kafka, image: \"{}\" }} }}\nimages:\n  build: never\n  mirrors:\n",
            self.image()
        );
        for (url, settings) in mirrors {
            let _ = writeln!(text, "    - {{ url: \"{url}\", for: [\"127.0.0.1:{}\"]{settings} }}", self.upstream);
        }
        if mirrors.is_empty() {
            text = text.replace("  mirrors:\n", "");
        }
        self.lab.spec(&text);
    }

    /// Who served, and what was said of whom, without ports, digests and the registry itself.
    fn served(&self, bad: &str) -> String {
        let ran = self.lab.mqlab(&["images", "pull", "--format", "json"]);
        let body: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_default();
        let image = &body["images"][0];
        let who = match image["mirror"].as_str() {
            Some(url) if url == self.good.url() => "the good mirror".to_owned(),
            Some(url) if url == bad => "THE BAD ONE".to_owned(),
            Some(url) => url.to_owned(),
            None => format!("nobody, exit code {}", ran.code),
        };
        if let Some(digest) = image["digest"].as_str() {
            assert_eq!(digest, self.wanted, "{ran:#?}");
        }
        let said = ran.stderr.lines().filter(|line| line.contains(bad)).map(|line| {
            let said = line.split(&format!("by {bad}: ")).nth(1).unwrap_or_default();
            let said = said.split("; asking").next().unwrap_or_default();
            plain(said)
        });
        let said: Vec<String> = said.filter(|said| !said.is_empty()).collect();
        format!("{who}; of the bad one: {}", said.join(" / "))
    }
}

/// The engine has nothing of it any more.
fn forget() {
    let listed = docker(&["images", "--all", "--no-trunc", "--format", "{{.Repository}} {{.ID}}"]);
    for (name, id) in listed.lines().filter_map(|line| line.split_once(' ')) {
        if ["/demo/app", "/demo/lie", "live-mirrors-"].iter().any(|mine| name.contains(mine)) {
            drop(Command::new("docker").args(["rmi", "--force", id]).output());
        }
    }
    tiny_image(FALSE, "false ");
}

/// Without what differs from run to run.
fn plain(text: &str) -> String {
    let without_ports = regex::Regex::new(r"127\.0\.0\.1:\d+").unwrap().replace_all(text, "HOST").into_owned();
    let digest = regex::Regex::new("(sha256:)?[0-9a-f]{64}").unwrap();
    digest.replace_all(&without_ports, "DIGEST").into_owned()
}

#[test]
fn every_way_that_a_mirror_fails() {
    let _alone = one_at_a_time();
    let scene = Scene::new();
    let good = scene.good.port;
    let server = |act: fn(&str, &str) -> Act| Server::start(good, act);
    let tls = TlsServer::start();
    let refused = format!("http://127.0.0.1:{}", free_port());
    let cases: Vec<(&str, Option<Server>, &str)> = vec![
        // First, because an engine that has seen the true manifest does not ask for it again.
        (
            "other content for the digest",
            Some(server(|method, path| match method {
                "GET" if is_manifest(path) => LIE,
                _ => Act::Pass,
            })),
            "",
        ),
        ("refuses connections", None, ""),
        ("takes connections and says nothing", Some(server(|_, _| Act::Silence)), ""),
        (
            "stands still within a layer",
            Some(server(|_, path| if is_blob(path) { Act::Stop { after: 100 } } else { Act::Pass })),
            ", timeout: 2s",
        ),
        (
            "breaks off within a layer",
            Some(server(|_, path| if is_blob(path) { Act::Cut { after: 100 } } else { Act::Pass })),
            ", timeout: 60s",
        ),
        ("403 on the manifest", Some(server(|_, path| if is_manifest(path) { FORBIDDEN } else { Act::Pass })), ""),
        ("403 on the layers", Some(server(|_, path| if is_blob(path) { FORBIDDEN } else { Act::Pass })), ""),
        ("404", Some(server(|_, path| if is_manifest(path) { NOT_FOUND } else { Act::Pass })), ""),
        ("429", Some(server(|_, path| if is_manifest(path) { TOO_MANY } else { Act::Pass })), ""),
        ("500", Some(server(|_, path| if is_manifest(path) { BROKEN } else { Act::Pass })), ""),
        ("redirects without an end", Some(server(|_, path| if is_manifest(path) { AROUND } else { Act::Pass })), ""),
        (
            "a tag that lies",
            Some(server(|_, path| {
                if path.contains("manifests/1") {
                    LIE
                } else if is_manifest(path) {
                    NOT_FOUND
                } else {
                    Act::Pass
                }
            })),
            "",
        ),
        ("is no registry", Some(server(|_, _| BROKEN)), ""),
    ];
    let mut report = String::new();
    for (what, server, settings) in &cases {
        forget();
        let bad = server.as_ref().map_or_else(|| refused.clone(), Server::url);
        scene.spec(&[(&bad, settings), (&scene.good.url(), "")]);
        let _ = writeln!(report, "{what}\n  {}", scene.served(&bad));
    }
    forget();
    scene.spec(&[(&tls.url(), ""), (&scene.good.url(), "")]);
    let _ = writeln!(report, "a certificate of nobody's\n  {}", scene.served(&tls.url()));
    golden("mirrors/matrix.txt", &report);
}

/// Believed what its tags mean, a mirror can give anything; that is said, and a lock ends it.
#[test]
fn a_tag_is_believed_only_where_the_file_says_so() {
    let _alone = one_at_a_time();
    let scene = Scene::new();
    let lock = std::fs::read(scene.lab.path("mqlab.lock")).unwrap();
    let liar =
        Server::start(scene.good.port, |_, path| if path.ends_with("/app/manifests/1") { LIE } else { Act::Pass });
    let believed = [(liar.url(), ", trust: tags")];
    let believed: Vec<(&str, &str)> = believed.iter().map(|(url, trust)| (url.as_str(), *trust)).collect();
    scene.spec(&believed);
    scene.good.push(FALSE, "demo/app:2");
    let pull = || scene.lab.json(&["images", "pull"])["images"][0].clone();

    std::fs::remove_file(scene.lab.path("mqlab.lock")).unwrap();
    forget();
    let image = pull();
    assert_ne!(image["digest"], scene.wanted.as_str(), "{image}");
    assert_eq!((&image["verified"], &image["mirror"]), (&false.into(), &liar.url().into()), "{image}");
    forget();
    scene.lab.mqlab(&["images", "pull"]).code(0).says("was believed that it is").says("mqlab images lock");

    // Its layers are as true as others; only what its tag means is a lie.
    std::fs::write(scene.lab.path("mqlab.lock"), lock).unwrap();
    let image = pull();
    assert_eq!((&image["digest"], &image["verified"]), (&scene.wanted.as_str().into(), &true.into()), "{image}");
}

/// One that has yesterday's image is told from one that has somebody else's: the registry itself knows the former.
#[test]
fn who_lags_is_told_from_who_lies() {
    let _alone = one_at_a_time();
    forget();
    tiny_image(TRUE, "true ");
    tiny_image(FALSE, "false ");
    let upstream = Registry::start();
    upstream.push(FALSE, "demo/app:1");
    upstream.push(TRUE, "demo/app:1");
    let good = Registry::start();
    good.push(TRUE, "demo/app:1");
    good.push(FALSE, "demo/app:old");
    tiny_image(FALSE, "never seen ");
    good.push(FALSE, "demo/app:lie");
    let is_tag = |path: &str| path.ends_with("/app/manifests/1");
    let lags = move |_: &str, path: &str| if is_tag(path) { Act::As("/v2/demo/app/manifests/old") } else { Act::Pass };
    let lies = move |_: &str, path: &str| if is_tag(path) { Act::As("/v2/demo/app/manifests/lie") } else { Act::Pass };
    let (lags, lies) = (Server::start(good.port, lags), Server::start(good.port, lies));
    let lab = Lab::new("mirrors-told", "");
    let mirrors = [good.url(), lags.url(), lies.url()];
    let listed: String = mirrors
        .iter()
        .map(|url| format!("    - {{ url: \"{url}\", for: [\"127.0.0.1:{}\"] }}\n", upstream.port))
        .collect();
    let image = upstream.name("demo/app:1");
    lab.spec(&format!("brokers: {{ events: {{ kind: kafka, image: \"{image}\" }} }}\nimages:\n  mirrors:\n{listed}"));
    lab.mqlab(&["images", "lock"]).code(0).says("it lags behind, or it lies");
    let told = lab.json(&["mirrors", "test"]);
    let verdict = |url: &str| {
        let trials = told["mirrors"].as_array().unwrap();
        let trial = trials.iter().find(|trial| trial["mirror"] == url).unwrap();
        trial["images"][0]["verdict"].as_str().unwrap().to_owned()
    };
    assert_eq!(mirrors.each_ref().map(|url| verdict(url)), ["right", "lags", "lies"], "{told:#}");
    lab.mqlab(&["mirrors", "test"]).code(1).says("which the registry does not know");
}

/// The whole text, rewritten under `UPDATE_GOLDEN`.
fn golden(name: &str, found: &str) {
    let path = format!("{}/tests/live/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, found).unwrap();
    }
    same(found, &std::fs::read_to_string(&path).unwrap_or_default());
}

/// A server with a certificate that nobody signed.
struct TlsServer {
    child: Child,
    port: u16,
    _folder: tempfile::TempDir,
}

impl TlsServer {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (key, certificate) = (folder.path().join("key.pem"), folder.path().join("certificate.pem"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"])
            .args(["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "basicConstraints=critical,CA:FALSE"])
            .args([
                std::ffi::OsStr::new("-keyout"),
                key.as_os_str(),
                std::ffi::OsStr::new("-out"),
                certificate.as_os_str(),
            ])
            .stderr(Stdio::null())
            .status();
        assert!(made.unwrap().success());
        let port = free_port();
        let child = Command::new("openssl")
            .args(["s_server", "-quiet", "-www", "-accept", &port.to_string()])
            .args([
                std::ffi::OsStr::new("-key"),
                key.as_os_str(),
                std::ffi::OsStr::new("-cert"),
                certificate.as_os_str(),
            ])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        until("the TLS server listens", 10, || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        Self { child, port, _folder: folder }
    }

    fn url(&self) -> String {
        format!("https://127.0.0.1:{}", self.port)
    }
}

impl Drop for TlsServer {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
