//! `nft list ruleset`.

use std::collections::BTreeMap;

use super::{Action, Chain, Condition, Hook, Inside, Ports, Rule, Table, Tool};

/// The tables that matter, and whether the engine has one.
pub(super) struct Found {
    pub(super) tables: Vec<Table>,
    pub(super) engine_translates: bool,
}

/// IPv4 alone; tables of iptables are left to it, and the engine's own to the engine.
pub(super) fn parse(text: &str, inside: &Inside) -> Found {
    let mut found = Found { tables: Vec::new(), engine_translates: false };
    let mut lines = Lines(text.lines());
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let ["table", family, name, "{"] = words[..] else { continue };
        let chains = chains(&mut lines, inside);
        // Docker 29 can write its rules here instead of into iptables.
        if name.starts_with("docker-") {
            found.engine_translates = true;
            continue;
        }
        let is_of_iptables = chains.keys().any(|name| ["FORWARD", "INPUT", "PREROUTING"].contains(&name.as_str()));
        if !["inet", "ip"].contains(&family) || is_of_iptables {
            continue;
        }
        let tool = if name.contains("firewalld") { Tool::Firewalld } else { Tool::Nftables };
        found.tables.push(Table { name: format!("{family} {name}"), tool, chains });
    }
    found
}

/// Lines with what is in braces on one of them: sets are wrapped.
struct Lines<'a>(std::str::Lines<'a>);

impl Lines<'_> {
    fn next(&mut self) -> Option<String> {
        self.0.next().map(|line| line.trim().to_owned())
    }

    /// A whole rule.
    fn whole(&mut self, first: String) -> String {
        let mut line = first;
        while line.matches('{').count() > line.matches('}').count() {
            let Some(next) = self.next() else { break };
            line.push(' ');
            line.push_str(&next);
        }
        line
    }
}

/// Up to the end of the table.
fn chains(lines: &mut Lines<'_>, inside: &Inside) -> BTreeMap<String, Chain> {
    let mut chains = BTreeMap::new();
    while let Some(line) = lines.next() {
        if line == "}" {
            break;
        }
        if let Some(name) = line.strip_prefix("chain ").and_then(|rest| rest.strip_suffix('{')) {
            chains.insert(name.trim().to_owned(), chain(lines, inside));
        } else if line.ends_with('{') {
            // A set, a map, a table of flows.
            let _passed_over = lines.whole(line);
        }
    }
    chains
}

fn chain(lines: &mut Lines<'_>, inside: &Inside) -> Chain {
    let mut chain = Chain::default();
    while let Some(line) = lines.next() {
        if line == "}" {
            break;
        }
        let line = lines.whole(line);
        if line.starts_with("type ") && line.contains(" hook ") {
            let is_filter = line.starts_with("type filter");
            chain.hook = match line.split(" hook ").nth(1).and_then(|rest| rest.split_whitespace().next()) {
                Some("forward") if is_filter => Some(Hook::Forward),
                Some("input") if is_filter => Some(Hook::Input),
                _ => None,
            };
            chain.drops_by_default = line.contains("policy drop");
        } else if !line.is_empty() && !line.starts_with("comment ") {
            chain.rules.push(rule(&line, inside));
        }
    }
    chain
}

