//! What `site/js/search.js` does, for the tests of the index. The browser tests run the script itself.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::letter;
use super::tokens::{is_ideograph, plain, words};
use crate::site::Page;

#[derive(Debug, Deserialize)]
struct Part {
    kinds: Vec<String>,
    folders: Vec<String>,
    entries: Vec<serde_json::Value>,
    tokens: String,
    postings: Vec<Vec<usize>>,
}

/// All files of an index.
#[derive(Debug)]
pub(super) struct Index {
    parts: BTreeMap<String, Part>,
}

#[derive(Clone, Debug)]
pub(super) struct Hit {
    pub(super) title: String,
    pub(super) path: String,
    /// For each word of the query.
    values: Vec<f64>,
    bonus: f64,
}

impl Hit {
    fn words(&self) -> usize {
        self.values.iter().filter(|value| **value > 0.0).count()
    }

    fn score(&self) -> f64 {
        self.bonus + self.values.iter().sum::<f64>()
    }
}

pub(super) fn load(pages: &[Page]) -> Index {
    let mut parts = BTreeMap::new();
    for page in pages {
        let (name, json) = if let Some(rest) = page.content.strip_prefix("window.mqlabSearch.parts[\"") {
            let (name, json) = rest.split_once("\"]=").unwrap();
            (name, json.trim_end().trim_end_matches(';').to_owned())
        } else {
            let json = page.content.strip_prefix("window.mqlabSearch=").unwrap().trim_end().trim_end_matches(';');
            let value: serde_json::Value = serde_json::from_str(json).unwrap();
            ("", value["parts"][""].to_string())
        };
        parts.insert(name.to_owned(), serde_json::from_str(&json).unwrap());
    }
    Index { parts }
}

pub(super) fn search(index: &Index, query: &str) -> Vec<Hit> {
    let wanted = wanted(query);
    let mut hits: Vec<Hit> = Vec::new();
    for (name, part) in &index.parts {
        if !name.is_empty() && !wanted.iter().any(|word| letter(word).to_string() == *name) {
            continue;
        }
        for hit in in_part(part, &wanted, &plain(query)) {
            match hits.iter_mut().find(|known| known.path == hit.path) {
                None => hits.push(hit),
                Some(known) => {
                    for (known, value) in known.values.iter_mut().zip(hit.values) {
                        *known = known.max(value);
                    }
                }
            }
        }
    }
    let best = hits.iter().map(Hit::words).max().unwrap_or_default();
    hits.retain(|hit| hit.words() == best);
    hits.sort_by(|one, two| two.score().total_cmp(&one.score()));
    hits
}

fn wanted(query: &str) -> Vec<String> {
    let mut wanted = Vec::new();
    for word in words(query) {
        let characters: Vec<char> = word.chars().collect();
        if is_ideograph(characters[0]) && characters.len() > 1 {
            wanted.extend(characters.windows(2).map(|two| two.iter().collect::<String>()));
        } else {
            wanted.push(word.to_lowercase());
        }
    }
    if wanted.is_empty() {
        wanted.push(plain(query));
    }
    wanted.sort();
    wanted.dedup();
    wanted.retain(|word| !word.is_empty());
    wanted
}

fn in_part(part: &Part, wanted: &[String], whole: &str) -> Vec<Hit> {
    let mut values: BTreeMap<usize, Vec<f64>> = BTreeMap::new();
    let mut note = |entry: usize, word: usize, value: f64| {
        let known = &mut values.entry(entry).or_insert_with(|| vec![0.0; wanted.len()])[word];
        *known = known.max(value);
    };
    for (token, postings) in part.tokens.split(' ').zip(&part.postings) {
        for (at, word) in wanted.iter().enumerate().filter(|(_, word)| token.starts_with(word.as_str())) {
            let mut entry = 0;
            for posting in postings {
                entry += posting / 4;
                note(entry, at, [0.0, 2.0, 8.0, 30.0][posting % 4] * nearness(word, token));
            }
        }
    }
    for entry in 0..part.entries.len() / 5 {
        let kind = &part.kinds[number(&part.entries[entry * 5 + 1])];
        for (at, word) in wanted.iter().enumerate() {
            if self::wanted(kind).contains(word) {
                note(entry, at, 3.0);
            }
        }
    }
    let hit = |(entry, values): (usize, Vec<f64>)| {
        let cell = |at: usize| &part.entries[entry * 5 + at];
        let title = cell(0).as_str().unwrap().to_owned();
        let path = format!("{}{}", part.folders[number(cell(2))], cell(3).as_str().unwrap());
        let own = plain(&title);
        let bonus = match own.strip_prefix(whole) {
            Some("") => 1000.0,
            Some(_) => 100.0,
            None => 0.0,
        };
        let bonus = bonus - f64::from(u32::try_from(own.chars().count().min(60)).unwrap()) / 60.0;
        Hit { title, path, values, bonus }
    };
    values.into_iter().map(hit).collect()
}

fn nearness(word: &str, token: &str) -> f64 {
    let length = |text: &str| f64::from(u32::try_from(text.chars().count()).unwrap());
    if word == token { 1.5 } else { 0.5 + 0.5 * length(word) / length(token) }
}

fn number(value: &serde_json::Value) -> usize {
    usize::try_from(value.as_u64().unwrap()).unwrap()
}
