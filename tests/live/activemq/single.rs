//! One node: the older version first, which the newer one takes the data over from.

use serde_json::{Value, json};

use super::client::ActiveMq;
use crate::lab::{Lab, docker, identity, until};

pub(super) const SPEC: &str = r#"brokers:
  legacy:
    kind: activemq
    version: "5.18"
    heap: 256MiB
    queues:
      invoices: {}
      invoices.retry: { policy: { dead_letter: DLQ.invoices, max_redeliveries: 2, redelivery_delay: 1s } }
      large: {}
      Consumer.audit.VirtualTopic.news: {}
    topics: { prices: {}, VirtualTopic.news: {} }
    composites:
      queue/all: { forward_to: [ queue/invoices, topic/prices, { to: queue/large, selector: "kind = 'large'" } ] }
    policies:
      queue/invoices.>: { process_expired: true, process_non_persistent: false, config: { memoryLimit: 1MiB } }
    users:
      app: { password: "${env:APP_PASSWORD}", groups: [users] }
      guest: { password: "${env:GUEST_PASSWORD}", groups: [guests] }
    authorization:
      queue/>: { read: [users], write: [users], admin: [users] }
      topic/>: { read: [users, guests], write: [users], admin: [users] }
"#;

const QUEUES: [&str; 6] =
    ["Consumer.audit.VirtualTopic.news", "DLQ.invoices", "all", "invoices", "invoices.retry", "large"];
const TOPICS: [&str; 2] = ["VirtualTopic.news", "prices"];

/// A broker with everything on it.
pub(super) struct Scene {
    pub(super) lab: Lab,
    pub(super) broker: ActiveMq,
}

#[test]
fn one_node_of_each_version() {
    let mut lab = Lab::new("activemq", SPEC);
    lab.set("APP_PASSWORD", "planted-4pp");
    lab.set("GUEST_PASSWORD", "planted: gu=est");
    lab.mqlab(&["up"]).code(0).says("a message goes round");
    let mut scene = Scene { broker: ActiveMq::legacy(&lab.env()), lab };
    scene.does_what_was_declared("5.18.3");
    scene.the_next_version_takes_the_data_over();
    scene.does_what_was_declared("6.1.8");
    scene.applying_twice_changes_nothing();
    scene.destinations_come_and_go();
    scene.what_is_removed_by_hand_comes_back();
    scene.a_topic_goes_with_its_durable_subscribers();
    scene.restarts_lose_nothing();
    scene.what_is_in_the_file_changes_with_the_container();
    scene.what_leaves_the_file_is_gone();
    scene.the_folder_is_lost();
    scene.lab.kept_secret("planted-4pp");
    scene.lab.kept_secret("planted: gu=est");
    scene.lab.kept_secret(&scene.lab.env()["LEGACY_PASSWORD"]);
}

impl Scene {
    /// As one of the declared users, whose passwords never change here.
    pub(super) fn app(&self) -> ActiveMq {
        self.broker.login("app", "planted-4pp")
    }

    pub(super) fn guest(&self) -> ActiveMq {
        self.broker.login("guest", "planted: gu=est")
    }

    fn does_what_was_declared(&self, version: &str) {
        assert_eq!(self.lab.json(&["status"])["brokers"][0]["version"], version);
        self.everything_is_there();
        self.messages_go_through_every_connector();
        self.users_enter_and_do_what_their_groups_may();
        self.composites_and_virtual_topics_hand_on();
        self.what_is_given_up_comes_again_and_then_is_a_dead_letter();
        self.nobody_but_mqlab_uses_the_http_api_and_it_does_little();
        self.lab.mqlab(&["drift"]).code(0).says("In sync");
    }

    fn everything_is_there(&self) {
        let found = |kind| self.broker.names(kind).into_iter().collect::<Vec<_>>();
        assert_eq!(found("Queue"), QUEUES);
        assert_eq!(found("Topic"), TOPICS);
        assert_eq!(self.broker.attribute("Queue", "invoices.retry", "MemoryLimit"), 1_048_576);
        assert_ne!(self.broker.attribute("Queue", "large", "MemoryLimit"), 1_048_576);
    }

    fn messages_go_through_every_connector(&self) {
        self.app().every_way_leads_in_and_out(&self.lab.container("legacy"));
        self.broker.forget_the_ways();
    }

    fn users_enter_and_do_what_their_groups_may(&self) {
        let (app, guest) = (self.app(), self.guest());
        assert_eq!((app.enters(), guest.enters()), ("in".to_owned(), "in".to_owned()));
        assert_eq!(self.broker.login("app", "wrong").enters(), "refused");
        assert_eq!(self.broker.login("nobody", "").enters(), "refused");
        assert_eq!(app.send("/queue/large", "x"), "sent");
        assert_eq!(app.take("/queue/large", 1), ["x"]);
        let refused = "User guest is not authorized to ";
        assert!(guest.send("/queue/large", "x").starts_with(refused));
        assert!(guest.send("/topic/prices", "x").starts_with(refused));
        assert!(guest.take("/queue/large", 1)[0].starts_with(refused));
    }

