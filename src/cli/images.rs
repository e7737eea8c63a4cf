//! `mqlab images list|build|pull`.

use std::collections::BTreeSet;

use serde_json::json;

use super::arguments::ImagesFetch;
use super::error::CliError;
use super::exit::Code;
use super::signals::Signals;
use super::surroundings::Surroundings;
use super::{sources, spec};
use crate::brokers;
use crate::docker::{self, Engine};
use crate::images::{Images, Sources};
use crate::model::{ImageServed, ImageSettings, ImageWanted, Stack};
use crate::spec::{list as words, suggest};
use crate::view::{Form, Table, View, envelope};

pub(super) async fn list(surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let engine = docker::connect(&surroundings.engine).await?;
    let images = Images::new(engine, sources::of_user(ImageSettings::default(), surroundings)?);
    let mut rows = Vec::new();
    for broker in brokers::registry() {
        let description = broker.description();
        rows.extend(images.list(description.kind, description.catalogue).await?);
    }
    if view.form() == Form::Json {
        view.json(&envelope("images list", &json!({ "images": rows })));
        return Ok(Code::Done);
    }
    let mut table = Table::new(&["kind", "version", "", "here", "official image", "local recipe"]);
    for row in rows {
        let present = row.present.as_ref().map_or_else(|| "no".to_owned(), ImageServed::source_words);
        table.row([
            row.kind.to_owned(),
            row.version.to_owned(),
            if row.is_default { "default" } else { "" }.to_owned(),
            present,
            row.official,
            row.recipe.unwrap_or_default(),
        ]);
    }
    view.result(&table.to_text(view.paint()));
    Ok(Code::Done)
}

pub(super) async fn build(arguments: &ImagesFetch, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    fetch("build", arguments, surroundings, view).await
}

pub(super) async fn pull(arguments: &ImagesFetch, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    fetch("pull", arguments, surroundings, view).await
}

async fn fetch(
    verb: &str,
    arguments: &ImagesFetch,
    surroundings: &Surroundings,
    view: &View,
) -> Result<Code, CliError> {
    let (wanted, sources) = wanted(arguments, surroundings, view)?;
    let engine: Engine = docker::connect(&surroundings.engine).await?;
    let signals = Signals::listen(view);
    let images = Images::new(engine, sources);
    let mut served: Vec<ImageServed> = Vec::new();
    for one in &wanted {
        let Some(broker) = brokers::find(one.kind) else { continue };
        let catalogue = broker.description().catalogue;
        let (events, cancel) = (view.events(), &signals.cancel);
        let image = match (verb, arguments.again) {
            ("build", again) => images.build(one.kind, &one.version, catalogue, again, events, cancel).await?,
            (_, true) => images.pull(one, catalogue, events, cancel).await?,
            // As `up` would get it: no registry is no reason to fail where a recipe serves.
            (_, false) => images.ensure(one, catalogue, None, events, cancel).await?,
        };
        if view.form() != Form::Json {
            let version = image.exact_version.as_deref().unwrap_or(&image.version);
            view.result(&format!("{} {version}  {}  {}\n", one.kind, image.reference, image.source_words()));
        }
        served.push(image);
    }
    if view.form() == Form::Json {
        view.json(&envelope(&format!("images {verb}"), &json!({ "images": served })));
    }
    Ok(Code::Done)
}

/// What was named, else what the file needs.
fn wanted(
    arguments: &ImagesFetch,
    surroundings: &Surroundings,
    view: &View,
) -> Result<(Vec<ImageWanted>, Sources), CliError> {
    if arguments.what.is_empty() {
        let stack = spec::stack(&arguments.files, surroundings, view)?;
        return Ok((of_stack(&stack), sources::of_stack(&stack.images, &stack.directory, false, surroundings)?));
    }
    let named = arguments.what.iter().map(|text| of_text(text)).collect::<Result<_, _>>()?;
    let sources = if spec::is_there(&arguments.files, surroundings) {
        let stack = spec::stack(&arguments.files, surroundings, view)?;
        sources::of_stack(&stack.images, &stack.directory, false, surroundings)?
    } else {
        sources::of_user(ImageSettings::default(), surroundings)?
    };
    Ok((named, sources))
}

/// The makers' reference, or the user's own; a version that nobody knows has none.
pub(super) fn reference_of(wanted: &ImageWanted) -> Option<String> {
    let broker = brokers::find(wanted.kind)?;
    crate::images::reference_of(wanted, broker.description().catalogue)
}

pub(super) fn of_stack(stack: &Stack) -> Vec<ImageWanted> {
    let mut seen = BTreeSet::new();
    let all = stack.brokers.iter().map(ImageWanted::of);
    all.filter(|one| seen.insert((one.kind, one.version.clone(), one.distribution.clone(), one.explicit.clone())))
        .collect()
}

fn of_text(text: &str) -> Result<ImageWanted, CliError> {
    let (kind, version) = text.split_once('@').map_or((text, None), |(kind, version)| (kind, Some(version)));
    let kinds = || brokers::registry().iter().map(|broker| broker.description().kind);
    let Some(broker) = brokers::find(kind) else {
        let others = format!("there are {}", words(kinds(), "and"));
        let help = suggest(kind, kinds(), &others);
        return Err(CliError::Usage(format!("{text}: there is no kind `{kind}`\n{help}")));
    };
    let version = version.unwrap_or(broker.description().catalogue.default_version);
    Ok(ImageWanted {
        kind: broker.description().kind,
        version: version.to_owned(),
        distribution: None,
        explicit: None,
        platform: None,
    })
}
