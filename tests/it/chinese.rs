//! The site in Chinese: nothing that we wrote in English is left on its pages.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};

use mqlab::cli::manual;
use mqlab::model::{Address, Stack};
use mqlab::site::{
    BrokerReport, BrokerStatus, CheckReport, ImageReport, Page, RunReport, SiteInput, StepOutcome, StepReport, build,
};

use crate::links::follow;
use crate::specs::{example, examples, name_of};

const ENGLISH: &str = include_str!("../../site/content/en/words.json");
const CHINESE: &str = include_str!("../../site/content/zh/words.json");
const DOCS: &str = include_str!("../../site/content/zh/docs.json");

fn texts(json: &str) -> BTreeMap<String, String> {
    serde_json::from_str(json).unwrap()
}

/// What a first run says, and some of what a later one may say.
fn report(stack: &Stack) -> RunReport {
    let step = |name: &str, verb: &str, cause: &str, outcome, detail: &str| StepReport {
        address: Address::new(&stack.brokers[0].name, "topic", name),
        verb: verb.to_owned(),
        cause: cause.to_owned(),
        outcome,
        detail: detail.to_owned(),
    };
    let checks = [
        ("topics are usable", "3 topics seen after 0.02 s, 11 partitions usable after 0.31 s"),
        ("queues run and have a leader", "all 13"),
        ("a message goes round", "written and read back in 0.13 s"),
        ("a message goes round by the proxy", "sent and taken back from node a to node b in 0.20 s"),
        ("nothing is left to do", "58 objects are as the file says"),
    ];
    let broker = |image: &str| BrokerReport {
        status: BrokerStatus::Ready,
        image: ImageReport { source: image.to_owned(), ..ImageReport::default() },
        ..BrokerReport::default()
    };
    let sources = ["local recipe", "official image", "mirror https://mirror.example"];
    RunReport {
        command: "mqlab up".to_owned(),
        brokers: stack.brokers.iter().zip(sources).map(|(model, image)| (model.name.clone(), broker(image))).collect(),
        steps: vec![
            step("one", "create", "not there", StepOutcome::Done, ""),
            step(
                "four",
                "blocked",
                "partitions: 6 → 3",
                StepOutcome::Blocked,
                "Kafka cannot remove partitions: the topic has 6 and the file says 3: set `partitions: 6`, or lose its messages with `mqlab apply --replace a/topic/four --allow-data-loss`",
            ),
            step("two", "delete", "asked for by --delete", StepOutcome::NotTried, "stopped on request"),
            step(
                "three",
                "update",
                "partitions: 1 → 2",
                StepOutcome::Unknown,
                "no answer; read again, and it is not done",
            ),
        ],
        unchanged: 7,
        checks: checks
            .into_iter()
            .map(|(name, detail)| CheckReport {
                name: name.to_owned(),
                broker: stack.brokers[0].name.clone(),
                ok: true,
                detail: detail.to_owned(),
            })
            .collect(),
        notes: vec!["`retention.ms` is no longer in the file: it stays 1, unmanaged".to_owned()],
        ..RunReport::default()
    }
}

fn pages(mut stack: Stack) -> Vec<Page> {
    stack.site.languages = vec!["en".to_owned(), "zh".to_owned()];
    let report = report(&stack);
    build(&SiteInput::of_run(&stack, Some(&report), &manual())).unwrap()
}

/// Of a sentence with places, the piece that stands on a page in any case. A single word may be a name there.
fn piece(sentence: &str) -> Option<&str> {
    let longest = sentence.split(['{', '}']).filter(|piece| *piece != "n").max_by_key(|piece| piece.len())?.trim();
    longest.contains(' ').then_some(longest)
}

