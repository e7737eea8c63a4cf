//! Sentences that the program says in English, in another language: whole ones, and patterns with places.

use std::collections::BTreeMap;

/// Values in values: `{n} of {} visible` with `3 topics` in it. More would be a circle.
const DEEPEST: usize = 3;

/// The longest text that patterns are tried on: no sentence of ours is longer, and what a broker says may be.
const LONGEST: usize = 500;

/// English sentences with what they are in one language. Without any, English stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct Docs {
    whole: BTreeMap<String, String>,
    /// Those with the most words of their own first.
    patterns: Vec<Pattern>,
}

/// `written and read back in {n} s`: `{n}` is a number, `{}` any text.
#[derive(Clone, Debug)]
struct Pattern {
    parts: Vec<Part>,
    translated: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Number,
    Any,
}

impl Docs {
    /// From a JSON object of sentences; an empty text has none.
    pub(crate) fn new(json: &str) -> Result<Self, serde_json::Error> {
        if json.is_empty() {
            return Ok(Self::default());
        }
        let all: BTreeMap<String, String> = serde_json::from_str(json)?;
        let (with_places, whole): (BTreeMap<_, _>, BTreeMap<_, _>) =
            all.into_iter().partition(|(english, _)| english.contains("{}") || english.contains("{n}"));
        let mut patterns: Vec<Pattern> = with_places
            .into_iter()
            .map(|(english, translated)| Pattern { parts: parts(&english), translated })
            .collect();
        patterns.sort_by_key(|pattern| std::cmp::Reverse(pattern.weight()));
        Ok(Self { whole, patterns })
    }

    /// The sentence in this language, or as it is.
    pub(crate) fn find(&self, english: &str) -> String {
        self.at_depth(english, 0).unwrap_or_else(|| english.to_owned())
    }

    /// Of `reason: way out`, each by itself; which colon it is shows what is known.
    pub(crate) fn find_pair(&self, english: &str) -> String {
        let halves = english.match_indices(": ").find_map(|(at, colon)| {
            let reason = self.at_depth(&english[..at], 0)?;
            Some(format!("{reason}：{}", self.find(&english[at + colon.len()..])))
        });
        // A place at the end of a pattern would take the way out for a value.
        halves.unwrap_or_else(|| self.find(english))
    }

    fn at_depth(&self, english: &str, depth: usize) -> Option<String> {
        if let Some(found) = self.whole.get(english) {
            return Some(found.clone());
        }
        if depth == DEEPEST || english.len() > LONGEST {
            return None;
        }
        self.patterns.iter().find_map(|pattern| {
            let values = matched(&pattern.parts, english)?;
            let values: Vec<String> = values
                .into_iter()
                .map(|value| self.at_depth(value, depth + 1).unwrap_or_else(|| value.to_owned()))
                .collect();
            Some(pattern.filled(&values))
        })
    }
}

impl Pattern {
    fn weight(&self) -> usize {
        let text = |part: &Part| if let Part::Text(text) = part { text.len() } else { 0 };
        self.parts.iter().map(text).sum()
    }

    /// The places of the translation take the values in their order.
    fn filled(&self, values: &[String]) -> String {
        let mut values = values.iter();
        parts(&self.translated)
            .into_iter()
            .map(|part| match part {
                Part::Text(text) => text,
                Part::Number | Part::Any => values.next().cloned().unwrap_or_default(),
            })
            .collect()
    }
}

fn parts(text: &str) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((at, place)) = [("{}", Part::Any), ("{n}", Part::Number)]
        .into_iter()
        .filter_map(|(mark, part)| Some((rest.find(mark)?, (mark, part))))
        .min_by_key(|(at, _)| *at)
    {
        if at > 0 {
            parts.push(Part::Text(rest[..at].to_owned()));
        }
        rest = &rest[at + place.0.len()..];
        parts.push(place.1);
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest.to_owned()));
    }
    parts
}

/// What stands in the places; each takes as little as it can.
fn matched<'t>(parts: &[Part], text: &'t str) -> Option<Vec<&'t str>> {
    let Some((first, others)) = parts.split_first() else { return text.is_empty().then(Vec::new) };
    if let Part::Text(own) = first {
        return matched(others, text.strip_prefix(own.as_str())?);
    }
    let ends = text.char_indices().map(|(at, character)| at + character.len_utf8());
    for end in ends {
        let (value, rest) = text.split_at(end);
        if *first == Part::Number && !value.chars().all(|character| character.is_ascii_digit() || character == '.') {
            return None;
        }
        if let Some(mut values) = matched(others, rest) {
            values.insert(0, value);
            return Some(values);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_sentences_come_before_patterns_and_long_patterns_before_short_ones() {
        let docs = Docs::new(
            r#"{ "1 topic": "一", "{n} topic": "{n} t", "{} seen after {n} s": "{n} 秒？{}", "{} seen after {n} s, {} usable": "{} {n} {}" }"#,
        )
        .unwrap();
        assert_eq!(docs.find("1 topic"), "一");
        assert_eq!(docs.find("2 topic"), "2 t");
        assert_eq!(docs.find("x topic"), "x topic", "no number");
        assert_eq!(docs.find("2 topic seen after 0.5 s, 1 topic usable"), "2 t 0.5 一");
        assert_eq!(docs.find("what a broker says"), "what a broker says");
        assert_eq!(docs.find_pair("x: 1 topic: 2 topic"), "x: 1 topic: 2 topic");
        assert_eq!(docs.find_pair("1 topic: a: b"), "一：a: b");
        assert_eq!(Docs::new("").unwrap().find("1 topic"), "1 topic");
    }
}
