//! Every field of the stack's file, from the schema that editors get: for the kinds that the stack has.

use serde::Serialize;
use serde_json::Value as Json;

use super::frame::{Frame, frame};
use super::parts::{Context, Piece, pieces};
use crate::site::model::Words;
use crate::spec::schema;

/// Stands for a name that the reader gives.
const NAME: &str = "NAME";
/// Says the same of all objects of a kind that a field says of one.
const REPEATS: &str = "defaults";

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FieldsPage {
    pub page: Frame,
    pub sections: Vec<FieldSection>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FieldSection {
    pub id: String,
    pub title: String,
    pub rows: Vec<FieldRow>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FieldRow {
    /// `brokers.NAME.topics.NAME.partitions`.
    pub path: String,
    /// What it takes, in words; choices as they are written.
    pub takes: String,
    pub is_required: bool,
    pub about: Vec<Piece>,
}

pub(crate) fn fields_page(context: &Context<'_>, prefix: &str) -> FieldsPage {
    let words = context.words;
    let schema = schema();
    let section = |id: &str, title: String, node: &Json, path: &str| {
        let mut rows = Vec::new();
        inside(node, path, words, &mut rows);
        FieldSection { id: id.to_owned(), title, rows }
    };
    let whole = section("file", words.say("fields_file"), &schema, "");
    let kinds = context.world.first_of_each_kind().map(|broker| {
        let (kind, title) = (broker.model.kind, broker.broker.description().title);
        section(kind, title.to_owned(), &schema["$defs"][kind], &format!("brokers.{NAME}"))
    });
    FieldsPage {
        page: frame(context, &words.say("fields"), &[], prefix),
        sections: std::iter::once(whole).chain(kinds).collect(),
    }
}

/// The fields of a mapping, each followed by what is in it.
fn inside(node: &Json, path: &str, words: &Words, rows: &mut Vec<FieldRow>) {
    let own = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    let required =
        |name: &str| node["required"].as_array().is_some_and(|list| list.iter().any(|one| one.as_str() == Some(name)));
    for (name, child) in node["properties"].as_object().into_iter().flatten() {
        field(child, &own(name), required(name), words, rows);
    }
    if node["additionalProperties"].is_object() {
        field(&node["additionalProperties"], &own(NAME), false, words, rows);
    }
    if node["items"].is_object() {
        field(&node["items"], &format!("{path}[]"), false, words, rows);
    }
    for one in node["anyOf"].as_array().into_iter().flatten() {
        inside(one, path, words, rows);
    }
}

fn field(node: &Json, path: &str, is_required: bool, words: &Words, rows: &mut Vec<FieldRow>) {
    if let Some(about) = about(node) {
        let takes = takes(node, words);
        rows.push(FieldRow { path: path.to_owned(), takes, is_required, about: pieces(&words.doc(about)) });
    }
    if !path.ends_with(&format!(".{REPEATS}")) {
        inside(node, path, words, rows);
    }
}

/// A field's own sentence, or that of the one of its forms that has one.
fn about(node: &Json) -> Option<&str> {
    let forms = || node["anyOf"].as_array()?.iter().find_map(|form| form["description"].as_str());
    node["description"].as_str().or_else(forms)
}

fn takes(node: &Json, words: &Words) -> String {
    let mut found: Vec<String> = Vec::new();
    collect(node, words, &mut found);
    found.join(" | ")
}

fn collect(node: &Json, words: &Words, found: &mut Vec<String>) {
    let mut add = |text: String| {
        if !found.contains(&text) {
            found.push(text);
        }
    };
    let written = |value: &Json| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    if let Some(choices) = node["enum"].as_array() {
        choices.iter().map(written).for_each(add);
        return;
    }
    if let Some(constant) = node.get("const") {
        add(written(constant));
        return;
    }
    let pattern = node["pattern"].as_str().unwrap_or_default();
    if pattern == r"\$\{" {
        // What is filled in later takes the form of what it stands for.
        return;
    }
    if pattern.contains("KiB") {
        add(words.say("takes_size"));
        return;
    }
    if pattern.contains("ms|s|m|h|d") {
        add(words.say("takes_time"));
        return;
    }
    if let Some(forms) = node["anyOf"].as_array() {
        for form in forms {
            collect(form, words, found);
        }
        return;
    }
    let types = node["type"].as_array().cloned().unwrap_or_else(|| vec![node["type"].clone()]);
    for one in &types {
        match one.as_str() {
            Some("string") => add(words.say("takes_text")),
            Some("integer" | "number") => add(words.say("takes_number")),
            Some("boolean") => add("true | false".to_owned()),
            Some("array") => add(words.say("takes_list")),
            Some("object") => add(words.say("takes_mapping")),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_says_what_it_takes_and_what_is_in_it() {
        let words = Words::of("en").unwrap();
        let mut rows = Vec::new();
        inside(&schema()["$defs"]["kafka"], "brokers.NAME", &words, &mut rows);
        let row =
            |path: &str| rows.iter().find(|row| row.path == path).unwrap_or_else(|| panic!("no {path}: {rows:#?}"));
        assert_eq!(row("brokers.NAME.topics.NAME.partitions").takes, "number");
        assert_eq!(row("brokers.NAME.topics.NAME.on_change").takes, "refuse | replace");
        assert_eq!(row("brokers.NAME.memory").takes, "number | size such as 512MiB");
        assert!(row("brokers.NAME.kind").is_required && !row("brokers.NAME.topics").is_required);
        assert!(rows.iter().all(|row| !row.path.starts_with("brokers.NAME.defaults.")), "they are the objects' own");
        assert!(rows.iter().all(|row| !row.takes.is_empty()), "{rows:#?}");
    }
}
