//! Answers of one node's HTTP API as values: what is there, and what it holds.
//!
//! Jolokia names an object by the properties of its `MBean`, in which some characters are replaced; so the attributes
//! that hold the real names are asked for and read.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value as Json, json};

use super::destination::DestinationType;
use super::kinds::is_reserved;
use crate::model::Address;
use crate::plan::Contents;

/// The answer to one request of several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Value(Json),
    /// No object has the name, or fits the pattern, that was asked for.
    NotThere(String),
    /// In the broker's own words.
    Refused(String),
}

impl Answer {
    /// HTTP says 200 to everything; each answer has a status of its own.
    pub(super) fn read(answer: &Json) -> Self {
        let error = || answer.get("error").and_then(Json::as_str).unwrap_or("no reason was given").to_owned();
        match answer.get("status").and_then(Json::as_u64) {
            Some(200) => Self::Value(answer.get("value").cloned().unwrap_or(Json::Null)),
            Some(404) => Self::NotThere(error()),
            _ => Self::Refused(without_class(&error())),
        }
    }

    /// The objects that a pattern found; none where there are none.
    fn objects(&self) -> Result<Vec<&Json>, String> {
        match self {
            Self::Value(Json::Object(found)) => Ok(found.values().collect()),
            Self::Value(other) => Err(format!("expected objects, and got {other}")),
            Self::NotThere(_) => Ok(Vec::new()),
            Self::Refused(reason) => Err(reason.clone()),
        }
    }
}

/// `java.lang.SecurityException : User is not authenticated.` without its first word.
fn without_class(error: &str) -> String {
    match error.split_once(" : ") {
        Some((class, text)) if !class.contains(' ') && class.contains('.') => text.to_owned(),
        _ => error.to_owned(),
    }
}

/// Every broker in the process, of which there is one.
const BROKER: &str = "org.apache.activemq:type=Broker,brokerName=*";

/// What a node is.
pub(super) fn node_request() -> Json {
    read(BROKER, &["BrokerName", "BrokerVersion", "TransportConnectors"])
}

/// The nodes that this one forwards to.
pub(super) fn bridges_request() -> Json {
    read(&format!("{BROKER},connector=networkConnectors,networkConnectorName=*,networkBridge=*"), &["RemoteBrokerName"])
}

/// Everything of a type, with what it holds.
pub(super) fn destinations_request(kind: DestinationType) -> Json {
    read(&destinations(kind), &["Name", "QueueSize", "ConsumerCount", "StoreMessageSize"])
}

/// The names alone.
pub(super) fn names_request(kind: DestinationType) -> Json {
    read(&destinations(kind), &["Name"])
}

fn destinations(kind: DestinationType) -> String {
    let kind = match kind {
        DestinationType::Queue => "Queue",
        DestinationType::Topic => "Topic",
    };
    format!("{BROKER},destinationType={kind},destinationName=*")
}

/// Who has subscribed to topics, durably or not.
pub(super) fn subscriptions_request() -> Json {
    let pattern = format!("{BROKER},destinationType=Topic,destinationName=*,endpoint=Consumer,clientId=*,consumerId=*");
    read(&pattern, &["DestinationName", "ClientId", "SubscriptionName", "PendingQueueSize"])
}

fn read(mbean: &str, attributes: &[&str]) -> Json {
    json!({ "type": "read", "mbean": mbean, "attribute": attributes })
}

/// An operation of a node. Its name has no signature: the access policy names operations in just this way.
pub(super) fn operation(node: &str, name: &str, arguments: &[&str]) -> Json {
    let mbean = format!("org.apache.activemq:type=Broker,brokerName={node}");
    json!({ "type": "exec", "mbean": mbean, "operation": name, "arguments": arguments })
}

/// What a node says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct NodeSeen {
    pub(super) name: String,
    pub(super) version: String,
    /// The connectors that are up.
    pub(super) connectors: BTreeSet<String>,
}

pub(super) fn node(answer: &Answer) -> Result<NodeSeen, String> {
    let objects = answer.objects()?;
    let found = objects.first().ok_or("the broker has not started yet")?;
    let connectors = found.get("TransportConnectors").and_then(Json::as_object);
    Ok(NodeSeen {
        name: text(found, "BrokerName"),
        version: text(found, "BrokerVersion"),
        connectors: connectors.into_iter().flatten().map(|(name, _)| name.clone()).collect(),
    })
}

/// The names of the nodes that this one forwards to.
pub(super) fn bridges(answer: &Answer) -> Result<BTreeSet<String>, String> {
    Ok(answer.objects()?.into_iter().map(|bridge| text(bridge, "RemoteBrokerName")).collect())
}

/// Queues or topics that are not the broker's own.
pub(super) fn names(broker: &str, kind: DestinationType, answer: &Answer) -> Result<BTreeSet<Address>, String> {
    let names = answer.objects()?.into_iter().map(|found| text(found, "Name"));
    Ok(names.filter(|name| !is_reserved(name)).map(|name| Address::new(broker, kind.noun(), name)).collect())
}

/// The names of queues that begin so, the broker's own and ours included.
pub(super) fn names_with(prefix: &str, answer: &Answer) -> Result<Vec<String>, String> {
    let names = answer.objects()?.into_iter().map(|found| text(found, "Name"));
    Ok(names.filter(|name| name.starts_with(prefix)).collect())
}

/// A subscription that outlives its connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Durable {
    pub(super) topic: String,
    pub(super) client: String,
    pub(super) name: String,
    pub(super) pending: u64,
}

pub(super) fn durables(answer: &Answer) -> Result<Vec<Durable>, String> {
    let all = answer.objects()?.into_iter().map(|found| Durable {
        topic: text(found, "DestinationName"),
        client: text(found, "ClientId"),
        name: text(found, "SubscriptionName"),
        pending: number(found, "PendingQueueSize"),
    });
    // Only durable ones have a name.
    Ok(all.filter(|one| !one.name.is_empty()).collect())
}

