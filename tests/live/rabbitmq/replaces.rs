//! Replacing: with everything that hangs on it, and never over what is inside.

use lapin::options::BasicGetOptions;
use mqlab::brokers::{OutcomeResult, Target};
use mqlab::model::Address;
use mqlab::plan::{Action, DiffOptions};
use serde_json::json;

use super::live::Live;

const VHOST: &str = "live-replaces";

fn queue(name: &str) -> Address {
    Address::in_vhost("jobs", VHOST, "queue", name)
}

fn replacing(address: Address, allow_data_loss: bool) -> DiffOptions {
    DiffOptions { replace: [address].into(), allow_data_loss, ..DiffOptions::default() }
}

fn spec(kind: &str) -> String {
    format!(
        "vhosts:\n  {VHOST}:\n    exchanges: {{ e: {{ type: headers }} }}\n    queues: {{ q: {{ type: {kind}, bindings: [ {{ exchange: e, arguments: {{ x-match: all, a: 1 }} }} ] }} }}"
    )
}

/// One run replaces the queue, its declared bindings and those that were made by hand, arguments without a value too.
pub(crate) async fn a_replaced_queue_keeps_its_bindings(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    live.converge(&spec("classic")).await;
    live.api.post(&format!("bindings/{VHOST}/e/amq.topic/q/q"), &json!({ "routing_key": "by.hand" })).await;
    let (connection, channel) = live.api.channel(VHOST).await;
    let mut arguments = lapin::types::FieldTable::default();
    arguments.insert("present".into(), lapin::types::AMQPValue::Void);
    let options = lapin::options::QueueBindOptions::default();
    channel.queue_bind("q".into(), "e".into(), "void".into(), options, arguments).await.unwrap();
    connection.close(200, "done".into()).await.unwrap();
    let before = bindings(&live).await;

    let plan = live.converge_with(&spec("quorum"), &replacing(queue("q"), false)).await;
    assert_eq!(plan.steps.len(), 1, "{}", plan.to_text());
    assert_eq!(plan.steps[0].dependants.len(), 3);
    assert_eq!(live.api.get(&format!("queues/{VHOST}/q")).await["type"], "quorum");
    assert_eq!(bindings(&live).await, before);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// The other way round: an exchange, with what it feeds and what feeds it.
pub(crate) async fn a_replaced_exchange_keeps_its_bindings(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let spec = |kind: &str| {
        format!(
            "vhosts:\n  {VHOST}:\n    exchanges: {{ e: {{ type: {kind} }}, above: {{ type: fanout }} }}\n    queues: {{ q: {{ bindings: [ {{ exchange: e, routing_key: k }} ] }} }}\n    bindings: [ {{ source: above, destination: e, destination_type: exchange }} ]"
        )
    };
    live.converge(&spec("direct")).await;
    live.api.publish(VHOST, "q", 2).await;
    live.api.post(&format!("bindings/{VHOST}/e/e/q/q"), &json!({ "routing_key": "by.hand" })).await;
    let before = bindings(&live).await;
    let exchange = Address::in_vhost("jobs", VHOST, "exchange", "e");
    live.converge_with(&spec("topic"), &replacing(exchange, false)).await;
    assert_eq!(live.api.get(&format!("exchanges/{VHOST}/e")).await["type"], "topic");
    assert_eq!(bindings(&live).await, before);
    let held = live.session.inspect(&[queue("q")]).await;
    assert_eq!(held[&queue("q")].messages, Some(2), "messages are in queues, not in exchanges");
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// Published with confirms and replaced at once: refused with the count, at planning and at the moment of deleting.
/// So for every type of queue; with the permission it goes.
pub(crate) async fn what_holds_messages_is_not_replaced_unasked(target: &Target) {
    for (old, new) in [("classic", "quorum"), ("quorum", "classic"), ("stream", "classic")] {
        let mut live = Live::connect(target);
        live.api.delete(&format!("vhosts/{VHOST}")).await;
        live.converge(&spec(old)).await;
        let wanted = live.wanted(&spec(new));
        // Planned while it is empty.
        let early = live.plan(&wanted, &replacing(queue("q"), false)).await;
        assert_eq!(early.steps[0].action, Action::Replace, "{old}: {}", early.to_text());
        live.api.publish(VHOST, "q", 3).await;
        let outcomes = live.apply(&early).await;
        let OutcomeResult::Failed { reason } = &outcomes[0].result else { panic!("{old}: {outcomes:?}") };
        assert!(reason.contains("3 messages") && reason.contains("--allow-data-loss"), "{old}: {reason}");

        let late = live.plan(&wanted, &replacing(queue("q"), false)).await;
        let line = late.steps[0].to_line();
        assert!(late.steps[0].action.is_blocked() && line.contains("3 messages"), "{old}: {line}");
        assert_eq!(live.api.get(&format!("queues/{VHOST}/q")).await["type"], old);

        live.converge_with(&spec(new), &replacing(queue("q"), true)).await;
        assert_eq!(live.api.get(&format!("queues/{VHOST}/q")).await["type"], new);
        live.api.delete(&format!("vhosts/{VHOST}")).await;
    }
}

/// A message that a client has and did not acknowledge is in no count of what is ready.
pub(crate) async fn what_is_out_for_acknowledgement_is_not_lost(target: &Target) {
    for kind in ["classic", "quorum"] {
        let mut live = Live::connect(target);
        live.api.delete(&format!("vhosts/{VHOST}")).await;
        live.converge(&spec(kind)).await;
        live.api.publish(VHOST, "q", 1).await;
        let (connection, channel) = live.api.channel(VHOST).await;
        let taken = channel.basic_get("q".into(), BasicGetOptions::default()).await.unwrap();
        assert!(taken.is_some());
        let wanted = live.wanted(&spec("stream"));
        let plan = live.plan(&wanted, &replacing(queue("q"), false)).await;
        assert!(plan.steps[0].action.is_blocked(), "{kind}: {}", plan.to_text());
        connection.close(200, "done".into()).await.unwrap();
        live.api.delete(&format!("vhosts/{VHOST}")).await;
    }
}

/// Somebody listens: replacing would cut them off, so that counts too.
pub(crate) async fn what_has_consumers_is_not_replaced_unasked(target: &Target) {
    use lapin::options::{BasicConsumeOptions, BasicQosOptions};
    use lapin::types::FieldTable;
    for (old, new) in [("classic", "quorum"), ("quorum", "stream"), ("stream", "classic")] {
        let mut live = Live::connect(target);
        live.api.delete(&format!("vhosts/{VHOST}")).await;
        live.converge(&spec(old)).await;
        let (connection, channel) = live.api.channel(VHOST).await;
        channel.basic_qos(1, BasicQosOptions::default()).await.unwrap();
        let consume =
            channel.basic_consume("q".into(), "".into(), BasicConsumeOptions::default(), FieldTable::default());
        let _consumer = consume.await.unwrap();
        let wanted = live.wanted(&spec(new));
        let began = std::time::Instant::now();
        loop {
            let plan = live.plan(&wanted, &replacing(queue("q"), false)).await;
            let line = plan.steps[0].to_line();
            if plan.steps[0].action.is_blocked() && line.contains("1 consumer") {
                break;
            }
            // Only the statistics know who reads a stream.
            assert!(old == "stream" && began.elapsed().as_secs() < 15, "{old}: {line}");
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        connection.close(200, "done".into()).await.unwrap();
        live.api.delete(&format!("vhosts/{VHOST}")).await;
    }
}

async fn bindings(live: &Live<'_>) -> Vec<String> {
    let listed = live.api.get(&format!("bindings/{VHOST}")).await;
    let mut found: Vec<String> = listed.as_array().unwrap().iter().map(ToString::to_string).collect();
    found.sort();
    found
}
