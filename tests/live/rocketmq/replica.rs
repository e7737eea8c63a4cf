//! A master and its replica: what holds when one of them dies.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use super::tools::{Java, Stored, grpc, mqadmin};
use crate::lab::{Lab, Ran, docker};

const SPEC: &str = r#"brokers:
  trades:
    kind: rocketmq
    version: "5.5"
    heap: 256MiB
    topics:
      orders: { queues: 4 }
      kept: { queues: 1 }
    subscription_groups:
      booking: { retry_max: 5 }
      direct: {}
      by_proxy: {}
      by_grpc: {}
      keepers: {}
"#;

#[test]
fn rocketmq_with_a_replica() {
    let lab = Lab::new("rocketmq-replica", SPEC);
    lab.mqlab(&["up"]).code(0);
    let [master, replica, proxy] = ["1", "2", "proxy-1"].map(|node| format!("{}-trades-{node}", lab.stack()));
    let scene = Scene { lab, master, replica, proxy };
    scene.a_second_node_becomes_the_replica();
    scene.what_the_replica_has_otherwise_is_told_and_set_there();
    scene.both_have_every_object();
    scene.a_message_goes_round_by_grpc();
    scene.without_its_master_nothing_is_lost_and_nothing_is_sent();
    scene.a_replica_that_does_not_answer_is_not_taken_for_right();
    scene.without_its_replica_the_master_goes_on();
    scene.everything_is_there_after_a_restart_of_all_containers();
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

    fn what_the_replica_has_otherwise_is_told_and_set_there(&self) {
        let told = [
            r#"~ trades/subscription_group/booking: retry_max: "9 on node 2" → 5"#,
            r#"~ trades/topic/orders: message_type: "delay on node 2" → normal"#,
            r#"permission: "read on node 2" → read_write"#,
            r#"read_queues: "2 on node 2" → 4"#,
            r#"write_queues: "3 on node 2" → 4"#,
        ];
        let mut drift = self.with_a_replica_of_its_own();
        // Once a minute it takes over what its master has, and that was now.
        if !told.iter().all(|line| drift.stdout.contains(line)) {
            drift = self.with_a_replica_of_its_own();
        }
        assert_eq!((drift.code, told.iter().find(|line| !drift.stdout.contains(**line))), (3, None), "{drift:#?}");
        self.lab.mqlab(&["up"]).code(0);
        self.both(|stored| stored.topic("orders") == "4/4 6 NORMAL");
        self.both(|stored| stored.group("booking") == "5 false true true");
        self.lab.mqlab(&["drift"]).code(0);
    }

    /// The drift, after somebody has set on the replica what its master has otherwise.
    fn with_a_replica_of_its_own(&self) -> Ran {
        let replica = &self.replica;
        std::thread::scope(|scope| {
            for command in [
                "updateTopic -b 127.0.0.1:10911 -t orders -w 3 -r 2 -p 4 -a +message.type=DELAY",
                "updateSubGroup -b 127.0.0.1:10911 -g booking -r 9 -o false -s true -d true",
            ] {
                scope.spawn(move || mqadmin(replica, command, "success"));
            }
        });
        self.lab.mqlab(&["drift", "--format", "plain"])
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

    fn a_message_goes_round_by_grpc(&self) {
        grpc(&self.lab.env()["TRADES_ENDPOINTS"], "orders", "by_grpc", None);
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

    /// Of a container that only seems to run.
    fn a_replica_that_does_not_answer_is_not_taken_for_right(&self) {
        docker(&["kill", "--signal", "STOP", &self.replica]);
        let drift = self.lab.mqlab(&["drift"]);
        assert_ne!(drift.code, 0, "{drift:#?}");
        drift.says("its state is unknown: node 2: no answer from").never_says("In sync");
    }

    fn without_its_replica_the_master_goes_on(&self) {
        docker(&["kill", &self.replica]);
        let drift = self.lab.mqlab(&["drift", "--format", "plain"]).code(3).stdout;
        assert!(drift.starts_with("~ trades/node/2: running: false → true"), "{drift}");
        assert_eq!(drift.lines().count(), 2, "{drift}");
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

    fn everything_is_there_after_a_restart_of_all_containers(&self) {
        let java = Java::new(&self.master);
        let proxy = self.lab.env()["TRADES_NAMESRV_ADDR"].clone();
        let mut sender = java.here(&["produce", &proxy, "kept"]);
        assert_eq!(lines(&mut sender, 1), ["SEND_OK message-0"]);
        let stored = || [&self.master, &self.replica].map(|node| Stored::of(node));
        let before = stored();
        self.lab.mqlab(&["restart"]).code(0);
        self.lab.mqlab(&["up"]).code(0).says("Nothing to do");
        for (before, after) in before.iter().zip(stored()) {
            for (before, after) in [(&before.topics, after.topics), (&before.groups, after.groups)] {
                let lost: Vec<&String> = before.keys().filter(|name| after.get(*name) != before.get(*name)).collect();
                assert!(lost.is_empty(), "{lost:?}");
            }
        }
        complete(&["message-0".to_owned()], &java.run(&["drain", &proxy, "kept", "keepers", "60"]));
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
