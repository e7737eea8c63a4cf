//! The engine's settings as text with places, so that what is not ours stays as it was written.

use std::ops::Range;

use serde::de::IgnoredAny;
use serde_json::{Deserializer, Value};

/// The one key that mqlab writes.
pub(super) const KEY: &str = "registry-mirrors";

/// A text that is one JSON object, and where its members are.
#[derive(Clone, Debug)]
pub(super) struct Document<'a> {
    pub(super) text: &'a str,
    pub(super) open: usize,
    pub(super) close: usize,
    pub(super) members: Vec<Member>,
}

/// One `"key": value`.
#[derive(Clone, Debug)]
pub(super) struct Member {
    pub(super) key: String,
    pub(super) key_at: Range<usize>,
    pub(super) value: Range<usize>,
}

/// Why a text cannot be edited. It is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unreadable {
    /// From 1; absent where the whole text is meant.
    pub(super) place: Option<(usize, usize)>,
    pub(super) what: String,
    pub(super) way_out: String,
}

impl Unreadable {
    fn at(text: &str, offset: usize, what: impl Into<String>, way_out: impl Into<String>) -> Self {
        let before = &text[..offset];
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|one| *one != '\n').count() + 1;
        Self { place: Some((line, column)), what: what.into(), way_out: way_out.into() }
    }
}

/// What the engine reads in a file: no mark at the beginning, and `{}` where nothing is written.
pub(super) fn plain(bytes: &[u8]) -> Result<&str, Unreadable> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        Unreadable {
            place: Some((line, 1)),
            what: "this is no UTF-8 text, and the engine reads nothing else".to_owned(),
            way_out: "save the file as UTF-8 with an editor".to_owned(),
        }
    })?;
    Ok(if text.trim().is_empty() { "{}" } else { text })
}

impl<'a> Document<'a> {
    /// Reads a whole text or says where it cannot be read.
    pub(super) fn read(text: &'a str) -> Result<Self, Unreadable> {
        if let Some(offset) = comment(text) {
            return Err(Unreadable::at(
                text,
                offset,
                "a comment: JSON has none, and the engine refuses the file as it is",
                "remove the comment, then run this again",
            ));
        }
        match serde_json::from_str::<Value>(text) {
            Ok(Value::Object(_)) => {}
            Ok(_) => {
                let offset = text.len() - text.trim_start().len();
                return Err(Unreadable::at(text, offset, "expected an object: { … }", "put the settings into braces"));
            }
            Err(error) => {
                let words = error.to_string();
                let what = words.rsplit_once(" at line ").map_or(words.as_str(), |(what, _)| what).to_owned();
                let place = (error.line() > 0).then(|| (error.line(), error.column().max(1)));
                let way_out = "correct it, then run this again: the engine cannot read the file as it is either";
                return Err(Unreadable { place, what, way_out: way_out.to_owned() });
            }
        }
        let document = Self::places(text);
        let mut same = document.members.iter().filter(|member| member.key == KEY);
        if let (Some(_), Some(second)) = (same.next(), same.next()) {
            let what = format!("`{KEY}` is there twice, and only one of them counts");
            return Err(Unreadable::at(text, second.key_at.start, what, "remove one of them, then run this again"));
        }
        Ok(document)
    }

    /// Of a text that is known to be an object.
    fn places(text: &'a str) -> Self {
        let open = skip(text, 0);
        let mut members = Vec::new();
        let mut at = skip(text, open + 1);
        while !text[at..].starts_with('}') {
            let mut keys = Deserializer::from_str(&text[at..]).into_iter::<String>();
            let key = keys.next().and_then(Result::ok).unwrap_or_default();
            let key_at = at..at + keys.byte_offset();
            let start = skip(text, skip(text, key_at.end) + 1);
            let mut values = Deserializer::from_str(&text[start..]).into_iter::<IgnoredAny>();
            values.next();
            let value = start..start + values.byte_offset();
            at = skip(text, value.end);
            if text[at..].starts_with(',') {
                at = skip(text, at + 1);
            }
            members.push(Member { key, key_at, value });
        }
        Self { text, open, close: at, members }
    }

    /// Which member holds the mirrors.
    pub(super) fn position(&self) -> Option<usize> {
        self.members.iter().position(|member| member.key == KEY)
    }

