//! What is suspicious: legal, and probably not what was meant.

use std::collections::{BTreeMap, BTreeSet};

use super::super::address;
use super::super::effective::Target;
use super::super::policies::candidates;
use super::super::read::{Binding, Body, Exchange, Named, Policy, Queue, Vhost};
use super::super::recorded::{Recorded, did_you_mean};
use super::super::router::BUILT_IN;
use crate::model::{Address, App, BrokerModel, Value};
use crate::spec::{Diagnostics, Position};

/// All that is suspicious about RabbitMQ.
pub(in super::super) const LINTS: &[(&str, &str)] = &[
    (
        "dead-letter-cycle",
        "Dead letters that come back to where they died are dropped by the broker, or circle for ever.",
    ),
    ("exchange-routes-nowhere", "What is published to an exchange without bindings is lost without an error."),
    (
        "headers-without-x-match",
        "A headers binding matches all of its headers unless it says `any`: few mean that unsaid.",
    ),
    (
        "lost-at-restart",
        "What is not durable is gone when the broker stops, bindings and messages included. The next `mqlab up` declares it again.",
    ),
    ("policy-matches-nothing", "A policy whose pattern fits no declared name is a misspelt one more often than not."),
    ("policy-tie", "Of two policies with one priority the broker takes one, and does not say which."),
    ("queue-unreachable", "A queue that no binding, dead letter or app leads to stays empty."),
    ("routing-key-on-fanout", "A fanout exchange ignores routing keys."),
    ("unknown-argument", "The broker keeps an argument that it does not know and does nothing about it."),
    ("unknown-plugin", "The broker starts without a plugin that it does not have, and says nothing."),
];

/// Reports everything suspicious. `apps` tells who publishes to a queue by its name, through the default exchange.
pub(in super::super) fn lint(broker: &BrokerModel, apps: &[App], diagnostics: &mut Diagnostics) {
    let body = Body::read(broker);
    let recorded = Recorded::of(&broker.version);
    let produced: BTreeSet<&Address> = apps.iter().flat_map(|app| &app.produces).map(|flow| &flow.address).collect();
    for vhost in &body.vhosts {
        let mut linting = Linting { broker, vhost, recorded, produced: &produced, diagnostics };
        linting.exchanges();
        linting.queues();
        linting.bindings();
        linting.policies();
        linting.cycles();
    }
}

struct Linting<'a> {
    broker: &'a BrokerModel,
    vhost: &'a Vhost<'a>,
    recorded: &'a Recorded,
    produced: &'a BTreeSet<&'a Address>,
    diagnostics: &'a mut Diagnostics,
}

