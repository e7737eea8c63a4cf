//! Streams that are there and that no list shows.
//!
//! After a start, a broker without Khepri (before 4.2 by default) lists a stream only once its coordinator has made it
//! run again, which goes on after the listeners are open. The definitions, `/api/queues` and its counts all leave it
//! out; only a declaration of its name is told that it "is down or inaccessible" (seen on 4.0).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::RabbitSession;
use crate::brokers::SessionError;
use crate::brokers::rabbitmq::amqp::RECOVERING;
use crate::brokers::rabbitmq::kinds;
use crate::model::{Address, Resource, Unknown, Value};
use crate::net::Backoff;

/// What is there, and which of the wanted streams are still hidden after waiting for them as long as for one request.
pub(super) async fn settled(
    session: &mut RabbitSession,
    wanted: &[Resource],
    mut there: Vec<Resource>,
) -> Result<(Vec<Resource>, Vec<Unknown>), SessionError> {
    let began = Instant::now();
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_millis(500));
    loop {
        let hidden = hidden(session, wanted, &there).await;
        if hidden.is_empty() || began.elapsed() >= session.target.deadline {
            return Ok((there, hidden));
        }
        backoff.wait().await;
        there = session.definitions().await?;
    }
}

async fn hidden(session: &mut RabbitSession, wanted: &[Resource], there: &[Resource]) -> Vec<Unknown> {
    let mut hidden = Vec::new();
    for (vhost, streams) in missing_streams(wanted, there) {
        if !session.entered.contains(vhost) {
            continue;
        }
        let names: Vec<&str> = streams.iter().map(|address| address.name.as_str()).collect();
        let Ok(client) = session.client() else { continue };
        // Who cannot be asked about is taken for absent: the step on it fails with the broker's own words.
        let answers = client.ready(vhost, &names).await.unwrap_or_default();
        for (address, answer) in streams.into_iter().zip(answers) {
            if let Err(SessionError::Refused(reason)) = answer
                && reason.contains(RECOVERING)
            {
                hidden.push(Unknown {
                    broker: address.broker.clone(),
                    kind: Some(address.kind.clone()),
                    address: Some(address.clone()),
                    reason: "the broker started not long ago and is still bringing this stream back".to_owned(),
                    way_out: Some("run the same command again in a moment".to_owned()),
                });
            }
        }
    }
    hidden
}

/// By virtual host.
fn missing_streams<'a>(wanted: &'a [Resource], there: &[Resource]) -> BTreeMap<&'a str, Vec<&'a Address>> {
    let is_stream = |one: &&Resource| {
        one.address.kind == kinds::QUEUE && one.attribute("type").and_then(Value::as_text) == Some("stream")
    };
    let mut streams: Vec<&Address> = wanted.iter().filter(is_stream).map(|one| &one.address).collect();
    if !streams.is_empty() {
        let there: BTreeSet<&Address> = there.iter().map(|one| &one.address).collect();
        streams.retain(|stream| !there.contains(stream));
    }
    let mut missing: BTreeMap<&str, Vec<&Address>> = BTreeMap::new();
    for stream in streams {
        missing.entry(stream.vhost_name()).or_default().push(stream);
    }
    missing
}
