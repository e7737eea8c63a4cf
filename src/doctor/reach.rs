//! Who can reach each published port: from the address that it binds to, and the chains on the way to it.

use std::net::IpAddr;

use serde::Serialize;

use super::finding::{Code, Finding};
use super::firewall::{Culprit, Hook, Packet, Reach, Rules, reach};

/// A port on the host, and what is behind it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct PortSeen {
    pub broker: String,
    pub port: String,
    pub node: String,
    pub bind: String,
    pub host: u16,
    /// In the container.
    pub container: u16,
    pub pinned: bool,
    pub held_by: Option<String>,
    pub who: Who,
    /// In words.
    pub why: String,
}

/// Who reaches it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case", tag = "reach", content = "by")]
pub enum Who {
    ThisMachine,
    /// Everybody who reaches the address.
    Everybody,
    /// A rule lets only some in.
    Some(Culprit),
    /// A rule keeps all others out.
    ThisMachineAgainstTheFile(Culprit),
    NotKnown,
}

/// How a connection from elsewhere comes to a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Road {
    /// The engine translates the address before the rules for this machine's own programs see it.
    Forwarded(Rules),
    /// A proxy of the engine's listens like any program.
    Proxied(Rules),
    /// What decides cannot be seen from here.
    Unseen(String),
}

impl Road {
    pub(super) fn of(rules: Rules, rootless: bool) -> Self {
        if rules.engine_translates && !rootless { Self::Forwarded(rules) } else { Self::Proxied(rules) }
    }
}

