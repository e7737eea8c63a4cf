//! Other engines than the one that all else runs on, from Debian trixie in a folder: a small stack on each, from
//! nothing to nothing. `make soak` runs every scenario on them.

use reqwest::Method;
use serde_json::json;

use super::lab::Lab;
use super::rabbit::{ROOT, Rabbit};
use super::second_engine::SecondEngine;

const SPEC: &str = r#"brokers:
  jobs:
    kind: rabbitmq
    version: "4.0"
    exchanges: { mail: { type: topic } }
    queues:
      letters: { type: quorum, bindings: [ { exchange: mail, routing_key: "letter.#" } ] }
      parcels: {}
"#;

#[test]
fn docker_26() {
    small_days("docker-26", "Docker 26.1");
}

#[test]
fn podman_5() {
    small_days("podman-5", "Podman 5.");
}

/// The reference of the image that a stack of [`SPEC`] runs on the engine of the other tests.
fn image(lab: &Lab) -> String {
    let images = lab.json(&["images", "list"])["images"].clone();
    let is_ours = |row: &&serde_json::Value| row["kind"] == "rabbitmq" && row["version"] == "4.0";
    let row = images.as_array().unwrap().iter().find(is_ours).unwrap().clone();
    row["present"]["reference"].as_str().expect("RabbitMQ's image is here").to_owned()
}

fn small_days(kind: &str, product: &str) {
    let engine = SecondEngine::of_kind(kind);
    let mut lab = Lab::new(kind, SPEC);
    engine.take(&image(&lab));
    lab.set("DOCKER_HOST", &engine.host());
    let name = lab.container("jobs");

    lab.mqlab(&["up"]).code(0).says(product);
    let wanted = [format!("{name} running"), lab.stack().to_owned(), format!("{name}-data")];
    assert_eq!(engine.of_stack(lab.stack()), wanted);
    let rabbit = Rabbit::jobs(&lab.env());
    let talk = rabbit.talk(ROOT).unwrap();
    assert!(talk.publish("mail", "letter.eu", &[], "one").unwrap());
    assert_eq!(talk.drain("letters"), ["one"]);
    talk.fill("parcels", 2);
    talk.close();
    let published = engine.docker(&["port", &name, "5672/tcp"]);
    assert!(published.starts_with("127.0.0.1:"), "{published}");

    let identity = || engine.docker(&["inspect", "--format", "{{.Id}} {{.State.StartedAt}}", &name]);
    let before = identity();
    lab.mqlab(&["up"]).code(0).says("Nothing to do");
    assert_eq!(identity(), before);
    lab.mqlab(&["status", "--probe"]).code(0).says(product).says("a message goes round").says("jobs/queue/parcels");
    lab.mqlab(&["drift", "--strict"]).code(0);

    rabbit.delete(&format!("queues/{ROOT}/letters"));
    rabbit.put(&format!("queues/{ROOT}/by-hand"), &json!({ "durable": true }));
    lab.mqlab(&["drift"]).code(3).says("+ queue/letters");
    lab.mqlab(&["up"]).code(0);
    assert!(rabbit.is_there(&format!("queues/{ROOT}/letters")));
    assert_eq!(rabbit.ask(Method::GET, &format!("queues/{ROOT}/by-hand"), None).0, 200, "nobody asked to delete it");

    // Another container, the same data.
    lab.edit("kind: rabbitmq", "kind: rabbitmq\n    env: { ROUND: \"1\" }");
    lab.mqlab(&["up", "--yes"]).code(0);
    assert_ne!(identity(), before);
    let talk = Rabbit::jobs(&lab.env()).talk(ROOT).unwrap();
    assert_eq!(talk.count("parcels"), 2);
    talk.close();

    lab.mqlab(&["stop"]).code(0);
    lab.mqlab(&["start"]).code(0);
    lab.mqlab(&["up"]).code(0).says("Nothing to do");
    lab.mqlab(&["down"]).code(0).says("data stays in");
    assert_eq!(engine.of_stack(lab.stack()), [format!("{name}-data")]);
    lab.mqlab(&["down", "--volumes", "--yes"]).code(0);
    assert_eq!(engine.of_stack(lab.stack()), [""; 0]);
}
