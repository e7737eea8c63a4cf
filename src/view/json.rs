//! JSON for programs.

use serde::Serialize;
use serde_json::{Value, json};

/// The version of everything that `--format json` prints.
const FORMAT: u32 = 1;

/// `{"format": 1, "command": "plan", …}` with the fields of `body`.
pub fn envelope(command: &str, body: &impl Serialize) -> Value {
    let mut whole = json!({ "format": FORMAT, "command": command });
    let body = serde_json::to_value(body).unwrap_or_else(|error| json!({ "error": error.to_string() }));
    match (whole.as_object_mut(), body) {
        (Some(whole), Value::Object(fields)) => whole.extend(fields),
        (Some(whole), other) => drop(whole.insert("items".to_owned(), other)),
        (None, _) => {}
    }
    whole
}
