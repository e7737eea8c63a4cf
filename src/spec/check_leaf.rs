//! The checker's last level: texts, numbers, choices and units.

use super::check::{Checker, Subject};
use super::describe::wanted;
use super::words::{list, quote, suggest};
use super::{Node, NodeValue, Shape, Text, units};

impl Checker<'_> {
    /// Whether the value fits; what does not is reported.
    pub(super) fn leaf(&mut self, node: &Node, shape: &Shape, subject: Subject<'_>) -> bool {
        match (shape, &node.value) {
            (Shape::Text, NodeValue::Text(_))
            | (Shape::Bool, NodeValue::Bool(_))
            | (Shape::Scalar, NodeValue::Text(_) | NodeValue::Int(_) | NodeValue::Bool(_)) => true,
            (Shape::Int { least, most }, NodeValue::Int(value)) if (least..=most).contains(&value) => true,
            (Shape::Duration | Shape::Size, NodeValue::Int(value)) if *value >= units::UNLIMITED => true,
            (Shape::Int { .. } | Shape::Duration | Shape::Size, NodeValue::Int(value)) => {
                let text = format!("{} cannot be {value}", subject.name);
                self.diagnostics.error("out-of-range", node.at, text, format!("it takes {}", wanted(shape)));
                false
            }
            (Shape::Choice(choices), NodeValue::Text(text)) => self.choice(node, text, choices, subject),
            (Shape::Duration, NodeValue::Text(text)) => self.unit(node, text, units::duration, subject),
            (Shape::Size, NodeValue::Text(text)) => self.unit(node, text, units::size, subject),
            _ => self.misfit(node, shape, subject),
        }
    }

    fn choice(&mut self, node: &Node, text: &Text, choices: &[&str], subject: Subject<'_>) -> bool {
        if choices.contains(&text.value.as_str()) {
            return true;
        }
        let help = format!("it is {}", list(choices.iter().copied(), "or"));
        let help = suggest(&text.value, choices.iter().copied(), &help);
        let text = format!("{} cannot be {}", subject.name, shown(text, subject));
        self.diagnostics.error("invalid-choice", node.at, text, help);
        false
    }

    fn unit(
        &mut self,
        node: &Node,
        text: &Text,
        parse: fn(&str) -> Result<i64, units::UnitError>,
        subject: Subject<'_>,
    ) -> bool {
        let Err(error) = parse(&text.value) else { return true };
        let problem = if hidden(text, subject) {
            format!("{} has no usable value", subject.name)
        } else {
            format!("{}: {}", subject.name, error.problem)
        };
        self.diagnostics.error("invalid-unit", node.at, problem, error.help);
        false
    }

    /// Reports a value of the wrong form. Always `false`.
    pub(super) fn misfit(&mut self, node: &Node, shape: &Shape, subject: Subject<'_>) -> bool {
        let found = self.found(node, subject);
        let text = format!("{} takes {}, and this is {found}", subject.name, wanted(shape));
        let help = self.fix(node, shape, subject).unwrap_or_else(|| format!("write {}", wanted(shape)));
        self.diagnostics.error("wrong-type", node.at, text, help);
        false
    }

    /// The value as it was typed, or what kind of thing it is where it is long or secret.
    fn found(&self, node: &Node, subject: Subject<'_>) -> String {
        let kind = node.describe();
        let raw = self.raw(node);
        match &node.value {
            NodeValue::Text(text) if hidden(text, subject) => kind.to_owned(),
            _ if subject.secret => kind.to_owned(),
            NodeValue::List(_) | NodeValue::Map(_) => kind.to_owned(),
            _ if raw.is_empty() => kind.to_owned(),
            _ => format!("{kind}: {}", quote(raw)),
        }
    }

    /// What was typed; empty where that is elsewhere, behind an alias.
    fn raw(&self, node: &Node) -> &str {
        let raw = self.lines.get(node.at.file).map_or("", |lines| lines.slice(node.at));
        if raw.starts_with(['*', '|', '>']) { "" } else { raw }
    }

    fn fix(&self, node: &Node, shape: &Shape, subject: Subject<'_>) -> Option<String> {
        let raw = if subject.secret { "…" } else { self.raw(node) };
        let wants_number = matches!(shape, Shape::Int { .. });
        match (&node.value, shape) {
            (_, Shape::Either(shapes)) => shapes.iter().find_map(|shape| self.fix(node, shape, subject)),
            (NodeValue::Text(text), Shape::Int { .. } | Shape::Bool) if text.interpolated => {
                let kind = if wants_number { "number" } else { "boolean" };
                Some(format!(
                    "`${{…}}` always gives text; write the {kind} itself, here or in a file of its own with `-f`"
                ))
            }
            (NodeValue::Text(text), Shape::Int { .. }) if text.value.parse::<i64>().is_ok() => {
                Some(format!("write it without quotes: `{}`", text.value))
            }
            (NodeValue::Text(text), Shape::Bool) if matches!(text.value.as_str(), "true" | "false") => {
                Some(format!("write it without quotes: `{}`", text.value))
            }
            (NodeValue::Text(_) | NodeValue::Float(_), Shape::Int { .. }) => {
                plain_number(raw).map(|number| format!("write it in digits alone: `{number}`"))
            }
            (NodeValue::Float(value), Shape::Text | Shape::Scalar | Shape::Choice(_)) if value.to_string() != raw => {
                Some(format!("put quotes around it: `\"{raw}\"`; without them it is the number {value}"))
            }
            (
                NodeValue::Int(_) | NodeValue::Float(_) | NodeValue::Bool(_),
                Shape::Text | Shape::Scalar | Shape::Choice(_),
            ) if !raw.is_empty() => Some(format!("put quotes around it: `\"{raw}\"`")),
            (NodeValue::Map(_), Shape::List(_)) => Some("begin each item with `- `, or write `[ { … } ]`".to_owned()),
            (_, Shape::List(_)) if !raw.is_empty() => Some(format!("write a list: `[ {raw} ]`")),
            (_, Shape::List(_)) => Some("write `[ … ]`, or lines that begin with `- `".to_owned()),
            (NodeValue::List(_), Shape::Map { key, .. }) => Some(format!("the {key} names are keys here: `name: …`")),
            (_, Shape::Map { .. } | Shape::Object(_)) => {
                Some("write `key: value` lines below it, or `{ key: value }`".to_owned())
            }
            _ => None,
        }
    }
}

/// The number that a person meant by `1_000`, `1,000`, `10k` or `1e3`.
fn plain_number(raw: &str) -> Option<i64> {
    let digits: String = raw.chars().filter(|character| !matches!(character, '_' | ',' | ' ' | '\'' | '"')).collect();
    if let Some(thousands) = digits.strip_suffix(['k', 'K']) {
        return thousands.parse::<i64>().ok()?.checked_mul(1_000);
    }
    if let Some((digits, zeros)) = digits.split_once(['e', 'E']) {
        return digits.parse::<i64>().ok()?.checked_mul(10_i64.checked_pow(zeros.parse().ok()?)?);
    }
    digits.parse().ok()
}

/// What came from outside is not shown: it may be a password under the wrong key.
fn hidden(text: &Text, subject: Subject<'_>) -> bool {
    subject.secret || text.interpolated
}

fn shown(text: &Text, subject: Subject<'_>) -> String {
    if hidden(text, subject) { "the value that it is given".to_owned() } else { quote(&text.value) }
}
