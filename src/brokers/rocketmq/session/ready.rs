//! Whether everything is there. Settings that make no sense, and a name server that nobody reaches, are no reason for
//! a broker to say anything else than "boot success".

use serde_json::Value as Json;

use super::connection::{ATTEMPT, Connection};
use super::{RocketSession, commands, greeting};
use crate::brokers::rocketmq::{PROXY_PORT, names};
use crate::brokers::{Readiness, SessionError};

/// Whole if the name server lists all brokers, each answers, the replica follows, and the proxy answers both kinds
/// of clients. One broker that answers can be asked for what there is.
pub(super) async fn look(session: &mut RocketSession) -> Result<Readiness, SessionError> {
    let mut complaints = Vec::new();
    let mut answering = 0;
    for broker in &mut session.brokers {
        match broker.knock(commands::own_topic()).await {
            Ok(_) => answering += 1,
            Err(error) => complaints.push(crate::error_chain(&error)),
        }
    }
    if answering == 0 {
        return Err(SessionError::NotReady(complaints.join("; ")));
    }
    let nodes = session.brokers.len();
    for complaint in
        [name_server(&mut session.namesrv, nodes).await, replication(&mut session.brokers).await, proxy(session).await]
    {
        complaints.extend(complaint.err());
    }
    Ok(if complaints.is_empty() { Readiness::Whole } else { Readiness::Degraded(complaints.join("; ")) })
}

async fn name_server(namesrv: &mut Connection, nodes: usize) -> Result<(), String> {
    let route = namesrv.knock(commands::route(names::CLUSTER)).await;
    let found = route.map_or_else(
        |error| Err(format!("the name server: {}", crate::error_chain(&error))),
        |route| Ok(registered(&route)),
    )?;
    if found < nodes {
        return Err(format!("{found} of {nodes} brokers have registered with the name server"));
    }
    Ok(())
}

async fn replication(brokers: &mut [Connection]) -> Result<(), String> {
    let [master, replicas @ ..] = brokers else { return Ok(()) };
    if replicas.is_empty() {
        return Ok(());
    }
    match master.knock(commands::replication()).await {
        Ok(status) if followers(&status) < replicas.len() => Err("the replica does not follow its master".to_owned()),
        // Said before, if the master is gone.
        _ => Ok(()),
    }
}

async fn proxy(session: &mut RocketSession) -> Result<(), String> {
    let said = |error: &SessionError| format!("the proxy: {}", crate::error_chain(error));
    session.proxy.knock(commands::route(names::CLUSTER)).await.map_err(|error| said(&error))?;
    let Some(endpoint) = session.target.endpoint(PROXY_PORT) else { return Ok(()) };
    greeting::greet(endpoint, session.target.deadline.min(ATTEMPT)).await.map_err(|error| said(&error))
}

/// How many brokers the name server lists.
fn registered(route: &Json) -> usize {
    let brokers = route.get("brokerDatas").and_then(Json::as_array).into_iter().flatten();
    let addresses = brokers.filter_map(|broker| broker.get("brokerAddrs")?.as_object());
    addresses.map(serde_json::Map::len).sum()
}

/// How many replicas copy from the master right now.
fn followers(status: &Json) -> usize {
    status.get("haConnectionInfo").and_then(Json::as_array).map_or(0, Vec::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::brokers::rocketmq::recorded;

    #[test]
    fn a_route_lists_the_master_and_its_replica() {
        assert_eq!(registered(&recorded::body("route-of-the-cluster")), 2);
        // The proxy names itself for each of them.
        assert_eq!(registered(&recorded::body("route-by-the-proxy")), 2);
    }

    #[test]
    fn a_master_lists_who_copies_from_it() {
        assert_eq!(followers(&recorded::body("replication")), 1);
    }
}
