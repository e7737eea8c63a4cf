//! Brokers of several nodes: what a node's death loses, what is said while it is away, and how it comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::kafka_client::Kafka;
use super::kafka_tools;
use super::lab::{Lab, docker, identity, until};
use super::rabbit::{ROOT, Rabbit, Talk};

/// A node's death is noticed by Kafka's controllers when its session ends, after 9 s.
const NOTICED: u64 = 40;

#[test]
fn kafka_cluster() {
    let lab = Lab::new("kafka-cluster", include_str!("../../examples/kafka-cluster.yaml"));
    lab.mqlab(&["up"]).code(0);
    kafka_has_three_copies_on_three_racks(&lab);
    kafka_is_reached_from_here(&lab);
    nothing_to_do(&lab);
    kafka_keeps_what_it_acknowledged(&lab);
    a_cluster_cannot_lose_a_node_by_an_edit(&lab, "events", "nodes: 3 ", "nodes: 2 ");
    kafka_survives_a_restart_of_all_nodes(&lab);
}

fn kafka_has_three_copies_on_three_racks(lab: &Lab) {
    let topics = kafka_tools::topics(&lab.container("events"));
    let copies: BTreeMap<&str, u32> = topics.iter().map(|(name, topic)| (name.as_str(), topic.replication)).collect();
    assert_eq!(copies, BTreeMap::from([("clicks", 3), ("payments", 3), ("thumbnails", 1)]));
    assert!(topics.values().all(|topic| topic.partitions == 6));
    let nodes = kafka_tools::run(&lab.container("events"), "broker-api-versions", &[]);
    for (node, rack) in [(1, "north"), (2, "south"), (3, "west")] {
        let here = format!("(id: {node} rack: {rack} ");
        assert!(nodes.contains(&here), "no {here:?} in {nodes}");
    }
    let voters = voters(&lab.container("events"));
    assert_eq!(voters, [1, 2, 3]);
    for (topic, least) in [("payments", "2"), ("clicks", "1")] {
        assert_eq!(topics[topic].configs["min.insync.replicas"], least, "{topic}");
    }
}

/// Each node is told to a client on this machine, and takes the messages of the partitions that it leads.
fn kafka_is_reached_from_here(lab: &Lab) {
    let env = lab.env();
    let places: Vec<&str> = env["EVENTS_BOOTSTRAP_SERVERS"].split(',').collect();
    assert_eq!(places.len(), 3, "{places:?}");
    for place in &places {
        let kafka = Kafka::events(&BTreeMap::from([("EVENTS_BOOTSTRAP_SERVERS".to_owned(), (*place).to_owned())]));
        let before = kafka.count("clicks");
        kafka.produce("clicks", 30);
        assert_eq!(kafka.count("clicks") - before, 30, "by {place}");
    }
}

/// The controllers, as one of the nodes sees them.
fn voters(container: &str) -> Vec<i64> {
    let text = docker(&[
        "exec",
        container,
        "/opt/kafka/bin/kafka-metadata-quorum.sh",
        "--bootstrap-server",
        "localhost:19092",
        "describe",
        "--status",
    ]);
    let line = text.lines().find(|line| line.starts_with("CurrentVoters:")).unwrap();
    let mut ids: Vec<i64> = line
        .split("\"id\": ")
        .skip(1)
        .map(|rest| rest.split([',', '}']).next().unwrap())
        .map(|id| id.trim().parse().unwrap())
        .collect();
    ids.sort_unstable();
    ids
}

