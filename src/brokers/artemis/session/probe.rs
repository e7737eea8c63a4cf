//! One message through an address of our own, in at the first node and out at the last.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use rand::Rng;
use serde_json::Value as Json;

use super::Node;
use super::observe::ADDRESSES;
use crate::brokers::SessionError;
use crate::brokers::artemis::kinds::{self, SCRATCH, address};
use crate::brokers::artemis::requests::{Kept, Operation, create, delete};
use crate::model::Resource;

/// What killed probes left is removed first, ours is removed whatever happens.
pub(super) async fn probe(nodes: &[Node<'_>]) -> Result<String, SessionError> {
    let started = Instant::now();
    let (Some(first), Some(last)) = (nodes.first(), nodes.last()) else {
        return Err(SessionError::NotReady("there is no node".to_owned()));
    };
    sweep(nodes).await?;
    let name = format!("{SCRATCH}.{:016x}", rand::rng().random::<u64>());
    let broker = first.target.broker.as_str();
    let scratch = [
        Resource::new(address(broker, kinds::ADDRESS, &name)).with("routing", "anycast"),
        Resource::new(address(broker, kinds::QUEUE, &name))
            .with("address", name.as_str())
            .with("routing", "anycast")
            .with("durable", false),
    ];
    let make: Vec<Operation> = scratch.iter().map(|one| create(one, &Kept::new())).collect();
    let made: Result<Vec<()>, SessionError> =
        join_all(nodes.iter().map(|node| all(node, &make))).await.into_iter().collect();
    let went = match made {
        Ok(_) => round_trip(first, last, &name).await,
        Err(error) => Err(error),
    };
    let removed = remove(nodes, &name).await;
    went?;
    removed?;
    let way =
        if nodes.len() > 1 { format!(" from node {} to node {}", first.name(), last.name()) } else { String::new() };
    Ok(format!("sent and taken back{way} in {:.2} s", started.elapsed().as_secs_f64()))
}

async fn all(node: &Node<'_>, operations: &[Operation]) -> Result<(), SessionError> {
    let requests = operations.iter().map(|operation| node.api.exec(operation)).collect();
    let answers = node.post(requests, Duration::ZERO).await?;
    match answers.into_iter().find_map(Result::err) {
        None => Ok(()),
        Some(refusal) => Err(SessionError::Refused(refusal.text)),
    }
}

/// From all nodes: the queues first, because the others' queues are bindings of an address too. A consumer that has
/// just gone, and a queue of another node, are in the way for a moment longer.
async fn remove(nodes: &[Node<'_>], name: &str) -> Result<(), SessionError> {
    for kind in [kinds::QUEUE, kinds::ADDRESS] {
        for node in nodes {
            let operation = delete(&Resource::new(address(&node.target.broker, kind, name)), false);
            let answer = node.exec_settled(&operation, |refusal| !refusal.is_absence).await?;
            if let Some(refusal) = answer.err().filter(|refusal| !refusal.is_absence) {
                return Err(SessionError::Refused(refusal.text));
            }
        }
    }
    Ok(())
}

async fn sweep(nodes: &[Node<'_>]) -> Result<(), SessionError> {
    for node in nodes {
        let answers = node.post(vec![node.api.read(ADDRESSES, &["Address"])], Duration::ZERO).await?;
        let beans = answers.into_iter().next().and_then(Result::ok).unwrap_or_default();
        let names = beans.as_object().into_iter().flat_map(|beans| beans.values());
        let names = names.filter_map(|bean| bean.get("Address").and_then(Json::as_str));
        for name in names.filter(|name| name.strip_prefix(SCRATCH).is_some_and(|rest| rest.starts_with('.'))) {
            remove(nodes, name).await?;
        }
    }
    Ok(())
}

async fn round_trip(first: &Node<'_>, last: &Node<'_>, name: &str) -> Result<(), SessionError> {
    let target = first.target;
    let mut consumer = last.login(&target.user, &target.password).await?;
    let subscribe = [("id", "1"), ("destination", name), ("subscription-type", "ANYCAST"), ("receipt", "subscribed")];
    consumer.send("SUBSCRIBE", &subscribe, "").await?;
    consumer.expect("RECEIPT").await?;
    let mut producer = first.login(&target.user, &target.password).await?;
    let send = [("destination", name), ("destination-type", "ANYCAST"), ("receipt", "sent")];
    producer.send("SEND", &send, name).await?;
    producer.expect("RECEIPT").await?;
    let message = consumer.expect("MESSAGE").await?;
    consumer.close().await?;
    if message.body == name {
        return Ok(());
    }
    Err(SessionError::Refused(format!("sent `{name}`, got `{}` back", message.body)))
}
