//! RocketMQ by means that share nothing with us: the files that its brokers keep, `mqadmin`, and its own clients in
//! Java and Python.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use serde_json::Value as Json;

use crate::lab::docker;

const HOME: &str = "/home/rocketmq/rocketmq-5.5.0";

/// What a broker has written down: what is there, and will be after a restart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stored {
    pub(crate) topics: BTreeMap<String, Json>,
    pub(crate) groups: BTreeMap<String, Json>,
}

impl Stored {
    pub(crate) fn of(container: &str) -> Self {
        let read = |file: &str, table: &str| -> BTreeMap<String, Json> {
            let text = docker(&["exec", container, "cat", &format!("/home/rocketmq/store/config/{file}")]);
            let whole: Json = serde_json::from_str(&text).unwrap();
            serde_json::from_value(whole[table].clone()).unwrap()
        };
        Self {
            topics: read("topics.json", "topicConfigTable"),
            groups: read("subscriptionGroup.json", "subscriptionGroupTable"),
        }
    }

    /// `write/read permission type other-attributes` of a topic.
    #[track_caller]
    pub(crate) fn topic(&self, name: &str) -> String {
        let Some(topic) = self.topics.get(name) else { return "none".to_owned() };
        let mut attributes = topic["attributes"].as_object().unwrap().clone();
        let message_type = attributes.remove("message.type").unwrap_or("-".into());
        let (write, read, permission) = (&topic["writeQueueNums"], &topic["readQueueNums"], &topic["perm"]);
        let others: Vec<String> = attributes.iter().map(|(key, value)| format!(" {key}={value}")).collect();
        format!("{write}/{read} {permission} {message_type}{}", others.concat()).replace('"', "")
    }

    /// `retry_max order consume broadcast` of a group.
    #[track_caller]
    pub(crate) fn group(&self, name: &str) -> String {
        let Some(group) = self.groups.get(name) else { return "none".to_owned() };
        let keys = ["retryMaxTimes", "consumeMessageOrderly", "consumeEnable", "consumeBroadcastEnable"];
        keys.map(|key| group[key].to_string()).join(" ")
    }
}

/// `mqadmin` in a container of the stack. It exits with 0 whatever happens, so what it says counts.
#[track_caller]
pub(crate) fn mqadmin(container: &str, command: &str, says: &str) {
    let script = format!("cd {HOME}/bin && ./mqadmin {command} -n trades-namesrv:9876 2>&1");
    let said = docker(&["exec", container, "sh", "-c", &script]);
    assert!(said.contains(says), "mqadmin {command}: no {says:?} in {said}");
}

/// How many messages each queue of a topic has had.
pub(crate) fn offsets(container: &str, topic: &str) -> BTreeMap<u32, u64> {
    let script = format!("cd {HOME}/bin && ./mqadmin topicStatus -t {topic} -n trades-namesrv:9876 2>/dev/null");
    let said = docker(&["exec", container, "sh", "-c", &script]);
    let rows = said.lines().filter_map(|line| {
        let words: Vec<&str> = line.split_whitespace().collect();
        Some((words.get(1)?.parse().ok()?, words.get(3)?.parse().ok()?))
    });
    let found: BTreeMap<u32, u64> = rows.collect();
    assert!(!found.is_empty(), "topicStatus says {said:?}");
    found
}

