//! Changes that a broker cannot make: refused with the way out, or done by deleting and making again.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::kafka_client::Kafka;
use super::lab::{Lab, Ran, same, until};
use super::rabbit::{ROOT, Rabbit, Talk};

const SPEC: &str = r#"brokers:
  events:
    kind: kafka
    version: "4.3"
    storage: memory
    topics:
      orders: { partitions: 3 }
  jobs:
    kind: rabbitmq
    version: "4.0"
    storage: memory
    exchanges:
      mail: { type: topic }
    queues:
      letters: { type: classic, bindings: [ { exchange: mail, routing_key: letter } ] }
      parcels: { type: classic, on_change: replace, bindings: [ { exchange: mail, routing_key: parcel } ] }
"#;

const SHRUNK: (&str, &str, &str) = (
    "partitions: 3",
    "partitions: 2",
    "! events/topic/orders: partitions: 3 → 2 [mqlab.yaml:7] (moved: the file) | \
     Kafka cannot remove partitions: the topic has 3 and the file says 2 | \
     set `partitions: 3`, or lose its messages with `mqlab apply --replace events/topic/orders --allow-data-loss`\n",
);
const EXCHANGE_TYPE: (&str, &str, &str) = (
    "mail: { type: topic }",
    "mail: { type: direct }",
    "! jobs/exchange/mail: type: topic → direct [mqlab.yaml:13] (moved: the file) | \
     RabbitMQ sets `type` when the exchange is declared and never after | \
     take the change back, or let it be deleted and made again: `mqlab apply --replace jobs/exchange/mail`, \
     or `on_change: replace` in the file\n",
);
const QUEUE_TYPE: (&str, &str, &str) = (
    "letters: { type: classic",
    "letters: { type: quorum",
    "! jobs/queue/letters: type: classic → quorum [mqlab.yaml:15] (moved: the file) | \
     the type of a queue decides how its messages are stored, so it cannot change while it exists | \
     take the change back, or let it be deleted and made again: `mqlab apply --replace jobs/queue/letters`, \
     or `on_change: replace` in the file\n",
);

#[test]
fn changes_that_a_broker_cannot_make() {
    let lab = Lab::new("blocked", SPEC);
    lab.mqlab(&["up"]).code(0);
    let rabbit = Rabbit::jobs(&lab.env());
    let scene = Scene { kafka: Kafka::events(&lab.env()), talk: rabbit.talk(ROOT).unwrap(), lab, rabbit };
    scene.each_is_blocked_with_its_place_its_reason_and_the_way_out();
    scene.what_stands_beside_them_is_done();
    scene.more_replicas_than_nodes_is_a_mistake_in_the_file();
    scene.a_queue_is_replaced_with_its_bindings();
    scene.what_is_inside_is_not_lost_unasked();
    scene.a_consumer_keeps_its_queue();
    scene.the_file_can_allow_it();
    scene.a_kill_between_delete_and_create();
    scene.a_kill_while_the_bindings_come_back();
    scene.policies_replace_nothing();
    scene.a_topic_is_made_again();
}

struct Scene {
    lab: Lab,
    kafka: Kafka,
    rabbit: Rabbit,
    talk: Talk,
}

impl Scene {
    fn type_of(&self, queue: &str) -> Value {
        self.rabbit.get(&format!("queues/{ROOT}/{queue}"))["arguments"]["x-queue-type"].clone()
    }

    fn replace(&self, more: &[&str]) -> Ran {
        self.lab.mqlab(&[&["apply", "--replace", "jobs/queue/letters"], more].concat())
    }

    #[track_caller]
    fn in_sync(&self) {
        self.lab.mqlab(&["drift"]).code(0).says("In sync: the file and the brokers agree.");
    }

    fn each_is_blocked_with_its_place_its_reason_and_the_way_out(&self) {
        let before = (self.rabbit.definitions(), self.kafka.partitions());
        for (old, new, line) in [SHRUNK, EXCHANGE_TYPE, QUEUE_TYPE] {
            self.lab.edit(old, new);
            let plan = self.lab.mqlab(&["plan", "--exit-code", "--format", "plain"]).code(3);
            let footer = "Plan: 0 create, 0 update, 0 replace, 0 delete, 1 blocked; 8 unchanged; 0 unmanaged\n";
            same(&plan.stdout, &format!("{line}{footer}"));
            for verb in ["apply", "up"] {
                self.lab.mqlab(&[verb]).code(5).says("1 blocked").says("way out: ");
            }
            assert_eq!((self.rabbit.definitions(), self.kafka.partitions()), before);
            self.lab.edit(new, old);
        }
        self.in_sync();
    }

