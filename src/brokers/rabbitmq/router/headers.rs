//! Headers bindings: `x-match` says whether all or any of the other arguments must be among the message's headers.

use std::collections::BTreeMap;

use super::Decision;
use crate::model::Value;

/// Whether the binding takes a message with these headers.
///
/// An argument without a value asks only that the header is there. Names that begin with `x-` take part with
/// `all-with-x` and `any-with-x` alone; `x-match` itself never does.
pub(super) fn decide(arguments: &BTreeMap<String, Value>, headers: &BTreeMap<String, Value>) -> Decision {
    let mode = arguments.get("x-match").and_then(Value::as_text).unwrap_or("all");
    let (any, with_x) = match mode {
        "any" => (true, false),
        "any-with-x" => (true, true),
        "all-with-x" => (false, true),
        _ => (false, false),
    };
    let wanted = || arguments.iter().filter(|(name, _)| *name != "x-match" && (with_x || !name.starts_with("x-")));
    let fits = |name: &str, value: &Value| match headers.get(name) {
        None => false,
        Some(_) if value.is_null() => true,
        Some(found) => found == value,
    };
    if any {
        match wanted().find(|(name, value)| fits(name, value)) {
            Some((name, _)) => Decision::Takes(format!("headers, {mode}: `{name}` is as the binding asks")),
            None => Decision::Leaves(format!("headers, {mode}: none of the binding's headers is there with its value")),
        }
    } else {
        match wanted().find(|(name, value)| !fits(name, value)) {
            Some((name, value)) => Decision::Leaves(wanting(mode, name, value, headers.get(name))),
            None if wanted().next().is_none() => {
                Decision::Takes(format!("headers, {mode}: the binding asks for no header"))
            }
            None => Decision::Takes(format!("headers, {mode}: every header is as the binding asks")),
        }
    }
}

fn wanting(mode: &str, name: &str, wanted: &Value, found: Option<&Value>) -> String {
    match found {
        None => format!("headers, {mode}: the header `{name}` is not there"),
        Some(found) => format!("headers, {mode}: the header `{name}` is {found}, not {wanted}"),
    }
}
