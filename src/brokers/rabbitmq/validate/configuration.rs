//! Plugins, and lines for rabbitmq.conf.

use super::arguments::in_words;
use super::{Validation, closest};
use crate::brokers::rabbitmq::containers::needs_quotes;
use crate::brokers::rabbitmq::recorded::ConfigurationKey;
use crate::model::Value;
use crate::spec::{Entry, Position};

/// Of nearly every plugin's name.
const PREFIX: &str = "rabbitmq_";

/// Keys that mqlab sets, and why.
const OURS: &[(&str, &str)] = &[
    ("default_user", "mqlab's administrator is the first user; declare others under `users`"),
    ("default_pass", "mqlab's administrator is the first user; declare others under `users`"),
    ("default_user_tags.", "declare users under `users`"),
    ("default_permissions.", "declare permissions under `users`"),
    ("default_users.", "declare users under `users`"),
    ("default_vhost", "declare virtual hosts under `vhosts`"),
    ("load_definitions", "declare the topology in this file"),
    ("definitions.", "declare the topology in this file"),
    ("listeners.tcp", "clients would not find the port; pin the host's port with `ports: { amqp: … }`"),
    ("management.tcp.port", "pin the host's port with `ports: { management: … }`"),
];

impl Validation<'_> {
    pub(super) fn configuration(&mut self) {
        let body = self.body;
        for plugin in &body.plugins {
            if self.recorded.plugins.iter().any(|known| known == plugin.name) {
                continue;
            }
            // Nearly all of them begin so, which would make them all alike.
            let known = self.recorded.plugins.iter().map(|known| known.strip_prefix(PREFIX).unwrap_or(known));
            let wanted = plugin.name.replace('-', "_");
            let help = closest(wanted.strip_prefix(PREFIX).unwrap_or(&wanted), known).map_or_else(
                || "the image does not have it; one of your own may: `image: …`".to_owned(),
                |near| format!("did you mean `{}`?", self.full_name(near)),
            );
            let text = format!(
                "RabbitMQ {} has no plugin `{}`, and would ignore it silently",
                self.broker.version, plugin.name
            );
            if self.broker.image.is_some() {
                let text = format!(
                    "RabbitMQ {} itself has no plugin `{}`: if the image has none either, it is ignored silently",
                    self.broker.version, plugin.name
                );
                self.diagnostics.lint("unknown-plugin", plugin.at, text, Some(help));
                continue;
            }
            self.error("unknown-plugin", plugin.at, text, help);
        }
        let broker = self.broker;
        for entry in broker.body.entries_of("config") {
            self.line(entry);
        }
    }

    /// A plugin by its name without the prefix.
    fn full_name(&self, bare: &str) -> String {
        let full = format!("{PREFIX}{bare}");
        if self.recorded.plugins.contains(&full) { full } else { bare.to_owned() }
    }

    fn line(&mut self, entry: &Entry) {
        let key = entry.key.as_str();
        if let Some((_, help)) = OURS.iter().find(|(ours, _)| {
            key == *ours
                || (ours.ends_with('.') && key.starts_with(ours))
                || (*ours == "listeners.tcp" && key.starts_with("listeners.tcp."))
        }) {
            self.error("managed-config", entry.at, format!("`{key}` is set by mqlab"), *help);
            return;
        }
        if self.recorded.configuration.is_empty() {
            return;
        }
        let Some(known) = self.recorded.configuration_key(key) else {
            let keys = self.recorded.configuration.keys().map(String::as_str);
            let help = closest(key, keys).map_or_else(
                || "the keys are those of rabbitmq.conf".to_owned(),
                |near| format!("did you mean `{near}`?"),
            );
            let text = format!(
                "`{key}` is not a key of rabbitmq.conf in {}, and the broker would not start with it",
                self.broker.version
            );
            self.error("unknown-config", entry.at, text, help);
            return;
        };
        let value = entry.value.to_value();
        if let Some(wanted) = misfit(known, &value) {
            self.misfit(entry.value.at, key, &value, &wanted);
        }
    }

    fn misfit(&mut self, at: Position, key: &str, value: &Value, wanted: &str) {
        let text = format!("`{key}` cannot be {value}, and the broker would not start with it");
        self.error("bad-config-value", at, text, format!("it takes {wanted}"));
    }
}

/// What the key wants, where the value is certainly none of it.
fn misfit(known: &ConfigurationKey, value: &Value) -> Option<String> {
    let text = match value {
        Value::Null => return None,
        Value::Text(text) => text.clone(),
        other => other.to_string(),
    };
    if text.contains(['\n', '\r']) {
        return Some("one line".to_owned());
    }
    if text.contains('\'') && needs_quotes(&text) {
        return Some("no `'` beside a `#` or spaces at the ends: rabbitmq.conf has no way to write it".to_owned());
    }
    if known.values.contains(&text) {
        return None;
    }
    let fits = |kind: &String| match kind.as_str() {
        "integer" => text.parse::<i64>().is_ok(),
        "float" => text.parse::<f64>().is_ok(),
        "byte" => text.parse::<u8>().is_ok(),
        "flag" => matches!(text.as_str(), "on" | "off" | "true" | "false"),
        "boolean" => matches!(text.as_str(), "true" | "false"),
        "bytesize" => text.starts_with(|first: char| first.is_ascii_digit()),
        // Durations, addresses, files and the like are the broker's to judge.
        _ => true,
    };
    if known.types.iter().any(fits) {
        return None;
    }
    let values: Vec<String> = known.values.iter().map(|value| format!("`{value}`")).collect();
    let types = in_words(known.types.iter().map(String::as_str));
    Some([types, values.join(" or ")].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" or "))
}
