//! Every way into RabbitMQ that the file opens is used, by clients that are not ours and by hand.

use std::path::Path;
use std::process::Command;

use super::lab::Lab;

const SPEC: &str = r#"brokers:
  jobs:
    kind: rabbitmq
    version: "4.0"
    storage: memory
    plugins: [rabbitmq_stomp, rabbitmq_web_stomp, rabbitmq_mqtt, rabbitmq_stream]
    users:
      app: { password: "${env:APP_PASSWORD}", permissions: { /: { configure: ".*", write: ".*", read: ".*" } } }
    queues:
      letters: { type: quorum }
      log: { type: stream }
apps:
  app: { user: app, produces: [jobs/queue/letters, jobs/queue/log], consumes: [jobs/letters, jobs/log] }
"#;

/// The way, the port that it goes by, and what is written to.
const WAYS: [(&str, &str, &str); 7] = [
    ("amqp", "amqp", "letters"),
    ("amqp1", "amqp", "letters"),
    ("stomp", "stomp", "letters"),
    ("stomp_by_hand", "stomp", "letters"),
    ("web_stomp", "web_stomp", "letters"),
    ("mqtt", "mqtt", "some/topic"),
    ("stream", "stream", "log"),
];

#[test]
fn rabbitmq_protocols() {
    let mut lab = Lab::new("rabbit-protocols", SPEC);
    lab.set("APP_PASSWORD", "planted-App");
    let up = lab.json(&["up"]);
    let endpoints = up["brokers"][0]["endpoints"].as_object().unwrap();
    for (way, port, target) in WAYS {
        let (host, port) = endpoints[port][0].as_str().unwrap().rsplit_once(':').unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/live/clients/rabbitmq.py");
        let body = format!("by {way}");
        let mut client = Command::new("/usr/bin/python3");
        let output = client.arg(script).args([way, host, port, "app", "planted-App", target, &body]).output().unwrap();
        let found = String::from_utf8_lossy(&output.stdout);
        assert_eq!(found.trim(), body, "{way}: {}", String::from_utf8_lossy(&output.stderr));
    }
    let ways: Vec<&str> = WAYS.iter().map(|(_, port, _)| *port).chain(["management", "prometheus"]).collect();
    assert!(endpoints.keys().all(|port| ways.contains(&port.as_str())), "a port that nobody tried: {endpoints:?}");
    lab.kept_secret("planted-App");
}
