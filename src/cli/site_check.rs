//! `mqlab site check`: for pipelines, whether the site can be put before readers.

use std::fmt::Write as _;

use serde_json::json;

use super::arguments::SiteCheck;
use super::error::CliError;
use super::exit::Code;
use super::manual::manual;
use super::spec;
use super::surroundings::Surroundings;
use crate::model::Stack;
use crate::site::{Audit, Difference, SiteInput, audit};
use crate::state::Folder;
use crate::view::{Form, View, envelope};

/// Of a long list of files the first few tell enough.
const SHOWN: usize = 10;

pub(super) fn check(arguments: &SiteCheck, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let stack = spec::stack(&arguments.files, surroundings, view)?;
    let report = Folder::of(&stack.directory, &stack.name).report()?;
    let found = audit(&SiteInput::of_run(&stack, report.as_ref(), &manual()), &stack.site.out)?;
    let is_sound =
        found.dead.is_empty() && found.missing.is_empty() && (!arguments.strict || found.elsewhere.is_empty());
    let is_written = found.difference.as_ref().is_none_or(|difference| difference.count() == 0);
    match view.form() {
        Form::Json => view.json(&envelope("site check", &document(&found, is_sound && is_written))),
        Form::Human | Form::Plain => {
            view.result(&summary(&found, &stack));
            let faults = faults(&found, arguments.strict);
            if !faults.is_empty() {
                view.say(&faults);
            }
        }
    }
    Ok(match (is_sound, is_written) {
        (false, _) => Code::Failed,
        (true, false) => Code::Pending,
        (true, true) => Code::Done,
    })
}

fn document(found: &Audit, is_fine: bool) -> serde_json::Value {
    json!({
        "fine": is_fine,
        "pages": found.pages.iter().cloned().collect::<std::collections::BTreeMap<_, _>>(),
        "links": found.links,
        "dead": found.dead.iter().map(|dead| json!({ "from": dead.from, "link": dead.link })).collect::<Vec<_>>(),
        "missing": found.missing.iter().map(|(language, path)| json!({ "language": language, "path": path })).collect::<Vec<_>>(),
        "claims": found.claims,
        "elsewhere": found.elsewhere,
        "difference": found.difference,
    })
}

fn summary(found: &Audit, stack: &Stack) -> String {
    let pages: Vec<String> = found.pages.iter().map(|(language, count)| format!("{count} in {language}")).collect();
    let claims: Vec<String> = found.claims.iter().map(|(state, count)| format!("{count} {}", told(state))).collect();
    let folder = stack.site.out.display();
    let written = match &found.difference {
        None => format!("{folder} is not written yet"),
        Some(difference) if difference.count() == 0 => format!("{folder} is as the file says"),
        Some(difference) => format!("{folder} differs in {} files", difference.count()),
    };
    format!(
        "pages   {}\nlinks   {}, {}\nclaims  {}\nfolder  {written}\n",
        pages.join(", "),
        found.links,
        if found.dead.is_empty() { "all lead somewhere".to_owned() } else { format!("{} dead", found.dead.len()) },
        claims.join(", "),
    )
}

fn told(state: &str) -> &'static str {
    match state {
        "tested" => "tested on these versions",
        "documented" => "documented",
        "elsewhere" => "tested on other versions alone",
        _ => "not about these versions",
    }
}

/// What is wrong, each with the way out.
fn faults(found: &Audit, strict: bool) -> String {
    let mut text = String::new();
    for dead in &found.dead {
        let _ = writeln!(text, "error: {} links to {}, where nothing is", dead.from, dead.link);
    }
    for (language, path) in &found.missing {
        let _ = writeln!(text, "error: {path} is missing in {language}");
    }
    let kind = if strict { "error" } else { "warning" };
    if !found.elsewhere.is_empty() {
        let _ = writeln!(
            text,
            "{kind}: tested on other versions than these run: {}\n  the pages say so; run a version that was tested to have them shown as tested",
            found.elsewhere.join(", ")
        );
    }
    if let Some(difference) = found.difference.as_ref().filter(|difference| difference.count() > 0) {
        text.push_str(&out_of_date(difference));
    }
    text
}

fn out_of_date(difference: &Difference) -> String {
    let files: Vec<&str> = difference.files().take(SHOWN).collect();
    let more = difference.count() - files.len();
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!(
        "error: the folder is not what the file and the last run make of it: {}{more}\n  write it anew: mqlab site build\n",
        files.join(", ")
    )
}
