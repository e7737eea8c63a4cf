//! Acknowledging, giving back, and dead letters.

use lapin::options::{
    BasicAckOptions, BasicCancelOptions, BasicConsumeOptions, BasicGetOptions, BasicNackOptions, BasicQosOptions,
};
use lapin::{BasicProperties, Channel, ExchangeKind};
use serde_json::{Value, json};

use super::client::{Broker, Client, acknowledge, consume, next, reject, text};
use crate::lab::until;
use crate::rabbit::wait;

pub(super) fn what_is_unacknowledged_comes_back(broker: &Broker) {
    let client = broker.client();
    client.queue("unacked", &json!({}));
    for body in ["done", "open"] {
        client.put("unacked", body);
    }
    let channel = client.another();
    let take = || wait(channel.basic_get("unacked".into(), BasicGetOptions::default())).unwrap().unwrap().delivery;
    let (done, open) = (take(), take());
    assert_eq!([done.redelivered, open.redelivered], [false, false]);
    acknowledge(&done);
    assert_eq!(client.ready("unacked"), 0);
    wait(channel.close(200, "bye".into())).unwrap();
    let back = client.take("unacked");
    assert_eq!((text(&back), back.redelivered), ("open".to_owned(), true));
    assert!(client.get("unacked").is_none());
}

pub(super) fn what_is_acknowledged_automatically_is_gone(broker: &Broker) {
    let client = broker.client();
    for (queue, no_ack, left) in [("automatic", true, 0), ("manual", false, 3)] {
        client.queue(queue, &json!({}));
        for number in 0..3 {
            client.put(queue, &number.to_string());
        }
        let other = broker.client();
        // Nobody reads what the consumer has been sent.
        let options = BasicConsumeOptions { no_ack, ..BasicConsumeOptions::default() };
        let consumer = consume(&other.channel, queue, options, &json!({})).unwrap();
        until("all is sent", 20, || client.ready(queue) == 0);
        drop(consumer);
        other.close();
        until("what comes back is back", 20, || client.ready(queue) == left);
    }
    // What was out comes back a moment later, so this is asked last.
    assert_eq!(client.ready("automatic"), 0);
}

pub(super) fn only_its_own_channel_acknowledges_and_once(broker: &Broker) {
    let client = broker.client();
    client.queue("tags", &json!({}));
    client.put("tags", "1");
    let take = |channel: &Channel| wait(channel.basic_get("tags".into(), BasicGetOptions::default())).unwrap();
    let ack = |channel: &Channel, tag: u64| wait(channel.basic_ack(tag, BasicAckOptions::default())).unwrap();
    let is_open = |channel: &Channel| wait(channel.basic_qos(1, BasicQosOptions::default())).is_ok();
    let (own, other) = (client.another(), client.another());
    let tag = take(&own).unwrap().delivery.delivery_tag;
    ack(&other, tag);
    assert!(!is_open(&other));
    assert!(is_open(&own));
    ack(&own, tag);
    assert!(is_open(&own));
    assert_eq!(client.ready("tags"), 0);
    ack(&own, tag);
    assert!(!is_open(&own));
}

pub(super) fn prefetch_bounds_what_is_unacknowledged(broker: &Broker) {
    for (prefetch, ready) in [(Some(3), 7), (None, 0)] {
        let client = broker.client();
        let queue = format!("prefetch-{ready}");
        client.queue(&queue, &json!({}));
        for number in 0..10 {
            client.put(&queue, &number.to_string());
        }
        if let Some(count) = prefetch {
            client.prefetch(count);
        }
        let mut consumer = client.consume(&queue);
        let first = next(&mut consumer);
        // The queue has sent what it may before it answers the next question.
        assert_eq!(client.ready(&queue), ready);
        if prefetch.is_some() {
            acknowledge(&first);
            for _ in 0..3 {
                next(&mut consumer);
            }
            assert_eq!(client.ready(&queue), ready - 1);
        }
    }
}

