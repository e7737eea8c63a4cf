//! `mqlab site build`: the site from the file and the last report, without asking anybody.

use std::path::PathBuf;

use serde_json::json;

use super::arguments::SiteBuild;
use super::error::CliError;
use super::exit::Code;
use super::surroundings::Surroundings;
use super::{record, spec};
use crate::model::Stack;
use crate::site::Written;
use crate::state::Folder;
use crate::view::{Form, View, envelope};

pub(super) fn build(arguments: &SiteBuild, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let (path, written) = make(&spec::stack(&arguments.files, surroundings, view)?)?;
    match view.form() {
        Form::Json => view.json(&envelope("site build", &json!({ "path": path, "written": written }))),
        Form::Plain => view.result(&format!("site {}\n", path.display())),
        Form::Human => view.result(&format!(
            "site  {} ({} pages new or changed, {} as they were)\n",
            path.display(),
            written.changed + written.removed,
            written.unchanged
        )),
    }
    Ok(Code::Done)
}

/// Where it is, and what has changed in it.
pub(super) fn make(stack: &Stack) -> Result<(PathBuf, Written), CliError> {
    let report = Folder::of(&stack.directory, &stack.name).report()?;
    record::write(stack, report.as_ref())
}
