//! Artemis, one node: everything that a file can say about it, seen by other clients.

use serde_json::{Value, json};

use super::artemis_client::Art;
use super::artemis_hands::{CHANGES, FIXED, REMOVALS, SETTINGS};
use super::lab::{Lab, docker, identity, until};

const SPEC: &str = r##"brokers:
  art:
    kind: artemis
    version: "2.56"
    heap: 256MiB
    users:
      app: { password: "${env:APP_PASSWORD}", roles: [app] }
      idle: { password: "${env:APP_PASSWORD}" }
    security:
      "a.#": { send: [app], consume: [app], create_non_durable_queue: [app] }
    address_settings:
      "#": { redelivery_delay: 1s, default_consumers_before_dispatch: 0 }
      "a.#": { max_delivery_attempts: 5, dead_letter_address: a.dead, address_full_policy: BLOCK, redelivery_delay_multiplier: "1.5" }
      "b.#": { max_delivery_attempts: 2, dead_letter_address: b.dead, expiry_address: b.late }
    addresses:
      a.any: { routing: anycast }
      a.dead: { routing: anycast }
      a.multi:
        routing: multicast
        queues:
          a.plain: {}
          a.filtered: { filter: "kind = 'audit'" }
          a.passing: { durable: false }
          a.last: { last_value_key: product }
          a.tuned: { max_consumers: 3, exclusive: false, ring_size: 100, purge_on_no_consumers: false, enabled: true, consumers_before_dispatch: 1, delay_before_dispatch: 1s, group_rebalance: false, group_buckets: 8, group_first_key: first }
      a.moving: { routing: multicast, queues: { a.mover: {} } }
      b.work: { routing: anycast }
      b.dead: { routing: anycast }
      b.late: { routing: anycast }
      open: { routing: anycast }
      news: { routing: multicast }
    diverts:
      copy: { address: a.any, forward_to: a.multi, filter: "kind = 'audit'" }
"##;

#[test]
fn artemis() {
    let mut lab = Lab::new("artemis", SPEC);
    lab.set("APP_PASSWORD", "planted-App");
    lab.mqlab(&["up"]).code(0);
    let scene = Scene { art: Art::of(&lab.env(), lab.stack(), 1), lab };
    scene.everything_is_there_exactly_so();
    scene.a_second_run_changes_nothing();
    scene.messages_go_round_over_every_protocol();
    scene.what_is_given_up_and_what_is_late_goes_where_the_file_says();
    scene.rights_are_what_the_file_says();
    scene.names_that_nobody_declared_are_the_clients_error();
    scene.everything_that_can_change_is_changed_in_place();
    scene.changes_by_hand_are_told_and_undone();
    scene.what_others_set_beside_the_files_settings_stays();
    scene.what_cannot_change_is_refused_and_replaced_on_request();
    scene.what_holds_messages_is_not_lost_unasked();
    scene.what_leaves_the_file_is_listed_and_stays();
    scene.strangers_are_listed_and_stay();
    scene.a_restart_and_a_kill_lose_nothing_that_lasts();
    scene.the_folder_is_lost();
    scene.a_setting_of_the_broker_takes_a_new_container_and_keeps_the_data();
    let password = scene.lab.env()["ART_PASSWORD"].clone();
    for secret in ["planted-App", &password] {
        scene.lab.kept_secret(secret);
        assert!(!docker(&["inspect", &scene.art.container]).contains(secret), "the engine knows {secret}");
    }
}

/// Each attribute, as made and as changed, is the same after the broker comes back. The queue that is not durable is the
/// exception that `check` tells about.
#[test]
fn artemis_keeps_what_it_was_told() {
    let on_a_volume = |spec: &str| spec.replace("    storage: memory\n", "");
    let lab = Lab::new("artemis-keeps", &on_a_volume(include_str!("matrix/artemis.created.yaml")));
    lab.mqlab(&["up"]).code(0);
    lab.spec(&on_a_volume(include_str!("matrix/artemis.changed.yaml")));
    lab.mqlab(&["up", "--yes"]).code(0).says("queue-not-durable");
    docker(&["restart", &lab.container("art")]);
    let mut plan = String::new();
    until("the broker is back", 60, || {
        let ran = lab.mqlab(&["plan", "--format", "plain"]);
        plan = ran.stdout;
        ran.code == 0 && !plan.contains("not asked")
    });
    let steps: Vec<&str> = plan.lines().filter(|line| line.starts_with(['~', '+', '!', '-'])).collect();
    assert!(steps.len() == 1 && steps[0].starts_with("+ art/queue/durable"), "{plan}");
}