pub(super) fn a_refused_message_is_dead_lettered_or_gone(broker: &Broker) {
    let client = broker.client();
    client.queue("refused-dead", &json!({}));
    let dead = json!({ "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "refused-dead" });
    client.queue("refused", &dead);
    client.queue("refused-for-good", &json!({}));
    for (queue, requeue, left, died) in
        [("refused", false, 0, 1), ("refused-for-good", false, 0, 0), ("refused-for-good", true, 1, 0)]
    {
        client.put(queue, "m");
        reject(&client.take(queue), requeue);
        if died + left > 0 {
            until("the message is somewhere", 20, || client.ready("refused-dead") + client.ready(queue) == 1);
        }
        assert_eq!((client.ready(queue), client.ready("refused-dead")), (left, died), "{queue} {requeue}");
        client.drain("refused-dead");
    }
}

pub(super) fn a_missing_dead_letter_exchange_drops(broker: &Broker) {
    let client = broker.client();
    client.queue("late-dead", &json!({}));
    client.queue("late", &json!({ "x-dead-letter-exchange": "late", "x-dead-letter-routing-key": "k" }));
    for body in ["before", "after"] {
        client.put("late", body);
        reject(&client.take("late"), false);
        // No channel was closed, and the queue has handled it before it answers.
        assert_eq!(client.ready("late"), 0);
        client.exchange("late", ExchangeKind::Fanout, &json!({}));
        client.bind("late", "late-dead", "", &json!({}));
    }
    assert_eq!(text(&client.take("late-dead")), "after");
    assert!(client.get("late-dead").is_none());
}

pub(super) fn a_message_dies_in_four_ways(broker: &Broker) {
    let client = broker.client();
    client.queue("four-dead", &json!({}));
    let with = |arguments: Value| {
        let mut all = json!({ "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "four-dead" });
        all.as_object_mut().unwrap().extend(arguments.as_object().unwrap().clone());
        all
    };
    client.queue("four-rejected", &with(json!({})));
    client.queue("four-expired", &with(json!({})));
    client.queue("four-maxlen", &with(json!({ "x-max-length": 1 })));
    client.queue("four-limit", &with(json!({ "x-queue-type": "quorum", "x-delivery-limit": 1 })));
    let reason = || {
        let dead = client.take("four-dead");
        acknowledge(&dead);
        let headers = dead.properties.headers().clone().unwrap();
        let reason = headers.inner().get("x-first-death-reason").unwrap().as_long_string().unwrap().to_string();
        (text(&dead), reason)
    };
    let died = |body: &str, why: &str| (body.to_owned(), why.to_owned());
    client.put("four-rejected", "1");
    reject(&client.take("four-rejected"), false);
    assert_eq!(reason(), died("1", "rejected"));
    client.send("", "four-expired", "2", true, BasicProperties::default().with_expiration("1".into()));
    assert_eq!(reason(), died("2", "expired"));
    client.put("four-maxlen", "3");
    assert_eq!((client.ready("four-maxlen"), client.ready("four-dead")), (1, 0));
    client.put("four-maxlen", "4");
    assert_eq!(reason(), died("3", "maxlen"));
    client.put("four-limit", "5");
    reject(&client.take("four-limit"), true);
    reject(&client.take("four-limit"), true);
    assert_eq!(reason(), died("5", "delivery_limit"));
    // What is acknowledged dies in none.
    client.put("four-rejected", "6");
    acknowledge(&client.take("four-rejected"));
    assert_eq!((client.ready("four-rejected"), client.ready("four-dead")), (0, 0));
}

pub(super) fn a_quorum_queue_gives_up_after_20_more_deliveries(broker: &Broker) {
    let client = broker.client();
    client.queue("poison-dead", &json!({}));
    let queue = |kind: &str| json!({ "x-queue-type": kind, "x-dead-letter-exchange": "", "x-dead-letter-routing-key": "poison-dead" });
    for (kind, wanted) in [("quorum", 21), ("classic", 40)] {
        let name = format!("poison-{kind}");
        client.queue(&name, &queue(kind));
        client.put(&name, kind);
        client.prefetch(1);
        let mut consumer = client.consume(&name);
        let mut delivered = 0;
        while delivered < 40 && client.ready("poison-dead") == 0 {
            reject(&next(&mut consumer), true);
            delivered += 1;
            // Until it is delivered again or given up; a consumer alone would wait for ever.
            if delivered == 21 && kind == "quorum" {
                until("the message is given up", 20, || client.ready("poison-dead") == 1);
            }
        }
        assert_eq!(delivered, wanted, "{kind}");
        assert_eq!(client.drain("poison-dead").len(), usize::from(kind == "quorum"));
        wait(client.channel.basic_cancel(consumer.tag(), BasicCancelOptions::default())).unwrap();
    }
}

/// How often a quorum queue with the limit 2 delivers a message that is given back each time; `None` if ten times are
/// not enough for it to give up.
fn deliveries(broker: &Broker, name: &str, give_back: impl Fn(&Client, &str)) -> Option<usize> {
    let (client, dead) = (broker.client(), format!("{name}-dead"));
    client.queue(&dead, &json!({}));
    let arguments = json!({
        "x-queue-type": "quorum",
        "x-delivery-limit": 2,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead,
    });
    client.queue(name, &arguments);
    client.put(name, "m");
    for delivered in 0..10 {
        until("the message is back or given up", 20, || client.ready(name) + client.ready(&dead) == 1);
        if client.ready(&dead) == 1 {
            return Some(delivered);
        }
        give_back(&client, name);
    }
    None
}

pub(super) fn a_rejection_and_a_lost_connection_count(broker: &Broker) {
    let rejected = deliveries(broker, "given-back", |client, queue| reject(&client.take(queue), true));
    assert_eq!(rejected, Some(3));
    let closed = deliveries(broker, "channel-closed", |client, queue| {
        let channel = client.another();
        wait(channel.basic_get(queue.into(), BasicGetOptions::default())).unwrap().unwrap();
        wait(channel.close(200, "bye".into())).unwrap();
    });
    assert_eq!(closed, Some(3));
    let lost = deliveries(broker, "connection-lost", |_, queue| {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let client = runtime.block_on(Client::open(&broker.url)).unwrap();
        runtime.block_on(client.channel.basic_get(queue.into(), BasicGetOptions::default())).unwrap().unwrap();
        // The socket goes without a word.
        runtime.shutdown_background();
    });
    assert_eq!(lost, Some(3));
}

/// What counts towards the delivery limit changed in 4.3.
pub(super) fn a_nack_counts_before_4_3(broker: &Broker, version: &str) {
    let nacked = deliveries(broker, "nacked", |client, queue| {
        let options = BasicNackOptions { requeue: true, ..BasicNackOptions::default() };
        wait(client.take(queue).acker.nack(options)).unwrap();
    });
    assert_eq!(nacked, if version == "4.0" { Some(3) } else { None });
}
