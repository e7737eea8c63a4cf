//! Diagnostics as text: drawn with the source line, in one line each, or as JSON. To a value; `view` prints it.

mod fancy;
mod plain;

use serde::Serialize;

use super::{Diagnostics, Severity, Sources};

pub use fancy::{Style, fancy};
pub use plain::plain;

/// One diagnostic for JSON output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Report {
    pub severity: Severity,
    pub code: &'static str,
    pub file: String,
    /// From 1.
    pub line: u32,
    /// From 1, in characters.
    pub column: u32,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

/// The diagnostics with the names of their files.
pub fn reports(diagnostics: &Diagnostics, sources: &Sources) -> Vec<Report> {
    let report = |one: &super::Diagnostic| Report {
        severity: one.severity,
        code: one.code,
        file: sources.origin(one.at).file.to_string(),
        line: one.at.line,
        column: one.at.column,
        text: one.text.clone(),
        help: one.help.clone(),
    };
    diagnostics.list.iter().map(report).collect()
}

/// `3 errors, 1 warning`: the last line of a report. Empty without diagnostics.
pub fn summary(diagnostics: &Diagnostics) -> String {
    let count = |severity| diagnostics.list.iter().filter(|one| one.severity == severity).count();
    let counted =
        [(count(Severity::Error), "error"), (count(Severity::Lint), "warning"), (diagnostics.omitted, "more")];
    let parts: Vec<String> = counted
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| {
            let plural = if number == 1 || noun == "more" { "" } else { "s" };
            format!("{number} {noun}{plural}")
        })
        .collect();
    parts.join(", ")
}

impl Severity {
    /// The word in front of a diagnostic.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Lint => "warning",
        }
    }
}
