//! A connection on its way through the chains.

use super::{Action, Chain, Condition, Culprit, Hook, Packet, Reach, Rule, Rules, Table, Tool};

/// Chains may call each other in a circle only in a text that no kernel took.
const DEEPEST: u32 = 16;

/// Through every chain of the hook, in all tables: each of them must let it pass.
pub(in crate::doctor) fn reach(rules: &Rules, packet: Packet) -> Reach {
    let mut result = Reach::Open;
    for table in &rules.tables {
        let base = table.chains.iter().filter(|(_, chain)| chain.hook == Some(packet.hook));
        for (name, chain) in base {
            match of_chain(table, name, chain, packet) {
                Reach::Closed(culprit) => return Reach::Closed(culprit),
                some @ Reach::Some(_) if result == Reach::Open => result = some,
                _ => {}
            }
        }
    }
    result
}

fn of_chain(table: &Table, name: &str, chain: &Chain, packet: Packet) -> Reach {
    let mut walk = Walk { table, packet, may_pass: false, may_end: None };
    let end = walk.through(name, chain, true, 0);
    let end = match end {
        End::Through if chain.drops_by_default => End::Drop(walk.culprit(name, "policy drop")),
        End::Through => End::Accept,
        decided => decided,
    };
    match (end, walk.may_pass, walk.may_end) {
        (End::Drop(culprit), false, _) => Reach::Closed(culprit),
        (End::Drop(culprit), true, _) | (End::Accept | End::Through, _, Some(culprit)) => Reach::Some(culprit),
        (End::Accept | End::Through, _, None) => Reach::Open,
    }
}

struct Walk<'a> {
    table: &'a Table,
    packet: Packet,
    /// Some are let in on the way.
    may_pass: bool,
    /// Some end on the way.
    may_end: Option<Culprit>,
}

enum End {
    Accept,
    Drop(Culprit),
    /// The chain had nothing to say.
    Through,
}

/// Whether a rule is about the packet.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    No,
    Depends,
    Yes,
}

impl Walk<'_> {
    /// `sure` means that the packet comes here whoever sent it.
    fn through(&mut self, name: &str, chain: &Chain, mut sure: bool, depth: u32) -> End {
        for rule in &chain.rules {
            let fit = fit(rule, self.packet);
            if fit == Fit::No {
                continue;
            }
            let is_sure = sure && fit == Fit::Yes;
            match &rule.action {
                Action::Accept if is_sure => return End::Accept,
                Action::Accept => self.may_pass = true,
                Action::Drop if is_sure => return End::Drop(self.culprit(name, &rule.text)),
                Action::Drop => {
                    let culprit = self.culprit(name, &rule.text);
                    self.may_end.get_or_insert(culprit);
                }
                Action::Return if fit == Fit::Yes => return End::Through,
                // Some go back from here, so nobody comes to the rest for certain.
                Action::Return => sure = false,
                Action::Jump(next) | Action::Goto(next) => {
                    let Some(inner) = self.table.chains.get(next).filter(|_| depth < DEEPEST) else { continue };
                    match self.through(next, inner, is_sure, depth + 1) {
                        End::Through => {}
                        decided => return decided,
                    }
                    if matches!(rule.action, Action::Goto(_)) {
                        if fit == Fit::Yes {
                            return End::Through;
                        }
                        sure = false;
                    }
                }
                Action::Nothing => {}
            }
        }
        End::Through
    }

    fn culprit(&self, chain: &str, rule: &str) -> Culprit {
        let tool = if chain.starts_with("ufw-") { Tool::Ufw } else { self.table.tool };
        // ufw sets the policies of the chains that it hangs its own into.
        let is_ufws = rule == "policy drop" && self.table.chains.keys().any(|name| name.starts_with("ufw-"));
        Culprit {
            tool: if is_ufws { Tool::Ufw } else { tool },
            table: self.table.name.clone(),
            chain: chain.to_owned(),
            rule: rule.to_owned(),
        }
    }
}

fn fit(rule: &Rule, packet: Packet) -> Fit {
    let of = |condition: &Condition| {
        let holds = match condition {
            Condition::Never => false,
            Condition::Depends => return Fit::Depends,
            Condition::Port(ports) => ports.has(packet.port),
            Condition::AskedPort(ports) => ports.has(packet.asked),
            Condition::Translated => packet.hook == Hook::Forward,
            Condition::Local => packet.hook == Hook::Input,
        };
        if holds { Fit::Yes } else { Fit::No }
    };
    rule.conditions.iter().map(of).min().unwrap_or(Fit::Yes)
}
