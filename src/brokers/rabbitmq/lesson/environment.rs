//! What programs need to connect: for the host, and for containers in the stack's network.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::super::kinds::ADMINISTRATOR;
use super::super::read::{Body, ROOT, User};
use super::super::{PORTS, port_number};
use super::calls::bracketed;
use super::names;
use crate::brokers::EnvironmentVariable;
use crate::model::{BrokerModel, Facts, Secret};

/// What means itself in each part of a URL.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn environment(broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable> {
    let body = Body::read(broker);
    let host = Some(facts.advertise_host.as_str()).filter(|host| !host.is_empty()).unwrap_or("localhost");
    let mut variables = Variables { broker, host, facts, used: BTreeSet::new(), list: Vec::new() };
    let administrator = Account { name: ADMINISTRATOR, password: facts.secrets.get("admin_password") };
    variables.urls("", administrator, ROOT);
    variables.add("HOST", host.to_owned(), false);
    variables.add("PORT", variables.port("amqp").to_string(), false);
    variables.login("", administrator);
    variables.add("VHOST", ROOT.to_owned(), false);
    variables.other_ports();
    for vhost in body.vhosts.iter().map(|vhost| vhost.name.name).filter(|name| *name != ROOT) {
        variables.urls(&format!("VHOST_{}_", names::part(vhost)), administrator, vhost);
    }
    for user in &body.users {
        variables.user(user);
    }
    variables.list
}

/// The administrator's variable for a virtual host; a virtual host whose name looks like an earlier one's has another.
pub(super) fn variable(broker: &str, vhost: &str, end: &str) -> String {
    let scope = if vhost == ROOT { String::new() } else { format!("VHOST_{}_", names::part(vhost)) };
    format!("{}_{scope}{end}", names::prefix(broker))
}

#[derive(Clone, Copy)]
struct Account<'a> {
    name: &'a str,
    password: Option<&'a Secret>,
}

struct Variables<'a> {
    broker: &'a BrokerModel,
    host: &'a str,
    facts: &'a Facts,
    used: BTreeSet<String>,
    list: Vec<EnvironmentVariable>,
}

impl Variables<'_> {
    fn port(&self, name: &str) -> u16 {
        self.facts.port(name).unwrap_or(port_number(name))
    }

    /// Two names may look the same as variables: the later one gets a number.
    fn add(&mut self, name: &str, value: String, secret: bool) {
        let base = format!("{}_{name}", names::prefix(&self.broker.name));
        let numbered = (2..).map(|number| format!("{base}_{number}"));
        let free = [base.clone()].into_iter().chain(numbered).find(|name| !self.used.contains(name));
        let name = free.unwrap_or(base);
        self.used.insert(name.clone());
        self.list.push(EnvironmentVariable { name, value, secret });
    }

    /// From the host, and from a container in the stack's network.
    fn urls(&mut self, who: &str, account: Account<'_>, vhost: &str) {
        let outside = amqp(account, &bracketed(self.host), self.port("amqp"), vhost);
        let inside = amqp(account, &self.broker.name, port_number("amqp"), vhost);
        self.add(&format!("{who}AMQP_URL"), outside, true);
        let ports = self.facts.ports.get("amqp").map_or(&[][..], Vec::as_slice);
        if ports.len() > 1 {
            let of_node = |port: &u16| amqp(account, &bracketed(self.host), *port, vhost);
            let all = ports.iter().map(of_node).collect::<Vec<_>>().join(",");
            self.add(&format!("{who}AMQP_URLS"), all, true);
        }
        self.add(&format!("{who}CONTAINER_AMQP_URL"), inside, true);
    }

    fn login(&mut self, who: &str, account: Account<'_>) {
        self.add(&format!("{who}USER"), account.name.to_owned(), false);
        let password = account.password.map(|password| password.reveal().to_owned()).unwrap_or_default();
        self.add(&format!("{who}PASSWORD"), password, true);
    }

    /// Without credentials: these protocols take them elsewhere.
    fn other_ports(&mut self) {
        let on = PORTS.iter().filter(|port| port.name != "amqp" && (port.when)(self.broker));
        for port in on {
            let path = match port.name {
                "web_stomp" => "/ws",
                "prometheus" => "/metrics",
                _ => "",
            };
            let value = format!("{}://{}:{}{path}", port.scheme, bracketed(self.host), self.port(port.name));
            self.add(&format!("{}_URL", port.name.to_uppercase()), value, false);
        }
    }

    /// A URL for each virtual host that the user may enter; `/`, or else the first, is the plain one.
    fn user(&mut self, user: &User<'_>) {
        let account = Account { name: user.name.name, password: user.password.as_ref() };
        let who = format!("{}_", names::part(account.name));
        let vhosts: Vec<&str> = user.permissions.iter().map(|permission| permission.vhost.name).collect();
        let main = vhosts.iter().copied().find(|vhost| *vhost == ROOT).or(vhosts.first().copied());
        if let Some(main) = main {
            self.urls(&who, account, main);
        }
        self.login(&who, account);
        for vhost in vhosts.into_iter().filter(|vhost| Some(*vhost) != main) {
            self.urls(&format!("{who}VHOST_{}_", names::part(vhost)), account, vhost);
        }
    }
}

