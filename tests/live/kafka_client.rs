//! Kafka by librdkafka's plain clients: fast, where the Java tools each take a second to start.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::admin::{
    AdminClient, AdminOptions, AlterConfig, ConfigSource, NewPartitions, NewTopic, ResourceSpecifier, TopicReplication,
};
use rdkafka::client::DefaultClientContext;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::producer::{FutureProducer, FutureRecord};

use super::rabbit::wait;

const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct Kafka {
    servers: String,
    admin: AdminClient<DefaultClientContext>,
}

impl Kafka {
    /// The broker `events`, with what `mqlab env` prints.
    pub(crate) fn events(env: &BTreeMap<String, String>) -> Self {
        let servers = env["EVENTS_BOOTSTRAP_SERVERS"].clone();
        Self { admin: ClientConfig::new().set("bootstrap.servers", &servers).create().unwrap(), servers }
    }

    fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::new();
        config.set("bootstrap.servers", &self.servers);
        config
    }

    /// Partitions of every topic.
    pub(crate) fn partitions(&self) -> BTreeMap<String, usize> {
        let metadata = self.admin.inner().fetch_metadata(None, PATIENCE).unwrap();
        let topics = metadata.topics().iter().filter(|topic| !topic.name().starts_with("__"));
        topics.map(|topic| (topic.name().to_owned(), topic.partitions().len())).collect()
    }

    /// What is set on the topic itself.
    pub(crate) fn configs(&self, topic: &str) -> BTreeMap<String, String> {
        let asked = [ResourceSpecifier::Topic(topic)];
        let answer = wait(self.admin.describe_configs(&asked, &AdminOptions::new())).unwrap().remove(0).unwrap();
        let own = answer.entries.into_iter().filter(|entry| entry.source == ConfigSource::DynamicTopic);
        own.map(|entry| (entry.name, entry.value.unwrap_or_default())).collect()
    }

    /// Sets one key, and every other key back to its default.
    pub(crate) fn set(&self, topic: &str, key: &str, value: &str) {
        let change = AlterConfig::new(ResourceSpecifier::Topic(topic)).set(key, value);
        wait(self.admin.alter_configs([&change], &AdminOptions::new())).unwrap().remove(0).unwrap();
    }

    pub(crate) fn create(&self, topic: &str, partitions: i32) {
        let topic = NewTopic::new(topic, partitions, TopicReplication::Fixed(1));
        wait(self.admin.create_topics([&topic], &AdminOptions::new())).unwrap().remove(0).unwrap();
    }

    pub(crate) fn grow(&self, topic: &str, partitions: usize) {
        let more = NewPartitions::new(topic, partitions);
        wait(self.admin.create_partitions([&more], &AdminOptions::new())).unwrap().remove(0).unwrap();
    }

    /// Whether a message was acknowledged by all replicas in sync within `seconds`.
    pub(crate) fn is_acknowledged(&self, topic: &str, seconds: u64) -> bool {
        let mut config = self.config();
        config.set("acks", "all").set("message.timeout.ms", (seconds * 1000).to_string());
        let producer: FutureProducer = config.create().unwrap();
        wait(producer.send(FutureRecord::to(topic).key("k").payload("asked"), PATIENCE)).is_ok()
    }

    pub(crate) fn produce(&self, topic: &str, count: usize) {
        let producer: FutureProducer = self.config().create().unwrap();
        for number in 0..count {
            let (key, payload) = (number.to_string(), format!("message {number}"));
            let record = FutureRecord::to(topic).key(&key).payload(&payload);
            wait(producer.send(record, PATIENCE)).unwrap();
        }
    }

    /// Messages in all partitions.
    pub(crate) fn count(&self, topic: &str) -> i64 {
        let consumer: BaseConsumer = self.config().create().unwrap();
        let partitions = self.partitions()[topic];
        let ends = (0..partitions).map(|partition| {
            let (low, high) = consumer.fetch_watermarks(topic, i32::try_from(partition).unwrap(), PATIENCE).unwrap();
            high - low
        });
        ends.sum()
    }
}
