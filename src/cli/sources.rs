//! Where images may come from: what the file says, what the user has set for all stacks, and the lock.

use std::path::Path;
use std::sync::Arc;

use super::error::CliError;
use super::surroundings::{self, SpecEnvironment, Surroundings};
use crate::fs;
use crate::images::{Lock, Sources};
use crate::model::{ImageSettings, mirrors_of_text};
use crate::spec::{Input, MOST_BYTES, load, render};

/// For one stack: `folder` is the spec's.
pub(super) fn of_stack(
    settings: &ImageSettings,
    folder: &Path,
    locked: bool,
    surroundings: &Surroundings,
) -> Result<Sources, CliError> {
    let lock = Lock::read(folder)?;
    if locked && lock.is_none() {
        let text = format!("there is no {} beside the file\nmqlab images lock writes one", crate::images::LOCK);
        return Err(CliError::Usage(text));
    }
    Ok(Sources { lock, locked, ..of_user(settings.clone(), surroundings)? })
}

/// Without a stack, or over its settings.
pub(super) fn of_user(settings: ImageSettings, surroundings: &Surroundings) -> Result<Sources, CliError> {
    Ok(Sources {
        settings: settings.over(user(surroundings)?),
        may_ask_for_sudo: surroundings.terminal.can_ask,
        docker_config: surroundings.engine.folder(),
        now: surroundings::now(),
        ..Sources::default()
    })
}

/// `MQLAB_MIRRORS`, then the user's own file.
fn user(surroundings: &Surroundings) -> Result<ImageSettings, CliError> {
    let told = surroundings.mirrors.as_deref().unwrap_or_default();
    let mirrors =
        mirrors_of_text(told).map_err(|error| CliError::Usage(format!("MQLAB_MIRRORS: {error}\n{}", error.help)))?;
    let near = ImageSettings { mirrors, ..ImageSettings::default() };
    let Some(path) = &surroundings.user_file else { return Ok(near) };
    if fs::entry(path)?.is_none() {
        return Ok(near);
    }
    let name = Arc::from(path.display().to_string());
    let input = Input { name, bytes: fs::read_at_most(path, MOST_BYTES)? };
    let loaded = load(vec![input], &SpecEnvironment { directory: &surroundings.directory });
    let mut diagnostics = loaded.diagnostics;
    let settings = loaded.tree.as_ref().map(|tree| ImageSettings::of_user(tree, &mut diagnostics)).unwrap_or_default();
    if diagnostics.has_errors() {
        return Err(CliError::Usage(render::plain(&diagnostics, &loaded.sources).trim_end().to_owned()));
    }
    Ok(settings.over(near))
}
