//! One broker with its name server and its proxy.

use mqlab::sim::queues::by_message_group;

use super::tools::{Java, Stored, grpc, grpc_inside, mqadmin, offsets};
use crate::lab::{Lab, docker, identity};

const SPEC: &str = r#"brokers:
  trades:
    kind: rocketmq
    version: "5.5"
    heap: 256MiB
    topics:
      plain: { queues: 4 }
      ordered: { message_type: fifo }
      later: { message_type: delay, queues: 2 }
      halves: { message_type: transaction, queues: 2 }
      seats: { queues: 2, attributes: { cleanup.policy: COMPACTION, queue.type: null } }
      archive: { queues: 1, permission: read }
      uneven: { write_queues: 2, read_queues: 6 }
    subscription_groups:
      plain_readers: {}
      ordered_readers: { order: true, retry_max: 3 }
      later_readers: { retry_max: 0 }
      halves_readers: {}
      switched: { consume: false, broadcast: false }
      grpc_readers: {}
      grpc_ordered: { order: true }
"#;

#[test]
fn rocketmq_alone() {
    let lab = Lab::new("rocketmq", SPEC);
    lab.mqlab(&["up"]).code(0);
    let scene = Scene { broker: lab.container("trades"), proxy: format!("{}-trades-proxy-1", lab.stack()), lab };
    scene.everything_is_exactly_as_declared();
    scene.applying_again_changes_nothing();
    scene.messages_of_each_type_go_round_by_every_way();
    scene.what_is_there_is_there_after_a_stop_and_a_kill();
    scene.changes_are_made_in_place_and_leave_the_rest();
    scene.fewer_queues_take_two_steps();
    scene.an_attribute_is_for_good_unless_the_topic_goes();
    scene.only_what_is_named_is_deleted_and_only_when_it_is_empty();
    scene.a_thousand_topics_are_one_plan();
}

struct Scene {
    lab: Lab,
    broker: String,
    proxy: String,
}

impl Scene {
    fn stored(&self) -> Stored {
        Stored::of(&self.broker)
    }

    #[track_caller]
    fn is_topic(&self, name: &str, expected: &str) {
        assert_eq!(self.stored().topic(name), expected, "{name}");
    }

    #[track_caller]
    fn is_group(&self, name: &str, expected: &str) {
        assert_eq!(self.stored().group(name), expected, "{name}");
    }

    #[track_caller]
    fn in_sync(&self) {
        self.lab.mqlab(&["drift", "--format", "plain"]).code(0);
    }

    fn hand(&self, command: &str, says: &str) {
        mqadmin(&self.broker, command, says);
    }

    fn everything_is_exactly_as_declared(&self) {
        for (topic, expected) in [
            ("plain", "4/4 6 NORMAL"),
            ("ordered", "8/8 6 FIFO"),
            ("later", "2/2 6 DELAY"),
            ("halves", "2/2 6 TRANSACTION"),
            ("seats", "2/2 6 NORMAL cleanup.policy=COMPACTION"),
            ("archive", "1/1 4 NORMAL"),
            ("uneven", "2/6 6 NORMAL"),
        ] {
            self.is_topic(topic, expected);
        }
        for (group, expected) in [
            ("plain_readers", "16 false true true"),
            ("ordered_readers", "3 true true true"),
            ("later_readers", "0 false true true"),
            ("switched", "16 false false false"),
        ] {
            self.is_group(group, expected);
        }
        let names: Vec<String> = self.stored().topics.into_keys().filter(|name| name.starts_with("mqlab-")).collect();
        assert_eq!(names, [""; 0], "the probe cleans up");
    }

    fn applying_again_changes_nothing(&self) {
        let before = (self.stored(), identity(&self.broker), identity(&self.proxy));
        self.lab.mqlab(&["up"]).code(0).says("Nothing to do");
        self.lab.mqlab(&["plan", "--exit-code"]).code(0);
        assert_eq!(before, (self.stored(), identity(&self.broker), identity(&self.proxy)));
    }

    /// Remoting from the host goes by the proxy, and in the stack's network to the broker; gRPC goes by the proxy,
    /// whatever its address is for whom.
    fn messages_of_each_type_go_round_by_every_way(&self) {
        let env = self.lab.env();
        let java = Java::new(&self.broker);
        let all = "plain ok\nordered ok\nlater ok\nhalves ok\n";
        crate::vectors::rocketmq_queues(java.here(&["queues"]));
        assert_eq!(java.run(&["rounds", &env["TRADES_NAMESRV_ADDR"]]), all);
        assert_eq!(java.inside(&self.proxy, &["rounds", &env["TRADES_CONTAINER_NAMESRV_ADDR"]]), all);
        for (topic, group, message_group) in [("plain", "grpc_readers", None), ("ordered", "grpc_ordered", Some("a"))] {
            grpc(&env["TRADES_ENDPOINTS"], topic, group, message_group);
            grpc_inside(&self.broker, &env["TRADES_CONTAINER_ENDPOINTS"], topic, group, message_group);
        }
        // The proxy picks a group's queue, as the site's figure does.
        for group in ["customer-42", "order-3", "订单"] {
            let before = offsets(&self.broker, "ordered");
            grpc(&env["TRADES_ENDPOINTS"], "ordered", "grpc_ordered", Some(group));
            let after = offsets(&self.broker, "ordered");
            let grown: Vec<u32> = after.keys().filter(|queue| after[queue] > before[queue]).copied().collect();
            let queues = u32::try_from(after.len()).unwrap();
            assert_eq!(grown, [by_message_group(group, queues).unwrap()], "{group} among {queues}");
        }
    }

