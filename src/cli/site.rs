//! `mqlab site build`: the site from the file and the last report, without asking anybody.

use serde_json::json;

use super::arguments::SiteBuild;
use super::error::CliError;
use super::exit::Code;
use super::surroundings::Surroundings;
use super::{record, spec};
use crate::state::Folder;
use crate::view::{Form, View, envelope};

pub(super) fn build(arguments: &SiteBuild, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let stack = spec::stack(&arguments.files, surroundings, view)?;
    let folder = Folder::of(&stack.directory, &stack.name);
    let report = folder.report()?;
    let (path, written) = record::write(&stack, report.as_ref())?;
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
