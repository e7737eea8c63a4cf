//! A picture in Mermaid's words, for READMEs and wikis that draw it themselves.

use std::fmt::Write as _;

use super::ids::ids;
use super::words;
use crate::site::diagram::{Edge, Graph, Look, Node, Style};

/// A flowchart, left to right. The same graph gives the same bytes, whatever the order of its nodes and edges.
pub(super) fn text(graph: &Graph) -> String {
    let ids = ids(&graph.nodes);
    let mut nodes: Vec<String> =
        graph.nodes.iter().zip(&ids).map(|(node, id)| format!("  {id}{}\n", shape(node))).collect();
    let mut edges: Vec<String> = graph.edges.iter().map(|edge| arrow(edge, &ids)).collect();
    nodes.sort();
    edges.sort();
    let mut text = String::from("flowchart LR\n");
    for line in nodes.iter().chain(&edges) {
        text.push_str(line);
    }
    text
}

/// The shapes that RabbitMQ's and Kafka's own documents draw them with, as far as Mermaid has them.
fn shape(node: &Node) -> String {
    let (open, close) = match node.look {
        Look::App => ("([", "])"),
        Look::Exchange(_) => ("{{", "}}"),
        Look::Queue => ("[[", "]]"),
        Look::Topic(_) => ("[(", ")]"),
        Look::Plain => ("[", "]"),
        Look::Group(_) => (">", "]"),
    };
    let mut label = quoted(&node.label);
    if !node.caption.is_empty() {
        let _ = write!(label, "<br/>{}", quoted(&node.caption));
    }
    for badge in &node.badges {
        let _ = write!(label, " {}", quoted(badge));
    }
    format!("{open}\"{label}\"{close}")
}

fn arrow(edge: &Edge, ids: &[String]) -> String {
    let line = match edge.style {
        Style::Produce | Style::Consume | Style::Binding => "-->",
        Style::ExchangeBinding | Style::Forward => "==>",
        Style::DeadLetter | Style::Alternate => "-.->",
    };
    let words: Vec<String> = words(edge).iter().map(|text| quoted(text)).collect();
    let label = if words.is_empty() { String::new() } else { format!("|\"{}\"|", words.join("<br/>")) };
    format!("  {} {line}{label} {}\n", ids[edge.from], ids[edge.to])
}

/// Anything that Mermaid might read as its own, or as markup, as a numbered character.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '"' | '#' | '&' | '<' | '>' | '`' | ';' | '\\' | '*' | '_' | '~' | '[' | ']' | '(' | ')' | '{' | '}' => {
                let _ = write!(out, "#{};", u32::from(letter));
            }
            other => out.push(other),
        }
    }
    out
}
