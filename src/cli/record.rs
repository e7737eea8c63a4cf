//! A run's report as the site tells it, kept in `.mqlab/`, and the site made from it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;

use super::error::CliError;
use super::manual::manual;
use super::surroundings::{Surroundings, now};
use super::work::Work;
use crate::brokers::OutcomeResult;
use crate::converge::{BrokerState, Report};
use crate::model::{Address, ImageServed, Stack};
use crate::plan::{Action, Step};
use crate::site::{
    self, BrokerReport, BrokerStatus, CheckReport, ImageReport, RunReport, SiteInput, StepOutcome, StepReport, Written,
};
use crate::state::SiteLeft;

/// Keeps the report, and writes the site if it is wanted. A site that is as the last run left it, and would come out
/// the same, is not made.
pub(super) fn record(
    work: &Work,
    report: &Report,
    wants_site: bool,
    surroundings: &Surroundings,
) -> Result<Option<(PathBuf, Written)>, CliError> {
    let kept = keep(work, report, surroundings)?;
    if wants_site { site(work, &kept, surroundings).map(Some) } else { Ok(None) }
}

/// A run that did nothing leaves the report as it is, unless the brokers look different from the last time.
fn keep(work: &Work, report: &Report, surroundings: &Surroundings) -> Result<RunReport, CliError> {
    let now_told = told(report, surroundings);
    match work.folder.report()? {
        Some(last) if report.outcomes.is_empty() && last.brokers == now_told.brokers => Ok(last),
        _ => {
            work.folder.write_report(&now_told)?;
            Ok(now_told)
        }
    }
}

fn site(work: &Work, kept: &RunReport, surroundings: &Surroundings) -> Result<(PathBuf, Written), CliError> {
    let out = &work.stack.site.out;
    let input = surroundings.program.map(|program| {
        let mut state = DefaultHasher::new();
        (program, &work.stack, kept).hash(&mut state);
        state.finish()
    });
    if let Some(before) = work.folder.site()
        && Some(before.input) == input
        && let Some((unchanged, files)) = site::fingerprint(out)
        && before.files == files
    {
        return Ok((out.join("index.html"), Written { unchanged, ..Written::default() }));
    }
    let done = write(&work.stack, Some(kept))?;
    if let (Some(input), Some((_, files))) = (input, site::fingerprint(out)) {
        // Without it the next run makes the site once more.
        let _ = work.folder.write_site(&SiteLeft { input, files });
    }
    Ok(done)
}

/// Builds the site of a stack into its folder.
pub(super) fn write(stack: &Stack, report: Option<&RunReport>) -> Result<(PathBuf, Written), CliError> {
    let pages = site::build(&SiteInput::of_run(stack, report, &manual()))?;
    let written = site::write(&pages, &stack.site.out)?;
    Ok((stack.site.out.join("index.html"), written))
}

fn told(report: &Report, surroundings: &Surroundings) -> RunReport {
    let steps = report.plans.iter().flat_map(|plan| &plan.steps);
    let outcomes: Outcomes<'_> = report.outcomes.iter().map(|outcome| (&outcome.address, &outcome.result)).collect();
    RunReport {
        command: surroundings.command.clone(),
        finished: now(),
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        brokers: report.brokers.iter().map(|broker| (broker.name.clone(), broker_told(broker, report))).collect(),
        steps: steps.map(|step| step_told(step, &outcomes)).collect(),
        unchanged: report.plans.iter().map(|plan| plan.unchanged).sum(),
        unmanaged: report.plans.iter().flat_map(|plan| &plan.unmanaged).map(|one| one.address.clone()).collect(),
        checks: report
            .checks
            .iter()
            .map(|check| CheckReport {
                name: check.name.clone(),
                broker: check.broker.clone(),
                ok: check.ok,
                detail: check.detail.clone(),
            })
            .collect(),
        notes: report.plans.iter().flat_map(|plan| &plan.notes).map(|note| note.text.clone()).collect(),
    }
}

fn broker_told(broker: &BrokerState, report: &Report) -> BrokerReport {
    let image = broker.image.as_ref();
    let facts = report.facts.get(&broker.name);
    BrokerReport {
        version: broker.version.clone(),
        status: match (broker.runs(), broker.ready) {
            (true, true) => BrokerStatus::Ready,
            (true, false) => BrokerStatus::Failing,
            (false, _) => BrokerStatus::Stopped,
        },
        endpoints: broker.endpoints.clone(),
        advertise_host: facts.map(|facts| facts.advertise_host.clone()).unwrap_or_default(),
        image: ImageReport {
            source: image.map(ImageServed::source_words).unwrap_or_default(),
            reference: image.map(|image| image.reference.clone()).unwrap_or_default(),
            digest: image.and_then(|image| image.digest.clone()).unwrap_or_default(),
            when: image.and_then(|image| image.when.clone()).unwrap_or_default(),
        },
        containers: broker.containers.clone(),
    }
}

type Outcomes<'a> = BTreeMap<&'a Address, &'a OutcomeResult>;

fn step_told(step: &Step, outcomes: &Outcomes<'_>) -> StepReport {
    let outcome = outcomes.get(&step.address).copied();
    let (outcome, detail) = match (&step.action, outcome) {
        (Action::Blocked { reason, way_out }, _) => (StepOutcome::Blocked, format!("{reason}: {way_out}")),
        (_, Some(OutcomeResult::Done)) => (StepOutcome::Done, String::new()),
        (_, Some(OutcomeResult::Failed { reason })) => (StepOutcome::Failed, reason.clone()),
        (_, Some(OutcomeResult::Unknown { reason })) => (StepOutcome::Unknown, reason.clone()),
        (_, Some(OutcomeResult::NotTried { because })) => (StepOutcome::NotTried, because.clone()),
        (_, None) => (StepOutcome::NotTried, String::new()),
    };
    let (address, verb, cause) = (step.address.clone(), step.action.verb().to_owned(), step.cause.clone());
    StepReport { address, verb, cause, outcome, detail }
}
