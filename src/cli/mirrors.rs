//! `mqlab mirrors test`.

use serde_json::json;

use super::arguments::MirrorsTest;
use super::error::CliError;
use super::exit::Code;
use super::images::{of_stack, reference_of};
use super::surroundings::Surroundings;
use super::{sources, spec};
use crate::brokers;
use crate::docker;
use crate::images::{Images, MirrorTrial, Sources};
use crate::model::{ImageSettings, ImageWanted, Mirror, MirrorFrom, Reference};
use crate::view::{Form, Table, View, bytes, envelope};

pub(super) async fn test(arguments: &MirrorsTest, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let (mut sources, wanted) = what(arguments, surroundings, view)?;
    if !arguments.urls.is_empty() {
        let parse = |url: &String| {
            let own = sources.settings.mirrors.iter().find(|mirror| mirror.url == *url).cloned();
            own.map_or_else(|| Mirror::parse(url, MirrorFrom::Command), Ok)
        };
        let named: Result<Vec<Mirror>, _> = arguments.urls.iter().map(parse).collect();
        sources.settings.mirrors = named.map_err(|error| CliError::Usage(format!("{error}\n{}", error.help)))?;
    }
    if sources.settings.mirrors.is_empty() {
        return Err(CliError::Usage(
            "there is no mirror to test\nname some: mqlab mirrors test https://mirror.example; or set `images.mirrors` \
             in the file, or MQLAB_MIRRORS"
                .to_owned(),
        ));
    }
    let references: Vec<Reference> =
        wanted.iter().filter_map(reference_of).filter_map(|text| Reference::parse(&text)).collect();
    let is_locked = sources.lock.is_some();
    let images = Images::new(docker::connect(&surroundings.engine).await?, sources);
    let trials = images.try_mirrors(&references).await;
    let served = references.iter().all(|image| {
        let name = image.to_string();
        trials.iter().any(|trial| trial.images.iter().any(|one| one.usable && one.image == name))
    });
    let code = if served && !trials.iter().any(MirrorTrial::lies) { Code::Done } else { Code::Failed };
    if view.form() == Form::Json {
        view.json(&envelope("mirrors test", &json!({ "mirrors": trials, "all_served": served })));
        return Ok(code);
    }
    view.result(&table(&trials, view));
    for trial in &trials {
        for one in trial.images.iter().filter(|one| one.words != "as locked") {
            view.say(&format!("{}  {}: {}", trial.mirror, one.image, one.words));
        }
    }
    if !is_locked {
        view.note("no mqlab.lock tells what would be right: mqlab images lock writes one");
    }
    Ok(code)
}

/// The stack's images, or, without a file, the default version of every kind.
fn what(
    arguments: &MirrorsTest,
    surroundings: &Surroundings,
    view: &View,
) -> Result<(Sources, Vec<ImageWanted>), CliError> {
    if spec::is_there(&arguments.files, surroundings) {
        let stack = spec::stack(&arguments.files, surroundings, view)?;
        let sources = sources::of_stack(&stack.images, &stack.directory, false, surroundings)?;
        return Ok((sources, of_stack(&stack)));
    }
    let default = |broker: &&'static dyn brokers::Broker| ImageWanted {
        kind: broker.description().kind,
        version: broker.description().catalogue.default_version.to_owned(),
        distribution: None,
        explicit: None,
        platform: None,
    };
    Ok((sources::of_user(ImageSettings::default(), surroundings)?, brokers::registry().iter().map(default).collect()))
}

fn table(trials: &[MirrorTrial], view: &View) -> String {
    let mut table = Table::new(&["mirror", "named by", "trust", "answers in", "images", "speed", ""]);
    for trial in trials {
        let images = format!("{} of {}", trial.usable(), trial.images.len());
        table.row([
            trial.mirror.clone(),
            trial.from.clone(),
            trial.trust.to_owned(),
            trial.answers_in.map(|milliseconds| format!("{milliseconds} ms")).unwrap_or_default(),
            if trial.trouble.is_some() { String::new() } else { images },
            trial.bytes_per_second.map(|speed| format!("{}/s", bytes(speed))).unwrap_or_default(),
            match &trial.trouble {
                Some(trouble) => trouble.clone(),
                None if trial.lies() => "lies".to_owned(),
                None => String::new(),
            },
        ]);
    }
    table.to_text(view.paint())
}