struct Scene {
    lab: Lab,
    art: Art,
}

impl Scene {
    fn in_sync(&self) {
        self.lab.mqlab(&["drift"]).code(0);
    }

    fn plan(&self) -> String {
        let ran = self.lab.mqlab(&["plan", "--format", "plain"]);
        ran.stdout
    }

    /// Asks the broker's own beans, one by one, for what the file says.
    fn everything_is_there_exactly_so(&self) {
        let art = &self.art;
        assert_eq!(art.routing("a.any"), json!(["ANYCAST"]));
        assert_eq!(art.routing("a.multi"), json!(["MULTICAST"]));
        let wanted = json!({ "Address": "a.multi", "RoutingType": "MULTICAST", "Durable": true, "Filter": null,
            "MaxConsumers": 3, "Exclusive": false, "RingSize": 100, "PurgeOnNoConsumers": false, "Enabled": true,
            "ConsumersBeforeDispatch": 1, "DelayBeforeDispatch": 1000, "GroupRebalance": false, "GroupBuckets": 8,
            "GroupFirstKey": "first", "LastValue": false });
        holds(&art.queue("a.tuned"), &wanted);
        holds(
            &art.queue("a.any"),
            &json!({ "Address": "a.any", "RoutingType": "ANYCAST", "Durable": true, "MaxConsumers": -1 }),
        );
        holds(&art.queue("a.filtered"), &json!({ "Filter": "kind = 'audit'" }));
        holds(&art.queue("a.passing"), &json!({ "Durable": false }));
        holds(&art.queue("a.last"), &json!({ "LastValue": true, "LastValueKey": "product" }));
        let divert = json!({ "Address": "a.any", "ForwardingAddress": "a.multi", "Exclusive": false,
            "Filter": "kind = 'audit'", "RoutingType": "STRIP" });
        holds(&art.diverts()["copy"], &divert);
        let settings = json!({ "maxDeliveryAttempts": 5, "deadLetterAddress": "a.dead", "addressFullMessagePolicy": "BLOCK",
            "redeliveryMultiplier": 1.5, "redeliveryDelay": 1000, "expiryAddress": "ExpiryQueue", "autoCreateQueues": false });
        holds(&art.settings("a.x"), &settings);
        holds(&art.settings("z"), &json!({ "redeliveryDelay": 1000, "deadLetterAddress": "DLQ" }));
        assert_eq!(art.roles("a.x", "send"), ["app"]);
        assert_eq!(art.roles("a.x", "createNonDurableQueue"), ["app"]);
        assert_eq!(art.roles("a.x", "manage"), [""; 0]);
        assert_eq!(art.roles("z", "send"), ["amq"]);
        let users = art.call("listUser(java.lang.String)", &["".into()]);
        let users: Vec<Value> = serde_json::from_str(users.as_str().unwrap()).unwrap();
        assert!(users.contains(&json!({ "username": "app", "roles": ["app"] })), "{users:?}");
        // The broker's own command says the same of what it can list.
        let shown = art.command(&["queue", "stat", "--queueName", "a.tuned", "--maxRows", "5"]);
        assert!(shown.contains("a.multi") && shown.contains("MULTICAST"), "{shown}");
    }

    fn a_second_run_changes_nothing(&self) {
        let before = identity(&self.art.container);
        self.lab.mqlab(&["up"]).code(0).says("Nothing to do");
        self.lab.mqlab(&["apply"]).code(0).says("Nothing to do");
        self.lab.mqlab(&["plan", "--exit-code"]).code(0);
        assert_eq!(identity(&self.art.container), before);
        self.in_sync();
    }

    /// Beside the administrator's, whose role may do everything where the file says nothing.
    fn messages_go_round_over_every_protocol(&self) {
        let art = &self.art;
        art.every_protocol_leads_in_and_out("open", "news");
        // What is diverted arrives where it should, filtered twice: by the divert and by the queue.
        let mut app = art.stomp("app", "planted-App").unwrap();
        app.send("a.any", "ANYCAST", &[("kind", "audit")], "seen");
        app.send("a.any", "ANYCAST", &[("kind", "other")], "unseen");
        let counts = ["a.any", "a.plain", "a.filtered"].map(|queue| art.count(queue));
        assert_eq!(counts, [2, 1, 1]);
        for queue in ["a.any", "a.plain", "a.filtered", "a.last", "a.tuned", "a.passing"] {
            self.drain(queue);
        }
    }

