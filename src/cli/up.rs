//! `mqlab up`: the main job.

use serde_json::json;

use super::arguments::Up;
use super::error::CliError;
use super::exit::Code;
use super::surroundings::{self, Surroundings};
use super::work::{Lock, Work};
use super::{address, record};
use crate::converge::{Options, Report};
use crate::plan::DiffOptions;
use crate::site::Written;
use crate::view::{self, Form, View, envelope};

pub(super) async fn up(arguments: &Up, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let work = Work::open_with(&arguments.files, Lock::Take, arguments.locked, surroundings, view).await?;
    let diff = DiffOptions {
        only: address::all_declared("--only", &arguments.only, &work.stack)?,
        allow_data_loss: arguments.permits.allow_data_loss,
        ..DiffOptions::default()
    };
    let options = Options {
        diff,
        recreate: arguments.recreate,
        patience: surroundings::patience(arguments.patience),
        ..Options::default()
    };
    let report = run_up(&work, options, view).await?;
    Ok(end("up", &work, &report, !arguments.no_site, surroundings, view))
}

pub(super) async fn run_up(work: &Work, options: Options, view: &View) -> Result<Report, CliError> {
    let ask = view.ask();
    work.or_interrupted(work.run(options, view, &ask).up().await, view)
}

/// Site and summary: the same for `up` and `apply`.
pub(super) fn end(
    command: &str,
    work: &Work,
    report: &Report,
    wants_site: bool,
    surroundings: &Surroundings,
    view: &View,
) -> Code {
    let site = record::record(work, report, wants_site, surroundings);
    let mut ending = work.ending(report);
    ending.failed += usize::from(site.is_err());
    let code = ending.code();
    let told = site.as_ref().ok().and_then(Option::as_ref);
    let site_told = told.map(|(path, written)| json!({ "path": path, "written": written }));
    match view.form() {
        Form::Human => {
            let ending = view::Ending { report, command: &surroundings.command };
            view.say(&view::ending_for_people(&ending, view.paint_errors()));
            view.result(&view::brokers_table(&report.brokers, view.paint()));
            if let Some((path, written)) = told {
                view.result(&format!("\nsite  {}{}", path.display(), changed(*written)));
            }
            if site.is_ok() {
                view.result("\n");
                view.result_for_people("next  mqlab status · eval \"$(mqlab env)\" · mqlab down\n");
            }
        }
        Form::Plain => {
            view.result(&view::ending_as_lines(report));
            if let Some((path, _)) = told {
                view.result(&format!("site {}\n", path.display()));
            }
        }
        Form::Json => {
            let mut body = serde_json::to_value(report).unwrap_or_default();
            if let Some(body) = body.as_object_mut() {
                body.insert("stack".to_owned(), json!(work.stack.name));
                body.insert("exit_code".to_owned(), json!(code.number()));
                body.insert("site".to_owned(), json!(site_told));
            }
            view.json(&envelope(command, &body));
        }
    }
    // The brokers are as they are; a site that cannot be written is still an error to say.
    if let Err(error) = site {
        view.error(&format!(
            "{}\nthe brokers are not concerned; when that is mended: mqlab {command}",
            error.words().unwrap_or_default()
        ));
    }
    code
}

fn changed(written: Written) -> String {
    match written.changed + written.removed {
        0 => String::new(),
        1 => " (1 page new or changed)".to_owned(),
        many => format!(" ({many} pages new or changed)"),
    }
}
