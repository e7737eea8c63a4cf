//! What the lessons say of one version and not of another, as people have read it: a sentence that is there for the
//! wrong version would be in the difference, or missing from it.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use mqlab::cli::manual;
use mqlab::site::{SiteInput, build};
use regex::{Captures, Regex};
use serde_json::Value as Json;
use similar::{ChangeTag, TextDiff};

use crate::golden::Golden;
use crate::specs::{Nothing, clean, facts, root};

/// A kind with its example, and two releases: the catalogue's, where it has two; else what an image of the reader's own
/// may hold, which the pages learn from the broker.
const RELEASES: &[(&str, &str, &str)] = &[
    ("activemq", "5.18.3", "6.1.8"),
    ("artemis", "2.40.0", "2.56.0"),
    ("kafka", "4.1.1", "4.3.1"),
    ("rabbitmq", "4.0.5", "4.3.0"),
    ("rocketmq", "5.3.2", "5.5.0"),
];

/// What the written pages of a stack say.
#[derive(Default)]
struct Written {
    /// By path: each sentence, in the order of the page.
    pages: BTreeMap<String, Vec<String>>,
    /// By claim: whether it was tested on this version, or is documented.
    claims: BTreeMap<String, String>,
}

#[test]
fn what_differs_between_two_versions_is_as_recorded() {
    let mut golden = Golden::new("golden/versions", ".txt");
    for (kind, older, newer) in RELEASES {
        let [before, after] = [older, newer].map(|version| written_pages(kind, version));
        golden.add(kind, differences(kind, (older, &before), (newer, &after)));
    }
    golden.check();
}

/// Both languages say what is so for one version at the same places.
#[test]
fn both_languages_tell_versions_apart_on_the_same_pages() {
    for (kind, older, newer) in RELEASES {
        let [before, after] = [older, newer].map(|version| written_pages(kind, version));
        let paths: BTreeSet<&String> = before.pages.keys().chain(after.pages.keys()).collect();
        let differing = |zh: bool| {
            let own = paths.iter().filter(|path| path.starts_with("zh/") == zh);
            let different = own.filter(|path| before.pages.get(**path) != after.pages.get(**path));
            different.map(|path| path.trim_start_matches("zh/")).collect::<Vec<_>>()
        };
        assert_eq!(differing(false), differing(true), "{kind}");
    }
}

/// A condition that no two releases tell apart is nowhere looked at.
#[test]
fn every_condition_of_a_lesson_is_on_one_side_of_two_releases() {
    let condition = Regex::new(r#"(?m)^(?:when: "([^"]+)"|versions: \{ (.*) \})$"#).unwrap();
    let limit = Regex::new(r"(?:>=|<)\s*(\d+)\.(\d+)").unwrap();
    let mut found = 0;
    for (kind, older, newer) in RELEASES {
        let [older, newer] = [older, newer].map(|version| pair(version));
        for entry in std::fs::read_dir(root().join("site/content/en/learn").join(kind)).unwrap() {
            let path = entry.unwrap().path();
            let text = std::fs::read_to_string(&path).unwrap();
            for limit in
                condition.captures_iter(&text).flat_map(|own| limit.captures_iter(own.get(0).unwrap().as_str()))
            {
                let limit = (limit[1].parse().unwrap(), limit[2].parse().unwrap());
                assert!(older < limit && limit <= newer, "{}: {limit:?} is in no golden file", path.display());
                found += 1;
            }
        }
    }
    assert!(found >= 3, "{found}");
}

fn pair(version: &str) -> (u32, u32) {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap());
    (numbers.next().unwrap(), numbers.next().unwrap())
}

/// The lessons and the other written pages of the kind's example, where this release runs.
fn written_pages(kind: &str, release: &str) -> Written {
    let file = root().join("examples").join(format!("{kind}.yaml"));
    let text = std::fs::read_to_string(file).unwrap();
    let stack = clean(&format!("{kind}.yaml"), &text, &Nothing);
    let mut facts = facts(&stack);
    for own in facts.values_mut() {
        release.clone_into(&mut own.version);
    }
    let pages = build(&SiteInput::new(&stack, &facts, None, &manual())).unwrap();
    let is_written = |path: &str| {
        let path = path.trim_start_matches("zh/");
        ["learn/", "concepts/", "howto/", "start/"].iter().any(|folder| path.starts_with(folder))
            && path.ends_with("html")
            // The lessons once more.
            && !path.ends_with("/print.html")
    };
    let mut found = Written::default();
    for page in pages.iter().filter(|page| is_written(&page.path)) {
        found.pages.insert(page.path.clone(), sentences(&page.content, release));
        found.claims.extend(states(&page.content));
    }
    found
}

