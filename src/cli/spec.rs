//! From files on disk to a valid stack, or every mistake in them on the screen.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::arguments::Files;
use super::error::CliError;
use super::exit::Code;
use super::surroundings::{SpecEnvironment, Surroundings};
use crate::docker::StackId;
use crate::fs;
use crate::model::Stack;
use crate::spec::{Diagnostics, Input, MOST_BYTES, Sources, load, render};
use crate::view::{Form, View};

/// More warnings than that would bury what a verb has to say.
const WARNINGS: usize = 5;

/// The file that is read where none is named.
const USUAL: &str = "mqlab.yaml";

/// A spec with all that was found in it.
pub(super) struct Read {
    pub(super) stack: Option<Stack>,
    pub(super) sources: Sources,
    pub(super) diagnostics: Diagnostics,
}

/// Reads, merges, checks and builds. A file that is not there is an error of its own.
pub(super) fn read(files: &Files, surroundings: &Surroundings) -> Result<Read, CliError> {
    let mut inputs = Vec::new();
    let mut left = MOST_BYTES;
    for name in &files.files {
        let path = surroundings.directory.join(name);
        if fs::entry(&path)?.is_none() {
            return Err(CliError::Usage(missing(name)));
        }
        let bytes = fs::read_at_most(&path, left)?;
        left = left.saturating_sub(bytes.len());
        inputs.push(Input { name: Arc::from(name.display().to_string()), bytes });
    }
    let folder = folder(files, surroundings);
    let loaded = load(inputs, &SpecEnvironment { directory: &surroundings.directory });
    let mut diagnostics = loaded.diagnostics;
    let built = loaded.tree.as_ref().and_then(|tree| Stack::build(tree, &loaded.sources, folder, &mut diagnostics));
    let mut stack = built;
    if let (Some(stack), Some(name)) = (&mut stack, &files.stack) {
        stack.rename(name).map_err(|error| CliError::Usage(error.to_string()))?;
    }
    Ok(Read { stack, sources: loaded.sources, diagnostics })
}

/// The stack, with warnings said; an invalid spec ends the command after all its mistakes are said.
pub(super) fn stack(files: &Files, surroundings: &Surroundings, view: &View) -> Result<Stack, CliError> {
    let read = read(files, surroundings)?;
    say(&read, surroundings, view);
    read.stack.ok_or(CliError::Said(Code::Usage))
}

/// The stack if there is a file, for commands that work by the stack's name too.
pub(super) fn stack_if_there(
    files: &Files,
    surroundings: &Surroundings,
    view: &View,
) -> Result<Option<Stack>, CliError> {
    if files.stack.is_none() {
        return stack(files, surroundings, view).map(Some);
    }
    if !is_there(files, surroundings) {
        return Ok(None);
    }
    match stack(files, surroundings, view) {
        // Whoever broke the file must still be able to stop what runs.
        Err(CliError::Said(Code::Usage)) => {
            view.note("going on without the file, by the name of the stack alone");
            Ok(None)
        }
        read => read.map(Some),
    }
}

/// The stack, or nothing where no file was named and the usual one is not there.
pub(super) fn stack_unless_missing(
    files: &Files,
    surroundings: &Surroundings,
    view: &View,
) -> Result<Option<Stack>, CliError> {
    let is_usual = files.files.iter().all(|name| name.as_os_str() == USUAL);
    if is_usual && !is_there(files, surroundings) {
        return Ok(None);
    }
    stack(files, surroundings, view).map(Some)
}

/// Whether there are files to read.
pub(super) fn is_there(files: &Files, surroundings: &Surroundings) -> bool {
    files.files.iter().all(|name| matches!(fs::entry(&surroundings.directory.join(name)), Ok(Some(_))))
}

/// Which stack, by its file or by `--stack` alone.
pub(super) fn stack_id(files: &Files, surroundings: &Surroundings, view: &View) -> Result<StackId, CliError> {
    Ok(id_of(stack_if_there(files, surroundings, view)?.as_ref(), files))
}

/// The stack that [`stack_if_there`] gave, or the one that `--stack` names.
pub(super) fn id_of(stack: Option<&Stack>, files: &Files) -> StackId {
    match stack {
        Some(stack) => StackId::new(&stack.name, Some(&stack.directory)),
        None => StackId::new(files.stack.clone().unwrap_or_default(), None),
    }
}

/// The diagnostics in the form that was asked for. JSON says nothing here: a result can be only one document.
fn say(read: &Read, surroundings: &Surroundings, view: &View) {
    let found = read.diagnostics.list.len();
    if found > WARNINGS && !read.diagnostics.has_errors() {
        let flags = surroundings.file_flags();
        view.note(&format!("{found} warnings about the file (mqlab check{flags} shows them)"));
        return;
    }
    let text = match view.form() {
        Form::Human => drawn(read, surroundings, view),
        Form::Plain | Form::Json => render::plain(&read.diagnostics, &read.sources),
    };
    match text.trim_end() {
        "" => {}
        text if read.diagnostics.has_errors() => view.say(text),
        text => view.note(text),
    }
}

/// With source lines and carets.
pub(super) fn drawn(read: &Read, surroundings: &Surroundings, view: &View) -> String {
    let style = render::Style {
        color: view.paint_errors().0,
        unicode: surroundings.terminal.unicode,
        width: surroundings.terminal.width,
    };
    render::fancy(&read.diagnostics, &read.sources, style)
}

/// The folder of the first file, absolute: the stack belongs to it.
pub(super) fn folder(files: &Files, surroundings: &Surroundings) -> PathBuf {
    let first = files.files.first().map_or(Path::new(USUAL), PathBuf::as_path);
    let path = surroundings.directory.join(first);
    let folder = path.parent().map_or_else(|| surroundings.directory.clone(), Path::to_owned);
    fs::canonical(&folder)
}

fn missing(name: &Path) -> String {
    format!("there is no {}\nwrite a first one with `mqlab init`, or name another with `-f FILE`", name.display())
}
