//! One message through a topic of our own, by each way that clients have, and to the replica.

use std::time::{Duration, Instant};

use rand::Rng;
use serde_json::{Map, Value as Json, json};

use super::commands;
use super::connection::Connection;
use super::contents::Sources;
use super::greeting;
use super::observe;
use super::{MASTER, RocketSession};
use crate::brokers::rocketmq::PROXY_PORT;
use crate::brokers::rocketmq::names::PROBE_PREFIX;
use crate::brokers::rocketmq::protocol::{Request, code, message};
use crate::brokers::{Check, SessionError};

/// A proxy may still believe that a topic of ours is not there.
const PAUSE: Duration = Duration::from_millis(100);

/// Scratch objects that a killed probe left are removed first, ours whatever happens.
pub(super) async fn probe(session: &mut RocketSession) -> Vec<Check> {
    let started = Instant::now();
    let name = format!("{PROBE_PREFIX}{:016x}", rand::rng().random::<u64>());
    if let Err(error) = prepare(session, &name).await {
        return vec![session.check("a message goes round", Err(error), started)];
    }
    let endpoint = session.target.endpoint(PROXY_PORT).cloned();
    let within = session.target.deadline;
    let greeting = async {
        match &endpoint {
            Some(endpoint) => Some(greeting::greet(endpoint, within).await.map(|()| endpoint.to_string())),
            None => None,
        }
    };
    let (master, proxy, greeted) = match session.sources() {
        Ok(Sources { master, proxy }) => {
            tokio::join!(round(master, &name, "direct"), round(proxy, &name, "by the proxy"), greeting)
        }
        Err(error) => return vec![session.check("a message goes round", Err(error), started)],
    };
    let mut checks = vec![
        session.check("a message goes round", master, started),
        session.check("a message goes round by the proxy", proxy, started),
    ];
    if let Some(replica) = session.brokers.iter_mut().find(|broker| broker.node() != MASTER) {
        let began = Instant::now();
        let copied = take(replica, &name, "direct", 0, began).await;
        checks.push(session.check("a message reaches the replica", copied, began));
    }
    checks.extend(greeted.map(|greeted| session.check("the proxy speaks gRPC", greeted, started)));
    if let Err(error) = remove(session, &[name]).await {
        checks.push(session.check("the probe cleans up", Err(error), Instant::now()));
    }
    checks
}

/// A topic with one queue and a group, on every broker.
async fn prepare(session: &mut RocketSession, name: &str) -> Result<(), SessionError> {
    let there = observe::read(session.master()?).await?;
    let names = there.topics.keys().chain(there.groups.keys());
    let left: Vec<String> = names.filter(|name| name.starts_with(PROBE_PREFIX)).cloned().collect();
    remove(session, &left).await?;
    let object = |value: Json| value.as_object().cloned().unwrap_or_else(Map::new);
    let topic = object(json!({
        "topicName": name, "readQueueNums": 1, "writeQueueNums": 1, "perm": 6, "topicFilterType": "SINGLE_TAG",
        "topicSysFlag": 0, "order": false, "attributes": { "+message.type": "NORMAL" },
    }));
    let group = object(json!({ "groupName": name }));
    let requests = [commands::put_topic(&topic), commands::put_group(&group)];
    on_all(session, &requests).await
}

/// What every broker must do. A replica that does not is found when the message does not reach it.
async fn on_all(session: &mut RocketSession, requests: &[Request]) -> Result<(), SessionError> {
    for broker in &mut session.brokers {
        let answers = broker.ask_all(requests).await;
        if broker.node() == MASTER
            && let Some(refused) = answers?.iter().find(|answer| !answer.is_success())
        {
            return Err(SessionError::Refused(refused.complaint()));
        }
    }
    Ok(())
}

async fn remove(session: &mut RocketSession, names: &[String]) -> Result<(), SessionError> {
    let gone = |name: &String| [commands::delete_topic(name), commands::delete_group(name)];
    let requests: Vec<Request> = names.iter().flat_map(gone).collect();
    on_all(session, &requests).await?;
    let routes: Vec<Request> = names.iter().map(|name| commands::delete_route(name)).collect();
    session.namesrv.ask_all(&routes).await.map(drop)
}

async fn round(way: &mut Connection, name: &str, text: &str) -> Result<String, SessionError> {
    let began = Instant::now();
    loop {
        let sent = way.ask_all(&[commands::send(name, text)]).await?.pop().unwrap_or_default();
        if let Some(offset) = sent.fields.get("queueOffset").filter(|_| sent.is_success()) {
            let offset = offset.parse().unwrap_or_default();
            return take(way, name, text, offset, began).await;
        }
        // The proxy asks the name server anew within seconds.
        let is_patient = sent.code == code::TOPIC_NOT_EXIST && began.elapsed() < Duration::from_secs(30);
        if !is_patient {
            return Err(SessionError::Refused(sent.complaint()));
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Asks until the message is there: a pull waits a second at most.
async fn take(
    way: &mut Connection,
    name: &str,
    text: &str,
    offset: i64,
    began: Instant,
) -> Result<String, SessionError> {
    loop {
        let answer = way.ask_all(&[commands::pull(name, name, offset)]).await?.pop().unwrap_or_default();
        if answer.is_success() {
            let found = message::first_body(&answer.body).unwrap_or_default();
            return if found == text.as_bytes() {
                Ok(format!("written and read back in {:.2} s", began.elapsed().as_secs_f64()))
            } else {
                let found = String::from_utf8_lossy(found).into_owned();
                Err(SessionError::Refused(format!("sent `{text}`, got `{found}` back")))
            };
        }
        if began.elapsed() > Duration::from_secs(30) {
            return Err(SessionError::Refused(answer.complaint()));
        }
        tokio::time::sleep(PAUSE).await;
    }
}
