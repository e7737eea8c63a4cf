//! Kafka's own programs, in the broker's container.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use super::client::Broker;

impl Broker {
    /// One of Kafka's own programs, in the container.
    pub(super) fn java(&self, class: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(["exec", "-i", &self.container, "/opt/kafka/bin/kafka-run-class.sh", class]);
        command.args(["--bootstrap-server", "localhost:19092"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    pub(super) fn groups(&self, arguments: &[&str]) -> String {
        said(&self.java("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", arguments).output().unwrap())
    }
}

pub(super) fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream).into_owned()).concat()
}

/// The program that makes the page of settings in Kafka's documentation.
pub(super) fn defaults(broker: &Broker) -> BTreeMap<String, String> {
    let page = said(&broker.java("org.apache.kafka.clients.consumer.ConsumerConfig", &[]).output().unwrap());
    let between = |text: &str, start: &str, end: &str| -> Option<String> {
        Some(text.split_once(start)?.1.split_once(end)?.0.to_owned())
    };
    let settings = page.split("<h4>").skip(1);
    let pairs = settings
        .filter_map(|text| Some((between(text, "id=\"", "\"")?, between(text, "<th>Default:</th><td>", "</td>")?)));
    pairs.collect()
}

/// A program whose lines are collected while it runs. It ends with its container at the latest.
pub(super) struct Running {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Running {
    pub(super) fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (into, from) = (Arc::clone(&lines), child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                into.lock().unwrap().push(line);
            }
        });
        Self { child, lines }
    }

    pub(super) fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
