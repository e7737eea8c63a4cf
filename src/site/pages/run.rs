//! What the last run did: the steps, the checks, and what it found that no file mentions.

use serde::Serialize;

use super::frame::{Frame, frame};
use super::object::outcome_word;
use super::parts::{Context, Link};
use crate::site::model::PageId;
use crate::site::text::visible;
use crate::site::{RunReport, StepOutcome, StepReport};

/// The most lines of one sort: nobody reads thousands, and a page of them is slow.
const MOST: usize = 300;

/// The run in a few lines, for the overview.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct RunSummary {
    pub link: Link,
    pub command: String,
    pub counts: Vec<CountView>,
    pub checks: Vec<CheckView>,
    pub all_good: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct CountView {
    pub text: String,
    pub class: &'static str,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct CheckView {
    pub name: String,
    pub broker: Link,
    pub ok: bool,
    pub detail: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct RunPage {
    pub page: Frame,
    pub summary: RunSummary,
    pub finished: String,
    pub version: String,
    /// What went wrong first, where not all are shown.
    pub steps: Vec<StepRow>,
    /// Which of how many, where not all are shown.
    pub some_steps: String,
    pub unmanaged: Vec<String>,
    pub some_unmanaged: String,
    pub notes: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct StepRow {
    pub verb: String,
    pub object: Link,
    pub kind: String,
    pub cause: String,
    pub outcome: String,
    pub class: &'static str,
    pub detail: String,
}

pub(crate) fn run_page(context: &Context<'_>, report: &RunReport, prefix: &str) -> RunPage {
    let mut steps: Vec<&StepReport> = report.steps.iter().collect();
    if steps.len() > MOST {
        steps.sort_by_key(|step| step.outcome == StepOutcome::Done);
        steps.truncate(MOST);
    }
    let some = |all: usize| {
        let counts = (MOST.to_string(), all.to_string());
        let text = || context.words.fill("run_some", &[("some", &counts.0), ("all", &counts.1)]);
        if all > MOST { text() } else { String::new() }
    };
    RunPage {
        page: frame(context, &context.words.say("last_run"), &[], prefix),
        summary: summary(context, report),
        finished: report.finished.clone(),
        version: report.tool_version.clone(),
        steps: steps.into_iter().map(|step| row(context, step)).collect(),
        some_steps: some(report.steps.len()),
        some_unmanaged: some(report.unmanaged.len()),
        unmanaged: report.unmanaged.iter().take(MOST).map(|address| visible(&address.to_string())).collect(),
        notes: report.notes.iter().map(|note| visible(&context.words.doc(note))).collect(),
    }
}

pub(crate) fn summary(context: &Context<'_>, report: &RunReport) -> RunSummary {
    let of = |outcome: StepOutcome| report.steps.iter().filter(|step| step.outcome == outcome).count();
    let kinds =
        [StepOutcome::Done, StepOutcome::Failed, StepOutcome::Unknown, StepOutcome::NotTried, StepOutcome::Blocked];
    let mut counts: Vec<CountView> = Vec::new();
    for outcome in kinds {
        let (key, class) = outcome_word(outcome);
        if of(outcome) > 0 {
            counts.push(CountView { text: format!("{} {}", of(outcome), context.words.say(key)), class });
        }
    }
    if report.unchanged > 0 || counts.is_empty() {
        counts.push(CountView { text: context.words.count("unchanged", report.unchanged), class: "calm" });
    }
    if !report.unmanaged.is_empty() {
        counts.push(CountView { text: context.words.count("unmanaged", report.unmanaged.len()), class: "calm" });
    }
    let checks = report.checks.iter().map(|check| CheckView {
        name: visible(&context.words.doc(&check.name)),
        broker: context.page(&PageId::Broker(check.broker.clone()), check.broker.clone()),
        ok: check.ok,
        detail: if check.detail.is_empty() { String::new() } else { visible(&context.words.doc(&check.detail)) },
    });
    RunSummary {
        link: context.page(&PageId::Run, context.words.say("last_run")),
        command: report.command.clone(),
        counts,
        checks: checks.collect(),
        all_good: report.checks.iter().all(|check| check.ok)
            && report.steps.iter().all(|step| step.outcome == StepOutcome::Done),
    }
}

fn row(context: &Context<'_>, step: &StepReport) -> StepRow {
    let (key, class) = outcome_word(step.outcome);
    StepRow {
        verb: context.words.doc(&step.verb),
        object: context.full(&step.address),
        kind: context.words.doc(&step.address.kind),
        cause: visible(&context.words.doc(&step.cause)),
        outcome: context.words.say(key),
        class,
        detail: if step.detail.is_empty() { String::new() } else { visible(&context.words.reason(&step.detail)) },
    }
}