fn amqp(account: Account<'_>, host: &str, port: u16, vhost: &str) -> String {
    let encoded = |text: &str| utf8_percent_encode(text, PLAIN).to_string();
    let password = account.password.map(|password| format!(":{}", encoded(password.reveal()))).unwrap_or_default();
    format!("amqp://{}{password}@{host}:{port}/{}", encoded(account.name), encoded(vhost))
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{broker, facts, golden};
    use super::environment;
    use crate::model::{BrokerModel, Facts};

    fn lines(broker: &BrokerModel, facts: &Facts) -> String {
        let line = |variable: crate::brokers::EnvironmentVariable| {
            format!("{}{}={}\n", if variable.secret { "secret " } else { "" }, variable.name, variable.value)
        };
        environment(broker, facts).into_iter().map(line).collect()
    }

    #[test]
    fn everything_that_a_program_needs() {
        let spec = r#"
plugins: [rabbitmq_web_stomp, rabbitmq_mqtt, rabbitmq_stream]
vhosts: { shop: {}, "a/b": {} }
users:
  mailer: { password: "p@ss/word", permissions: { shop: { read: ".*" }, /: { read: ".*" }, "a/b": {} } }
  watcher: { password: "w", tags: [monitoring] }
  picky: { password: "%", permissions: { shop: {} } }
  "pi-cky": { password: "other", permissions: { shop: {} } }
  container: { password: "c", permissions: { /: {} } }
  日本: { password: "j", permissions: { /: {} } }
"#;
        golden("environment.txt", &lines(&broker(spec), &facts()));
    }

    #[test]
    fn a_cluster_is_reached_at_each_node() {
        let mut facts = facts();
        facts.ports.insert("amqp".to_owned(), vec![5672, 5673]);
        let text = lines(&broker("nodes: 2"), &facts);
        let urls = text.lines().find_map(|line| line.strip_prefix("secret JOBS_AMQP_URLS=")).unwrap();
        let ends: Vec<&str> = urls.split(',').map(|url| url.split_once('@').unwrap().1).collect();
        assert_eq!(ends, ["localhost:5672/%2F", "localhost:5673/%2F"]);
    }

    #[test]
    fn names_are_never_given_twice() {
        let spec = "vhosts: { a: {}, A: {} }\nusers: { vhost-a: { password: p, permissions: { /: {} } }, vhost_a: { password: q } }";
        let names: Vec<String> =
            environment(&broker(spec), &facts()).into_iter().map(|variable| variable.name).collect();
        let unique: std::collections::BTreeSet<&String> = names.iter().collect();
        assert_eq!(unique.len(), names.len(), "{names:?}");
        assert!(names.iter().all(|name| name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')));
    }

    #[test]
    fn every_value_with_a_password_is_secret() {
        let spec = "users: { mailer: { password: planted-password, permissions: { /: {} } } }";
        for variable in environment(&broker(spec), &facts()) {
            assert_eq!(variable.secret, variable.value.contains("planted-password"), "{}", variable.name);
        }
    }

    #[test]
    fn a_remote_engine_is_where_its_address_says() {
        let facts = Facts { advertise_host: "fd00::7".into(), ..facts() };
        let text = lines(&broker("{}"), &facts);
        assert!(text.contains("@[fd00::7]:25672/%2F\n") && text.contains("JOBS_HOST=fd00::7\n"), "{text}");
    }
}
