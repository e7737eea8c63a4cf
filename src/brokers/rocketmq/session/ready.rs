//! Whether everything is there. Settings that make no sense, and a name server that nobody reaches, are no reason for
//! a broker to say anything else than "boot success".

use futures_util::future::join_all;
use serde_json::Value as Json;

use super::connection::{ATTEMPT, Connection};
use super::{RocketSession, commands, greeting};
use crate::brokers::rocketmq::{PROXY_PORT, names};
use crate::brokers::{Readiness, SessionError, Target};

/// Whole if the name server lists all brokers, each answers, the replica follows, and the proxy answers both kinds
/// of clients. One broker that answers can be asked for what there is.
pub(super) async fn look(session: &mut RocketSession) -> Result<Readiness, SessionError> {
    let RocketSession { brokers, namesrv, proxy, target } = session;
    let (said, name_server, proxy) = tokio::join!(
        join_all(brokers.iter_mut().map(|broker| broker.knock(commands::own_topic()))),
        name_server(namesrv, target.nodes),
        by_proxy(proxy, target),
    );
    let errors = said.iter().filter_map(|said| said.as_ref().err());
    let silent: Vec<String> = errors.map(|error| crate::error_chain(error)).collect();
    if silent.len() == said.len() {
        return Err(SessionError::NotReady(silent.join("; ")));
    }
    let mut complaints = silent;
    complaints.extend(name_server.err());
    complaints.extend(replication(session).await.err());
    complaints.extend(proxy.err());
    Ok(if complaints.is_empty() { Readiness::Whole } else { Readiness::Degraded(complaints.join("; ")) })
}

async fn name_server(namesrv: &mut Connection, nodes: u32) -> Result<(), String> {
    let route = namesrv.knock(commands::route(names::CLUSTER)).await;
    let found = route.map_or_else(
        |error| Err(format!("the name server: {}", crate::error_chain(&error))),
        |route| Ok(registered(&route)),
    )?;
    if found < nodes as usize {
        return Err(format!("{found} of {nodes} brokers have registered with the name server"));
    }
    Ok(())
}

async fn replication(session: &mut RocketSession) -> Result<(), String> {
    let replicas = session.target.nodes.saturating_sub(1) as usize;
    let Ok(master) = session.master() else { return Err("the master does not run".to_owned()) };
    if replicas == 0 {
        return Ok(());
    }
    match master.knock(commands::replication()).await {
        Ok(status) if followers(&status) < replicas => Err("the replica does not follow its master".to_owned()),
        // Said before, if the master is silent.
        _ => Ok(()),
    }
}

/// Both kinds of clients.
async fn by_proxy(proxy: &mut Connection, target: &Target) -> Result<(), String> {
    let grpc = async {
        match target.endpoint(PROXY_PORT) {
            Some(endpoint) => greeting::greet(endpoint, target.deadline.min(ATTEMPT)).await,
            None => Ok(()),
        }
    };
    let (remoting, grpc) = tokio::join!(proxy.knock(commands::route(names::CLUSTER)), grpc);
    let said = |error: SessionError| format!("the proxy: {}", crate::error_chain(&error));
    remoting.map_err(said)?;
    grpc.map_err(said)
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