/// A node dies while Kafka's own verifiable producer writes with `acks=all`: all that it was told is stored is there.
fn kafka_keeps_what_it_acknowledged(lab: &Lab) {
    const MESSAGES: usize = 1500;
    let container = lab.container("events");
    let java = |class: &str, rest: &[&str]| {
        let mut command = Command::new("docker");
        command.args(["exec", &container, "java", "-Xmx64m", "-cp", "/opt/kafka/libs/*", class]);
        command.args(["--bootstrap-server", "events-1:19092,events-2:19092,events-3:19092", "--topic", "payments"]);
        command.args(rest).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    let count = MESSAGES.to_string();
    let mut producer = java(
        "org.apache.kafka.tools.VerifiableProducer",
        &["--max-messages", &count, "--throughput", "100", "--acks", "-1"],
    );
    let mut producer = producer.spawn().unwrap();
    let mut acknowledged = BTreeSet::new();
    let mut is_killed = false;
    for line in BufReader::new(producer.stdout.take().unwrap()).lines() {
        let Ok(event) = serde_json::from_str::<Value>(&line.unwrap()) else { continue };
        if event["name"] == "producer_send_success" {
            acknowledged.insert(event["value"].as_str().unwrap().to_owned());
        }
        if acknowledged.len() == 100 && !is_killed {
            docker(&["kill", &format!("{}-events-2", lab.stack())]);
            is_killed = true;
        }
    }
    producer.wait().unwrap();
    assert!(is_killed && acknowledged.len() > MESSAGES / 2, "{} acknowledged", acknowledged.len());

    // While it is away.
    let status = lab.mqlab(&["status"]).code(0).says("degraded, 2 of 3 run").says("2 of 3 nodes are in the cluster");
    assert!(!status.stdout.contains("ready"), "{}", status.stdout);
    let drift = lab.mqlab(&["drift", "--format", "plain"]).code(3);
    let steps: Vec<&str> = drift.stdout.lines().take_while(|line| !line.starts_with("Plan:")).collect();
    assert_eq!(steps, ["~ events/node/2: running: false → true [mqlab.yaml:11]"]);
    lab.mqlab(&["apply"]).code(0);
    let kafka = Kafka::events(&lab.env());
    assert!(kafka.is_acknowledged("payments", 20), "two of three copies are enough");
    // Without a second node there is no second copy, and no majority that could elect anybody.
    docker(&["kill", &format!("{}-events-3", lab.stack())]);
    for topic in ["payments", "clicks"] {
        assert!(!kafka.is_acknowledged(topic, 5), "{topic} with a single node");
    }

    lab.mqlab(&["up"]).code(0).says("Done: 2 steps");
    // The one that was left remembers who was there, until the majority is back and looks for itself.
    until("all three are in the cluster", NOTICED, || !lab.mqlab(&["status"]).code(0).stdout.contains("degraded"));
    until("every copy is in sync again", NOTICED, || {
        let text = kafka_tools::run(&container, "topics", &["--describe", "--under-replicated-partitions"]);
        text.trim().is_empty()
    });
    let read: BTreeSet<String> = kafka_values(&container, "payments");
    let lost: Vec<&String> = acknowledged.difference(&read).collect();
    assert!(lost.is_empty(), "{} of {} lost: {lost:?}", lost.len(), acknowledged.len());
    nothing_to_do(lab);
}

/// Everything in a topic.
fn kafka_values(container: &str, topic: &str) -> BTreeSet<String> {
    let end = kafka_tools::run(container, "get-offsets", &["--topic", topic]);
    let count: usize = end.lines().filter_map(|line| line.rsplit(':').next()?.trim().parse::<usize>().ok()).sum();
    let count = count.to_string();
    let text = kafka_tools::run(
        container,
        "console-consumer",
        &["--topic", topic, "--from-beginning", "--max-messages", &count, "--timeout-ms", "60000"],
    );
    text.lines().map(str::to_owned).collect()
}

fn kafka_survives_a_restart_of_all_nodes(lab: &Lab) {
    let container = lab.container("events");
    let before = (kafka_tools::topics(&container), kafka_values(&container, "payments"));
    lab.mqlab(&["restart"]).code(0);
    lab.mqlab(&["up"]).code(0).says("Nothing to do");
    assert_eq!((kafka_tools::topics(&container), kafka_values(&container, "payments")), before);
}

#[test]
fn kafka_grows() {
    let spec = "brokers:\n  events:\n    kind: kafka\n    version: \"4.3\"\n    heap: 256MiB\n    nodes: 1\n    topics:\n      \
                orders: { partitions: 3 }\n";
    let lab = Lab::new("kafka-grows", spec);
    lab.mqlab(&["up"]).code(0);
    lab.edit("nodes: 1", "nodes: 3");
    lab.edit(
        "orders: { partitions: 3 }",
        "orders: { partitions: 3 }\n      wide: { partitions: 3, replication_factor: 3 }",
    );
    lab.mqlab(&["plan"]).code(0).says("events gets 2 more of its nodes").says("kafka-reassign-partitions.sh");
    lab.mqlab(&["up", "--yes"]).code(0);
    let topics = kafka_tools::topics(&lab.container("events"));
    assert_eq!((topics["orders"].replication, topics["wide"].replication), (1, 3));
    // The cluster began with one controller; two empty ones would have outvoted it.
    assert_eq!(voters(&lab.container("events")), [1]);
    nothing_to_do(&lab);
}

#[test]
fn rabbitmq_cluster() {
    let lab = Lab::new("rabbit-cluster", include_str!("../../examples/rabbitmq-cluster.yaml"));
    lab.mqlab(&["up"]).code(0);
    let rabbit = Rabbit::jobs(&lab.env());
    rabbitmq_has_one_database_and_three_members(&rabbit);
    nothing_to_do(&lab);
    rabbitmq_keeps_what_it_confirmed(&lab);
    a_cluster_cannot_lose_a_node_by_an_edit(&lab, "jobs", "nodes: 3 ", "nodes: 1 ");
    rabbitmq_survives_a_restart_of_all_nodes(&lab, &rabbit);
    lab.kept_secret(&cookie(&lab));
}

fn rabbitmq_has_one_database_and_three_members(rabbit: &Rabbit) {
    let nodes = rabbit.get("nodes");
    let names: BTreeSet<&str> = nodes.as_array().unwrap().iter().map(|node| node["name"].as_str().unwrap()).collect();
    assert_eq!(names, BTreeSet::from(["rabbit@jobs-1", "rabbit@jobs-2", "rabbit@jobs-3"]));
    for queue in ["payments", "history"] {
        let found = rabbit.get(&format!("queues/{ROOT}/{queue}"));
        assert_eq!(found["members"].as_array().map(Vec::len), Some(3), "{found}");
    }
}

/// The node that leads a quorum queue dies while a publisher writes with confirms to another node: what was confirmed
/// is there.
fn rabbitmq_keeps_what_it_confirmed(lab: &Lab) {
    let env = lab.env();
    let rabbit = Rabbit::jobs(&env);
    let leader = rabbit.get(&format!("queues/{ROOT}/payments"))["leader"].as_str().unwrap().to_owned();
    let number: usize = leader.rsplit('-').next().unwrap().parse().unwrap();
    let other = if number == 1 { 2 } else { 1 };
    let url = url_of(lab, &env, other);
    let mut kept = BTreeSet::new();
    let mut talk = Talk::to(&url).unwrap();
    let mut kill = None;
    for number_sent in 0..400 {
        let body = number_sent.to_string();
        match talk.publish("orders", "order.eu.paid", &[], &body) {
            Ok(true) => drop(kept.insert(body)),
            Ok(false) => {}
            Err(_) => until("a connection is taken again", 60, || Talk::to(&url).map(|new| talk = new).is_ok()),
        }
        if kept.len() == 50 && kill.is_none() {
            let container = format!("{}-jobs-{number}", lab.stack());
            kill = Some(Command::new("docker").args(["kill", &container]).stdout(Stdio::null()).spawn().unwrap());
        }
    }
    assert!(kill.unwrap().wait().unwrap().success());
    assert!(kept.len() > 200, "{} confirmed", kept.len());

    lab.mqlab(&["status"]).code(0).says("degraded, 2 of 3 run").says("2 of 3 nodes are in the cluster");
    let drift = lab.mqlab(&["drift", "--format", "plain"]).code(3);
    let steps: Vec<&str> = drift.stdout.lines().take_while(|line| !line.starts_with("Plan:")).collect();
    assert_eq!(steps, [format!("~ jobs/node/{number}: running: false → true [mqlab.yaml:11]")]);
    lab.mqlab(&["apply"]).code(0);

    lab.mqlab(&["up"]).code(0).says("Done: 1 step");
    lab.mqlab(&["status"]).code(0).never_says("degraded");
    let talk = Talk::to(&url).unwrap();
    let there: BTreeSet<String> = talk.drain("payments").into_iter().collect();
    let lost: Vec<&String> = kept.difference(&there).collect();
    assert!(lost.is_empty(), "{} of {} lost: {lost:?}", lost.len(), kept.len());
    talk.close();
    nothing_to_do(lab);
}

/// The AMQP URL of one node, by the port that the engine gave it.
fn url_of(lab: &Lab, env: &BTreeMap<String, String>, node: usize) -> String {
    let published = docker(&["port", &format!("{}-jobs-{node}", lab.stack()), "5672/tcp"]);
    let address = published.lines().next().unwrap().trim();
    format!("amqp://{}:{}@{address}/%2F", env["JOBS_USER"], env["JOBS_PASSWORD"])
}

fn rabbitmq_survives_a_restart_of_all_nodes(lab: &Lab, rabbit: &Rabbit) {
    let talk = Talk::to(&url_of(lab, &lab.env(), 2)).unwrap();
    for queue in ["payments", "notes"] {
        talk.fill(queue, 3);
    }
    talk.fill("history", 3);
    let kept = || rabbit.get(&format!("queues/{ROOT}/history"))["messages"].as_u64().unwrap_or_default();
    until("the stream counts what it holds", 30, || kept() >= 3);
    let in_the_stream = kept();
    talk.close();
    let before = rabbit.definitions();
    lab.mqlab(&["restart"]).code(0);
    // A coordinator that was killed soon after the first stream may have forgotten it (4.0): declaring it brings it back
    // as it was. Whatever else changed would show in the definitions.
    let up = lab.mqlab(&["up"]).code(0);
    let made: Vec<&str> = up.stderr.lines().filter_map(|line| line.trim().strip_prefix("✓ jobs/")).collect();
    assert!(made.iter().all(|what| ["queue/history", "binding/orders→history?%23"].contains(what)), "{up:#?}");
    nothing_to_do(lab);
    assert_eq!(rabbit.definitions(), before);
    let talk = Talk::to(&url_of(lab, &lab.env(), 1)).unwrap();
    assert_eq!(["payments", "notes"].map(|queue| talk.drain(queue).len()), [3, 3]);
    until("the stream holds what it held", 30, || kept() >= in_the_stream);
    talk.close();
}

/// What the nodes share, as one of them has it.
fn cookie(lab: &Lab) -> String {
    docker(&["exec", &lab.container("jobs"), "cat", "/var/lib/rabbitmq/.erlang.cookie"]).trim().to_owned()
}

/// Fewer nodes in the file: blocked with the way out, and nothing is touched.
fn a_cluster_cannot_lose_a_node_by_an_edit(lab: &Lab, broker: &str, before: &str, after: &str) {
    let state = || [1, 2, 3].map(|node| identity(&format!("{}-{broker}-{node}", lab.stack())));
    let there = state();
    let replicas = "replication_factor: 3";
    let spec = std::fs::read_to_string(lab.path("mqlab.yaml")).unwrap();
    // Copies on more nodes than there are would be a mistake in the file already.
    lab.spec(&spec.replace(before, after).replace(replicas, "replication_factor: 1").replace("racks:", "x-racks:"));
    let up = lab.mqlab(&["up", "--yes"]).code(5);
    assert!(up.stderr.contains("fewer nodes") && up.stderr.contains("nodes: 3"), "{up:#?}");
    assert_eq!(state(), there);
    lab.spec(&spec);
    nothing_to_do(lab);
}

fn nothing_to_do(lab: &Lab) {
    lab.mqlab(&["up"]).code(0).says("Nothing to do");
    lab.mqlab(&["drift"]).code(0);
}