fn unescaped(html: &str) -> String {
    [("&#x27;", "'"), ("&#39;", "'"), ("&quot;", "\""), ("&lt;", "<"), ("&gt;", ">"), ("&#x2F;", "/"), ("&amp;", "&")]
        .into_iter()
        .fold(html.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// What stands between tags and in the attributes that are read out.
fn read(html: &str) -> BTreeSet<&str> {
    let between = html.split('>').map(|part| part.split('<').next().unwrap_or("").trim());
    let names = [" aria-label=\"", " title=\"", " placeholder=\""];
    let attributes =
        names.into_iter().flat_map(|name| html.split(name).skip(1).filter_map(|rest| rest.split('"').next()));
    between.chain(attributes).filter(|text| !text.is_empty()).collect()
}

/// Programs and commands are the same in every language, with their comments.
fn without_programs(html: &str) -> String {
    let mut parts = html.split("<pre");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        text.push_str(part.split_once("</pre>").map_or(part, |(_, rest)| rest));
    }
    text
}

const WRITTEN: [&str; 6] = ["learn/", "howto/", "concepts/", "start/", "glossary.html", "verification.html"];

#[test]
fn no_sentence_of_ours_is_in_english() {
    let (english, chinese, docs) = (texts(ENGLISH), texts(CHINESE), texts(DOCS));
    // A term may stand behind its translation, in brackets.
    let kept = |key: &str, text: &str| piece(text).is_some_and(|piece| chinese[key].contains(piece));
    let translated = english.iter().filter(|(key, text)| chinese[*key] != **text && !kept(key, text));
    let translated = translated.map(|(_, text)| text);
    let sentences: Vec<&str> = translated.clone().chain(docs.keys()).filter_map(|text| piece(text)).collect();
    // A heading begins with a capital; a name of the stack may as well, but not one of these.
    let headings: BTreeSet<&str> = translated
        .map(String::as_str)
        .filter(|text| text.starts_with(|first: char| first.is_ascii_uppercase()))
        .collect();
    let mut seen = 0;
    for file in examples() {
        let stack = example(&file);
        // The stack's own sentences are in the language that its author wrote.
        let own = std::fs::read_to_string(&file).unwrap();
        let sentences: Vec<&str> = sentences.iter().copied().filter(|sentence| !own.contains(sentence)).collect();
        let named: BTreeSet<String> = stack.brokers.iter().map(|broker| broker.name.clone()).collect();
        for page in pages(stack).iter().filter(|page| page.path.starts_with("zh/") && page.path.ends_with("html")) {
            assert!(page.content.contains("<html lang=\"zh\">"), "{}", page.path);
            seen += 1;
            // Written by people who name English terms; what is around the text is the same as on other pages.
            let is_written = WRITTEN.iter().any(|start| page.path["zh/".len()..].starts_with(start));
            if is_written {
                continue;
            }
            let text = unescaped(&without_programs(&page.content));
            for sentence in &sentences {
                assert!(!text.contains(sentence), "{}: {}: {sentence}", name_of(&file), page.path);
            }
            for found in read(&text) {
                let ours = headings.contains(found) && !named.contains(found);
                assert!(!ours, "{}: {}: {found}", name_of(&file), page.path);
            }
        }
    }
    assert!(seen > 100, "{seen} pages");
}

#[test]
fn both_languages_have_the_same_pages() {
    for file in examples() {
        let pages = pages(example(&file));
        let is_shared = |page: &Page| page.path.starts_with("export/") && !page.path.ends_with("html");
        let own = |page: &&Page| !page.path.starts_with("assets/") && !is_shared(page);
        let (chinese, english): (Vec<&Page>, Vec<&Page>) =
            pages.iter().filter(own).partition(|page| page.path.starts_with("zh/"));
        let paths = |pages: Vec<&Page>| -> Vec<String> {
            pages.into_iter().map(|page| page.path.trim_start_matches("zh/").to_owned()).collect()
        };
        assert_eq!(paths(chinese), paths(english), "{}", name_of(&file));
        follow(&name_of(&file), &pages);
    }
}
