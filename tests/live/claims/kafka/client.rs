//! librdkafka's clients.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use rdkafka::admin::{AdminClient, AdminOptions, NewPartitions, NewTopic, TopicReplication};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, CommitMode, Consumer as _};
use rdkafka::error::{KafkaError, RDKafkaErrorCode};
use rdkafka::message::{Message as _, Timestamp};
use rdkafka::producer::{FutureProducer, FutureRecord};
use rdkafka::topic_partition_list::TopicPartitionListElem;
use rdkafka::{ClientConfig, Offset, TopicPartitionList};

use crate::lab::Lab;
use crate::rabbit::wait;

const PATIENCE: Duration = Duration::from_secs(20);
/// Says where a partition ends, and does not wait there for more.
const EAGER: [(&str, &str); 2] = [("enable.partition.eof", "true"), ("fetch.wait.max.ms", "10")];
pub(super) const EARLIEST: (&str, &str) = ("auto.offset.reset", "earliest");
pub(super) const LATEST: (&str, &str) = ("auto.offset.reset", "latest");

pub(super) struct Broker {
    servers: String,
    pub(super) container: String,
    pub(super) admin: AdminClient<DefaultClientContext>,
}

/// A message to send.
#[derive(Clone, Default)]
pub(super) struct New<'a> {
    pub(super) partition: Option<i32>,
    pub(super) key: Option<&'a str>,
    pub(super) value: Option<&'a str>,
    pub(super) timestamp: Option<i64>,
}

/// A message that is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Stored {
    pub(super) partition: i32,
    pub(super) offset: i64,
    pub(super) key: Option<String>,
    pub(super) value: Option<String>,
}

impl Broker {
    pub(super) fn up(lab: &Lab) -> Self {
        lab.mqlab(&["up"]).code(0);
        let servers = lab.env()["EVENTS_BOOTSTRAP_SERVERS"].clone();
        let admin = ClientConfig::new().set("bootstrap.servers", &servers).create().unwrap();
        Self { servers, container: lab.container("events"), admin }
    }

    pub(super) fn config(&self, settings: &[(&str, &str)]) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.servers);
        for (key, value) in settings {
            config.set(*key, *value);
        }
        config
    }

    pub(super) fn topic(&self, name: &str, partitions: i32, settings: &[(&str, &str)]) {
        let mut topic = NewTopic::new(name, partitions, TopicReplication::Fixed(1));
        for (key, value) in settings {
            topic = topic.set(key, value);
        }
        wait(self.admin.create_topics([&topic], &AdminOptions::new())).unwrap().remove(0).unwrap();
    }

    pub(super) fn grow(&self, topic: &str, partitions: usize) -> Result<(), RDKafkaErrorCode> {
        let more = NewPartitions::new(topic, partitions);
        let answer = wait(self.admin.create_partitions([&more], &AdminOptions::new())).unwrap().remove(0);
        answer.map(drop).map_err(|(_, code)| code)
    }

    /// Sends all at once; partition and offset of each, or why it was refused.
    pub(super) fn try_send(
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

    pub(super) fn send(&self, topic: &str, messages: &[New<'_>]) -> Vec<(i32, i64)> {
        self.try_send(topic, messages, &[]).into_iter().map(Result::unwrap).collect()
    }

    /// So many messages without a key: `0`, `1`, …
    pub(super) fn fill(&self, topic: &str, partition: i32, count: usize) {
        let numbers: Vec<String> = (0..count).map(|number| number.to_string()).collect();
        let messages: Vec<New<'_>> = numbers
            .iter()
            .map(|value| New { partition: Some(partition), value: Some(value), ..New::default() })
            .collect();
        self.send(topic, &messages);
    }

    pub(super) fn partitions(&self, topic: &str) -> i32 {
        let metadata = self.admin.inner().fetch_metadata(Some(topic), PATIENCE).unwrap();
        i32::try_from(metadata.topics()[0].partitions().len()).unwrap()
    }

    /// Everything that is there, as one consumer gets it.
    pub(super) fn read(&self, topic: &str) -> Vec<Stored> {
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
    pub(super) fn ends(&self, topic: &str, partition: i32) -> (i64, i64) {
        self.admin.inner().fetch_watermarks(topic, partition, PATIENCE).unwrap()
    }

    /// What a group has committed for the first partition of a topic.
    pub(super) fn committed(&self, group: &str, topic: &str) -> Option<i64> {
        let consumer: BaseConsumer = self.config(&[("group.id", group)]).create().unwrap();
        let mut list = TopicPartitionList::new();
        list.add_partition(topic, 0);
        let found = consumer.committed_offsets(list, PATIENCE).unwrap();
        found.elements()[0].offset().to_raw().filter(|offset| *offset >= 0)
    }

    /// A member of a group, with a quick pulse so that a rebalance does not take seconds.
    pub(super) fn member(&self, group: &str, topic: &str, settings: &[(&str, &str)]) -> Member {
        let own = [("group.id", group), ("enable.auto.commit", "false"), ("heartbeat.interval.ms", "100")];
        let consumer: BaseConsumer = self.config(&[&own[..], &EAGER, settings].concat()).create().unwrap();
        consumer.subscribe(&[topic]).unwrap();
        Member { consumer, read: Vec::new(), ends: BTreeSet::new(), error: None }
    }
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

pub(super) struct Member {
    pub(super) consumer: BaseConsumer,
    pub(super) read: Vec<Stored>,
    /// Partitions whose end was seen.
    pub(super) ends: BTreeSet<i32>,
    pub(super) error: Option<RDKafkaErrorCode>,
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
    pub(super) fn until(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !holds(self) {
            assert!(Instant::now() < deadline, "not within 30 s: {what}: {:?} {:?}", self.read, self.error);
            self.poll();
        }
    }

    pub(super) fn assigned(&self) -> BTreeSet<i32> {
        self.consumer.assignment().unwrap().elements().iter().map(TopicPartitionListElem::partition).collect()
    }

    pub(super) fn values(&self) -> Vec<&str> {
        self.read.iter().map(|message| message.value.as_deref().unwrap()).collect()
    }

    /// Commits that everything before `offset` is done.
    pub(super) fn commit(&self, topic: &str, offset: i64) {
        let mut list = TopicPartitionList::new();
        list.add_partition_offset(topic, 0, Offset::Offset(offset)).unwrap();
        self.consumer.commit(&list, CommitMode::Sync).unwrap();
    }
}

pub(super) fn now() -> i64 {
    Timestamp::now().to_millis().unwrap()
}

/// Polls all of them in turn.
#[track_caller]
pub(super) fn together(what: &str, members: &mut [&mut Member], mut holds: impl FnMut(&[&mut Member]) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds(members) {
        let state: Vec<_> = members.iter().map(|member| (member.assigned(), member.read.len())).collect();
        assert!(Instant::now() < deadline, "not within 30 s: {what}: {state:?}");
        for member in members.iter_mut() {
            member.poll();
        }
    }
}
