//! `mqlab doctor`: nothing on a healthy machine, and each planted fault by its code, with nothing beside it.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixListener;
use std::os::unix::process::CommandExt as _;
use std::process::{Command, Stdio};

use serde_json::Value as Json;

use crate::full_disk::SmallDisk;
use crate::lab::{Lab, Ran, docker};
use crate::mirrors::{Act, Registry, Server, free_port, tiny_image};
use crate::small_engine::SmallEngine;

const SPEC: &str = "brokers:\n  jobs: { kind: rabbitmq, storage: memory }\n";

/// A stack whose image is here.
fn healthy(name: &str) -> Lab {
    let lab = Lab::new(&format!("doctor-{name}"), SPEC);
    lab.mqlab(&["images", "pull", "--quiet"]).code(0);
    lab
}

/// What was found, by code; every finding tells what it is about, why, and how to go on.
#[track_caller]
fn codes(ran: &Ran) -> Vec<String> {
    let body: Json = serde_json::from_str(&ran.stdout).unwrap_or_else(|error| panic!("{error} in {ran:#?}"));
    let findings = body["findings"].as_array().unwrap();
    let faults = findings.iter().filter(|finding| finding["level"] == "fault").count();
    assert_eq!((ran.code, &body["faults"]), (i32::from(faults > 0), &Json::from(faults)), "{body:#}");
    let text = |finding: &Json, field: &str| finding[field].as_str().unwrap_or_default().to_owned();
    for finding in findings {
        assert!(!text(finding, "text").is_empty() && !text(finding, "command").is_empty(), "{finding:#}");
    }
    findings.iter().map(|finding| text(finding, "code")).collect()
}

#[track_caller]
fn finds(lab: &Lab, wanted: &[&str]) -> Json {
    let ran = lab.mqlab(&["doctor", "--format", "json"]);
    assert_eq!(codes(&ran), wanted, "{ran:#?}");
    serde_json::from_str(&ran.stdout).unwrap()
}

#[test]
fn nothing_on_a_healthy_machine() {
    let lab = healthy("healthy");
    let body = finds(&lab, &[]);
    assert_eq!(body["facts"]["images"][0]["sources"][0]["source"], "present");
    assert_eq!(body["facts"]["ports"][0]["who"]["reach"], "this_machine");
    lab.mqlab(&["doctor"]).code(0).says("Nothing is wrong").says("no rule is needed");
    lab.mqlab(&["doctor", "--format", "plain"]).code(0).says("0 faults, 0 advice");
    // A stack that runs holds its own ports and uses its own image.
    lab.mqlab(&["up", "--quiet"]).code(0);
    finds(&lab, &[]);
    // Without a file there is the engine, and no stack.
    std::fs::remove_file(lab.path("mqlab.yaml")).unwrap();
    assert_eq!(finds(&lab, &[])["facts"]["stack"], Json::Null);
    lab.mqlab(&["doctor", "-f", "nowhere.yaml"]).code(2).says("there is no nowhere.yaml");
}

#[test]
fn an_engine_that_is_down_hides_nothing_else() {
    let mut lab = healthy("down");
    let socket = format!("unix://{}", lab.path("nobody.sock").display());
    lab.set("DOCKER_HOST", &socket);
    let body = finds(&lab, &["engine-down"]);
    assert!(body["findings"][0]["command"].as_str().unwrap().contains("systemctl start docker"), "{body:#}");
    std::fs::write(lab.path("mqlab.lock"), "{").unwrap();
    lab.set("MQLAB_MIRRORS", &format!("http://127.0.0.1:{}", free_port()));
    finds(&lab, &["lock-bad", "engine-down", "mirror-dead"]);
    lab.mqlab(&["doctor"]).code(1).says("rm ").says("mqlab.lock && mqlab images lock");
}

