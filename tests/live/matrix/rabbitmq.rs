//! RabbitMQ's objects, looked at and changed through its management API.

use serde_json::json;

use super::Subject;
use crate::lab::Lab;
use crate::rabbit::{ROOT, Rabbit};

pub(super) static SUBJECT: Subject = Subject {
    kind: "rabbitmq",
    broker: "jobs",
    created: include_str!("rabbitmq.created.yaml"),
    changed: include_str!("rabbitmq.changed.yaml"),
    forbidden: include_str!("rabbitmq.forbidden.yaml"),
    in_the_way,
    out_of_the_way,
    bare: include_str!("rabbitmq.bare.yaml"),
    removed: include_str!("rabbitmq.removed.yaml"),
    state: |lab| Rabbit::jobs(&lab.env()).definitions(),
    foreign,
    no_more_foreign,
    tamper,
};

const EVERYTHING: [(&str, &str); 3] = [("configure", ".*"), ("write", ".*"), ("read", ".*")];

fn foreign(lab: &Lab) {
    let rabbit = Rabbit::jobs(&lab.env());
    rabbit.put("vhosts/strange", &json!({}));
    rabbit.put("vhost-limits/strange/max-queues", &json!({ "value": 5 }));
    rabbit.put("users/stranger", &json!({ "password": "x", "tags": "" }));
    rabbit.put(&format!("permissions/{ROOT}/stranger"), &json!(std::collections::BTreeMap::from(EVERYTHING)));
    let topic_permission = json!({ "exchange": "amq.topic", "write": "a", "read": "b" });
    rabbit.put(&format!("topic-permissions/{ROOT}/stranger"), &topic_permission);
    rabbit.put(&format!("exchanges/{ROOT}/strange"), &json!({ "type": "direct" }));
    rabbit.put(&format!("queues/{ROOT}/strange"), &json!({}));
    rabbit.bind("strange", "strange", "key");
    let policy = json!({ "pattern": "^strange$", "definition": { "max-length": 5 } });
    for kind in ["policies", "operator-policies"] {
        rabbit.put(&format!("{kind}/{ROOT}/strange"), &policy);
    }
}

fn no_more_foreign(lab: &Lab) {
    let rabbit = Rabbit::jobs(&lab.env());
    for path in [
        "vhosts/strange",
        "users/stranger",
        "exchanges/%2F/strange",
        "queues/%2F/strange",
        "policies/%2F/strange",
        "operator-policies/%2F/strange",
    ] {
        rabbit.delete(path);
    }
}

/// What applies to a queue that the file wants settings of its own for.
fn in_the_way(lab: &Lab) {
    let policy = json!({ "pattern": "^guarded$", "priority": 9, "definition": { "max-length": 5 } });
    Rabbit::jobs(&lab.env()).put(&format!("policies/{ROOT}/by-hand"), &policy);
}

fn out_of_the_way(lab: &Lab) {
    Rabbit::jobs(&lab.env()).delete(&format!("policies/{ROOT}/by-hand"));
}

/// Where an attribute is settled at creation, the object is made again otherwise.
fn tamper(lab: &Lab) {
    let rabbit = Rabbit::jobs(&lab.env());
    rabbit.put("vhosts/other", &json!({ "description": "by hand", "tags": "by,hand", "default_queue_type": "stream" }));
    rabbit.put("vhost-limits/other/max-queues", &json!({ "value": 1 }));
    rabbit.put("users/reader", &json!({ "password": "by-hand", "tags": "policymaker" }));
    rabbit.put("user-limits/reader/max-connections", &json!({ "value": 1 }));
    rabbit.put(&format!("permissions/{ROOT}/reader"), &json!(std::collections::BTreeMap::from(EVERYTHING)));
    rabbit.put(&format!("topic-permissions/{ROOT}/reader"), &json!({ "exchange": "topic", "write": "x", "read": "y" }));
    for name in ["type", "durable", "auto_delete", "internal", "arguments"] {
        rabbit.delete(&format!("exchanges/{ROOT}/{name}"));
        let wrong = json!({
            "type": if name == "type" { "headers" } else { "fanout" },
            "durable": true,
            "auto_delete": false,
            "internal": false,
            "arguments": if name == "arguments" { json!({ "alternate-exchange": "by-hand" }) } else { json!({}) },
        });
        rabbit.put(&format!("exchanges/{ROOT}/{name}"), &wrong);
    }
    for name in ["type", "durable", "auto_delete", "arguments"] {
        rabbit.delete(&format!("queues/{ROOT}/{name}"));
        let wrong = json!({
            "durable": true,
            "auto_delete": false,
            "arguments": match name {
                "type" => json!({ "x-queue-type": "quorum" }),
                "arguments" => json!({ "x-queue-type": "classic", "x-max-priority": 9 }),
                _ => json!({ "x-queue-type": "classic" }),
            },
        });
        rabbit.put(&format!("queues/{ROOT}/{name}"), &wrong);
    }
    let policy = json!({ "pattern": "^hand$", "apply-to": "all", "priority": 9, "definition": { "max-length": 1 } });
    rabbit.put(&format!("policies/{ROOT}/own"), &policy);
    rabbit.put(&format!("operator-policies/{ROOT}/ceiling"), &policy);
}
