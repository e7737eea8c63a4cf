//! Kafka, by librdkafka's clients, and by Kafka's own where the Java client is meant.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, ResourceSpecifier, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Message as _, Timestamp};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use crate::lab::{Lab, until};
use crate::rabbit::wait;

const PATIENCE: Duration = Duration::from_secs(20);
/// Says where a partition ends, and does not wait there for more.
const EAGER: [(&str, &str); 2] = [("enable.partition.eof", "true"), ("fetch.wait.max.ms", "10")];
const SPEC: &str = r#"brokers: { events: { kind: kafka, version: "4.3" } }"#;

macro_rules! each {
    ($broker:expr, $($name:ident),* $(,)?) => {{
        $(
            let since = Instant::now();
            $name($broker);
            eprintln!("Kafka: {} {:.1} s", stringify!($name), since.elapsed().as_secs_f64());
        )*
    }};
}

#[test]
fn keys_and_order() {
    let lab = Lab::new("claims-kafka-keys", SPEC);
    let broker = Broker::up(&lab);
    each!(
        &broker,
        a_message_is_in_one_partition,
        order_is_of_a_partition,
        a_key_stays_in_its_partition,
        partitions_are_never_fewer,
        a_compacted_topic_needs_keys,
    );
}

#[test]
fn retention() {
    // The delay, 30 s unless set, is a setting that Kafka does not document.
    let settings = "config: { log.retention.check.interval.ms: 200, log.cleaner.backoff.ms: 100 }, \
                    env: { KAFKA_LOG_INITIAL_TASK_DELAY_MS: \"0\" }";
    let lab = Lab::new("claims-kafka-retention", &SPEC.replace("kind: kafka", &format!("kind: kafka, {settings}")));
    let broker = Broker::up(&lab);
    each!(
        &broker,
        compaction_keeps_the_last_of_each_key,
        retention_takes_whole_segments,
        retention_bytes_are_of_a_partition,
    );
}

#[test]
fn groups_and_offsets() {
    let lab = Lab::new("claims-kafka-groups", SPEC);
    let broker = Broker::up(&lab);
    // What takes its time runs beside the rest.
    std::thread::scope(|scope| {
        let beside = [
            scope.spawn(|| each!(&broker, java_consumers_are_assigned_by_range)),
            scope.spawn(|| each!(&broker, members_of_a_share_group_read_one_partition)),
        ];
        each!(
            &broker,
            a_group_deals_out_the_partitions,
            members_beyond_the_partitions_are_idle,
            a_new_group_begins_by_its_setting,
            a_committed_offset_is_the_next_to_read,
            the_setting_counts_where_no_offset_does,
            what_was_not_committed_is_read_again,
            offsets_are_set_while_nobody_is_active,
            offsets_are_committed_every_five_seconds,
        );
        for one in beside {
            one.join().unwrap();
        }
    });
}

struct Broker {
    servers: String,
    container: String,
    admin: AdminClient<DefaultClientContext>,
}

/// A message to send.
#[derive(Clone, Default)]
struct New<'a> {
    partition: Option<i32>,
    key: Option<&'a str>,
    value: Option<&'a str>,
    timestamp: Option<i64>,
}

/// A message that is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stored {
    partition: i32,
    offset: i64,
    key: Option<String>,
    value: Option<String>,
}

impl Broker {
    fn up(lab: &Lab) -> Self {
        lab.mqlab(&["up"]).code(0);
        let servers = lab.env()["EVENTS_BOOTSTRAP_SERVERS"].clone();
        let admin = ClientConfig::new().set("bootstrap.servers", &servers).create().unwrap();
        Self { servers, container: lab.container("events"), admin }
    }

