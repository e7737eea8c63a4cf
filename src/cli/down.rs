//! `mqlab down`: containers and network go; data stays unless asked.

use std::collections::BTreeSet;

use super::arguments::Down;
use super::error::CliError;
use super::exit::Code;
use super::power::{chosen, end};
use super::signals::Signals;
use super::spec;
use super::surroundings::Surroundings;
use super::work::{Lock, take};
use crate::converge::{Answer, Confirm as _};
use crate::docker::{self, EngineSession, VolumeSummary};
use crate::view::View;

pub(super) async fn down(arguments: &Down, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let stack = spec::stack_if_there(&arguments.files, surroundings, view)?;
    let id = spec::id_of(stack.as_ref(), &arguments.files);
    let engine = docker::connect(&surroundings.engine).await?;
    let _lock = take(Lock::Take, &engine, &id, surroundings).await?;
    let Some(there) = engine.stack(&id.name).await? else {
        view.note(&format!("nothing of the stack `{}` is on {}", id.name, engine.facts().address));
        return Ok(end("down", &[], None, view));
    };
    let mut known: BTreeSet<String> = there.nodes.iter().map(|node| node.broker.clone()).collect();
    let orphans: Vec<String> = match &stack {
        Some(stack) => known.iter().filter(|name| stack.broker(name).is_none()).cloned().collect(),
        None => Vec::new(),
    };
    if let Some(stack) = &stack {
        known.extend(stack.brokers.iter().map(|broker| broker.name.clone()));
    }
    let picked = chosen(&arguments.brokers, &id.name, &known.iter().cloned().collect::<Vec<_>>())?;
    let is_orphan = |name: &String| orphans.contains(name);
    let brokers = match picked {
        Some(picked) => Some(picked),
        None if arguments.orphans || orphans.is_empty() => None,
        None => Some(known.into_iter().filter(|name| !is_orphan(name)).collect()),
    };
    let is_chosen = |volume: &&VolumeSummary| brokers.as_ref().is_none_or(|brokers| brokers.contains(&volume.broker));
    let doomed = names(there.volumes.iter().filter(is_chosen));
    if arguments.volumes && !doomed.is_empty() {
        let doomed = doomed.join("\n  ");
        let question = format!("These volumes and all that is in them will be gone:\n  {doomed}\nRemove them?");
        match view.ask().confirm(&question) {
            Answer::Yes => {}
            Answer::No => return Ok(Code::Blocked),
            Answer::NobodyThere => {
                view.error("it needs a yes, and no terminal is there to ask\nrun it again with `--yes`");
                return Ok(Code::Blocked);
            }
        }
    }
    let session = EngineSession::new(engine.clone(), id.clone(), Vec::new());
    let signals = Signals::listen(view);
    let removed = session.remove(brokers.as_ref(), arguments.volumes, view.events(), &signals.cancel).await;
    let outcomes = removed.map_err(|error| CliError::Failed(crate::error_chain(&error)))?;
    if !arguments.orphans && arguments.brokers.is_empty() && !orphans.is_empty() {
        let orphans = orphans.join(", ");
        view.note(&format!(
            "left: {orphans}, which the file does not have any more\nremove them too: mqlab down --orphans"
        ));
    }
    let left = engine.stack(&id.name).await?.map(|stack| stack.volumes).unwrap_or_default();
    if !left.is_empty() && (!arguments.volumes || signals.seen().is_some()) {
        view.note(&format!("data stays in {} (remove it too: mqlab down --volumes)", names(&left).join(", ")));
    }
    Ok(end("down", &outcomes, signals.seen(), view))
}

fn names<'a>(volumes: impl IntoIterator<Item = &'a VolumeSummary>) -> Vec<&'a str> {
    volumes.into_iter().map(|volume| volume.name.as_str()).collect()
}