    fn composites_and_virtual_topics_hand_on(&self) {
        let app = self.app();
        assert_eq!(app.send("/queue/all", "small"), "sent");
        assert_eq!(app.send_with("/queue/all", "big", &json!({ "kind": "large" })), "sent");
        assert_eq!(app.take("/queue/invoices", 2), ["small", "big"]);
        assert_eq!(app.take("/queue/large", 1), ["big"]);
        assert_eq!(self.broker.waiting("all"), 0);
        assert_eq!(app.send("/topic/VirtualTopic.news", "news"), "sent");
        assert_eq!(app.take("/queue/Consumer.audit.VirtualTopic.news", 1), ["news"]);
    }

    fn what_is_given_up_comes_again_and_then_is_a_dead_letter(&self) {
        assert_eq!(self.app().send("/queue/invoices.retry", "poison"), "sent");
        assert_eq!(self.app().reject("/queue/invoices.retry", "/queue/DLQ.invoices"), "3");
        // What nobody took in time is one at once.
        assert!(self.expires(&self.app(), "/queue/invoices.retry", "DLQ.invoices"));
    }

    /// Whether a message that nobody took in time is among the dead.
    pub(super) fn expires(&self, app: &ActiveMq, queue: &str, dead: &str) -> bool {
        // Its time was over in 1970: nothing to wait for.
        app.send_with(queue, "late", &json!({ "expires": "1000" }));
        app.send(queue, "in time");
        assert_eq!(app.take(queue, 1), ["in time"]);
        if self.broker.waiting(dead) > 0 {
            assert_eq!(app.take(&format!("/queue/{dead}"), 1), ["late"]);
            return true;
        }
        false
    }

    fn the_next_version_takes_the_data_over(&self) {
        assert_eq!(self.app().send("/queue/invoices", "from 5.18"), "sent");
        self.lab.edit("version: \"5.18\"", "version: \"6.1\"");
        self.lab.mqlab(&["plan"]).code(0).says("image: \"activemq 5.18\" → \"activemq 6.1\"");
        self.lab.mqlab(&["up", "--yes"]).code(0);
        assert_eq!(self.app().take("/queue/invoices", 1), ["from 5.18"]);
    }

    fn applying_twice_changes_nothing(&self) {
        let container = identity(&self.lab.container("legacy"));
        self.lab.mqlab(&["plan", "--exit-code"]).code(0);
        self.lab.mqlab(&["up"]).code(0).says("Nothing to do");
        self.lab.mqlab(&["apply"]).code(0).says("Nothing to do");
        assert_eq!(identity(&self.lab.container("legacy")), container);
        self.everything_is_there();
    }

    fn nobody_but_mqlab_uses_the_http_api_and_it_does_little(&self) {
        let read = json!({ "type": "version" });
        assert_eq!(self.broker.ask(&read).0, 200);
        assert_eq!(self.app().ask(&read).0, 401);
        for operation in ["stop", "restart", "terminateJVM", "addNetworkConnector"] {
            let refusal = self.broker.operate(operation, &["1"]).unwrap_err();
            assert!(refusal.contains("forbidden"), "{operation}: {refusal}");
        }
        // What is in a queue, and how it is kept, is nobody's business here either.
        assert_eq!(self.app().send("/queue/invoices", "stays"), "sent");
        let pages = self.broker.attribute("Queue", "invoices", "MaxPageSize");
        let queue = self.broker.mbean("Queue", "invoices");
        for (operation, arguments) in [("purge()", &[][..]), ("sendTextMessage(java.lang.String)", &["forged"])] {
            for operation in [operation, operation.split_once('(').unwrap().0] {
                let request = json!({ "type": "exec", "mbean": queue, "operation": operation, "arguments": arguments });
                assert_refused(&self.broker.ask(&request).1);
            }
        }
        assert_refused(
            &self.broker.ask(&json!({ "type": "write", "mbean": queue, "attribute": "MaxPageSize", "value": 7 })).1,
        );
        // A link in a foreign page is a GET that the browser adds its login to: it does nothing and reads nothing, whatever
        // a POST may.
        let broker = self.broker.mbean_of_the_broker();
        for path in [
            format!("exec/{broker}/removeQueue/invoices"),
            format!("exec/{queue}/purge()"),
            format!("exec/{queue}/sendTextMessage(java.lang.String)/forged"),
            format!("write/{queue}/MaxPageSize/7"),
            format!("read/{queue}/QueueSize"),
        ] {
            assert_refused(&self.broker.follow(&path).1);
        }
        assert_eq!(self.broker.attribute("Queue", "invoices", "MaxPageSize"), pages);
        assert_eq!(self.broker.waiting("invoices"), 1);
        assert_eq!(self.app().take("/queue/invoices", 1), ["stays"]);
    }