/// The text of the content, one sentence a line, and what its figures compute from; the release is called VERSION,
/// because that it is another one goes without saying.
fn sentences(html: &str, release: &str) -> Vec<String> {
    static FIGURE: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"(?s)<script[^>]*class="sim-data">(.*?)</script>"#).unwrap());
    static PATTERNS: LazyLock<[(Regex, &str); 5]> = LazyLock::new(|| {
        [
            // Its states are in a list of their own.
            (r#"(?s)<details class="checked">.*?</details>"#, ""),
            (r"\s+", " "),
            (r"</?(?:p|li|h\d|t[dhr]|pre|div|dt|dd|figcaption|caption|summary|section|legend|label|ol|ul|br)\b[^>]*>", "\n"),
            (r"<[^>]*>", ""),
            (r"([.?!:]) +|([。？！：])", "$1$2\n"),
        ]
        .map(|(pattern, with)| (Regex::new(pattern).unwrap(), with))
    });
    static CODE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?s)<pre.*?</pre>").unwrap());
    let main = &html[html.find("<main").unwrap()..html.find("</main>").unwrap()];
    let mut text = FIGURE.replace_all(main, "").into_owned();
    text = CODE.replace_all(&text, |code: &Captures<'_>| code[0].replace('\n', "<br>")).into_owned();
    for (pattern, with) in &*PATTERNS {
        text = pattern.replace_all(&text, *with).into_owned();
    }
    for (entity, character) in [("&quot;", "\""), ("&#39;", "'"), ("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&")] {
        text = text.replace(entity, character);
    }
    let mut lines: Vec<String> =
        text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect();
    for figure in FIGURE.captures_iter(main) {
        flatten("figure", &serde_json::from_str(&figure[1]).unwrap(), &mut lines);
    }
    lines.iter().map(|line| line.replace(release, "VERSION")).collect()
}

/// One line per value of a figure's data; of what it tells in advance, one line per input with all its steps.
fn flatten(path: &str, value: &Json, lines: &mut Vec<String>) {
    match value {
        Json::Object(object) if object.contains_key("texts") && object.contains_key("runs") => {
            for (input, run) in object["runs"].as_object().unwrap() {
                let steps = run[1].as_array().unwrap().iter();
                let text = |step: &Json| {
                    object["texts"][usize::try_from(step[0].as_u64().unwrap()).unwrap()].as_str().unwrap().to_owned()
                };
                lines.push(format!("{path}, {input}: {}", steps.map(text).collect::<Vec<_>>().join(" / ")));
            }
        }
        Json::Object(object) => object.iter().for_each(|(key, value)| flatten(&format!("{path}, {key}"), value, lines)),
        Json::Array(array) => array.iter().for_each(|value| flatten(path, value, lines)),
        value => lines.push(format!("{path}: {value}")),
    }
}

/// By claim: how the pages say that it is known.
fn states(html: &str) -> BTreeMap<String, String> {
    static MARK: LazyLock<Regex> =
        LazyLock::new(|| Regex::new(r#"<a class="claim claim-([a-z]+)" href="[^"]*#([^"]+)"#).unwrap());
    MARK.captures_iter(html).map(|mark| (mark[2].to_owned(), mark[1].to_owned())).collect()
}

fn differences(kind: &str, (older, before): (&str, &Written), (newer, after): (&str, &Written)) -> String {
    let mut out = format!("{kind}: what only {older} says has a -, what only {newer} says has a +\n");
    for path in before.pages.keys().chain(after.pages.keys()).collect::<BTreeSet<_>>() {
        match (before.pages.get(path), after.pages.get(path)) {
            (Some(one), Some(two)) if one == two => {}
            (Some(one), Some(two)) => {
                writeln!(out, "\n{path}").unwrap();
                let [one, two] = [one, two].map(|lines| lines.iter().map(String::as_str).collect::<Vec<_>>());
                let diff = TextDiff::from_slices(&one, &two);
                for change in diff.iter_all_changes().filter(|change| change.tag() != ChangeTag::Equal) {
                    writeln!(out, "{} {}", change.tag(), change.value()).unwrap();
                }
            }
            (one, _) => writeln!(out, "\n{path}\n{} the whole page", if one.is_some() { '-' } else { '+' }).unwrap(),
        }
    }
    out.push_str("\nclaims\n");
    let none = "not said".to_owned();
    for claim in before.claims.keys().chain(after.claims.keys()).collect::<BTreeSet<_>>() {
        let [one, two] = [before, after].map(|written| written.claims.get(claim).unwrap_or(&none));
        if one != two {
            writeln!(out, "  {claim}: {one} → {two}").unwrap();
        }
    }
    out
}
