//! `mqlab check`: every mistake in the file, and nothing but the file.

use serde_json::json;

use super::arguments::Check;
use super::error::CliError;
use super::exit::Code;
use super::surroundings::Surroundings;
use super::{address, spec};
use crate::model::Stack;
use crate::spec::render;
use crate::view::{Form, View, envelope};

pub(super) fn check(arguments: &Check, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let read = spec::read(&arguments.files, surroundings)?;
    let is_valid = read.stack.is_some() && (!arguments.strict || read.diagnostics.list.is_empty());
    match view.form() {
        Form::Human => {
            let text = spec::drawn(&read, surroundings, view);
            if !text.is_empty() {
                view.say(&text);
            }
            if let Some(stack) = read.stack.as_ref().filter(|_| is_valid) {
                view.result(&format!("{}\n", summary(stack)));
            }
        }
        Form::Plain => view.result(&render::plain(&read.diagnostics, &read.sources)),
        Form::Json => {
            let body = json!({
                "valid": is_valid,
                "stack": read.stack.as_ref().map(|stack| &stack.name),
                "diagnostics": render::reports(&read.diagnostics, &read.sources),
                "omitted": read.diagnostics.omitted,
            });
            view.json(&envelope("check", &body));
        }
    }
    Ok(if is_valid { Code::Done } else { Code::Usage })
}

/// `shop: 2 brokers, 43 objects, 3 apps: the file is valid`.
fn summary(stack: &Stack) -> String {
    let counted = |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
    format!(
        "{}: {}, {}, {}: the file is valid",
        stack.name,
        counted(stack.brokers.len(), "broker"),
        counted(address::declared(stack).len(), "object"),
        counted(stack.apps.len(), "app"),
    )
}