impl Linting<'_> {
    fn lint(&mut self, code: &'static str, at: Position, text: String, help: &str) {
        self.diagnostics.lint(code, at, text, Some(help.to_owned()));
    }

    fn exchanges(&mut self) {
        let vhost = self.vhost;
        let bound: BTreeSet<&str> = vhost.bindings.iter().map(|binding| binding.source.name).collect();
        for exchange in &vhost.exchanges {
            let name = exchange.name.name;
            if !exchange.durable {
                self.lost_at_restart("exchange", &exchange.name);
            }
            if !bound.contains(name) && !has_alternate(vhost, exchange) {
                let text =
                    format!("the exchange `{name}` routes nowhere: nothing is bound to it, so it drops every message");
                self.lint(
                    "exchange-routes-nowhere",
                    exchange.name.at,
                    text,
                    "bind a queue to it, or give it an `alternate_exchange`",
                );
            }
        }
    }

    fn queues(&mut self) {
        let vhost = self.vhost;
        let by_name: BTreeSet<String> = vhost
            .queues
            .iter()
            .filter_map(|queue| {
                let (exchange, key) = dead_letter(vhost, queue)?;
                (exchange.is_empty()).then_some(key).flatten()
            })
            .collect();
        let to_queues = vhost.bindings.iter().filter(|binding| !binding.to_exchange);
        let bound: BTreeSet<&str> = to_queues.map(|binding| binding.destination.name).collect();
        for queue in &vhost.queues {
            let name = queue.name.name;
            let own = address::queue(&self.broker.name, vhost.name.name, name);
            if !bound.contains(name) && !self.produced.contains(&own) && !by_name.contains(name) {
                let text = format!(
                    "nothing can reach the queue `{name}`: it has no binding, and no app produces to it by name"
                );
                self.lint(
                    "queue-unreachable",
                    queue.name.at,
                    text,
                    "bind it to an exchange, or let an app produce to it",
                );
            }
            if !queue.durable.value {
                self.lost_at_restart("queue", &queue.name);
            }
            self.unknown_arguments(queue);
        }
    }

    fn lost_at_restart(&mut self, what: &str, name: &Named<'_>) {
        let text = format!("the {what} `{}` does not survive a restart of the broker", name.name);
        self.lint("lost-at-restart", name.at, text, "leave out `durable: false`, or run `mqlab up` after each restart");
    }

    fn unknown_arguments(&mut self, queue: &Queue<'_>) {
        let known = || self.recorded.queue_types.values().flat_map(|kind| kind.arguments.keys()).map(String::as_str);
        let mut found = Vec::new();
        for argument in &queue.arguments {
            let key = argument.key.name;
            if key == "x-queue-type" || known().any(|known| known == key) || known().next().is_none() {
                continue;
            }
            let prefixed = format!("x-{key}");
            let help = if known().any(|known| known == prefixed) {
                format!("did you mean `{prefixed}`?")
            } else {
                did_you_mean(key, known()).unwrap_or_else(|| "remove it, unless a plugin or client reads it".to_owned())
            };
            found.push((
                argument.key.at,
                format!("RabbitMQ ignores the argument `{key}` of the queue `{}`", queue.name.name),
                help,
            ));
        }
        for (at, text, help) in found {
            self.lint("unknown-argument", at, text, &help);
        }
    }

    fn bindings(&mut self) {
        let vhost = self.vhost;
        for binding in &vhost.bindings {
            let source = binding.source.name;
            let at = binding.key_at.unwrap_or(binding.at);
            match exchange_type(vhost, source) {
                Some("fanout") if !binding.key.is_empty() => {
                    let text =
                        format!("the fanout exchange `{source}` does not look at the routing key `{}`", binding.key);
                    self.lint("routing-key-on-fanout", at, text, "remove the key, or use a direct or topic exchange");
                }
                Some("headers") if !binding.arguments.contains_key("x-match") => {
                    let text = format!(
                        "this binding to the headers exchange `{source}` does not say whether all or any must match"
                    );
                    self.lint(
                        "headers-without-x-match",
                        binding.at,
                        text,
                        "add `x-match: all` (what it means now) or `x-match: any` to its arguments",
                    );
                }
                _ => {}
            }
        }
    }

    fn policies(&mut self) {
        let vhost = self.vhost;
        for policy in &vhost.policies {
            self.unmatched(policy, "policy");
        }
        for policy in &vhost.operator_policies {
            self.unmatched(policy, "operator policy");
        }
        for queue in &vhost.queues {
            self.tie(queue, &vhost.policies, "policies");
            self.tie(queue, &vhost.operator_policies, "operator policies");
        }
    }

    fn unmatched(&mut self, policy: &Policy<'_>, what: &str) {
        let vhost = self.vhost;
        let queues = vhost.queues.iter().any(|queue| policy.covers(queue.name.name, Target::Queue(queue.kind.name)));
        let exchanges = vhost.exchanges.iter().map(|exchange| exchange.name.name);
        let built_in = BUILT_IN.iter().map(|(name, _)| *name);
        let matched = queues || exchanges.chain(built_in).any(|name| policy.covers(name, Target::Exchange));
        if !matched && policy.compiled.is_ok() {
            let text = format!("the {what} `{}` matches nothing that is declared", policy.name.name);
            self.lint(
                "policy-matches-nothing",
                policy.pattern.at,
                text,
                "correct `pattern` or `apply_to`, or remove it",
            );
        }
    }

    fn tie(&mut self, queue: &Queue<'_>, policies: &[Policy<'_>], what: &str) {
        let found = candidates(policies, queue.name.name, Target::Queue(queue.kind.name));
        if let [first, second, ..] = found.as_slice()
            && first.priority == second.priority
        {
            let (left, right) = (first.name.name, second.name.name);
            let text = format!(
                "the {what} `{left}` and `{right}` both match the queue `{}` with priority {}: which one applies is not defined",
                queue.name.name, first.priority
            );
            self.lint("policy-tie", second.name.at, text, "give them different priorities");
        }
    }

    /// Queues whose dead letters go round by themselves. Where a consumer's rejection is what sends them on, the
    /// ring is a retry loop and meant so.
    fn cycles(&mut self) {
        let vhost = self.vhost;
        let losing = vhost.queues.iter().filter(|queue| loses_by_itself(vhost, queue));
        let onward: BTreeMap<&str, BTreeSet<&str>> =
            losing.map(|queue| (queue.name.name, dead_letter_queues(vhost, queue))).collect();
        let mut reported: BTreeSet<&str> = BTreeSet::new();
        for queue in &vhost.queues {
            let name = queue.name.name;
            let Some(way) = way_back(&onward, name) else { continue };
            if way.iter().any(|step| reported.contains(step)) {
                continue;
            }
            let shown: Vec<&str> = way.iter().copied().chain([name]).collect();
            let text = format!("dead letters of the queue `{name}` can come back to it: {}", shown.join(" → "));
            let help = "without a rejection on the way RabbitMQ drops the message when it comes back; let the last queue keep it";
            self.lint("dead-letter-cycle", queue.name.at, text, help);
            reported.extend(way);
        }
    }
}

