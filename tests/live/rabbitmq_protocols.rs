//! Every way into RabbitMQ that the file opens is used, by clients that are not ours and by hand: on one node, and on each
//! of three after it has grown.

use std::path::Path;
use std::process::Command;

use super::lab::{Lab, docker, until};
use super::rabbit::{ROOT, Rabbit};

const SPEC: &str = r#"brokers:
  jobs:
    kind: rabbitmq
    version: "4.0"
    nodes: 1
    plugins: [rabbitmq_stomp, rabbitmq_web_stomp, rabbitmq_mqtt, rabbitmq_stream]
    users:
      app: { password: "${env:APP_PASSWORD}", permissions: { /: { configure: ".*", write: ".*", read: ".*" } } }
    queues:
      letters: { type: quorum }
      log: { type: stream }
      old: { type: classic }
apps:
  app: { user: app, produces: [jobs/queue/letters, jobs/queue/log], consumes: [jobs/letters, jobs/log] }
"#;

/// The way, the port that it goes by, and what is written to.
const WAYS: [(&str, &str, &str); 6] = [
    ("amqp", "amqp", "letters"),
    ("amqp1", "amqp", "letters"),
    ("stomp", "stomp", "letters"),
    ("stomp_by_hand", "stomp", "letters"),
    ("web_stomp", "web_stomp", "letters"),
    ("mqtt", "mqtt", "some/topic"),
];

#[test]
fn rabbitmq_protocols() {
    let mut lab = Lab::new("rabbit-protocols", SPEC);
    lab.set("APP_PASSWORD", "planted-App");
    lab.mqlab(&["up"]).code(0);
    messages_go_round(&lab, 1, "log");
    it_grows(&lab);
    // A stream is read on the nodes that have a copy: `log` stays on the first.
    messages_go_round(&lab, 3, "wide");
    lab.kept_secret("planted-App");
}

/// By every port of every node.
fn messages_go_round(lab: &Lab, nodes: usize, stream: &str) {
    let status = lab.json(&["status"]);
    let endpoints = status["brokers"][0]["endpoints"].as_object().unwrap();
    for (way, port, target) in WAYS {
        each_node(endpoints, nodes, way, port, |body, host, port| {
            let (found, errors) = client(way, host, port, target, body);
            assert_eq!(found, body, "{way}: {errors}");
        });
    }
    // A node that has just got a copy says for a while that it has none (4.0).
    each_node(endpoints, nodes, "stream", "stream", |body, host, port| {
        until(body, 60, || client("stream", host, port, stream, body).0 == body);
    });
    let others = ["stream", "management", "prometheus"];
    let ways: Vec<&str> = WAYS.iter().map(|(_, port, _)| *port).chain(others).collect();
    assert!(endpoints.keys().all(|port| ways.contains(&port.as_str())), "a port that nobody tried: {endpoints:?}");
}

fn each_node(
    endpoints: &serde_json::Map<String, serde_json::Value>,
    nodes: usize,
    way: &str,
    port: &str,
    check: impl Fn(&str, &str, &str),
) {
    let places = endpoints[port].as_array().unwrap();
    assert_eq!(places.len(), nodes, "{port}: {places:?}");
    for (number, place) in places.iter().enumerate() {
        let (host, port) = place.as_str().unwrap().rsplit_once(':').unwrap();
        check(&format!("by {way} of node {} of {nodes}", number + 1), host, port);
    }
}

/// What came back, and what went wrong.
fn client(way: &str, host: &str, port: &str, target: &str, body: &str) -> (String, String) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/clients/rabbitmq.py");
    let mut client = Command::new("/usr/bin/python3");
    let output = client.arg(script).args([way, host, port, "app", "planted-App", target, body]).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_owned();
    (text(&output.stdout), text(&output.stderr))
}

/// Two empty nodes join the one with the data, and what is in there stays where it is.
fn it_grows(lab: &Lab) {
    let before = Rabbit::jobs(&lab.env());
    let talk = before.talk(ROOT).unwrap();
    for queue in ["letters", "old"] {
        talk.fill(queue, 5);
    }
    talk.close();
    let declared = before.definitions();
    lab.edit("nodes: 1", "nodes: 3");
    lab.edit("log: { type: stream }", "log: { type: stream }\n      wide: { type: stream }");
    lab.mqlab(&["plan"]).code(0).says("jobs gets 2 more of its nodes").says("rabbitmq-queues grow");
    lab.mqlab(&["up", "--yes"]).code(0);
    let rabbit = Rabbit::jobs(&lab.env());
    let without =
        |queue: &str| rabbit.definitions().lines().filter(|line| !line.contains(queue)).collect::<Vec<_>>().join("\n");
    assert_eq!(without("wide"), declared.trim_end());
    for node in 1..=3 {
        let container = format!("{}-jobs-{node}", lab.stack());
        let sees = || {
            let told = docker(&["exec", &container, "rabbitmqctl", "-q", "cluster_status", "--formatter", "json"]);
            let told: serde_json::Value = serde_json::from_str(&told).unwrap();
            told["running_nodes"].as_array().map(Vec::len)
        };
        until(&format!("node {node} sees all three"), 30, || sees() == Some(3));
    }
    let talk = rabbit.talk(ROOT).unwrap();
    assert_eq!(["letters", "old"].map(|queue| talk.drain(queue).len()), [5, 5]);
    talk.close();
    let members = |queue: &str| rabbit.get(&format!("queues/{ROOT}/{queue}"))["members"].as_array().map(Vec::len);
    assert_eq!(["letters", "log", "wide"].map(members), [Some(1), Some(1), Some(3)]);
    // It is there before its copies run.
    let first = lab.container("jobs");
    let running =
        || docker(&["exec", &first, "rabbitmq-streams", "-q", "stream_status", "wide", "--formatter", "json"]);
    until("every copy of the stream reads the first", 60, || running().contains("\"readers\":2"));
    lab.mqlab(&["up"]).code(0).says("Nothing to do");
    lab.mqlab(&["drift"]).code(0);
}
