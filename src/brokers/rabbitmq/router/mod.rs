//! Where a message goes, decided as the broker decides it.
//!
//! Checked against routing that was recorded from a live broker: `tests/fixtures/rabbitmq/routing.json`.

mod headers;
mod stack;
mod topic;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(super) use self::stack::BUILT_IN;
use self::stack::{Routing, RoutingBinding, RoutingExchange};
use super::address;
use super::effective::DeadLetter;
use crate::brokers::{Router, Trace, TraceStep};
use crate::model::{Address, Resource, Value};

/// The engine.
pub(super) struct RabbitRouter;

impl Router for RabbitRouter {
    fn trace(&self, resources: &[Resource], exchange: &Address, key: &str, headers: &BTreeMap<String, Value>) -> Trace {
        let routing = Routing::new(resources, &exchange.broker, exchange.vhost_name());
        let mut walk = Walk { routing: &routing, key, headers, steps: Vec::new(), delivered: BTreeSet::new() };
        walk.from(exchange);
        walk.dead_letters();
        Trace { steps: walk.steps, delivered: walk.delivered.into_iter().collect() }
    }
}

/// What a binding does with a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Takes(String),
    Leaves(String),
    /// Only the broker knows: a plugin decides.
    Unknown(String),
}

struct Walk<'a> {
    routing: &'a Routing<'a>,
    key: &'a str,
    headers: &'a BTreeMap<String, Value>,
    steps: Vec<TraceStep>,
    delivered: BTreeSet<Address>,
}

impl<'a> Walk<'a> {
    fn from(&mut self, start: &Address) {
        if start.name.is_empty() {
            self.default_exchange(start);
            return;
        }
        let Some(first) = self.routing.exchange(&start.name) else {
            self.remark(start, None, false, "there is no such exchange: the broker closes the channel".to_owned());
            return;
        };
        if first.internal {
            let why = "internal: only other exchanges may publish here, so the broker refuses the message";
            self.remark(start, None, false, why.to_owned());
            return;
        }
        let mut seen = BTreeSet::from([start.name.clone()]);
        let mut queue = VecDeque::from([first]);
        while let Some(exchange) = queue.pop_front() {
            for next in self.exchange(exchange) {
                if seen.insert(next.clone()) {
                    match self.routing.exchange(&next) {
                        Some(found) => queue.push_back(found),
                        None if next.is_empty() => self.default_exchange(&self.routing.exchange_address("")),
                        None => {
                            let at = self.routing.exchange_address(&next);
                            self.remark(&at, None, false, "there is no such exchange: its copy is dropped".to_owned());
                        }
                    }
                } else {
                    let at = self.routing.exchange_address(&next);
                    self.remark(&at, None, false, "already visited: an exchange sees a message once".to_owned());
                }
            }
        }
    }

    /// The names of the exchanges that get the message from this one.
    fn exchange(&mut self, exchange: &RoutingExchange<'a>) -> Vec<String> {
        let at = self.routing.exchange_address(exchange.name);
        let mut onward = Vec::new();
        let (mut taken, mut unknown) = (false, false);
        for binding in self.routing.bindings(exchange.name) {
            let (matched, why) = match decide(exchange.kind, binding, self.key, self.headers) {
                Decision::Takes(why) => (true, why),
                Decision::Leaves(why) => (false, why),
                Decision::Unknown(why) => {
                    unknown = true;
                    (false, why)
                }
            };
            let to = self.routing.destination_address(binding);
            self.steps.push(TraceStep {
                exchange: at.clone(),
                binding: Some(binding.address.clone()),
                to: Some(to.clone()),
                matched,
                why,
            });
            if matched {
                taken = true;
                if binding.to_exchange {
                    onward.push(binding.destination.to_owned());
                } else {
                    self.delivered.insert(to);
                }
            }
        }
        if !taken && !unknown {
            onward.extend(self.unrouted(exchange, &at));
        }
        onward
    }

    fn unrouted(&mut self, exchange: &RoutingExchange<'a>, at: &Address) -> Option<String> {
        let Some(alternate) = exchange.alternate else {
            let why = "no binding takes it and there is no alternate exchange: dropped, or returned if `mandatory`";
            self.remark(at, None, false, why.to_owned());
            return None;
        };
        let to = self.routing.exchange_address(alternate);
        self.remark(at, Some(to), true, format!("no binding takes it: on to the alternate exchange `{alternate}`"));
        Some(alternate.to_owned())
    }

    /// Every queue is bound to it by its own name; it has no other bindings.
    fn default_exchange(&mut self, at: &Address) {
        let key = self.key;
        let to = address::queue(&at.broker, at.vhost_name(), key);
        if self.routing.has_queue(key) {
            self.remark(at, Some(to.clone()), true, format!("default exchange: \"{key}\" is the name of a queue"));
            self.delivered.insert(to);
        } else {
            let why = format!("default exchange: no queue is named \"{key}\": dropped, or returned if `mandatory`");
            self.remark(at, None, false, why);
        }
    }

    /// What may happen to the copies later.
    fn dead_letters(&mut self) {
        for queue in self.delivered.clone() {
            let Some(DeadLetter { exchange, key }) = self.routing.dead_letter(&queue.name) else { continue };
            let at = self.routing.exchange_address(exchange);
            let with = key.map_or_else(String::new, |key| format!(" with the routing key \"{key}\""));
            let shown = if exchange.is_empty() { "the default exchange".to_owned() } else { format!("`{exchange}`") };
            let why =
                format!("if `{}` rejects it, lets it expire or has no room, it goes to {shown}{with}", queue.name);
            let gave = |step: &&TraceStep| step.matched && step.to.as_ref() == Some(&queue);
            let giver = self.steps.iter().find(gave).map_or_else(|| at.clone(), |step| step.exchange.clone());
            self.remark(&giver, Some(at), false, why);
        }
    }

    fn remark(&mut self, exchange: &Address, to: Option<Address>, matched: bool, why: String) {
        self.steps.push(TraceStep { exchange: exchange.clone(), binding: None, to, matched, why });
    }
}

/// Whether a binding from an exchange of this type takes a message.
fn decide(kind: &str, binding: &RoutingBinding<'_>, key: &str, headers: &BTreeMap<String, Value>) -> Decision {
    match kind {
        "fanout" => Decision::Takes("fanout: every binding takes every message".to_owned()),
        "direct" if binding.key == key => Decision::Takes(format!("direct: the routing key is \"{key}\"")),
        "direct" => Decision::Leaves(format!("direct: \"{key}\" is not \"{}\"", binding.key)),
        "topic" if topic::matches(binding.key, key) => {
            Decision::Takes(format!("topic: \"{}\" matches \"{key}\"", binding.key))
        }
        "topic" => Decision::Leaves(format!("topic: \"{}\" does not match \"{key}\"", binding.key)),
        "headers" => headers::decide(binding.arguments, headers),
        other => {
            Decision::Unknown(format!("`{other}` is a plugin's type or picks at random: this cannot be told here"))
        }
    }
}

#[cfg(test)]
mod tests;
