//! What came of it, as the site shows it: `site/clients/results.yaml`.

use std::collections::BTreeMap;
use std::sync::Mutex;

use serde_yaml::Value;

use super::entries::folder;
use crate::lab::same;

/// Scenarios run side by side, and share the file.
static FILE: Mutex<()> = Mutex::new(());

const HEAD: &str = "\
# Which receiver got which sender's message, exactly once. Written by
# `UPDATE_GOLDEN=1 cargo test --test live snippets`, and compared by every other run; `recorded` is what the machine had
# then, and is not compared.
";

/// `UPDATE_GOLDEN=1` writes it.
pub(super) fn golden(kind: &str, version: &str, recorded: &str, ids: &[&str]) {
    let row = |sender: &&str| {
        let cells: Vec<String> = ids.iter().map(|receiver| format!("{receiver}: ok")).collect();
        format!("    {sender}: {{ {} }}\n", cells.join(", "))
    };
    let rows: String = ids.iter().map(row).collect();
    let found = format!("- kind: {kind}\n  version: \"{version}\"\n  recorded: {recorded}\n  senders:\n{rows}");
    let guard = FILE.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let path = folder().join("results.yaml");
    let text = std::fs::read_to_string(&path).unwrap_or_default();
    let mut parts: BTreeMap<String, String> = text.split("- kind: ").skip(1).map(part).collect();
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        parts.insert(kind.to_owned(), found.clone());
        std::fs::write(&path, format!("{HEAD}{}", parts.values().cloned().collect::<String>())).unwrap();
    }
    drop(guard);
    let wanted = parts.remove(kind).unwrap_or_default();
    same(&compared(&found), &compared(&wanted));
}

fn part(text: &str) -> (String, String) {
    let kind = text.lines().next().unwrap_or_default().to_owned();
    (kind, format!("- kind: {text}"))
}

fn compared(part: &str) -> String {
    // Proves that it is YAML, too.
    serde_yaml::from_str::<Value>(part).unwrap();
    part.lines().filter(|line| !line.starts_with("  recorded: ")).map(|line| format!("{line}\n")).collect()
}
