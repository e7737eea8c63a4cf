//! An index as plain lists that are short as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Entry;
use super::tokens::{Place, of_entry};

/// What of a text is shown beside a title.
const SHOWN: usize = 80;
/// A posting is an entry's distance from the one before, times this, plus its place.
const PLACES: usize = 4;

/// Entries and, for every token, where it stands.
#[derive(Debug, Serialize)]
pub(super) struct Table<'a> {
    kinds: Vec<&'a str>,
    folders: Vec<&'a str>,
    texts: Vec<String>,
    /// Title, kind, folder, the rest of the path, text: five values for each.
    entries: Vec<Cell<'a>>,
    /// Sorted, with a space between.
    tokens: String,
    postings: Vec<Vec<usize>>,
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Cell<'a> {
    Text(&'a str),
    At(usize),
}

impl<'a> Table<'a> {
    /// Of these entries, those with a token that `fits`, and such tokens alone.
    pub(super) fn of(entries: &[&'a Entry], mut fits: impl FnMut(&str, Place) -> bool) -> Self {
        let mut table = Self {
            kinds: Vec::new(),
            folders: Vec::new(),
            texts: Vec::new(),
            entries: Vec::new(),
            tokens: String::new(),
            postings: Vec::new(),
        };
        let mut postings: BTreeMap<String, Vec<(usize, usize)>> = BTreeMap::new();
        let (mut kinds, mut folders, mut texts) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        let mut count = 0;
        for entry in entries {
            let own: Vec<_> = of_entry(entry).into_iter().filter(|(token, place)| fits(token, *place)).collect();
            if own.is_empty() {
                continue;
            }
            for (token, place) in own {
                postings.entry(token).or_default().push((count, place as usize));
            }
            count += 1;
            let split = entry.path.split('#').next().and_then(|path| path.rfind('/')).map_or(0, |at| at + 1);
            let (folder, file) = entry.path.split_at(split);
            table.entries.extend([
                Cell::Text(&entry.title),
                Cell::At(position(&mut table.kinds, &mut kinds, entry.kind.as_str())),
                Cell::At(position(&mut table.folders, &mut folders, folder)),
                Cell::Text(file),
                Cell::At(position(&mut table.texts, &mut texts, beginning(&entry.text))),
            ]);
        }
        table.tokens = postings.keys().map(String::as_str).collect::<Vec<_>>().join(" ");
        table.postings = postings.into_values().map(|places| distances(&places)).collect();
        table
    }

    pub(super) fn json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

fn position<T: Clone + Ord>(list: &mut Vec<T>, known: &mut BTreeMap<T, usize>, value: T) -> usize {
    *known.entry(value.clone()).or_insert_with(|| {
        list.push(value);
        list.len() - 1
    })
}

fn distances(places: &[(usize, usize)]) -> Vec<usize> {
    let mut before = 0;
    places
        .iter()
        .map(|&(entry, place)| {
            let distance = entry - before;
            before = entry;
            distance * PLACES + place
        })
        .collect()
}

/// The beginning of a text, cut at a space if there is one near.
fn beginning(text: &str) -> String {
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    let Some((end, _)) = text.char_indices().nth(SHOWN) else { return text };
    let cut = &text[..end];
    let end = cut.rfind(' ').filter(|at| *at > end / 2).unwrap_or(end);
    format!("{}…", cut[..end].trim_end())
}