    fn what_stands_beside_them_is_done(&self) {
        let changes = [SHRUNK, EXCHANGE_TYPE, QUEUE_TYPE];
        for (old, new, _) in changes {
            self.lab.edit(old, new);
        }
        self.lab.edit(
            "    queues:\n",
            "    queues:\n      beside: { bindings: [ { exchange: mail, routing_key: beside } ] }\n",
        );
        self.lab.edit("      orders:", "      beside: { partitions: 1 }\n      orders:");
        self.lab.mqlab(&["up"]).code(5).says("3 blocked");
        assert_eq!(self.rabbit.bindings("beside"), set(&["mail beside"]));
        assert_eq!(self.kafka.partitions(), [("beside".to_owned(), 1), ("orders".to_owned(), 3)].into());
        assert_eq!(
            (self.type_of("letters"), self.rabbit.bindings("letters")),
            (json!("classic"), set(&["mail letter"]))
        );
        assert_eq!(self.rabbit.get(&format!("exchanges/{ROOT}/mail"))["type"], "topic");
        for (old, new, _) in changes {
            self.lab.edit(new, old);
        }
        self.in_sync();
    }

    fn more_replicas_than_nodes_is_a_mistake_in_the_file(&self) {
        self.lab.edit("orders: { partitions: 3 }", "orders: { partitions: 3, replication_factor: 2 }");
        let ran = self.lab.mqlab(&["up", "--format", "plain"]).code(2);
        let wanted = "mqlab.yaml:8:52: error[replication-above-nodes]: `orders` wants 2 copies of each partition on 1 node \
            (help: set `replication_factor: 1`)\n1 error\n";
        same(&ran.stderr.replace("\n\n", "\n"), wanted);
        self.lab.edit("orders: { partitions: 3, replication_factor: 2 }", "orders: { partitions: 3 }");
        self.in_sync();
    }

    fn a_queue_is_replaced_with_its_bindings(&self) {
        self.rabbit.bind("mail", "letters", "by.hand");
        let path = format!("bindings/{ROOT}/e/amq.headers/q/letters");
        self.rabbit.post(&path, &json!({ "routing_key": "", "arguments": { "x-match": "any", "kind": "letter" } }));
        let bound = set(&["amq.headers ", "mail by.hand", "mail letter"]);
        assert_eq!(self.rabbit.bindings("letters"), bound);
        let (old, new, _) = QUEUE_TYPE;
        self.lab.edit(old, new);
        self.replace(&[]).code(5).says("made again with it: 3").says("run it again with `--yes`");
        assert_eq!((self.type_of("letters"), self.rabbit.bindings("letters")), (json!("classic"), bound.clone()));
        self.replace(&["--yes"]).code(0);
        assert_eq!((self.type_of("letters"), self.rabbit.bindings("letters")), (json!("quorum"), bound));
        let headers = self.rabbit.get(&format!("bindings/{ROOT}/e/amq.headers/q/letters"));
        assert_eq!(headers[0]["arguments"], json!({ "x-match": "any", "kind": "letter" }));
        self.in_sync();
    }

    fn what_is_inside_is_not_lost_unasked(&self) {
        let (old, new, _) = QUEUE_TYPE;
        self.lab.edit(new, old);
        self.talk.fill("letters", 412);
        let refused = self.replace(&["--yes"]).code(5);
        refused.says("it holds 412 messages, 0 consumers, which would be lost").says("--allow-data-loss");
        assert_eq!((self.type_of("letters"), self.talk.count("letters")), (json!("quorum"), 412));
        self.replace(&["--yes", "--allow-data-loss"]).code(0);
        assert_eq!((self.type_of("letters"), self.talk.count("letters")), (json!("classic"), 0));
        assert_eq!(self.rabbit.bindings("letters"), set(&["amq.headers ", "mail by.hand", "mail letter"]));
        self.in_sync();
    }

    fn a_consumer_keeps_its_queue(&self) {
        let (old, new, _) = QUEUE_TYPE;
        self.lab.edit(old, new);
        let program = self.rabbit.talk(ROOT).unwrap();
        let consumer = program.listen("letters");
        self.replace(&["--yes"]).code(5).says("it holds 0 messages, 1 consumer, which would be lost");
        drop(consumer);
        program.close();
        assert_eq!(self.type_of("letters"), "classic");
        self.lab.edit(new, old);
    }

    fn the_file_can_allow_it(&self) {
        self.rabbit.bind("mail", "parcels", "by.hand");
        self.lab.edit("parcels: { type: classic", "parcels: { type: quorum");
        self.lab.mqlab(&["up"]).code(5).says("run it again with `--yes`");
        assert_eq!(self.type_of("parcels"), "classic");
        self.lab.mqlab(&["up", "--yes"]).code(0);
        assert_eq!(
            (self.type_of("parcels"), self.rabbit.bindings("parcels")),
            (json!("quorum"), set(&["mail by.hand", "mail parcel"]))
        );
        self.in_sync();
    }

