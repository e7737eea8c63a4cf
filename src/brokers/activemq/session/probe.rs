//! One message through a queue of our own, in at the first node and out at the last.

use std::time::Duration;

use rand::Rng;
use tokio::time::Instant;

use super::jolokia::Jolokia;
use super::login;
use crate::brokers::activemq::STOMP;
use crate::brokers::activemq::destination::DestinationType;
use crate::brokers::activemq::kinds::SCRATCH;
use crate::brokers::activemq::normalise::{self, Answer, operation};
use crate::brokers::{Check, SessionError, Target};

const NAME: &str = "a message goes round";

/// Our queue is removed whatever happens, and what killed probes left before it.
pub(super) async fn probe(target: &Target, nodes: &[Jolokia]) -> Check {
    let since = Instant::now();
    let token = format!("{:016x}", rand::rng().random::<u64>());
    let went = match sweep(nodes).await {
        Ok(()) => round(target, &token).await,
        Err(error) => Err(error),
    };
    let swept = sweep(nodes).await;
    let found = went.and(swept);
    let way = if nodes.len() > 1 { "in at the first node and out at the last" } else { "in and out" };
    let took = since.elapsed();
    let found = found.map(|()| format!("{way} in {:.2} s", took.as_secs_f64()));
    Check::of(&target.broker, NAME, found.map_err(|error| crate::error_chain(&error)), took)
}

/// The check of a broker that cannot even be asked.
pub(super) fn failed(broker: &str, error: &SessionError) -> Check {
    Check::of(broker, NAME, Err(crate::error_chain(error)), Duration::ZERO)
}

async fn round(target: &Target, token: &str) -> Result<(), SessionError> {
    let endpoints = target.endpoints(STOMP);
    let (Some(first), Some(last)) = (endpoints.first(), endpoints.last()) else {
        let detail = format!("the port `{STOMP}` is not published");
        return Err(SessionError::Protocol { endpoint: target.broker.clone(), detail });
    };
    let queue = format!("/queue/{SCRATCH}{token}");
    let mut reader = login(last, target).await?;
    reader.send("SUBSCRIBE", &[("id", "0"), ("destination", &queue), ("ack", "auto")], "").await?;
    let mut writer = login(first, target).await?;
    let headers = [("destination", queue.as_str()), ("persistent", "true"), ("receipt", "sent")];
    writer.send("SEND", &headers, token).await?;
    writer.expect("RECEIPT").await?;
    let message = reader.expect("MESSAGE").await?;
    writer.close().await?;
    reader.close().await?;
    if message.body == token {
        return Ok(());
    }
    Err(SessionError::Refused(format!("`{token}` was sent, and `{}` came back", message.body)))
}

/// Removes the queues of probes on every node.
async fn sweep(nodes: &[Jolokia]) -> Result<(), SessionError> {
    for node in nodes {
        let answers = node.ask(&[normalise::names_request(DestinationType::Queue)]).await?;
        let left = normalise::names_with(SCRATCH, &answers[0]).map_err(|detail| node.protocol(detail))?;
        if left.is_empty() {
            continue;
        }
        let requests: Vec<_> = left.iter().map(|name| operation(&node.name, "removeQueue", &[name])).collect();
        for answer in node.ask(&requests).await? {
            if let Answer::Refused(reason) | Answer::NotThere(reason) = answer {
                return Err(SessionError::Refused(reason));
            }
        }
    }
    Ok(())
}
