//! The broker-wide settings: what a laptop needs, and `config` on top of it.

use std::collections::BTreeMap;

use super::config_keys::ConfigKeys;
use super::{MEBIBYTE, units};
use crate::model::{BrokerModel, Storage, Value};

/// What the data may take in memory where it is there.
pub(super) const MEMORY_STORAGE: u64 = 512 * MEBIBYTE;

/// Settings that follow from the stack itself, and what to use instead of them.
pub(super) const MANAGED: &[(&str, &str)] = &[
    ("brokerId", "mqlab names the nodes"),
    ("brokerName", "mqlab names the nodes"),
    ("dataDirectory", "the data is on the broker's volume; see `storage`"),
    ("deleteAllMessagesOnStartup", "`mqlab down --volumes` gives the data up, once"),
    ("id", "it means something to the configuration file alone"),
    ("kahaDB.brokerName", "mqlab names the nodes"),
    ("kahaDB.directory", "the data is on the broker's volume; see `storage`"),
    ("kahaDB.id", "it means something to the configuration file alone"),
    ("memoryUsage.id", "it means something to the configuration file alone"),
    ("memoryUsage.name", "it means something to the configuration file alone"),
    ("persistent", "use `storage: memory` for a broker that keeps nothing"),
    ("schedulerDirectory", "the data is on the broker's volume; see `storage`"),
    ("start", "mqlab starts it"),
    ("startAsync", "mqlab starts it"),
    ("storeUsage.id", "it means something to the configuration file alone"),
    ("storeUsage.name", "it means something to the configuration file alone"),
    ("systemUsage.id", "it means something to the configuration file alone"),
    ("systemUsage.name", "it means something to the configuration file alone"),
    ("tempUsage.id", "it means something to the configuration file alone"),
    ("tempUsage.name", "it means something to the configuration file alone"),
    ("useJmx", "mqlab asks the broker through it"),
    ("useVirtualTopics", "mqlab declares the virtual topics: name a topic without `VirtualTopic.`"),
];

/// Attributes of a policy entry that say what it is for.
pub(super) const MANAGED_IN_POLICIES: &[(&str, &str)] = &[
    ("id", "it means something to the configuration file alone"),
    ("queue", "the policy's name says what it is for"),
    ("tempQueue", "policies are for named queues and topics"),
    ("tempTopic", "policies are for named queues and topics"),
    ("topic", "the policy's name says what it is for"),
];

/// Every setting of a node, spelled, by the name that a plan shows.
pub(super) fn settings(broker: &BrokerModel) -> BTreeMap<String, Value> {
    let keys = ConfigKeys::of(&broker.version);
    let mut all: BTreeMap<String, Value> =
        defaults(broker.storage).into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    for (key, value) in &broker.config {
        if value.is_null() {
            all.remove(key);
            continue;
        }
        let spelled = keys.broker.get(key).and_then(|kind| units::spell(key, *kind, value).ok());
        all.insert(key.clone(), spelled.unwrap_or_else(|| value.clone()));
    }
    all
}

fn defaults(storage: Storage) -> Vec<(&'static str, Value)> {
    let mebibytes = |count: u64| Value::from(count * MEBIBYTE);
    // Senders are held back when the store is full, and the official limit of 100 GB is more than a laptop gives.
    let (store, temporary) = match storage {
        Storage::Volume => (mebibytes(4096), mebibytes(1024)),
        Storage::Memory => (mebibytes(320), mebibytes(64)),
    };
    vec![
        // A queue or topic that holds nothing is on disk with the next checkpoint: a second instead of five.
        ("kahaDB.checkpointInterval", Value::from(1_000_u32)),
        ("kahaDB.journalMaxFileLength", mebibytes(8)),
        ("memoryUsage.percentOfJvmHeap", Value::from(70_u32)),
        // Without it there are no delayed messages, and no redelivery by the broker.
        ("schedulerSupport", Value::from(true)),
        ("storeUsage.limit", store),
        ("tempUsage.limit", temporary),
    ]
}
