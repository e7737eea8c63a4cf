//! What is asked of name servers, brokers and proxies, as requests.

use serde_json::{Map, Value as Json, json};

use crate::brokers::rocketmq::names;
use crate::brokers::rocketmq::protocol::{Request, code};

/// Where a topic is. The cluster's own topic is where each of its brokers is.
pub(super) fn route(topic: &str) -> Request {
    Request::new(code::GET_ROUTEINFO_BY_TOPIC).with("topic", topic).with("acceptStandardJsonOnly", true)
}

pub(super) fn all_topics() -> Request {
    Request::new(code::GET_ALL_TOPIC_CONFIG)
}

pub(super) fn all_groups() -> Request {
    Request::new(code::GET_ALL_SUBSCRIPTIONGROUP_CONFIG)
}

pub(super) fn put_topics(topics: &[Map<String, Json>]) -> Request {
    let body = json!({ "topicConfigList": topics });
    Request::new(code::UPDATE_AND_CREATE_TOPIC_LIST).body(body.to_string())
}

/// The same for one topic, which says more when it goes wrong.
pub(super) fn put_topic(topic: &Map<String, Json>) -> Request {
    let text = |key: &str| match topic.get(key) {
        Some(Json::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    };
    let changes = topic.get("attributes").and_then(Json::as_object).into_iter().flatten();
    let changes: Vec<String> =
        changes.map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default())).collect();
    Request::new(code::UPDATE_AND_CREATE_TOPIC)
        .with("topic", text("topicName"))
        .with("defaultTopic", "TBW102")
        .with("readQueueNums", text("readQueueNums"))
        .with("writeQueueNums", text("writeQueueNums"))
        .with("perm", text("perm"))
        .with("topicFilterType", text("topicFilterType"))
        .with("topicSysFlag", text("topicSysFlag"))
        .with("order", text("order"))
        .with("attributes", changes.join(","))
}

pub(super) fn put_groups(groups: &[Map<String, Json>]) -> Request {
    let body = json!({ "groupConfigList": groups });
    Request::new(code::UPDATE_AND_CREATE_SUBSCRIPTIONGROUP_LIST).body(body.to_string())
}

pub(super) fn put_group(group: &Map<String, Json>) -> Request {
    let body = serde_json::to_vec(group).unwrap_or_default();
    Request::new(code::UPDATE_AND_CREATE_SUBSCRIPTIONGROUP).body(body)
}

/// From a broker. The name server keeps the route until it is told too.
pub(super) fn delete_topic(topic: &str) -> Request {
    Request::new(code::DELETE_TOPIC_IN_BROKER).with("topic", topic)
}

/// From the name server. A broker that still has the topic would report it again within half a minute.
pub(super) fn delete_route(topic: &str) -> Request {
    Request::new(code::DELETE_TOPIC_IN_NAMESRV).with("topic", topic).with("clusterName", names::CLUSTER)
}

pub(super) fn delete_group(group: &str) -> Request {
    Request::new(code::DELETE_SUBSCRIPTIONGROUP).with("groupName", group).with("cleanOffset", true)
}

pub(super) fn topic_stats(topic: &str) -> Request {
    Request::new(code::GET_TOPIC_STATS_INFO).with("topic", topic)
}

pub(super) fn consumers(group: &str) -> Request {
    Request::new(code::GET_CONSUMER_CONNECTION_LIST).with("consumerGroup", group)
}

/// What every broker has from the beginning. Other questions make one that is just starting complain in its log.
pub(super) fn own_topic() -> Request {
    Request::new(code::GET_TOPIC_CONFIG).with("topic", names::BROKER)
}

pub(super) fn runtime_info() -> Request {
    Request::new(code::GET_BROKER_RUNTIME_INFO)
}

/// Who copies from a master.
pub(super) fn replication() -> Request {
    Request::new(code::GET_BROKER_HA_STATUS)
}

pub(super) fn routed_topics() -> Request {
    Request::new(code::GET_ALL_TOPIC_LIST_FROM_NAMESERVER)
}

/// One message to the first queue. A proxy wants to know the broker too.
pub(super) fn send(topic: &str, body: &str) -> Request {
    Request::new(code::SEND_MESSAGE)
        .with("producerGroup", names::PROBE_PREFIX)
        .with("topic", topic)
        .with("defaultTopic", "TBW102")
        .with("defaultTopicQueueNums", 1)
        .with("queueId", 0)
        .with("sysFlag", 0)
        .with("bornTimestamp", 0)
        .with("flag", 0)
        .with("properties", "")
        .with("reconsumeTimes", 0)
        .with("bname", names::BROKER)
        .body(body)
}

/// Bits of a pull's flag: wait until there is something, and the subscription is in the request.
const SUSPEND: i64 = 1 << 1;
const SUBSCRIPTION: i64 = 1 << 2;

/// The message at this offset of the first queue, waiting a while for it.
pub(super) fn pull(topic: &str, group: &str, offset: i64) -> Request {
    Request::new(code::PULL_MESSAGE)
        .with("consumerGroup", group)
        .with("topic", topic)
        .with("queueId", 0)
        .with("queueOffset", offset)
        .with("maxMsgNums", 1)
        .with("sysFlag", SUSPEND | SUBSCRIPTION)
        .with("commitOffset", 0)
        .with("suspendTimeoutMillis", 1000)
        .with("subscription", "*")
        .with("expressionType", "TAG")
        .with("subVersion", 0)
        .with("bname", names::BROKER)
}