    fn what_is_there_is_there_after_a_stop_and_a_kill(&self) {
        let env = self.lab.env();
        let java = Java::new(&self.broker);
        let mut sender = java.here(&["produce", &env["TRADES_NAMESRV_ADDR"], "uneven"]);
        let sent = super::replica::produce_until(&mut sender, 50, || {});
        let before = self.stored();
        self.lab.mqlab(&["stop"]).code(0);
        self.lab.mqlab(&["start"]).code(0);
        docker(&["kill", &self.broker]);
        self.lab.mqlab(&["up"]).code(0);
        for (name, topic) in &before.topics {
            assert_eq!(self.stored().topics.get(name), Some(topic), "{name}");
        }
        assert_eq!(self.stored().groups, before.groups);
        let found = java.inside(&self.proxy, &["drain", "trades-namesrv:9876", "uneven", "plain_readers", "60"]);
        let lost: Vec<&String> = sent.iter().filter(|body| !found.lines().any(|line| line == *body)).collect();
        assert!(lost.is_empty(), "{lost:?} of {} are lost", sent.len());
    }

    fn changes_are_made_in_place_and_leave_the_rest(&self) {
        // Retry queues are nothing that the file could mention.
        self.hand("updateSubGroup -c DefaultCluster -g switched -s false -d false -q 3", "success");
        self.lab.edit("plain: { queues: 4 }", "plain: { queues: 6, message_type: delay, permission: write }");
        self.lab.edit(
            "switched: { consume: false, broadcast: false }",
            "switched: { consume: true, broadcast: true, retry_max: 7, order: true }",
        );
        self.lab.mqlab(&["apply"]).code(0);
        self.is_topic("plain", "6/6 2 DELAY");
        self.is_group("switched", "7 true true true");
        assert_eq!(self.stored().groups["switched"]["retryQueueNums"], 3);
        self.lab.edit("plain: { queues: 6, message_type: delay, permission: write }", "plain: { queues: 6 }");
        self.lab.mqlab(&["apply"]).code(0);
        self.is_topic("plain", "6/6 6 NORMAL");
        self.in_sync();
    }

    fn fewer_queues_take_two_steps(&self) {
        self.lab.edit("plain: { queues: 6 }", "plain: { queues: 2 }");
        self.lab.mqlab(&["apply"]).code(5).says("set `write_queues: 2` with `read_queues: 6`");
        self.is_topic("plain", "6/6 6 NORMAL");
        self.lab.edit("plain: { queues: 2 }", "plain: { write_queues: 2, read_queues: 6 }");
        self.lab.mqlab(&["apply"]).code(0);
        self.lab.edit("plain: { write_queues: 2, read_queues: 6 }", "plain: { queues: 2 }");
        self.lab.mqlab(&["apply"]).code(0);
        self.is_topic("plain", "2/2 6 NORMAL");
    }

    fn an_attribute_is_for_good_unless_the_topic_goes(&self) {
        let env = self.lab.env();
        self.lab.edit("cleanup.policy: COMPACTION", "cleanup.policy: DELETE");
        self.lab.mqlab(&["apply"]).code(5).says("RocketMQ sets `attributes.cleanup.policy` when it creates a topic");
        self.is_topic("seats", "2/2 6 NORMAL cleanup.policy=COMPACTION");
        // Empty, so nothing is lost.
        self.lab.mqlab(&["apply", "--replace", "trades/topic/seats", "--yes"]).code(0);
        self.is_topic("seats", "2/2 6 NORMAL cleanup.policy=DELETE");

        grpc(&env["TRADES_ENDPOINTS"], "seats", "grpc_readers", None);
        self.lab.edit("cleanup.policy: DELETE", "cleanup.policy: COMPACTION");
        let replace = ["apply", "--replace", "trades/topic/seats", "--yes"];
        self.lab.mqlab(&replace).code(5).says("it holds 1 message");
        self.lab.mqlab(&[&replace[..], &["--allow-data-loss"]].concat()).code(0);
        self.is_topic("seats", "2/2 6 NORMAL cleanup.policy=COMPACTION");
        self.in_sync();
    }

    fn only_what_is_named_is_deleted_and_only_when_it_is_empty(&self) {
        let delete = |address: &str| ["apply", "--delete", address, "--allow-data-loss", "--yes"].map(str::to_owned);
        let run = |arguments: &[String]| self.lab.mqlab(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
        self.lab.edit("      uneven: { write_queues: 2, read_queues: 6 }\n", "");
        self.lab.edit("      halves_readers: {}\n", "");
        self.lab.mqlab(&["apply", "--delete", "trades/topic/uneven", "--yes"]).code(5).says("messages");
        self.is_topic("uneven", "2/6 6 NORMAL");
        run(&delete("trades/topic/uneven")).code(0);
        self.is_topic("uneven", "none");
        // The name server has forgotten it too: it answers nobody any more.
        self.hand("topicRoute -t uneven", "No topic route info in name server");
        run(&delete("trades/subscription_group/halves_readers")).code(0);
        self.is_group("halves_readers", "none");
        self.is_topic("%RETRY%halves_readers", "none");
    }

    fn a_thousand_topics_are_one_plan(&self) {
        let many: String = (0..1000).map(|number| format!("      many_{number}: {{ queues: 1 }}\n")).collect();
        self.lab.edit("    subscription_groups:\n", &format!("{many}    subscription_groups:\n"));
        self.lab.mqlab(&["apply"]).code(0);
        let stored = self.stored();
        let count = stored.topics.keys().filter(|name| name.starts_with("many_")).count();
        assert_eq!((count, stored.topic("many_999").as_str()), (1000, "1/1 6 NORMAL"));
        self.lab.mqlab(&["plan", "--exit-code"]).code(0);
    }
}
