//! The index of the search: where it leads, and how much it weighs.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeMap;

use mqlab::site::{Page, build};
use serde_json::Value;

use crate::links::attributes;
use crate::site_fixture::{hostile, large, small, tour};

/// The paths of all entries in one part of an index.
fn paths(part: &Value) -> Vec<String> {
    let cells = part["entries"].as_array().unwrap();
    let folder =
        |at: &Value| part["folders"][usize::try_from(at.as_u64().unwrap()).unwrap()].as_str().unwrap().to_owned();
    cells.chunks(5).map(|cell| folder(&cell[2]) + cell[3].as_str().unwrap()).collect()
}

fn index(pages: &[Page], language: &str) -> Value {
    let path = format!("assets/search-{language}.js");
    let content = &pages.iter().find(|page| page.path == path).unwrap().content;
    let json = content.strip_prefix("window.mqlabSearch=").unwrap().trim_end().strip_suffix(';').unwrap();
    serde_json::from_str(json).unwrap()
}

#[test]
fn every_entry_leads_to_a_page_and_every_object_has_one() {
    let mut two = small();
    two.stack.site.languages = vec!["zh".to_owned(), "en".to_owned()];
    for (name, fixture) in [("tour", tour()), ("hostile", hostile()), ("large", large(200)), ("two languages", two)] {
        let pages = build(&fixture.input()).unwrap();
        let by_path: BTreeMap<&str, &str> =
            pages.iter().map(|page| (page.path.as_str(), page.content.as_str())).collect();
        for (at, language) in fixture.stack.site.languages.iter().enumerate() {
            let found = paths(&index(&pages, language)["parts"][""]);
            let prefix = if at == 0 { String::new() } else { format!("{language}/") };
            for path in &found {
                let (file, fragment) =
                    path.split_once('#').map_or((path.as_str(), None), |(file, id)| (file, Some(id)));
                let content =
                    by_path.get(format!("{prefix}{file}").as_str()).unwrap_or_else(|| panic!("{name}: {path}"));
                let there = fragment.is_none_or(|id| attributes(content, "id").any(|own| own == id));
                assert!(there, "{name}: {path}");
            }
            let others: Vec<String> =
                fixture.stack.site.languages.iter().skip(1).map(|language| format!("{language}/")).collect();
            let own = |page: &&Page| {
                page.path.starts_with(&prefix) && (at > 0 || !others.iter().any(|other| page.path.starts_with(other)))
            };
            let missing: Vec<&str> = pages
                .iter()
                .filter(|page| page.path.ends_with("html"))
                .filter(own)
                .map(|page| &page.path[prefix.len()..])
                // What is there is found where it was written.
                .filter(|path| !path.ends_with("/print.html"))
                .filter(|path| !found.iter().any(|found| found == path))
                .collect();
            assert!(missing.is_empty(), "{name}: nobody finds {missing:?}");
        }
    }
}

#[test]
fn the_script_and_the_index_are_small() {
    let pages = build(&large(1000).input()).unwrap();
    let size = |path: &str| pages.iter().find(|page| page.path == path).unwrap().content.len();
    assert!(size("assets/search.js") < 9 * 1024, "{}", size("assets/search.js"));
    assert!(size("assets/search-en.js") < 300 * 1024, "{}", size("assets/search-en.js"));
}

#[test]
fn an_index_that_is_too_large_is_loaded_in_parts() {
    let pages = build(&large(5000).input()).unwrap();
    let files: Vec<&Page> = pages.iter().filter(|page| page.path.starts_with("assets/search-en")).collect();
    assert!(files.len() > 5, "{}", files.len());
    for file in files {
        assert!(file.content.len() < 600 * 1024, "{}: {}", file.path, file.content.len());
    }
}
