//! One node, and then two as a network of brokers.

use super::client::ActiveMq;
use crate::lab::{Lab, docker, identity, until};

const SPEC: &str = r#"brokers:
  legacy:
    kind: activemq
    version: "6.1"
    nodes: 1
    heap: 192MiB
    queues:
      work: { policy: { dead_letter: DLQ.work, max_redeliveries: 0 } }
      Consumer.audit.VirtualTopic.events: {}
    topics: { VirtualTopic.events: {}, prices: {} }
    users:
      app: { password: app }
"#;

/// Nobody waits for a network that the two cannot make: the one would lose what it has in memory, and stays as it is.
#[test]
fn a_node_that_stays_as_it_is_is_not_waited_for() {
    let spec =
        "brokers:\n  legacy: { kind: activemq, storage: memory, heap: 192MiB, nodes: 1, queues: { work: {} } }\n";
    let lab = Lab::new("activemq-memory", spec);
    lab.mqlab(&["up"]).code(0);
    let node = ActiveMq::legacy(&lab.env());
    assert_eq!(node.send("/queue/work", "kept"), "sent");
    let before = identity(&lab.container("legacy"));
    lab.edit("nodes: 1", "nodes: 2");
    let up = lab.mqlab(&["up", "--yes"]).code(5).says("--allow-data-loss").never_says("is not ready");
    assert!(up.took.as_secs() < 60, "{up:?}");
    assert_eq!((identity(&lab.container("legacy")), node.waiting("work")), (before, 1));
}

struct Scene {
    lab: Lab,
    nodes: [ActiveMq; 2],
}

#[test]
fn two_nodes() {
    let lab = Lab::new("activemq-cluster", SPEC);
    lab.mqlab(&["up"]).code(0);
    assert_eq!(ActiveMq::legacy(&lab.env()).login("app", "app").send("/queue/work", "from before"), "sent");
    lab.edit("nodes: 1", "nodes: 2");
    lab.mqlab(&["plan"]).code(0).says("legacy gets 1 more of its nodes");
    lab.mqlab(&["up", "--yes"]).code(0).says("in at the first node and out at the last");
    let nodes = [1, 2].map(|number| ActiveMq::node(&lab.env(), number));
    let scene = Scene { lab, nodes };
    scene.a_new_node_has_everything_and_messages_stay_where_they_were();
    scene.each_node_lets_the_declared_user_in_and_out();
    scene.messages_go_to_where_they_are_wanted_and_back();
    scene.what_one_node_lacks_is_made_there();
    scene.a_node_is_lost_and_comes_back();
    scene.a_restart_of_all_nodes_loses_nothing();
    scene.fewer_nodes_are_refused();
}

impl Scene {
    #[track_caller]
    fn both_have_everything(&self) {
        for node in &self.nodes {
            let found = |kind| node.names(kind).into_iter().collect::<Vec<_>>();
            assert_eq!(found("Queue"), ["Consumer.audit.VirtualTopic.events", "DLQ.work", "work"]);
            assert_eq!(found("Topic"), ["VirtualTopic.events", "prices"]);
        }
        self.lab.mqlab(&["drift"]).code(0).says("In sync");
    }

    fn waiting(&self) -> [i64; 2] {
        self.nodes.each_ref().map(|node| node.waiting("work"))
    }

    /// As `growth:` promises.
    fn a_new_node_has_everything_and_messages_stay_where_they_were(&self) {
        self.both_have_everything();
        assert_eq!(self.waiting(), [1, 0]);
        assert_eq!(self.nodes[1].take("/queue/work", 1), ["from before"]);
    }

    /// As somebody who is declared, not as the administrator.
    fn each_node_lets_the_declared_user_in_and_out(&self) {
        for (number, node) in (1..).zip(&self.nodes) {
            assert_eq!(node.login("app", "wrong").enters(), "refused");
            let app = node.login("app", "app");
            app.every_way_leads_in_and_out(&format!("{}-legacy-{number}", self.lab.stack()));
            // The first time is the last, wherever it happens.
            assert_eq!(app.send("/queue/work", "poison"), "sent");
            assert_eq!(app.reject("/queue/work", "/queue/DLQ.work"), "1");
        }
        for node in &self.nodes {
            node.forget_the_ways();
        }
    }

