//! Everything that is there: one POST for each node, and one login for each wanted user.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use futures_util::StreamExt;
use futures_util::future::join_all;
use futures_util::stream;
use serde_json::Value as Json;

use super::jolokia::Answer;
use super::{FORGET_LOGINS, Node};
use crate::brokers::artemis::kinds;
use crate::brokers::artemis::matching::{beside, inside};
use crate::brokers::artemis::normalise::{
    ADDRESS_ATTRIBUTES, Answers, DIVERT_ATTRIBUTES, Effective, merge, resources, user_names,
};
use crate::brokers::artemis::requests::Operation;
use crate::brokers::{Interest, SessionError};
use crate::model::{Address, Facts, Observation, Resource, Secret, Unknown, Value};

/// Behind the broker's own bean.
pub(super) const ADDRESSES: &str = ",component=addresses,address=*";
pub(super) const QUEUES: &str = ",component=addresses,address=*,subcomponent=queues,routing-type=*,queue=*";
pub(super) const DIVERTS: &str = ",component=addresses,address=*,subcomponent=diverts,divert=*";
/// Logins at one time: each costs the broker a slow hash.
const LOGINS: usize = 8;
/// A bean of a thousand.
const SLOW: Duration = Duration::from_millis(20);

/// One picture of all nodes. A node that does not answer makes everything unknown, because all is on each.
pub(super) async fn observe(nodes: &[Node<'_>], interest: Interest<'_>) -> Result<Observation, SessionError> {
    let mut looking = Vec::new();
    for node in nodes {
        looking.push(one(node, interest));
    }
    let seen = join_all(looking).await;
    let mut observation = Observation::default();
    let mut pictures = Vec::new();
    let mut first_error = None;
    for (node, seen) in nodes.iter().zip(seen) {
        match seen {
            Ok(seen) => {
                observation.unknown.extend(seen.unknown);
                if pictures.is_empty() {
                    observation.facts = seen.facts;
                }
                pictures.push(seen.resources);
            }
            Err(error) => {
                let reason = format!("node {}: {}", node.name(), crate::error_chain(&error));
                observation.unknown.push(Unknown::broker(&node.target.broker, reason));
                first_error.get_or_insert(error);
            }
        }
    }
    if let Some(target) = nodes.first().map(|node| node.target)
        && nodes.len() < target.nodes as usize
    {
        let reason = format!("{} of {} nodes run, and everything is on each", nodes.len(), target.nodes);
        observation.unknown.push(Unknown::broker(&target.broker, reason));
    }
    if pictures.is_empty() {
        return Err(first_error.unwrap_or_else(|| SessionError::NotReady("there is no node".to_owned())));
    }
    observation.facts.observed.insert("nodes".to_owned(), pictures.len().to_string());
    observation.resources = merge(pictures, interest.wanted);
    Ok(observation)
}

/// What one node has.
struct Seen {
    resources: Vec<Resource>,
    unknown: Vec<Unknown>,
    facts: Facts,
}

async fn one(node: &Node<'_>, interest: Interest<'_>) -> Result<Seen, SessionError> {
    let patterns = |kind: &'static str| -> BTreeSet<&str> {
        let all = interest.wanted.iter().chain(interest.last);
        all.filter(|one| one.address.kind == kind).map(|one| one.address.name.as_str()).collect()
    };
    let (settings, security) = (patterns(kinds::ADDRESS_SETTING), patterns(kinds::SECURITY_SETTING));
    let list_users = Operation { name: "listUser(java.lang.String)", arguments: vec!["".into()] };
    // All attributes of each, in a third of the time that its beans take (2.56.0, 1,000 queues).
    let list_queues = Operation {
        name: "listQueues(java.lang.String,int,int)",
        arguments: vec!["".into(), 1.into(), i32::MAX.into()],
    };
    let mut requests = vec![
        node.api.read("", &["Version", "NodeID"]),
        node.api.read(ADDRESSES, ADDRESS_ATTRIBUTES),
        node.api.exec(&list_queues),
        node.api.read(DIVERTS, DIVERT_ATTRIBUTES),
        node.api.exec(&list_users),
        node.api.exec(&FORGET_LOGINS.operation()),
    ];
    requests.extend(settings.iter().flat_map(|pattern| about(node, SETTINGS, pattern)));
    requests.extend(security.iter().flat_map(|pattern| about(node, ROLES, pattern)));
    let mut given = node.post(requests, SLOW).await?;
    // `QueueView.toJson` fails with a null pointer when a queue goes away while it lists (2.56.0), as those of
    // subscribers do all the time.
    if let Some(queues) = given.get_mut(2).filter(|queues| queues.as_ref().is_err_and(|refusal| refusal.is_race)) {
        *queues = node.exec_settled(&list_queues, |refusal| refusal.is_race).await?;
    }
    let mut given = given.into_iter();
    let mut next = || there(given.next());
    let broker = next()?;
    let mut answers =
        Answers { addresses: next()?, queues: next()?, diverts: next()?, users: next()?, ..Answers::default() };
    next()?;
    for pattern in settings {
        answers.settings.insert(pattern.to_owned(), effective(pattern, &mut next)?);
    }
    for pattern in security {
        answers.security.insert(pattern.to_owned(), effective(pattern, &mut next)?);
    }
    let unknown = log_in(node, interest.wanted, &mut answers).await;
    let mut facts = node.target.facts.clone();
    let text = |key: &str| broker.get(key).and_then(Json::as_str).map(ToOwned::to_owned);
    if let Some(version) = text("Version") {
        facts.version = version;
    }
    facts.observed.extend(text("NodeID").map(|id| ("node_id".to_owned(), id)));
    Ok(Seen { resources: resources(&node.target.broker, &answers, interest.wanted), unknown, facts })
}

