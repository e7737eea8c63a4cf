//! What the kernel's rules do with a connection to a published port. Pure: the texts come from elsewhere.

mod inside;
mod iptables;
mod nftables;
mod walk;

pub(super) use inside::Inside;
pub(super) use walk::reach;

use std::collections::BTreeMap;

use serde::Serialize;

/// A connection as the chains see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Packet {
    /// Where it goes when a chain looks at it: behind the engine's translation, the container's own port.
    pub(super) port: u16,
    /// The port that the client asked for.
    pub(super) asked: u16,
    pub(super) hook: Hook,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hook {
    /// On to a container, with its address translated.
    Forward,
    /// To a program of this machine: an engine's proxy.
    Input,
}

/// All that the kernel was told, as far as it matters here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Rules {
    tables: Vec<Table>,
    /// The engine has chains of its own, so it translates addresses.
    pub(super) engine_translates: bool,
    /// ufw manages chains.
    pub(super) has_ufw: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Table {
    /// `inet firewalld`, `filter` for the one of iptables.
    name: String,
    tool: Tool,
    chains: BTreeMap<String, Chain>,
}

/// Who wrote the rules, and takes others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Tool {
    Iptables,
    Ufw,
    Firewalld,
    Nftables,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Chain {
    hook: Option<Hook>,
    drops_by_default: bool,
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    /// All must hold.
    conditions: Vec<Condition>,
    action: Action,
    /// As it was written.
    text: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Condition {
    Never,
    /// On who asks, or on what cannot be told from here.
    Depends,
    Port(Ports),
    AskedPort(Ports),
    /// Its address was translated.
    Translated,
    /// It goes to this machine itself.
    Local,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Ports {
    ranges: Vec<(u16, u16)>,
    negated: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Action {
    Accept,
    Drop,
    Return,
    Jump(String),
    Goto(String),
    /// It counts, logs, marks.
    Nothing,
}

/// Where a connection ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Culprit {
    pub tool: Tool,
    /// `filter`, `inet mine`.
    pub table: String,
    pub chain: String,
    /// The rule, or the chain's policy.
    pub rule: String,
}

/// What becomes of connections from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Open,
    /// On who asks.
    Some(Culprit),
    Closed(Culprit),
}

impl Rules {
    /// From `iptables -S` and `nft list ruleset`, as far as there are any.
    pub(super) fn parse(iptables: Option<&str>, nftables: Option<&str>, inside: &Inside) -> Self {
        let mut rules = Self::default();
        if let Some(text) = iptables {
            let table = iptables::parse(text, inside);
            rules.engine_translates =
                table.chains.contains_key("DOCKER") || table.chains.contains_key("DOCKER-FORWARD");
            rules.has_ufw = table.chains.keys().any(|name| name.starts_with("ufw-"));
            rules.tables.push(table);
        }
        if let Some(text) = nftables {
            let found = nftables::parse(text, inside);
            rules.engine_translates |= found.engine_translates;
            rules.tables.extend(found.tables);
        }
        rules
    }
}

impl Ports {
    /// `22`, `8000:8100`, `22,80`, `{ 22, 8000-8100 }`; `None` where these are no numbers.
    fn parse(text: &str, negated: bool) -> Option<Self> {
        let text = text.trim_matches(['{', '}', ' ']);
        let range = |part: &str| {
            let part = part.trim();
            let (from, to) = part.split_once([':', '-']).unwrap_or((part, part));
            Some((from.trim().parse().ok()?, to.trim().parse().ok()?))
        };
        let ranges: Option<Vec<(u16, u16)>> = text.split(',').map(range).collect();
        Some(Self { ranges: ranges?, negated })
    }

    fn has(&self, port: u16) -> bool {
        self.ranges.iter().any(|(from, to)| (*from..=*to).contains(&port)) != self.negated
    }
}

impl Culprit {
    /// What to type so that the port opens, with the rule that closes it still there for all others.
    pub(super) fn command(&self, packet: Packet) -> String {
        let (port, asked) = (packet.port, packet.asked);
        match (self.tool, packet.hook) {
            (Tool::Iptables, Hook::Forward) => {
                format!("sudo iptables -I DOCKER-USER -p tcp -m conntrack --ctorigdstport {asked} -j RETURN")
            }
            (Tool::Iptables, Hook::Input) => format!("sudo iptables -I INPUT -p tcp --dport {asked} -j ACCEPT"),
            (Tool::Ufw, Hook::Forward) => format!("sudo ufw route allow proto tcp from any to any port {port}"),
            (Tool::Ufw, Hook::Input) => format!("sudo ufw allow {asked}/tcp"),
            // The engine puts its networks into the zone `docker` again when it hears of it.
            (Tool::Firewalld, Hook::Forward) => "sudo firewall-cmd --reload".to_owned(),
            (Tool::Firewalld, Hook::Input) => {
                format!("sudo firewall-cmd --permanent --add-port={asked}/tcp && sudo firewall-cmd --reload")
            }
            (Tool::Nftables, _) => {
                format!("sudo nft insert rule {} {} tcp dport {port} accept", self.table, self.chain)
            }
        }
    }
}
