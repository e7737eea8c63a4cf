//! The offline search: an index of one language's pages, as scripts that a page loads when somebody searches.

mod entries;
#[cfg(test)]
mod query;
mod table;
mod tokens;

use std::collections::{BTreeMap, BTreeSet};

pub(crate) use entries::entries;
use table::Table;
use tokens::Place;

use super::Page;

/// The most bytes of an index in one file.
const MOST: usize = 600 * 1024;
/// With an index in several files, kinds with more entries than this are not in the first.
const MANY: usize = 200;
/// With an index in several files, the most entries that one word finds: nobody looks through more.
const ALIKE: usize = 1000;
/// The file of what begins with no letter or digit of ASCII.
const OTHERS: char = '_';

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entry {
    pub title: String,
    /// In the language of the pages: `queue`, `page`, `lesson`.
    pub kind: String,
    /// From the language's folder, with a fragment where it is a part of a page.
    pub path: String,
    pub headings: Vec<String>,
    /// Its first sentences. The beginning is shown beside the title.
    pub text: String,
}

/// The index of all entries as files of the site. Of two entries that fit a query equally well the first is shown
/// first.
pub(crate) fn index(entries: &[Entry], language: &str) -> Vec<Page> {
    index_of(entries, language, MOST)
}

fn index_of(entries: &[Entry], language: &str, most: usize) -> Vec<Page> {
    let all: Vec<&Entry> = entries.iter().collect();
    let table = Table::of(&all, |_, _| true);
    let whole = first(language, &table, &[]);
    if whole.content.len() <= most {
        return vec![whole];
    }
    let mut of_kind: BTreeMap<&str, usize> = BTreeMap::new();
    for entry in entries {
        *of_kind.entry(&entry.kind).or_default() += 1;
    }
    let (mut many, few): (Vec<&Entry>, Vec<&Entry>) =
        all.into_iter().partition(|entry| of_kind[entry.kind.as_str()] > MANY);
    // Those with the shortest names are kept: their words are all that they can be found by.
    many.sort_by_key(|entry| entry.title.chars().count());
    let tokens: Vec<(String, Place)> = many.iter().flat_map(|entry| tokens::of_entry(entry)).collect();
    let mut in_texts: BTreeMap<&str, usize> = BTreeMap::new();
    for (token, _) in tokens.iter().filter(|(_, place)| *place == Place::Text) {
        *in_texts.entry(token).or_default() += 1;
    }
    // What is said about nearly all objects tells none from another, and would put all of them into its file.
    let tells =
        |token: &str, place: Place| place > Place::Text || in_texts.get(token).is_none_or(|count| *count <= MANY);
    let letters = tokens.iter().filter(|(token, place)| tells(token, *place)).map(|(token, _)| letter(token));
    let letters: BTreeSet<char> = letters.collect();
    let mut pages = vec![first(language, &Table::of(&few, |_, _| true), &letters.iter().copied().collect::<Vec<_>>())];
    pages.extend(letters.into_iter().map(|own| {
        let mut kept: BTreeMap<String, usize> = BTreeMap::new();
        let table = Table::of(&many, |token, place| {
            let fits = letter(token) == own && tells(token, place);
            fits && {
                let count = kept.entry(token.to_owned()).or_default();
                *count += 1;
                *count <= ALIKE
            }
        });
        Page {
            path: format!("assets/search-{language}-{own}.js"),
            content: format!("window.mqlabSearch.parts[\"{own}\"]={};\n", table.json()),
        }
    }));
    pages
}

/// The file that is loaded first: it says which others there are.
fn first(language: &str, table: &Table<'_>, letters: &[char]) -> Page {
    let shards: String = letters.iter().collect();
    Page {
        path: format!("assets/search-{language}.js"),
        content: format!("window.mqlabSearch={{\"shards\":\"{shards}\",\"parts\":{{\"\":{}}}}};\n", table.json()),
    }
}

