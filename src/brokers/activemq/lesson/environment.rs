//! What programs need to connect: on the host, and in containers of the stack's network.

use std::collections::BTreeSet;

use super::{bracketed, outside_host, variable_part};
use crate::brokers::activemq::containers::host_port;
use crate::brokers::activemq::kinds::ADMINISTRATOR;
use crate::brokers::activemq::read::Body;
use crate::brokers::activemq::{ADMIN_PASSWORD, OPENWIRE, PORTS, node_name};
use crate::brokers::{EnvironmentVariable, PortDescription};
use crate::model::{BrokerModel, Facts, Secret};

pub(super) fn environment(broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable> {
    let mut variables = Variables { prefix: variable_part(&broker.name), used: BTreeSet::new(), list: Vec::new() };
    for port in PORTS {
        let outside = |node| (bracketed(outside_host(facts)), host_port(facts, port, node));
        let inside = |node| (node_name(&broker.name, node), port.number);
        let all = |place: &dyn Fn(u32) -> (String, u16)| (1..=broker.nodes).map(place).collect::<Vec<_>>();
        let name = port.name.to_uppercase();
        variables.add(&format!("{name}_URL"), url(port, &all(&outside)), false);
        if broker.nodes > 1 {
            variables.add(&format!("{name}_URLS"), urls(port, &all(&outside)).collect::<Vec<_>>().join(","), false);
        }
        variables.add(&format!("CONTAINER_{name}_URL"), url(port, &all(&inside)), false);
    }
    variables.login("", ADMINISTRATOR, facts.secrets.get(ADMIN_PASSWORD));
    for user in &Body::read(broker).users {
        variables.login(&format!("{}_", variable_part(user.name.name)), user.name.name, user.password.as_ref());
    }
    variables.list
}

/// JMS clients take several nodes in one URL, and find another one when theirs goes; others take the first.
fn url(port: &PortDescription, places: &[(String, u16)]) -> String {
    let mut urls = urls(port, places);
    if port.name == OPENWIRE && places.len() > 1 {
        return format!("failover:({})", urls.collect::<Vec<_>>().join(","));
    }
    urls.next().unwrap_or_default()
}

/// Each node's own.
fn urls(port: &PortDescription, places: &[(String, u16)]) -> impl Iterator<Item = String> {
    places.iter().map(|(host, number)| format!("{}://{host}:{number}", port.scheme))
}

struct Variables {
    prefix: String,
    used: BTreeSet<String>,
    list: Vec<EnvironmentVariable>,
}

impl Variables {
    /// Two names may look the same as variables: the later one gets a number.
    fn add(&mut self, name: &str, value: String, secret: bool) {
        let base = format!("{}_{name}", self.prefix);
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let free = [base.clone()].into_iter().chain(numbered).find(|name| !self.used.contains(name));
        let name = free.unwrap_or(base);
        self.used.insert(name.clone());
        self.list.push(EnvironmentVariable { name, value, secret });
    }

    fn login(&mut self, who: &str, user: &str, password: Option<&Secret>) {
        self.add(&format!("{who}USER"), user.to_owned(), false);
        let password = password.map(|password| password.reveal().to_owned()).unwrap_or_default();
        self.add(&format!("{who}PASSWORD"), password, true);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{broker, facts, golden};
    use super::environment;

    fn lines(spec: &str) -> String {
        let line = |variable: crate::brokers::EnvironmentVariable| {
            format!("{}{}={}\n", if variable.secret { "secret " } else { "" }, variable.name, variable.value)
        };
        environment(&broker(spec), &facts()).into_iter().map(line).collect()
    }

    #[test]
    fn everything_that_a_program_needs() {
        golden(
            "environment.txt",
            &lines("users: { app: { password: planted }, 'ap-p': { password: p }, ap_p: { password: q } }"),
        );
    }

    #[test]
    fn jms_clients_get_every_node() {
        let lines = lines("nodes: 2");
        assert!(
            lines.contains("LEGACY_OPENWIRE_URL=failover:(tcp://localhost:31616,tcp://localhost:31617)\n"),
            "{lines}"
        );
        assert!(lines.contains("LEGACY_STOMP_URLS=stomp://localhost:31613,stomp://localhost:31614\n"), "{lines}");
        assert!(
            lines.contains("LEGACY_CONTAINER_OPENWIRE_URL=failover:(tcp://legacy-1:61616,tcp://legacy-2:61616)\n"),
            "{lines}"
        );
    }
}
