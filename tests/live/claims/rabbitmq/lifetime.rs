//! How long a queue and its messages stay.

use lapin::BasicProperties;
use lapin::options::{BasicCancelOptions, BasicConsumeOptions, QueueDeleteOptions, QueuePurgeOptions};
use serde_json::json;

use super::client::{AUTO_DELETE, Broker, Client, DURABLE, EXCLUSIVE, TRANSIENT, consume, refusal};
use crate::lab::{docker, until};
use crate::rabbit::wait;

pub(super) fn an_exclusive_queue_is_of_one_connection(broker: &Broker) {
    let (owner, other) = (broker.client(), broker.client());
    for (queue, options, refused) in [("held", EXCLUSIVE, Some(405)), ("shared", DURABLE, None)] {
        assert_eq!(owner.tried(queue, options, &json!({})), None);
        other.put(queue, "from elsewhere");
        assert_eq!(owner.drain(queue), ["from elsewhere"]);
        let consumed = consume(&other.another(), queue, BasicConsumeOptions::default(), &json!({}));
        assert_eq!(refusal(consumed), refused, "consume from {queue}");
        let purged = wait(other.another().queue_purge(queue.into(), QueuePurgeOptions::default()));
        assert_eq!(refusal(purged), refused, "purge {queue}");
        let deleted = wait(other.another().queue_delete(queue.into(), QueueDeleteOptions::default()));
        assert_eq!(refusal(deleted), refused, "delete {queue}");
    }
    let own = owner.another();
    assert_eq!(refusal(consume(&own, "held", BasicConsumeOptions::default(), &json!({}))), None);
    assert_eq!(refusal(wait(own.queue_purge("held".into(), QueuePurgeOptions::default()))), None);
    assert_eq!(refusal(wait(own.queue_delete("held".into(), QueueDeleteOptions::default()))), None);
}

pub(super) fn an_exclusive_queue_goes_with_its_connection(broker: &Broker) {
    let (owner, other) = (broker.client(), broker.client());
    assert_eq!(owner.tried("goes", EXCLUSIVE, &json!({})), None);
    assert_eq!(owner.tried("stays", DURABLE, &json!({})), None);
    assert_eq!((other.absent("goes"), other.absent("stays")), (Some(405), None));
    owner.close();
    until("the queue is gone", 20, || other.absent("goes") == Some(404));
    assert_eq!(other.absent("stays"), None);
}

pub(super) fn an_auto_delete_queue_goes_with_its_last_consumer(broker: &Broker) {
    let (client, other) = (broker.client(), broker.client());
    for (queue, options) in [("auto-never", AUTO_DELETE), ("auto-used", AUTO_DELETE), ("plain-used", DURABLE)] {
        assert_eq!(other.tried(queue, options, &json!({})), None);
        other.put(queue, "m");
    }
    other.close();
    let channel = client.another();
    let consumers = ["plain-used", "auto-used", "auto-used"]
        .map(|queue| consume(&channel, queue, BasicConsumeOptions::default(), &json!({})).unwrap());
    for consumer in consumers {
        assert_eq!(client.absent("auto-used"), None, "a consumer is left");
        wait(channel.basic_cancel(consumer.tag(), BasicCancelOptions::default())).unwrap();
    }
    until("the queue is gone", 20, || client.absent("auto-used") == Some(404));
    wait(channel.close(200, "bye".into())).unwrap();
    until("what was out is back", 20, || client.ready("plain-used") == 1);
    assert_eq!(client.ready("auto-never"), 1);
}

/// Debian's 4.3 permits a transient queue that is not exclusive, without a word in the configuration.
pub(super) fn restart_keeps_what_is_durable(broker: &Broker, container: &str) {
    let client = broker.client();
    let quorum = json!({ "x-queue-type": "quorum" });
    assert_eq!(client.tried("kept", DURABLE, &json!({})), None);
    assert_eq!(client.tried("lost", TRANSIENT, &json!({})), None);
    assert_eq!(client.tried("kept-quorum", DURABLE, &quorum), None);
    assert_eq!(client.tried("lost-quorum", TRANSIENT, &quorum), Some(406));
    let delivery = |mode| BasicProperties::default().with_delivery_mode(mode);
    for queue in ["kept", "lost", "kept-quorum"] {
        assert_eq!(client.send("", queue, "transient", true, delivery(1)), None);
        assert_eq!(client.send("", queue, "persistent", true, delivery(2)), None);
        assert_eq!(client.ready(queue), 2);
    }
    docker(&["restart", container]);
    let mut client = None;
    until("the broker is back", 60, || {
        client = wait(Client::open(&broker.url)).ok();
        client.is_some()
    });
    let client = client.unwrap();
    until("the quorum queue is back", 60, || {
        client.absent("kept-quorum").is_none() && client.ready("kept-quorum") == 2
    });
    assert_eq!(client.drain("kept-quorum"), ["transient", "persistent"]);
    assert_eq!(client.drain("kept"), ["persistent"]);
    assert_eq!(client.absent("lost"), Some(404));
}
