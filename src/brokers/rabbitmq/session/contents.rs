//! What queues hold at this moment, from the queues themselves: the management statistics lag by seconds.

use std::collections::BTreeMap;

use super::RabbitSession;
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
    for (vhost, queues) in by_vhost {
        let names: Vec<&str> = queues.iter().map(|address| address.name.as_str()).collect();
        let counts = of_queues(session, vhost, &names).await;
        let counts = counts.unwrap_or_else(|_| names.iter().map(|_| Ok(Contents::default())).collect());
        for (address, contents) in queues.into_iter().zip(counts) {
            found.insert(address.clone(), contents.unwrap_or_default());
        }
    }
    found
}

/// Of one object, or why it could not be read: what a deletion stands on.
pub(super) async fn of(session: &mut RabbitSession, address: &Address) -> Result<Contents, SessionError> {
    match address.kind.as_str() {
        kinds::QUEUE => {
            let counts = of_queues(session, address.vhost_name(), &[&address.name]).await?;
            counts.into_iter().next().unwrap_or_else(|| Ok(nothing()))
        }
        kinds::VHOST => vhost(session, &address.name).await,
        _ => Ok(nothing()),
    }
}

/// The sum over all queues inside.
async fn vhost(session: &mut RabbitSession, name: &str) -> Result<Contents, SessionError> {
    let resources = session.definitions().await?;
    let inside = |address: &&Address| address.kind == kinds::QUEUE && address.vhost_name() == name;
    let queues: Vec<&str> =
        resources.iter().map(|resource| &resource.address).filter(inside).map(|queue| queue.name.as_str()).collect();
    if queues.is_empty() {
        return Ok(nothing());
    }
    let mut sum = nothing();
    for contents in of_queues(session, name, &queues).await? {
        let contents = contents?;
        let add = |left: Option<u64>, right: Option<u64>| Some(left? + right?);
        sum.messages = add(sum.messages, contents.messages);
        sum.consumers = add(sum.consumers, contents.consumers);
    }
    Ok(sum)
}

async fn of_queues(
    session: &mut RabbitSession,
    vhost: &str,
    queues: &[&str],
) -> Result<Vec<Result<Contents, SessionError>>, SessionError> {
    session.client()?.contents(vhost, queues).await
}

fn nothing() -> Contents {
    Contents { messages: Some(0), consumers: Some(0), bytes: None }
}
