//! The site: its links, its names, its bytes, and one small stack's pages to the letter.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use mqlab::model::Address;
use mqlab::site::{Page, build, write};

use crate::golden::Golden;
use crate::links::{attributes, follow, links};
use crate::site_fixture::{Fixture, hostile, large, small, tour};

fn pages(fixture: &Fixture) -> Vec<Page> {
    build(&fixture.input()).unwrap()
}

/// Where the browser tests look.
fn written(name: &str, fixture: &Fixture) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("site-{name}"));
    write(&pages(fixture), &folder).unwrap();
    folder
}

#[test]
fn the_tour_can_be_written() {
    let folder = written("tour", &tour());
    assert!(folder.join("index.html").is_file() && folder.join("assets/site.css").is_file());
}

#[test]
fn hostile_names_can_be_written() {
    let folder = written("hostile", &hostile());
    let second = write(&pages(&hostile()), &folder).unwrap();
    assert_eq!((second.changed, second.removed), (0, 0), "no two names share a file");
}

#[test]
fn two_builds_are_the_same_bytes() {
    assert_same(&pages(&tour()), &pages(&tour()));
    let mut shuffled = tour().input().brokers[1].topology.clone();
    shuffled.reverse();
    let fixture = tour();
    let mut input = fixture.input();
    input.brokers[1].topology = shuffled;
    // The order of the topology means nothing.
    assert_same(&build(&input).unwrap(), &pages(&tour()));
}

fn assert_same(one: &[Page], two: &[Page]) {
    let paths = |pages: &[Page]| pages.iter().map(|page| page.path.clone()).collect::<Vec<_>>();
    assert_eq!(paths(one), paths(two));
    let different = one.iter().zip(two).find(|(one, two)| one.content != two.content);
    assert_eq!(different.map(|(page, _)| &page.path), None);
}

#[test]
fn one_more_queue_changes_no_page_about_the_other_broker_but_its_navigation() {
    let before: BTreeMap<String, String> = pages(&tour()).into_iter().map(|page| (page.path, page.content)).collect();
    let mut fixture = tour();
    fixture.queue("one.more", "quorum", None);
    for page in pages(&fixture).iter().filter(|page| page.path.starts_with("brokers/events/")) {
        assert_eq!(main(&page.content), main(&before[&page.path]), "{}", page.path);
    }
}

/// Where a site is kept with its stack, every other page that changes is one that somebody has to look at for nothing.
#[test]
fn one_more_queue_changes_only_the_pages_that_mention_it() {
    let stack = || {
        let mut fixture = large(430);
        fixture.report = small().report;
        fixture
    };
    let before: BTreeMap<String, String> = pages(&stack()).into_iter().map(|page| (page.path, page.content)).collect();
    assert_eq!(before.keys().filter(|path| is_queue(path)).count(), 301);
    let about_all = ["index", "matrix", "run", "llms", "export/", "assets/search-", "brokers/jobs/index"];
    let lists = [
        "brokers/jobs/exchange/index",
        "brokers/jobs/queue/index",
        "brokers/jobs/queue/pages/",
        "brokers/jobs/binding/",
    ];
    // A row of a long list may come to be on the next page of it.
    let row = regex::Regex::new(r"/binding/(index|pages/[0-9]+)\.html").unwrap();
    // Bound, it changes what its exchange leads to as well.
    for (bound, names) in [(false, ["one.more", "one.more"]), (true, ["one.more", "orders.0"])] {
        let mut fixture = stack();
        fixture.queue("one.more", "quorum", None);
        if bound {
            fixture.bind("orders.0", "one.more", "one.more");
        }
        let after = pages(&fixture);
        let was = |page: &Page| before.get(&page.path).cloned().unwrap_or_default();
        let mentions = |text: &str| names.iter().any(|name| text.contains(name));
        let others = after.iter().filter(|page| was(page) != page.content).filter(|page| {
            let counts = about_all.iter().chain(&lists).any(|start| page.path.starts_with(start));
            let same = || row.replace_all(&was(page), "") == row.replace_all(&page.content, "");
            !counts && !mentions(&page.content) && !mentions(&was(page)) && !same()
        });
        assert_eq!(others.map(|page| &page.path).collect::<Vec<_>>(), Vec::<&String>::new(), "bound: {bound}");
        assert_eq!(after.len() - before.len(), 2, "its page and its picture");
        assert!(before.keys().all(|path| after.iter().any(|page| page.path == *path)));
    }
}

fn is_queue(path: &str) -> bool {
    let name = path.strip_prefix("brokers/jobs/queue/").unwrap_or("index.html");
    name != "index.html" && name.ends_with("html") && !name.starts_with("pages/")
}