    fn destinations_come_and_go(&self) {
        let queues = "    queues:\n";
        self.lab.edit(queues, "    queues:\n      orders: {}\n");
        self.lab.edit("topics: { ", "topics: { rates: {}, ");
        self.lab.mqlab(&["apply"]).code(0).says("legacy/queue/orders").says("legacy/topic/rates");
        assert!(self.broker.has("Queue", "orders") && self.broker.has("Topic", "rates"));
        // What leaves the file, and what never was in it, is listed and stays.
        self.lab.edit("      orders: {}\n", "");
        self.lab.edit("rates: {}, ", "");
        self.broker.operate("addQueue", &["strange"]).unwrap();
        self.app().send("/queue/strange", "kept");
        let plan = self.lab.mqlab(&["drift", "--format", "plain"]).code(0).stdout;
        for object in ["queue/orders", "queue/strange", "topic/rates"] {
            assert!(plan.contains(&format!("? legacy/{object}")), "{plan}");
        }
        self.lab.mqlab(&["drift", "--strict"]).code(3);
        self.lab.mqlab(&["apply"]).code(0);
        assert!(self.broker.has("Queue", "orders") && self.broker.has("Topic", "rates"));
        // It goes by its name alone, and with messages only if losing them is allowed.
        self.lab.mqlab(&["apply", "--delete", "legacy/queue/strange", "--yes"]).code(5).says("1 message");
        assert_eq!(self.app().take("/queue/strange", 1), ["kept"]);
        self.lab.mqlab(&["apply", "--delete", "legacy/queue/strange", "--yes", "--allow-data-loss"]).code(0);
        self.lab.mqlab(&["apply", "--delete", "legacy/queue/orders", "--yes", "--allow-data-loss"]).code(0);
        self.lab.mqlab(&["apply", "--delete", "legacy/topic/rates", "--yes", "--allow-data-loss"]).code(0);
        self.everything_is_there();
    }

    fn what_is_removed_by_hand_comes_back(&self) {
        self.broker.operate("removeQueue", &["large"]).unwrap();
        self.broker.operate("removeTopic", &["prices"]).unwrap();
        let drift = self.lab.mqlab(&["drift", "--format", "plain"]).code(3).stdout;
        for object in ["queue/large", "topic/prices"] {
            assert!(drift.contains(&format!("+ legacy/{object}: not there")), "{drift}");
        }
        assert_eq!(drift.matches("(moved: the broker)").count(), 2, "{drift}");
        self.lab.mqlab(&["apply"]).code(0);
        self.everything_is_there();
    }

    /// By itself the broker would keep the subscription, and not let anybody make the topic again.
    fn a_topic_goes_with_its_durable_subscribers(&self) {
        self.lab.edit("prices: {}, ", "");
        self.lab.edit("topic/prices, ", "");
        self.lab.mqlab(&["up", "--yes"]).code(0);
        self.app().subscribe_durably("/topic/prices", "desk", "audit");
        self.app().send("/topic/prices", "waits for the desk");
        self.lab.mqlab(&["apply", "--delete", "legacy/topic/prices", "--yes"]).code(5).says("1 message");
        assert!(self.broker.has("Topic", "prices"));
        self.lab.mqlab(&["apply", "--delete", "legacy/topic/prices", "--yes", "--allow-data-loss"]).code(0);
        assert!(!self.broker.has("Topic", "prices"));
        self.lab.edit("topics: { ", "topics: { prices: {}, ");
        self.lab.mqlab(&["apply"]).code(0);
        assert!(self.broker.has("Topic", "prices"));
        self.lab.edit("queue/invoices, {", "queue/invoices, topic/prices, {");
        self.lab.mqlab(&["up", "--yes"]).code(0);
        self.everything_is_there();
    }

    fn restarts_lose_nothing(&self) {
        assert_eq!(self.app().send("/queue/invoices", "kept"), "sent");
        let container = self.lab.container("legacy");
        docker(&["restart", &container]);
        self.lab.mqlab(&["up"]).code(0).says("Nothing to do");
        self.everything_is_there();
        docker(&["kill", &container]);
        until("the container is down", 10, || {
            docker(&["inspect", "-f", "{{.State.Running}}", &container]) == "false\n"
        });
        self.lab.mqlab(&["up"]).code(0);
        self.everything_is_there();
        assert_eq!(self.app().take("/queue/invoices", 1), ["kept"]);
    }

    /// Its passwords with it: new ones are written into a new container, and the data stays.
    fn the_folder_is_lost(&mut self) {
        assert_eq!(self.app().send("/queue/invoices", "kept"), "sent");
        let before = self.lab.env()["LEGACY_PASSWORD"].clone();
        std::fs::remove_dir_all(self.lab.path(".mqlab")).unwrap();
        self.lab.mqlab(&["up", "--yes"]).code(0);
        self.broker = ActiveMq::legacy(&self.lab.env());
        assert_ne!(self.lab.env()["LEGACY_PASSWORD"], before);
        assert_eq!(self.app().take("/queue/invoices", 1), ["kept"]);
    }
}

/// By the access policy, whatever else there is to say.
#[track_caller]
fn assert_refused(answer: &Value) {
    assert_eq!(answer["status"], 403, "{answer}");
}