/// What one node holds, of everything.
pub(super) fn contents(
    broker: &str,
    queues: &Answer,
    topics: &Answer,
    subscriptions: &Answer,
) -> Result<BTreeMap<Address, Contents>, String> {
    let mut all = BTreeMap::new();
    for (kind, answer) in [(DestinationType::Queue, queues), (DestinationType::Topic, topics)] {
        for found in answer.objects()? {
            let contents = Contents {
                // A topic keeps nothing itself: what waits in it waits for its durable subscribers.
                messages: Some(if kind == DestinationType::Queue { number(found, "QueueSize") } else { 0 }),
                consumers: Some(number(found, "ConsumerCount")),
                bytes: Some(number(found, "StoreMessageSize")),
            };
            all.insert(Address::new(broker, kind.noun(), text(found, "Name")), contents);
        }
    }
    for durable in durables(subscriptions)? {
        let topic = Address::new(broker, DestinationType::Topic.noun(), durable.topic);
        if let Some(messages) = all.get_mut(&topic).and_then(|contents: &mut Contents| contents.messages.as_mut()) {
            *messages += durable.pending;
        }
    }
    Ok(all)
}

fn text(object: &Json, attribute: &str) -> String {
    object.get(attribute).and_then(Json::as_str).unwrap_or_default().to_owned()
}

/// Counts are never negative, but for a moment after a consumer went away.
fn number(object: &Json, attribute: &str) -> u64 {
    object.get(attribute).and_then(Json::as_i64).and_then(|number| u64::try_from(number).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of a live broker, of each version that mqlab runs.
    fn recorded(name: &str) -> Vec<Vec<Answer>> {
        let texts = match name {
            "observe" => [fixture!("6.1/observe.json"), fixture!("5.18/observe.json")],
            "observe-empty" => [fixture!("6.1/observe-empty.json"), fixture!("5.18/observe-empty.json")],
            "contents" => [fixture!("6.1/contents.json"), fixture!("5.18/contents.json")],
            "apply" => [fixture!("6.1/apply.json"), fixture!("5.18/apply.json")],
            other => panic!("nobody recorded {other}"),
        };
        let read = |text: &str| -> Vec<Answer> {
            let answers: Vec<Json> = serde_json::from_str(text).unwrap();
            answers.iter().map(Answer::read).collect()
        };
        texts.into_iter().map(read).collect()
    }

    macro_rules! fixture {
        ($path:literal) => {
            include_str!(concat!("../../../tests/fixtures/activemq/", $path))
        };
    }
    use fixture;

    #[test]
    fn a_node_tells_its_name_and_what_it_listens_with() {
        for (answers, version) in recorded("observe").iter().zip(["6.1.8", "5.18.3"]) {
            let seen = node(&answers[0]).unwrap();
            assert_eq!((seen.name.as_str(), seen.version.as_str()), ("legacy-1", version));
            assert_eq!(seen.connectors.iter().collect::<Vec<_>>(), ["amqp", "mqtt", "openwire", "stomp", "ws"]);
        }
    }

    #[test]
    fn real_names_are_read_and_the_brokers_own_left_out() {
        for answers in recorded("observe") {
            let queues = names("legacy", DestinationType::Queue, &answers[1]).unwrap();
            let queues: Vec<&str> = queues.iter().map(|address| address.name.as_str()).collect();
            assert_eq!(queues, ["invoices", "invoices.retry", "urn:a:b"]);
            let topics = names("legacy", DestinationType::Topic, &answers[2]).unwrap();
            let topics: Vec<&str> = topics.iter().map(|address| address.name.as_str()).collect();
            assert_eq!(topics, ["VirtualTopic.news", "prices"]);
        }
    }

    #[test]
    fn a_pattern_that_nothing_fits_is_no_error() {
        for answers in recorded("observe-empty") {
            assert_eq!(names("legacy", DestinationType::Queue, &answers[1]).unwrap().len(), 0);
            assert_eq!(bridges(&answers[3]).unwrap().len(), 0);
        }
    }

    #[test]
    fn a_topic_holds_what_waits_for_its_durable_subscribers() {
        for answers in recorded("contents") {
            let contents = contents("legacy", &answers[0], &answers[1], &answers[2]).unwrap();
            let of = |kind: &str, name: &str| contents[&Address::new("legacy", kind, name)].clone();
            assert_eq!(of("queue", "invoices"), Contents { messages: Some(3), consumers: Some(0), bytes: Some(1197) });
            assert_eq!(of("queue", "invoices.retry").consumers, Some(1));
            assert_eq!(of("topic", "prices"), Contents { messages: Some(3), consumers: Some(1), bytes: Some(1185) });
            let durable = durables(&answers[2]).unwrap().remove(0);
            assert_eq!((durable.client.as_str(), durable.name.as_str()), ("desk", "audit"));
        }
    }

    #[test]
    fn every_answer_of_a_request_has_a_fate_of_its_own() {
        for answers in recorded("apply") {
            let refused = |reason: &str| Answer::Refused(reason.to_owned());
            assert_eq!(answers[0], Answer::Value(Json::Null));
            assert_eq!(answers[4], refused("Invalid destination name: a non-empty name is required"));
            // Deleting what is not there is nothing to the broker.
            assert_eq!(answers[5], Answer::Value(Json::Null));
            assert!(matches!(&answers[6], Answer::Refused(reason) if reason.contains("forbidden")), "{:?}", answers[6]);
            assert!(matches!(&answers[7], Answer::NotThere(_)), "{:?}", answers[7]);
        }
    }
}