    fn messages_go_to_where_they_are_wanted_and_back(&self) {
        let [first, second] = &self.nodes;
        for (from, to) in [(first, second), (second, first)] {
            assert_eq!(from.send("/queue/work", "over there"), "sent");
            assert_eq!(to.take("/queue/work", 1), ["over there"]);
            // It went to who wanted it, and comes back when that one has left.
            assert_eq!(from.send("/queue/work", "and back"), "sent");
            assert_eq!(to.hold("/queue/work", 1), ["and back"]);
            assert_eq!(from.take("/queue/work", 1), ["and back"]);
        }
        assert_eq!(first.send("/topic/VirtualTopic.events", "event"), "sent");
        assert_eq!(second.take("/queue/Consumer.audit.VirtualTopic.events", 1), ["event"]);
    }

    fn what_one_node_lacks_is_made_there(&self) {
        self.nodes[1].operate("removeQueue", &["work"]).unwrap();
        let drift = self.lab.mqlab(&["drift", "--format", "plain"]).code(3).stdout;
        assert!(drift.starts_with("+ legacy/queue/work: not there"), "{drift}");
        self.lab.mqlab(&["apply"]).code(0);
        self.both_have_everything();
        // A stranger on one node is a stranger.
        self.nodes[0].operate("addQueue", &["strange"]).unwrap();
        self.lab.mqlab(&["drift", "--format", "plain"]).code(0).says("? legacy/queue/strange");
        self.lab.mqlab(&["apply", "--delete", "legacy/queue/strange", "--yes", "--allow-data-loss"]).code(0);
        self.both_have_everything();
    }

    /// What waits on it waits until it is back.
    fn a_node_is_lost_and_comes_back(&self) {
        let [first, second] = &self.nodes;
        assert_eq!(second.send("/queue/work", "waits"), "sent");
        let container = format!("{}-legacy-2", self.lab.stack());
        docker(&["kill", &container]);
        until("the container is down", 10, || {
            docker(&["inspect", "-f", "{{.State.Running}}", &container]) == "false\n"
        });
        self.lab.mqlab(&["status"]).code(0).says("degraded, 1 of 2 run").says("1 of 2 nodes are in the cluster");
        assert_eq!(first.send("/queue/work", "goes on"), "sent");
        assert_eq!(first.take("/queue/work", 1), ["goes on"]);
        let drift = self.lab.mqlab(&["drift", "--format", "plain"]).code(3).stdout;
        assert!(drift.starts_with("~ legacy/node/2: running: false → true"), "{drift}");
        assert_eq!(drift.lines().count(), 2, "{drift}");
        self.lab.mqlab(&["up"]).code(0);
        self.both_have_everything();
        assert_eq!(first.take("/queue/work", 1), ["waits"]);
    }

    fn a_restart_of_all_nodes_loses_nothing(&self) {
        for (number, node) in (1..).zip(&self.nodes) {
            assert_eq!(node.send("/queue/work", &format!("kept by {number}")), "sent");
        }
        assert_eq!(self.waiting(), [1, 1]);
        self.lab.mqlab(&["restart"]).code(0);
        self.lab.mqlab(&["up"]).code(0).says("Nothing to do");
        self.both_have_everything();
        assert_eq!(self.waiting(), [1, 1]);
        let mut kept = self.nodes[0].take("/queue/work", 2);
        kept.sort();
        assert_eq!(kept, ["kept by 1", "kept by 2"]);
    }

    fn fewer_nodes_are_refused(&self) {
        self.lab.edit("nodes: 2", "nodes: 1");
        self.lab.mqlab(&["plan"]).says("fewer nodes");
        self.lab.edit("nodes: 1", "nodes: 2");
        self.lab.mqlab(&["drift"]).code(0);
    }
}