#[test]
fn an_engine_of_somebody_elses() {
    const NOBODY: u32 = 65534;
    let lab = healthy("forbidden");
    let path = lab.path("forbidden.sock");
    let _engine = UnixListener::bind(&path).unwrap();
    let chmod = |mode: u32, path: &std::path::Path| {
        std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    let arguments = ["doctor", "--format", "json"];
    let mut command = lab.command(&arguments);
    if rustix::process::getuid().is_root() {
        // Root may use every socket: somebody else asks, with a copy that he may read.
        let copy = lab.path("mqlab");
        std::fs::copy(env!("CARGO_BIN_EXE_mqlab"), &copy).unwrap();
        chmod(0o755, lab.folder());
        let folder = lab.folder().to_owned();
        command = Command::new(copy);
        command.args(arguments).current_dir(folder).env("MQLAB_STACK", lab.stack()).uid(NOBODY).stdin(Stdio::null());
        chmod(0o600, &path);
    } else {
        chmod(0o000, &path);
    }
    // Root's own settings are not his to read either.
    command.env("DOCKER_HOST", format!("unix://{}", path.display())).env("HOME", lab.folder());
    let ran = Ran::of(command);
    assert_eq!(codes(&ran), ["engine-forbidden"], "{ran:#?}");
    ran.says("sudo usermod -aG docker $USER");
}

/// Docker 19.03, as far as it is asked.
#[test]
fn an_engine_that_is_too_old() {
    let mut lab = healthy("old");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    lab.set("DOCKER_HOST", &format!("tcp://{}", listener.local_addr().unwrap()));
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut head = [0; 4096];
            let length = stream.read(&mut head).unwrap_or_default();
            let asks = String::from_utf8_lossy(&head[..length]).into_owned();
            let body = if asks.contains("/version") { r#"{"Version":"19.03.15","ApiVersion":"1.40"}"# } else { "{}" };
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
                body.len()
            );
            drop(stream.write_all(answer.as_bytes()));
        }
    });
    let body = finds(&lab, &["engine-too-old"]);
    assert!(body["findings"][0]["text"].as_str().unwrap().contains("speaks API 1.40"), "{body:#}");
}

#[test]
fn too_little_memory() {
    let lab = healthy("memory");
    lab.edit("storage: memory", "storage: memory, memory: 4096GiB");
    let body = finds(&lab, &["memory-low"]);
    assert!(body["findings"][0]["text"].as_str().unwrap().contains("4.0 TiB"), "{body:#}");
    lab.edit("4096GiB", "512MiB");
    finds(&lab, &[]);
}

#[test]
fn a_full_disk() {
    let lab = healthy("disk");
    let disk = SmallDisk::of(512, lab.path("small"));
    disk.write(SPEC);
    let mut command = lab.command(&["doctor", "--format", "json"]);
    command.current_dir(&disk.0);
    let ran = Ran::of(command);
    assert_eq!(codes(&ran), ["disk-full"], "{ran:#?}");
    ran.says("df -h ");
}

/// Empty and small: what must be fetched does not fit.
#[test]
fn a_full_disk_of_the_engines() {
    let engine = SmallEngine::start();
    let lab = Lab::on(&engine.host(), "doctor-engine-disk", SPEC);
    let body = finds(&lab, &["disk-full"]);
    assert!(body["findings"][0]["about"].as_str().unwrap().ends_with("/data"), "{body:#}");
}

#[test]
fn every_taken_port() {
    let [first, second] = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").unwrap());
    let [amqp, management] = [&first, &second].map(|listener| listener.local_addr().unwrap().port());
    let lab = healthy("ports");
    lab.edit("storage: memory", &format!("storage: memory, ports: {{ amqp: {amqp}, management: {management} }}"));
    let body = finds(&lab, &["port-taken", "port-taken"]);
    for (number, finding) in [amqp, management].into_iter().zip(body["findings"].as_array().unwrap()) {
        let text = finding["text"].as_str().unwrap();
        assert!(text.contains(&number.to_string()) && text.contains(&std::process::id().to_string()), "{text}");
    }
    drop(first);
    finds(&lab, &["port-taken"]);
    drop(second);
    finds(&lab, &[]);
}

