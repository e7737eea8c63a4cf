//! The stack for other tools: drawings, a machine's view, and descriptions in formats that others read.
//!
//! Pure, in English, and the same for every language of the site.

mod asyncapi;
mod dot;
mod ids;
mod mermaid;
mod topology;

use std::collections::BTreeSet;

use super::BuildError;
use super::diagram::{Edge, Graph, Style};
use super::grammar::Grammar;
use super::model::{End, PageId, Registry, Words, World};
use super::pictures;
use super::text::slug;

/// The folder of all exports, below the site's.
const FOLDER: &str = "export";
/// Mermaid stops at 500 arrows, and a page that shows the text cannot lift that.
const MOST_ARROWS: usize = 400;
/// More boxes than this make a Mermaid drawing that nobody reads.
const MOST_BOXES: usize = 150;

/// One file for another tool.
#[derive(Clone, Debug)]
pub(crate) struct Export {
    /// Below the site's folder.
    pub path: String,
    pub content: String,
    pub form: Form,
    /// The broker or app that it is about; the whole stack where there is none.
    pub subject: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Form {
    Topology,
    Mermaid,
    Dot,
    AsyncApi,
    Definitions,
}

impl Form {
    /// The key of its text.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Topology => "topology",
            Self::Mermaid => "mermaid",
            Self::Dot => "dot",
            Self::AsyncApi => "asyncapi",
            Self::Definitions => "definitions",
        }
    }
}

/// Sorted by what they are about and their form.
pub(crate) fn exports(world: &World<'_>, registry: &Registry) -> Result<Vec<Export>, BuildError> {
    let words = Words::of("en")?;
    let grammar = Grammar { world, registry, words: &words, page: &PageId::Exports, brokers: false };
    let whole = world.drawn();
    let file = |form, subject: Option<&str>, name: &str, content: String| Export {
        path: format!("{FOLDER}/{name}"),
        content,
        form,
        subject: subject.map(str::to_owned),
    };
    let mut exports = vec![
        file(Form::Topology, None, "topology.json", topology::json(world, registry)),
        file(Form::Mermaid, None, "topology.mmd", mermaid::text(&readable(&grammar, &whole))),
        file(Form::Dot, None, "topology.dot", dot::text(&grammar, &whole, &world.input.stack.name)),
    ];
    for broker in &world.input.brokers {
        let name = &broker.model.name;
        let folder = format!("brokers/{}", slug(name));
        let ends = world.around_broker(name);
        if world.input.brokers.len() > 1 && !ends.is_empty() {
            let graph = readable(&grammar, &ends);
            exports.push(file(Form::Mermaid, Some(name), &format!("{folder}.mmd"), mermaid::text(&graph)));
            exports.push(file(Form::Dot, Some(name), &format!("{folder}.dot"), dot::text(&grammar, &ends, name)));
        }
        if let Some(definitions) = broker.broker.lesson().definitions(&broker.topology) {
            let text = format!("{definitions:#}\n");
            exports.push(file(Form::Definitions, Some(name), &format!("{folder}.definitions.json"), text));
        }
    }
    for app in &world.input.stack.apps {
        let name = format!("apps/{}.asyncapi.yaml", slug(&app.name));
        exports.push(file(Form::AsyncApi, Some(&app.name), &name, asyncapi::yaml(world, app)));
    }
    words.complete()?;
    Ok(exports)
}

/// What an arrow says: its labels, and what nothing but words tells in a drawing without our looks.
fn words(edge: &Edge) -> Vec<String> {
    let kind = match edge.style {
        Style::DeadLetter => Some("dead letter"),
        Style::Alternate => Some("alternate"),
        _ => None,
    };
    kind.map(str::to_owned).into_iter().chain(edge.labels.iter().cloned()).collect()
}

/// All of it, or groups where all of it is more than Mermaid draws.
fn readable(grammar: &Grammar<'_>, ends: &BTreeSet<End>) -> Graph {
    let mut all = pictures::all(grammar, ends);
    all.merge_parallel();
    if all.nodes.len() <= MOST_BOXES && all.edges.len() <= MOST_ARROWS {
        return all;
    }
    let mut groups = pictures::grouped(grammar, ends);
    groups.merge_parallel();
    groups
}