#[test]
fn every_link_leads_to_a_file_and_every_fragment_to_an_id() {
    let mut two = small();
    two.stack.site.languages = vec!["en".to_owned(), "zh".to_owned()];
    let fixtures =
        [("tour", tour()), ("hostile", hostile()), ("large", large(300)), ("small", small()), ("two languages", two)];
    for (name, fixture) in fixtures {
        let checked = follow(name, &pages(&fixture));
        assert!(checked > 50, "{name}: only {checked} links");
    }
}

#[test]
fn ids_are_unique_in_a_page() {
    for page in pages(&tour()).into_iter().chain(pages(&hostile())).filter(|page| page.path.ends_with("html")) {
        let mut seen = BTreeSet::new();
        for id in attributes(&page.content, "id") {
            assert!(seen.insert(id.to_owned()), "{} twice in {}", id, page.path);
        }
    }
}

#[test]
fn hostile_names_are_text_everywhere() {
    let pages = pages(&hostile());
    let names: BTreeSet<String> = pages.iter().map(|page| page.path.to_ascii_lowercase()).collect();
    assert_eq!(names.len(), pages.len(), "paths differ where case is ignored");
    for page in &pages {
        assert!(page.path.split('/').all(|part| part != ".." && part != "." && !part.is_empty()), "{}", page.path);
        assert!(page.path.split('/').all(|part| part.len() <= 100), "{}", page.path);
        assert!(page.path.is_ascii());
        // What programs read holds the names as they are; the browser tests give it to those programs.
        let is_data = page.path.starts_with("export/")
            && [".json", ".yaml", ".dot"].iter().any(|ending| page.path.ends_with(ending));
        if !page.path.starts_with("assets/") && !is_data {
            for markup in ["<script>", "<img", "<b>", "<i>", "onerror=alert(1)>", "<svg onload", "\u{202e}", "\u{0}"] {
                let found = page.content.find(markup).map(|at| &page.content[at..(at + 60).min(page.content.len())]);
                assert_eq!(found, None, "{markup} in {}", page.path);
            }
            assert!(!page.content.contains("href=\"javascript:"), "{}", page.path);
        }
    }
    let all: String = pages.iter().map(|page| page.content.as_str()).collect();
    assert!(all.contains("&lt;script&gt;alert(1)&lt;") || all.contains("&lt;script&gt;alert(1)&lt;&#x2F;script"));
    assert!(all.contains("{{ 7 * 7 }}"), "a name is no template");
}

#[test]
fn a_page_asks_for_nothing_from_outside_and_allows_no_inline_code() {
    for page in pages(&tour()).into_iter().filter(|page| page.path.ends_with("html")) {
        assert!(page.content.contains("Content-Security-Policy"), "{}", page.path);
        assert_eq!(attributes(&page.content, "style").count(), 0, "{}", page.path);
        assert!(!page.content.contains("<style") && !page.content.contains(" onclick"), "{}", page.path);
        for link in links(&page.content) {
            assert!(!link.contains("://") && !link.starts_with("//") && !link.starts_with('/'), "{link}");
        }
    }
}

#[test]
fn no_password_is_on_a_page() {
    for page in pages(&tour()) {
        assert!(!page.content.contains("planted-password"), "{}", page.path);
    }
}

#[test]
fn the_assets_are_small() {
    let size = |end: &str| -> usize {
        let pages = pages(&tour());
        // An index grows with the stack.
        let index = |page: &&Page| page.path.starts_with("assets/search-");
        let files = pages.iter().filter(|page| page.path.ends_with(end) && !index(page));
        files.map(|page| page.content.len()).sum()
    };
    assert!(size(".css") < 40 * 1024, "{}", size(".css"));
    assert!(size(".js") < 60 * 1024, "{}", size(".js"));
    assert!(size("figures.js") < 40 * 1024, "{}", size("figures.js"));
}

#[test]
fn a_large_stack_has_small_pages() {
    let pages = pages(&large(1000));
    let is_object = |path: &str| path.contains("/queue/") && !path.contains("/pages/") && path.ends_with("html");
    let objects = pages.iter().filter(|page| is_object(&page.path));
    let sizes: Vec<usize> =
        objects.filter(|page| !page.path.ends_with("index.html")).map(|page| page.content.len()).collect();
    assert_eq!(sizes.len(), 700);
    assert!(sizes.iter().all(|size| *size < 60 * 1024), "{:?}", sizes.iter().max());
}

/// A page that grows with the stack is slow to open and no use to anybody.
#[test]
fn no_page_grows_without_end() {
    let mut fixture = large(1000);
    let report = fixture.report.insert(small().report.unwrap());
    let step = report.steps[0].clone();
    report.steps.extend((0..3000).map(|_| step.clone()));
    report.unmanaged = (0..3000).map(|at| Address::new("jobs", "queue", format!("left.{at}"))).collect();
    // One that everything is bound to.
    for at in 0..700 {
        let area = ["orders", "mail", "stock", "audit", "search", "billing", "media", "users"][at % 8];
        fixture.bind("orders.0", &format!("{area}.queue.{at}"), &format!("all.{at}"));
    }
    for page in pages(&fixture).iter().filter(|page| page.path.ends_with("html")) {
        assert!(page.content.len() < 200 * 1024, "{}: {} KB", page.path, page.content.len() / 1024);
    }
}

