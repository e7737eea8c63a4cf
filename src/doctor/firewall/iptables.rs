//! `iptables -S`: the table `filter`.

use std::collections::BTreeMap;

use super::{Action, Chain, Condition, Hook, Inside, Ports, Rule, Table, Tool};

/// The one chain of the engine's that is the user's.
const OF_THE_USER: &str = "DOCKER-USER";
const OF_THE_ENGINE: &str = "DOCKER";

/// What cannot be read is left out, or makes its rule depend on something.
pub(super) fn parse(text: &str, inside: &Inside) -> Table {
    let mut chains: BTreeMap<String, Chain> = BTreeMap::new();
    for line in text.lines() {
        let words = words(line);
        let mut words = words.iter().map(String::as_str);
        let (Some(what), Some(name)) = (words.next(), words.next()) else { continue };
        let chain = chains.entry(name.to_owned()).or_default();
        match what {
            "-P" => {
                chain.hook = match name {
                    "FORWARD" => Some(Hook::Forward),
                    "INPUT" => Some(Hook::Input),
                    _ => None,
                };
                chain.drops_by_default = words.next() == Some("DROP");
            }
            "-A" => chain.rules.push(rule(words, line, inside)),
            _ => {}
        }
    }
    Table { name: "filter".to_owned(), tool: Tool::Iptables, chains }
}

