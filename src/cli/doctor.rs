//! `mqlab doctor`: what `up` would need, looked at.

use serde_json::json;

use super::arguments::Doctor;
use super::error::CliError;
use super::exit::{Code, Ending};
use super::surroundings::Surroundings;
use super::{sources, spec};
use crate::doctor::{Question, examine, faults};
use crate::images::{Lock, Sources};
use crate::view::{Form, View, envelope, findings_as_lines, findings_for_people};

pub(super) async fn doctor(arguments: &Doctor, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let stack = spec::stack_unless_missing(&arguments.files, surroundings, view)?;
    let settings = stack.as_ref().map(|stack| stack.images.clone()).unwrap_or_default();
    let folder = stack.as_ref().map_or(&surroundings.directory, |stack| &stack.directory);
    // A lock belongs to the stack beside it, and one that cannot be read is a finding here and no end.
    let read = if stack.is_some() { Lock::read(folder) } else { Ok(None) };
    let (lock, bad_lock) = match read {
        Ok(lock) => (lock, None),
        Err(error) => (None, Some(crate::error_chain(&error))),
    };
    let question = Question {
        engine: &surroundings.engine,
        sources: Sources { lock, ..sources::of_user(settings, surroundings)? },
        bad_lock,
        stack: stack.as_ref(),
        folder,
    };
    let examined = examine(question).await;
    let code = Ending { failed: faults(&examined.findings), ..Ending::default() }.code();
    match view.form() {
        Form::Human => view.result_for_people(&findings_for_people(&examined, view.paint())),
        Form::Plain => view.result(&findings_as_lines(&examined)),
        Form::Json => {
            let body = json!({
                "findings": examined.findings,
                "facts": examined.facts,
                "faults": faults(&examined.findings),
                "exit_code": code.number(),
            });
            view.json(&envelope("doctor", &body));
        }
    }
    Ok(code)
}
