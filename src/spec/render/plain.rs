//! One line for each diagnostic, as editors and pipelines read it.

use std::fmt::Write;

use super::super::{Diagnostics, Sources};
use super::{reports, summary};

/// `file:line:column: error[code]: text (help: …)`, one line each, and a last line that counts.
/// Empty without diagnostics.
pub fn plain(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let mut out = String::new();
    for one in reports(diagnostics, sources) {
        let place = format!("{}:{}:{}", one.file, one.line, one.column);
        // Writing to a text cannot fail.
        let _ = write!(out, "{place}: {}[{}]: {}", one.severity.word(), one.code, one.text);
        if let Some(help) = &one.help {
            let _ = write!(out, " (help: {help})");
        }
        out.push('\n');
    }
    if !out.is_empty() {
        let _ = writeln!(out, "{}", summary(diagnostics));
    }
    out
}
