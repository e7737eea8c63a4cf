//! From the bytes of the files to one checked tree.

use std::sync::Arc;

use super::budget::Budget;
use super::check::Checker;
use super::lines::Lines;
use super::merge::merge;
use super::reader::{self, Context, Refused};
use super::root::FORMAT;
use super::{Diagnostics, Node, NodeValue, Position, Source, Sources, defaults};
use crate::brokers::{self, Description};

/// The most bytes that all files of a spec may have together. Who reads the files stops one byte after it.
pub const MOST_BYTES: usize = 4 * 1024 * 1024;

/// One file as it was read.
#[derive(Clone, Debug)]
pub struct Input {
    /// As the user named it: `mqlab.yaml`.
    pub name: Arc<str>,
    /// At most [`MOST_BYTES`] + 1 of them: more are refused, so more need not be read.
    pub bytes: Vec<u8>,
}

/// What `${…}` can reach.
pub trait Environment {
    /// The value of `${env:NAME}`; `None` where it is not set.
    fn variable(&self, name: &str) -> Option<String>;

    /// The content of `${file:path}`, where `path` is relative to the folder of the spec file `spec`.
    /// The error is one sentence that names the path. At most [`MOST_BYTES`] are worth reading.
    fn file(&self, spec: &str, path: &str) -> Result<String, String>;
}

/// Everything that reading gave.
#[derive(Clone, Debug)]
pub struct Loaded {
    /// All files merged, defaults filled in, checked against the shapes. `None` where there is nothing to go on with.
    pub tree: Option<Node>,
    /// For showing source lines: passwords in them are masked.
    pub sources: Sources,
    pub diagnostics: Diagnostics,
    /// How many keys and values the tree took to make, at most [`super::MOST_NODES`].
    pub nodes: usize,
}

/// Reads, interpolates, merges left to right, fills in `defaults:` and checks the result.
///
/// A tree may come with errors: it holds nothing where they are, and building the stack from it finds the rest.
pub fn load(files: Vec<Input>, environment: &dyn Environment) -> Loaded {
    let kinds: Vec<&'static Description> = brokers::registry().iter().map(|broker| broker.description()).collect();
    load_with(files, environment, &kinds)
}

/// [`load`] with other kinds of brokers than the registry's.
pub(crate) fn load_with(files: Vec<Input>, environment: &dyn Environment, kinds: &[&'static Description]) -> Loaded {
    let mut diagnostics = Diagnostics::default();
    let mut budget = Budget::default();
    let sources = decode(files, &mut diagnostics);
    let (tree, secrets) = if diagnostics.has_errors() {
        (None, Vec::new())
    } else {
        tree(&sources, environment, kinds, &mut budget, &mut diagnostics)
    };
    move_in(&sources, &mut diagnostics);
    diagnostics.sort();
    Loaded { tree, sources: mask(sources, &secrets), diagnostics, nodes: budget.nodes_made() }
}

/// The parser points behind the end of a line, or of the file, where something is missing.
fn move_in(sources: &Sources, diagnostics: &mut Diagnostics) {
    let lines = Lines::all(sources);
    for diagnostic in &mut diagnostics.list {
        if let Some(lines) = lines.get(diagnostic.at.file) {
            diagnostic.at = lines.clamp(diagnostic.at);
        }
    }
}

/// The files as text. What is too large or no text is reported.
fn decode(files: Vec<Input>, diagnostics: &mut Diagnostics) -> Sources {
    let mut left = MOST_BYTES;
    let mut sources = Vec::new();
    for (file, input) in files.into_iter().enumerate() {
        let start = Position { file, line: 1, column: 1, length: 1 };
        let text = if let Some(rest) = left.checked_sub(input.bytes.len()) {
            left = rest;
            text_of(input.bytes, start, diagnostics)
        } else {
            let text = format!("the spec is larger than {} MiB, all its files together", MOST_BYTES / 1024 / 1024);
            diagnostics.error("too-large", start, text, "split the stack into several".to_owned());
            left = 0;
            String::new()
        };
        sources.push(Source { name: input.name, text: text.into() });
    }
    Sources(sources)
}

fn text_of(bytes: Vec<u8>, start: Position, diagnostics: &mut Diagnostics) -> String {
    match String::from_utf8(bytes) {
        // Editors do not show a byte order mark, so columns do not count it.
        Ok(text) => text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
            let lines = Lines::new(&text[..valid]);
            let line = u32::try_from(lines.count()).unwrap_or(u32::MAX);
            let column = u32::try_from(lines.line(line).chars().count()).unwrap_or(u32::MAX).saturating_add(1);
            let help = "save the file as UTF-8".to_owned();
            diagnostics.error("not-utf-8", Position { line, column, ..start }, "this is no UTF-8 text", help);
            text
        }
    }
}

