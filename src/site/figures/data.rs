//! What the script of a figure gets, and how it becomes text inside a page.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Figure, FigureTable};
use crate::site::model::Words;
use crate::site::text::is_hidden;

/// What every figure says.
const PLAYER: &[&str] = &["sim_back", "sim_next", "sim_play", "sim_pause", "sim_reset", "sim_count", "sim_start"];

/// One native control.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Control {
    name: &'static str,
    label: String,
    #[serde(rename = "type")]
    kind: &'static str,
    value: String,
    /// Value and label.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    options: Vec<(String, String)>,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<(u32, u32)>,
}

impl Control {
    pub(super) fn text(name: &'static str, label: String, value: impl Into<String>) -> Self {
        Self { name, label, kind: "text", value: value.into(), options: Vec::new(), range: None }
    }

    pub(super) fn range(name: &'static str, label: String, value: u32, range: (u32, u32)) -> Self {
        Self { name, label, kind: "range", value: value.to_string(), options: Vec::new(), range: Some(range) }
    }

    /// Begins with the first option, or with `value`.
    pub(super) fn select(name: &'static str, label: String, options: Vec<(String, String)>, value: &str) -> Self {
        Self { name, label, kind: "select", value: value.to_owned(), options, range: None }
    }
}

/// A figure that is nearly one.
pub(super) struct Sketch<'a, M> {
    pub(super) name: &'static str,
    /// The keys of everything that the script says beside the player's own.
    pub(super) says: &'a [&'static str],
    pub(super) controls: Vec<Control>,
    /// What the engine in the script computes with.
    pub(super) model: M,
    pub(super) steps: Vec<String>,
    pub(super) table: Option<FigureTable>,
}

#[derive(Serialize)]
struct Data<M> {
    words: BTreeMap<&'static str, String>,
    controls: Vec<Control>,
    model: M,
}

impl<M: Serialize> Sketch<'_, M> {
    /// `title` and `about` are in the page's own words.
    pub(super) fn finish(self, words: &Words, title: String, about: String) -> Option<Figure> {
        let keys = PLAYER.iter().chain(self.says).copied();
        let said = keys.map(|key| (key.strip_prefix("sim_").unwrap_or(key), words.say(key))).collect();
        let data = Data { words: said, controls: self.controls, model: self.model };
        let data = harmless(&serde_json::to_string(&data).ok()?);
        Some(Figure { name: self.name.to_owned(), title, about, data, steps: self.steps, table: self.table })
    }
}

/// JSON that no parser of HTML takes for markup, and in which nothing hides.
fn harmless(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for character in json.chars() {
        if matches!(character, '<' | '>' | '&' | '\u{2028}' | '\u{2029}') || is_hidden(character) {
            let mut units = [0; 2];
            out.extend(character.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")));
        } else {
            out.push(character);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_inside_of_their_string() {
        let text = "</script><!--&\u{202e}\u{e0001}\u{2028} 订单";
        let json = harmless(&serde_json::to_string(text).unwrap());
        assert!(!json.contains(['<', '>', '&', '\u{202e}', '\u{e0001}', '\u{2028}']), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}