    /// By a client of Core, whose rollbacks the broker counts: STOMP's NACK takes a message for good.
    fn what_is_given_up_and_what_is_late_goes_where_the_file_says(&self) {
        let art = &self.art;
        assert!(art.admin().send("b.work", "ANYCAST", &[], "poison").starts_with("RECEIPT"));
        assert_eq!(art.java("reject", &["b.work", "b.dead"]), "2 times poison");
        assert_eq!(["b.work", "b.dead", "DLQ"].map(|queue| art.count(queue)), [0, 0, 0]);
        // Its time was over in 1970: nothing to wait for.
        art.admin().send("b.work", "ANYCAST", &[("expires", "1000")], "late");
        art.admin().send("b.work", "ANYCAST", &[], "in time");
        for (queue, body) in [("b.work", "in time"), ("b.late", "late")] {
            let mut consumer = art.admin();
            assert!(consumer.subscribe(queue, "ANYCAST").starts_with("RECEIPT"));
            assert_eq!(consumer.message(), body);
            until("it is taken", 10, || art.count(queue) == 0);
        }
    }

    fn drain(&self, queue: &str) {
        let routing = if queue == "a.any" { "anycast" } else { "multicast" };
        let address = self.art.queue(queue)["Address"].as_str().unwrap().to_owned();
        let bean = format!(
            "org.apache.activemq.artemis:broker=\"art\",component=addresses,address=\"{address}\",subcomponent=queues,routing-type=\"{routing}\",queue=\"{queue}\""
        );
        self.art.bean_call(&bean, "removeAllMessages()");
    }

    fn rights_are_what_the_file_says(&self) {
        let art = &self.art;
        assert!(art.stomp("app", "wrong").is_none() && art.stomp("nobody", "planted-App").is_none());
        assert!(art.stomp("idle", "planted-App").unwrap().send("a.any", "ANYCAST", &[], "x").starts_with("ERROR"));
        assert!(art.stomp("app", "planted-App").unwrap().send("open", "ANYCAST", &[], "x").starts_with("ERROR"));
        assert!(art.admin().send("a.any", "ANYCAST", &[], "x").starts_with("ERROR"), "the best match counts alone");
        assert!(art.stomp("app", "planted-App").unwrap().send("a.any", "ANYCAST", &[], "x").starts_with("RECEIPT"));
        self.drain("a.any");
    }

    fn names_that_nobody_declared_are_the_clients_error(&self) {
        for name in ["opne", "open.typo"] {
            assert!(self.art.admin().send(name, "ANYCAST", &[], "x").starts_with("ERROR"));
            assert_eq!(self.art.routing(name), Value::Null);
        }
        assert!(self.art.admin().send("open", "MULTICAST", &[], "x").starts_with("ERROR"), "another routing");
        assert_eq!(self.art.routing("open"), json!(["ANYCAST"]));
    }