/// A pattern that no bean fits is an empty answer.
fn there(answer: Option<Answer>) -> Result<Json, SessionError> {
    match answer {
        Some(Ok(value)) => Ok(value),
        Some(Err(refusal)) if refusal.is_absence => Ok(Json::Null),
        Some(Err(refusal)) => Err(SessionError::Refused(refusal.text)),
        None => Err(SessionError::Refused("an answer is missing".to_owned())),
    }
}

const SETTINGS: &str = "getAddressSettingsAsJSON(java.lang.String)";
const ROLES: &str = "getRolesAsJSON(java.lang.String)";

/// What holds for a match and beside it.
fn about(node: &Node<'_>, operation: &'static str, pattern: &str) -> Vec<Json> {
    let names = [inside(pattern)].into_iter().chain(beside(pattern));
    names.map(|name| node.api.exec(&Operation { name: operation, arguments: vec![name.into()] })).collect()
}

fn effective(pattern: &str, next: &mut impl FnMut() -> Result<Json, SessionError>) -> Result<Effective, SessionError> {
    let inside = next()?;
    let beside = beside(pattern).iter().map(|_| next()).collect::<Result<_, _>>()?;
    Ok(Effective { inside, beside })
}

/// What holds for these matches at one node, right before they are written.
pub(super) async fn settings_of(
    node: &Node<'_>,
    patterns: &[&str],
) -> Result<BTreeMap<String, Effective>, SessionError> {
    let requests = patterns.iter().flat_map(|pattern| about(node, SETTINGS, pattern)).collect();
    let mut given = node.post(requests, SLOW).await?.into_iter();
    let mut next = || there(given.next());
    patterns.iter().map(|pattern| Ok(((*pattern).to_owned(), effective(pattern, &mut next)?))).collect()
}

async fn try_login<'a>(
    node: &Node<'_>,
    address: &'a Address,
    password: &Secret,
) -> (&'a Address, Result<(), SessionError>) {
    (address, node.login(&address.name, password).await.map(|_| ()))
}

/// Tries the wanted passwords of users that are there; what could not be tried is unknown.
async fn log_in(node: &Node<'_>, wanted: &[Resource], answers: &mut Answers) -> Vec<Unknown> {
    let there: BTreeSet<String> = user_names(&answers.users).into_iter().collect();
    let candidates = wanted.iter().filter_map(|user| {
        let Some(Value::Secret(password)) = user.attribute("password") else { return None };
        let is_there = user.address.kind == kinds::USER && there.contains(&user.address.name);
        is_there.then_some((&user.address, password))
    });
    let candidates: Vec<(&Address, &Secret)> = candidates.collect();
    let mut trying = Vec::new();
    for (address, password) in candidates {
        trying.push(try_login(node, address, password));
    }
    let tried: Vec<_> = stream::iter(trying).buffer_unordered(LOGINS).collect().await;
    let mut unknown = Vec::new();
    for (address, result) in tried {
        match result {
            Ok(()) => drop(answers.logins.insert(address.name.clone(), true)),
            Err(SessionError::Unauthorized { .. }) => drop(answers.logins.insert(address.name.clone(), false)),
            Err(error) => unknown.push(Unknown {
                broker: address.broker.clone(),
                kind: Some(address.kind.clone()),
                address: Some(address.clone()),
                reason: format!("its password could not be tried: {}", crate::error_chain(&error)),
                way_out: None,
            }),
        }
    }
    unknown
}
