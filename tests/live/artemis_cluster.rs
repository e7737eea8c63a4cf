//! Artemis, one node and then two: everything on each, and messages for whoever asks, wherever.

use serde_json::json;

use super::artemis_client::Art;
use super::lab::{Lab, docker, until};

const SPEC: &str = r#"brokers:
  art:
    kind: artemis
    version: "2.56"
    nodes: 1
    heap: 192MiB
    users:
      app: { password: "${env:APP_PASSWORD:-app}", roles: [amq] }
    security:
      "closed.#": { send: [app] }
    address_settings:
      "orders.#": { max_delivery_attempts: 3 }
    addresses:
      orders: { routing: anycast }
      events: { routing: multicast, queues: { events.log: { filter: "kind = 'x'" } } }
    diverts:
      copy: { address: events, forward_to: orders, filter: "kind = 'order'" }
"#;

#[test]
fn artemis_cluster() {
    let lab = Lab::new("artemis-cluster", SPEC);
    lab.mqlab(&["up"]).code(0);
    assert!(
        Art::of(&lab.env(), lab.stack(), 1).admin().send("orders", "ANYCAST", &[], "before").starts_with("RECEIPT")
    );
    lab.edit("nodes: 1", "nodes: 2");
    lab.mqlab(&["plan"]).code(0).says("art gets 1 more of its nodes");
    lab.mqlab(&["up", "--yes"]).code(0).says("from node 1 to node 2");
    let nodes = [1, 2].map(|node| Art::of(&lab.env(), lab.stack(), node));
    let scene = Scene { lab, nodes };
    scene.everything_is_on_each_node();
    scene.a_message_goes_to_the_consumer_at_the_other_node();
    scene.every_protocol_leads_in_and_out_at_each_node();
    scene.what_one_node_lacks_or_has_otherwise_is_set_there();
    scene.a_node_that_is_down_is_told_and_comes_back();
    scene.a_restart_of_all_nodes_loses_nothing();
    scene.a_deletion_is_one_at_every_node();
}

struct Scene {
    lab: Lab,
    nodes: [Art; 2],
}

impl Scene {
    fn everything_is_on_each_node(&self) {
        for art in &self.nodes {
            assert_eq!(art.routing("orders"), json!(["ANYCAST"]));
            assert_eq!(art.queue("events.log")["Filter"], json!("kind = 'x'"));
            assert_eq!(art.diverts()["copy"]["ForwardingAddress"], json!("orders"));
            assert_eq!(art.settings("orders.x")["maxDeliveryAttempts"], json!(3));
            assert_eq!(art.settings("orders.x")["redistributionDelay"], json!(0));
            assert_eq!(art.roles("closed.x", "send"), ["app"]);
            assert!(art.stomp("app", "app").is_some());
            let topology = art.call("listNetworkTopology()", &[]);
            assert_eq!(topology.as_str().unwrap().matches("\"live\"").count(), 2, "{topology}");
        }
        self.lab.mqlab(&["up"]).code(0).says("Nothing to do");
        self.lab.mqlab(&["drift", "--strict"]).code(0);
    }

    fn counts(&self, queue: &str) -> [i64; 2] {
        self.nodes.each_ref().map(|art| art.count(queue))
    }

    /// Also one that lay there before anybody asked, when the node was alone: redistribution.
    fn a_message_goes_to_the_consumer_at_the_other_node(&self) {
        let [first, second] = &self.nodes;
        assert_eq!(self.counts("orders"), [1, 0]);
        let mut consumer = second.admin();
        assert!(consumer.subscribe("orders", "ANYCAST").starts_with("RECEIPT"));
        assert_eq!(consumer.message(), "before");
        first.admin().send("orders", "ANYCAST", &[], "after");
        assert_eq!(consumer.message(), "after");
        until("both are taken", 10, || self.counts("orders") == [0, 0]);
        drop(consumer);
        until("the consumer has gone", 10, || second.queue("orders")["ConsumerCount"] == json!(0));
    }

    fn every_protocol_leads_in_and_out_at_each_node(&self) {
        for art in &self.nodes {
            art.every_protocol_leads_in_and_out("orders", "events");
        }
    }

    fn what_one_node_lacks_or_has_otherwise_is_set_there(&self) {
        let (lab, second) = (&self.lab, &self.nodes[1]);
        second.call("destroyQueue(java.lang.String)", &["orders".into()]);
        second.call(
            "resetUser(java.lang.String,java.lang.String,java.lang.String,boolean)",
            &["app".into(), "other".into(), "amq".into(), false.into()],
        );
        let settings = json!({ "maxDeliveryAttempts": 9 }).to_string();
        second.call("addAddressSettings(java.lang.String,java.lang.String)", &["orders.#".into(), settings.into()]);
        let ran = lab.mqlab(&["drift", "--format", "plain"]).code(3);
        for told in ["+ art/queue/orders", "password: *** → ***", "max_delivery_attempts: 9 → 3"] {
            assert!(ran.stdout.contains(told), "{told} in {}", ran.stdout);
        }
        lab.mqlab(&["apply"]).code(0);
        self.everything_is_on_each_node();
    }

    fn a_node_that_is_down_is_told_and_comes_back(&self) {
        let lab = &self.lab;
        self.nodes[1].admin().send("events", "MULTICAST", &[("kind", "x")], "kept");
        docker(&["kill", &self.nodes[1].container]);
        let status = lab.mqlab(&["status"]);
        assert!(status.stdout.contains("1 of 2") || status.stderr.contains("1 of 2"), "{status:#?}");
        let drift = lab.mqlab(&["drift"]);
        assert!(drift.code != 0 && (drift.stdout.contains("node/2")), "{drift:#?}");
        lab.mqlab(&["up"]).code(0);
        until("the node is back with its message", 30, || self.nodes[1].count("events.log") == 1);
        self.everything_is_on_each_node();
    }

    fn a_restart_of_all_nodes_loses_nothing(&self) {
        for art in &self.nodes {
            assert!(art.admin().send("orders", "ANYCAST", &[], "kept").starts_with("RECEIPT"));
        }
        let before = ["orders", "events.log"].map(|queue| self.counts(queue));
        assert_eq!(before, [[1, 1], [0, 1]]);
        self.lab.mqlab(&["restart"]).code(0);
        self.lab.mqlab(&["up"]).code(0).says("Nothing to do");
        self.everything_is_on_each_node();
        assert_eq!(["orders", "events.log"].map(|queue| self.counts(queue)), before);
    }

    fn a_deletion_is_one_at_every_node(&self) {
        let lab = &self.lab;
        for art in &self.nodes {
            art.call("createAddress(java.lang.String,java.lang.String)", &["by.hand".into(), "ANYCAST".into()]);
            let queue = json!({ "name": "by.hand", "address": "by.hand", "routing-type": "ANYCAST", "auto-create-address": false });
            art.send_document("createQueue", &queue);
        }
        let delete =
            ["apply", "--delete", "art/queue/by.hand", "--delete", "art/address/by.hand", "--allow-data-loss", "--yes"];
        lab.mqlab(&delete).code(0);
        for art in &self.nodes {
            assert!(art.routing("by.hand").is_null());
        }
    }
}
