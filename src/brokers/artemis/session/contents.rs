//! What queues hold at this moment, on all nodes together. The beans count exactly, there are no lagging statistics.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::Value as Json;

use super::Node;
use super::observe::QUEUES;
use crate::brokers::SessionError;
use crate::brokers::artemis::kinds;
use crate::model::Address;
use crate::plan::Contents;

const COUNTS: &[&str] = &["Name", "Address", "MessageCount", "ConsumerCount"];
const NOTHING: Contents = Contents { messages: Some(0), consumers: Some(0), bytes: None };

/// Of each address what it holds; what could not be read has `None` in every count.
pub(super) async fn inspect(nodes: &[Node<'_>], addresses: &[Address]) -> BTreeMap<Address, Contents> {
    let holds_messages = |address: &Address| [kinds::QUEUE, kinds::ADDRESS].contains(&address.kind.as_str());
    if !addresses.iter().any(holds_messages) {
        return addresses.iter().map(|address| (address.clone(), NOTHING)).collect();
    }
    let counts = join_all(nodes.iter().map(counts)).await;
    let counts: Result<Vec<Vec<Json>>, SessionError> = counts.into_iter().collect();
    let contents = |address: &Address| match &counts {
        Ok(beans) => held(beans.iter().flatten(), address),
        Err(_) if holds_messages(address) => Contents::default(),
        Err(_) => NOTHING,
    };
    addresses.iter().map(|address| (address.clone(), contents(address))).collect()
}

async fn counts(node: &Node<'_>) -> Result<Vec<Json>, SessionError> {
    let answers = node.post(vec![node.api.read(QUEUES, COUNTS)], std::time::Duration::ZERO).await?;
    match answers.into_iter().next() {
        Some(Ok(Json::Object(beans))) => Ok(beans.into_iter().map(|(_, bean)| bean).collect()),
        Some(Err(refusal)) if refusal.is_absence => Ok(Vec::new()),
        Some(Err(refusal)) => Err(SessionError::Refused(refusal.text)),
        _ => Err(SessionError::Refused("the counts are missing".to_owned())),
    }
}

/// A queue's own, or the sum of an address's queues.
fn held<'a>(beans: impl Iterator<Item = &'a Json>, address: &Address) -> Contents {
    let key = match address.kind.as_str() {
        kinds::QUEUE => "Name",
        kinds::ADDRESS => "Address",
        _ => return NOTHING,
    };
    let count = |bean: &Json, key: &str| bean.get(key).and_then(Json::as_u64);
    let own = beans.filter(|bean| bean.get(key).and_then(Json::as_str) == Some(address.name.as_str()));
    own.fold(NOTHING, |sum, bean| Contents {
        messages: sum.messages.zip(count(bean, "MessageCount")).map(|(left, right)| left + right),
        consumers: sum.consumers.zip(count(bean, "ConsumerCount")).map(|(left, right)| left + right),
        bytes: None,
    })
}
