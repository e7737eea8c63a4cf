//! What is in the file that a node starts with: each attribute changed, and taken away.

use serde_json::json;

use super::single::Scene;
use crate::lab::identity;

/// What each line of the spec becomes, and how the plan says it.
const CHANGES: &[(&str, &str, &[&str])] = &[
    (
        "forward_to: [ queue/invoices, topic/prices, { to: queue/large, selector: \"kind = 'large'\" } ]",
        "forward_to: [ queue/large ], forward_only: false",
        &["composite.queue/all.forward_to: ", "composite.queue/all.forward_only: true → false"],
    ),
    (
        "dead_letter: DLQ.invoices, max_redeliveries: 2, redelivery_delay: 1s",
        "dead_letter: DLQ.other, max_redeliveries: 1, redelivery_delay: 1500ms",
        &[
            "policy.queue/invoices.retry.dead_letter: DLQ.invoices → DLQ.other",
            "policy.queue/invoices.retry.max_redeliveries: 2 → 1",
            "policy.queue/invoices.retry.redelivery_delay: 1000 → 1500",
        ],
    ),
    (
        "process_expired: true, process_non_persistent: false, config: { memoryLimit: 1MiB }",
        "process_expired: false, process_non_persistent: true, config: { memoryLimit: 2MiB }",
        &[
            "policy.queue/invoices.>.process_expired: true → false",
            "policy.queue/invoices.>.process_non_persistent: false → true",
            "policy.queue/invoices.>.config.memoryLimit: 1048576 → 2097152",
        ],
    ),
    (
        "groups: [guests]",
        "groups: [guests, readers, writers, admins]",
        &["user.guest.groups: [\"guests\"] → [\"admins\",\"guests\",\"readers\",\"writers\"]"],
    ),
    (
        "queue/>: { read: [users], write: [users], admin: [users] }",
        "queue/>: { read: [users, readers], write: [users, writers], admin: [users, admins] }",
        &[
            "authorization_entry.queue/>.read: [\"users\"] → [\"readers\",\"users\"]",
            "authorization_entry.queue/>.write: [\"users\"] → [\"users\",\"writers\"]",
            "authorization_entry.queue/>.admin: [\"users\"] → [\"admins\",\"users\"]",
        ],
    ),
];

impl Scene {
    pub(super) fn what_is_in_the_file_changes_with_the_container(&mut self) {
        let container = identity(&self.lab.container("legacy"));
        for (old, new, _) in CHANGES {
            self.lab.edit(old, new);
        }
        self.lab.set("APP_PASSWORD", "planted-n3w");
        let plan = self.lab.mqlab(&["plan", "--format", "plain"]).code(0).stdout;
        for said in CHANGES.iter().flat_map(|(_, _, said)| *said) {
            assert!(plan.contains(said), "no {said} in {plan}");
        }
        assert!(plan.contains("user.app.password: *** → ***"), "{plan}");
        assert!(plan.starts_with("-/+ legacy/node/1: "), "{plan}");
        // An apply makes no containers, and does not say that all is well.
        self.lab.mqlab(&["apply"]).code(5).says("takes a new container");
        assert_eq!(identity(&self.lab.container("legacy")), container);
        self.lab.mqlab(&["up", "--yes"]).code(0);
        assert_ne!(identity(&self.lab.container("legacy")), container);
        self.lab.mqlab(&["drift"]).code(0).says("In sync");

        assert_eq!(self.app().enters(), "refused");
        let app = self.broker.login("app", "planted-n3w");
        assert_eq!(app.send("/queue/all", "both"), "sent");
        assert_eq!(
            (app.take("/queue/large", 1), app.take("/queue/all", 1)),
            (vec!["both".into()], vec!["both".into()])
        );
        assert_eq!(self.broker.waiting("invoices"), 0);
        assert_eq!(self.broker.attribute("Queue", "invoices.retry", "MemoryLimit"), 2_097_152);
        // Not persistent, and dead all the same.
        assert_eq!(app.send_with("/queue/invoices.retry", "poison", &json!({ "persistent": "false" })), "sent");
        assert_eq!(app.reject("/queue/invoices.retry", "/queue/DLQ.other"), "2");
        assert!(!self.expires(&app, "/queue/invoices.retry", "DLQ.other"));
        // A queue that is not there is made by who may.
        let guest = self.guest();
        assert_eq!(guest.send("/queue/made.by.guest", "x"), "sent");
        assert_eq!(guest.take("/queue/made.by.guest", 1), ["x"]);
        self.broker.operate("removeQueue", &["made.by.guest"]).unwrap();
        self.lab.set("APP_PASSWORD", "planted-4pp");
    }

    pub(super) fn what_leaves_the_file_is_gone(&self) {
        self.lab.edit(
            "      guest: { password: \"${env:GUEST_PASSWORD}\", groups: [guests, readers, writers, admins] }\n",
            "",
        );
        self.lab.edit("    composites:\n      queue/all: { forward_to: [ queue/large ], forward_only: false }\n", "");
        self.lab.edit(" { policy: { dead_letter: DLQ.other, max_redeliveries: 1, redelivery_delay: 1500ms } }", " {}");
        let spec = std::fs::read_to_string(self.lab.path("mqlab.yaml")).unwrap();
        let (before, rest) = spec.split_once("    policies:\n").unwrap();
        let (_, rest) = rest.split_once("    users:\n").unwrap();
        let (users, _) = rest.split_once("    authorization:\n").unwrap();
        self.lab.spec(&format!("{before}    users:\n{users}"));
        let plan = self.lab.mqlab(&["plan", "--format", "plain"]).code(0).stdout;
        for gone in [
            "composite.queue/all.forward_to: ",
            "policy.queue/invoices.retry.dead_letter: DLQ.other → (default)",
            "policy.queue/invoices.>.config.memoryLimit: 2097152 → (default)",
            "user.guest.password: ",
            "authorization_entry.queue/>.read: ",
        ] {
            assert!(plan.contains(gone), "no {gone} in {plan}");
        }
        self.lab.mqlab(&["up", "--yes"]).code(0);
        assert_eq!(self.guest().enters(), "refused");
        assert_ne!(self.broker.attribute("Queue", "invoices.retry", "MemoryLimit"), 2_097_152);
        let app = self.app();
        assert_eq!(app.send("/queue/all", "stays"), "sent");
        assert_eq!((self.broker.waiting("all"), self.broker.waiting("large")), (1, 0));
        // Nobody holds it back any more, and nobody gives it out again.
        assert_eq!(app.send("/queue/free", "poison"), "sent");
        assert_eq!(app.reject("/queue/free", "/queue/ActiveMQ.DLQ"), "1");
    }
}
