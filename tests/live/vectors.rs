//! The engines of the site's figures, in Rust and in JavaScript, against the clients and the broker that they imitate.
//!
//! What the clients decided is in `tests/fixtures/vectors/` for the tests that have none: `UPDATE_GOLDEN=1` records it.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use mqlab::sim::assign::{Assignment, Strategy, Topics, rounds};
use mqlab::sim::keys::Client;
use mqlab::sim::queues::{by_message_group, by_sharding_key};
use rdkafka::ClientConfig;
use rdkafka::producer::{FutureProducer, FutureRecord};
use serde_json::{Value as Json, json};

use super::kafka_client::Kafka;
use super::lab::{Lab, docker};
use super::rabbit::wait;

const SPEC: &str = r#"brokers: { events: { kind: kafka, version: "4.3" } }"#;
const ROOT: &str = env!("CARGO_MANIFEST_DIR");
const PARTITIONS: [u32; 5] = [1, 3, 6, 12, 50];
const KEYS: usize = 10_000;
/// Of them, for the tests without clients.
const RECORDED: usize = 500;
const CASES: usize = 200;

#[test]
fn kafka_vectors() {
    let lab = Lab::new("vectors", SPEC);
    lab.mqlab(&["up"]).code(0);
    let java = Java::new(&lab.container("events"));
    keys(&lab, &java);
    assignments(&java);
}

/// Reproducible numbers: recorded vectors must not depend on a library's generator.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Less than `sides`.
    pub(crate) fn throw(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    pub(crate) fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.throw(all.len())]
    }
}

/// Asks the script, which answers in the form of the question.
pub(crate) fn script(question: &Json) -> Json {
    let mut command = Command::new("node");
    command.arg(format!("{ROOT}/tests/browser/ask.js"));
    answer(command, question.to_string())
}

fn answer(mut command: Command, text: String) -> Json {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().unwrap();
    // In a thread of its own: both ends may wait for room in a pipe.
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()).unwrap());
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    assert!(output.status.success(), "{command:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Kafka's own code, compiled against the jars of the image.
struct Java {
    folder: PathBuf,
}

impl Java {
    fn new(container: &str) -> Self {
        let need = Command::new(format!("{ROOT}/scripts/need")).arg("javac=default-jdk-headless").status().unwrap();
        assert!(need.success());
        let own = Self { folder: Path::new(env!("CARGO_TARGET_TMPDIR")).join("kafka-java") };
        std::fs::create_dir_all(&own.folder).unwrap();
        docker(&["cp", &format!("{container}:/opt/kafka/libs"), own.folder.to_str().unwrap()]);
        let source = format!("{ROOT}/tests/live/clients/kafka/Vectors.java");
        let folder = own.folder.to_str().unwrap();
        let compiled = Command::new("javac")
            .args(["-XDsuppressNotes", "-nowarn", "-d", folder, "-cp", &own.path(), &source])
            .status()
            .unwrap();
        assert!(compiled.success());
        own
    }

    fn path(&self) -> String {
        let folder = self.folder.to_str().unwrap();
        format!("{folder}/libs/*:{folder}")
    }

    fn ask(&self, question: &Json) -> Json {
        let mut command = Command::new("java");
        command.args(["-cp", &self.path(), "Vectors"]);
        answer(command, question.to_string())
    }
}

fn record(name: &str, vectors: &Json) {
    let path = Path::new(ROOT).join("tests/fixtures/vectors").join(name);
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, format!("{vectors}\n")).unwrap();
    }
    let recorded: Json = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    assert!(recorded == *vectors, "{name} is not what the clients say; UPDATE_GOLDEN=1 records it");
}

/// Short and long, of one byte a character and of four.
fn some_keys() -> Vec<String> {
    let mut dice = Dice::new(1);
    let alphabets = ["abcdefghijklmnopqrstuvwxyz", "0123456789", "-_./: ABC", "éßłжя", "订单客户日本", "😀🐇👩‍👧"];
    let one = |number: usize, dice: &mut Dice| match number % 4 {
        0 => format!("customer-{number}"),
        1 => format!("{:032x}", number * 7_919),
        _ => {
            let length = 1 + dice.throw(24);
            let letters: Vec<char> = dice.pick(&alphabets).chars().collect();
            (0..length).map(|_| *dice.pick(&letters)).collect()
        }
    };
    (0..KEYS).map(|number| one(number, &mut dice)).collect()
}

fn keys(lab: &Lab, java: &Java) {
    let keys = some_keys();
    let java_says = java.ask(&json!({ "partitions": PARTITIONS, "keys": keys }));
    let librdkafka_says = json!(librdkafka(lab, &keys));
    let mut recorded = BTreeMap::new();
    for (client, says) in [(Client::Java, &java_says), (Client::Librdkafka, &librdkafka_says)] {
        let rust = keys.iter().map(|key| PARTITIONS.map(|count| client.partition(key.as_bytes(), count)));
        let rust: Vec<_> = rust.collect();
        same(client.name(), &json!(rust), says);
        let question = json!({ "client": client.name(), "partitions": PARTITIONS, "keys": keys });
        same(client.name(), &script(&question), says);
        recorded.insert(client.name(), json!(says.as_array().unwrap()[..RECORDED]));
    }
    println!("{KEYS} keys × {PARTITIONS:?} partitions: two clients, Rust and the script agree");
    record("keys.json", &json!({ "partitions": PARTITIONS, "keys": keys[..RECORDED], "clients": recorded }));
}

