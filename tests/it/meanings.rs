//! The reference: every key that a stack sets, with its meaning and its default.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};

use mqlab::brokers::registry;
use mqlab::cli::manual;
use mqlab::model::Stack;
use mqlab::site::{Page, SiteInput, build};
use regex::Regex;

use crate::specs::{Nothing, clean, example, examples, facts, name_of};

struct Row {
    value: String,
    default: String,
    meaning: String,
}

fn pages(stack: &Stack) -> Vec<Page> {
    build(&SiteInput::new(stack, &facts(stack), None, &manual())).unwrap()
}

/// The keys on the page about a kind of broker; the last row of each.
fn keys(pages: &[Page], path: &str) -> BTreeMap<String, Row> {
    let row = Regex::new(concat!(
        r#"<tr><th scope="row"><code><bdi>([^<]+)</bdi></code></th><td>.*?</td><td><code><bdi>([^<]*)</bdi></code></td>"#,
        r#"<td>(?:<code><bdi>([^<]*)</bdi></code>|<span class="none">—</span>)</td><td class="prose">(.*?)</td></tr>"#
    ))
    .unwrap();
    let Some(page) = pages.iter().find(|page| page.path == path) else { return BTreeMap::new() };
    let text = |found: Option<regex::Match<'_>>| found.map_or_else(String::new, |found| found.as_str().to_owned());
    let found = row.captures_iter(&page.content).map(|row| {
        (row[1].to_owned(), Row { value: text(row.get(2)), default: text(row.get(3)), meaning: text(row.get(4)) })
    });
    found.collect()
}

#[test]
fn every_key_that_an_example_sets_has_a_meaning_in_both_languages() {
    let mut wrong = Vec::new();
    let mut seen: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for file in examples() {
        let pages = pages(&example(&file));
        for broker in registry() {
            let kind = broker.description().kind;
            let (english, chinese) =
                (keys(&pages, &format!("reference/{kind}.html")), keys(&pages, &format!("zh/reference/{kind}.html")));
            assert_eq!(english.keys().collect::<Vec<_>>(), chinese.keys().collect::<Vec<_>>());
            let is_chinese = |text: &str| text.chars().any(|one| ('\u{4e00}'..='\u{9fff}').contains(&one));
            for (key, row) in &english {
                if row.meaning.is_empty() || !is_chinese(&chinese[key].meaning) {
                    wrong.push(format!(
                        "{} {kind} {key}: {:?}, {:?}",
                        name_of(&file),
                        row.meaning,
                        chinese[key].meaning
                    ));
                }
            }
            seen.entry(kind).or_default().extend(english.into_keys());
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (kind, keys) in &seen {
        assert!(keys.len() >= 3, "{kind}: {keys:?}");
    }
    // Of each way in which a stack sets keys.
    for (kind, key) in [
        ("kafka", "log.retention.hours"),
        ("kafka", "retention.ms"),
        ("rabbitmq", "heartbeat"),
        ("rabbitmq", "delivery-limit"),
        ("rabbitmq", "x-max-age"),
        ("rabbitmq", "alternate-exchange"),
        ("activemq", "memoryLimit"),
        ("activemq", "redelivery_delay"),
        ("artemis", "max-disk-usage"),
        ("artemis", "max_delivery_attempts"),
        ("rocketmq", "fileReservedTime"),
        ("rocketmq", "cleanup.policy"),
    ] {
        assert!(seen[kind].contains(key), "{kind}: no {key} among {:?}", seen[kind]);
    }
}

#[test]
fn a_key_stands_with_its_value_and_its_default() {
    let pages = |name: &str| pages(&example(examples().iter().find(|file| name_of(file) == name).unwrap()));
    let row = |pages: &[Page], kind: &str, key: &str| {
        let mut keys = keys(pages, &format!("reference/{kind}.html"));
        keys.remove(key).map(|row| (row.value, row.default)).unwrap()
    };
    let is = |value: &str, default: &str| (value.to_owned(), default.to_owned());
    assert_eq!(row(&pages("rabbitmq"), "rabbitmq", "delivery-limit"), is("5", "20"));
    assert_eq!(row(&pages("rabbitmq"), "rabbitmq", "x-max-priority"), is("5", ""));
    assert_eq!(row(&pages("activemq"), "activemq", "redelivery_delay"), is("10000", "1000"));
    assert_eq!(row(&pages("artemis"), "artemis", "max_delivery_attempts"), is("5", "10"));
    assert_eq!(row(&pages("rocketmq"), "rocketmq", "fileReservedTime"), is("24", "72"));
    assert_eq!(row(&pages("kafka"), "kafka", "delete.retention.ms"), is("3600000", "86400000"));
}

#[test]
fn a_key_of_many_objects_does_not_fill_the_page() {
    let topics = (0..30).map(|at| format!("      t{at:02}: {{ config: {{ retention.ms: {at}h }} }}\n"));
    let topics = topics.collect::<Vec<_>>().concat();
    let spec =
        format!("stack: many\nbrokers:\n  events:\n    kind: kafka\n    version: \"4.3\"\n    topics:\n{topics}");
    let pages = pages(&clean("many.yaml", &spec, &Nothing));
    let page = pages.iter().find(|page| page.path == "reference/kafka.html").unwrap();
    assert_eq!(page.content.matches("<bdi>retention.ms</bdi>").count(), 20);
    assert!(page.content.contains("and 10 more objects"));
}
