//! How long a stream is, found out by reading its ends: passive declares say 0 for every stream, and the
//! statistics lag by seconds.

use std::collections::BTreeMap;
use std::time::Duration;

use futures_util::StreamExt;
use lapin::Channel;
use lapin::message::Delivery;
use lapin::options::{BasicConsumeOptions, BasicQosOptions};
use lapin::types::{AMQPValue, FieldTable};
use tokio::time::timeout;

use super::super::super::kinds::SCRATCH;
use super::{close, connect, within};
use crate::brokers::{SessionError, Target};

/// The first message comes at once if there is one. That there is none only silence tells.
const SILENCE: Duration = Duration::from_secs(1);
/// Between two messages of the last chunk.
const GAP: Duration = Duration::from_millis(100);
/// No more are read to find the end: while someone publishes there is none.
const MOST: usize = 10_000;

/// The number of messages from the first to the last offset of a stream.
pub(in super::super) async fn stream_length(target: &Target, vhost: &str, name: &str) -> Result<u64, SessionError> {
    let connection = connect(target, vhost).await?;
    let channel = within(target, connection.create_channel()).await?;
    let first = offsets(target, &channel, name, "first", 1).await?;
    let length = match first.first() {
        None => 0,
        Some(first) => {
            let channel = within(target, connection.create_channel()).await?;
            let last = offsets(target, &channel, name, "last", MOST).await?;
            last.last().unwrap_or(first).saturating_sub(*first) + 1
        }
    };
    close(target, connection).await;
    Ok(length)
}

/// Offsets of the messages from a place in the stream on, until none comes for a while.
async fn offsets(
    target: &Target,
    channel: &Channel,
    name: &str,
    from: &str,
    most: usize,
) -> Result<Vec<u64>, SessionError> {
    let prefetch = u16::try_from(most).unwrap_or(u16::MAX);
    within(target, channel.basic_qos(prefetch, BasicQosOptions::default())).await?;
    let arguments: BTreeMap<_, _> = [("x-stream-offset".into(), AMQPValue::LongString(from.into()))].into();
    let options = BasicConsumeOptions::default();
    let tag = format!("{SCRATCH}{from}");
    let consume = channel.basic_consume(name.into(), tag.as_str().into(), options, FieldTable::from(arguments));
    let mut consumer = within(target, consume).await?;
    let mut found = Vec::new();
    while found.len() < most {
        let patience = if found.is_empty() { SILENCE } else { GAP };
        let Ok(Some(delivery)) = timeout(patience, consumer.next()).await else { break };
        let delivery = delivery.map_err(|error| SessionError::Refused(error.to_string()))?;
        found.extend(offset(&delivery));
    }
    Ok(found)
}

fn offset(delivery: &Delivery) -> Option<u64> {
    match delivery.properties.headers().as_ref()?.inner().get("x-stream-offset")? {
        AMQPValue::LongLongInt(offset) => u64::try_from(*offset).ok(),
        _ => None,
    }
}
