//! `mqlab status`: what runs, and what is inside.

use super::arguments::Status;
use super::error::CliError;
use super::exit::{Code, Ending};
use super::surroundings::Surroundings;
use super::work::{Lock, Work};
use crate::converge::{Holding, Look, Options};
use crate::view::{Form, Table, View, brokers_table, envelope, images_table};

/// Objects that are shown without `--all`.
const SHOWN: usize = 30;

pub(super) async fn status(arguments: &Status, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let work = Work::open(&arguments.files, Lock::Leave, surroundings, view).await?;
    let ask = view.ask();
    let look = work.run(Options::default(), view, &ask).look(arguments.probe).await?;
    match view.form() {
        Form::Json => view.json(&envelope("status", &look)),
        Form::Human | Form::Plain => tell(&look, arguments.all, view),
    }
    for failure in &look.report.failures {
        view.error(&failure.text);
    }
    let failed = look.report.checks_failed();
    Ok(Ending { unknown: !look.report.failures.is_empty(), failed, ..Ending::default() }.code())
}

fn tell(look: &Look, all: bool, view: &View) {
    let paint = view.paint();
    view.result(&brokers_table(&look.report.brokers, paint));
    view.result(&format!("\n{}", images_table(&look.report.brokers, paint)));
    for broker in &look.report.brokers {
        if let Some(reason) = &broker.degraded {
            view.note(&format!("{}: {reason} (start what is missing: mqlab up)", broker.name));
        }
    }
    let shown: Vec<&Holding> = look.objects.iter().filter(|one| all || !one.contents.is_empty()).collect();
    let mut table = Table::new(&["object", "messages", "consumers", "bytes", ""]);
    let number = |value: Option<u64>| value.map(|value| value.to_string()).unwrap_or_default();
    let most = if all { usize::MAX } else { SHOWN };
    for one in shown.iter().take(most) {
        let contents = &one.contents;
        let remark = if one.managed { "" } else { "not in the file" };
        table.row([
            one.address.to_string(),
            number(contents.messages),
            number(contents.consumers),
            number(contents.bytes),
            remark.to_owned(),
        ]);
    }
    if !table.is_empty() {
        view.result(&format!("\n{}", table.to_text(paint)));
    }
    let hidden = look.objects.len() - shown.len().min(most);
    if hidden > 0 {
        let word = if shown.len() > most { "more" } else { "empty" };
        let objects = if hidden == 1 { "object is" } else { "objects are" };
        view.note(&format!("{hidden} {word} {objects} not shown (mqlab status --all)"));
    }
    for check in &look.report.checks {
        let sign = if check.ok { paint.good("✓") } else { paint.bad("✗") };
        view.result(&format!("{sign} {}: {}: {}\n", check.broker, check.name, check.detail));
    }
    if !look.orphans.is_empty() {
        view.note(&format!("not in the file any more: {} (remove: mqlab down --orphans)", look.orphans.join(", ")));
    }
}
