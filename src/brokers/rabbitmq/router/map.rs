//! The routes of a virtual host as plain values.

use super::stack::Routing;
use crate::brokers::{MapBinding, MapExchange, MapQueue, RouteMap};

impl Routing<'_> {
    pub(super) fn map(&self) -> RouteMap {
        let exchanges = self.exchanges().map(|exchange| MapExchange {
            name: exchange.name.to_owned(),
            kind: exchange.kind.to_owned(),
            internal: exchange.internal,
            alternate: exchange.alternate.map(str::to_owned),
        });
        let queues = self.queues().map(|queue| MapQueue {
            name: queue.to_owned(),
            dead: self.dead_letter(queue).map(|dead| (dead.exchange.to_owned(), dead.key.map(str::to_owned))),
        });
        let bindings = self.all_bindings().map(|(source, binding)| MapBinding {
            source: source.to_owned(),
            to: binding.destination.to_owned(),
            onward: binding.to_exchange,
            key: binding.key.to_owned(),
            arguments: binding
                .arguments
                .iter()
                .map(|(name, value)| (name.clone(), value.to_json().to_string()))
                .collect(),
        });
        RouteMap { exchanges: exchanges.collect(), queues: queues.collect(), bindings: bindings.collect() }
    }
}
