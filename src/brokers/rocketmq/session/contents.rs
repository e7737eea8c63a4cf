//! What topics and groups hold, from the ends of the queues and the connected consumers.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::commands;
use super::connection::Connection;
use crate::brokers::SessionError;
use crate::brokers::rocketmq::names::{DEAD_LETTER_PREFIX, RETRY_PREFIX};
use crate::brokers::rocketmq::protocol::{Answer, Request, code};
use crate::brokers::rocketmq::{GROUP, TOPIC};
use crate::model::Address;
use crate::plan::Contents;

/// Who must be asked about consumers: remoting clients are known to the broker, those of the proxy to the proxy alone.
pub(super) struct Sources<'a> {
    pub master: &'a mut Connection,
    pub proxy: &'a mut Connection,
}

/// A topic holds what is between the ends of its queues; a group what waits to be tried again, what it gave up, and
/// its consumers.
pub(super) async fn of(
    sources: &mut Sources<'_>,
    addresses: &[Address],
) -> Result<BTreeMap<Address, Contents>, SessionError> {
    let topics = addresses.iter().flat_map(topics_of);
    let topics: Vec<String> = topics.collect();
    let requests: Vec<Request> = topics.iter().map(|topic| commands::topic_stats(topic)).collect();
    let answers = sources.master.ask_all(&requests).await?;
    let counts = answers.iter().map(|answer| messages(sources.master, answer));
    let messages: BTreeMap<String, u64> = topics.into_iter().zip(counts.collect::<Result<Vec<_>, _>>()?).collect();

    let groups: Vec<&str> =
        addresses.iter().filter(|address| address.kind == GROUP).map(|address| address.name.as_str()).collect();
    let requests: Vec<Request> = groups.iter().map(|group| commands::consumers(group)).collect();
    let mut consumers: BTreeMap<&str, u64> = BTreeMap::new();
    for connection in [&mut *sources.master, &mut *sources.proxy] {
        let answers = connection.ask_all(&requests).await?;
        for (group, answer) in groups.iter().zip(answers) {
            *consumers.entry(group).or_default() += connected(connection, &answer)?;
        }
    }
    let contents = |address: &Address| Contents {
        messages: Some(topics_of(address).iter().filter_map(|topic| messages.get(topic)).sum()),
        consumers: consumers.get(address.name.as_str()).filter(|_| address.kind == GROUP).copied(),
        bytes: None,
    };
    Ok(addresses.iter().map(|address| (address.clone(), contents(address))).collect())
}

/// Where the messages of an object are.
pub(super) fn topics_of(address: &Address) -> Vec<String> {
    let name = &address.name;
    match address.kind.as_str() {
        TOPIC => vec![name.clone()],
        GROUP => vec![format!("{RETRY_PREFIX}{name}"), format!("{DEAD_LETTER_PREFIX}{name}")],
        _ => Vec::new(),
    }
}

/// None of a topic that is not there.
fn messages(connection: &Connection, answer: &Answer) -> Result<u64, SessionError> {
    match answer.code {
        code::SUCCESS => Ok(between_ends(&connection.parse(answer)?)),
        code::TOPIC_NOT_EXIST => Ok(0),
        _ => Err(SessionError::Refused(answer.complaint())),
    }
}

fn between_ends(stats: &Json) -> u64 {
    let queues = stats.get("offsetTable").and_then(Json::as_object).into_iter().flatten();
    let held = queues.map(|(_, ends)| {
        let end = |name: &str| ends.get(name).and_then(Json::as_u64).unwrap_or_default();
        end("maxOffset").saturating_sub(end("minOffset"))
    });
    held.sum()
}

fn connected(connection: &Connection, answer: &Answer) -> Result<u64, SessionError> {
    match answer.code {
        code::SUCCESS => {
            let body = connection.parse(answer)?;
            Ok(body.get("connectionSet").and_then(Json::as_array).map_or(0, |all| all.len() as u64))
        }
        code::CONSUMER_NOT_ONLINE => Ok(0),
        _ => Err(SessionError::Refused(answer.complaint())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::brokers::rocketmq::recorded;

    #[test]
    fn a_topic_holds_what_is_between_the_ends_of_its_queues() {
        assert_eq!(between_ends(&recorded::body("topic-stats")), 1);
        let two = json!({ "offsetTable": {
            "0": { "maxOffset": 7, "minOffset": 2 },
            "1": { "maxOffset": 1, "minOffset": 0 },
        } });
        assert_eq!(between_ends(&two), 6);
    }

    #[test]
    fn a_group_holds_what_it_failed_at() {
        assert_eq!(topics_of(&Address::new("trades", GROUP, "billing")), ["%RETRY%billing", "%DLQ%billing"]);
        assert_eq!(topics_of(&Address::new("trades", TOPIC, "orders")), ["orders"]);
    }
}