#[test]
fn a_long_list_is_on_several_pages_with_every_object_on_one_of_them() {
    let pages = pages(&large(1000));
    let lists = |kind: &str| {
        let folder = format!("brokers/jobs/{kind}/");
        let is_list = move |page: &&Page| {
            let name = page.path.strip_prefix(&folder).unwrap_or_default();
            name == "index.html" || name.starts_with("pages/")
        };
        pages.iter().filter(is_list).collect::<Vec<_>>()
    };
    let mut found = Vec::new();
    for list in lists("queue") {
        let table = &list.content[list.content.find("<table").unwrap()..list.content.find("</table>").unwrap()];
        found.extend(
            attributes(table, "href")
                .filter(|link| link.contains("/queue/") && link.ends_with("html"))
                .map(|link| link.rsplit('/').next().unwrap().to_owned()),
        );
        // Each page leads to all others.
        let ways = &list.content[list.content.find("class=\"parts\"").unwrap()..list.content.find("<table").unwrap()];
        assert_eq!(attributes(ways, "href").count(), 5, "{}", list.path);
        assert_eq!(ways.matches("aria-current").count(), 1, "{}", list.path);
    }
    let all: BTreeSet<&String> = found.iter().collect();
    assert_eq!((found.len(), all.len()), (700, 700));
    let rows = lists("binding")
        .iter()
        .flat_map(|list| attributes(&list.content, "id"))
        .filter(|id| id.starts_with("row-"))
        .count();
    assert_eq!(rows, 700);
}

#[test]
fn a_stack_of_nothing_has_a_page() {
    let fixture = Fixture::new("empty");
    let pages = pages(&fixture);
    assert!(pages.iter().any(|page| page.path == "index.html" && page.content.contains("mqlab up")));
}

/// Every sentence that the templates and the code ask for is there, and none that nobody asks for.
#[test]
fn every_word_is_used() {
    let words: BTreeMap<String, String> =
        serde_json::from_str(include_str!("../../site/content/en/words.json")).unwrap();
    let mut sources = String::new();
    for folder in [
        "templates/site",
        "src/site",
        "src/site/pages",
        "src/site/learn",
        "src/site/figures",
        "src/site/figures/scenes",
        "src/site/search",
    ] {
        for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                sources.push_str(&std::fs::read_to_string(path).unwrap());
            }
        }
    }
    for key in words.keys() {
        let made = [
            "how_",
            "legend_",
            "app_",
            "status_",
            "outcome_",
            "section_",
            "claim_",
            "path_",
            "export_",
            "mark_",
            "about_unknown_",
        ]
        .iter()
        .any(|prefix| key.starts_with(prefix));
        let stem = key.trim_end_matches("_one").trim_end_matches("_many");
        assert!(
            made || sources.contains(&format!("t.{key}"))
                || [key.as_str(), stem].iter().any(|name| sources.contains(&format!("\"{name}\""))),
            "nobody says {key}"
        );
    }
    // Those whose keys are made: one that is missing is an error of the build.
    for fixture in [tour(), large(200)] {
        pages(&fixture);
    }
}

fn without_programs(text: &str) -> String {
    let Some((before, rest)) = text.split_once("<div class=\"programs\"") else { return text.to_owned() };
    let (_, after) = rest.split_once("</section>\n</div>").expect("the last program ends the programs");
    format!("{before}<div class=\"programs\">…</div>{after}")
}

#[test]
fn the_small_stack_is_as_recorded() {
    let mut golden = Golden::new("golden/site", ".html");
    for page in pages(&small()).iter().filter(|page| page.path.ends_with("html")) {
        let name = page.path.replace('/', "__");
        let text = main(&page.content);
        // One page has them whole.
        let shown = if page.path == "clients/kafka.html" { text.to_owned() } else { without_programs(text) };
        golden.add(name.trim_end_matches(".html"), shown + "\n");
    }
    golden.check();
}

fn main(content: &str) -> &str {
    let start = content.find("<main").unwrap_or(0);
    let end = content.find("</main>").map_or(content.len(), |at| at + "</main>".len());
    &content[start..end]
}

#[test]
fn a_large_stack_can_be_written() {
    let folder = written("large", &large(1000));
    assert!(folder.join("brokers/jobs/queue/index.html").is_file());
    let folder = written("long-lists", &large(300));
    assert!(folder.join("brokers/jobs/queue/pages/2.html").is_file());
}
