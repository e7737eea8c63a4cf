//! What a change of each attribute does.

use mqlab::brokers::Target;
use mqlab::plan::DiffOptions;
use serde_json::json;

use super::live::{Live, fields};

const BEFORE: &str = r"
users:
  live-changing:
    password: one
    tags: [monitoring]
    limits: { max-connections: 10 }
    permissions: { live-changes: { configure: a, write: b, read: c } }
    topic_permissions: { live-changes: { mail: { write: a, read: b } } }
vhosts:
  live-changes:
    description: Before.
    tags: [one]
    limits: { max-queues: 10 }
    exchanges: { mail: { type: topic } }
    queues: { q: { type: quorum, message_ttl: 1m, bindings: [ { exchange: mail, routing_key: one } ] } }
    policies: { p: { pattern: a, apply_to: queues, priority: 1, definition: { max-length: 1 } } }
    operator_policies: { p: { pattern: a, apply_to: queues, priority: 1, definition: { max-length: 1 } } }
";

const AFTER: &str = r"
users:
  live-changing:
    password: two
    tags: [management, own]
    limits: { max-connections: 20, max-channels: 5 }
    permissions: { live-changes: { configure: d, write: e, read: f } }
    topic_permissions: { live-changes: { mail: { write: c, read: d } } }
vhosts:
  live-changes:
    description: After.
    tags: [two, three]
    default_queue_type: stream
    limits: { max-queues: 20 }
    exchanges: { mail: { type: topic } }
    queues: { q: { type: quorum, message_ttl: 2m, max_length: 9, bindings: [ { exchange: mail, routing_key: two } ] } }
    policies: { p: { pattern: b, apply_to: all, priority: 2, definition: { max-length: 2, expires: 1h } } }
    operator_policies: { p: { pattern: b, apply_to: all, priority: 2, definition: { max-length: 2 } } }
";

async fn clean(live: &Live<'_>) {
    live.api.delete("vhosts/live-changes").await;
    live.api.delete("users/live-changing").await;
}

/// Everything that the broker can change is changed, and nothing but that is touched.
pub(crate) async fn what_can_change_is_changed_in_place(target: &Target) {
    let mut live = Live::connect(target);
    clean(&live).await;
    live.converge(BEFORE).await;
    live.api.publish("live-changes", "q", 3).await;
    let plan = live.converge(AFTER).await;
    let lines: Vec<String> =
        plan.steps.iter().map(|step| format!("{} {}: {}", step.action.sign(), step.address, step.cause)).collect();
    assert_eq!(
        lines,
        [
            "~ jobs/user/live-changing: limits.max-channels: (default) → 5, limits.max-connections: 10 → 20, password: *** → ***, tags: [\"monitoring\"] → [\"management\",\"own\"]",
            "~ jobs/vhost/live-changes: default_queue_type: classic → stream, description: Before. → After., tags: [\"one\"] → [\"three\",\"two\"]",
            "+ jobs/live-changes/binding/mail→q?two: not there",
            "~ jobs/live-changes/limit/max-queues: value: 10 → 20",
            "~ jobs/live-changes/operator_policy/p: apply_to: queues → all, definition: {\"max-length\":1} → {\"max-length\":2}, pattern: a → b, priority: 1 → 2",
            "~ jobs/live-changes/permission/live-changing: configure: a → d, read: c → f, write: b → e",
            "~ jobs/live-changes/policy/mqlab.q: definition: {\"message-ttl\":60000} → {\"max-length\":9,\"message-ttl\":120000}",
            "~ jobs/live-changes/policy/p: apply_to: queues → all, definition: {\"max-length\":1} → {\"expires\":3600000,\"max-length\":2}, pattern: a → b, priority: 1 → 2",
            "~ jobs/live-changes/topic_permission/live-changing@mail: read: b → d, write: a → c",
        ]
    );
    let api = &live.api;
    let user = api.get("users/live-changing").await;
    assert_eq!(user["limits"], json!({ "max-channels": 5, "max-connections": 20 }));
    let (old, _) = api.send_as("live-changing", "one", reqwest::Method::GET, "whoami", None).await;
    let (new, _) = api.send_as("live-changing", "two", reqwest::Method::GET, "whoami", None).await;
    assert_eq!((old.as_u16(), new.as_u16()), (401, 200));
    let permission = api.get("permissions/live-changes/live-changing").await;
    assert_eq!(
        json!(fields(&permission, &["configure", "write", "read"])),
        json!({ "configure": "d", "write": "e", "read": "f" })
    );
    assert_eq!(api.get("vhost-limits/live-changes").await[0]["value"], json!({ "max-queues": 20 }));
    for (path, definition) in [
        ("policies/live-changes/p", json!({ "max-length": 2, "expires": 3_600_000 })),
        ("operator-policies/live-changes/p", json!({ "max-length": 2 })),
    ] {
        let found = api.get(path).await;
        assert_eq!(
            json!(fields(&found, &["pattern", "apply-to", "priority", "definition"])),
            json!({ "pattern": "b", "apply-to": "all", "priority": 2, "definition": definition }),
            "{path}"
        );
    }
    // The messages are still there, and so is the binding that the file no longer mentions.
    let held = live.session.inspect(&[mqlab::model::Address::in_vhost("jobs", "live-changes", "queue", "q")]).await;
    assert_eq!(held.into_values().next().unwrap().messages, Some(3));
    let bindings = live.api.get("bindings/live-changes/e/mail/q/q").await;
    assert_eq!(bindings.as_array().unwrap().len(), 2, "{bindings}");
    clean(&live).await;
}

