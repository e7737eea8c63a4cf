//! `mqlab logs`: what the containers print.

use futures_util::StreamExt as _;

use super::arguments::{Files, Logs};
use super::error::CliError;
use super::exit::Code;
use super::signals::Signals;
use super::surroundings::Surroundings;
use super::{power, spec};
use crate::docker;
use crate::model::NodeId;
use crate::view::View;

pub(super) async fn logs(arguments: &Logs, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let files = Files { files: arguments.files.clone(), stack: arguments.stack.clone() };
    let id = spec::stack_id(&files, surroundings, view)?;
    let engine = docker::connect(&surroundings.engine).await?;
    engine.is_of_this_folder(&id).await?;
    let name = id.name;
    let nodes = engine.stack(&name).await?.map(|stack| stack.nodes).unwrap_or_default();
    let known: Vec<String> = nodes.iter().map(|node| node.broker.clone()).collect();
    let chosen = power::chosen(&arguments.brokers, &name, &known)?;
    let nodes: Vec<(String, NodeId)> = nodes
        .into_iter()
        .filter(|node| chosen.as_ref().is_none_or(|chosen| chosen.contains(&node.broker)))
        .map(|node| (node.broker, node.node))
        .collect();
    let signals = Signals::listen(view);
    let one = nodes.len() == 1;
    let mut lines = Box::pin(engine.logs(&name, &nodes, arguments.tail, arguments.follow));
    loop {
        let line = tokio::select! {
            line = lines.next() => line,
            // Leaving is the way to end `--follow`.
            () = signals.cancel.cancelled() => return Ok(Code::Interrupted(128 + signals.seen().unwrap_or(2))),
        };
        match line {
            Some(Ok(line)) if one => view.result(&format!("{}\n", line.text)),
            Some(Ok(line)) => view.result(&format!("{}-{} | {}\n", line.broker, line.node, line.text)),
            Some(Err(error)) => return Err(error.into()),
            None => return Ok(Code::Done),
        }
        if view.is_unread() {
            return Ok(Code::Done);
        }
    }
}
