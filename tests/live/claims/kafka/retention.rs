//! What is deleted and what stays.

use rdkafka::admin::{AdminOptions, ResourceSpecifier};

use super::client::{Broker, New, Stored, now};
use crate::lab::until;
use crate::rabbit::wait;

fn keyed<'a>(key: &'a str, value: Option<&'a str>, timestamp: i64) -> New<'a> {
    New { partition: Some(0), key: Some(key), value, timestamp: Some(timestamp) }
}

/// A new segment begins where the time of a message is a second later than that of the segment's first.
pub(super) fn compaction_keeps_the_last_of_each_key(broker: &Broker) {
    let settings = [("cleanup.policy", "compact"), ("segment.ms", "1000"), ("min.cleanable.dirty.ratio", "0.01")];
    let forgetful = [&settings[..], &[("delete.retention.ms", "100")]].concat();
    broker.topic("active", 1, &settings);
    broker.topic("closed", 1, &settings);
    broker.topic("forgetful", 1, &forgetful);
    let began = now() - 600_000;
    let messages = [("a", "a1"), ("b", "b1"), ("a", "a2"), ("c", "c1"), ("b", "b2")]
        .map(|(key, value)| keyed(key, Some(value), began));
    let next = [("x", "x1"), ("x", "x2")].map(|(key, value)| keyed(key, Some(value), began + 2_000));
    for topic in ["active", "closed", "forgetful"] {
        broker.send(topic, &messages);
    }
    let found = |topic: &str| -> Vec<(i64, String)> {
        let text = |message: Stored| (message.offset, message.value.unwrap_or_else(|| "none".to_owned()));
        broker.read(topic).into_iter().map(text).collect()
    };
    let are = |list: &[(i64, &str)]| -> Vec<(i64, String)> {
        list.iter().map(|(offset, value)| (*offset, (*value).to_owned())).collect()
    };
    let all = are(&[(0, "a1"), (1, "b1"), (2, "a2"), (3, "c1"), (4, "b2")]);
    for topic in ["closed", "forgetful"] {
        assert_eq!(found(topic), all);
        broker.send(topic, &next);
    }
    let compacted = are(&[(2, "a2"), (3, "c1"), (4, "b2"), (5, "x1"), (6, "x2")]);
    for topic in ["closed", "forgetful"] {
        until("the closed segment is compacted", 30, || found(topic) == compacted);
    }
    assert_eq!(found("active"), all);

    // A key is deleted, and its segment is closed.
    for topic in ["closed", "forgetful"] {
        broker.send(topic, &[keyed("b", None, began + 2_000)]);
        broker.send(topic, &[keyed("y", Some("y1"), began + 4_000)]);
    }
    let deleted = are(&[(2, "a2"), (3, "c1"), (6, "x2"), (7, "none"), (8, "y1")]);
    for topic in ["closed", "forgetful"] {
        until("the key is gone", 30, || found(topic) == deleted);
    }
    let mut later = began + 4_000;
    until("what deleted the key is gone too", 30, || {
        later += 2_000;
        for topic in ["closed", "forgetful"] {
            broker.send(topic, &[keyed("z", Some("z"), later)]);
        }
        found("forgetful").iter().all(|(_, value)| value != "none")
    });
    assert!(found("closed").contains(&(7, "none".to_owned())), "{:?}", found("closed"));
    assert_eq!(own_config(broker, "closed", "delete.retention.ms"), "86400000");
    assert_eq!(own_config(broker, "forgetful", "delete.retention.ms"), "100");
}

fn own_config(broker: &Broker, topic: &str, key: &str) -> String {
    let asked = [ResourceSpecifier::Topic(topic)];
    let answer = wait(broker.admin.describe_configs(&asked, &AdminOptions::new())).unwrap().remove(0).unwrap();
    answer.entries.into_iter().find(|entry| entry.name == key).unwrap().value.unwrap()
}

pub(super) fn retention_takes_whole_segments(broker: &Broker) {
    let hour = 3_600_000;
    let settings = [("retention.ms", "3600000")];
    broker.topic("mixed", 1, &settings);
    broker.topic("expired", 1, &settings);
    broker.send("mixed", &[keyed("a", Some("old"), now() - 2 * hour), keyed("a", Some("new"), now())]);
    // Two rounds: the first of them has been everywhere when the second begins.
    for round in [2, 4] {
        broker.send("expired", &["b", "c"].map(|key| keyed(key, Some("old"), now() - 2 * hour)));
        until("what is old is gone", 30, || broker.ends("expired", 0) == (round, round));
    }
    let values: Vec<Option<String>> = broker.read("mixed").into_iter().map(|message| message.value).collect();
    assert_eq!(values, [Some("old".to_owned()), Some("new".to_owned())]);
}

/// A segment of 1 MiB, the smallest that there is, takes five of these messages.
pub(super) fn retention_bytes_are_of_a_partition(broker: &Broker) {
    broker.topic("bytes", 3, &[("retention.bytes", "1500000"), ("segment.bytes", "1048576")]);
    let value = "x".repeat(200_000);
    for (partition, count) in [(1, 7), (2, 7), (0, 16)] {
        for _ in 0..count {
            broker.send("bytes", &[New { partition: Some(partition), value: Some(&value), ..New::default() }]);
        }
    }
    until("the first segment is gone", 30, || broker.ends("bytes", 0) == (5, 16));
    // Another round, so that the others have been looked at.
    for _ in 0..5 {
        broker.send("bytes", &[New { partition: Some(0), value: Some(&value), ..New::default() }]);
    }
    until("the second segment is gone", 30, || broker.ends("bytes", 0) == (10, 21));
    assert_eq!([broker.ends("bytes", 1), broker.ends("bytes", 2)], [(0, 7), (0, 7)]);
}
