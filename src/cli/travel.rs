//! `mqlab images save` and `load`: a stack that travels without a registry.

use std::path::Path;

use serde_json::json;

use super::arguments::{ImagesLoad, ImagesSave};
use super::error::CliError;
use super::exit::Code;
use super::images::of_stack;
use super::signals::Signals;
use super::surroundings::Surroundings;
use super::{sources, spec};
use crate::brokers;
use crate::docker;
use crate::fs;
use crate::images::{Contents, Images, LOCK, SavedError};
use crate::model::ImageSettings;
use crate::spec::MOST_BYTES;
use crate::view::{Form, Table, View, bytes, envelope, short_digest};

pub(super) async fn save(arguments: &ImagesSave, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let stack = spec::stack(&arguments.files, surroundings, view)?;
    let sources = sources::of_stack(&stack.images, &stack.directory, false, surroundings)?;
    let path = surroundings.directory.join(&arguments.file);
    if fs::entry(&path)?.is_some() && !arguments.replace {
        let text = format!("{} is there already\nname another file, or add --replace", path.display());
        return Err(CliError::Usage(text));
    }
    let images = Images::new(docker::connect(&surroundings.engine).await?, sources);
    let signals = Signals::listen(view);
    let (mut found, mut missing) = (Vec::new(), Vec::new());
    for wanted in of_stack(&stack) {
        let Some(broker) = brokers::find(wanted.kind) else { continue };
        match images.present(&wanted, broker.description().catalogue).await? {
            Some(served) => found.push((wanted, served)),
            None => missing.push(format!("{} {}", wanted.kind, wanted.version)),
        }
    }
    if !missing.is_empty() {
        return Err(SavedError::Missing { missing, flags: surroundings.file_flags() }.into());
    }
    let files = files(arguments, &stack.directory, surroundings)?;
    let contents = images.save(&path, &stack.name, &found, files, view.events(), &signals.cancel).await;
    let contents = match (contents, signals.seen()) {
        (Err(_), Some(signal)) => return Err(CliError::Said(Code::Interrupted(128 + signal))),
        (contents, _) => contents?,
    };
    let size = fs::stamp(&path)?.0;
    if view.form() == Form::Json {
        view.json(&envelope("images save", &json!({ "file": path, "bytes": size, "contents": contents })));
        return Ok(Code::Done);
    }
    view.result(&table(&contents, view));
    view.say(&format!(
        "{} written ({}); on the other machine: mqlab images load {}",
        path.display(),
        bytes(size),
        arguments.file.display()
    ));
    Ok(Code::Done)
}

/// Spec and lock, under the names that a folder of their own gives them.
fn files(
    arguments: &ImagesSave,
    folder: &Path,
    surroundings: &Surroundings,
) -> Result<Vec<(String, Vec<u8>)>, CliError> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for name in &arguments.files.files {
        let path = surroundings.directory.join(name);
        let short = name.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if files.iter().any(|(known, _)| *known == short) {
            return Err(CliError::Usage(format!("two of the files are called {short}\nrename one of them")));
        }
        files.push((short, fs::read_at_most(&path, MOST_BYTES)?));
    }
    let lock = folder.join(LOCK);
    if fs::entry(&lock)?.is_some() {
        files.push((LOCK.to_owned(), fs::read_at_most(&lock, MOST_BYTES)?));
    }
    Ok(files)
}

pub(super) async fn load(arguments: &ImagesLoad, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let sources = sources::of_user(ImageSettings::default(), surroundings)?;
    let images = Images::new(docker::connect(&surroundings.engine).await?, sources);
    let signals = Signals::listen(view);
    let path = surroundings.directory.join(&arguments.file);
    let loaded = match (images.load(&path, view.events(), &signals.cancel).await, signals.seen()) {
        (Err(_), Some(signal)) => return Err(CliError::Said(Code::Interrupted(128 + signal))),
        (loaded, _) => loaded?,
    };
    let folder = surroundings.directory.join(arguments.into.as_deref().unwrap_or(Path::new(".")));
    fs::create_folders(&folder)?;
    let (mut written, mut kept) = (Vec::new(), Vec::new());
    for (name, content) in &loaded.files {
        let path = folder.join(name);
        match fs::read_if_there(&path)? {
            None => {
                fs::write_new(&path, content)?;
                written.push(name.clone());
            }
            Some(there) if there == *content => written.push(name.clone()),
            Some(_) => kept.push(name.clone()),
        }
    }
    if view.form() == Form::Json {
        let body = json!({ "contents": loaded.contents, "folder": folder, "written": written, "kept": kept });
        view.json(&envelope("images load", &body));
        return Ok(Code::Done);
    }
    view.result(&table(&loaded.contents, view));
    if !kept.is_empty() {
        view.note(&format!(
            "{} in {} is another one, and stays as it is; to have the archive's: mqlab images load {} --into FOLDER",
            kept.join(", "),
            folder.display(),
            arguments.file.display()
        ));
    }
    let flags: String = written
        .iter()
        .filter(|name| *name != LOCK && *name != "mqlab.yaml")
        .map(|name| format!(" -f {name}"))
        .collect();
    view.say(&format!("next: cd {} && mqlab up{flags}", folder.display()));
    Ok(Code::Done)
}

fn table(contents: &Contents, view: &View) -> String {
    let mut table = Table::new(&["for", "image", "source", "id"]);
    for image in &contents.images {
        table.row([image.wanted.clone(), image.reference.clone(), image.source.clone(), short_digest(&image.id)]);
    }
    table.to_text(view.paint())
}
