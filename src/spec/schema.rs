//! The JSON Schema of the spec, from the same shapes that the checker reads.

/// Draft 2020-12, for editors and other tools.
pub fn schema() -> serde_json::Value {
    serde_json::json!({})
}
