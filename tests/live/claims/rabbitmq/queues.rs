//! What a queue is, streams among them.

use lapin::options::{BasicConsumeOptions, QueueDeleteOptions};
use lapin::{BasicProperties, Consumer, ExchangeKind};
use serde_json::{Value, json};

use super::client::{AUTO_DELETE, Broker, DURABLE, acknowledge, consume, next, refusal, text};
use crate::rabbit::{ROOT, wait};

pub(super) fn consumers_of_a_queue_take_turns(broker: &Broker) {
    let client = broker.client();
    client.exchange("both", ExchangeKind::Fanout, &json!({}));
    for queue in ["turns", "copies-1", "copies-2"] {
        client.queue(queue, &json!({}));
    }
    client.bind("both", "copies-1", "", &json!({}));
    client.bind("both", "copies-2", "", &json!({}));
    // One queue with two consumers, and for comparison two queues.
    let mut shared = [client.consume("turns"), client.consume("turns")];
    let mut own = [client.consume("copies-1"), client.consume("copies-2")];
    for number in 0..10 {
        client.put("turns", &number.to_string());
        client.send("both", "", &number.to_string(), true, BasicProperties::default());
    }
    let read =
        |consumer: &mut Consumer, count: usize| -> Vec<String> { (0..count).map(|_| text(&next(consumer))).collect() };
    let mut turns = shared.each_mut().map(|consumer| read(consumer, 5));
    turns.sort();
    assert_eq!(turns, [["0", "2", "4", "6", "8"], ["1", "3", "5", "7", "9"]]);
    let [one, two] = own.each_mut().map(|consumer| read(consumer, 10));
    assert_eq!(one, two);
}

pub(super) fn a_queue_is_declared_again_with_equal_properties_alone(broker: &Broker) {
    let client = broker.client();
    client.queue("equal", &json!({ "x-max-length": 5 }));
    assert_eq!(client.tried("equal", DURABLE, &json!({ "x-max-length": 5 })), None);
    assert_eq!(client.tried("equal", DURABLE, &json!({ "x-max-length": 6 })), Some(406));
    assert_eq!(client.tried("equal", DURABLE, &json!({})), Some(406));
    assert_eq!(client.tried("equal", AUTO_DELETE, &json!({ "x-max-length": 5 })), Some(406));
}

pub(super) fn the_type_of_a_queue_is_for_life(broker: &Broker) {
    let client = broker.client();
    let kind = || broker.rabbit.get(&format!("queues/{ROOT}/typed"))["type"].as_str().unwrap().to_owned();
    client.queue("typed", &json!({ "x-queue-type": "classic" }));
    assert_eq!(client.tried("typed", DURABLE, &json!({ "x-queue-type": "quorum" })), Some(406));
    assert_eq!(kind(), "classic");
    // The same declaration is taken where no queue of another type is in the way.
    wait(client.channel.queue_delete("typed".into(), QueueDeleteOptions::default())).unwrap();
    client.queue("typed", &json!({ "x-queue-type": "quorum" }));
    assert_eq!(kind(), "quorum");
    // Nor by a policy, which has no word for it.
    let policy = |definition: Value| {
        let body = json!({ "pattern": "^typed$", "definition": definition });
        let path = format!("policies/{ROOT}/typed");
        broker.rabbit.ask(reqwest::Method::PUT, &path, Some(&body)).0
    };
    assert_eq!([policy(json!({ "queue-type": "classic" })), policy(json!({ "max-length": 1 }))], [400, 201]);
}

pub(super) fn reading_a_stream_removes_nothing(broker: &Broker) {
    let client = broker.client();
    client.prefetch(10);
    let arguments = |kind: &str| json!({ "x-queue-type": kind });
    client.queue("log", &arguments("stream"));
    client.queue("log-not", &arguments("quorum"));
    for number in 0..3 {
        client.put("log", &number.to_string());
        client.put("log-not", &number.to_string());
    }
    let read = |from: &Value, count: usize| -> Vec<String> {
        let mut consumer = consume(&client.channel, "log", BasicConsumeOptions::default(), from).unwrap();
        let each = (0..count).map(|_| {
            let message = next(&mut consumer);
            acknowledge(&message);
            text(&message)
        });
        each.collect()
    };
    let first = json!({ "x-stream-offset": "first" });
    assert_eq!(read(&first, 3), ["0", "1", "2"]);
    assert_eq!(read(&first, 3), ["0", "1", "2"]);
    assert_eq!(read(&json!({ "x-stream-offset": 1 }), 2), ["1", "2"]);
    let mut later = consume(&client.channel, "log", BasicConsumeOptions::default(), &json!({})).unwrap();
    client.put("log", "3");
    assert_eq!(text(&next(&mut later)), "3");
    assert_eq!(client.drain("log-not"), ["0", "1", "2"]);
    assert_eq!(client.drain("log-not"), [] as [&str; 0]);
}

pub(super) fn a_stream_needs_prefetch_and_acknowledgement(broker: &Broker) {
    for (prefetch, no_ack, refused) in [(10, false, None), (0, false, Some(406)), (10, true, Some(540))] {
        let client = broker.client();
        client.queue("needs", &json!({ "x-queue-type": "stream" }));
        client.prefetch(prefetch);
        let options = BasicConsumeOptions { no_ack, ..BasicConsumeOptions::default() };
        let consumed = consume(&client.channel, "needs", options, &json!({}));
        assert_eq!(refusal(consumed), refused, "prefetch {prefetch}, automatic acknowledgement {no_ack}");
    }
}