/// The API replaces a whole virtual host or user; what the file does not mention must survive that.
pub(crate) async fn what_the_file_does_not_mention_survives_an_update(target: &Target) {
    let mut live = Live::connect(target);
    clean(&live).await;
    let spec = |description: &str, tags: &str| {
        format!(
            "users: {{ live-changing: {{ password: one, tags: [{tags}] }} }}\nvhosts: {{ live-changes: {{ description: {description} }} }}"
        )
    };
    live.converge(&spec("before", "management")).await;
    live.api
        .put("vhosts/live-changes", &json!({ "description": "before", "tags": "mine", "default_queue_type": "quorum" }))
        .await;
    live.api.put("user-limits/live-changing/max-channels", &json!({ "value": 7 })).await;
    live.converge(&spec("after", "policymaker")).await;
    let vhost = live.api.get("vhosts/live-changes").await;
    let metadata = vhost.get("metadata").unwrap_or(&vhost);
    assert_eq!(
        json!(fields(metadata, &["description", "tags", "default_queue_type"])),
        json!({ "description": "after", "tags": ["mine"], "default_queue_type": "quorum" })
    );
    assert_eq!(live.api.get("users/live-changing").await["limits"], json!({ "max-channels": 7 }));
    clean(&live).await;
}

/// The broker made `/` itself; what the file says about it is changed, and nothing else.
pub(crate) async fn the_root_virtual_host_can_be_described(target: &Target) {
    let mut live = Live::connect(target);
    let before = live.api.get("vhosts/%2F").await;
    let plan = live
        .converge(
            "vhosts: { /: { description: Described., limits: { max-queues: 500 }, exchanges: { live-root: {} } } }",
        )
        .await;
    assert_eq!(plan.steps.len(), 3, "{}", plan.to_text());
    let after = live.api.get("vhosts/%2F").await;
    let described = |vhost: &serde_json::Value| {
        fields(vhost.get("metadata").unwrap_or(vhost), &["description", "tags", "default_queue_type"])
    };
    let mut wanted = described(&before);
    wanted.insert("description".to_owned(), json!("Described."));
    assert_eq!(described(&after), wanted);
    live.api.put("vhosts/%2F", &json!(described(&before))).await;
    live.api.delete("vhost-limits/%2F/max-queues").await;
    live.api.delete("exchanges/%2F/live-root").await;
}

/// A password that was changed by hand is noticed, whatever its salt, and one that was not is left alone.
pub(crate) async fn a_changed_password_is_noticed(target: &Target) {
    let mut live = Live::connect(target);
    clean(&live).await;
    let spec = "users: { live-changing: { password: right } }";
    live.converge(spec).await;
    live.api.put("users/live-changing", &json!({ "password": "wrong", "tags": "" })).await;
    assert_eq!(live.lines(spec).await, ["~ jobs/user/live-changing: password: *** → *** [mqlab.yaml:7]"]);
    live.converge(spec).await;
    live.api.put("users/live-changing", &json!({ "password": "right", "tags": "" })).await;
    assert_eq!(live.lines(spec).await, [""; 0], "the same password with another salt");
    live.api.put("users/live-changing", &json!({ "password_hash": "", "tags": "" })).await;
    assert_eq!(live.lines(spec).await.len(), 1, "no password at all");
    let events = live.seen.0.lock().unwrap().join("\n");
    assert!(!events.contains("right") && !events.contains("wrong"), "{events}");
    clean(&live).await;
}

/// What is set at creation is blocked, each with the reason; the siblings are not harmed.
pub(crate) async fn what_cannot_change_is_blocked(target: &Target) {
    let mut live = Live::connect(target);
    clean(&live).await;
    let before = r"
vhosts:
  live-changes:
    exchanges: { typed: { type: topic }, kept: {}, argued: {} }
    queues: { typed: { type: classic }, auto: {}, argued: { arguments: { x-max-priority: 3, x-message-ttl: 5 } } }
";
    let after = r"
vhosts:
  live-changes:
    exchanges: { typed: { type: fanout }, kept: { durable: false, auto_delete: true, internal: true }, argued: { alternate_exchange: kept } }
    queues:
      typed: { type: quorum }
      auto: { auto_delete: true }
      argued: { arguments: { x-max-priority: 4, x-message-ttl: null } }
      new: {}
";
    live.converge(before).await;
    let wanted = live.wanted(after);
    let plan = live.plan(&wanted, &DiffOptions::default()).await;
    let lines: Vec<String> =
        plan.steps.iter().map(|step| format!("{} {}: {}", step.action.sign(), step.address, step.cause)).collect();
    assert_eq!(
        lines,
        [
            "! jobs/live-changes/exchange/argued: arguments.alternate-exchange: (default) → kept",
            "! jobs/live-changes/exchange/kept: auto_delete: false → true, durable: true → false, internal: false → true",
            "! jobs/live-changes/exchange/typed: type: topic → fanout",
            "! jobs/live-changes/queue/argued: arguments.x-max-priority: 3 → 4, arguments.x-message-ttl: 5 → (default)",
            "! jobs/live-changes/queue/auto: auto_delete: false → true",
            "+ jobs/live-changes/queue/new: not there",
            "! jobs/live-changes/queue/typed: type: classic → quorum",
        ]
    );
    for step in plan.steps.iter().filter(|step| step.action.is_blocked()) {
        let line = step.to_line();
        assert!(line.contains("mqlab.yaml:") && line.contains("`mqlab apply --replace jobs/live-changes/"), "{line}");
    }
    let outcomes = live.apply(&plan).await;
    assert_eq!(outcomes.len(), 1);
    assert_eq!(live.api.get("exchanges/live-changes/typed").await["type"], "topic");
    assert_eq!(live.api.get("queues/live-changes/new").await["name"], "new");
    clean(&live).await;
}
