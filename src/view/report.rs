//! The end of a run: what was done, what was not, and where everything is.

use std::fmt::Write as _;

use super::plan::{footer, shown, step_text};
use super::{Paint, Table};
use crate::brokers::{self, Outcome, OutcomeResult};
use crate::converge::{BrokerState, Report};
use crate::model::ImageServed;
use crate::plan::Action;

/// Different reasons that are told.
const TOLD: usize = 50;
/// Steps that are named of those with the same reason.
const NAMED: usize = 3;

/// What is said at the end of `up` and `apply`.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    pub report: &'a Report,
    /// As typed: what goes on after a partial run.
    pub command: &'a str,
}

/// Everything that did not go as wanted, then one line that counts.
pub fn ending_for_people(ending: &Ending<'_>, paint: Paint) -> String {
    let report = ending.report;
    let mut out = String::new();
    for plan in &report.plans {
        for step in plan.steps.iter().filter(|step| step.action != Action::Create) {
            let _ = writeln!(out, "{}", step_text(step, plan.stage, paint));
        }
        for unmanaged in &plan.unmanaged {
            let counts = if unmanaged.counts { "" } else { ", left alone" };
            let _ = writeln!(out, "  {} {}: not in the file{counts}", paint.sign("?"), shown(&unmanaged.address));
        }
        for note in &plan.notes {
            let about = note.address.as_ref().map(|address| format!("{}: ", shown(address))).unwrap_or_default();
            let _ = writeln!(out, "  {about}{}", note.text);
        }
    }
    out.push_str(&failed_for_people(&report.outcomes, paint));
    for check in report.checks.iter().filter(|check| !check.ok) {
        let _ = writeln!(out, "  {} {}: {}: {}", paint.bad("✗"), check.broker, check.name, check.detail);
    }
    for failure in &report.failures {
        let mut lines = failure.text.lines();
        let _ = writeln!(out, "{} {}", paint.bad("error:"), lines.next().unwrap_or_default());
        for line in lines {
            let _ = writeln!(out, "  {line}");
        }
    }
    let _ = writeln!(out, "{}", last_line(ending, paint));
    out
}

/// What failed, and why. Each reason once, however many objects it is about: a broker that goes away is one piece
/// of news.
pub fn failed_for_people(outcomes: &[Outcome], paint: Paint) -> String {
    let mut out = String::new();
    let mut reasons: Vec<(String, Vec<String>)> = Vec::new();
    for outcome in outcomes {
        let reason = match &outcome.result {
            OutcomeResult::Failed { reason } => reason.clone(),
            OutcomeResult::Unknown { reason } => format!("it may have been done, the answer did not come: {reason}"),
            OutcomeResult::Done | OutcomeResult::NotTried { .. } => continue,
        };
        let reason = format!("{reason}{}", by_node(outcome));
        let address = shown(&outcome.address);
        match reasons.iter_mut().find(|(known, _)| *known == reason) {
            Some((_, addresses)) => addresses.push(address),
            None => reasons.push((reason, vec![address])),
        }
    }
    for (reason, addresses) in reasons.iter().take(TOLD) {
        let _ = writeln!(out, "  {} {}: {}", paint.bad("✗"), several(addresses), reason.replace('\n', "\n    "));
    }
    if reasons.len() > TOLD {
        let more: usize = reasons[TOLD..].iter().map(|(_, addresses)| addresses.len()).sum();
        let _ = writeln!(out, "  {} and {more} more that failed", paint.bad("✗"));
    }
    out
}

/// ` (legacy-1: done, legacy-2: failed)`, where nodes differ.
fn by_node(outcome: &Outcome) -> String {
    let word = |result: &OutcomeResult| match result {
        OutcomeResult::Done => "done",
        OutcomeResult::Failed { .. } => "failed",
        OutcomeResult::Unknown { .. } => "not known",
        OutcomeResult::NotTried { .. } => "not tried",
    };
    let nodes: Vec<String> = outcome.nodes.iter().map(|(node, result)| format!("{node}: {}", word(result))).collect();
    if nodes.is_empty() { String::new() } else { format!(" ({})", nodes.join(", ")) }
}