/// Which file a token is in.
fn letter(token: &str) -> char {
    token.chars().next().filter(char::is_ascii_alphanumeric).unwrap_or(OTHERS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::query::{load, search};
    use super::*;

    fn entry(title: &str, kind: &str, path: &str, text: &str) -> Entry {
        let (title, kind, path) = (title.to_owned(), kind.to_owned(), path.to_owned());
        Entry { title, kind, path, headings: Vec::new(), text: text.to_owned() }
    }

    fn some() -> Vec<Entry> {
        vec![
            entry("Ordering", "lesson", "learn/kafka/2.html", "Order holds within a partition: orders."),
            entry("orders", "topic", "brokers/events/topic/orders.html", "events"),
            entry("orders", "exchange", "brokers/jobs/exchange/orders.html", "jobs"),
            entry("orders.unrouted", "exchange", "brokers/jobs/exchange/orders.unrouted.html", "jobs"),
            entry("parcelsEu", "queue", "brokers/jobs/queue/parcelseu-12345678.html", "What is sent."),
            entry("死信队列", "术语", "glossary.html#dlq", "没有送达的消息"),
            Entry { headings: vec!["Orders and keys".to_owned()], ..entry("Keys", "lesson", "learn/kafka/3.html", "") },
        ]
    }

    fn found(entries: &[Entry], query: &str) -> Vec<String> {
        search(&load(&index(entries, "en")), query).into_iter().map(|hit| hit.path).collect()
    }

    #[test]
    fn a_name_comes_before_a_beginning_a_title_a_heading_and_a_text() {
        assert_eq!(
            found(&some(), "orders"),
            [
                "brokers/events/topic/orders.html",
                "brokers/jobs/exchange/orders.html",
                "brokers/jobs/exchange/orders.unrouted.html",
                "learn/kafka/3.html",
                "learn/kafka/2.html",
            ]
        );
    }

    #[test]
    fn a_kind_tells_equal_names_apart() {
        assert_eq!(found(&some(), "orders exchange")[0], "brokers/jobs/exchange/orders.html");
        assert_eq!(found(&some(), "topic orders")[0], "brokers/events/topic/orders.html");
    }

    #[test]
    fn parts_of_names_are_found() {
        let queue = "brokers/jobs/queue/parcelseu-12345678.html";
        for query in ["parcels", "parcelseu", "ParcelsEu", "eu", "parc"] {
            assert_eq!(found(&some(), query), [queue], "{query}");
        }
        assert_eq!(found(&some(), "unrouted")[0], "brokers/jobs/exchange/orders.unrouted.html");
    }

    #[test]
    fn chinese_is_found_by_any_part_of_it() {
        for query in ["死信", "队列", "死", "列", "信队列", "送达的消息"] {
            assert_eq!(found(&some(), query), ["glossary.html#dlq"], "{query}");
        }
        assert!(found(&some(), "列队").is_empty());
    }

    #[test]
    fn what_has_the_most_words_is_found_where_nothing_has_all() {
        assert_eq!(found(&some(), "how are orders unrouted")[0], "brokers/jobs/exchange/orders.unrouted.html");
        assert!(found(&some(), "zebra").is_empty());
        assert!(found(&some(), " ").is_empty());
    }

    #[test]
    fn a_large_index_is_in_several_files_and_finds_the_same() {
        let mut entries = some();
        let areas = ["orders", "mail", "Über", "stock"];
        entries.extend((0..300).map(|at| {
            let name = format!("{}.queue.{at}", areas[at % areas.len()]);
            entry(&name, "queue", &format!("brokers/jobs/queue/{name}.html"), "jobs")
        }));
        let pages = index_of(&entries, "en", 10_000);
        let paths: Vec<&str> = pages.iter().map(|page| page.path.as_str()).collect();
        assert!(paths.starts_with(&["assets/search-en.js"]) && paths.contains(&"assets/search-en-m.js"), "{paths:?}");
        assert!(paths.contains(&"assets/search-en-_.js"), "{paths:?}");
        for query in ["mail.queue.1", "queue 17", "über", "orders", "jobs exchange"] {
            let paths =
                |pages: &[Page]| search(&load(pages), query).into_iter().map(|hit| hit.path).collect::<Vec<_>>();
            let (one, several) = (paths(&index(&entries, "en")), paths(&pages));
            assert_eq!(one.first(), several.first(), "{query}");
            assert_eq!(one.len(), several.len(), "{query}");
        }
    }

    proptest! {
        #[test]
        fn every_entry_is_found_by_its_own_title_first(
            titles in prop::collection::vec("[a-zA-Z0-9._/#*→队列消息死信 -]{1,12}|\\PC{1,8}", 1..30),
        ) {
            let entries: Vec<Entry> = titles
                .iter()
                .filter(|title| !title.trim().is_empty())
                .enumerate()
                .map(|(at, title)| entry(title, "queue", &format!("{at}.html"), &titles[0]))
                .collect();
            let index = load(&index(&entries, "en"));
            for entry in &entries {
                let hits = search(&index, &entry.title);
                let plain = |title: &str| tokens::plain(title);
                prop_assert_eq!(hits.first().map(|hit| plain(&hit.title)), Some(plain(&entry.title)), "{}", entry.title);
                prop_assert!(hits.iter().any(|hit| hit.path == entry.path), "{}", entry.title);
            }
        }
    }
}
