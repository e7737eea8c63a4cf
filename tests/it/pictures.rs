//! Up to how many objects a picture shows each, and what it shows of more.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use mqlab::site::{Page, build};

use crate::site_fixture::Fixture;

/// The most of which each is drawn, and the most around one object.
const MOST: usize = 80;
const AROUND: usize = 26;
const GROUPED: &str = "objects are grouped by kind";

/// One exchange, and queues bound to it: so many objects.
fn stack(objects: usize) -> Fixture {
    let mut fixture = Fixture::new("thresholds");
    fixture.exchange("all", "fanout", None);
    for at in 1..objects {
        fixture.queue(&format!("queue-{at:03}"), "classic", None);
        fixture.bind("all", &format!("queue-{at:03}"), "");
    }
    fixture
}

fn pages(fixture: &Fixture) -> Vec<Page> {
    build(&fixture.input()).unwrap()
}

fn content<'a>(pages: &'a [Page], path: &str) -> &'a str {
    &pages.iter().find(|page| page.path == path).unwrap().content
}

/// How many boxes a page's picture has, and how many of them are groups.
fn boxes(content: &str) -> (usize, usize) {
    let start = content.find("<svg class=\"d\"").unwrap();
    let picture = &content[start..start + content[start..].find("</svg>").unwrap()];
    (picture.matches("<g class=\"d-node ").count(), picture.matches(" d-group").count())
}

#[test]
fn as_many_as_anybody_reads_are_drawn_one_by_one() {
    let pages = pages(&stack(MOST));
    for path in ["index.html", "brokers/jobs/index.html"] {
        let content = content(&pages, path);
        assert_eq!(boxes(content), (MOST, 0), "{path}");
        assert!(!content.contains(GROUPED), "{path}");
    }
}

#[test]
fn one_more_is_drawn_in_groups_with_how_many_they_are() {
    let pages = pages(&stack(MOST + 1));
    for path in ["index.html", "brokers/jobs/index.html"] {
        let content = content(&pages, path);
        assert_eq!(boxes(content), (2, 1), "{path}: the exchange is one, all queues are the other");
        assert!(content.contains(GROUPED), "{path}");
        assert!(content.contains("80 × queue") && content.contains(">× 80<"), "{path}: {content}");
    }
    // Which leads to which is said without a picture too.
    assert!(content(&pages, "index.html").contains("80 B"));
    assert!(pages.iter().any(|page| page.path == "matrix.html"));
}

#[test]
fn a_broker_is_drawn_by_its_own_number() {
    let mut fixture = stack(MOST / 2);
    for at in 0..=MOST / 2 {
        fixture.topic(&format!("topic-{at}"), 1);
    }
    let pages = pages(&fixture);
    assert!(content(&pages, "index.html").contains(GROUPED));
    for (broker, count) in [("jobs", MOST / 2), ("events", MOST / 2 + 1)] {
        assert_eq!(boxes(content(&pages, &format!("brokers/{broker}/index.html"))), (count, 0), "{broker}");
    }
}

#[test]
fn around_one_object_some_are_left_out_and_counted() {
    let exchange = |objects: usize| content(&pages(&stack(objects)), "brokers/jobs/exchange/all.html").to_owned();
    assert_eq!(boxes(&exchange(AROUND)), (AROUND, 0));
    assert!(!exchange(AROUND).contains("left out of this picture"));
    assert_eq!(boxes(&exchange(AROUND + 1)), (AROUND, 0));
    assert!(exchange(AROUND + 1).contains("1 more are left out of this picture"));
    assert!(exchange(MOST + 1).contains("55 more are left out of this picture"));
}
