//! Streams that are there and that no list shows.
//!
//! After a start, a broker without Khepri (before 4.2 by default) lists a stream only once its coordinator has made it
//! run again, which goes on after the listeners are open. The definitions, `/api/queues` and its counts all leave it
//! out; only a declaration of its name is told that it "is down or inaccessible" (seen on 4.0).

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use tokio::time::Instant;

use super::RabbitSession;
use super::amqp::RECOVERING;
use crate::brokers::SessionError;
use crate::brokers::rabbitmq::kinds;
use crate::model::{Address, Resource, Value};
use crate::net::Backoff;

/// A coordinator that was started brings its streams back in less than a second. One that was not (the broker was
/// killed soon after its first stream, and forgot that it had one) does nothing until a stream is declared.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is there, after waiting a while for wanted streams that only hide. One that goes on hiding is taken for absent:
/// to declare it again is what brings it back, with all that it holds.
pub(super) async fn settled(
    session: &mut RabbitSession,
    wanted: &[Resource],
    mut there: Vec<Resource>,
) -> Result<Vec<Resource>, SessionError> {
    let began = Instant::now();
    let patience = PATIENCE.min(session.target.deadline);
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_millis(500));
    while any_hides(session, wanted, &there).await? && began.elapsed() < patience {
        backoff.wait().await;
        there = session.definitions().await?;
    }
    Ok(there)
}

async fn any_hides(session: &mut RabbitSession, wanted: &[Resource], there: &[Resource]) -> Result<bool, SessionError> {
    for (vhost, names) in missing_streams(wanted, there) {
        // Where nobody let us in nothing can be asked.
        if !session.entered.contains(vhost) {
            continue;
        }
        let answers = match session.client()?.ready(vhost, &names).await {
            Ok(answers) => answers,
            // No more connections are allowed there: not a word about the streams.
            Err(SessionError::Refused(_)) => continue,
            Err(error) => return Err(error),
        };
        if answers.iter().any(|answer| answer.as_ref().is_err_and(is_recovering)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The broker has it, and does not serve it.
pub(super) fn is_recovering(error: &SessionError) -> bool {
    matches!(error, SessionError::Refused(reason) if reason.contains(RECOVERING))
}

/// By virtual host.
fn missing_streams<'a>(wanted: &'a [Resource], there: &[Resource]) -> BTreeMap<&'a str, Vec<&'a str>> {
    let is_stream = |one: &&Resource| {
        one.address.kind == kinds::QUEUE && one.attribute("type").and_then(Value::as_text) == Some("stream")
    };
    let mut streams: Vec<&Address> = wanted.iter().filter(is_stream).map(|one| &one.address).collect();
    if !streams.is_empty() {
        let there: BTreeSet<&Address> = there.iter().map(|one| &one.address).collect();
        streams.retain(|stream| !there.contains(stream));
    }
    let mut missing: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for stream in streams {
        missing.entry(stream.vhost_name()).or_default().push(&stream.name);
    }
    missing
}
