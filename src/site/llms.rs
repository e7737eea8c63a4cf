//! `llms.txt`: what the site has, for programs that read; in the form of <https://llmstxt.org>.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::pages::{Nav, NavGroup, NavItem};
use super::search::Entry;

/// More of a description than this is no line any more.
const LONGEST: usize = 240;

/// What stands above the lists, in the language of the pages.
pub(crate) struct Preface<'a> {
    pub title: &'a str,
    pub about: &'a str,
    /// Pages that stand alone, by title and path.
    pub first: &'a [(String, String)],
    /// What a reader may do without: the form has one name for it in every language.
    pub optional: &'a [(String, String)],
}

/// The navigation as lists of links, each with what the search knows of its page.
pub(crate) fn llms(preface: &Preface<'_>, nav: &Nav, entries: &[Entry]) -> String {
    let about: BTreeMap<&str, &str> =
        entries.iter().rev().map(|entry| (entry.path.as_str(), entry.text.as_str())).collect();
    let line = |title: &str, path: &str| row(title, path, about.get(path).copied().unwrap_or_default());
    let rows = |all: &[(String, String)]| all.iter().map(|(title, path)| line(title, path)).collect::<String>();
    let items = |items: &[NavItem]| items.iter().map(|item| line(&item.title, &item.path)).collect::<String>();
    let mut out = format!("# {}\n\n> {}\n\n{}", plain(preface.title), plain(preface.about), rows(preface.first));
    for section in &nav.sections {
        let is_shelves = section.groups.iter().all(|group| group.is_text);
        if is_shelves {
            for group in &section.groups {
                let _ = write!(out, "\n## {}\n\n{}", plain(&group.title), items(&group.items));
            }
            continue;
        }
        let own = line(&section.title, &section.path);
        let groups = section.groups.iter().map(|group| format!("{}{}", list(group), items(&group.items)));
        let _ = write!(out, "\n## {}\n\n{own}{}", plain(&section.title), groups.collect::<String>());
    }
    if !preface.optional.is_empty() {
        let _ = write!(out, "\n## Optional\n\n{}", rows(preface.optional));
    }
    out
}

/// The list of a kind, with how many there are.
fn list(group: &NavGroup) -> String {
    if group.path.is_empty() { String::new() } else { row(&group.title, &group.path, &group.count.to_string()) }
}

fn row(title: &str, path: &str, about: &str) -> String {
    let about = cut(about);
    let colon = if about.is_empty() { "" } else { ": " };
    format!("- [{}]({path}){colon}{}\n", plain(title), plain(&about))
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// No name is a link or markup.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '[' | ']' | '\\' => out.extend(['\\', character]),
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_no_markup_and_a_line_stays_one() {
        assert_eq!(row("a](b) <i>", "x.html", ""), "- [a\\](b) &lt;i&gt;](x.html)\n");
        assert_eq!(row("a", "x.html", "one\ntwo"), "- [a](x.html): one two\n");
        let long = row("a", "x.html", &"é".repeat(300));
        assert!(long.ends_with("é…\n") && long.chars().count() < 270, "{long}");
    }
}