/// Split at spaces, but for those in quotes, which stay: what is in them begins no option.
fn words(line: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut quoted = false;
    for character in line.trim().chars() {
        if character == '"' {
            quoted = !quoted;
        }
        if character == ' ' && !quoted {
            words.push(String::new());
        } else {
            words.iter_mut().last().into_iter().for_each(|word| word.push(character));
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

fn rule<'a>(words: impl Iterator<Item = &'a str>, line: &str, inside: &Inside) -> Rule {
    let mut words = words.peekable();
    let mut conditions = Vec::new();
    let mut negated = false;
    let mut action = Action::Nothing;
    while let Some(word) = words.next() {
        if word == "!" {
            negated = true;
            continue;
        }
        if word == "-j" || word == "-g" {
            let target = words.next().unwrap_or_default();
            action = target_of(target, word == "-g");
            // What the engine's own chains are asked about, they let in where the engine published it.
            if target.starts_with(OF_THE_ENGINE) && target != OF_THE_USER {
                (conditions, action) = (Vec::new(), Action::Accept);
            }
            // What follows says how, and not whether.
            break;
        }
        let mut value = || words.next_if(|next| !next.starts_with('-') && *next != "!").unwrap_or_default();
        conditions.extend(condition(word, value(), negated, inside));
        while words.next_if(|next| !next.starts_with('-') && *next != "!").is_some() {}
        negated = false;
    }
    Rule { conditions, action, text: line.trim().to_owned() }
}

fn target_of(target: &str, is_goto: bool) -> Action {
    match target {
        "ACCEPT" => Action::Accept,
        "DROP" | "REJECT" => Action::Drop,
        "RETURN" => Action::Return,
        chain if is_goto => Action::Goto(chain.to_owned()),
        // Of a chain that is not there, such as LOG, nothing comes.
        chain => Action::Jump(chain.to_owned()),
    }
}

/// `None` where it holds for every new connection from elsewhere.
fn condition(option: &str, value: &str, negated: bool, inside: &Inside) -> Option<Condition> {
    let unless = |holds: bool| (holds == negated).then_some(Condition::Never);
    match option {
        "-m" | "--comment" => None,
        "-p" | "--ctproto" => unless(matches!(value, "tcp" | "all" | "6" | "0")),
        "--dport" | "--dports" => Some(Ports::parse(value, negated).map_or(Condition::Depends, Condition::Port)),
        "--ctorigdstport" => Some(Ports::parse(value, negated).map_or(Condition::Depends, Condition::AskedPort)),
        "--ctstate" | "--state" => {
            let states: Vec<&str> = value.split(',').collect();
            match (states.contains(&"NEW"), states.contains(&"DNAT")) {
                (false, true) if !negated => Some(Condition::Translated),
                (is_new, _) => unless(is_new),
            }
        }
        "--ctdir" => unless(value == "ORIGINAL"),
        "--dst-type" => match (value, negated) {
            ("LOCAL", false) => Some(Condition::Local),
            ("LOCAL", true) => Some(Condition::Depends),
            _ => unless(false),
        },
        "-i" if inside.has_interface(value) => unless(false),
        "-s" if inside.has_network(value) => unless(false),
        "-d" if ["224.", "239.", "255.", "127."].iter().any(|group| value.starts_with(group)) => unless(false),
        _ => Some(Condition::Depends),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Culprit, Packet, Reach, Rules, reach};
    use super::*;

    /// From an engine of Debian 12 with one network and one published port.
    const DOCKER: &str = include_str!("../../../tests/fixtures/firewall/docker.iptables");
    const UFW: &str = include_str!("../../../tests/fixtures/firewall/ufw.iptables");

    fn forwarded(port: u16, asked: u16) -> Packet {
        Packet { port, asked, hook: Hook::Forward }
    }

    fn ask(text: &str, packet: Packet) -> Reach {
        reach(&Rules::parse(Some(text), None, &Inside::default()), packet)
    }

    fn with_user_rules(rules: &[&str]) -> String {
        let lines: String = rules.iter().map(|rule| format!("-A DOCKER-USER {rule}\n")).collect();
        assert!(DOCKER.contains("-A DOCKER-USER -j RETURN\n"));
        DOCKER.replace("-A DOCKER-USER -j RETURN\n", &format!("{lines}-A DOCKER-USER -j RETURN\n"))
    }

    #[test]
    fn what_the_engine_writes_by_itself_is_open() {
        let rules = Rules::parse(Some(DOCKER), None, &Inside::default());
        assert!(rules.engine_translates && !rules.has_ufw);
        assert_eq!(reach(&rules, forwarded(5672, 35672)), Reach::Open);
    }

    #[test]
    fn a_drop_in_the_users_chain_closes_the_port_that_it_names() {
        for (rules, open) in [
            (&["-p tcp -m tcp --dport 5672 -j DROP"][..], false),
            (&["-p tcp -m tcp --dport 5671:5673 -j REJECT --reject-with icmp-port-unreachable"], false),
            (&["-p tcp -m multiport --dports 80,5672 -j DROP"], false),
            (&["-p tcp -m conntrack --ctorigdstport 35672 -j DROP"], false),
            (&["-p tcp -m conntrack --ctorigdstport 35672 --ctdir ORIGINAL -j DROP"], false),
            (&["-j DROP"], false),
            (&["-p tcp -m tcp --dport 35672 -j DROP"], true),
            (&["-p udp -m udp --dport 5672 -j DROP"], true),
            (&["-p tcp -m conntrack --ctorigdstport 5672 -j DROP"], true),
            (&["-p tcp -m tcp ! --dport 5672 -j DROP"], true),
            (&["-m conntrack --ctstate RELATED,ESTABLISHED -j RETURN", "-i docker0 -j DROP"], true),
            (&["-m comment --comment \"-j DROP everything\" -p tcp --dport 5672 -j RETURN", "-j DROP"], true),
        ] {
            let found = ask(&with_user_rules(rules), forwarded(5672, 35672));
            assert_eq!(found == Reach::Open, open, "{rules:?}: {found:?}");
            assert_eq!(matches!(found, Reach::Closed(_)), !open, "{rules:?}: {found:?}");
        }
    }

    #[test]
    fn a_rule_about_some_who_ask_is_no_closed_port() {
        for rules in [
            &["-i eth0 ! -s 10.0.0.0/8 -j DROP"][..],
            &["-s 10.0.0.0/8 -j RETURN", "-j DROP"],
            &["-s 10.0.0.0/8 -j ACCEPT", "-j DROP"],
            &["-m set --match-set bad src -j DROP"],
        ] {
            let found = ask(&with_user_rules(rules), forwarded(5672, 35672));
            assert!(matches!(found, Reach::Some(_)), "{rules:?}: {found:?}");
        }
    }

    #[test]
    fn the_culprit_is_named_with_what_opens_the_port() {
        let rule = "-p tcp -m tcp --dport 5672 -j DROP";
        let packet = forwarded(5672, 35672);
        let Reach::Closed(culprit) = ask(&with_user_rules(&[rule]), packet) else { panic!("it is closed") };
        assert_eq!((culprit.chain.as_str(), culprit.rule), ("DOCKER-USER", format!("-A DOCKER-USER {rule}")));
        let command = "sudo iptables -I DOCKER-USER -p tcp -m conntrack --ctorigdstport 35672 -j RETURN";
        let culprit = Culprit { rule: String::new(), ..culprit };
        assert_eq!(culprit.command(packet), command);
        // And it does open it.
        let opened = with_user_rules(&[command.trim_start_matches("sudo iptables -I DOCKER-USER "), rule]);
        assert_eq!(ask(&opened, packet), Reach::Open);
    }

    #[test]
    fn ufw_closes_what_a_proxy_listens_on_and_nothing_that_is_forwarded() {
        let rules = Rules::parse(Some(UFW), None, &Inside::default());
        assert!(rules.has_ufw && !rules.engine_translates);
        let local = |port| Packet { port, asked: port, hook: Hook::Input };
        let Reach::Closed(culprit) = reach(&rules, local(35672)) else { panic!("ufw denies what nobody allowed") };
        assert_eq!((culprit.tool, culprit.command(local(35672))), (Tool::Ufw, "sudo ufw allow 35672/tcp".to_owned()));
        assert_eq!(reach(&rules, local(22)), Reach::Open);
        // The engine's jumps come first where both are.
        let jumps: String =
            DOCKER.lines().filter(|line| !line.starts_with("-P")).map(|line| format!("{line}\n")).collect();
        let both = UFW.replacen("-A FORWARD ", &format!("{jumps}-A FORWARD "), 1);
        assert_eq!(ask(&both, forwarded(5672, 35672)), Reach::Open);
    }

    #[test]
    fn who_is_inside_this_machine_is_not_from_elsewhere() {
        let first = "-A FORWARD -s 192.168.122.0/24 -i virbr0 -j ACCEPT\n-A FORWARD ";
        let text = with_user_rules(&["-j DROP"]).replacen("-A FORWARD ", first, 1);
        assert!(matches!(ask(&text, forwarded(5672, 35672)), Reach::Some(_)));
        let inside = Inside::new(["virbr0".to_owned()].into(), "");
        assert!(matches!(reach(&Rules::parse(Some(&text), None, &inside), forwarded(5672, 35672)), Reach::Closed(_)));
    }

    #[test]
    fn an_empty_text_and_a_circle_end() {
        assert_eq!(ask("", forwarded(1, 1)), Reach::Open);
        let circle = "-P FORWARD DROP\n-N a\n-N b\n-A FORWARD -j a\n-A a -j b\n-A b -j a\n";
        assert!(matches!(ask(circle, forwarded(1, 1)), Reach::Closed(_)));
    }
}
