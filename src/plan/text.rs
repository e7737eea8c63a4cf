//! The stable form of a plan: one line per step. What tests compare and `--format plain` prints.

use std::fmt::Write as _;

use super::step::{Action, Plan, Step};

impl Plan {
    /// One line per step, then the unmanaged objects, the notes and the footer.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for step in &self.steps {
            let _ = writeln!(out, "{}", step.to_line());
        }
        for unmanaged in &self.unmanaged {
            let _ = writeln!(out, "? {}", unmanaged.address);
        }
        for note in &self.notes {
            let about = note.address.as_ref().map(|address| format!("{address}: ")).unwrap_or_default();
            let _ = writeln!(out, "  note: {about}{}", note.text);
        }
        let _ = writeln!(out, "{}", self.footer());
        out
    }

    /// `Plan: 3 create, 1 update, 1 replace (412 messages at risk), 0 delete; 27 unchanged; 5 unmanaged`.
    pub fn footer(&self) -> String {
        let count = |verb: &str| self.steps.iter().filter(|step| step.action.verb() == verb).count();
        let at_risk: u64 = self.steps.iter().filter_map(|step| step.risk.as_ref()?.messages).sum();
        let risk = if at_risk > 0 { format!(" ({at_risk} messages at risk)") } else { String::new() };
        let blocked = count("blocked");
        let blocked = if blocked > 0 { format!(", {blocked} blocked") } else { String::new() };
        let projected = if self.projected { " (projected: the brokers were not asked)" } else { "" };
        format!(
            "Plan: {} create, {} update, {} replace{risk}, {} delete{blocked}; {} unchanged; {} unmanaged{projected}",
            count("create"),
            count("update"),
            count("replace"),
            count("delete"),
            self.unchanged,
            self.unmanaged.len()
        )
    }

    /// Whether nothing would be done and nothing is in the way.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// Whether an unmanaged object counts as a difference.
    pub fn unmanaged_counts(&self) -> bool {
        self.unmanaged.iter().any(|unmanaged| unmanaged.counts)
    }
}

impl Step {
    /// Sign, address, cause, place, risk, and for a blocked step the reason and the way out.
    pub fn to_line(&self) -> String {
        let mut line = format!("{} {}: {}", self.action.sign(), self.address, self.cause);
        if let Some(origin) = self.changes.iter().find_map(|change| change.origin.as_ref()).or(self.origin.as_ref()) {
            let _ = write!(line, " [{origin}]");
        }
        if let Some(moved) = self.moved {
            let _ = write!(line, " (moved: {})", moved.describe());
        }
        if let Some(risk) = self.risk.as_ref().filter(|risk| !risk.is_empty()) {
            let _ = write!(line, " (at risk: {risk})");
        }
        if !self.dependants.is_empty() {
            let _ = write!(line, " (made again with it: {})", self.dependants.len());
        }
        if let Action::Blocked { reason, way_out } = &self.action {
            let _ = write!(line, " | {reason} | {way_out}");
        }
        line
    }
}
