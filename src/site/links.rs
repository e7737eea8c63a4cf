//! Where the pages of a built site lead, and its lists for programs, and whether anything is there.

use std::collections::{BTreeMap, BTreeSet};

use super::Page;

/// Marks a link that leads elsewhere on purpose: a source, which no page loads.
const ELSEWHERE: &str = "\" rel=\"external noreferrer\"";

/// A link that leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeadLink {
    /// The page's path.
    pub from: String,
    /// As it is written there.
    pub link: String,
}

/// Our lists of links, in Markdown.
const LISTS: &str = "llms.txt";

/// Follows every link of every page, picture and list, fragments included. Gives how many were followed, and the dead ones.
pub fn follow(pages: &[Page]) -> (usize, Vec<DeadLink>) {
    let by_path: BTreeMap<&str, &Page> = pages.iter().map(|page| (page.path.as_str(), page)).collect();
    let mut ids: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut followed = 0;
    let mut dead = Vec::new();
    for page in pages {
        let found: Vec<&str> = match page.path.rsplit(['.', '/']).next() {
            Some("html" | "svg") => links(&page.content).collect(),
            _ if page.path.ends_with(LISTS) => listed(&page.content).collect(),
            _ => continue,
        };
        for link in found {
            followed += 1;
            let (path, fragment) = link.split_once('#').map_or((link, None), |(path, id)| (path, Some(id)));
            let target = if path.is_empty() { Some(page.path.clone()) } else { resolve(&page.path, path) };
            let found = target.and_then(|target| by_path.get(target.as_str()).copied());
            let is_there = found.is_some_and(|found| {
                let own = || attributes(&found.content, "id").collect();
                fragment.is_none_or(|id| ids.entry(&found.path).or_insert_with(own).contains(id))
            });
            if !is_there {
                dead.push(DeadLink { from: page.path.clone(), link: link.to_owned() });
            }
        }
    }
    (followed, dead)
}

/// What a page refers to, but for pictures within it and sources elsewhere.
fn links(content: &str) -> impl Iterator<Item = &str> {
    attributes(content, "href").chain(attributes(content, "src")).filter(|link| {
        let behind = link.as_ptr().addr() - content.as_ptr().addr() + link.len();
        let is_elsewhere = link.starts_with("https://") && content[behind..].starts_with(ELSEWHERE);
        !link.starts_with("data:image/svg+xml,") && !is_elsewhere
    })
}

/// What a list leads to: in its texts every bracket has a backslash before it.
fn listed(content: &str) -> impl Iterator<Item = &str> {
    let ends = content.match_indices("](").filter(|(at, _)| !content[..*at].ends_with('\\'));
    ends.filter_map(|(at, mark)| content[at + mark.len()..].split(')').next())
}

/// The values of an attribute. The templates write all of them in double quotes, in which a text's own are escaped.
fn attributes<'a>(content: &'a str, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let start = format!(" {name}=\"");
    let starts: Vec<usize> = content.match_indices(&start).map(|(at, _)| at + start.len()).collect();
    starts.into_iter().map(|at| content[at..].split('"').next().unwrap_or_default())
}

/// The path that a relative one leads to; nothing where that is outside the site.
fn resolve(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => _ = parts.pop()?,
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dead_link_of_a_list_is_noticed() {
        let page = |path: &str, content: &str| Page { path: path.to_owned(), content: content.to_owned() };
        let pages = |to: &str| {
            let list = page("zh/llms.txt", &format!("- [a\\](nowhere)](one.html): x\n- [b]({to})\n"));
            [list, page("zh/one.html", ""), page("two.html", "")]
        };
        assert_eq!(follow(&pages("../two.html")), (2, Vec::new()));
        let dead = DeadLink { from: "zh/llms.txt".to_owned(), link: "two.html".to_owned() };
        assert_eq!(follow(&pages("two.html")), (2, vec![dead]));
    }

    #[test]
    fn dead_links_are_noticed() {
        let page = |path: &str, content: &str| Page { path: path.to_owned(), content: content.to_owned() };
        let target = page("b/two.html", "<p id=\"there\"> <a href=\"../one.html\">");
        let sound = "<a href=\"b/two.html#there\"> <a href=\"#here\" id=\"here\"> \
                     <a href=\"https://example.com/\" rel=\"external noreferrer\">";
        assert_eq!(follow(&[page("one.html", sound), target.clone()]), (3, Vec::new()));
        for dead in ["b/three.html", "b/two.html#nowhere", "#nowhere", "../one.html", "https://example.com/"] {
            let pages = [page("one.html", &format!("<a href=\"{dead}\">")), target.clone()];
            let found = vec![DeadLink { from: "one.html".to_owned(), link: dead.to_owned() }];
            assert_eq!(follow(&pages), (2, found));
        }
    }
}
