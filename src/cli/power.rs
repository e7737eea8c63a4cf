//! `mqlab stop`, `start` and `restart`.

use std::collections::BTreeSet;

use serde_json::json;

use super::arguments::Power as Arguments;
use super::error::CliError;
use super::exit::{Code, Ending};
use super::signals::Signals;
use super::spec;
use super::surroundings::Surroundings;
use super::work::{Lock, take};
use crate::brokers::{Outcome, OutcomeResult};
use crate::docker::{self, NodeSummary, Power};
use crate::spec::{list, suggest};
use crate::view::{Form, View, envelope, failed_for_people, outcomes_as_lines};

pub(super) async fn power(
    arguments: &Arguments,
    power: Power,
    surroundings: &Surroundings,
    view: &View,
) -> Result<Code, CliError> {
    let id = spec::stack_id(&arguments.files, surroundings, view)?;
    let engine = docker::connect(&surroundings.engine).await?;
    let _lock = take(Lock::Take, &engine, &id, surroundings).await?;
    engine.is_of_this_folder(&id).await?;
    let nodes = engine.stack(&id.name).await?.map(|stack| stack.nodes).unwrap_or_default();
    if nodes.is_empty() {
        return Err(CliError::Failed(format!("the stack `{}` has no containers\nmake them: mqlab up", id.name)));
    }
    let known: Vec<String> = nodes.iter().map(|node| node.broker.clone()).collect();
    let chosen = chosen(&arguments.brokers, &id.name, &known)?;
    if power != Power::Start
        && let Some(loss) = loss(&nodes, chosen.as_ref())
    {
        view.note(&loss);
    }
    let signals = Signals::listen(view);
    let outcomes = engine.power(&id, chosen.as_ref(), power, view.events()).await?;
    Ok(end(power.verb(), &outcomes, signals.seen(), view))
}

/// What goes when these stop: nobody is asked, because the file says that it is to be so.
fn loss(nodes: &[NodeSummary], chosen: Option<&BTreeSet<String>>) -> Option<String> {
    let loses = |node: &&NodeSummary| {
        node.in_memory && node.state == "running" && chosen.is_none_or(|chosen| chosen.contains(&node.broker))
    };
    let brokers: BTreeSet<&str> = nodes.iter().filter(loses).map(|node| node.broker.as_str()).collect();
    let have = match brokers.len() {
        0 => return None,
        1 => "has",
        _ => "have",
    };
    let who = list(brokers, "and");
    Some(format!("{who} {have} `storage: memory`: what is inside goes now. mqlab up declares the topology again"))
}

/// The brokers that were named; `None` is all of them.
pub(super) fn chosen(names: &[String], stack: &str, known: &[String]) -> Result<Option<BTreeSet<String>>, CliError> {
    if let Some(stranger) = names.iter().find(|name| !known.contains(*name)) {
        let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
        let others = if known.is_empty() {
            "it has no containers".to_owned()
        } else {
            format!("it has {}", list(known.iter().copied(), "and"))
        };
        let help = suggest(stranger, known.iter().copied(), &others);
        return Err(CliError::Usage(format!("the stack `{stack}` has no broker `{stranger}`\n{help}")));
    }
    Ok((!names.is_empty()).then(|| names.iter().cloned().collect()))
}

/// Outcomes that had no plan before them, and the signal that came meanwhile.
pub(super) fn end(command: &str, outcomes: &[Outcome], signal: Option<u8>, view: &View) -> Code {
    match view.form() {
        Form::Human => say_failed(outcomes, view),
        Form::Plain => view.result(&outcomes_as_lines(outcomes)),
        Form::Json => view.json(&envelope(command, &json!({ "outcomes": outcomes }))),
    }
    let done = outcomes.iter().filter(|outcome| outcome.result == OutcomeResult::Done).count();
    Ending { done, failed: outcomes.len() - done, signal, ..Ending::default() }.code()
}

/// What did not go as wanted, for people.
pub(super) fn say_failed(outcomes: &[Outcome], view: &View) {
    let text = failed_for_people(outcomes, view.paint_errors());
    if !text.is_empty() {
        view.say(&text);
    }
}
