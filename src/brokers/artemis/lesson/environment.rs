//! What programs need to connect: for the host, and for containers in the stack's network.

use std::collections::BTreeSet;

use super::{host, ports};
use crate::brokers::EnvironmentVariable;
use crate::brokers::artemis::broker_xml::alias;
use crate::brokers::artemis::kinds::ADMINISTRATOR;
use crate::brokers::artemis::read::Body;
use crate::brokers::artemis::{ADMIN_PASSWORD, CONSOLE, CORE};
use crate::model::{BrokerModel, Facts};

pub(super) fn environment(broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable> {
    let prefix = broker.name.to_uppercase();
    let mut variables = Variables { prefix, used: BTreeSet::new(), list: Vec::new() };
    let host = host(facts);
    let (core, console) = (ports(facts, CORE, 61616), ports(facts, CONSOLE, 8161));
    let outside: Vec<String> = core.iter().map(|port| format!("{host}:{port}")).collect();
    let inside: Vec<String> = (1..=broker.nodes).map(|node| format!("{}:61616", alias(&broker.name, node))).collect();
    variables.add("URL", core_url(&outside), false);
    variables.add("CONTAINER_URL", core_url(&inside), false);
    variables.add("AMQP_URL", format!("amqp://{}", outside[0]), false);
    variables.add("STOMP_URL", format!("stomp://{}", outside[0]), false);
    variables.add("MQTT_URL", format!("mqtt://{}", outside[0]), false);
    variables.add("OPENWIRE_URL", format!("tcp://{}", outside[0]), false);
    variables.add("WEB_STOMP_URL", format!("ws://{}/stomp", outside[0]), false);
    variables.add("HOST", host.clone(), false);
    variables.add("PORT", core[0].to_string(), false);
    variables.add("CONSOLE_URL", format!("http://{host}:{}/console", console[0]), false);
    variables.add("USER", ADMINISTRATOR.to_owned(), false);
    let password = facts.secrets.get(ADMIN_PASSWORD).map(|password| password.reveal().to_owned());
    variables.add("PASSWORD", password.unwrap_or_default(), true);
    for user in Body::read(broker).users {
        let who = part(user.name.name);
        variables.add(&format!("{who}_USER"), user.name.name.to_owned(), false);
        let password = user.password.map(|password| password.reveal().to_owned()).unwrap_or_default();
        variables.add(&format!("{who}_PASSWORD"), password, true);
    }
    variables.list
}

/// Core clients learn the other nodes' names in the stack's network, which nobody outside of it knows: they must keep
/// to the list.
fn core_url(places: &[String]) -> String {
    match places {
        [only] => format!("tcp://{only}"),
        several => {
            let all: Vec<String> = several.iter().map(|place| format!("tcp://{place}")).collect();
            format!("({})?useTopologyForLoadBalancing=false", all.join(","))
        }
    }
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
}

/// A name as a part of a variable's.
fn part(name: &str) -> String {
    let letter = |letter: char| if letter.is_ascii_alphanumeric() { letter.to_ascii_uppercase() } else { '_' };
    name.chars().map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{broker, facts};
    use super::environment;
    use crate::model::Facts;

    fn lines(spec: &str, facts: &Facts) -> Vec<String> {
        let line = |one: crate::brokers::EnvironmentVariable| format!("{}={}", one.name, one.value);
        environment(&broker(spec), facts).into_iter().map(line).collect()
    }

    #[test]
    fn everything_that_a_program_needs() {
        let found = lines("users: { my-app: { password: p }, my_app: { password: q } }", &facts());
        for line in [
            "ART_CONTAINER_URL=tcp://art-1:61616",
            "ART_AMQP_URL=amqp://localhost:61616",
            "ART_WEB_STOMP_URL=ws://localhost:61616/stomp",
            "ART_CONSOLE_URL=http://localhost:8161/console",
            "ART_USER=mqlab",
            "ART_PASSWORD=planted-admin",
            "ART_MY_APP_USER=my-app",
            "ART_MY_APP_USER_2=my_app",
        ] {
            assert!(found.iter().any(|one| one == line), "{line} in {found:#?}");
        }
    }

    #[test]
    fn core_clients_of_a_cluster_keep_to_the_ports_that_they_can_reach() {
        let found = lines("nodes: 2", &facts());
        let url = "ART_URL=(tcp://localhost:61616,tcp://localhost:61617)?useTopologyForLoadBalancing=false";
        assert!(found.iter().any(|one| one == url), "{found:#?}");
    }

    #[test]
    fn every_value_with_a_password_is_secret() {
        let spec = "users: { app: { password: planted-password } }";
        for variable in environment(&broker(spec), &facts()) {
            assert_eq!(variable.secret, variable.value.contains("planted"), "{}", variable.name);
        }
    }
}
