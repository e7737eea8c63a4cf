//! A master and its replica: what holds when one of them dies.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::tools::{Java, Stored, mqadmin};
use crate::lab::{Lab, docker};

const SPEC: &str = r#"brokers:
  trades:
    kind: rocketmq
    version: "5.5"
    heap: 256MiB
    topics:
      orders: { queues: 4 }
    subscription_groups:
      booking: { retry_max: 5 }
      direct: {}
      by_proxy: {}
"#;

#[test]
fn rocketmq_with_a_replica() {
    let lab = Lab::new("rocketmq-replica", SPEC);
    lab.mqlab(&["up"]).code(0);
    let [master, replica, proxy] = ["1", "2", "proxy-1"].map(|node| format!("{}-trades-{node}", lab.stack()));
    let scene = Scene { lab, master, replica, proxy };
    scene.a_second_node_becomes_the_replica();
    scene.both_have_every_object();
    scene.without_its_master_nothing_is_lost_and_nothing_is_sent();
    scene.without_its_replica_the_master_goes_on();
}

struct Scene {
    lab: Lab,
    master: String,
    replica: String,
    proxy: String,
}

impl Scene {
    fn a_second_node_becomes_the_replica(&self) {
        self.lab.edit("    heap: 256MiB\n", "    heap: 256MiB\n    nodes: 2\n");
        self.lab.mqlab(&["plan"]).code(0).says("becomes the replica of the first");
        self.lab.mqlab(&["up", "--yes"]).code(0).says("a message reaches the replica");
    }

    #[track_caller]
    fn both(&self, holds: impl Fn(&Stored) -> bool) {
        for node in [&self.master, &self.replica] {
            assert!(holds(&Stored::of(node)), "not so on {node}");
        }
    }

    fn both_have_every_object(&self) {
        self.lab.edit("orders: { queues: 4 }", "orders: { queues: 6, message_type: fifo }\n      refunds: {}");
        self.lab.edit("retry_max: 5", "retry_max: 6");
        self.lab.mqlab(&["apply"]).code(0);
        self.both(|stored| stored.topic("orders") == "6/6 6 FIFO" && stored.topic("refunds") == "8/8 6 NORMAL");
        self.both(|stored| stored.group("booking") == "6 false true true");
        self.lab.edit("\n      refunds: {}", "");
        self.lab.mqlab(&["apply", "--delete", "trades/topic/refunds", "--allow-data-loss", "--yes"]).code(0);
        self.both(|stored| stored.topic("refunds") == "none");
        self.lab.edit("queues: 6, message_type: fifo", "queues: 6");
        self.lab.mqlab(&["apply"]).code(0);
        mqadmin(&self.master, "clusterList", "broker-a");
    }

    fn without_its_master_nothing_is_lost_and_nothing_is_sent(&self) {
        let java = Java::new(&self.master);
        let proxy = self.lab.env()["TRADES_NAMESRV_ADDR"].clone();
        let mut sender = java.here(&["produce", &proxy, "orders"]);
        let acknowledged = produce_until(&mut sender, 200, || drop(docker(&["kill", &self.master])));

        let status = self.lab.mqlab(&["status"]);
        assert!(status.stdout.contains("degraded, 3 of 4 run"), "{status:#?}");
        // The replica tells what there is.
        self.lab.mqlab(&["drift"]).code(3).says("trades/node/1  running: false").says("0 create");
        // In the stack's network clients are sent to the replica, and it has every message that was acknowledged.
        let read = ["drain", "trades-namesrv:9876", "orders", "direct", "60"];
        complete(&acknowledged, &java.inside(&self.proxy, &read));
        // By the proxy there is nobody.
        assert_eq!(java.run(&["drain", &proxy, "orders", "by_proxy", "8"]), "");
        let mut sender = java.here(&["produce", &proxy, "orders"]);
        assert_eq!(attempts(&mut sender, 2), [false, false]);

        self.lab.mqlab(&["up"]).code(0);
        complete(&acknowledged, &java.run(&["drain", &proxy, "orders", "by_proxy", "60"]));
        self.lab.mqlab(&["drift"]).code(0);
    }

    fn without_its_replica_the_master_goes_on(&self) {
        docker(&["kill", &self.replica]);
        let java = Java::new(&self.master);
        let proxy = self.lab.env()["TRADES_NAMESRV_ADDR"].clone();
        let status = self.lab.mqlab(&["status"]);
        assert!(status.stdout.contains("degraded, 3 of 4 run"), "{status:#?}");
        // It waits three seconds for the replica, and says what it waited for; or knows already that there is none.
        let mut sender = java.here(&["produce", &proxy, "orders"]);
        let said = lines(&mut sender, 1);
        let alone = ["FLUSH_SLAVE_TIMEOUT", "SLAVE_NOT_AVAILABLE"].map(|status| format!("{status} message-0"));
        assert!(alone.iter().any(|alone| said[0].starts_with(alone)), "{said:?}");
        self.lab.mqlab(&["up"]).code(0);
        let mut sender = java.here(&["produce", &proxy, "orders"]);
        assert_eq!(attempts(&mut sender, 2), [true, true]);
        self.both(|stored| stored.topic("orders") == "6/6 6 NORMAL");
    }
}

#[track_caller]
fn complete(sent: &[String], found: &str) {
    let lost: Vec<&String> = sent.iter().filter(|body| !found.lines().any(|line| line == *body)).collect();
    assert!(lost.is_empty(), "{} of {} are lost: {lost:?}", lost.len(), sent.len());
}

/// The first so many lines of a producer.
fn lines(producer: &mut Command, count: usize) -> Vec<String> {
    let mut child = producer.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let lines: Vec<String> =
        BufReader::new(child.stdout.take().unwrap()).lines().take(count).map(Result::unwrap).collect();
    child.kill().unwrap();
    child.wait().unwrap();
    lines
}

/// Whether the first so many messages were acknowledged.
fn attempts(producer: &mut Command, count: usize) -> Vec<bool> {
    lines(producer, count).iter().map(|line| line.starts_with("SEND_OK ")).collect()
}

/// Sends, does `then` after so many acknowledged messages, and goes on until one fails, or for fifty more. All that
/// were acknowledged.
pub(super) fn produce_until(producer: &mut Command, count: usize, then: impl FnOnce()) -> Vec<String> {
    let mut child = producer.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut then = Some(then);
    let mut sent = Vec::new();
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        match line.strip_prefix("SEND_OK ") {
            Some(body) => sent.push(body.to_owned()),
            None if sent.len() >= count => break,
            None => {}
        }
        if sent.len() == count
            && let Some(then) = then.take()
        {
            then();
        }
        if sent.len() >= count + 50 && then.is_none() {
            break;
        }
    }
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(sent.len() >= count, "only {} messages were acknowledged", sent.len());
    sent
}
