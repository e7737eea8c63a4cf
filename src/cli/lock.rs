//! `mqlab images lock`: writes down which content every image of the stack must have.

use std::collections::BTreeMap;

use serde_json::json;

use super::arguments::ImagesLock;
use super::error::CliError;
use super::exit::Code;
use super::images::{of_stack, reference_of};
use super::surroundings::Surroundings;
use super::{sources, spec};
use crate::converge::{Answer, Confirm};
use crate::docker;
use crate::images::{Images, LOCK, Lock, LockError, Locked, Told};
use crate::model::Reference;
use crate::view::{Form, Table, View, envelope, short_digest};

/// What became of one image.
struct Row {
    name: String,
    before: Option<Locked>,
    now: Option<Locked>,
    by: String,
}

pub(super) async fn lock(arguments: &ImagesLock, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let stack = spec::stack(&arguments.files, surroundings, view)?;
    let before = match Lock::read(&stack.directory) {
        Ok(lock) => lock.unwrap_or_default(),
        Err(error @ LockError::Bad { .. }) => {
            view.note(&format!("{}; writing it anew", error.to_string().lines().next().unwrap_or_default()));
            Lock::default()
        }
        Err(error) => return Err(error.into()),
    };
    let sources = sources::of_user(stack.images.clone(), surroundings)?;
    let engine = docker::connect(&surroundings.engine).await?;
    let images = Images::new(engine, sources);
    let mut rows: Vec<Row> = Vec::new();
    for wanted in of_stack(&stack) {
        let Some(text) = reference_of(&wanted) else { continue };
        let Some(image) = Reference::parse(&text) else {
            view.note(&format!("`{text}` is no registry's image: left out"));
            continue;
        };
        let Some(name) = image.by_tag() else { continue };
        view.note(&format!("{name}: asking who has it"));
        let told = images.tell(&image).await;
        let before = before.get(&image).cloned();
        match chosen(&name, before.as_ref(), &told, arguments, view) {
            Some((by, locked)) => rows.push(Row { name, before, now: Some(locked), by }),
            None => rows.push(Row { name, before, now: None, by: String::new() }),
        }
    }
    let kept = |row: &Row| Some((row.name.clone(), row.now.clone().or(row.before.clone())?));
    let lock = Lock { images: rows.iter().filter_map(kept).collect::<BTreeMap<_, _>>() };
    let missing = rows.iter().filter(|row| row.now.is_none()).count();
    let changed = lock != before;
    if changed {
        lock.write(&stack.directory)?;
    }
    let code = if missing > 0 { Code::Blocked } else { Code::Done };
    if view.form() == Form::Json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| json!({ "image": row.name, "before": row.before, "now": row.now, "told_by": row.by }))
            .collect();
        view.json(&envelope("images lock", &json!({ "images": rows, "changed": changed })));
        return Ok(code);
    }
    let mut table = Table::new(&["image", "digest", "platforms", "told by"]);
    for row in &rows {
        let (digest, platforms) = match (&row.before, &row.now) {
            (Some(before), Some(now)) if before.digest != now.digest => {
                (format!("{} → {}", short_digest(&before.digest), short_digest(&now.digest)), platforms(now))
            }
            (_, Some(now)) => (short_digest(&now.digest), platforms(now)),
            (Some(before), None) => (format!("{} (as it was)", short_digest(&before.digest)), platforms(before)),
            (None, None) => ("not known".to_owned(), String::new()),
        };
        table.row([row.name.clone(), digest, platforms, row.by.clone()]);
    }
    view.result(&table.to_text(view.paint()));
    let path = stack.directory.join(LOCK);
    view.say(&match (changed, missing) {
        (true, _) => {
            format!("{} written: commit it beside the file; `mqlab up --locked` takes nothing else", path.display())
        }
        (false, 0) => format!("{} is as it should be", path.display()),
        (false, _) => format!("{} is as it was", path.display()),
    });
    Ok(code)
}

fn platforms(locked: &Locked) -> String {
    locked.platforms.keys().cloned().collect::<Vec<_>>().join(", ")
}

/// Whose word is taken: the registry's own, or a mirror's that is believed; any other's if the user says so.
fn chosen(
    name: &str,
    before: Option<&Locked>,
    told: &[Told],
    arguments: &ImagesLock,
    view: &View,
) -> Option<(String, Locked)> {
    let is_believed = |one: &Told| one.believed || arguments.trust.contains(&one.by);
    let answers: Vec<(&Told, &Locked)> = told.iter().filter_map(|one| Some((one, one.answer.as_ref().ok()?))).collect();
    for one in told {
        if let Err(why_not) = &one.answer {
            view.note(&format!("  {}: {why_not}", one.by));
        }
    }
    if let Some((one, locked)) = answers.iter().find(|(one, _)| is_believed(one)) {
        for (other, said) in answers.iter().filter(|(_, said)| said.digest != locked.digest) {
            view.note(&format!("  {} says that it is {}: it lags behind, or it lies", other.by, said.digest));
        }
        return Some((one.by.clone(), (*locked).clone()));
    }
    let (first, locked) = *answers.first()?;
    // Nobody new has to be believed for what is written down already.
    if before.is_some_and(|before| before.digest == locked.digest) {
        return Some((first.by.clone(), locked.clone()));
    }
    let agree = answers.iter().filter(|(_, said)| said.digest == locked.digest).count();
    if agree < answers.len() {
        for (one, said) in &answers {
            view.note(&format!("  {} says that it is {}", one.by, said.digest));
        }
        view.error(&format!(
            "{name}: the mirrors do not agree, and the registry itself cannot be asked\n\
             mqlab images lock --trust {} takes the word of one",
            first.by
        ));
        return None;
    }
    let who = if agree > 1 { format!("{agree} mirrors say") } else { format!("{} says", first.by) };
    let was = before.map(|before| format!(" The lock has {}.", before.digest)).unwrap_or_default();
    let question = format!(
        "{name}: the registry itself cannot be asked. {who} that it is {}.{was} Believe that from now on?",
        locked.digest
    );
    match view.ask().confirm(&question) {
        Answer::Yes => Some((first.by.clone(), locked.clone())),
        Answer::No => None,
        Answer::NobodyThere => {
            view.error(&format!(
                "{name}: the registry itself cannot be asked, and {who} that it is {}\n\
                 mqlab images lock --trust {} takes its word",
                locked.digest, first.by
            ));
            None
        }
    }
}
