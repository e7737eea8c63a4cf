//! One node of ActiveMQ, by clients that are not ours.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use reqwest::RequestBuilder;
use serde_json::{Value, json};

use crate::rabbit::wait;

/// One node, and who talks to it.
pub(crate) struct ActiveMq {
    /// As it calls itself.
    node: String,
    console: String,
    /// Its other ports, by name.
    urls: BTreeMap<String, String>,
    user: String,
    password: String,
}

/// Each way of `clients/activemq.py` in and out, and the port that it takes.
const WAYS: [(&str, &str); 6] = [
    ("stomp", "stomp"),
    ("stomp_by_hand", "stomp"),
    ("stomp_over_ws", "ws"),
    ("mqtt", "mqtt"),
    ("mqtt_over_ws", "ws"),
    ("amqp", "amqp"),
];
const PORTS: [&str; 4] = ["amqp", "stomp", "mqtt", "ws"];

impl ActiveMq {
    /// The only node of the broker `legacy`, as mqlab's administrator, with what `mqlab env` prints.
    pub(crate) fn legacy(env: &BTreeMap<String, String>) -> Self {
        Self::at(env, 1, |name| env[&format!("LEGACY_{name}_URL")].clone())
    }

    /// A node of several, from 1.
    pub(super) fn node(env: &BTreeMap<String, String>, number: usize) -> Self {
        Self::at(env, number, |name| env[&format!("LEGACY_{name}_URLS")].split(',').nth(number - 1).unwrap().to_owned())
    }

    fn at(env: &BTreeMap<String, String>, number: usize, url: impl Fn(&str) -> String) -> Self {
        Self {
            node: format!("legacy-{number}"),
            console: url("CONSOLE"),
            urls: PORTS.iter().map(|name| ((*name).to_owned(), url(&name.to_uppercase()))).collect(),
            user: env["LEGACY_USER"].clone(),
            password: env["LEGACY_PASSWORD"].clone(),
        }
    }

    /// The same node as somebody else.
    pub(super) fn login(&self, user: &str, password: &str) -> Self {
        let (node, console, urls) = (self.node.clone(), self.console.clone(), self.urls.clone());
        Self { node, console, urls, user: user.to_owned(), password: password.to_owned() }
    }

    /// The HTTP status, and the answer.
    pub(super) fn ask(&self, request: &Value) -> (u16, Value) {
        self.speak(crate::lab::http().post(self.url("")).json(request))
    }

    /// The same for a request that is a path.
    pub(super) fn follow(&self, path: &str) -> (u16, Value) {
        self.speak(crate::lab::http().get(self.url(path)))
    }

    fn url(&self, path: &str) -> String {
        format!("{}/api/jolokia/{path}", self.console)
    }

    fn speak(&self, request: RequestBuilder) -> (u16, Value) {
        wait(async {
            let request = request.basic_auth(&self.user, Some(&self.password)).header("origin", "http://elsewhere");
            let answer = request.send().await.unwrap();
            (answer.status().as_u16(), answer.json().await.unwrap_or_default())
        })
    }

    /// An operation of the broker: what it gives, or the refusal.
    pub(crate) fn operate(&self, operation: &str, arguments: &[&str]) -> Result<Value, String> {
        let mbean = self.mbean_of_the_broker();
        let request = json!({ "type": "exec", "mbean": mbean, "operation": operation, "arguments": arguments });
        let (_, answer) = self.ask(&request);
        if answer["status"] == 200 { Ok(answer["value"].clone()) } else { Err(answer["error"].to_string()) }
    }

    /// The names of all queues (`Queue`) or topics (`Topic`) but the broker's own.
    pub(crate) fn names(&self, kind: &str) -> BTreeSet<String> {
        let names = self.read_all(kind, "Name").into_values().map(|name| name.as_str().unwrap().to_owned());
        names.filter(|name| !name.starts_with("ActiveMQ.")).collect()
    }

    pub(super) fn has(&self, kind: &str, name: &str) -> bool {
        self.names(kind).contains(name)
    }

    /// As the HTTP API calls it.
    pub(super) fn mbean_of_the_broker(&self) -> String {
        format!("org.apache.activemq:type=Broker,brokerName={}", self.node)
    }

    /// One queue or topic.
    pub(super) fn mbean(&self, kind: &str, name: &str) -> String {
        format!("{},destinationType={kind},destinationName={name}", self.mbean_of_the_broker())
    }