    fn config(&self, settings: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.servers);
        for (key, value) in settings {
            config.set(*key, *value);
        }
        config
    }

    fn topic(&self, name: &str, partitions: i32, settings: &[(&str, &str)]) {
        let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
        for (key, value) in settings {
            topic = topic.set(key, value);
        }
        wait(self.admin.create_topics([&topic], &AdminOptions::new())).unwrap().remove(0).unwrap();
    }

    fn grow(&self, topic: &str, partitions: usize) -> Result<(), RDKafkaErrorCode> {
        let more = NewPartitions::new(topic, partitions);
        let answer = wait(self.admin.create_partitions([&more], &AdminOptions::new())).unwrap().remove(0);
        answer.map(drop).map_err(|(_, code)| code)
    }

    /// Sends all at once; partition and offset of each, or why it was refused.
    fn try_send(
        &self,
        topic: &str,
        messages: &[New<'_>],
        settings: &[(&str, &str)],
    ) -> Vec<Result<(i32, i64), RDKafkaErrorCode>> {
        let producer: FutureProducer = self.config(settings).create().unwrap();
        let sent: Vec<_> = messages
            .iter()
            .map(|message| {
                let mut record = FutureRecord::to(topic);
                record.partition = message.partition;
                record.key = message.key;
                record.payload = message.value;
                record.timestamp = message.timestamp;
                producer.send_result(record).map_err(|(error, _)| error).unwrap()
            })
            .collect();
        let answered = sent.into_iter().map(|one| match wait(one).unwrap() {
            Ok(delivery) => Ok((delivery.partition, delivery.offset)),
            Err((error, _)) => Err(error.rdkafka_error_code().unwrap()),
        });
        answered.collect()
    }

    fn send(&self, topic: &str, messages: &[New<'_>]) -> Vec<(i32, i64)> {
        self.try_send(topic, messages, &[]).into_iter().map(Result::unwrap).collect()
    }

    /// So many messages without a key: `0`, `1`, …
    fn fill(&self, topic: &str, partition: i32, count: usize) {
        let numbers: Vec<String> = (0..count).map(|number| number.to_string()).collect();
        let messages: Vec<New<'_>> = numbers
            .iter()
            .map(|value| New { partition: Some(partition), value: Some(value), ..New::default() })
            .collect();
        self.send(topic, &messages);
    }

    fn partitions(&self, topic: &str) -> i32 {
        let metadata = self.admin.inner().fetch_metadata(Some(topic), PATIENCE).unwrap();
        i32::try_from(metadata.topics()[0].partitions().len()).unwrap()
    }

    /// Everything that is there, as one consumer gets it.
    fn read(&self, topic: &str) -> Vec<Stored> {
        let own = [("group.id", "reader"), ("enable.auto.commit", "false")];
        let consumer: BaseConsumer = self.config(&[&own[..], &EAGER].concat()).create().unwrap();
        let partitions = self.partitions(topic);
        let mut list = TopicPartitionList::new();
        for partition in 0..partitions {
            list.add_partition_offset(topic, partition, Offset::Beginning).unwrap();
        }
        consumer.assign(&list).unwrap();
        let (mut all, mut ends) = (Vec::new(), BTreeSet::new());
        let deadline = Instant::now() + PATIENCE;
        while ends.len() < usize::try_from(partitions).unwrap() {
            assert!(Instant::now() < deadline, "{topic} has no end: {all:?}");
            match consumer.poll(Duration::from_millis(100)) {
                Some(Ok(message)) => all.push(stored(&message)),
                Some(Err(KafkaError::PartitionEOF(partition))) => drop(ends.insert(partition)),
                Some(Err(error)) => panic!("{error}"),
                None => {}
            }
        }
        all
    }

    /// First offset of a partition and the next one to be written.
    fn ends(&self, topic: &str, partition: i32) -> (i64, i64) {
        self.admin.inner().fetch_watermarks(topic, partition, PATIENCE).unwrap()
    }

    /// What a group has committed for the first partition of a topic.
    fn committed(&self, group: &str, topic: &str) -> Option<i64> {
        let consumer: BaseConsumer = self.config(&[("group.id", group)]).create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition(topic, 0);
        let found = consumer.committed_offsets(list, PATIENCE).unwrap();
        found.elements()[0].offset().to_raw().filter(|offset| *offset >= 0)
    }

    /// A member of a group, with a quick pulse so that a rebalance does not take seconds.
    fn member(&self, group: &str, topic: &str, settings: &[(&str, &str)]) -> Member {
        let own = [("group.id", group), ("enable.auto.commit", "false"), ("heartbeat.interval.ms", "100")];
        let consumer: BaseConsumer = self.config(&[&own[..], &EAGER, settings].concat()).create().unwrap();
        consumer.subscribe(&[topic]).unwrap();
        Member { consumer, read: Vec::new(), ends: BTreeSet::new(), error: None }
    }

    /// One of Kafka's own programs, in the container.
    fn java(&self, class: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new("docker");
        command.args(["exec", "-i", &self.container, "/opt/kafka/bin/kafka-run-class.sh", class]);
        command.args(["--bootstrap-server", "localhost:19092"]).args(arguments);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn groups(&self, arguments: &[&str]) -> String {
        said(&self.java("org.apache.kafka.tools.consumer.group.ConsumerGroupCommand", arguments).output().unwrap())
    }
}

fn said(output: &Output) -> String {
    [&output.stdout, &output.stderr].map(|stream| String::from_utf8_lossy(stream).into_owned()).concat()
}

fn stored(message: &rdkafka::message::BorrowedMessage<'_>) -> Stored {
    let text = |bytes: Option<&[u8]>| bytes.map(|bytes| String::from_utf8(bytes.to_vec()).unwrap());
    Stored {
        partition: message.partition(),
        offset: message.offset(),
        key: text(message.key()),
        value: text(message.payload()),
    }
}

struct Member {
    consumer: BaseConsumer,
    read: Vec<Stored>,
    /// Partitions whose end was seen.
    ends: BTreeSet<i32>,
    error: Option<RDKafkaErrorCode>,
}

impl Member {
    fn poll(&mut self) {
        match self.consumer.poll(Duration::from_millis(20)) {
            Some(Ok(message)) => self.read.push(stored(&message)),
            Some(Err(KafkaError::PartitionEOF(partition))) => drop(self.ends.insert(partition)),
            Some(Err(error)) => self.error = error.rdkafka_error_code(),
            None => {}
        }
    }

    #[track_caller]
    fn until(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !holds(self) {
            assert!(Instant::now() < deadline, "not within 30 s: {what}: {:?} {:?}", self.read, self.error);
            self.poll();
        }
    }

    fn assigned(&self) -> BTreeSet<i32> {
        self.consumer.assignment().unwrap().elements().iter().map(TopicPartitionListElem::partition).collect()
    }

    fn values(&self) -> Vec<&str> {
        self.read.iter().map(|message| message.value.as_deref().unwrap()).collect()
    }

    /// Commits that everything before `offset` is done.
    fn commit(&self, topic: &str, offset: i64) {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, 0, Offset::Offset(offset)).unwrap();
        self.consumer.commit(&list, CommitMode::Sync).unwrap();
    }
}

fn now() -> i64 {
    Timestamp::now().to_millis().unwrap()
}

// Partitions, keys, order.

fn a_message_is_in_one_partition(broker: &Broker) {
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

fn order_is_of_a_partition(broker: &Broker) {
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

fn a_key_stays_in_its_partition(broker: &Broker) {
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

    let by = |hash: fn(&[u8]) -> u32, partitions: u32| -> BTreeMap<String, i32> {
        let place = |key: &String| (key.clone(), i32::try_from(hash(key.as_bytes()) % partitions).unwrap());
        keys.iter().map(place).collect()
    };
    let (java, crc32) = (places(broker, "java"), places(broker, "crc32"));
    assert_eq!(broker.read("java").len(), 2 * KEYS);
    assert_eq!(java, by(murmur2, 6));
    assert_eq!(crc32, by(crc, 6));
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
    assert_eq!(by(murmur2, 7), new);
    let moved = new.iter().filter(|(key, place)| java[*key] != **place).count();
    assert!(moved > 0);
    // What is written without new partitions stays with its like.
    broker.send("crc32", &twice[..KEYS]);
    assert_eq!(places(broker, "crc32"), crc32);
}

/// `Utils.murmur2` of Kafka's clients, made positive as its partitioner does.
fn murmur2(data: &[u8]) -> u32 {
    const M: u32 = 0x5bd1_e995;
    let mut hash = 0x9747_b28c ^ u32::try_from(data.len()).unwrap();
    let words = data.chunks_exact(4);
    let rest = words.remainder();
    for word in words {
        let word = u32::from_le_bytes(word.try_into().unwrap()).wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ (word ^ (word >> 24)).wrapping_mul(M);
    }
    if !rest.is_empty() {
        for (index, byte) in rest.iter().enumerate() {
            hash ^= u32::from(*byte) << (8 * index);
        }
        hash = hash.wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 13)).wrapping_mul(M);
    (hash ^ (hash >> 15)) & 0x7fff_ffff
}

/// CRC32 as zlib has it.
fn crc(data: &[u8]) -> u32 {
    !data.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

fn partitions_are_never_fewer(broker: &Broker) {
    broker.topic("fewer", 3, &[]);
    assert_eq!(broker.grow("fewer", 2), Err(RDKafkaErrorCode::InvalidPartitions));
    assert_eq!(broker.partitions("fewer"), 3);
    assert_eq!(broker.grow("fewer", 4), Ok(()));
    until("the partitions are there", 20, || broker.partitions("fewer") == 4);
}

fn a_compacted_topic_needs_keys(broker: &Broker) {
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

// Retention.

fn keyed<'a>(key: &'a str, value: Option<&'a str>, timestamp: i64) -> New<'a> {
    New { partition: Some(0), key: Some(key), value, timestamp: Some(timestamp) }
}

/// A new segment begins where the time of a message is a second later than that of the segment's first.
fn compaction_keeps_the_last_of_each_key(broker: &Broker) {
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

fn retention_takes_whole_segments(broker: &Broker) {
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
fn retention_bytes_are_of_a_partition(broker: &Broker) {
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

// Groups and offsets.

const EARLIEST: (&str, &str) = ("auto.offset.reset", "earliest");
const LATEST: (&str, &str) = ("auto.offset.reset", "latest");

/// Polls all of them in turn.
#[track_caller]
fn together(what: &str, members: &mut [&mut Member], mut holds: impl FnMut(&[&mut Member]) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds(members) {
        let state: Vec<_> = members.iter().map(|member| (member.assigned(), member.read.len())).collect();
        assert!(Instant::now() < deadline, "not within 30 s: {what}: {state:?}");
        for member in members.iter_mut() {
            member.poll();
        }
    }
}

fn a_group_deals_out_the_partitions(broker: &Broker) {
    broker.topic("dealt", 4, &[]);
    let [mut one, mut two] = [(); 2].map(|()| broker.member("workers", "dealt", &[EARLIEST]));
    let mut alone = broker.member("audit", "dealt", &[EARLIEST]);
    let mut members = [&mut one, &mut two, &mut alone];
    together("all have their partitions", &mut members, |members| {
        [0, 1, 2].map(|index: usize| members[index].assigned().len()) == [2, 2, 4]
    });
    let shared: BTreeSet<i32> = one.assigned().union(&two.assigned()).copied().collect();
    assert_eq!(shared, BTreeSet::from([0, 1, 2, 3]), "each partition has one member");
    for partition in 0..4 {
        broker.fill("dealt", partition, 10);
    }
    together("both groups have all", &mut [&mut one, &mut two, &mut alone], |members| {
        members[0].read.len() + members[1].read.len() >= 40 && members[2].read.len() >= 40
    });
    let sorted = |members: &[&Member]| -> Vec<Stored> {
        let mut all: Vec<Stored> = members.iter().flat_map(|member| member.read.clone()).collect();
        all.sort();
        all
    };
    let all = sorted(&[&alone]);
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), 40);
    assert_eq!(sorted(&[&one, &two]), all);
    assert_eq!((one.read.len(), two.read.len()), (20, 20));
    for member in [&one, &two] {
        assert!(member.read.iter().all(|message| member.assigned().contains(&message.partition)));
    }
}

fn members_beyond_the_partitions_are_idle(broker: &Broker) {
    broker.topic("narrow", 2, &[]);
    let mut members = [(); 3].map(|()| broker.member("crowd", "narrow", &[EARLIEST]));
    let [one, two, three] = &mut members;
    together("two have a partition", &mut [one, two, three], |members| {
        let mut sizes = [0, 1, 2].map(|index: usize| members[index].assigned().len());
        sizes.sort_unstable();
        sizes == [0, 1, 1]
    });
    for partition in 0..2 {
        broker.fill("narrow", partition, 10);
    }
    together("all is read", &mut [one, two, three], |members| {
        members.iter().map(|member| member.read.len()).sum::<usize>() == 20
    });
    let mut counts = members.each_ref().map(|member| member.read.len());
    counts.sort_unstable();
    assert_eq!(counts, [0, 10, 10]);
    // It is idle for want of a partition: with one member less, it has work.
    let mut members = Vec::from(members);
    let busy = members.iter().position(|member| !member.assigned().is_empty()).unwrap();
    drop(members.remove(busy));
    let idle = members.iter().position(|member| member.assigned().is_empty()).unwrap();
    let mut idle = members.remove(idle);
    let mut other = members.remove(0);
    together("the idle one has work", &mut [&mut idle, &mut other], |members| !members[0].read.is_empty());
}

fn a_new_group_begins_by_its_setting(broker: &Broker) {
    broker.topic("begins", 1, &[]);
    broker.fill("begins", 0, 3);
    let mut members = [("earliest", &[EARLIEST][..]), ("latest", &[LATEST]), ("default", &[])]
        .map(|(group, settings)| broker.member(&format!("begins-{group}"), "begins", settings));
    for member in &mut members {
        member.until("the end is seen", |member| !member.ends.is_empty());
    }
    broker.send("begins", &[New { value: Some("new"), ..New::default() }]);
    for member in &mut members {
        member.until("the new message is there", |member| member.values().last() == Some(&"new"));
    }
    let [earliest, latest, default] = &members;
    assert_eq!(earliest.values(), ["0", "1", "2", "new"]);
    assert_eq!((latest.values(), default.values()), (vec!["new"], vec!["new"]));

    let mut none = broker.member("begins-none", "begins", &[("auto.offset.reset", "error")]);
    none.until("it is refused", |member| member.error.is_some());
    assert_eq!((none.error, none.read.len()), (Some(RDKafkaErrorCode::AutoOffsetReset), 0));

    // The Java consumer's, as it says itself.
    let defaults = defaults(broker);
    let of = |key: &str| defaults[key].as_str();
    assert_eq!(of("auto.offset.reset"), "latest");
    assert_eq!((of("enable.auto.commit"), of("auto.commit.interval.ms")), ("true", "5000 (5 seconds)"));
    assert_eq!(of("group.protocol"), "classic");
    let assignors = of("partition.assignment.strategy");
    assert!(assignors.starts_with("class org.apache.kafka.clients.consumer.RangeAssignor,"), "{assignors}");
}

/// The program that makes the page of settings in Kafka's documentation.
fn defaults(broker: &Broker) -> BTreeMap<String, String> {
    let page = said(&broker.java("org.apache.kafka.clients.consumer.ConsumerConfig", &[]).output().unwrap());
    let between = |text: &str, start: &str, end: &str| -> Option<String> {
        Some(text.split_once(start)?.1.split_once(end)?.0.to_owned())
    };
    let settings = page.split("<h4>").skip(1);
    let pairs = settings
        .filter_map(|text| Some((between(text, "id=\"", "\"")?, between(text, "<th>Default:</th><td>", "</td>")?)));
    pairs.collect()
}

fn a_committed_offset_is_the_next_to_read(broker: &Broker) {
    broker.topic("next", 1, &[]);
    broker.fill("next", 0, 10);
    let mut member = broker.member("next", "next", &[EARLIEST]);
    member.until("five are read", |member| member.read.len() == 5);
    // The client's own position, which is what it commits.
    assert_eq!(broker.committed("next", "next"), None);
    member.consumer.commit_consumer_state(CommitMode::Sync).unwrap();
    assert_eq!((member.read[4].offset, broker.committed("next", "next")), (4, Some(5)));
    drop(member);
    let mut after = broker.member("next", "next", &[EARLIEST]);
    after.until("it goes on", |member| member.read.len() == 5);
    assert_eq!(after.values(), ["5", "6", "7", "8", "9"]);
}

fn the_setting_counts_where_no_offset_does(broker: &Broker) {
    broker.topic("resets", 1, &[]);
    broker.fill("resets", 0, 10);
    for group in ["reset-earliest", "reset-latest"] {
        let mut member = broker.member(group, "resets", &[EARLIEST]);
        member.until("some are read", |member| !member.read.is_empty());
        member.commit("resets", 5);
    }
    let again = |broker: &Broker| {
        [("reset-earliest", EARLIEST), ("reset-latest", LATEST)].map(|(group, setting)| {
            let mut member = broker.member(group, "resets", &[setting]);
            member.until("the end is seen", |member| !member.ends.is_empty());
            member.values().iter().map(|value| (*value).to_owned()).collect::<Vec<_>>()
        })
    };
    assert_eq!(again(broker), [["5", "6", "7", "8", "9"], ["5", "6", "7", "8", "9"]]);
    // The offset that was committed exists no more.
    let mut gone = TopicPartitionList::new();
    gone.add_partition_offset("resets", 0, Offset::Offset(7)).unwrap();
    wait(broker.admin.delete_records(&gone, &AdminOptions::new())).unwrap();
    assert_eq!(broker.ends("resets", 0), (7, 10));
    assert_eq!(again(broker), [vec!["7", "8", "9"], vec![]]);
}

fn what_was_not_committed_is_read_again(broker: &Broker) {
    broker.topic("again", 1, &[]);
    broker.fill("again", 0, 10);
    for (group, committed, first) in [("careless", None, "0"), ("careful", Some(10), "new")] {
        let mut member = broker.member(group, "again", &[EARLIEST]);
        member.until("all is read", |member| member.read.len() == 10);
        if let Some(offset) = committed {
            member.commit("again", offset);
            broker.send("again", &[New { value: Some("new"), ..New::default() }]);
        }
        drop(member);
        let mut after = broker.member(group, "again", &[EARLIEST]);
        after.until("something is read", |member| !member.read.is_empty());
        assert_eq!(after.values()[0], first, "{group}");
    }
}

fn offsets_are_set_while_nobody_is_active(broker: &Broker) {
    broker.topic("moved", 1, &[]);
    broker.fill("moved", 0, 10);
    let mut member = broker.member("moved", "moved", &[EARLIEST]);
    member.until("all is read", |member| member.read.len() == 10);
    member.commit("moved", 10);
    let arguments = ["--reset-offsets", "--group", "moved", "--topic", "moved", "--to-offset", "3", "--execute"];
    // Its heart beats beside what it is asked.
    let active = broker.groups(&arguments);
    assert!(active.contains("is inactive, but the current state is Stable"), "{active}");
    assert_eq!(broker.committed("moved", "moved"), Some(10));
    drop(member);
    let inactive = broker.groups(&arguments);
    assert_eq!(broker.committed("moved", "moved"), Some(3), "{inactive}");
}

fn offsets_are_committed_every_five_seconds(broker: &Broker) {
    broker.topic("auto", 1, &[]);
    broker.fill("auto", 0, 10);
    let mut off = broker.member("auto-off", "auto", &[EARLIEST]);
    let consumer: BaseConsumer = broker.config(&[("group.id", "auto"), EARLIEST]).create().unwrap();
    consumer.subscribe(&["auto"]).unwrap();
    let mut on = Member { consumer, read: Vec::new(), ends: BTreeSet::new(), error: None };
    together("all is read", &mut [&mut off, &mut on], |members| members.iter().all(|member| member.read.len() == 10));
    let since = Instant::now();
    assert_eq!(broker.committed("auto", "auto"), None);
    together("it is committed", &mut [&mut off, &mut on], |_| broker.committed("auto", "auto") == Some(10));
    assert!(since.elapsed() < Duration::from_secs(8), "{:?}", since.elapsed());
    assert_eq!(broker.committed("auto-off", "auto"), None);
}

/// A program whose lines are collected while it runs. It ends with its container at the latest.
struct Running {
    child: Child,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Running {
    fn start(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::null()).spawn().unwrap();
        let lines = Arc::new(Mutex::new(Vec::new()));
        let (into, from) = (Arc::clone(&lines), child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in BufReader::new(from).lines().map_while(Result::ok) {
                into.lock().unwrap().push(line);
            }
        });
        Self { child, lines }
    }

    fn lines(&self) -> Vec<String> {
        self.lines.lock().unwrap().clone()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Two consumers that set nothing but their group, and two that ask for the new protocol.
fn java_consumers_are_assigned_by_range(broker: &Broker) {
    for topic in ["range-a", "range-b"] {
        broker.topic(topic, 3, &[]);
    }
    let consumer = |group: &str, protocol: &[&str]| {
        let arguments = [&["--include", "range-.*", "--group", group][..], protocol].concat();
        Running::start(broker.java("org.apache.kafka.tools.consumer.ConsoleConsumer", &arguments))
    };
    let modern = ["--command-property", "group.protocol=consumer"];
    let _running =
        [consumer("classic", &[]), consumer("classic", &[]), consumer("modern", &modern), consumer("modern", &modern)];
    // GROUP CONSUMER-ID HOST CLIENT-ID #PARTITIONS CURRENT-EPOCH CURRENT-ASSIGNMENT …
    let members = || {
        let text = broker.groups(&["--describe", "--members", "--verbose", "--group", "classic", "--group", "modern"]);
        let rows = text.lines().map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        rows.filter(|row| row.len() > 6 && ["classic", "modern"].contains(&row[0].as_str())).collect::<Vec<_>>()
    };
    let sizes = |found: &[Vec<String>], group: &str| {
        let mut sizes: Vec<usize> =
            found.iter().filter(|row| row[0] == group).map(|row| row[4].parse().unwrap()).collect();
        sizes.sort_unstable();
        sizes
    };
    let mut found = Vec::new();
    until("both members of both groups have partitions, and together all", 60, || {
        found = members();
        ["classic", "modern"].iter().all(|group| {
            let sizes = sizes(&found, group);
            sizes.len() == 2 && sizes[0] > 0 && sizes.iter().sum::<usize>() == 6
        })
    });
    assert_eq!((sizes(&found, "classic"), sizes(&found, "modern")), (vec![2, 4], vec![3, 3]), "{found:?}");
    let of_classic: BTreeSet<&str> =
        found.iter().filter(|row| row[0] == "classic").map(|row| row[6].as_str()).collect();
    assert_eq!(of_classic, BTreeSet::from(["range-a:0,1;range-b:0,1", "range-a:2;range-b:2"]));
    let strategies = broker.groups(&["--describe", "--state", "--group", "classic", "--group", "modern"]);
    for (group, strategy) in [("classic", "range"), ("modern", "uniform")] {
        let row = strategies.lines().find(|line| line.trim_start().starts_with(group)).unwrap();
        assert!(row.split_whitespace().any(|word| word == strategy), "{row}");
    }
}

const SHARE: &str = "org.apache.kafka.tools.consumer.ConsoleShareConsumer";

fn members_of_a_share_group_read_one_partition(broker: &Broker) {
    broker.topic("shared", 1, &[]);
    broker.send("shared", &[New { value: Some("old"), ..New::default() }]);
    let begin_at_the_first = ["--alter", "--entity-type", "groups", "--add-config", "share.auto.offset.reset=earliest"];
    for group in ["from-the-first", "releases"] {
        let arguments = [&begin_at_the_first[..], &["--entity-name", group]].concat();
        let output = broker.java("kafka.admin.ConfigCommand", &arguments).output().unwrap();
        assert!(output.status.success(), "{}", said(&output));
    }
    let consumer = |group: &str, more: &[&str]| {
        Running::start(broker.java(SHARE, &[&["--topic", "shared", "--group", group][..], more].concat()))
    };
    let members = [consumer("sharers", &[]), consumer("sharers", &[])];
    let first = consumer("from-the-first", &[]);
    let releases = consumer("releases", &["--release"]);
    until("a released message is delivered five times", 60, || releases.lines().len() >= 5);
    let mut number = 0;
    until("both members have got a message", 60, || {
        number += 1;
        broker.send("shared", &[New { value: Some(&number.to_string()), ..New::default() }]);
        members.iter().all(|member| !member.lines().is_empty())
    });
    // The group began behind what was there, and nobody got what another one has done.
    let count = |member: &Running, value: &str| member.lines().iter().filter(|line| *line == value).count();
    let last = number.to_string();
    until("the last message is there", 20, || members.iter().any(|member| count(member, &last) == 1));
    let all: Vec<String> = members.iter().flat_map(Running::lines).collect();
    assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len(), "{all:?}");
    assert!(!all.contains(&"old".to_owned()), "{all:?}");
    until("the other group has all", 20, || count(&first, &last) == 1);
    assert_eq!(count(&first, "old"), 1);
    until("the released ones are given up", 30, || count(&releases, &last) == 5);
    for value in ["old".to_owned(), last] {
        assert_eq!(count(&releases, &value), 5, "{value}");
    }
}
