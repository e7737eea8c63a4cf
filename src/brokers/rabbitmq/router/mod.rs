//! Where a message goes, decided as the broker decides it.
//!
//! Checked against routing that was recorded from a live broker: `tests/fixtures/rabbitmq/routing.json`.

mod headers;
mod map;
mod reason;
mod stack;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

pub(super) use self::stack::BUILT_IN;
use self::stack::{Routing, RoutingBinding, RoutingExchange};
use super::address;
use super::effective::DeadLetter;
use crate::brokers::{Reason, RouteMap, Router, Trace, TraceStep};
use crate::model::{Address, Resource, Value};
use crate::sim::pattern;

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

    fn map(&self, resources: &[Resource], broker: &str, vhost: &str) -> RouteMap {
        Routing::new(resources, broker, vhost).map()
    }
}

/// What a binding does with a message.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Takes(Reason),
    Leaves(Reason),
    /// Only the broker knows: a plugin decides.
    Unknown(Reason),
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
            self.remark(start, None, false, Reason::new("missing", Vec::new()));
            return;
        };
        if first.internal {
            self.remark(start, None, false, Reason::new("internal", Vec::new()));
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
                            self.remark(&at, None, false, Reason::new("missing_copy", Vec::new()));
                        }
                    }
                } else {
                    let at = self.routing.exchange_address(&next);
                    self.remark(&at, None, false, Reason::new("seen", Vec::new()));
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
            let (matched, reason) = match decide(exchange.kind, binding, self.key, self.headers) {
                Decision::Takes(reason) => (true, reason),
                Decision::Leaves(reason) => (false, reason),
                Decision::Unknown(reason) => {
                    unknown = true;
                    (false, reason)
                }
            };
            let to = self.routing.destination_address(binding);
            self.steps.push(TraceStep {
                exchange: at.clone(),
                binding: Some(binding.address.clone()),
                to: Some(to.clone()),
                matched,
                why: reason.english(),
                reason,
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
            self.remark(at, None, false, Reason::new("dropped", Vec::new()));
            return None;
        };
        let to = self.routing.exchange_address(alternate);
        self.remark(at, Some(to), true, Reason::new("alternate", vec![("to", alternate.to_owned())]));
        Some(alternate.to_owned())
    }

    /// Every queue is bound to it by its own name; it has no other bindings.
    fn default_exchange(&mut self, at: &Address) {
        let key = self.key;
        let to = address::queue(&at.broker, at.vhost_name(), key);
        let values = vec![("key", key.to_owned())];
        if self.routing.has_queue(key) {
            self.remark(at, Some(to.clone()), true, Reason::new("default_takes", values));
            self.delivered.insert(to);
        } else {
            self.remark(at, None, false, Reason::new("default_leaves", values));
        }
    }

    /// What may happen to the copies later.
    fn dead_letters(&mut self) {
        for queue in self.delivered.clone() {
            let Some(DeadLetter { exchange, key }) = self.routing.dead_letter(&queue.name) else { continue };
            let at = self.routing.exchange_address(exchange);
            let mut values = vec![("queue", queue.name.clone()), ("to", exchange.to_owned())];
            values.extend(key.map(|key| ("key", key.to_owned())));
            let reason = Reason::new(if key.is_some() { "dead_key" } else { "dead" }, values);
            let gave = |step: &&TraceStep| step.matched && step.to.as_ref() == Some(&queue);
            let giver = self.steps.iter().find(gave).map_or_else(|| at.clone(), |step| step.exchange.clone());
            self.remark(&giver, Some(at), false, reason);
        }
    }

    fn remark(&mut self, exchange: &Address, to: Option<Address>, matched: bool, reason: Reason) {
        let why = reason.english();
        self.steps.push(TraceStep { exchange: exchange.clone(), binding: None, to, matched, why, reason });
    }
}

/// Whether a binding from an exchange of this type takes a message.
fn decide(kind: &str, binding: &RoutingBinding<'_>, key: &str, headers: &BTreeMap<String, Value>) -> Decision {
    let both = || vec![("key", key.to_owned()), ("pattern", binding.key.to_owned())];
    match kind {
        "fanout" => Decision::Takes(Reason::new("fanout", Vec::new())),
        "direct" if binding.key == key => Decision::Takes(Reason::new("direct_takes", both())),
        "direct" => Decision::Leaves(Reason::new("direct_leaves", both())),
        "topic" if pattern::matches(binding.key, key) => Decision::Takes(Reason::new("topic_takes", both())),
        "topic" => Decision::Leaves(Reason::new("topic_leaves", both())),
        "headers" => headers::decide(binding.arguments, headers),
        other => Decision::Unknown(Reason::new("plugin", vec![("type", other.to_owned())])),
    }
}

#[cfg(test)]
mod tests;
