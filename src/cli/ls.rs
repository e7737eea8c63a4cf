//! `mqlab ls`: all stacks on the engine.

use std::collections::BTreeSet;

use serde_json::json;

use super::error::CliError;
use super::exit::Code;
use super::surroundings::Surroundings;
use crate::docker;
use crate::view::{Form, Table, View, envelope};

pub(super) async fn ls(surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let engine = docker::connect(&surroundings.engine).await?;
    let stacks = engine.list_stacks().await?;
    if view.form() == Form::Json {
        view.json(&envelope("ls", &json!({ "stacks": stacks })));
        return Ok(Code::Done);
    }
    let mut table = Table::new(&["stack", "brokers", "running", "volumes", "folder"]);
    for stack in &stacks {
        let brokers: BTreeSet<&str> = stack.nodes.iter().map(|node| node.broker.as_str()).collect();
        let running = stack.nodes.iter().filter(|node| node.state == "running").count();
        table.row([
            stack.name.clone(),
            brokers.into_iter().collect::<Vec<_>>().join(" "),
            format!("{running} of {}", stack.nodes.len()),
            stack.volumes.len().to_string(),
            stack.directory.clone().unwrap_or_default(),
        ]);
    }
    if table.is_empty() {
        view.note(&format!("no stack of mqlab is on {}", engine.facts().address));
    } else {
        view.result(&table.to_text(view.paint()));
    }
    Ok(Code::Done)
}
