//! What was recorded from clients and brokers, and what both engines are held to.

use std::path::{Path, PathBuf};

use serde_json::Value;

fn path(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/vectors").join(name)
}

pub(crate) fn recorded(name: &str) -> Value {
    serde_json::from_str(&std::fs::read_to_string(path(name)).unwrap()).unwrap()
}

/// Compares a whole file, or writes it with `UPDATE_GOLDEN=1`.
#[track_caller]
pub(crate) fn same(name: &str, text: &str) {
    let path = path(name);
    #[expect(clippy::disallowed_methods, reason = "the one switch of the golden tests")]
    if std::env::var("UPDATE_GOLDEN").is_ok_and(|value| value == "1") {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let wanted = std::fs::read_to_string(&path).unwrap_or_default();
    let difference = similar::TextDiff::from_lines(wanted.as_str(), text);
    let shown = difference.unified_diff().context_radius(1).to_string();
    assert!(wanted == text, "{name} has changed; UPDATE_GOLDEN=1 accepts it\n{shown}");
}
