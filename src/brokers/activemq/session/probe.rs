//! One message through a queue of our own, in at the first node and out at the last.

use rand::Rng;
use tokio::time::Instant;

use super::jolokia::Jolokia;
use super::stomp::Connection;
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
    let milliseconds = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    let way = if nodes.len() > 1 { "in at the first node and out at the last" } else { "in and out" };
    Check {
        name: NAME.to_owned(),
        broker: target.broker.clone(),
        ok: found.is_ok(),
        detail: match found {
            Ok(()) => format!("{way} in {:.2} s", since.elapsed().as_secs_f64()),
            Err(error) => crate::error_chain(&error),
        },
        milliseconds,
    }
}

/// The check of a broker that cannot even be asked.
pub(super) fn failed(broker: &str, error: &SessionError) -> Check {
    Check { name: NAME.to_owned(), broker: broker.to_owned(), ok: false, detail: error.to_string(), milliseconds: 0 }
}

async fn round(target: &Target, token: &str) -> Result<(), SessionError> {
    let endpoints = target.endpoints(STOMP);
    let (Some(first), Some(last)) = (endpoints.first(), endpoints.last()) else {
        let detail = format!("the port `{STOMP}` is not published");
        return Err(SessionError::Protocol { endpoint: target.broker.clone(), detail });
    };
    let queue = format!("/queue/{SCRATCH}{token}");
    let mut reader = Connection::open(last, target).await?;
    reader.send("SUBSCRIBE", &[("id", "0"), ("destination", &queue), ("ack", "auto")], "").await?;
    let mut writer = Connection::open(first, target).await?;
    let headers = [("destination", queue.as_str()), ("persistent", "true"), ("receipt", "sent")];
    writer.send("SEND", &headers, token).await?;
    writer.wait_for("RECEIPT").await?;
    let message = reader.wait_for("MESSAGE").await?;
    writer.close().await;
    reader.close().await;
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