fn command(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output().unwrap_or_else(|error| panic!("{program}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{program} {arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

fn need(pair: &str) {
    command(&format!("{}/scripts/need", env!("CARGO_MANIFEST_DIR")), &[pair]);
}

fn source(name: &str) -> String {
    format!("{}/tests/live/clients/rocketmq/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// The Java client, compiled against the jars of the image.
pub(crate) struct Java {
    folder: PathBuf,
}

impl Java {
    pub(crate) fn new(container: &str) -> &'static Self {
        static CLIENT: OnceLock<Java> = OnceLock::new();
        CLIENT.get_or_init(|| {
            need("javac=default-jdk-headless");
            let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rocketmq-java");
            std::fs::create_dir_all(&folder).unwrap();
            docker(&["cp", &format!("{container}:{HOME}/lib"), folder.to_str().unwrap()]);
            let own = Self { folder };
            let classes = own.classes();
            command("javac", &["-d", &classes, "-cp", &own.jars(), &source("Client.java")]);
            own
        })
    }

    fn classes(&self) -> String {
        self.folder.join("classes").to_str().unwrap().to_owned()
    }

    fn jars(&self) -> String {
        format!("{}/lib/*", self.folder.to_str().unwrap())
    }

    /// On the host.
    pub(crate) fn here(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("java");
        command.args(["-cp", &format!("{}:{}", self.jars(), self.classes()), "Client"]).args(arguments);
        command.stderr(Stdio::null());
        command
    }

    /// In a container of the stack.
    pub(crate) fn inside(&self, container: &str, arguments: &[&str]) -> String {
        docker(&["cp", &self.classes(), &format!("{container}:/tmp/client")]);
        let start = ["exec", container, "java", "-Xmx128m", "-cp", &format!("{HOME}/lib/*:/tmp/client"), "Client"];
        docker(&[&start, arguments].concat())
    }

    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> String {
        let output = self.here(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{arguments:?}: {text}");
        text
    }
}

/// One message to a topic and back by gRPC.
#[track_caller]
pub(crate) fn grpc(endpoint: &str, topic: &str, group: &str, message_group: Option<&str>) {
    static PYTHON: OnceLock<String> = OnceLock::new();
    let python = PYTHON.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rocketmq-python");
        let python = folder.join("bin/python").to_str().unwrap().to_owned();
        if !folder.join("complete").exists() {
            need("python3");
            command("python3", &["-m", "venv", "--clear", folder.to_str().unwrap()]);
            command(&python, &["-m", "pip", "install", "--quiet", "rocketmq-python-client==5.1.2"]);
            std::fs::write(folder.join("complete"), "").unwrap();
        }
        python
    });
    let script = source("client.py");
    let mut arguments = vec![script.as_str(), endpoint, topic, group];
    arguments.extend(message_group);
    assert_eq!(command(python, &arguments).trim(), "came back", "{arguments:?}");
}

/// The same by the gRPC client in Java, in a container of the stack.
#[track_caller]
pub(crate) fn grpc_inside(container: &str, endpoint: &str, topic: &str, group: &str, message_group: Option<&str>) {
    static CLIENT: OnceLock<String> = OnceLock::new();
    let client = CLIENT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rocketmq-grpc").to_str().unwrap().to_owned();
        need("javac=default-jdk-headless");
        if !Path::new(&folder).join("complete").exists() {
            need("mvn=maven");
            // The version that the site shows.
            let pom = format!("{}/site/clients/rocketmq/java/pom.xml", env!("CARGO_MANIFEST_DIR"));
            let plugin = "org.apache.maven.plugins:maven-dependency-plugin:3.9.0:copy-dependencies";
            let into = format!("-DoutputDirectory={folder}");
            command("mvn", &["-q", "-B", "-f", &pom, plugin, "-DincludeScope=runtime", &into]);
            std::fs::write(format!("{folder}/complete"), "").unwrap();
        }
        command("javac", &["-d", &folder, "-cp", &format!("{folder}/*"), &source("Grpc.java")]);
        folder
    });
    docker(&["cp", client, &format!("{container}:/tmp/grpc")]);
    // It writes its log below the home of the user.
    let java = ["java", "-Xmx128m", "-Duser.home=/tmp", "-cp", "/tmp/grpc:/tmp/grpc/*", "Grpc"];
    let mut arguments = [&["exec", container], &java[..], &[endpoint, topic, group]].concat();
    arguments.extend(message_group);
    assert_eq!(docker(&arguments).trim(), "came back", "{arguments:?}");
}
