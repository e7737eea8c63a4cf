//! What is impossible in a RabbitMQ broker's part of the spec, each with its place and the way out.
//!
//! Suspicious things are in [`lint`]. Both report everything that they find.

mod arguments;
mod configuration;
mod lint;
mod objects;
mod policies;
mod users;

use super::kinds::{SCRATCH, reserved_name};
use super::read::{Body, Named, Vhost};
use super::recorded::{Recorded, closest, did_you_mean};
use super::router::BUILT_IN;
use crate::model::{BrokerModel, version_pair};
use crate::spec::{Diagnostics, Position};

pub(super) use lint::{LINTS, lint};

/// The longest name, in bytes: AMQP's short string.
const LONGEST: usize = 255;

/// Reports what the broker would refuse, ignore or silently change.
pub(super) fn validate(broker: &BrokerModel, diagnostics: &mut Diagnostics) {
    let body = Body::read(broker);
    let recorded = Recorded::of(&broker.version);
    let mut validation = Validation { broker, body: &body, recorded, diagnostics };
    validation.configuration();
    validation.users();
    for vhost in &body.vhosts {
        validation.length(vhost.name, "virtual host");
        validation.exchanges(vhost);
        validation.queues(vhost);
        validation.bindings(vhost);
        validation.policies(vhost);
    }
}

struct Validation<'a> {
    broker: &'a BrokerModel,
    body: &'a Body<'a>,
    recorded: &'a Recorded,
    diagnostics: &'a mut Diagnostics,
}

impl Validation<'_> {
    fn error(&mut self, code: &'static str, at: Position, text: String, help: impl Into<String>) {
        self.diagnostics.error(code, at, text, Some(help.into()));
    }

    fn version(&self) -> (u32, u32) {
        version_pair(&self.broker.version)
    }

    fn length(&mut self, name: Named<'_>, what: &str) {
        let bytes = name.name.len();
        if name.name.is_empty() {
            self.error("invalid-name", name.at, format!("a {what} needs a name"), "write a name");
        } else if [".", ".."].contains(&name.name) {
            let text = format!(
                "a {what} cannot be named `{}`: in a URL that is a step, so no tool could address it",
                name.name
            );
            self.error("invalid-name", name.at, text, "choose another name");
        } else if bytes > LONGEST {
            let text = format!("the name of this {what} has {bytes} bytes, and RabbitMQ allows {LONGEST}");
            self.error("invalid-name", name.at, text, "shorten it; letters outside ASCII take two to four bytes");
        }
    }

    /// The name of an exchange or queue.
    fn object_name(&mut self, name: Named<'_>, what: &str) {
        self.length(name, what);
        if name.name.contains(['\n', '\r']) {
            let text =
                format!("the name of this {what} has a line break, which RabbitMQ takes out when a client declares it");
            self.error("invalid-name", name.at, text, "remove the line break");
        }
        if !name.name.is_empty() && reserved_name(name.name) {
            let owner = if name.name.starts_with(SCRATCH) { "mqlab's own probes" } else { "RabbitMQ itself" };
            let text = format!("the {what} `{}` cannot be declared: such names belong to {owner}", name.name);
            self.error("reserved-name", name.at, text, "choose another name");
        }
    }

    /// An exchange that something refers to. The default exchange is named by the empty text.
    fn exchange_reference(&mut self, vhost: &Vhost<'_>, target: Named<'_>, what: &str) {
        if target.name.is_empty() || known_exchange(vhost, target.name) || self.is_unread(vhost.no_exchanges) {
            return;
        }
        let declared = vhost.exchanges.iter().map(|exchange| exchange.name.name);
        let built_in = BUILT_IN.iter().map(|(name, _)| *name);
        let help = did_you_mean(target.name, declared.chain(built_in))
            .unwrap_or_else(|| format!("declare it under `exchanges`: `{}: {{}}`", target.name));
        let text = format!("{what} is the exchange `{}`, which nobody declares{}", target.name, within(vhost));
        self.error("unknown-exchange", target.at, text, help);
    }

    /// Whether something is there that could not be read: then nobody knows what it declares.
    fn is_unread(&self, nothing: Option<Position>) -> bool {
        nothing.is_some_and(|at| self.diagnostics.list.iter().any(|one| one.at == at))
    }

    fn queue_reference(&mut self, vhost: &Vhost<'_>, target: Named<'_>, what: &str) {
        if vhost.queue(target.name).is_some() || self.is_unread(vhost.no_queues) {
            return;
        }
        let declared = vhost.queues.iter().map(|queue| queue.name.name);
        let help = if known_exchange(vhost, target.name) {
            "there is an exchange of this name: add `destination_type: exchange`".to_owned()
        } else {
            did_you_mean(target.name, declared)
                .unwrap_or_else(|| format!("declare it under `queues`: `{}: {{}}`", target.name))
        };
        let text = format!("{what} is the queue `{}`, which nobody declares{}", target.name, within(vhost));
        self.error("unknown-queue", target.at, text, help);
    }
}

fn known_exchange(vhost: &Vhost<'_>, name: &str) -> bool {
    vhost.exchange(name).is_some() || BUILT_IN.iter().any(|(built_in, _)| *built_in == name)
}

/// ` in the virtual host …`, where it is not the usual one.
fn within(vhost: &Vhost<'_>) -> String {
    if vhost.name.name == super::read::ROOT {
        String::new()
    } else {
        format!(" in the virtual host `{}`", vhost.name.name)
    }
}

#[cfg(test)]
mod tests;
