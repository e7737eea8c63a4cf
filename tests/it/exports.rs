//! What other tools get of a stack. The browser tests give the same files to those tools.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use mqlab::cli::manual;
use mqlab::site::{SiteInput, build};

use crate::golden::Golden;
use crate::site_fixture;
use crate::specs::{Nothing, clean, example, facts, root};

/// The two brokers of the tour between them have every style of arrow, and an app that does all that one can.
#[test]
fn every_format_says_what_was_recorded() {
    let stack = example(&root().join("examples/tour.yaml"));
    let facts = facts(&stack);
    let pages = build(&SiteInput::new(&stack, &facts, None, &manual())).unwrap();
    let mut golden = Golden::new("golden/exports", "");
    for page in pages.iter().filter(|page| page.path.starts_with("export/") && !page.path.ends_with("html")) {
        golden.add(&page.path["export/".len()..].replace('/', "."), page.content.clone());
    }
    golden.check();
}

#[test]
fn what_a_broker_has_by_itself_is_a_channel_too() {
    let spec = "brokers: { jobs: { kind: rabbitmq } }\n\
                apps: { shop: { produces: [{ to: jobs/exchange/amq.topic, routing_key: a.b }] } }\n";
    let stack = clean("mqlab.yaml", spec, &Nothing);
    let facts = facts(&stack);
    let pages = build(&SiteInput::new(&stack, &facts, None, &manual())).unwrap();
    let text = &pages.iter().find(|page| page.path == "export/apps/shop.asyncapi.yaml").unwrap().content;
    let document: serde_yaml::Value = serde_yaml::from_str(text).unwrap();
    let channel = &document["channels"]["jobs.exchange.amq.topic"];
    assert_eq!(channel["bindings"]["amqp"]["exchange"]["name"], "amq.topic", "{text}");
    assert_eq!(document["operations"]["send_jobs.exchange.amq.topic"]["bindings"]["amqp"]["cc"][0], "a.b", "{text}");
}

/// More than Mermaid draws is shown in groups; Graphviz and programs get all of it.
#[test]
fn a_large_stack_is_grouped_for_mermaid_alone() {
    let fixture = site_fixture::large(1000);
    let pages = build(&fixture.input()).unwrap();
    let text = |path: &str| &pages.iter().find(|page| page.path == path).unwrap().content;
    let (mermaid, dot) = (text("export/topology.mmd"), text("export/topology.dot"));
    assert!(mermaid.lines().count() < 400 && mermaid.len() < 50_000, "{mermaid}");
    let objects: Vec<&str> = text("export/topology.json").lines().filter(|line| line.contains("\"page\"")).collect();
    let boxes = dot.lines().filter(|line| line.contains("[shape=")).count();
    assert!(boxes >= 1000 && objects.len() >= 1000, "{boxes} boxes, {} objects", objects.len());
}
