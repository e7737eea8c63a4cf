//! `mqlab plan`: what `up` would do.

use super::address;
use super::arguments::Plan;
use super::error::CliError;
use super::exit::{Code, Ending};
use super::surroundings::Surroundings;
use super::work::{Lock, Work, pending};
use crate::converge::{Options, Report};
use crate::plan::DiffOptions;
use crate::view::{Form, View, envelope, plans_as_lines, plans_for_people};

pub(super) async fn plan(arguments: &Plan, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let work = Work::open(&arguments.files, Lock::Leave, surroundings, view).await?;
    let diff = DiffOptions {
        only: address::all_declared("--only", &arguments.only, &work.stack)?,
        replace: address::all_declared("--replace", &arguments.replace, &work.stack)?,
        strict: arguments.strict,
        ..DiffOptions::default()
    };
    let ask = view.ask();
    let report = work.run(Options { diff, ..Options::default() }, view, &ask).plan().await?;
    show("plan", &report, view);
    let ending = pending(&report);
    Ok(if arguments.exit_code {
        ending.code()
    } else {
        Ending { asked: false, pending: 0, blocked: 0, ..ending }.code()
    })
}

/// The plan as the result, and what could not be found out beside it.
pub(super) fn show(command: &str, report: &Report, view: &View) {
    let unasked: Vec<&str> = report.failures.iter().map(|failure| failure.broker.as_str()).collect();
    match view.form() {
        Form::Human => view.result_for_people(&plans_for_people(&report.plans, &unasked, view.paint())),
        Form::Plain => view.result(&plans_as_lines(&report.plans, &unasked)),
        Form::Json => view.json(&envelope(command, report)),
    }
    for failure in &report.failures {
        view.error(&failure.text);
    }
}