/// Split at spaces, but for those in quotes and braces.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let (mut quoted, mut depth) = (false, 0_u32);
    for character in line.chars() {
        match character {
            '"' => quoted = !quoted,
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if character == ' ' && !quoted && depth == 0 {
            words.push(String::new());
        } else {
            words.iter_mut().last().into_iter().for_each(|word| word.push(character));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn rule(line: &str, inside: &Inside) -> Rule {
    let words = words(line);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (mut conditions, mut action) = (Vec::new(), Action::Nothing);
    let mut rest = words.as_slice();
    while let [word, after @ ..] = rest {
        let next = after.first().copied().unwrap_or_default();
        let verdict = match *word {
            "accept" => Some(Action::Accept),
            "drop" | "reject" => Some(Action::Drop),
            "return" => Some(Action::Return),
            "jump" => Some(Action::Jump(next.to_owned())),
            "goto" => Some(Action::Goto(next.to_owned())),
            _ => None,
        };
        if let Some(verdict) = verdict {
            action = verdict;
            break;
        }
        let (condition, taken) = condition(rest, inside);
        conditions.extend(condition);
        rest = rest.get(taken..).unwrap_or_default();
    }
    Rule { conditions, action, text: line.to_owned() }
}

/// What the next words ask, and how many they are. `None` where it holds for every new connection from elsewhere.
fn condition(words: &[&str], inside: &Inside) -> (Option<Condition>, usize) {
    // `VALUE`, `!= VALUE`, `in VALUE`.
    let value = |at: usize| match words.get(at).copied() {
        Some("!=") => (words.get(at + 1).copied().unwrap_or_default(), true, at + 2),
        Some("==" | "in") => (words.get(at + 1).copied().unwrap_or_default(), false, at + 2),
        other => (other.unwrap_or_default(), false, at + 1),
    };
    let unless = |holds: bool, negated: bool| (holds == negated).then_some(Condition::Never);
    let has = |text: &str, wanted: &str| text.split([',', ' ', '{', '}']).any(|part| part == wanted);
    let ports = |text: &str, negated: bool, of: fn(Ports) -> Condition| {
        Some(Ports::parse(text, negated).map_or(Condition::Depends, of))
    };
    match *words {
        ["counter", "packets", _, "bytes", ..] => (None, 5),
        ["comment", ..] => (None, 2),
        ["log", ..] => {
            let options = ["prefix", "level", "group", "flags", "snaplen", "queue-threshold"];
            let mut taken = 1;
            while words.get(taken).is_some_and(|word| options.contains(word)) {
                taken += 2;
            }
            (None, taken)
        }
        ["tcp" | "th", "dport", ..] => {
            let (text, negated, taken) = value(2);
            (ports(text, negated, Condition::Port), taken)
        }
        ["udp" | "sctp" | "dccp" | "icmp" | "icmpv6" | "igmp" | "ip6", ..] => (Some(Condition::Never), 2),
        ["ct", "state", ..] => {
            let (text, negated, taken) = value(2);
            (unless(has(text, "new"), negated), taken)
        }
        ["ct", "status", ..] => {
            let (text, negated, taken) = value(2);
            (Some(if has(text, "dnat") && !negated { Condition::Translated } else { Condition::Depends }), taken)
        }
        ["ct", "original", "proto-dst", ..] => {
            let (text, negated, taken) = value(3);
            (ports(text, negated, Condition::AskedPort), taken)
        }
        ["ct", "original", "ip", ..] => (Some(Condition::Depends), value(4).2),
        ["ct", "direction", ..] => {
            let (text, negated, taken) = value(2);
            (unless(has(text, "original"), negated), taken)
        }
        ["meta", "l4proto", ..] | ["ip", "protocol", ..] => {
            let (text, negated, taken) = value(2);
            (unless(has(text, "tcp") || has(text, "6"), negated), taken)
        }
        ["meta", "nfproto", ..] => {
            let (text, negated, taken) = value(2);
            (unless(has(text, "ipv4"), negated), taken)
        }
        ["counter" | "meta", ..] => (None, 1),
        ["iifname" | "iif", ..] => {
            let (text, negated, taken) = value(1);
            let is_inside = inside.has_interface(text.trim_matches('"'));
            (if is_inside { unless(false, negated) } else { Some(Condition::Depends) }, taken)
        }
        ["fib", "daddr", "type", ..] => {
            let (text, negated, taken) = value(3);
            (Some(if text == "local" && !negated { Condition::Local } else { Condition::Depends }), taken)
        }
        ["ip", "saddr", ..] => {
            let (text, negated, taken) = value(2);
            (if inside.has_network(text) { unless(false, negated) } else { Some(Condition::Depends) }, taken)
        }
        ["oifname" | "oif", ..] => (Some(Condition::Depends), value(1).2),
        ["ip", _, ..] => (Some(Condition::Depends), value(2).2),
        _ => (Some(Condition::Depends), 1),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Packet, Reach, Rules, reach};
    use super::*;

    /// From firewalld 1.3 with the zone that Docker makes; from nftables 1.0 with what a careful server has.
    const FIREWALLD: &str = include_str!("../../../tests/fixtures/firewall/firewalld.nft");
    const SERVER: &str = include_str!("../../../tests/fixtures/firewall/server.nft");

    const FORWARDED: Packet = Packet { port: 5672, asked: 35672, hook: Hook::Forward };
    const LOCAL: Packet = Packet { port: 35672, asked: 35672, hook: Hook::Input };

    fn ask(text: &str, packet: Packet) -> Reach {
        reach(&Rules::parse(None, Some(text), &Inside::default()), packet)
    }

    fn forward(rules: &str, policy: &str) -> String {
        format!(
            "table inet mine {{\n\tchain f {{\n\t\ttype filter hook forward priority filter; policy {policy};\n{rules}\n\t}}\n}}\n"
        )
    }

    #[test]
    fn a_server_that_forwards_nothing_closes_what_is_published() {
        let Reach::Closed(culprit) = ask(SERVER, FORWARDED) else { panic!("it is closed") };
        assert_eq!(
            (culprit.tool, culprit.table.as_str(), culprit.chain.as_str()),
            (Tool::Nftables, "inet filter", "forward")
        );
        let command = culprit.command(FORWARDED);
        assert_eq!(command, "sudo nft insert rule inet filter forward tcp dport 5672 accept");
        // And it does open it.
        let at = "policy drop;\n\t\tct state";
        assert!(SERVER.contains(at));
        let opened = SERVER.replace(at, "policy drop;\n\t\ttcp dport 5672 accept\n\t\tct state");
        assert_eq!(ask(&opened, FORWARDED), Reach::Open);
        assert!(matches!(ask(SERVER, LOCAL), Reach::Closed(_)));
        assert_eq!(ask(SERVER, Packet { port: 22, asked: 22, hook: Hook::Input }), Reach::Open);
    }

    #[test]
    fn firewalld_lets_through_what_was_translated_and_asks_for_ports_of_the_machine() {
        assert_eq!(ask(FIREWALLD, FORWARDED), Reach::Open);
        let Reach::Closed(culprit) = ask(FIREWALLD, LOCAL) else { panic!("it is closed") };
        let command = "sudo firewall-cmd --permanent --add-port=35672/tcp && sudo firewall-cmd --reload";
        assert_eq!((culprit.tool, culprit.command(LOCAL).as_str()), (Tool::Firewalld, command));
        let without = FIREWALLD.replace("ct status dnat accept", "");
        assert!(matches!(ask(&without, FORWARDED), Reach::Closed(_)));
    }

    #[test]
    fn rules_are_read_as_the_kernel_takes_them() {
        for (rules, policy, wanted) in [
            ("tcp dport { 80, 5672 } drop", "accept", "closed"),
            ("tcp dport 5000-6000 reject with tcp reset", "accept", "closed"),
            ("meta l4proto tcp ct original proto-dst 35672 counter packets 3 bytes 180 drop", "accept", "closed"),
            ("tcp dport != 5672 drop", "accept", "open"),
            ("udp dport 5672 drop", "accept", "open"),
            ("ip saddr 10.0.0.0/8 tcp dport 5672 accept", "drop", "some"),
            ("iifname \"eth0\" tcp dport 5672 drop", "accept", "some"),
            ("iifname \"docker0\" drop", "accept", "open"),
            ("ct state established,related accept\ntcp dport {\n 80,\n 5672 } accept", "drop", "open"),
            ("log prefix \"accept drop \" level info\ntcp dport 5672 accept comment \"drop\"", "drop", "open"),
            ("limit rate 5/second accept", "drop", "some"),
            ("", "drop", "closed"),
        ] {
            let found = match ask(&forward(rules, policy), FORWARDED) {
                Reach::Open => "open",
                Reach::Some(_) => "some",
                Reach::Closed(_) => "closed",
            };
            assert_eq!(found, wanted, "{rules} with {policy}");
        }
    }

    #[test]
    fn tables_of_others_are_left_to_them() {
        let engines = "table ip docker-bridges {\n\tchain filter-FORWARD {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n";
        let rules = Rules::parse(None, Some(engines), &Inside::default());
        assert!(rules.engine_translates);
        assert_eq!(reach(&rules, FORWARDED), Reach::Open);
        let iptables = "# Warning: table ip filter is managed by iptables-nft, do not touch!\ntable ip filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy drop;\n\t}\n}\n";
        assert_eq!(ask(iptables, FORWARDED), Reach::Open);
        let six = forward("drop", "drop").replace("inet mine", "ip6 mine");
        assert_eq!(ask(&six, FORWARDED), Reach::Open);
    }
}