    /// A limit on queues keeps the new queue from coming, so that the kill meets the moment for certain.
    fn a_kill_between_delete_and_create(&self) {
        let bound = self.rabbit.bindings("letters");
        let (old, new, _) = QUEUE_TYPE;
        self.lab.edit(old, new);
        let queues = self.rabbit.get(&format!("queues/{ROOT}?columns=name")).as_array().unwrap().len();
        let limit = format!("vhost-limits/{ROOT}/max-queues");
        self.rabbit.put(&limit, &json!({ "value": queues - 1 }));
        let mut run = self.lab.command(&["apply", "--replace", "jobs/queue/letters", "--yes"]).spawn().unwrap();
        until("the queue is deleted", 20, || !self.rabbit.is_there(&format!("queues/{ROOT}/letters")));
        run.kill().unwrap();
        run.wait().unwrap();
        let left = self.lab.mqlab(&["drift", "--format", "plain"]).code(3).stdout;
        for binding in ["mail→letters?by.hand", "mail→letters?letter", "amq.headers→letters#"] {
            let wanted = format!("+ jobs/binding/{binding}");
            assert!(left.lines().any(|line| line.starts_with(&wanted)), "no {wanted} in {left}");
        }
        self.rabbit.delete(&limit);
        self.lab.mqlab(&["apply"]).code(0);
        assert_eq!((self.type_of("letters"), self.rabbit.bindings("letters")), (json!("quorum"), bound));
        self.what_was_begun_is_over();
    }

    /// So many that a broker in haste is seen between the first of them and the last: 150 were once back within 50 ms.
    fn a_kill_while_the_bindings_come_back(&self) {
        const BY_HAND: u32 = 1_000;
        for number in 0..BY_HAND {
            self.rabbit.bind("mail", "letters", &format!("by.hand.{number}"));
        }
        let bound = self.rabbit.bindings("letters");
        let (old, new, _) = QUEUE_TYPE;
        self.lab.edit(new, old);
        let mut run = self.lab.command(&["apply", "--replace", "jobs/queue/letters", "--yes"]).spawn().unwrap();
        let mut some = 0;
        until("some bindings are back", 20, || {
            let there = self.rabbit.is_there(&format!("queues/{ROOT}/letters"));
            some = if there { self.rabbit.bindings("letters").len() } else { 0 };
            (1..bound.len()).contains(&some)
        });
        run.kill().unwrap();
        run.wait().unwrap();
        println!("killed when {some} of {} bindings were back", bound.len());
        self.lab.mqlab(&["apply"]).code(0);
        assert_eq!((self.type_of("letters"), self.rabbit.bindings("letters")), (json!("classic"), bound));
        for number in 0..BY_HAND {
            self.unbind(&format!("by.hand.{number}"));
        }
        self.what_was_begun_is_over();
    }

    fn unbind(&self, key: &str) {
        self.rabbit.delete(&format!("bindings/{ROOT}/e/mail/q/letters/{key}"));
    }

    /// A binding that was made by hand and is taken away by hand does not come back.
    fn what_was_begun_is_over(&self) {
        self.in_sync();
        self.unbind("by.hand");
        self.in_sync();
        self.lab.mqlab(&["apply"]).code(0);
        assert!(!self.rabbit.bindings("letters").contains("mail by.hand"));
        self.rabbit.bind("mail", "letters", "by.hand");
    }

    fn policies_replace_nothing(&self) {
        self.talk.fill("letters", 3);
        let none = "0 replace, 0 delete;";
        self.lab.edit(
            "letters: { type: classic,",
            "letters: { type: classic, message_ttl: 1h, dead_letter: { exchange: mail },",
        );
        self.lab.mqlab(&["up", "--format", "plain"]).code(0).says(none).says("+ jobs/policy/mqlab.letters");
        let policy = || self.rabbit.get(&format!("queues/{ROOT}/letters"))["policy"].clone();
        until("the policy applies", 20, || policy() == "mqlab.letters");
        self.lab.edit("message_ttl: 1h", "message_ttl: 2h");
        self.lab.mqlab(&["up", "--format", "plain"]).code(0).says(none).says("~ jobs/policy/mqlab.letters");
        self.lab.edit(" message_ttl: 2h, dead_letter: { exchange: mail },", "");
        self.lab.mqlab(&["up", "--format", "plain"]).code(0).says(none).says("? jobs/policy/mqlab.letters");
        let delete = ["apply", "--delete", "jobs/policy/mqlab.letters", "--allow-data-loss", "--yes"];
        self.lab.mqlab(&delete).code(0).says("- policy/mqlab.letters");
        until("no policy applies", 20, || policy().is_null() || policy() == "");
        assert_eq!((self.type_of("letters"), self.talk.drain("letters").len()), (json!("classic"), 3));
    }

    /// The way out that a blocked topic names.
    fn a_topic_is_made_again(&self) {
        let (old, new, _) = SHRUNK;
        self.kafka.produce("orders", 7);
        self.lab.edit(old, new);
        let replace = ["apply", "--replace", "events/topic/orders", "--yes"];
        self.lab.mqlab(&replace).code(5).says("7 messages");
        assert_eq!((self.kafka.partitions()["orders"], self.kafka.count("orders")), (3, 7));
        self.lab.mqlab(&[&replace[..], &["--allow-data-loss"]].concat()).code(0);
        assert_eq!((self.kafka.partitions()["orders"], self.kafka.count("orders")), (2, 0));
        self.in_sync();
    }
}

fn set(texts: &[&str]) -> BTreeSet<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
