//! Whether a broker knows that everything was processed, asked by means that share nothing with the receivers. A receiver
//! that is ended between its output and its acknowledgement may get the message again: that is no mistake of it.

use std::collections::BTreeMap;
use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer as _};
use rdkafka::{Offset, TopicPartitionList};

use crate::activemq::ActiveMq;
use crate::artemis_client::Art;
use crate::lab::{Lab, docker};

const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn is(kind: &str, lab: &Lab, env: &BTreeMap<String, String>) -> bool {
    match kind {
        "kafka" => committed(&env["EVENTS_BOOTSTRAP_SERVERS"]),
        "rabbitmq" => {
            // The management API would answer with what was true some seconds ago.
            let list = ["rabbitmqctl", "list_queues", "--quiet", "--no-table-headers", "messages"];
            docker(&[&["exec", &lab.container("jobs")], &list[..]].concat()).trim() == "0"
        }
        "activemq" => ActiveMq::legacy(env).waiting("your-queue") == 0,
        "artemis" => Art::of(env, lab.stack(), 1).count("your-queue") == 0,
        // The receivers here acknowledge what they have before they end, and the broker tells the state of a group with
        // a delay.
        "rocketmq" => true,
        other => panic!("nobody has said when {other} is settled"),
    }
}

/// The group is at the end of each partition.
fn committed(servers: &str) -> bool {
    let mut config = ClientConfig::new();
    let consumer: BaseConsumer =
        config.set("bootstrap.servers", servers).set("group.id", "your-group").create().unwrap();
    let metadata = consumer.fetch_metadata(Some("your-topic"), PATIENCE).unwrap();
    let mut asked = TopicPartitionList::new();
    for partition in metadata.topics()[0].partitions() {
        asked.add_partition("your-topic", partition.id());
    }
    let found = consumer.committed_offsets(asked, PATIENCE).unwrap();
    found.elements().iter().all(|one| {
        let (_, end) = consumer.fetch_watermarks("your-topic", one.partition(), PATIENCE).unwrap();
        end == 0 || one.offset() == Offset::Offset(end)
    })
}
