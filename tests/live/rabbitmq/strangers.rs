//! What is not in the file: listed, never touched; and what belongs to the broker or to mqlab: not even listed.

use mqlab::brokers::{OutcomeResult, Target};
use mqlab::model::Address;
use mqlab::plan::{Action, DiffOptions};
use serde_json::json;

use super::live::Live;

const VHOST: &str = "live-strangers";

/// The broker's own exchanges, its own virtual host and our own user are no strangers.
pub(crate) async fn only_what_others_made_is_unmanaged(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let plan = live.plan(&[], &DiffOptions::default()).await;
    assert_eq!(plan.to_text(), "Plan: 0 create, 0 update, 0 replace, 0 delete; 0 unchanged; 0 unmanaged\n");

    live.api.put(&format!("vhosts/{VHOST}"), &json!({})).await;
    live.api.put(&format!("queues/{VHOST}/q"), &json!({ "durable": true })).await;
    live.api.post(&format!("bindings/{VHOST}/e/amq.topic/q/q"), &json!({ "routing_key": "a.#" })).await;
    live.api.put("users/live-stranger", &json!({ "password": "p", "tags": "" })).await;
    live.api.put("permissions/%2F/live-stranger", &json!({ "configure": "", "write": "", "read": "" })).await;
    let plan = live.plan(&[], &DiffOptions::default()).await;
    assert_eq!(
        plan.to_text(),
        "? jobs/permission/live-stranger\n? jobs/user/live-stranger\n? jobs/vhost/live-strangers\n\
         ? jobs/live-strangers/binding/amq.topic→q?a.%23\n? jobs/live-strangers/queue/q\n\
         Plan: 0 create, 0 update, 0 replace, 0 delete; 0 unchanged; 5 unmanaged\n"
    );
    live.api.delete("users/live-stranger").await;
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// Of two bindings that differ in their arguments alone exactly the one that was named goes.
pub(crate) async fn exactly_the_named_binding_is_deleted(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let spec = format!(
        "vhosts: {{ {VHOST}: {{ queues: {{ q: {{ bindings: [ {{ exchange: amq.headers, routing_key: k, arguments: {{ x-match: all, a: 1 }} }} ] }} }} }} }}"
    );
    live.converge(&spec).await;
    let path = format!("bindings/{VHOST}/e/amq.headers/q/q");
    for arguments in
        [json!({}), json!({ "x-match": "all", "a": 2 }), json!({ "x-match": "all", "a": [1, { "b": 1.5 }] })]
    {
        live.api.post(&path, &json!({ "routing_key": "k", "arguments": arguments })).await;
    }
    let wanted = live.wanted(&spec);
    let plan = live.plan(&wanted, &DiffOptions::default()).await;
    assert_eq!(plan.unmanaged.len(), 3, "{}", plan.to_text());
    for left in (0..3_usize).rev() {
        let plan = live.plan(&wanted, &DiffOptions::default()).await;
        let delete = [plan.unmanaged[0].address.clone()].into();
        let plan = live.plan(&wanted, &DiffOptions { delete, ..DiffOptions::default() }).await;
        assert_eq!(plan.steps[0].action, Action::Delete, "a binding needs no permission: {}", plan.to_text());
        assert_eq!(live.apply(&plan).await[0].result, OutcomeResult::Done);
        let plan = live.plan(&wanted, &DiffOptions::default()).await;
        assert!(plan.is_empty() && plan.unmanaged.len() == left, "{}", plan.to_text());
    }
    assert_eq!(live.api.get(&path).await[0]["arguments"], json!({ "x-match": "all", "a": 1 }));
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// Everything but a binding needs the permission to lose data, and with it goes, a queue's messages counted.
pub(crate) async fn the_rest_is_deleted_with_permission_alone(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    live.api.delete("users/live-stranger").await;
    let spec = format!(
        r"
users: {{ live-stranger: {{ password: p, permissions: {{ {VHOST}: {{}} }}, topic_permissions: {{ {VHOST}: {{ amq.topic: {{}} }} }} }} }}
vhosts:
  {VHOST}:
    limits: {{ max-queues: 5 }}
    exchanges: {{ e: {{}} }}
    queues: {{ q: {{}} }}
    policies: {{ p: {{ pattern: q, definition: {{ max-length: 5 }} }} }}
    operator_policies: {{ p: {{ pattern: q, definition: {{ max-length: 5 }} }} }}
"
    );
    live.converge(&spec).await;
    live.api.publish(VHOST, "q", 2).await;
    let all: Vec<Address> = live.wanted(&spec).into_iter().map(|resource| resource.address).collect();
    let delete = all.iter().cloned().collect();
    let plan = live.plan(&[], &DiffOptions { delete, ..DiffOptions::default() }).await;
    assert!(plan.steps.iter().all(|step| step.action.is_blocked()), "{}", plan.to_text());
    assert_eq!(plan.steps.len(), all.len());
    // One after the other, the virtual host last.
    for address in all.iter().rev() {
        let options = DiffOptions { delete: [address.clone()].into(), allow_data_loss: true, ..DiffOptions::default() };
        let plan = live.plan(&[], &options).await;
        if address.kind == "queue" {
            assert!(plan.steps[0].to_line().contains("2 messages"), "{}", plan.to_text());
        }
        assert_eq!(live.apply(&plan).await[0].result, OutcomeResult::Done, "{address}");
        let left = live.observe().await.resources;
        assert!(left.iter().all(|resource| resource.address != *address), "{address}");
    }
    live.api.delete("users/live-stranger").await;
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}