    fn everything_that_can_change_is_changed_in_place(&self) {
        let (lab, art) = (&self.lab, &self.art);
        let before = identity(&art.container);
        let edits = [
            ("idle: { password: \"${env:APP_PASSWORD}\" }", "idle: { password: planted-Idle, roles: [amq, app] }"),
            (
                "{ send: [app], consume: [app], create_non_durable_queue: [app] }",
                "{ send: [app, amq], consume: [amq], browse: [b], create_address: [c], delete_address: [d], create_durable_queue: [e], delete_durable_queue: [f], delete_non_durable_queue: [g], manage: [h] }",
            ),
            (
                "max_delivery_attempts: 5, dead_letter_address: a.dead",
                "max_delivery_attempts: 7, dead_letter_address: DLQ",
            ),
            (
                "max_consumers: 3, exclusive: false, ring_size: 100, purge_on_no_consumers: false, enabled: true, consumers_before_dispatch: 1, delay_before_dispatch: 1s, group_rebalance: false, group_buckets: 8, group_first_key: first",
                "max_consumers: 4, exclusive: true, ring_size: 200, purge_on_no_consumers: true, enabled: false, consumers_before_dispatch: 2, delay_before_dispatch: 2s, group_rebalance: true, group_buckets: 9, group_first_key: second",
            ),
            ("a.moving: { routing: multicast", "a.moving: { routing: anycast"),
            (
                "forward_to: a.multi, filter: \"kind = 'audit'\"",
                "forward_to: news, filter: \"kind = 'else'\", routing: pass",
            ),
        ];
        for (old, new) in edits {
            lab.edit(old, new);
        }
        let plan = self.plan();
        assert!(plan.contains("Plan: 0 create, 7 update, 0 replace, 0 delete"), "{plan}");
        lab.mqlab(&["apply"]).code(0);
        assert_eq!(identity(&art.container), before, "no container was touched");
        let tuned = json!({ "MaxConsumers": 4, "Exclusive": true, "RingSize": 200, "PurgeOnNoConsumers": true,
            "Enabled": false, "ConsumersBeforeDispatch": 2, "DelayBeforeDispatch": 2000, "GroupRebalance": true,
            "GroupBuckets": 9, "GroupFirstKey": "second", "Address": "a.multi", "Filter": null });
        holds(&art.queue("a.tuned"), &tuned);
        assert_eq!(art.routing("a.moving"), json!(["ANYCAST"]));
        holds(&art.queue("a.mover"), &json!({ "RoutingType": "ANYCAST" }));
        let divert = json!({ "ForwardingAddress": "news", "Filter": "kind = 'else'", "RoutingType": "PASS" });
        holds(&art.diverts()["copy"], &divert);
        let settings = json!({ "maxDeliveryAttempts": 7, "deadLetterAddress": "DLQ", "addressFullMessagePolicy": "BLOCK", "redeliveryDelay": 1000 });
        holds(&art.settings("a.x"), &settings);
        for (permission, roles) in [
            ("send", vec!["amq", "app"]),
            ("consume", vec!["amq"]),
            ("browse", vec!["b"]),
            ("createAddress", vec!["c"]),
            ("deleteAddress", vec!["d"]),
            ("createDurableQueue", vec!["e"]),
            ("deleteDurableQueue", vec!["f"]),
            ("createNonDurableQueue", vec![]),
            ("deleteNonDurableQueue", vec!["g"]),
            ("manage", vec!["h"]),
        ] {
            assert_eq!(art.roles("a.x", permission), roles, "{permission}");
        }
        assert!(art.stomp("idle", "planted-App").is_none() && art.stomp("idle", "planted-Idle").is_some());
        self.in_sync();
        for (old, new) in edits {
            lab.edit(new, old);
        }
        lab.mqlab(&["apply"]).code(0);
        self.everything_is_there_exactly_so();
    }

    /// Each attribute by itself: what is told, and that an apply sets it back.
    fn changes_by_hand_are_told_and_undone(&self) {
        for hands in [CHANGES, REMOVALS] {
            for (told, operation, arguments) in hands {
                self.by_hand(operation, arguments);
                let ran = self.lab.mqlab(&["drift", "--format", "plain"]).code(3);
                assert!(ran.stdout.contains(told), "{told} in {}", ran.stdout);
            }
            self.lab.mqlab(&["apply"]).code(0);
            self.everything_is_there_exactly_so();
            self.in_sync();
        }
    }

    fn by_hand(&self, operation: &str, arguments: &[&str]) {
        let value = |text: &&str| match *text {
            "null" => Value::Null,
            "false" => json!(false),
            text => text.into(),
        };
        let arguments: Vec<Value> = arguments.iter().map(value).collect();
        self.art.call(operation, &arguments);
    }

    /// An entry is written as a whole, and what is in it without the file's doing stays.
    fn what_others_set_beside_the_files_settings_stays(&self) {
        let entry = r#"{"maxDeliveryAttempts":6,"deadLetterAddress":"a.dead","addressFullMessagePolicy":"BLOCK","redeliveryMultiplier":1.5,"redeliveryDelay":77}"#;
        self.by_hand(SETTINGS, &["a.#", entry]);
        self.lab.mqlab(&["apply"]).code(0);
        holds(&self.art.settings("a.x"), &json!({ "maxDeliveryAttempts": 5, "redeliveryDelay": 77 }));
        self.by_hand(SETTINGS, &["a.#", &entry.replace(",\"redeliveryDelay\":77", "").replace('6', "5")]);
        self.in_sync();
    }