    /// The mirrors that are written here; `None` where the key is absent.
    pub(super) fn mirrors(&self) -> Result<Option<Vec<String>>, Unreadable> {
        let Some(member) = self.position().and_then(|index| self.members.get(index)) else { return Ok(None) };
        match serde_json::from_str::<Option<Vec<String>>>(&self.text[member.value.clone()]) {
            Ok(list) => Ok(Some(list.unwrap_or_default())),
            Err(_) => Err(Unreadable::at(
                self.text,
                member.value.start,
                format!("`{KEY}` is {}", shortened(&self.text[member.value.clone()])),
                "expected a list of texts: [\"https://mirror.example\"]",
            )),
        }
    }
}

fn shortened(value: &str) -> String {
    const SHOWN: usize = 60;
    let line = value.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() > SHOWN { format!("{}…", line.chars().take(SHOWN).collect::<String>()) } else { line }
}

/// The first thing from here on that is no space.
fn skip(text: &str, at: usize) -> usize {
    let rest = &text[at..];
    at + rest.len() - rest.trim_start_matches([' ', '\t', '\n', '\r']).len()
}

/// Where a comment begins, in any of the ways that other tools allow.
fn comment(text: &str) -> Option<usize> {
    let mut in_string = false;
    let mut escaped = false;
    for (at, character) in text.char_indices() {
        match character {
            _ if escaped => escaped = false,
            '\\' if in_string => escaped = true,
            '"' => in_string = !in_string,
            '#' if !in_string => return Some(at),
            '/' if !in_string && text[at + 1..].starts_with(['/', '*']) => return Some(at),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> (Option<(usize, usize)>, String) {
        let error = Document::read(text).and_then(|document| document.mirrors()).unwrap_err();
        (error.place, error.what)
    }

    #[test]
    fn members_are_where_they_are_written() {
        let text = " { \"debug\" : true,\n \"\\u0061\":[1, {\"b\": \"},\"}] , \"n\":-1.5e3}\n";
        let document = Document::read(text).unwrap();
        let found: Vec<(&str, &str)> =
            document.members.iter().map(|member| (member.key.as_str(), &text[member.value.clone()])).collect();
        assert_eq!(found, [("debug", "true"), ("a", "[1, {\"b\": \"},\"}]"), ("n", "-1.5e3")]);
        assert_eq!(&text[document.close..], "}\n");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        for (text, place, words) in [
            ("{\n  // mine\n  \"debug\": true\n}", (2, 3), "a comment"),
            ("{ \"ä\": 1 } # mine", (1, 12), "a comment"),
            ("{\"a\": 1, /* mine */ \"b\": 2}", (1, 10), "a comment"),
            ("{\n  \"debug\": true,\n}", (3, 1), "trailing comma"),
            ("{\n  \"debug\" true\n}", (2, 11), "expected `:`"),
            ("{\"a\": 1", (1, 7), "EOF"),
            ("\n[1]", (2, 1), "an object"),
            ("{\"registry-mirrors\": [],\n \"registry-mirrors\": []}", (2, 2), "twice"),
            ("{\"registry-mirrors\": \"https://a.example\"}", (1, 22), "\"https://a.example\""),
            ("{\"registry-mirrors\": [1]}", (1, 22), "[1]"),
        ] {
            let (at, what) = refused(text);
            assert_eq!(at, Some(place), "{text}: {what}");
            assert!(what.contains(words), "{what}");
        }
    }

    #[test]
    fn what_is_in_a_text_is_no_comment() {
        let text = r#"{"registry-mirrors": ["https://a.example"], "x": "\" // # /*"}"#;
        let mirrors = Document::read(text).unwrap().mirrors().unwrap().unwrap();
        assert_eq!(mirrors, ["https://a.example"]);
    }

    #[test]
    fn a_mark_and_an_empty_file_are_no_mistakes() {
        assert_eq!(plain(b"\xEF\xBB\xBF{\"a\": 1}").unwrap(), "{\"a\": 1}");
        assert_eq!(plain(b"\xEF\xBB\xBF \n").unwrap(), "{}");
        assert_eq!(plain(b"").unwrap(), "{}");
        assert_eq!(plain(b"{\n\xFF\xFE").unwrap_err().place, Some((2, 1)));
    }
}
