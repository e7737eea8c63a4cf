//! The files that RocketMQ's containers start with: a script, where the log goes, and the settings of brokers and
//! proxy. No topic and no group is in them.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use crate::model::{BrokerModel, ContainerFile, Facts, Origin, Value};

use super::container::{PROXY_NUMBER, internal_name_server};
use super::names;
use super::spec::broker_settings;

/// `rocketmq` in the image.
pub(super) const USER: u64 = 3000;
pub(super) const DATA: &str = "/home/rocketmq/store";
pub(super) const START: &str = "/etc/mqlab/start";
pub(super) const BROKER_FILE: &str = "/etc/mqlab/broker.conf";
pub(super) const PROXY_FILE: &str = "/etc/mqlab/rmq-proxy.json";
const LOG_FILE: &str = "/etc/mqlab/console.logback.xml";
/// Pools of threads that write, among other things. RocketMQ's own numbers grow with the processors, and a broker whose
/// direct memory is full goes on, and fails at what those threads should do.
const WRITERS: &[(&str, &str)] = &[
    ("ackMessageThreadPoolNums", "4"),
    ("endTransactionThreadPoolNums", "4"),
    ("litePullMessageThreadPoolNums", "4"),
    ("processReplyMessageThreadPoolNums", "4"),
    ("pullMessageThreadPoolNums", "8"),
];
/// Settings that follow from the stack itself, and what to use instead of them.
pub(super) const MANAGED: &[(&str, &str)] = &[
    ("brokerClusterName", "the name server has one cluster, `DefaultCluster`"),
    ("brokerId", "mqlab numbers the nodes: the master is 0"),
    ("brokerIP1", "a broker registers its address in the stack's network; clients elsewhere use the proxy"),
    ("brokerIP2", "a replica finds its master in the stack's network"),
    ("brokerName", "master and replica are `broker-a`"),
    ("haListenPort", "mqlab makes the listeners"),
    ("haMasterAddress", "a replica finds its master by the name server"),
    ("listenPort", "use `ports: { broker: … }`"),
    ("namesrvAddr", "mqlab runs the name server"),
    ("storePathCommitLog", "the data is on the broker's volume; see `storage`"),
    ("storePathRootDir", "the data is on the broker's volume; see `storage`"),
];

/// The official image has none, and one that an engine makes for a volume is root's.
pub(super) fn data_folder() -> ContainerFile {
    file(&format!("{DATA}/"), 0o755, "", BTreeMap::new())
}

pub(super) fn start_file() -> ContainerFile {
    file(START, 0o755, include_str!("files/start"), BTreeMap::new())
}

pub(super) fn log_file() -> ContainerFile {
    file(LOG_FILE, 0o644, include_str!("files/console.logback.xml"), BTreeMap::new())
}

fn file(path: &str, mode: u32, content: &str, parts: BTreeMap<String, Value>) -> ContainerFile {
    ContainerFile {
        path: path.to_owned(),
        mode,
        uid: USER,
        gid: USER,
        content: content.as_bytes().to_vec(),
        parts,
        secret: false,
    }
}

/// The attribute of a line in broker.conf.
fn config_attribute(key: &str) -> String {
    format!("config.{key}")
}

/// Where what reaches the container was written.
pub(super) fn origins(broker: &BrokerModel) -> BTreeMap<String, Origin> {
    let settings = broker.config_origins.iter().map(|(key, origin)| (config_attribute(key), origin.clone()));
    settings.chain(broker.field_origins()).collect()
}

pub(super) fn broker_file(broker: &BrokerModel, node: u32) -> ContainerFile {
    let settings = configuration(broker, node);
    // A backslash begins an escape in Java's properties.
    let lines = settings.iter().map(|(key, value)| format!("{key} = {}\n", value.replace('\\', r"\\")));
    let text: String = lines.collect();
    let parts = settings.iter().map(|(key, value)| (config_attribute(key), value.as_str().into())).collect();
    file(BROKER_FILE, 0o644, &text, parts)
}

/// Later entries win: what a laptop needs, the user's `config`, what makes it this node.
fn configuration(broker: &BrokerModel, node: u32) -> BTreeMap<String, String> {
    let defaults = [
        // A misspelt name must be an error of the client, not a new topic or group that the file does not know.
        ("autoCreateTopicEnable", "false"),
        ("autoCreateSubscriptionGroup", "false"),
        // On a disk that is fuller than 85 %, messages would go long before their time.
        ("cleanFileForciblyEnable", "false"),
        // The default of 1 GiB, twice, is more than a tmpfs or a laptop has to spare.
        ("mappedFileSizeCommitLog", "67108864"),
    ];
    let mut settings: BTreeMap<String, String> =
        defaults.iter().chain(WRITERS).map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    if broker.nodes > 1 {
        // A synchronous master waits for nobody unless it is told for how many (5.5.0).
        settings.insert("brokerRole".to_owned(), "SYNC_MASTER".to_owned());
        settings.insert("inSyncReplicas".to_owned(), broker.nodes.to_string());
        // Without it a replica answers no consumer, not even when its master is gone.
        settings.insert("slaveReadEnable".to_owned(), "true".to_owned());
    }
    for setting in broker_settings(broker) {
        match &setting.value {
            Value::Null => drop(settings.remove(setting.key)),
            value => drop(settings.insert(setting.key.to_owned(), plain(value))),
        }
    }
    let id = node.saturating_sub(1);
    let identity = [
        ("brokerClusterName", names::CLUSTER.to_owned()),
        ("brokerName", names::BROKER.to_owned()),
        ("brokerId", id.to_string()),
        ("storePathRootDir", DATA.to_owned()),
    ];
    settings.extend(identity.map(|(key, value)| (key.to_owned(), value)));
    if id > 0 {
        settings.insert("brokerRole".to_owned(), "SLAVE".to_owned());
    }
    settings
}

pub(super) fn proxy_file(broker: &BrokerModel, facts: &Facts, remoting: u16) -> ContainerFile {
    let host = if facts.advertise_host.is_empty() { "localhost" } else { facts.advertise_host.as_str() };
    let settings: [(&str, Json); 9] = [
        ("rocketMQClusterName", json!(names::CLUSTER)),
        ("namesrvAddr", json!(internal_name_server(&broker.name))),
        ("grpcServerPort", json!(PROXY_NUMBER)),
        // A gRPC client goes on with the address that it came by.
        ("useEndpointPortFromRequest", json!(true)),
        ("remotingListenPort", json!(remoting)),
        ("remotingAccessAddr", json!(host)),
        // What has just been made or changed is used within seconds, not within twenty.
        ("topicRouteServiceCacheRefreshSeconds", json!(2)),
        ("topicConfigCacheRefreshSeconds", json!(2)),
        ("subscriptionGroupConfigCacheRefreshSeconds", json!(2)),
    ];
    let parts = settings.iter().map(|(key, value)| (format!("proxy.{key}"), value.clone().into())).collect();
    let settings: serde_json::Map<String, Json> =
        settings.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
    file(PROXY_FILE, 0o644, &format!("{:#}\n", Json::Object(settings)), parts)
}

pub(super) fn plain(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_json().to_string(), str::to_owned)
}
