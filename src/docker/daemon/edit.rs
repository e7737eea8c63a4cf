//! Writes the list of mirrors into a text, and nothing else of it.

use super::document::{Document, KEY};

/// Indentation of a text that has none yet.
const USUAL: &str = "  ";

/// The text with this list; everything else in it stays, byte by byte.
pub(super) fn with_list(document: &Document<'_>, list: &[String]) -> String {
    let Document { text, open, close, members } = document;
    let layout = Layout::of(document);
    match (document.position(), members.last()) {
        (Some(index), _) => {
            let value = &members[index].value;
            let new = layout.array(list, Some(&text[value.clone()]));
            format!("{}{new}{}", &text[..value.start], &text[value.end..])
        }
        (None, Some(last)) => {
            let new = layout.array(list, None);
            let (between, colon) = layout.separators();
            format!("{}{between}\"{KEY}\"{colon}{new}{}", &text[..last.value.end], &text[last.value.end..])
        }
        (None, None) => {
            let line = layout.newline;
            let new = layout.array(list, None);
            let end = if *text == "{}" { line } else { "" };
            let inside = format!("{{{line}{USUAL}\"{KEY}\": {new}{line}}}{end}");
            format!("{}{inside}{}", &text[..*open], &text[close + 1..])
        }
    }
}

/// The text without the key.
pub(super) fn without_key(document: &Document<'_>) -> String {
    let Document { text, open, close, members } = document;
    let Some(index) = document.position() else { return (*text).to_owned() };
    let own = &members[index];
    let before = index.checked_sub(1).and_then(|index| members.get(index));
    let (from, to) = match (before, members.get(index + 1)) {
        (Some(before), None) => (before.value.end, own.value.end),
        (_, Some(next)) => (own.key_at.start, next.key_at.start),
        (None, None) => (open + 1, *close),
    };
    format!("{}{}", &text[..from], &text[to..])
}

/// How a text is laid out.
struct Layout<'a> {
    newline: &'static str,
    /// What stands before a member; `None` where they share a line.
    indentation: Option<&'a str>,
    /// No space after a colon.
    tight: bool,
}

impl<'a> Layout<'a> {
    fn of(document: &Document<'a>) -> Self {
        let text = document.text;
        let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
        let first = document.members.first();
        let tight = first.is_some_and(|member| &text[member.key_at.end..member.value.start] == ":");
        let indentation = match first {
            Some(first) => last_line(&text[document.open + 1..first.key_at.start]),
            None => Some(USUAL),
        };
        Self { newline, indentation, tight }
    }

    /// Before a new member, and between its key and its value.
    fn separators(&self) -> (String, &'static str) {
        let colon = if self.tight { ":" } else { ": " };
        match self.indentation {
            Some(indentation) => (format!(",{}{indentation}", self.newline), colon),
            None if self.tight => (",".to_owned(), colon),
            None => (", ".to_owned(), colon),
        }
    }

    /// The list, laid out as the one that it replaces.
    fn array(&self, list: &[String], old: Option<&str>) -> String {
        let items: Vec<String> = list.iter().map(|url| serde_json::Value::from(url.as_str()).to_string()).collect();
        let is_empty = |text: &str| text.trim_start_matches('[').trim_start().starts_with([']', 'n']);
        let on_lines = match old {
            Some(old) if !is_empty(old) => old.contains('\n'),
            _ => self.indentation.is_some(),
        };
        if items.is_empty() {
            return "[]".to_owned();
        }
        if !on_lines {
            return format!("[{}]", items.join(if self.tight { "," } else { ", " }));
        }
        let own = self.indentation.unwrap_or_default();
        let unit = if own.is_empty() { USUAL } else { own };
        let old = old.filter(|old| old.contains('\n') && !is_empty(old));
        let inner = old.and_then(|old| last_line(spaces_after_bracket(old)));
        let outer = old.and_then(|old| last_line(old.trim_end_matches(']')));
        let inner = inner.map_or_else(|| format!("{own}{unit}"), str::to_owned);
        let outer = outer.filter(|text| text.trim().is_empty()).unwrap_or(own);
        let newline = self.newline;
        let lines = items.join(&format!(",{newline}{inner}"));
        format!("[{newline}{inner}{lines}{newline}{outer}]")
    }
}

/// After the last line break; `None` where there is none.
fn last_line(text: &str) -> Option<&str> {
    text.rsplit_once('\n').map(|(_, line)| line)
}

fn spaces_after_bracket(array: &str) -> &str {
    let inside = array.trim_start_matches('[');
    &inside[..inside.len() - inside.trim_start().len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, list: &[&str]) -> String {
        let list: Vec<String> = list.iter().map(|url| (*url).to_owned()).collect();
        with_list(&Document::read(text).unwrap(), &list)
    }

    #[test]
    fn a_list_is_laid_out_as_the_text_is() {
        for (text, wanted) in [
            ("{}", "{\n  \"registry-mirrors\": [\n    \"a\",\n    \"b\"\n  ]\n}\n"),
            (" { }\n", " {\n  \"registry-mirrors\": [\n    \"a\",\n    \"b\"\n  ]\n}\n"),
            ("{\"x\":1}", "{\"x\":1,\"registry-mirrors\":[\"a\",\"b\"]}"),
            ("{ \"x\": 1 }", "{ \"x\": 1, \"registry-mirrors\": [\"a\", \"b\"] }"),
            ("{\n\t\"x\": 1\n}\n", "{\n\t\"x\": 1,\n\t\"registry-mirrors\": [\n\t\t\"a\",\n\t\t\"b\"\n\t]\n}\n"),
            (
                "{\r\n  \"x\": 1\r\n}",
                "{\r\n  \"x\": 1,\r\n  \"registry-mirrors\": [\r\n    \"a\",\r\n    \"b\"\r\n  ]\r\n}",
            ),
            (
                "{\n  \"registry-mirrors\": [\"c\"],\n  \"x\": 1\n}",
                "{\n  \"registry-mirrors\": [\"a\", \"b\"],\n  \"x\": 1\n}",
            ),
            (
                "{\n  \"registry-mirrors\": [],\n  \"x\": 1\n}",
                "{\n  \"registry-mirrors\": [\n    \"a\",\n    \"b\"\n  ],\n  \"x\": 1\n}",
            ),
            ("{\"registry-mirrors\": null}", "{\"registry-mirrors\": [\"a\", \"b\"]}"),
            (
                "{\n    \"registry-mirrors\": [\n      \"c\"\n    ]\n}",
                "{\n    \"registry-mirrors\": [\n      \"a\",\n      \"b\"\n    ]\n}",
            ),
        ] {
            assert_eq!(with(text, &["a", "b"]), wanted, "{text}");
        }
        assert_eq!(with("{\n  \"registry-mirrors\": [\n    \"c\"\n  ]\n}", &[]), "{\n  \"registry-mirrors\": []\n}");
    }

    #[test]
    fn the_key_goes_wherever_it_stands() {
        for (text, wanted) in [
            ("{\"registry-mirrors\": []}", "{}"),
            ("{\"registry-mirrors\": [], \"x\": 1}", "{\"x\": 1}"),
            ("{\"x\": 1, \"registry-mirrors\": []}", "{\"x\": 1}"),
            ("{\n  \"x\": 1,\n  \"registry-mirrors\": [],\n  \"y\": 2\n}\n", "{\n  \"x\": 1,\n  \"y\": 2\n}\n"),
            ("{\"x\": 1}", "{\"x\": 1}"),
        ] {
            assert_eq!(without_key(&Document::read(text).unwrap()), wanted, "{text}");
        }
    }
}