#[test]
fn a_dead_mirror() {
    let lab = healthy("dead-mirror");
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    for port in [free_port(), silent.local_addr().unwrap().port()] {
        lab.spec(&format!("{SPEC}images: {{ mirrors: [ \"http://127.0.0.1:{port}\" ] }}\n"));
        let body = finds(&lab, &["mirror-dead"]);
        assert_eq!((&body["exit_code"], &body["findings"][0]["level"]), (&0.into(), &"advice".into()));
    }
}

/// A registry with an image of the stack's, and its lock.
struct Locked {
    lab: Lab,
    upstream: Registry,
    /// On the engine: the right one, and another.
    images: [String; 2],
}

impl Locked {
    fn new(name: &str) -> Self {
        let images = ["true", "false"].map(|kind| format!("live-doctor-{name}-{kind}:1"));
        for image in &images {
            tiny_image(image, image);
        }
        let upstream = Registry::start();
        upstream.push(&images[0], "doctor/app:1");
        let locked = Self { lab: Lab::new(&format!("doctor-{name}"), ""), upstream, images };
        locked.spec("");
        locked.lab.mqlab(&["images", "lock"]).code(0);
        locked
    }

    fn spec(&self, more: &str) {
        let image = self.upstream.name("doctor/app:1");
        self.lab.spec(&format!("brokers: {{ events: {{ kind: kafka, image: \"{image}\" }} }}\n{more}"));
    }

    /// The engine has nothing of it any more.
    fn forget(&self) {
        docker(&["rmi", &self.images[0], &self.images[1]]);
    }
}

#[test]
fn a_lying_mirror() {
    let locked = Locked::new("lying");
    let behind = Registry::start();
    behind.push(&locked.images[0], "doctor/app:1");
    behind.push(&locked.images[1], "doctor/lie:1");
    locked.forget();
    let liar = Server::start(behind.port, |_, path| {
        if path.contains("manifests/1") { Act::As("/v2/doctor/lie/manifests/1") } else { Act::Pass }
    });
    let upstream = locked.upstream.port;
    locked
        .spec(&format!("images:\n  mirrors:\n    - {{ url: \"{}\", for: [\"127.0.0.1:{upstream}\"] }}\n", liar.url()));
    let body = finds(&locked.lab, &["mirror-lies"]);
    assert_eq!(body["findings"][0]["about"], liar.url());
}

#[test]
fn an_image_for_other_machines() {
    let locked = Locked::new("architecture");
    locked.forget();
    finds(&locked.lab, &[]);
    let path = locked.lab.path("mqlab.lock");
    let own = docker(&["version", "--format", "{{.Server.Os}}/{{.Server.Arch}}"]);
    let lock = std::fs::read_to_string(&path).unwrap();
    assert!(lock.contains(own.trim()), "{lock}");
    std::fs::write(&path, lock.replace(own.trim(), "linux/mips64le")).unwrap();
    let body = finds(&locked.lab, &["wrong-architecture"]);
    let text = body["findings"][0]["text"].as_str().unwrap();
    assert!(text.contains("it is for linux/mips64le") && text.contains(own.trim()), "{text}");
}

#[test]
fn a_stale_lock() {
    let locked = Locked::new("stale");
    locked.forget();
    let path = locked.lab.path("mqlab.lock");
    let lock = std::fs::read_to_string(&path).unwrap();
    // The stack has another image now.
    std::fs::write(&path, lock.replace("doctor/app:1", "doctor/app:0")).unwrap();
    let body = finds(&locked.lab, &["lock-stale", "lock-stale"]);
    assert_eq!(body["exit_code"], 0);
    assert_eq!(body["findings"][0]["command"], "mqlab images lock");
    // The registry has another image under the same name now.
    std::fs::write(&path, &lock).unwrap();
    finds(&locked.lab, &[]);
    tiny_image("live-doctor-newer:1", "newer ");
    locked.upstream.push("live-doctor-newer:1", "doctor/app:1");
    docker(&["rmi", "live-doctor-newer:1"]);
    let body = finds(&locked.lab, &["lock-stale"]);
    assert!(body["findings"][0]["text"].as_str().unwrap().contains("has other images now"), "{body:#}");
    locked.lab.mqlab(&["images", "lock"]).code(0);
    finds(&locked.lab, &[]);
}

