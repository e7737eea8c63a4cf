//! A picture in Graphviz' words, with all that there is: Graphviz has no limit.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::ids::ids;
use super::words;
use crate::site::diagram::{Look, Node, Style};
use crate::site::grammar::Grammar;
use crate::site::model::End;
use crate::site::pictures;

/// A directed graph, each broker a box around its objects.
pub(super) fn text(grammar: &Grammar<'_>, ends: &BTreeSet<End>, title: &str) -> String {
    let mut graph = pictures::all(grammar, ends);
    let ids = ids(&graph.nodes);
    let mut text = format!(
        "digraph {} {{\n  rankdir=LR;\n  node [fontname=\"sans-serif\"];\n  edge [fontname=\"monospace\", fontsize=10];\n",
        quoted(title)
    );
    let mut inside: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for ((end, node), id) in ends.iter().zip(&graph.nodes).zip(&ids) {
        let line = format!("{id} [{}];\n", attributes(node));
        match end {
            End::App(_) => {
                let _ = write!(text, "  {line}");
            }
            End::Object(address) => inside.entry(&address.broker).or_default().push(line),
        }
    }
    for (broker, lines) in inside {
        let _ = write!(text, "  subgraph {} {{\n    label={};\n", quoted(&format!("cluster_{broker}")), quoted(broker));
        for line in lines {
            let _ = write!(text, "    {line}");
        }
        text.push_str("  }\n");
    }
    graph.merge_parallel();
    for edge in &graph.edges {
        let mut options = vec![format!("style={}", line(edge.style))];
        let words = words(edge);
        if !words.is_empty() {
            options.push(format!("label={}", quoted(&words.join("\n"))));
        }
        let _ = writeln!(text, "  {} -> {} [{}];", ids[edge.from], ids[edge.to], options.join(", "));
    }
    text.push_str("}\n");
    text
}

fn attributes(node: &Node) -> String {
    let shape = match node.look {
        Look::App => "oval",
        Look::Exchange(_) => "hexagon",
        Look::Queue => "box3d",
        Look::Topic(_) => "cylinder",
        Look::Plain | Look::Group(_) => "box",
    };
    let mut lines = vec![node.label.clone()];
    let second: Vec<&str> = std::iter::once(node.caption.as_str())
        .chain(node.badges.iter().map(String::as_str))
        .filter(|part| !part.is_empty())
        .collect();
    if !second.is_empty() {
        lines.push(second.join(" "));
    }
    let mut attributes = format!("shape={shape}, label={}", quoted(&lines.join("\n")));
    if let Some(href) = &node.href {
        let _ = write!(attributes, ", URL={}", quoted(href));
    }
    attributes
}

fn line(style: Style) -> &'static str {
    match style {
        Style::Produce | Style::Consume | Style::Binding => "solid",
        Style::ExchangeBinding | Style::Forward => "bold",
        Style::DeadLetter => "dashed",
        Style::Alternate => "dotted",
    }
}

/// Graphviz reads a backslash as the begin of an escape, and `&` as that of an entity.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            '\n' => out.push_str("\\n"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}