/// The partitions that a producer has really sent to.
fn librdkafka(lab: &Lab, keys: &[String]) -> Vec<Vec<i32>> {
    let env = lab.env();
    let kafka = Kafka::events(&env);
    let mut config = ClientConfig::new();
    config.set("bootstrap.servers", &env["EVENTS_BOOTSTRAP_SERVERS"]);
    let producer: FutureProducer = config.create().unwrap();
    let mut found = vec![Vec::new(); keys.len()];
    for count in PARTITIONS {
        let topic = format!("keys-{count}");
        kafka.create(&topic, i32::try_from(count).unwrap());
        let sent: Vec<_> = keys
            .iter()
            .map(|key| {
                let record = FutureRecord::<String, str>::to(&topic).key(key);
                producer.send_result(record).unwrap_or_else(|(error, _)| panic!("{error}"))
            })
            .collect();
        for (found, sent) in found.iter_mut().zip(sent) {
            found.push(wait(sent).unwrap().unwrap().partition);
        }
    }
    found
}

#[track_caller]
fn same(what: &str, found: &Json, wanted: &Json) {
    let (found, wanted) = (found.as_array().unwrap(), wanted.as_array().unwrap());
    assert_eq!(found.len(), wanted.len(), "{what}");
    let differs = found.iter().zip(wanted).position(|(found, wanted)| found != wanted);
    if let Some(at) = differs {
        panic!("{what}: number {at}: {}, not {}", found[at], wanted[at]);
    }
}

/// RocketMQ's choice of queues, by its own Java code: `client` is the call of `Client.java queues`.
pub(crate) fn rocketmq_queues(client: Command) {
    let counts = [1, 3, 4, 6, 16];
    let keys = &some_keys()[..2_000];
    let first = counts.map(|count| count.to_string()).join(" ");
    let says = answer(client, format!("{first}\n{}\n", keys.join("\n")));
    let rust = keys
        .iter()
        .map(|key| [counts.map(|count| by_message_group(key, count)), counts.map(|count| by_sharding_key(key, count))]);
    same("queues", &json!(rust.collect::<Vec<_>>()), &says);
    same("queues by the script", &script(&json!({ "queues": counts, "groups": keys })), &says);
    println!("{} keys × {counts:?} queues: the Java clients, Rust and the script agree", keys.len());
    let recorded = &says.as_array().unwrap()[..RECORDED];
    record("queues.json", &json!({ "queues": counts, "keys": keys[..RECORDED], "found": recorded }));
}

/// A group, its topics, and somebody who joins or leaves.
fn case(number: usize) -> Json {
    let mut dice = Dice::new(u64::try_from(number).unwrap() + 1_000);
    let strategy = Strategy::ALL[number % Strategy::ALL.len()];
    let members: Vec<String> = (1..=1 + dice.throw(7)).map(|number| format!("c{number}")).collect();
    let topics: Topics =
        (0..=dice.throw(3)).map(|number| (format!("t{number}"), u32::try_from(dice.throw(9)).unwrap())).collect();
    let mut then = members.clone();
    match dice.throw(3) {
        0 => then.push(format!("c{}", members.len() + 1)),
        1 if members.len() > 1 => drop(then.remove(dice.throw(members.len()))),
        _ => then.extend([format!("c{}", members.len() + 1), format!("c{}", members.len() + 2)]),
    }
    json!({ "strategy": strategy.name(), "members": members, "topics": topics, "then": then })
}

fn assignments(java: &Java) {
    let cases: Vec<Json> = (0..CASES).map(case).collect();
    let question = json!({ "cases": cases });
    let says = java.ask(&question);
    let rust: Vec<Json> = cases.iter().map(assigned).collect();
    let script = script(&question);
    for (at, case) in cases.iter().enumerate() {
        for (engine, found) in [("Rust", &rust[at]), ("the script", &script[at])] {
            let (found, wanted) = (comparable(case, found), comparable(case, &says[at]));
            assert_eq!(found, wanted, "{engine}: {case}");
        }
    }
    println!("{CASES} groups: the Java assignors, Rust and the script agree");
    let recorded = cases.iter().enumerate().map(|(at, case)| json!({ "case": case, "rounds": says[at] }));
    record("assignments.json", &recorded.collect());
}

/// Which partitions a member of a share group gets depends on the topic's id, so only their number is compared.
fn comparable(case: &Json, rounds: &Json) -> Json {
    if case["strategy"] != "share" {
        return rounds.clone();
    }
    let count =
        |round: &Json| round.as_object().unwrap().values().map(|own| own.as_array().unwrap().len()).collect::<Vec<_>>();
    json!(rounds.as_array().unwrap().iter().map(count).collect::<Vec<_>>())
}

fn assigned(case: &Json) -> Json {
    let names = |key: &str| -> Vec<String> { serde_json::from_value(case[key].clone()).unwrap() };
    let topics: Topics = serde_json::from_value(case["topics"].clone()).unwrap();
    let strategy = Strategy::ALL.into_iter().find(|one| case["strategy"] == one.name()).unwrap();
    let mut all = rounds(strategy, &names("members"), &topics, &Assignment::new());
    let owned = all.last().unwrap().clone();
    let then = names("then");
    let left: BTreeSet<&String> = then.iter().collect();
    let owned = owned.into_iter().filter(|(member, _)| left.contains(member)).collect();
    all.extend(rounds(strategy, &then, &topics, &owned));
    let shown = |assignment: &Assignment| {
        let members = assignment.iter().map(|(member, own)| {
            let own = own.iter().map(|one| format!("{}|{}", one.topic, one.number)).collect::<Vec<_>>();
            (member.clone(), json!(own))
        });
        Json::Object(members.collect())
    };
    all.iter().map(shown).collect()
}
