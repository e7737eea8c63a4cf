//! What the session says is inside, against what was put there.

use lapin::options::BasicAckOptions;
use mqlab::brokers::Target;
use mqlab::model::Address;
use mqlab::plan::Contents;

use super::live::Live;

const VHOST: &str = "live-contents";

/// Counted at once after the confirms, for every type, in one look; what is not there holds nothing.
pub(crate) async fn messages_are_counted_at_once(target: &Target) {
    let mut live = Live::connect(target);
    live.api.delete(&format!("vhosts/{VHOST}")).await;
    let types = ["classic", "quorum", "stream"];
    let queues: String = types
        .iter()
        .map(|kind| format!("      {kind}: {{ type: {kind} }}\n      empty-{kind}: {{ type: {kind} }}\n"))
        .collect();
    live.converge(&format!("vhosts:\n  {VHOST}:\n    queues:\n{queues}")).await;
    for kind in types {
        live.api.publish(VHOST, kind, 7).await;
    }
    let queue = |name: &str| Address::in_vhost("jobs", VHOST, "queue", name);
    let mut asked: Vec<Address> =
        types.iter().flat_map(|kind| [queue(kind), queue(&format!("empty-{kind}"))]).collect();
    let (absent, vhost) = (queue("absent"), Address::new("jobs", "vhost", VHOST));
    asked.extend([absent.clone(), vhost.clone()]);
    let held = live.session.inspect(&asked).await;
    let holds = |messages| Contents { messages: Some(messages), consumers: Some(0), bytes: None };
    for kind in types {
        assert_eq!(held[&queue(kind)], holds(7), "{kind}");
        assert_eq!(held[&queue(&format!("empty-{kind}"))], holds(0), "{kind}");
    }
    assert_eq!(held[&absent], holds(0));
    assert_eq!(held[&vhost], holds(21));

    // Drained, and at once empty.
    for kind in ["classic", "quorum"] {
        let (connection, channel) = live.api.channel(VHOST).await;
        while let Some(message) =
            channel.basic_get(kind.into(), lapin::options::BasicGetOptions::default()).await.unwrap()
        {
            message.delivery.acker.ack(BasicAckOptions::default()).await.unwrap();
        }
        // Closing waits until the acknowledgements before it are done.
        channel.close(200, "done".into()).await.unwrap();
        connection.close(200, "done".into()).await.unwrap();
        assert_eq!(live.session.inspect(&[queue(kind)]).await[&queue(kind)], holds(0), "{kind}");
    }
    live.api.delete(&format!("vhosts/{VHOST}")).await;
}

/// The probe goes round and leaves nothing, and a scratch object that was left is never listed.
pub(crate) async fn the_probe_leaves_nothing(target: &Target) {
    let mut live = Live::connect(target);
    let left = "queues/%2F/mqlab-probe-left";
    live.api.put(left, &serde_json::json!({ "durable": true })).await;
    let plan = live.plan(&[], &mqlab::plan::DiffOptions::default()).await;
    assert!(!plan.to_text().contains("mqlab-probe"), "{}", plan.to_text());
    live.api.delete(left).await;
    let checks = live.session.probe().await;
    assert!(checks.len() == 1 && checks[0].ok, "{checks:?}");
    // An exclusive queue goes a moment after its connection.
    let began = std::time::Instant::now();
    while live.api.get("queues/%2F?columns=name").await.to_string().contains("mqlab-probe") {
        assert!(began.elapsed().as_secs() < 10, "the probe's queue stays");
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
}
