//! `mqlab apply`: the topology only, on brokers that run.

use super::arguments::Apply;
use super::error::CliError;
use super::exit::Code;
use super::surroundings::{self, Surroundings};
use super::work::{Lock, Work};
use super::{address, up};
use crate::converge::Options;
use crate::plan::DiffOptions;
use crate::view::View;

pub(super) async fn apply(arguments: &Apply, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let work = Work::open(&arguments.files, Lock::Take, surroundings, view).await?;
    let diff = DiffOptions {
        only: address::all_declared("--only", &arguments.only, &work.stack)?,
        replace: address::all_declared("--replace", &arguments.replace, &work.stack)?,
        delete: address::all_surplus("--delete", &arguments.delete, &work.stack)?,
        allow_data_loss: arguments.permits.allow_data_loss,
        ..DiffOptions::default()
    };
    let asked = diff.delete.clone();
    let options = Options { diff, patience: surroundings::patience(arguments.patience), ..Options::default() };
    let ask = view.ask();
    let report = work.or_interrupted(work.run(options, view, &ask).apply().await, view)?;
    let code = up::end("apply", &work, &report, !arguments.no_site, surroundings, view);
    let planned = |address: &crate::model::Address| {
        report.plans.iter().flat_map(|plan| &plan.steps).any(|step| step.address == *address)
    };
    for address in asked.iter().filter(|address| !planned(address)) {
        view.note(&format!("{address} was not there, so there was nothing to delete"));
    }
    Ok(code)
}
