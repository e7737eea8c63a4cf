//! `mqlab drift`: the file against what runs now.

use super::arguments::Drift;
use super::error::CliError;
use super::exit::Code;
use super::plan::show;
use super::surroundings::Surroundings;
use super::work::{Lock, Work, pending};
use crate::converge::{Failure, Options};
use crate::plan::DiffOptions;
use crate::view::{Form, View};

pub(super) async fn drift(arguments: &Drift, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let work = Work::open(&arguments.files, Lock::Leave, surroundings, view).await?;
    let diff = DiffOptions { strict: arguments.strict, ..DiffOptions::default() };
    let ask = view.ask();
    let mut report = work.run(Options { diff, as_it_is: true, ..Options::default() }, view, &ask).plan().await?;
    // A broker that cannot be asked is neither in sync nor adrift.
    let stopped =
        report.brokers.iter().filter(|broker| broker.containers_running == 0).map(|broker| broker.name.clone());
    let told: Vec<String> = report.failures.iter().map(|failure| failure.broker.clone()).collect();
    let stopped: Vec<String> = stopped.filter(|broker| !told.contains(broker)).collect();
    for broker in stopped {
        let text = format!("`{broker}` does not run, so it cannot be compared\nstart it: mqlab up");
        report.failures.push(Failure { broker, text });
    }
    report.plans.retain(|plan| !plan.projected);
    show("drift", &report, view);
    let ending = pending(&report);
    if view.form() == Form::Human && ending.code() == Code::Done {
        view.result("In sync: the file and the brokers agree.\n");
    }
    Ok(ending.code())
}
