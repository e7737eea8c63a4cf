//! What queues hold at this moment. The management statistics lag by seconds, and no single question answers for
//! all: a passive declare counts what is ready, the queue's own totals what is out for acknowledgement, and a
//! stream only tells who reads it.

use std::collections::BTreeMap;

use futures_util::future::join_all;
use serde_json::Value as Json;

use super::RabbitSession;
use super::client::Client;
use crate::brokers::SessionError;
use crate::brokers::rabbitmq::kinds;
use crate::model::Address;
use crate::plan::Contents;

/// Of each address what it holds; what could not be read has `None` in every count.
pub(super) async fn inspect(session: &mut RabbitSession, addresses: &[Address]) -> BTreeMap<Address, Contents> {
    let mut by_vhost: BTreeMap<&str, Vec<&Address>> = BTreeMap::new();
    let mut found = BTreeMap::new();
    for address in addresses {
        match address.kind.as_str() {
            kinds::QUEUE => by_vhost.entry(address.vhost_name()).or_default().push(address),
            kinds::VHOST => {
                let contents = vhost(session, &address.name).await.unwrap_or_default();
                found.insert(address.clone(), contents);
            }
            _ => {
                found.insert(address.clone(), nothing());
            }
        }
    }
    for (vhost, addresses) in by_vhost {
        let names: Vec<&str> = addresses.iter().map(|address| address.name.as_str()).collect();
        let counts = match queues(session, vhost, &names).await {
            // Nobody let us into this virtual host. What the management plugin says will do until just before
            // something is deleted: then we are let in, and look again.
            Err(SessionError::Refused(reason)) if reason.contains("refused for user") => {
                estimates(session, vhost, &names).await
            }
            counts => counts,
        };
        let counts = counts.unwrap_or_else(|_| names.iter().map(|_| Ok(Contents::default())).collect());
        for (address, contents) in addresses.into_iter().zip(counts) {
            found.insert(address.clone(), contents.unwrap_or_default());
        }
    }
    found
}

/// Of one object, or why it could not be read: what a deletion stands on.
pub(super) async fn of(session: &mut RabbitSession, address: &Address) -> Result<Contents, SessionError> {
    match address.kind.as_str() {
        kinds::QUEUE => {
            let counts = queues(session, address.vhost_name(), &[&address.name]).await?;
            counts.into_iter().next().unwrap_or_else(|| Ok(nothing()))
        }
        kinds::VHOST => vhost(session, &address.name).await,
        _ => Ok(nothing()),
    }
}

/// The sum over all queues inside.
async fn vhost(session: &mut RabbitSession, name: &str) -> Result<Contents, SessionError> {
    let totals = Totals::read(session.client()?, name).await?;
    let names: Vec<&str> = totals.queues.keys().map(String::as_str).collect();
    if names.is_empty() {
        return Ok(nothing());
    }
    let mut sum = nothing();
    for contents in queues(session, name, &names).await? {
        let contents = contents?;
        let add = |left: Option<u64>, right: Option<u64>| Some(left? + right?);
        sum.messages = add(sum.messages, contents.messages);
        sum.consumers = add(sum.consumers, contents.consumers);
    }
    Ok(sum)
}

async fn queues(
    session: &mut RabbitSession,
    vhost: &str,
    names: &[&str],
) -> Result<Vec<Result<Contents, SessionError>>, SessionError> {
    let client = session.client()?;
    let totals = Totals::read(client, vhost).await?;
    let ready = client.ready(vhost, names).await?;
    let complete = names.iter().zip(ready).map(|(name, ready)| {
        let totals = &totals;
        async move {
            let mut contents = ready?;
            let Some(total) = totals.queues.get(*name) else { return Ok(contents) };
            match total.kind.as_str() {
                "stream" => {
                    contents.messages = Some(total.messages.max(client.stream_length(vhost, name).await?));
                    contents.consumers = Some(totals.consumers.get(*name).copied().unwrap_or(0));
                }
                "classic" => contents.messages = contents.messages.map(|ready| ready + total.unacknowledged),
                // A quorum queue counts whoever has a message of it as a consumer.
                _ => {}
            }
            Ok(contents)
        }
    });
    Ok(join_all(complete).await)
}

async fn estimates(
    session: &mut RabbitSession,
    vhost: &str,
    names: &[&str],
) -> Result<Vec<Result<Contents, SessionError>>, SessionError> {
    let totals = Totals::read(session.client()?, vhost).await?;
    let estimate = |name: &&str| {
        let messages = totals.queues.get(*name).map_or(0, |total| total.messages);
        let consumers = totals.consumers.get(*name).copied().unwrap_or(0);
        Ok(Contents { messages: Some(messages), consumers: Some(consumers), bytes: None })
    };
    Ok(names.iter().map(estimate).collect())
}

/// What the management plugin knows of the queues of one virtual host.
struct Totals {
    queues: BTreeMap<String, Total>,
    /// By queue.
    consumers: BTreeMap<String, u64>,
}

struct Total {
    kind: String,
    /// Seconds old for quorum queues and streams, like the next.
    messages: u64,
    unacknowledged: u64,
}

impl Totals {
    async fn read(client: &Client, vhost: &str) -> Result<Self, SessionError> {
        let query = [("disable_stats", "true"), ("enable_queue_totals", "true")];
        let consumers_query = [("columns", "queue.name,consumer_tag")];
        let paths = [["queues", vhost], ["consumers", vhost]];
        let (queues, consumers) =
            tokio::try_join!(client.get(&paths[0], &query), client.get(&paths[1], &consumers_query))?;
        let text = |item: &Json, key: &str| item.get(key).and_then(Json::as_str).unwrap_or_default().to_owned();
        let count = |item: &Json, key: &str| item.get(key).and_then(Json::as_u64).unwrap_or(0);
        let total = |item: &Json| Total {
            kind: text(item, "type"),
            messages: count(item, "messages"),
            unacknowledged: count(item, "messages_unacknowledged"),
        };
        let mut by_queue = BTreeMap::new();
        // Our own look at a stream a moment ago may still be listed.
        let others = |consumer: &&Json| !text(consumer, "consumer_tag").starts_with(kinds::SCRATCH);
        for consumer in consumers.as_array().into_iter().flatten().filter(others) {
            let queue = consumer.get("queue").map(|queue| text(queue, "name")).unwrap_or_default();
            *by_queue.entry(queue).or_insert(0) += 1;
        }
        let listed = queues.as_array().into_iter().flatten();
        Ok(Self { queues: listed.map(|item| (text(item, "name"), total(item))).collect(), consumers: by_queue })
    }
}

fn nothing() -> Contents {
    Contents { messages: Some(0), consumers: Some(0), bytes: None }
}
