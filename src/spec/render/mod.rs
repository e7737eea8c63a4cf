//! Diagnostics as text: drawn with the source line, in one line each, or as JSON. To a value; `view` prints it.

use serde::Serialize;

use super::{Diagnostics, Severity, Sources};

/// How the drawn form looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub color: bool,
    /// Box-drawing characters; else plain ASCII.
    pub unicode: bool,
    /// Columns to wrap at.
    pub width: usize,
}

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

/// With file, position, source line, caret, code and help, and a last line that counts. Empty without diagnostics.
pub fn fancy(diagnostics: &Diagnostics, sources: &Sources, style: Style) -> String {
    let _ = (diagnostics, sources, style);
    String::new()
}

/// `file:line:column: error[code]: text (help: …)`, one line each, and a last line that counts.
pub fn plain(diagnostics: &Diagnostics, sources: &Sources) -> String {
    let _ = (diagnostics, sources);
    String::new()
}

/// The same as values.
pub fn reports(diagnostics: &Diagnostics, sources: &Sources) -> Vec<Report> {
    let _ = (diagnostics, sources);
    Vec::new()
}
