//! Every kind of broker in one stack, on a small machine.

use super::activemq::ActiveMq;
use super::artemis_client::Art;
use super::kafka_tools;
use super::lab::{Lab, docker, identity};
use super::rabbit::{ROOT, Rabbit};
use super::rocketmq::tools::Stored;

/// What all containers may take together: 6 GB, for a machine that has 8.
const MOST_BYTES: f64 = 6e9;

#[test]
fn everything_at_once() {
    let lab = Lab::new("all", include_str!("../../examples/all.yaml"));
    lab.mqlab(&["up"]).code(0);
    everything_declared_is_there(&lab);
    a_second_up_changes_nothing(&lab);
    lab.mqlab(&["status", "--probe"]).code(0);
    it_is_small(&lab);
    for page in ["index.html", "zh/index.html", "learn/rocketmq/print.html"] {
        assert!(lab.path("mqlab-site").join(page).is_file(), "{page}");
    }
    lab.mqlab(&["site", "check", "--strict"]).code(0);
}

fn everything_declared_is_there(lab: &Lab) {
    let env = lab.env();
    let topics = kafka_tools::topics(&lab.container("events"));
    assert_eq!((topics.len(), topics["orders"].partitions), (1, 3));
    assert_eq!(topics["orders"].configs["retention.ms"], "604800000");
    let rabbit = Rabbit::jobs(&env);
    assert_eq!(rabbit.get(&format!("queues/{ROOT}/mail.eu"))["type"], "quorum");
    assert!(rabbit.bindings("mail.eu").iter().any(|one| one.contains("mail.eu.#")), "{:?}", rabbit.bindings("mail.eu"));
    let invoices = ActiveMq::legacy(&env).names("Queue");
    assert!(invoices.contains("invoices"), "{invoices:?}");
    let queue = Art::of(&env, lab.stack(), 1).queue("prices.audit");
    assert_eq!((&queue["Filter"], &queue["RoutingType"]), (&"kind = 'audit'".into(), &"MULTICAST".into()));
    let stored = Stored::of(&lab.container("trades"));
    assert_eq!(
        (stored.topic("quotes").as_str(), stored.group("pricing").as_str()),
        ("4/4 6 NORMAL", "3 false true true")
    );
}

fn containers(lab: &Lab) -> Vec<String> {
    let label = format!("label=dev.mqlab.stack={}", lab.stack());
    docker(&["ps", "--format", "{{.Names}}", "--filter", &label]).lines().map(str::to_owned).collect()
}

fn a_second_up_changes_nothing(lab: &Lab) {
    let state = || containers(lab).iter().map(|name| identity(name)).collect::<Vec<_>>();
    let before = state();
    assert!(before.len() >= 5, "{before:?}");
    lab.mqlab(&["up"]).code(0).says("Nothing to do");
    lab.mqlab(&["drift"]).code(0);
    assert_eq!(state(), before);
}

fn it_is_small(lab: &Lab) {
    let names = containers(lab);
    let mut asked = vec!["stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}"];
    asked.extend(names.iter().map(String::as_str));
    let told = docker(&asked);
    let used: f64 = told.lines().map(bytes).sum();
    println!("all five kinds take {:.2} GB:\n{told}", used / 1e9);
    assert!(used > 1e8 && used < MOST_BYTES, "{told}");
}

/// `NAME 303.4MiB / 23.4GiB`.
fn bytes(line: &str) -> f64 {
    let text = line.split_whitespace().nth(1).unwrap();
    let digits = text.trim_end_matches(char::is_alphabetic);
    let unit = match &text[digits.len()..] {
        "KiB" => 1024.0,
        "MiB" => 1024.0 * 1024.0,
        "GiB" => 1024.0 * 1024.0 * 1024.0,
        other => panic!("{other:?} in {line}"),
    };
    digits.parse::<f64>().unwrap() * unit
}
