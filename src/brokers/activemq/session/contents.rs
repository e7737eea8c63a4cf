//! What queues and topics hold at this moment, on all nodes together.

use std::collections::BTreeMap;

use futures_util::future::try_join_all;

use super::jolokia::Jolokia;
use crate::brokers::SessionError;
use crate::brokers::activemq::destination::DestinationType;
use crate::brokers::activemq::normalise::{self, Durable};
use crate::model::Address;
use crate::plan::Contents;

/// Of everything that is there. A node that does not answer may hold anything, so it is an error.
pub(super) async fn read(broker: &str, nodes: &[Jolokia]) -> Result<BTreeMap<Address, Contents>, SessionError> {
    let requests = [
        normalise::destinations_request(DestinationType::Queue),
        normalise::destinations_request(DestinationType::Topic),
        normalise::subscriptions_request(),
    ];
    let answers = try_join_all(nodes.iter().map(|node| node.ask(&requests))).await?;
    let mut sums: BTreeMap<Address, Contents> = BTreeMap::new();
    for (node, answers) in nodes.iter().zip(answers) {
        let held = normalise::contents(broker, &answers[0], &answers[1], &answers[2]);
        for (address, contents) in held.map_err(|detail| node.protocol(detail))? {
            let sum = sums.entry(address).or_insert_with(nothing);
            let add = |left: Option<u64>, right: Option<u64>| Some(left? + right?);
            *sum = Contents {
                messages: add(sum.messages, contents.messages),
                consumers: add(sum.consumers, contents.consumers),
                bytes: add(sum.bytes, contents.bytes),
            };
        }
    }
    Ok(sums)
}

/// The durable subscriptions on one node.
pub(super) async fn durables(node: &Jolokia) -> Result<Vec<Durable>, SessionError> {
    let answers = node.ask(&[normalise::subscriptions_request()]).await?;
    normalise::durables(&answers[0]).map_err(|detail| node.protocol(detail))
}

/// What is not there holds nothing.
pub(super) fn nothing() -> Contents {
    Contents { messages: Some(0), consumers: Some(0), bytes: Some(0) }
}
