//! Whether a registry can be reached from this machine: asked once per registry and run, and quickly, because
//! the engine itself takes up to fifteen seconds to find out.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::docker::Engine;
use crate::model::{HUB, Reference};

const PROBE: Duration = Duration::from_secs(2);
/// What was found out in this run, by host and port.
#[derive(Debug, Default)]
pub(super) struct Reachability(Mutex<BTreeMap<(String, u16), Result<(), String>>>);

impl Reachability {
    /// `Err` with the reason why pulling the reference cannot work. When only the engine can tell, it may.
    pub(super) async fn check(&self, engine: &Engine, reference: &str) -> Result<(), String> {
        let facts = engine.facts();
        if facts.remote || facts.has_own_route {
            return Ok(());
        }
        let registry = Reference::parse(reference).map(|reference| reference.registry);
        let (host, port) = match (registry.as_deref(), &facts.hub_host) {
            (Some(HUB), Some(hub)) => (hub.clone(), 443),
            (Some(HUB), None) | (None, _) => return Ok(()),
            (Some(host), _) => match host.rsplit_once(':') {
                Some((host, port)) => (host.to_owned(), port.parse().unwrap_or(443)),
                None => (host.to_owned(), 443),
            },
        };
        let mut known = self.0.lock().await;
        if let Some(answer) = known.get(&(host.clone(), port)) {
            return answer.clone();
        }
        let answer = match tokio::time::timeout(PROBE, TcpStream::connect((host.as_str(), port))).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(format!("{host} cannot be reached: {error}")),
            Err(_) => Err(format!("{host} does not answer within {} s", PROBE.as_secs())),
        };
        known.insert((host, port), answer.clone());
        answer
    }
}

/// A reference as repository and tag or digest, which is how the engine wants to be asked.
pub(super) fn split_reference(reference: &str) -> (&str, &str) {
    if let Some((repository, digest)) = reference.split_once('@') {
        return (repository, digest);
    }
    match reference.rsplit_once(':') {
        Some((repository, tag)) if !tag.contains('/') => (repository, tag),
        _ => (reference, "latest"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_is_not_a_tag() {
        assert_eq!(split_reference("127.0.0.1:5000/kafka"), ("127.0.0.1:5000/kafka", "latest"));
        assert_eq!(split_reference("docker.io/apache/kafka:4.3.1"), ("docker.io/apache/kafka", "4.3.1"));
        assert_eq!(split_reference("kafka@sha256:00"), ("kafka", "sha256:00"));
    }
}