    fn what_cannot_change_is_refused_and_replaced_on_request(&self) {
        let (lab, art) = (&self.lab, &self.art);
        for (old, new, address, told) in FIXED {
            lab.edit(old, new);
            lab.mqlab(&["apply"]).code(5).says(told);
            lab.mqlab(&["apply", "--replace", address, "--yes"]).code(0);
            self.in_sync();
            lab.edit(new, old);
            lab.mqlab(&["apply", "--replace", address, "--yes"]).code(0);
        }
        // A queue that moves to another address is another queue.
        lab.edit("a.moving: { routing: multicast, queues: { a.mover: {} } }", "a.moving: { routing: multicast }");
        lab.edit("          a.plain: {}\n", "          a.plain: {}\n          a.mover: { on_change: replace }\n");
        lab.mqlab(&["apply", "--yes"]).code(0);
        holds(&art.queue("a.mover"), &json!({ "Address": "a.multi" }));
        lab.edit("          a.mover: { on_change: replace }\n", "");
        lab.edit(
            "a.moving: { routing: multicast }",
            "a.moving: { routing: multicast, queues: { a.mover: { on_change: replace } } }",
        );
        lab.mqlab(&["apply", "--yes"]).code(0);
        lab.edit("a.mover: { on_change: replace }", "a.mover: {}");
        self.everything_is_there_exactly_so();
    }

    fn what_holds_messages_is_not_lost_unasked(&self) {
        let (lab, art) = (&self.lab, &self.art);
        art.stomp("app", "planted-App").unwrap().send("a.multi", "MULTICAST", &[("product", "p")], "kept");
        lab.edit("last_value_key: product", "last_value_key: shop");
        lab.mqlab(&["apply", "--replace", "art/queue/a.last", "--yes"]).code(5).says("1 message");
        assert_eq!(art.count("a.last"), 1);
        let mut consumer = art.stomp("app", "planted-App").unwrap();
        let answer = consumer.subscribe("a.multi::a.last", "MULTICAST");
        assert!(answer.starts_with("RECEIPT"), "{answer}");
        consumer.message();
        until("it is taken", 5, || art.count("a.last") == 0);
        lab.mqlab(&["apply", "--replace", "art/queue/a.last", "--yes"]).code(5).says("1 consumer");
        drop(consumer);
        until("it has gone", 10, || art.queue("a.last")["ConsumerCount"] == json!(0));
        lab.mqlab(&["apply", "--replace", "art/queue/a.last", "--yes"]).code(0);
        art.stomp("app", "planted-App").unwrap().send("a.multi", "MULTICAST", &[("shop", "p")], "lost");
        lab.edit("last_value_key: shop", "last_value_key: product");
        lab.mqlab(&["apply", "--replace", "art/queue/a.last", "--allow-data-loss", "--yes"]).code(0);
        assert_eq!(art.count("a.last"), 0);
        for queue in ["a.plain", "a.tuned", "a.passing"] {
            self.drain(queue);
        }
    }

    fn what_leaves_the_file_is_listed_and_stays(&self) {
        let (lab, art) = (&self.lab, &self.art);
        let cuts = [
            ("      idle: { password: \"${env:APP_PASSWORD}\" }\n", "art/user/idle"),
            ("          a.plain: {}\n", "art/queue/a.plain"),
            ("      copy: { address: a.any, forward_to: a.multi, filter: \"kind = 'audit'\" }\n", "art/divert/copy"),
            ("      news: { routing: multicast }\n", "art/address/news"),
            (
                "      \"a.#\": { send: [app], consume: [app], create_non_durable_queue: [app] }\n",
                "art/security_setting/a.#",
            ),
            (
                "      \"a.#\": { max_delivery_attempts: 5, dead_letter_address: a.dead, address_full_policy: BLOCK, redelivery_delay_multiplier: \"1.5\" }\n",
                "art/address_setting/a.#",
            ),
        ];
        let whole = std::fs::read_to_string(lab.path("mqlab.yaml")).unwrap();
        for (line, address) in cuts {
            lab.edit(line, "");
            let ran = lab.mqlab(&["plan", "--format", "plain"]).code(0);
            assert!(ran.stdout.contains(&format!("? {address}")), "{address} in {}", ran.stdout);
            lab.spec(&whole);
        }
        // A single setting that leaves the file stays too, and the plan says so.
        lab.edit("max_consumers: 3, ", "");
        lab.mqlab(&["plan"]).code(0).says("`max_consumers` is no longer in the file: it stays 3");
        lab.edit("max_delivery_attempts: 5, ", "");
        lab.mqlab(&["plan"]).code(0).says("`max_delivery_attempts` is no longer in the file: it stays 5");
        lab.spec(&whole);
        self.in_sync();
        assert_eq!(art.queue("a.tuned")["MaxConsumers"], json!(3));
    }

