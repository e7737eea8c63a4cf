//! What is written for readers outside of the site says the same in both languages.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::path::Path;

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use crate::links::attributes;

/// Each document and its translation.
const PAIRS: [(&str, &str); 2] = [("README.md", "README.zh-CN.md"), ("docs/blocked-hub.md", "docs/blocked-hub.zh.md")];

/// What a translation has in common with its original.
#[derive(Debug, Default, PartialEq, Eq)]
struct Common {
    headings: Vec<HeadingLevel>,
    /// Columns of each row of each table.
    rows: Vec<usize>,
    items: usize,
    /// Without what is behind a `#`.
    blocks: Vec<String>,
    /// In any order, as the links are: a sentence has another one in Chinese.
    spans: Vec<String>,
    links: Vec<String>,
}

fn common(text: &str) -> Common {
    let mut found = Common::default();
    let mut code: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level, .. }) => found.headings.push(level),
            Event::Start(Tag::TableHead | Tag::TableRow) => found.rows.push(0),
            Event::Start(Tag::TableCell) => *found.rows.last_mut().unwrap() += 1,
            Event::Start(Tag::Item) => found.items += 1,
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                found.links.push(dest_url.to_string());
            }
            Event::Start(Tag::CodeBlock(_)) => code = Some(String::new()),
            Event::End(TagEnd::CodeBlock) => found.blocks.push(without_comments(&code.take().unwrap())),
            Event::Text(text) => {
                if let Some(code) = &mut code {
                    code.push_str(&text);
                }
            }
            Event::Code(text) => found.spans.push(text.to_string()),
            Event::Html(html) | Event::InlineHtml(html) => {
                found.links.extend(attributes(&html, "src").map(str::to_owned));
            }
            _ => {}
        }
    }
    found.spans.sort();
    found.links.sort();
    found
}

/// The same for both languages.
fn compared(text: &str) -> Common {
    let found = common(text);
    let mut links: Vec<String> = found.links.iter().map(|link| in_english(link)).collect();
    links.sort();
    Common { links, ..found }
}

fn without_comments(code: &str) -> String {
    code.lines().map(|line| line.split(" #").next().unwrap().trim_end().to_owned() + "\n").collect()
}

/// A link as the English document would have it.
fn in_english(link: &str) -> String {
    let endings = [("README.zh-CN.md", "README.md"), (".zh.md", ".md"), ("-zh.png", "-en.png")];
    let found = endings.iter().find_map(|(zh, en)| Some(format!("{}{en}", link.strip_suffix(zh)?)));
    found.unwrap_or_else(|| link.to_owned())
}

fn file_name(path: &str) -> String {
    Path::new(path).file_name().unwrap().to_str().unwrap().to_owned()
}

#[test]
fn a_translation_has_everything_that_its_original_has() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (english, chinese) in PAIRS {
        let texts = [english, chinese].map(|name| std::fs::read_to_string(root.join(name)).unwrap());
        for (text, other) in texts.iter().zip([chinese, english]) {
            let links = common(text).links;
            assert!(links.contains(&file_name(other)), "{english}: no link to {other}");
            for link in links.iter().filter(|link| !link.contains("://")) {
                assert!(root.join(english).with_file_name(link).exists(), "{english}: {link}");
            }
        }
        let [one, two] = texts.map(|text| compared(&text));
        assert_eq!(one, two, "{english}");
    }
}

#[test]
fn what_a_translation_lacks_is_noticed() {
    let original = "# A\n\n`b` [c](d.md) ![e](f-en.png)\n\n- g\n\n| h | i |\n|---|---|\n| j | k |\n\n```\nl # m\n```\n";
    let translated = "# 甲\n\n[丙](d.zh.md) `b` ![戊](f-zh.png)\n\n- 庚\n\n| 辛 | 壬 |\n|---|---|\n| 癸 | 子 |\n\n```\nl # 丑\n```\n";
    assert_eq!(compared(original), compared(translated));
    let losses = [
        ("# 甲", "## 甲"),
        ("`b`", ""),
        ("d.zh", "e.zh"),
        ("f-zh", "g-zh"),
        ("- 庚", ""),
        ("| 癸 | 子 |\n", ""),
        ("l #", "k #"),
    ];
    for (whole, left) in losses {
        assert_ne!(compared(original), compared(&translated.replace(whole, left)), "{whole}");
    }
}
