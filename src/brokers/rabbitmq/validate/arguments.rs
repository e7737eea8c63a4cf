//! A queue's `x-` arguments, by what the queue types of this version took in trials.

use super::Validation;
use crate::brokers::rabbitmq::read::{Argument, Queue};
use crate::model::Value;

impl Validation<'_> {
    pub(super) fn queue_arguments(&mut self, queue: &Queue<'_>) {
        for argument in &queue.arguments {
            self.queue_argument(queue, argument);
        }
    }

    fn queue_argument(&mut self, queue: &Queue<'_>, argument: &Argument<'_>) {
        let (name, kind, key) = (queue.name.name, queue.kind.name, argument.key.name);
        if key == "x-queue-type" {
            let text = format!("the type of the queue `{name}` is not an argument here");
            self.error("set-twice", argument.key.at, text, format!("write `type: {}` instead", argument.value));
            return;
        }
        if argument.value.is_null() {
            return;
        }
        let Some(own) = self.recorded.queue_types.get(kind) else { return };
        if let Some(types) = own.arguments.get(key) {
            if !types.is_empty() && !types.iter().any(|wanted| is_of_type(&argument.value, wanted)) {
                let wanted = in_words(types.iter().map(String::as_str));
                let text =
                    format!("`{key}` of the queue `{name}` is {}, and RabbitMQ wants {wanted}", shown(&argument.value));
                let help = match (&argument.value, types.as_slice()) {
                    (Value::Text(text), [wanted]) if wanted == "integer" && text.parse::<i64>().is_ok() => {
                        format!("remove the quotes: `{key}: {text}`")
                    }
                    _ => format!("write {wanted} there"),
                };
                self.error("argument-type", argument.key.at, text, help);
            }
            return;
        }
        let others: Vec<&str> = self
            .recorded
            .queue_types
            .iter()
            .filter(|(_, other)| other.arguments.contains_key(key))
            .map(|(other, _)| other.as_str())
            .collect();
        // An argument that no type knows is taken and ignored: a lint.
        if !others.is_empty() {
            let text = format!("the {kind} queue `{name}` cannot have the argument `{key}`");
            self.error(
                "argument-not-for-type",
                argument.key.at,
                text,
                format!("only {} queues have it", others.join(" and ")),
            );
        }
    }
}

fn is_of_type(value: &Value, wanted: &str) -> bool {
    match wanted {
        "integer" => value.as_i64().is_some(),
        "string" => value.as_text().is_some(),
        "boolean" => value.as_bool().is_some(),
        _ => true,
    }
}

pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("the text \"{text}\""),
        other => other.to_string(),
    }
}

/// What the recorded names of types mean to somebody who writes a value.
pub(super) fn in_words<'a>(types: impl IntoIterator<Item = &'a str>) -> String {
    let mut named: Vec<&str> = Vec::new();
    for one in types {
        let words = match one {
            "integer" => "a whole number",
            "byte" => "a whole number up to 255",
            "float" => "a number",
            "string" | "binary" | "atom" | "file" => "text",
            "boolean" => "`true` or `false`",
            "flag" => "`on` or `off`",
            "bytesize" => "a size such as `512MiB`",
            // How secrets are marked for the broker's own vault.
            "tagged_string" | "tagged_binary" => continue,
            other => other,
        };
        if !named.contains(&words) {
            named.push(words);
        }
    }
    named.join(" or ")
}
