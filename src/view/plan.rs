//! Plans for people: grouped by broker, with what is at stake.

use std::fmt::Write as _;

use super::Paint;
use crate::model::{Address, Origin, STACK, Value};
use crate::plan::{Action, Plan, Stage, Step};

/// Creations that are shown of one broker; the stable form has all of them.
const SHOWN: usize = 40;
/// Unmanaged objects that are named of one broker.
const NAMED: usize = 20;
/// Characters of a cause.
const WIDTH: usize = 160;

/// Every plan in its stable form, one footer over all. `unasked` are brokers that no plan speaks of.
pub fn plans_as_lines(plans: &[Plan], unasked: &[&str]) -> String {
    with_unasked(&merged(plans).to_text(), unasked)
}

/// The footer must not read as if these brokers were as the file says.
fn with_unasked(text: &str, unasked: &[&str]) -> String {
    match unasked {
        [] => text.to_owned(),
        names => format!("{} (not asked: {})\n", text.trim_end(), names.join(", ")),
    }
}

/// Every plan with something in it, then one footer. `unasked` are brokers that no plan speaks of.
pub fn plans_for_people(plans: &[Plan], unasked: &[&str], paint: Paint) -> String {
    let mut out = String::new();
    for plan in plans {
        section(plan, paint, &mut out);
    }
    if !out.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "{}", footer(plans));
    with_unasked(&out, unasked)
}

/// `Plan: 3 create, …` over all plans.
pub(super) fn footer(plans: &[Plan]) -> String {
    merged(plans).footer()
}

/// One plan of all steps, in the order of the plans.
fn merged(plans: &[Plan]) -> Plan {
    let mut whole = Plan {
        stage: Stage::Topology,
        steps: Vec::new(),
        unchanged: 0,
        unmanaged: Vec::new(),
        notes: Vec::new(),
        projected: false,
    };
    for plan in plans {
        whole.steps.extend(plan.steps.iter().cloned());
        whole.unchanged += plan.unchanged;
        whole.unmanaged.extend(plan.unmanaged.iter().cloned());
        whole.notes.extend(plan.notes.iter().cloned());
        whole.projected |= plan.projected;
    }
    whole
}

fn section(plan: &Plan, paint: Paint, out: &mut String) {
    let mut lines = Vec::new();
    let mut created = 0;
    for step in &plan.steps {
        if step.action == Action::Create {
            created += 1;
            if created > SHOWN {
                continue;
            }
        }
        lines.push(step_text(step, plan.stage, paint));
    }
    if created > SHOWN {
        lines.push(format!("  {} and {} more to create", paint.good("+"), created - SHOWN));
    }
    for unmanaged in plan.unmanaged.iter().take(NAMED) {
        let counts = if unmanaged.counts { "" } else { ", left alone" };
        lines.push(format!("  {} {}: not in the file{counts}", paint.sign("?"), within(&unmanaged.address)));
    }
    if plan.unmanaged.len() > NAMED {
        let more = plan.unmanaged.len() - NAMED;
        lines.push(format!("  {} and {more} more that are not in the file", paint.sign("?")));
    }
    for note in &plan.notes {
        let about = note.address.as_ref().map(|address| format!("{}: ", within(address))).unwrap_or_default();
        lines.push(format!("    {about}{}", note.text));
    }
    if lines.is_empty() {
        return;
    }
    let first = plan.steps.first().map(|step| &step.address);
    let address = first.or(plan.unmanaged.first().map(|unmanaged| &unmanaged.address));
    let title = match (plan.stage, address) {
        (Stage::Containers, _) => "containers",
        (Stage::Topology, Some(address)) => address.broker.as_str(),
        (Stage::Topology, None) => "notes",
    };
    let projected = if plan.projected { " (as on an empty broker)" } else { "" };
    let _ = writeln!(out, "{}{projected}", paint.title(title));
    for line in lines {
        let _ = writeln!(out, "{line}");
    }
}

/// One step with its reason; a blocked one with the way out on lines of its own.
pub(super) fn step_text(step: &Step, stage: Stage, paint: Paint) -> String {
    let name = if stage == Stage::Containers { shown(&step.address) } else { within(&step.address) };
    let mut text = format!("  {} {name}", paint.sign(step.action.sign()));
    let cause = match (&step.action, stage) {
        (Action::Create, Stage::Containers) => String::new(),
        (Action::Create, Stage::Topology) => attributes(step),
        _ => step.cause.clone(),
    };
    if !cause.is_empty() {
        let _ = write!(text, "  {}", shortened(&cause));
    }
    if let Some(moved) = step.moved {
        let _ = write!(text, "  {}", paint.change(&format!("moved: {}", moved.describe())));
    }
    if let Some(risk) = step.risk.as_ref().filter(|risk| !risk.is_empty()) {
        let _ = write!(text, "  {}", paint.bad(&format!("at risk: {risk}")));
    }
    if !step.dependants.is_empty() {
        let _ = write!(text, "  made again with it: {}", step.dependants.len());
    }
    if let Some(place) = place(step) {
        let _ = write!(text, "  {}", paint.quiet(&place.to_string()));
    }
    if let Action::Blocked { reason, way_out } = &step.action {
        let _ = write!(text, "\n      why: {reason}\n      way out: {way_out}");
    }
    text
}

fn place(step: &Step) -> Option<&Origin> {
    step.changes.iter().find_map(|change| change.origin.as_ref()).or(step.origin.as_ref())
}

/// What a new object will be, `partitions: 6, type: quorum`, without what its name says already.
fn attributes(step: &Step) -> String {
    let says_more = |value: &Value| match value {
        Value::Text(text) => !text.is_empty() && !step.address.name.contains(text.as_str()),
        Value::Map(map) => !map.is_empty(),
        _ => true,
    };
    let shown = step.changes.iter().filter(|change| says_more(&change.new));
    shown.map(|change| format!("{}: {}", change.attribute, change.new)).collect::<Vec<_>>().join(", ")
}

/// The address as it is read under its broker's name.
fn within(address: &Address) -> String {
    let whole = address.to_string();
    whole.split_once('/').map_or(whole.clone(), |(_, rest)| rest.to_owned())
}

/// The address without the mark of what belongs to no broker.
pub(super) fn shown(address: &Address) -> String {
    if address.broker == STACK { within(address) } else { address.to_string() }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= WIDTH {
        return text.to_owned();
    }
    text.chars().take(WIDTH).chain(['…']).collect()
}