/// The first few of them.
fn several(addresses: &[String]) -> String {
    let named = addresses.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match addresses.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

/// `12 of 40 steps done, 1 failed, 27 not tried; run the same command to go on`.
fn last_line(ending: &Ending<'_>, paint: Paint) -> String {
    let report = ending.report;
    let (done, failed, not_tried) = (report.done(), report.failed(), report.not_tried());
    let blocked = report.steps_blocked();
    let unchanged: usize = report.plans.iter().map(|plan| plan.unchanged).sum();
    let go_on = format!("run the same command to go on: {}", ending.command);
    if failed > 0 || not_tried > 0 {
        let all = report.outcomes.len();
        return format!(
            "{}: {go_on}",
            paint.bad(&format!("{done} of {all} steps done, {failed} failed, {not_tried} not tried"))
        );
    }
    if !report.failures.is_empty() || report.checks_failed() > 0 {
        return format!(
            "{}; {go_on}",
            paint.bad(&format!("Not all is well: {done} step{} done", if done == 1 { "" } else { "s" }))
        );
    }
    let mut line = match done {
        0 if blocked == 0 => format!("Nothing to do: everything is as the file says ({unchanged} unchanged)"),
        0 => format!("{unchanged} unchanged"),
        1 => format!("Done: 1 step; {unchanged} unchanged"),
        _ => format!("Done: {done} steps; {unchanged} unchanged"),
    };
    let unmanaged: usize = report.plans.iter().map(|plan| plan.unmanaged.len()).sum();
    if unmanaged > 0 {
        let _ = write!(line, "; {unmanaged} unmanaged");
    }
    if blocked > 0 {
        let _ = write!(line, "; {}", paint.bad(&format!("{blocked} blocked")));
    } else if done > 0 || unchanged > 0 {
        line = paint.good(&line);
    }
    line
}

/// Enough of a digest to tell it from others by eye.
pub fn short_digest(digest: &str) -> String {
    digest.chars().take("sha256:".len() + 12).collect()
}

/// Which image each broker runs, by content, and where and when it came from.
pub fn images_table(brokers: &[BrokerState], paint: Paint) -> String {
    let mut table = Table::new(&["broker", "image", "source", "digest", "since"]);
    for (broker, image) in brokers.iter().filter_map(|broker| Some((broker, broker.image.as_ref()?))) {
        let of_registry = image.digest.as_deref().map(|digest| {
            let short = short_digest(digest);
            if image.verified { format!("{short} as locked") } else { short }
        });
        table.row([
            broker.name.clone(),
            image.reference.clone(),
            image.source_words(),
            of_registry.unwrap_or_default(),
            image.when.clone().unwrap_or_default(),
        ]);
    }
    table.to_text(paint)
}

/// Who runs where, as whom, from which image.
pub fn brokers_table(brokers: &[BrokerState], paint: Paint) -> String {
    let mut table = Table::new(&["broker", "kind", "version", "state", "port", "address", "user", "image"]);
    for broker in brokers {
        let state = broker.state();
        let image = broker.image.as_ref().map(ImageServed::source_words).unwrap_or_default();
        let user = broker.user.clone().unwrap_or_default();
        let version = broker.version.as_str();
        let mut first = [broker.name.as_str(), broker.kind, version, state.as_str(), user.as_str(), image.as_str()];
        let rows = broker.endpoints.iter().flat_map(|(port, all)| all.iter().map(move |endpoint| (port, endpoint)));
        let mut any = false;
        for (port, endpoint) in rows {
            any = true;
            let [name, kind, version, state, user, image] = first;
            table.row([name, kind, version, state, port, &with_scheme(broker.kind, port, endpoint), user, image]);
            first = [""; 6];
        }
        if !any {
            let [name, kind, version, state, user, image] = first;
            table.row([name, kind, version, state, "", "", user, image]);
        }
    }
    table.to_text(paint)
}

/// `amqp://127.0.0.1:5672`; bare where clients take `host:port`.
fn with_scheme(kind: &str, port: &str, endpoint: &str) -> String {
    let ports = brokers::find(kind).map_or(&[][..], |broker| broker.description().ports);
    match ports.iter().find(|known| known.name == port).map(|known| known.scheme) {
        Some(scheme) if !scheme.is_empty() => format!("{scheme}://{endpoint}"),
        _ => endpoint.to_owned(),
    }
}

/// The stable form of a run's end: the plan, then what became of it.
pub fn ending_as_lines(report: &Report) -> String {
    let mut out = String::new();
    for plan in &report.plans {
        out.extend(plan.steps.iter().map(|step| step.to_line() + "\n"));
        out.extend(plan.unmanaged.iter().map(|unmanaged| format!("? {}\n", unmanaged.address)));
    }
    out.push_str(&outcomes_as_lines(&report.outcomes));
    for check in &report.checks {
        let word = if check.ok { "ok" } else { "not ok" };
        let _ = writeln!(out, "{word} {}: {}: {}", check.broker, check.name, check.detail);
    }
    for failure in &report.failures {
        let _ = writeln!(out, "error {}: {}", failure.broker, failure.text.replace('\n', " | "));
    }
    for broker in &report.brokers {
        for (port, all) in &broker.endpoints {
            let _ = writeln!(out, "at {} {port} {}", broker.name, all.join(" "));
        }
    }
    let _ = writeln!(out, "{}", footer(&report.plans));
    out
}

/// The stable form of what became of steps, a line each.
pub fn outcomes_as_lines(outcomes: &[Outcome]) -> String {
    let mut out = String::new();
    for outcome in outcomes {
        let (word, why) = match &outcome.result {
            OutcomeResult::Done => ("done", ""),
            OutcomeResult::Failed { reason } => ("failed", reason.as_str()),
            OutcomeResult::Unknown { reason } => ("unknown", reason.as_str()),
            OutcomeResult::NotTried { because } => ("not tried", because.as_str()),
        };
        let why = if why.is_empty() { String::new() } else { format!(": {}", why.replace('\n', " | ")) };
        let why = format!("{why}{}", by_node(outcome));
        let _ = writeln!(out, "{word} {}{why}", outcome.address);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Address;

    #[test]
    fn where_nodes_differ_each_is_named() {
        let failed = OutcomeResult::Failed { reason: "no space".to_owned() };
        let mut outcome = Outcome::new(Address::new("legacy", "queue", "invoices"), failed.clone());
        assert!(!failed_for_people(&[outcome.clone()], Paint(false)).contains('('));
        outcome.nodes = [("legacy-1".to_owned(), OutcomeResult::Done), ("legacy-2".to_owned(), failed)].into();
        let text = failed_for_people(&[outcome.clone()], Paint(false));
        assert!(text.contains("no space (legacy-1: done, legacy-2: failed)"), "{text}");
        assert!(outcomes_as_lines(&[outcome]).ends_with("no space (legacy-1: done, legacy-2: failed)\n"));
    }
}