/// Whether nobody but this machine can come to an address at all.
pub(super) fn is_loopback(bind: &str) -> bool {
    bind == "localhost" || bind.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// The answer, and why it is so.
pub(super) fn who(bind: &str, host: u16, container: u16, road: &Road) -> (Who, String) {
    if is_loopback(bind) {
        return (Who::ThisMachine, "it binds to loopback, so no rule is needed and none would open it".to_owned());
    }
    let (rules, packet) = match road {
        Road::Unseen(why) => return (Who::NotKnown, why.clone()),
        Road::Forwarded(_) | Road::Proxied(_) if bind.parse::<IpAddr>().is_ok_and(|address| address.is_ipv6()) => {
            return (Who::NotKnown, "mqlab reads the rules of IPv4 alone".to_owned());
        }
        Road::Forwarded(rules) => (rules, Packet { port: container, asked: host, hook: Hook::Forward }),
        Road::Proxied(rules) => (rules, Packet { port: host, asked: host, hook: Hook::Input }),
    };
    match (reach(rules, packet), packet.hook) {
        (Reach::Open, Hook::Forward) => {
            let ufw = if rules.has_ufw { ", so ufw does not see it" } else { "" };
            (
                Who::Everybody,
                format!("the engine translates the address before INPUT{ufw}, and nothing on the way drops it"),
            )
        }
        (Reach::Open, Hook::Input) => (Who::Everybody, "the engine's proxy listens, and INPUT lets it in".to_owned()),
        (Reach::Some(culprit), _) => {
            let why = format!("{} decides by who asks: {}", culprit.chain, culprit.rule);
            (Who::Some(culprit), why)
        }
        (Reach::Closed(culprit), _) => {
            let why = format!("{} of {} drops it: {}", culprit.chain, culprit.table, culprit.rule);
            (Who::ThisMachineAgainstTheFile(culprit), why)
        }
    }
}

/// Only where a rule would change the answer.
pub(super) fn check(ports: &[PortSeen], road: &Road) -> Vec<Finding> {
    let closed = ports.iter().filter_map(|port| match &port.who {
        Who::ThisMachineAgainstTheFile(culprit) => Some((port, culprit)),
        _ => None,
    });
    closed.map(|(port, culprit)| finding(port, culprit, road)).collect()
}

fn finding(port: &PortSeen, culprit: &Culprit, road: &Road) -> Finding {
    let packet = match road {
        Road::Forwarded(_) => Packet { port: port.container, asked: port.host, hook: Hook::Forward },
        _ => Packet { port: port.host, asked: port.host, hook: Hook::Input },
    };
    let PortSeen { broker, port: name, bind, host, why, .. } = port;
    let text = format!(
        "the file opens port {host} ({broker}, {name}) to everybody who reaches {bind}, and nobody from elsewhere gets \
         in: {why}"
    );
    let command = format!("{}; or leave `bind` out under `{broker}`", culprit.command(packet));
    Finding::fault(Code::FirewallClosed, broker, text, command)
}

#[cfg(test)]
mod tests {
    use super::super::firewall::Inside;
    use super::*;

    const DOCKER: &str = include_str!("../../tests/fixtures/firewall/docker.iptables");
    const UFW: &str = include_str!("../../tests/fixtures/firewall/ufw.iptables");

    fn road(text: &str, rootless: bool) -> Road {
        Road::of(Rules::parse(Some(text), None, &Inside::default()), rootless)
    }

    fn seen(bind: &str, road: &Road) -> PortSeen {
        let (who, why) = who(bind, 35672, 5672, road);
        PortSeen {
            broker: "jobs".to_owned(),
            port: "amqp".to_owned(),
            node: "1".to_owned(),
            bind: bind.to_owned(),
            host: 35672,
            container: 5672,
            pinned: true,
            held_by: None,
            who,
            why,
        }
    }

    #[test]
    fn loopback_needs_no_rule_and_gets_none() {
        let closed = road(&DOCKER.replace("DOCKER-USER -j RETURN", "DOCKER-USER -j DROP"), false);
        for bind in ["127.0.0.1", "127.0.0.2", "::1", "localhost"] {
            let port = seen(bind, &closed);
            assert_eq!(port.who, Who::ThisMachine);
            assert_eq!(check(&[port], &closed), []);
        }
    }

    #[test]
    fn a_published_port_passes_by_ufw() {
        let mut both = UFW.to_owned();
        both.extend(DOCKER.lines().filter(|line| !line.starts_with("-P")).flat_map(|line| [line, "\n"]));
        let both = both.replacen(
            "-A FORWARD ",
            "-A FORWARD -j DOCKER-USER\n-A FORWARD -j DOCKER-ISOLATION-STAGE-1\n-A FORWARD ",
            1,
        );
        let port = seen("0.0.0.0", &road(&both, false));
        assert_eq!(port.who, Who::Everybody);
        assert!(port.why.contains("so ufw does not see it"), "{}", port.why);
        // A rootless engine's proxy is a program like any other.
        let rootless = road(&both, true);
        let port = seen("0.0.0.0", &rootless);
        let found = check(&[port], &rootless);
        assert_eq!(found[0].command, "sudo ufw allow 35672/tcp; or leave `bind` out under `jobs`");
    }

    #[test]
    fn a_closed_port_is_a_fault_and_one_for_some_is_not() {
        let closed = road(
            &DOCKER.replace("-A DOCKER-USER -j RETURN", "-A DOCKER-USER -p tcp -m tcp --dport 5672 -j DROP"),
            false,
        );
        let found = check(&[seen("0.0.0.0", &closed)], &closed);
        assert_eq!(found[0].code, Code::FirewallClosed);
        assert!(found[0].text.contains("--dport 5672 -j DROP"), "{}", found[0].text);
        let some = road(&DOCKER.replace("-A DOCKER-USER -j RETURN", "-A DOCKER-USER ! -s 10.0.0.0/8 -j DROP"), false);
        let port = seen("192.168.1.2", &some);
        assert!(matches!(port.who, Who::Some(_)));
        assert_eq!(check(&[port], &some), []);
    }

    #[test]
    fn what_cannot_be_seen_is_not_judged() {
        let unseen = Road::Unseen("elsewhere".to_owned());
        let port = seen("0.0.0.0", &unseen);
        assert_eq!((&port.who, port.why.as_str()), (&Who::NotKnown, "elsewhere"));
        assert_eq!(check(&[port], &unseen), []);
        assert_eq!(seen("::", &road(DOCKER, false)).who, Who::NotKnown);
    }
}