/// One rule against a port, until the value is dropped: in the user's chain, or where the packets of an engine go that
/// sets no rules and passes everything on itself.
struct Dropped {
    rule: Vec<String>,
    /// What lets it in again.
    way_out: String,
}

impl Dropped {
    fn new(port: u16) -> Self {
        let (packets, way_out) = if iptables(&["--list-rules", "DOCKER-USER"]) {
            (format!("DOCKER-USER -p tcp -m conntrack --ctorigdstport {port}"), "RETURN")
        } else {
            (format!("INPUT -p tcp --dport {port}"), "ACCEPT")
        };
        let dropped = Self {
            rule: packets.split(' ').chain(["-j", "DROP"]).map(str::to_owned).collect(),
            way_out: format!("sudo iptables -I {packets} -j {way_out}"),
        };
        dropped.put("--insert");
        dropped
    }

    fn put(&self, what: &str) {
        let arguments: Vec<&str> = [what].into_iter().chain(self.rule.iter().map(String::as_str)).collect();
        assert!(iptables(&arguments) || std::thread::panicking(), "iptables {arguments:?}");
    }
}

impl Drop for Dropped {
    fn drop(&mut self) {
        self.put("--delete");
    }
}

/// Another scenario's engine may hold the lock on the tables.
fn iptables(arguments: &[&str]) -> bool {
    let root = ["iptables", "--wait"];
    let is_root = rustix::process::getuid().is_root();
    let words: Vec<&str> = if is_root { root.to_vec() } else { [&["sudo", "-n"], &root[..]].concat() };
    Command::new(words[0]).args(&words[1..]).args(arguments).output().unwrap().status.success()
}

#[test]
fn a_closed_firewall() {
    let lab = healthy("firewall");
    let (amqp, management) = (free_port(), free_port());
    lab.edit(
        "storage: memory",
        &format!("storage: memory, bind: 0.0.0.0, ports: {{ amqp: {amqp}, management: {management} }}"),
    );
    let who = |body: &Json| -> Vec<String> {
        let ports = body["facts"]["ports"].as_array().unwrap();
        ports.iter().map(|port| port["who"]["reach"].as_str().unwrap_or_default().to_owned()).collect()
    };
    assert_eq!(who(&finds(&lab, &[])), ["everybody"; 3]);
    let dropped = Dropped::new(amqp);
    let body = finds(&lab, &["firewall-closed"]);
    assert!(body["findings"][0]["command"].as_str().unwrap().starts_with(&dropped.way_out), "{body:#}");
    assert_eq!(who(&body), ["this_machine_against_the_file", "everybody", "everybody"]);
    // What only this machine reaches needs no rule, whatever the chains say.
    lab.edit("bind: 0.0.0.0", "bind: 127.0.0.1");
    finds(&lab, &[]);
    drop(dropped);
    lab.edit("bind: 127.0.0.1", "bind: 0.0.0.0");
    finds(&lab, &[]);
}

/// It must be built, and nobody has what it would begin with.
#[test]
fn a_base_image_that_nobody_has() {
    let lab = healthy("base");
    // Another input gives another image, which is not here.
    let always = "images: { build: always, build_args: { CHECK_VALID_UNTIL: \"false\" }";
    lab.spec(&format!("{SPEC}{always}, base: \"127.0.0.1:1/nobody/base:1\" }}\n"));
    let body = finds(&lab, &["base-missing"]);
    let text = |field: &str| body["findings"][0][field].as_str().unwrap().to_owned();
    assert!(text("text").contains("127.0.0.1:1/nobody/base:1"), "{body:#}");
    assert!(text("command").starts_with("docker pull 127.0.0.1:1/nobody/base:1"), "{body:#}");
    lab.spec(&format!("{SPEC}{always}, base: nowhere.tar }}\n"));
    finds(&lab, &["base-missing"]);
    std::fs::write(lab.path("nowhere.tar"), "").unwrap();
    finds(&lab, &[]);
}