    /// An attribute of one queue or topic.
    #[track_caller]
    pub(super) fn attribute(&self, kind: &str, name: &str, attribute: &str) -> Value {
        let request = json!({ "type": "read", "mbean": self.mbean(kind, name), "attribute": attribute });
        let (_, answer) = self.ask(&request);
        assert_eq!(answer["status"], 200, "{answer}");
        answer["value"].clone()
    }

    fn read_all(&self, kind: &str, attribute: &str) -> BTreeMap<String, Value> {
        let request = json!({ "type": "read", "mbean": self.mbean(kind, "*"), "attribute": [attribute] });
        let (_, answer) = self.ask(&request);
        let objects = answer["value"].as_object().cloned().unwrap_or_default();
        objects.into_iter().map(|(name, object)| (name, object[attribute].clone())).collect()
    }

    /// A verb of `clients/activemq.py` at one port.
    #[track_caller]
    fn client(&self, verb: &str, port: &str, arguments: &[&str]) -> String {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/live/clients/activemq.py");
        let output = Command::new("/usr/bin/python3")
            .args([script, verb, &self.urls[port], &self.user, &self.password])
            .args(arguments)
            .output()
            .unwrap();
        assert!(output.status.success(), "{verb} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    /// `in` or `refused`.
    pub(super) fn enters(&self) -> String {
        self.client("login", "stomp", &[])
    }

    /// `sent`, or what the broker says.
    #[track_caller]
    pub(super) fn send(&self, destination: &str, body: &str) -> String {
        self.client("send", "stomp", &[destination, body])
    }

    #[track_caller]
    pub(super) fn send_with(&self, destination: &str, body: &str, headers: &Value) -> String {
        self.client("send", "stomp", &[destination, body, &headers.to_string()])
    }

    /// The bodies of so many messages, or what the broker says.
    #[track_caller]
    pub(super) fn take(&self, destination: &str, count: usize) -> Vec<String> {
        let bodies = self.client("take", "stomp", &[destination, &count.to_string()]);
        bodies.lines().map(str::to_owned).collect()
    }

    /// The bodies of so many messages, which then go back.
    #[track_caller]
    pub(super) fn hold(&self, destination: &str, count: usize) -> Vec<String> {
        self.client("hold", "stomp", &[destination, &count.to_string()]).lines().map(str::to_owned).collect()
    }

    /// How often a message came that was given up each time, before it was among the dead.
    #[track_caller]
    pub(super) fn reject(&self, destination: &str, dead: &str) -> String {
        self.client("reject", "stomp", &[destination, dead])
    }

    #[track_caller]
    pub(super) fn subscribe_durably(&self, topic: &str, client: &str, name: &str) {
        assert_eq!(self.client("durable", "stomp", &[topic, client, name]), "subscribed");
    }

    /// Messages in and out over each protocol, with `container` for that of Java clients. The queues and topics that
    /// this makes are for [`forget_the_ways`](Self::forget_the_ways).
    #[track_caller]
    pub(super) fn every_way_leads_in_and_out(&self, container: &str) {
        for (way, port) in WAYS {
            assert_eq!(self.client("through", port, &[way, &format!("through-{way}")]), way);
        }
        let consumed = self.jms(container, "through-openwire");
        assert!(consumed.contains("Consumed: 3 messages"), "{consumed}");
    }

    /// As the administrator.
    pub(super) fn forget_the_ways(&self) {
        for (kind, operation) in [("Queue", "removeQueue"), ("Topic", "removeTopic")] {
            for name in self.names(kind).iter().filter(|name| name.starts_with("through-")) {
                self.operate(operation, &[name]).unwrap();
            }
        }
    }

    /// ActiveMQ's own JMS client inside a container: three messages through `openwire`, in and out.
    #[track_caller]
    fn jms(&self, container: &str, queue: &str) -> String {
        let run = |task: &str| {
            let destination = format!("queue://{queue}");
            let mut arguments = vec!["exec", "-e", "ACTIVEMQ_OPTS=-Xmx64M", container, "activemq", task];
            arguments.extend(["--user", &self.user, "--password", &self.password, "--messageCount", "3"]);
            arguments.extend(["--destination", &destination]);
            crate::lab::docker(&arguments)
        };
        run("producer");
        run("consumer")
    }

    /// How many messages wait in a queue.
    #[track_caller]
    pub(crate) fn waiting(&self, queue: &str) -> i64 {
        self.attribute("Queue", queue, "QueueSize").as_i64().unwrap()
    }
}