/// The queues on the shortest way from a queue back to itself, itself first.
fn way_back<'a>(onward: &BTreeMap<&'a str, BTreeSet<&'a str>>, start: &'a str) -> Option<Vec<&'a str>> {
    let mut ways = std::collections::VecDeque::from([vec![start]]);
    let mut seen = BTreeSet::new();
    while let Some(way) = ways.pop_front() {
        let last = way.last().copied().unwrap_or(start);
        for next in onward.get(last).into_iter().flatten().copied() {
            if next == start {
                return Some(way);
            }
            if seen.insert(next) {
                ways.push_back(way.iter().copied().chain([next]).collect());
            }
        }
    }
    None
}

/// The queues that a queue's dead letters may get to. Without a key of their own they may carry any key.
fn dead_letter_queues<'a>(vhost: &'a Vhost<'a>, queue: &Queue<'_>) -> BTreeSet<&'a str> {
    let Some((exchange, key)) = dead_letter(vhost, queue) else { return BTreeSet::new() };
    if exchange.is_empty() {
        let name = key.unwrap_or_default();
        return vhost.queue(&name).map(|queue| queue.name.name).into_iter().collect();
    }
    let mut seen = BTreeSet::from([exchange.clone()]);
    let mut exchanges = vec![exchange];
    let mut found = BTreeSet::new();
    while let Some(exchange) = exchanges.pop() {
        for binding in vhost.bindings.iter().filter(|binding| binding.source.name == exchange) {
            if !could_take(exchange_type(vhost, &exchange), binding, key.as_deref()) {
                continue;
            }
            if !binding.to_exchange {
                found.insert(binding.destination.name);
            } else if seen.insert(binding.destination.name.to_owned()) {
                exchanges.push(binding.destination.name.to_owned());
            }
        }
    }
    found
}

fn could_take(kind: Option<&str>, binding: &Binding<'_>, key: Option<&str>) -> bool {
    kind != Some("direct") || key.is_none_or(|key| key == binding.key)
}

/// Exchange and routing key of a queue's dead letters: its own, its arguments', or its policy's.
fn dead_letter(vhost: &Vhost<'_>, queue: &Queue<'_>) -> Option<(String, Option<String>)> {
    let text = |key: &str| effective(vhost, queue, key).as_ref().and_then(Value::as_text).map(ToOwned::to_owned);
    Some((text("dead-letter-exchange")?, text("dead-letter-routing-key")))
}

/// Whether messages leave the queue for its dead letters without a consumer's doing.
fn loses_by_itself(vhost: &Vhost<'_>, queue: &Queue<'_>) -> bool {
    ["message-ttl", "max-length", "max-length-bytes"].iter().any(|key| effective(vhost, queue, key).is_some())
}

/// What holds for a queue under a policy's key: its argument, its own setting, or the declared policy that applies.
fn effective(vhost: &Vhost<'_>, queue: &Queue<'_>, key: &str) -> Option<Value> {
    let argument = queue.argument(&format!("x-{key}")).map(|argument| &argument.value);
    let own = || queue.sugar.iter().find(|setting| setting.key == key).map(|setting| &setting.value);
    let policies = candidates(&vhost.policies, queue.name.name, Target::Queue(queue.kind.name));
    let declared =
        || policies.first()?.definition.iter().find(|setting| setting.key.name == key).map(|setting| &setting.value);
    argument.or_else(own).or_else(declared).cloned()
}

fn has_alternate(vhost: &Vhost<'_>, exchange: &Exchange<'_>) -> bool {
    let argument = exchange.arguments.iter().any(|argument| argument.key.name == "alternate-exchange");
    let policies = candidates(&vhost.policies, exchange.name.name, Target::Exchange);
    let policy = policies
        .first()
        .is_some_and(|policy| policy.definition.iter().any(|setting| setting.key.name == "alternate-exchange"));
    exchange.alternate.is_some() || argument || policy
}

fn exchange_type<'a>(vhost: &'a Vhost<'_>, name: &str) -> Option<&'a str> {
    let built_in = BUILT_IN.iter().find(|(built_in, _)| *built_in == name).map(|(_, kind)| *kind);
    vhost.exchange(name).map(|exchange| exchange.kind.name).or(built_in)
}