    fn strangers_are_listed_and_stay(&self) {
        let (lab, art) = (&self.lab, &self.art);
        art.call("createAddress(java.lang.String,java.lang.String)", &["by.hand".into(), "MULTICAST".into()]);
        art.send_document("createQueue", &json!({ "name": "by.hand.q", "address": "by.hand", "routing-type": "MULTICAST", "auto-create-address": false }));
        art.send_document(
            "createDivert",
            &json!({ "name": "by.hand.d", "address": "by.hand", "forwarding-address": "news" }),
        );
        art.call(
            "addUser(java.lang.String,java.lang.String,java.lang.String,boolean)",
            &["hand".into(), "p".into(), "r".into(), false.into()],
        );
        let ran = lab.mqlab(&["drift", "--format", "plain"]).code(0);
        for address in ["address/by.hand", "queue/by.hand.q", "divert/by.hand.d", "user/hand"] {
            assert!(ran.stdout.contains(&format!("? art/{address}")), "{address} in {}", ran.stdout);
        }
        lab.mqlab(&["drift", "--strict"]).code(3);
        lab.mqlab(&["apply"]).code(0);
        assert_eq!(art.routing("by.hand"), json!(["MULTICAST"]));
        // Ours are never listed, and never deleted.
        lab.mqlab(&["apply", "--delete", "art/user/mqlab", "--allow-data-loss", "--yes"]).code(5);
        // An address goes with what is on it, if that is asked for as well.
        lab.mqlab(&["apply", "--delete", "art/address/by.hand", "--allow-data-loss", "--yes"]).code(1).says("bindings");
        let mut delete = vec!["apply", "--allow-data-loss", "--yes"];
        for address in ["art/address/by.hand", "art/queue/by.hand.q", "art/divert/by.hand.d", "art/user/hand"] {
            delete.extend(["--delete", address]);
        }
        lab.mqlab(&delete).code(0);
        assert!(art.routing("by.hand").is_null() && art.diverts().len() == 1);
        lab.mqlab(&["drift", "--strict"]).code(0);
    }

    fn a_restart_and_a_kill_lose_nothing_that_lasts(&self) {
        let (lab, art) = (&self.lab, &self.art);
        for (turn, stop) in ["restart", "kill"].into_iter().enumerate() {
            art.stomp("app", "planted-App").unwrap().send("a.any", "ANYCAST", &[], "kept");
            docker(&[stop, &art.container]);
            // What is not durable is made again, and the plan said so beforehand.
            lab.mqlab(&["check"]).code(0).says("queue-not-durable");
            lab.mqlab(&["up"]).code(0);
            self.everything_is_there_exactly_so();
            let wanted = i64::try_from(turn).unwrap() + 1;
            until("the messages are there", 10, || art.count("a.any") == wanted);
            self.in_sync();
        }
        self.drain("a.any");
    }

    fn the_folder_is_lost(&self) {
        let lab = &self.lab;
        std::fs::remove_dir_all(lab.path(".mqlab")).unwrap();
        lab.mqlab(&["up"]).code(0).says("it was set again through the container");
        let art = Art::of(&lab.env(), lab.stack(), 1);
        drop(art.admin());
        assert_eq!(art.routing("a.any"), json!(["ANYCAST"]));
        self.in_sync();
    }

    fn a_setting_of_the_broker_takes_a_new_container_and_keeps_the_data(&self) {
        let lab = &self.lab;
        let art = Art::of(&lab.env(), lab.stack(), 1);
        art.stomp("app", "planted-App").unwrap().send("a.any", "ANYCAST", &[], "kept");
        lab.edit("    heap: 256MiB\n", "    heap: 256MiB\n    config: { max-disk-usage: 96 }\n");
        lab.mqlab(&["plan"]).code(0).says("config.max-disk-usage: (default) → 96");
        lab.mqlab(&["up", "--yes"]).code(0);
        let art = Art::of(&lab.env(), lab.stack(), 1);
        assert_eq!(art.attribute("MaxDiskUsage"), json!(96));
        assert_eq!(art.count("a.any"), 1);
        self.in_sync();
    }
}

fn holds(found: &Value, wanted: &Value) {
    for (key, value) in wanted.as_object().unwrap() {
        assert_eq!(&found[key], value, "{key} of {found}");
    }
}
