//! The programs that the site shows: each receiver gets each sender's message exactly once, and ends when it is told to.

mod build;
mod entries;
mod results;
mod running;
mod settled;

use std::collections::BTreeMap;

use self::entries::{Client, Entry, entries};
use self::running::Running;
use crate::lab::{Lab, until};

/// By itself before all others, in `scripts/test`: compilers beside brokers make these slower than scenarios wait for.
#[test]
fn the_programs_are_built() {
    build::ready().unwrap();
}

#[test]
fn kafka() {
    scenario("kafka", "events", "topics: { your-topic: { partitions: 3 } }");
}

#[test]
fn rabbitmq() {
    scenario("rabbitmq", "jobs", "queues: { your-queue: { type: quorum } }");
}

#[test]
fn activemq() {
    scenario("activemq", "legacy", "queues: { your-queue: {} }");
}

#[test]
fn artemis() {
    scenario("artemis", "art", "addresses: { your-queue: { routing: anycast } }");
}

#[test]
fn rocketmq() {
    scenario("rocketmq", "trades", "topics: { your-topic: { queues: 4 } }, subscription_groups: { your-group: {} }");
}

fn scenario(kind: &str, broker: &str, objects: &str) {
    let spec = format!("brokers: {{ {broker}: {{ kind: {kind}, {objects} }} }}\n");
    let lab = Lab::new(&format!("snippets-{kind}"), &spec);
    // The broker starts while the programs are built.
    let built = std::thread::scope(|scope| {
        let built = scope.spawn(build::ready);
        lab.mqlab(&["up"]).code(0);
        built.join().unwrap()
    });
    built.unwrap_or_else(|error| panic!("{error}"));
    let all = entries();
    let run: Vec<(&Entry, &Client)> = all
        .iter()
        .filter(|entry| entry.kind == kind)
        .filter(|entry| entry.is_run())
        .map(|entry| (entry, &entry.client))
        .collect();
    let scene = Scene { env: lab.env(), lab, broker };
    for (receiver, client) in &run {
        scene.receives_all(receiver, client, &run);
    }
    let ids: Vec<&str> = run.iter().map(|(entry, _)| entry.id()).collect();
    let status = scene.lab.json(&["status"]);
    let about = &status["brokers"][0];
    let text = |of: &serde_json::Value| of.as_str().unwrap().to_owned();
    let date = jiff::Timestamp::now().to_string()[..10].to_owned();
    let recorded = format!(
        "{{ date: {date}, broker: \"{}\", image: \"{}\" }}",
        text(&about["version"]),
        text(&about["image"]["reference"])
    );
    results::golden(kind, &text(&about["image"]["version"]), &recorded, &ids);
}

struct Scene<'a> {
    lab: Lab,
    env: BTreeMap<String, String>,
    broker: &'a str,
}

impl Scene<'_> {
    fn start(&self, entry: &Entry, client: &Client, verb: &str) -> Running {
        let program = if verb == "send" { &client.send } else { &client.receive };
        let command = build::command(entry, verb, &program.file, self.lab.folder());
        let variable = |end: &String| &self.env[&format!("{}_{end}", self.broker.to_uppercase())];
        let values = [
            ("MQLAB_URL", Some(&client.connection)),
            ("MQLAB_USER", client.user.as_ref()),
            ("MQLAB_PASSWORD", client.password.as_ref()),
        ];
        Running::start(&command, |command| {
            // RocketMQ's clients write logs into the home folder.
            command.env("HOME", self.lab.folder());
            command.envs(values.iter().filter_map(|(name, end)| Some((*name, variable((*end)?)))));
        })
    }

    fn receives_all(&self, entry: &Entry, client: &Client, senders: &[(&Entry, &Client)]) {
        let who = |receiver: &Running| format!("receiver in {}: {}", entry.id(), receiver.errors());
        let mut receiver = self.start(entry, client, "receive");
        let mut wanted = Vec::new();
        for (from, sending) in senders {
            let pair = format!("{}: from {} to {}", entry.kind, from.id(), entry.id());
            let mut sender = self.start(from, sending, "send");
            let status = sender.ended(60).unwrap_or_else(|| panic!("{pair}: the sender hangs: {}", sender.errors()));
            assert!(status.success(), "{pair}: the sender: {status}: {}", sender.errors());
            wanted.push(hello(from.id()));
            wanted.sort();
            let came = receiver.within(60, |receiver| receiver.lines().len() >= wanted.len());
            assert!(came, "{pair}: it got {:?}; {}", receiver.lines(), who(&receiver));
            assert_eq!(receiver.lines(), wanted, "{pair}; {}", who(&receiver));
        }
        until("everything is acknowledged", 30, || settled::is(&entry.kind, &self.lab, &self.env));
        receiver.interrupt();
        let status = receiver.ended(30).unwrap_or_else(|| panic!("{}: hangs; {}", entry.kind, who(&receiver)));
        // Java says of a program that a signal ended that it did.
        let ended = status.success() || status.code() == Some(130);
        assert!(ended, "{}: {status}; {}", entry.kind, who(&receiver));
        assert_eq!(receiver.lines(), wanted, "{}: after its end; {}", entry.kind, who(&receiver));
    }
}

/// The body that a sender sends.
fn hello(id: &str) -> String {
    let name = match id {
        "python" => "Python",
        "java" => "Java",
        "go" => "Go",
        "node" => "Node",
        "rust" => "Rust",
        "kafka-python" => id,
        other => panic!("nobody has said what {other} sends"),
    };
    format!("Hello from {name}")
}
