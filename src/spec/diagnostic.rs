//! What is wrong in a spec, all of it, each with its place and the way out.

use std::collections::BTreeSet;

use serde::Serialize;

use super::Position;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// The spec cannot be used.
    Error,
    /// Suspicious: a warning, and an error under `check --strict`.
    Lint,
}

/// One mistake.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// Stable and in kebab-case: `unknown-key`, `queue-unreachable`.
    pub code: &'static str,
    pub at: Position,
    /// What is wrong: found against wanted. One sentence without a full stop.
    pub text: String,
    /// What to do about it.
    pub help: Option<String>,
}

/// The mistakes found so far. Finding one never stops the search for the next.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    pub list: Vec<Diagnostic>,
    /// How many more there were than anybody would read.
    pub omitted: usize,
    /// Defaults and aliases bring the same mistake to many places.
    seen: BTreeSet<(usize, u32, u32, &'static str, String)>,
    errors: usize,
    lints: usize,
}

/// The most errors, and the most lints, that are kept: a file of mistakes must not fill the memory.
const MOST: usize = 1_000;

impl Diagnostics {
    pub fn error(
        &mut self,
        code: &'static str,
        at: Position,
        text: impl Into<String>,
        help: impl Into<Option<String>>,
    ) {
        self.push(Severity::Error, code, at, text.into(), help.into());
    }

    pub fn lint(&mut self, code: &'static str, at: Position, text: impl Into<String>, help: impl Into<Option<String>>) {
        self.push(Severity::Lint, code, at, text.into(), help.into());
    }

    fn push(&mut self, severity: Severity, code: &'static str, at: Position, text: String, help: Option<String>) {
        let count = match severity {
            Severity::Error => &mut self.errors,
            Severity::Lint => &mut self.lints,
        };
        if *count == MOST {
            self.omitted += 1;
        } else if self.seen.insert((at.file, at.line, at.column, code, text.clone())) {
            *count += 1;
            self.list.push(Diagnostic { severity, code, at, text, help });
        }
    }

    pub fn has_errors(&self) -> bool {
        self.list.iter().any(|diagnostic| diagnostic.severity == Severity::Error)
    }

    /// In the order of the files.
    pub fn sort(&mut self) {
        self.list.sort_by(|left, right| {
            let key = |one: &Diagnostic| (one.at.file, one.at.line, one.at.column, one.severity, one.code);
            key(left).cmp(&key(right)).then_with(|| left.text.cmp(&right.text))
        });
    }
}
