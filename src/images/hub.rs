//! Whether a registry can be reached from this machine: asked once per registry and run, and quickly, because
//! the engine itself takes up to fifteen seconds to find out.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::sync::Mutex;

use crate::docker::Engine;

const PROBE: Duration = Duration::from_secs(2);
/// What an image reference without a registry means.
const HUB: &str = "docker.io";

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
        let (host, port) = match registry_of(reference) {
            (HUB, _) => match &facts.hub_host {
                Some(host) => (host.clone(), 443),
                None => return Ok(()),
            },
            (host, port) => (host.to_owned(), port.unwrap_or(443)),
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

/// Host and port of a reference: the first part, if it can be a host at all.
fn registry_of(reference: &str) -> (&str, Option<u16>) {
    let Some((first, _)) = reference.split_once('/') else { return (HUB, None) };
    match first.rsplit_once(':') {
        Some((host, port)) => (host, port.parse().ok()),
        None if first.contains('.') || first == "localhost" => (first, None),
        None => (HUB, None),
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
    fn the_first_part_is_a_registry_only_if_it_looks_like_one() {
        assert_eq!(registry_of("docker.io/library/rabbitmq:4.0"), (HUB, None));
        assert_eq!(registry_of("rabbitmq:4.0"), (HUB, None));
        assert_eq!(registry_of("apache/kafka:4.3.1"), (HUB, None));
        assert_eq!(registry_of("127.0.0.1:5000/kafka"), ("127.0.0.1", Some(5000)));
        assert_eq!(registry_of("localhost/kafka"), ("localhost", None));
    }

    #[test]
    fn a_port_is_not_a_tag() {
        assert_eq!(split_reference("127.0.0.1:5000/kafka"), ("127.0.0.1:5000/kafka", "latest"));
        assert_eq!(split_reference("docker.io/apache/kafka:4.3.1"), ("docker.io/apache/kafka", "4.3.1"));
        assert_eq!(split_reference("kafka@sha256:00"), ("kafka", "sha256:00"));
    }
}
