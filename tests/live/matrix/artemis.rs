//! Artemis's objects, looked at and changed through its management API.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Subject;
use crate::artemis_client::Art;
use crate::lab::Lab;

pub(super) static SUBJECT: Subject = Subject {
    kind: "artemis",
    broker: "art",
    created: include_str!("artemis.created.yaml"),
    changed: include_str!("artemis.changed.yaml"),
    forbidden: include_str!("artemis.forbidden.yaml"),
    in_the_way,
    out_of_the_way,
    bare: include_str!("artemis.bare.yaml"),
    removed: include_str!("artemis.removed.yaml"),
    state,
    foreign,
    no_more_foreign,
    tamper,
};

const PERMISSIONS: [&str; 10] = [
    "send",
    "consume",
    "browse",
    "createAddress",
    "deleteAddress",
    "createDurableQueue",
    "deleteDurableQueue",
    "createNonDurableQueue",
    "deleteNonDurableQueue",
    "manage",
];
const QUEUE: [&str; 15] = [
    "Address",
    "RoutingType",
    "Filter",
    "Durable",
    "MaxConsumers",
    "Exclusive",
    "LastValueKey",
    "RingSize",
    "PurgeOnNoConsumers",
    "Enabled",
    "ConsumersBeforeDispatch",
    "DelayBeforeDispatch",
    "GroupRebalance",
    "GroupBuckets",
    "GroupFirstKey",
];
const DIVERT: [&str; 5] = ["Address", "ForwardingAddress", "Exclusive", "Filter", "RoutingType"];
/// One by one, because the broker knows nobody's password.
const PASSWORDS: [&str; 3] = ["before", "after", "by-hand"];

fn art(lab: &Lab) -> Art {
    Art::of(&lab.env(), lab.stack(), 1)
}

fn state(lab: &Lab) -> String {
    let art = art(lab);
    let mut lines = String::new();
    let users = art.call("listUser(java.lang.String)", &["".into()]);
    let mut users: Vec<Value> = serde_json::from_str(users.as_str().unwrap()).unwrap();
    users.sort_by_key(|user| user["username"].to_string());
    art.call("clearAuthenticationCache()", &[]);
    for user in users {
        let name = user["username"].as_str().unwrap();
        let password = PASSWORDS.iter().find(|password| art.stomp(name, password).is_some());
        writeln!(lines, "user {name} {} {}", user["roles"], password.unwrap_or(&"?")).unwrap();
    }
    for permission in PERMISSIONS {
        writeln!(lines, "security s.x {permission} {:?}", art.roles("s.x", permission)).unwrap();
    }
    for (name, value) in art.settings("z.x").as_object().unwrap() {
        writeln!(lines, "settings z.x {name} {value}").unwrap();
    }
    for (name, types) in art.addresses() {
        writeln!(lines, "address {name} {types}").unwrap();
    }
    let picked = |bean: &Value, keys: &[&str]| {
        keys.iter().map(|key| format!("{key}={}", bean[*key])).collect::<Vec<_>>().join(" ")
    };
    for (name, bean) in art.queues() {
        writeln!(lines, "queue {name} {}", picked(&bean, &QUEUE)).unwrap();
    }
    for (name, bean) in art.diverts() {
        writeln!(lines, "divert {name} {}", picked(&bean, &DIVERT)).unwrap();
    }
    lines
}

fn foreign(lab: &Lab) {
    let art = art(lab);
    art.call("createAddress(java.lang.String,java.lang.String)", &["hand".into(), "MULTICAST".into()]);
    make_queue(&art, &json!({ "name": "hand.queue", "address": "hand" }));
    make_divert(&art, &json!({ "name": "hand.divert", "address": "hand", "forwarding-address": "DLQ" }));
    let user = ["hand".into(), "by-hand".into(), "hand".into(), false.into()];
    art.call("addUser(java.lang.String,java.lang.String,java.lang.String,boolean)", &user);
}

fn no_more_foreign(lab: &Lab) {
    let art = art(lab);
    art.call("destroyDivert(java.lang.String)", &["hand.divert".into()]);
    art.call("destroyQueue(java.lang.String)", &["hand.queue".into()]);
    art.call("deleteAddress(java.lang.String)", &["hand".into()]);
    art.call("removeUser(java.lang.String)", &["hand".into()]);
}

fn make_queue(art: &Art, document: &Value) {
    let mut whole = json!({ "routing-type": "MULTICAST", "durable": true, "auto-create-address": false });
    whole.as_object_mut().unwrap().extend(document.as_object().unwrap().clone());
    art.send_document("createQueue", &whole);
}

fn make_divert(art: &Art, document: &Value) {
    art.send_document("createDivert", document);
}

/// A queue that keeps its address multicast, and has the name that a divert wants.
fn in_the_way(lab: &Lab) {
    make_queue(&art(lab), &json!({ "name": "taken", "address": "s.kept" }));
}

fn out_of_the_way(lab: &Lab) {
    art(lab).call("destroyQueue(java.lang.String)", &["taken".into()]);
}

/// Where an attribute is settled at creation, the object is made again otherwise.
fn tamper(lab: &Lab) {
    let art = art(lab);
    let user = ["reader".into(), "by-hand".into(), "by-hand".into(), false.into()];
    art.call("resetUser(java.lang.String,java.lang.String,java.lang.String,boolean)", &user);
    let roles: BTreeMap<&str, [&str; 1]> = PERMISSIONS.iter().map(|permission| (*permission, ["by-hand"])).collect();
    let security = ["s.#".into(), json!(roles).to_string().into()];
    art.call("addSecuritySettings(java.lang.String,java.lang.String)", &security);
    let settings = ["z.#".into(), include_str!("artemis.settings.json").into()];
    art.call("addAddressSettings(java.lang.String,java.lang.String)", &settings);
    let tuned = json!({ "name": "tuned", "max-consumers": 9, "exclusive": false, "ring-size": 9,
        "purge-on-no-consumers": false, "enabled": true, "consumers-before-dispatch": 9, "delay-before-dispatch": 9,
        "group-rebalance": false, "group-buckets": 9, "group-first-key": "hand" });
    art.send_document("updateQueue", &tuned);
    art.send_document("updateQueue", &json!({ "name": "filter", "filter-string": "k = 'hand'" }));
    for (name, document) in [
        ("durable", json!({ "name": "durable", "address": "s.one", "durable": true })),
        ("last", json!({ "name": "last", "address": "s.one", "last-value": true, "last-value-key": "hand" })),
        ("moved", json!({ "name": "moved", "address": "s.one" })),
    ] {
        art.call("destroyQueue(java.lang.String)", &[name.into()]);
        make_queue(&art, &document);
    }
    let address = "updateAddress(java.lang.String,java.lang.String)";
    art.call(address, &["s.route".into(), "ANYCAST,MULTICAST".into()]);
    art.send_document("updateQueue", &json!({ "name": "route", "routing-type": "MULTICAST" }));
    let way =
        json!({ "name": "way", "forwarding-address": "DLQ", "filter-string": "k = 'hand'", "routing-type": "ANYCAST" });
    art.send_document("updateDivert", &way);
    for document in [
        json!({ "name": "from", "address": "s.one", "forwarding-address": "s.route" }),
        json!({ "name": "exclusive", "address": "s.one", "forwarding-address": "s.two", "exclusive": false }),
    ] {
        art.call("destroyDivert(java.lang.String)", &[document["name"].clone()]);
        make_divert(&art, &document);
    }
}