fn tree(
    sources: &Sources,
    environment: &dyn Environment,
    kinds: &[&'static Description],
    budget: &mut Budget,
    diagnostics: &mut Diagnostics,
) -> (Option<Node>, Vec<Position>) {
    let mut refused = Refused::default();
    let mut merged: Option<Node> = None;
    let mut complete = true;
    for (file, source) in sources.0.iter().enumerate() {
        let errors = diagnostics.list.len();
        let mut context = Context { environment, budget, refused: &mut refused, diagnostics };
        match reader::read(file, &source.name, &source.text, &mut context) {
            Some(node) if matches!(node.value, NodeValue::Map(_)) => {
                merged = Some(match merged {
                    Some(base) => merge(base, node, &refused),
                    None => node,
                });
            }
            found => {
                complete = false;
                if diagnostics.list.len() == errors {
                    not_a_map(found.as_ref(), file, diagnostics);
                }
            }
        }
    }
    let Some(mut tree) = merged.filter(|_| complete) else { return (None, Vec::new()) };
    if newer_format(&tree, diagnostics) || !defaults::apply(&mut tree, kinds, budget, diagnostics) {
        return (None, Vec::new());
    }
    let lines = Lines::all(sources);
    let mut checker = Checker { kinds, lines: &lines, refused: &refused, diagnostics, secrets: Vec::new() };
    checker.root(&mut tree);
    let secrets = checker.secrets;
    tree.keep_first_of_duplicates();
    (Some(tree), secrets)
}

fn not_a_map(found: Option<&Node>, file: usize, diagnostics: &mut Diagnostics) {
    let start = Position { file, line: 1, column: 1, length: 1 };
    let help = "`mqlab init` writes a first one".to_owned();
    match found.filter(|node| !matches!(node.value, NodeValue::Null)) {
        None => diagnostics.error("empty", start, "the file is empty", help),
        Some(node) => {
            let text = format!("a spec is a map with `brokers:` in it, and this is {}", node.describe());
            diagnostics.error("wrong-type", node.at, text, help);
        }
    }
}

/// Whether the file is for a later mqlab: then its other mistakes may be none.
fn newer_format(tree: &Node, diagnostics: &mut Diagnostics) -> bool {
    let Some(node) = tree.get("mqlab") else { return false };
    let newer = node.as_int().is_some_and(|format| format > FORMAT);
    if newer {
        let help = format!("install a newer mqlab, or write the file for format {FORMAT}");
        diagnostics.error("newer-format", node.at, "this file needs a newer mqlab", help);
    }
    newer
}

/// The same lines and columns, with `*` for every character of a password.
fn mask(mut sources: Sources, secrets: &[Position]) -> Sources {
    for (file, source) in sources.0.iter_mut().enumerate() {
        let mut spans: Vec<&Position> = secrets.iter().filter(|at| at.file == file).collect();
        if spans.is_empty() {
            continue;
        }
        spans.sort_by_key(|at| (at.line, at.column));
        spans.dedup_by_key(|at| (at.line, at.column));
        let lines = Lines::new(&source.text);
        let mut masked = String::with_capacity(source.text.len());
        let mut done = 0;
        for at in spans {
            let start = lines.offset(at.line, at.column);
            let end = start + lines.slice(*at).len();
            if start < done || !is_literal(&source.text[start..end]) {
                continue;
            }
            masked.push_str(&source.text[done..start]);
            masked.extend(source.text[start..end].chars().map(|_| '*'));
            done = end;
        }
        masked.push_str(&source.text[done..]);
        source.text = masked.into();
    }
    sources
}

/// Whether a text holds the password itself, and not only where to find it.
fn is_literal(raw: &str) -> bool {
    let reference = raw.trim_matches(['"', '\'']);
    let whole = reference.starts_with("${") && reference.find('}') == Some(reference.len() - 1);
    !whole || reference.contains(":-")
}

impl Node {
    /// Both values of a duplicate key were checked; the first stays.
    fn keep_first_of_duplicates(&mut self) {
        match &mut self.value {
            NodeValue::List(items) => items.iter_mut().for_each(Self::keep_first_of_duplicates),
            NodeValue::Map(map) => {
                let mut seen = std::collections::BTreeSet::new();
                map.entries.retain(|entry| seen.insert(entry.key.clone()));
                map.entries.iter_mut().for_each(|entry| entry.value.keep_first_of_duplicates());
            }
            _ => {}
        }
    }
}
