//! Headers bindings: `x-match` says whether all or any of the other arguments must be among the message's headers.

use std::collections::BTreeMap;

use super::Decision;
use crate::brokers::Reason;
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
    let reason = |code, name: &str| Reason::new(code, vec![("mode", mode.to_owned()), ("name", name.to_owned())]);
    if any {
        match wanted().find(|(name, value)| fits(name, value)) {
            Some((name, _)) => Decision::Takes(reason("header_found", name)),
            None => Decision::Leaves(reason("headers_none", "")),
        }
    } else {
        match wanted().find(|(name, value)| !fits(name, value)) {
            Some((name, wanted)) => Decision::Leaves(match headers.get(name) {
                None => reason("header_missing", name),
                Some(found) => {
                    let mut reason = reason("header_differs", name);
                    reason.values.extend([("found", shown(found)), ("wanted", shown(wanted))]);
                    reason
                }
            }),
            None if wanted().next().is_none() => Decision::Takes(reason("headers_free", "")),
            None => Decision::Takes(reason("headers_all", "")),
        }
    }
}

fn shown(value: &Value) -> String {
    if value.is_null() { "null".to_owned() } else { value.to_string() }
}
