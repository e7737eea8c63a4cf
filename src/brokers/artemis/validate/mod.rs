//! What Artemis would refuse, or take and not do, found before anything runs. All of it is reported in one run.

mod objects;
mod settings;
#[cfg(test)]
mod tests;
mod users;

use super::broker_xml::MANAGED;
use super::config_keys::ConfigKeys;
use super::kinds::{FOR_DEAD_LETTERS, FOR_EXPIRED, is_reserved};
use super::read::{Body, Named};
use crate::model::{BrokerModel, Value};
use crate::spec::{Diagnostics, Position, quote, suggest};

/// Below this the broker starts and hangs.
const LEAST_HEAP: u64 = 128 << 20;

pub(super) fn validate(broker: &BrokerModel, diagnostics: &mut Diagnostics) {
    let body = Body::read(broker);
    let mut validation = Validation { broker, body: &body, diagnostics };
    validation.users();
    validation.objects();
    validation.settings();
    validation.security();
    validation.configuration();
}

struct Validation<'a> {
    broker: &'a BrokerModel,
    body: &'a Body<'a>,
    diagnostics: &'a mut Diagnostics,
}

impl Validation<'_> {
    fn error(&mut self, code: &'static str, at: Position, text: impl Into<String>, help: impl Into<String>) {
        self.diagnostics.error(code, at, text, help.into());
    }

    /// A name of an address, a queue or a divert.
    fn object_name(&mut self, name: Named<'_>, what: &str) {
        let text = name.name;
        if text.is_empty() {
            self.error("invalid-name", name.at, format!("{what} has no name"), "give it one");
        } else if text.contains("::") {
            let problem = format!("{} has `::` in it, which parts an address from a queue of it", quote(text));
            self.error("invalid-name", name.at, problem, "choose another name");
        } else if text.chars().any(char::is_control) || text.trim() != text {
            let problem = format!("the name {} has a control character or a space at an end", quote(text));
            self.error("invalid-name", name.at, problem, "choose another name");
        } else if is_reserved(text) {
            let problem = format!("{} is a name that Artemis or mqlab keeps for itself", quote(text));
            let help = "names that begin with `$`, `activemq.` or `mqlab-probe` are never touched; choose another";
            self.error("reserved-name", name.at, problem, help);
        }
    }

    /// A match of settings.
    fn pattern(&mut self, pattern: Named<'_>) {
        let words: Vec<&str> = pattern.name.split('.').collect();
        let (last, before) = words.split_last().unwrap_or((&"", &[]));
        let text = quote(pattern.name);
        if pattern.name.is_empty() || words.iter().any(|word| word.is_empty()) {
            self.error("bad-match", pattern.at, format!("the match {text} has a word without letters"), "remove a dot");
        } else if before.iter().any(|word| word.contains('#')) || (last.contains('#') && *last != "#") {
            let help = "`#` is a word of its own, the last one; `*` stands for one word anywhere";
            self.error("bad-match", pattern.at, format!("`#` can only end the match {text}"), help);
        } else if is_reserved(pattern.name) {
            let problem = format!("{text} is for addresses that Artemis or mqlab keeps for itself");
            self.error("reserved-name", pattern.at, problem, "choose another match");
        }
    }

    /// An address that something points at.
    fn address_reference(&mut self, name: Named<'_>, what: &str) {
        let known = self.body.address(name.name).is_some() || [FOR_DEAD_LETTERS, FOR_EXPIRED].contains(&name.name);
        if !known {
            let declared = self.body.addresses.iter().map(|address| address.name.name);
            let declare = format!("declare it under `addresses`: `{}: {{ routing: anycast }}`", name.name);
            let help = suggest(name.name, declared, &declare);
            let text = format!("nobody declares the address {}, {what}", quote(name.name));
            self.error("unknown-address", name.at, text, help);
        }
    }

    fn configuration(&mut self) {
        if let (Some(heap), Some(node)) = (self.broker.heap, self.broker.body.get("heap"))
            && heap < LEAST_HEAP
        {
            let text = format!("with a heap of {} MiB the broker starts and hangs", heap >> 20);
            self.error("too-little-memory", node.at, text, "write `heap: 128MiB` or more, or leave it out");
        }
        let keys = ConfigKeys::of(&self.broker.version);
        let broker = self.broker;
        for entry in broker.body.entries_of("config") {
            let (key, value) = (entry.key.as_str(), entry.value.to_value());
            if let Some((_, instead)) = MANAGED.iter().find(|(name, _)| *name == key) {
                self.error("managed-config", entry.at, format!("`{key}` is set by mqlab"), *instead);
            } else if let Some(known) = keys.broker.get(key) {
                if value != Value::Null
                    && let Err(misfit) = known.spell(&value)
                {
                    self.error("bad-config-value", entry.value.at, format!("`{key}`: {}", misfit.text), misfit.help);
                }
            } else {
                let text = format!("Artemis {} has no `{key}` in broker.xml that holds one value", broker.version);
                let rest = "see the configuration reference of this version of Artemis";
                let help = suggest(key, keys.broker.keys().map(String::as_str), rest);
                self.error("unknown-config", entry.at, text, help);
            }
        }
    }
}
