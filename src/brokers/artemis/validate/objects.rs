//! Addresses, queues and diverts.

use std::collections::BTreeMap;

use super::Validation;
use crate::brokers::artemis::read::{Address, Divert, Named, Queue};
use crate::brokers::artemis::selector;
use crate::spec::quote;

impl Validation<'_> {
    pub(super) fn objects(&mut self) {
        let body = self.body;
        let mut queues: BTreeMap<&str, &Queue<'_>> = BTreeMap::new();
        for address in &body.addresses {
            self.object_name(address.name, "an address");
            for queue in &address.queues {
                self.queue(address, queue);
                if let Some(first) = queues.get(queue.name.name) {
                    let text = format!(
                        "the queue {} is declared under {} already: names of queues are the broker's, not the address's",
                        quote(queue.name.name),
                        quote(first.address)
                    );
                    self.error("duplicate-queue", queue.name.at, text, "give one of the two another name");
                } else {
                    queues.insert(queue.name.name, queue);
                }
            }
        }
        for divert in &body.diverts {
            self.divert(divert, &queues);
        }
    }

    fn queue(&mut self, address: &Address<'_>, queue: &Queue<'_>) {
        self.object_name(queue.name, "a queue");
        let name = quote(queue.name.name);
        match queue.routing {
            None => {
                let text =
                    format!("the address {} has both routings, and {name} does not say which", quote(queue.address));
                self.error("routing-missing", queue.name.at, text, "add `routing: anycast` or `routing: multicast`");
            }
            Some(routing) if address.routing.name != "both" && routing.name != address.routing.name => {
                let text = format!("{name} is {}, and its address {}", routing.name, address.routing.name);
                let help = "leave `routing` out, or set `routing: both` on the address";
                self.error("routing-mismatch", routing.at, text, help);
            }
            Some(_) => {}
        }
        self.filter(queue.filter, &format!("the queue {name}"));
    }

    fn filter(&mut self, filter: Option<Named<'_>>, of: &str) {
        if let Some(filter) = filter
            && let Err(problem) = selector::check(filter.name)
        {
            let text = format!("Artemis would refuse the filter of {of}: {problem}");
            self.error("bad-filter", filter.at, text, "write it as a selector: `kind = 'audit' AND amount > 10`");
        }
    }

    fn divert(&mut self, divert: &Divert<'_>, queues: &BTreeMap<&str, &Queue<'_>>) {
        let name = quote(divert.name.name);
        self.object_name(divert.name, "a divert");
        if queues.contains_key(divert.name.name) {
            let text = format!("a queue is called {name} too: Artemis would answer and make no divert");
            self.error("name-collision", divert.name.at, text, "give the divert another name");
        }
        self.address_reference(divert.address, &format!("whose messages {name} shall send on"));
        self.address_reference(divert.forward_to, &format!("which {name} shall send messages to"));
        if divert.address.name == divert.forward_to.name {
            let text = format!("{name} sends messages of {} back to where they come from", quote(divert.address.name));
            self.error("divert-to-itself", divert.forward_to.at, text, "name another address under `forward_to`");
        }
        self.filter(divert.filter, &format!("the divert {name}"));
    }
}
