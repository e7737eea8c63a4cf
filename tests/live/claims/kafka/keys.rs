//! Partitions, keys, order.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::process::Stdio;

use mqlab::sim::keys::Client;
use rdkafka::error::RDKafkaErrorCode;

use super::client::{Broker, New};
use super::java::said;
use crate::lab::until;

pub(super) fn a_message_is_in_one_partition(broker: &Broker) {
    broker.topic("one", 3, &[]);
    let numbers: Vec<String> = (0..60).map(|number| number.to_string()).collect();
    let messages: Vec<New<'_>> =
        numbers.iter().map(|number| New { key: Some(number), value: Some(number), ..New::default() }).collect();
    let sent = broker.send("one", &messages);
    let found = broker.read("one");
    assert_eq!(found.len(), 60);
    let places: BTreeMap<(i32, i64), &str> =
        found.iter().map(|message| ((message.partition, message.offset), message.value.as_deref().unwrap())).collect();
    let wanted = sent.iter().copied().zip(numbers.iter().map(String::as_str)).collect();
    assert_eq!(places, wanted);
    // The offsets of a partition have no holes, and every partition has some.
    for partition in 0..3 {
        let count = i64::try_from(found.iter().filter(|message| message.partition == partition).count()).unwrap();
        assert!(count > 0 && broker.ends("one", partition) == (0, count), "{partition}: {count}");
    }
}

pub(super) fn order_is_of_a_partition(broker: &Broker) {
    for partitions in [1, 2] {
        let topic = format!("order-{partitions}");
        broker.topic(&topic, partitions, &[]);
        let numbers: Vec<String> = (0..500).map(|number| number.to_string()).collect();
        let messages: Vec<New<'_>> = (0..)
            .zip(&numbers)
            .map(|(index, value)| New { partition: Some(index % partitions), value: Some(value), ..New::default() })
            .collect();
        broker.send(&topic, &messages);
        let found = broker.read(&topic);
        let numbers = |partition: Option<i32>| -> Vec<usize> {
            let those = found.iter().filter(|message| partition.is_none_or(|wanted| message.partition == wanted));
            those.map(|message| message.value.as_deref().unwrap().parse().unwrap()).collect()
        };
        for partition in 0..partitions {
            assert!(numbers(Some(partition)).is_sorted(), "{partition} of {partitions}");
        }
        assert_eq!(numbers(None).len(), 500);
        assert_eq!(numbers(None).is_sorted(), partitions == 1, "{:?}", numbers(None));
    }
}

const KEYS: usize = 60;

/// Where each key went. All messages of one key are in one partition, or this fails.
fn places(broker: &Broker, topic: &str) -> BTreeMap<String, i32> {
    let mut places = BTreeMap::new();
    for message in broker.read(topic) {
        let first = *places.entry(message.key.clone().unwrap()).or_insert(message.partition);
        assert_eq!(first, message.partition, "{message:?}");
    }
    assert_eq!(places.len(), KEYS);
    assert!(places.values().collect::<BTreeSet<_>>().len() > 1);
    places
}

pub(super) fn a_key_stays_in_its_partition(broker: &Broker) {
    let keys: Vec<String> = (0..KEYS).map(|number| format!("customer-{number}")).collect();
    for topic in ["java", "crc32", "murmur2"] {
        broker.topic(topic, 6, &[]);
    }
    let arguments = ["--topic", "java", "--reader-property", "parse.key=true"];
    let mut producer =
        broker.java("org.apache.kafka.tools.ConsoleProducer", &arguments).stdin(Stdio::piped()).spawn().unwrap();
    let lines: String = [&keys, &keys].into_iter().flatten().map(|key| format!("{key}\tvalue\n")).collect();
    producer.stdin.take().unwrap().write_all(lines.as_bytes()).unwrap();
    let twice: Vec<New<'_>> = [&keys, &keys]
        .into_iter()
        .flatten()
        .map(|key| New { key: Some(key), value: Some("value"), ..New::default() })
        .collect();
    broker.send("crc32", &twice);
    let as_java = [("partitioner", "murmur2_random")];
    broker.try_send("murmur2", &twice, &as_java);
    let output = producer.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", said(&output));

    let by = |client: Client, partitions: u32| -> BTreeMap<String, i32> {
        let place = |key: &String| {
            let partition = client.partition(key.as_bytes(), partitions).unwrap();
            (key.clone(), i32::try_from(partition).unwrap())
        };
        keys.iter().map(place).collect()
    };
    let (java, crc32) = (places(broker, "java"), places(broker, "crc32"));
    assert_eq!(broker.read("java").len(), 2 * KEYS);
    assert_eq!(java, by(Client::Java, 6));
    assert_eq!(crc32, by(Client::Librdkafka, 6));
    assert_eq!(places(broker, "murmur2"), java);
    let elsewhere = java.iter().filter(|(key, place)| crc32[*key] != **place).count();
    assert!(elsewhere > KEYS / 2, "{elsewhere} of {KEYS}");

    let before = broker.read("murmur2").into_iter().collect::<BTreeSet<_>>();
    broker.grow("murmur2", 7).unwrap();
    assert_eq!(broker.read("murmur2").into_iter().collect::<BTreeSet<_>>(), before);
    broker.try_send("murmur2", &twice[..KEYS], &as_java);
    let after = broker.read("murmur2").into_iter().collect::<BTreeSet<_>>();
    assert!(after.is_superset(&before));
    let new = after.difference(&before).map(|message| (message.key.clone().unwrap(), message.partition)).collect();
    assert_eq!(by(Client::Java, 7), new);
    let moved = new.iter().filter(|(key, place)| java[*key] != **place).count();
    assert!(moved > 0);
    // What is written without new partitions stays with its like.
    broker.send("crc32", &twice[..KEYS]);
    assert_eq!(places(broker, "crc32"), crc32);
}

pub(super) fn partitions_are_never_fewer(broker: &Broker) {
    broker.topic("fewer", 3, &[]);
    assert_eq!(broker.grow("fewer", 2), Err(RDKafkaErrorCode::InvalidPartitions));
    assert_eq!(broker.partitions("fewer"), 3);
    assert_eq!(broker.grow("fewer", 4), Ok(()));
    until("the partitions are there", 20, || broker.partitions("fewer") == 4);
}

pub(super) fn a_compacted_topic_needs_keys(broker: &Broker) {
    broker.topic("compacted", 1, &[("cleanup.policy", "compact")]);
    broker.topic("deleted", 1, &[]);
    let (with, without) = (Some("key"), None);
    for (topic, key, answer) in [
        ("compacted", with, Ok((0, 0))),
        ("compacted", without, Err(RDKafkaErrorCode::InvalidRecord)),
        ("deleted", without, Ok((0, 0))),
    ] {
        let message = New { key, value: Some("value"), ..New::default() };
        assert_eq!(broker.try_send(topic, &[message], &[]), [answer], "{topic} {key:?}");
    }
    assert_eq!(broker.ends("compacted", 0), (0, 1));
}
