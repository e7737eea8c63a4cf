//! Where the pages of a built site lead, and its lists for programs, and whether anything is there.

use std::collections::{BTreeMap, BTreeSet};

use super::Page;
use crate::parallel::on_all_cores;

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

/// Neighbours that one thread looks through together: most links of a folder are on each of its pages.
const TOGETHER: usize = 16;

/// Follows every link of every page, picture and list, fragments included. Gives how many were followed, and the dead
/// ones; a dead fragment that neighbours share is told of the first.
pub fn follow(pages: &[Page]) -> (usize, Vec<DeadLink>) {
    let by_path: BTreeMap<&str, &Page> = pages.iter().map(|page| (page.path.as_str(), page)).collect();
    let groups: Vec<&[Page]> = pages.chunks(TOGETHER).collect();
    let groups = on_all_cores(&groups, |group| Followed::of(group, &by_path));
    let followed = groups.iter().map(|group| group.count).sum();
    let mut dead = Vec::new();
    let mut fragments: BTreeMap<&str, Vec<Fragment<'_>>> = BTreeMap::new();
    for group in groups {
        dead.extend(group.dead);
        for fragment in group.fragments {
            fragments.entry(&fragment.target.path).or_default().push(fragment);
        }
    }
    let by_target: Vec<Vec<Fragment<'_>>> = fragments.into_values().collect();
    dead.extend(on_all_cores(&by_target, |fragments| nowhere(fragments)).into_iter().flatten());
    dead.sort();
    (followed, dead)
}

/// What a look at some pages gave. Thousands of pages have hundreds of thousands of links: few of them are kept.
#[derive(Default)]
struct Followed<'a> {
    count: usize,
    dead: Vec<DeadLink>,
    fragments: Vec<Fragment<'a>>,
}

/// A link to a place on another page.
struct Fragment<'a> {
    from: &'a str,
    link: &'a str,
    target: &'a Page,
    id: &'a str,
}

impl<'a> Followed<'a> {
    fn of(pages: &'a [Page], by_path: &BTreeMap<&str, &'a Page>) -> Self {
        let mut followed = Self::default();
        let mut folder = "";
        let mut sound = BTreeSet::new();
        for page in pages {
            let own = page.path.rsplit_once('/').map_or("", |(folder, _)| folder);
            if own != folder {
                sound.clear();
                folder = own;
            }
            let Read { links, ids } = read(page);
            followed.count += links.len();
            for link in links {
                let is_there = match link.strip_prefix('#') {
                    Some(id) => ids.contains(&id),
                    None => sound.contains(link) || followed.leads(page, folder, link, by_path) && sound.insert(link),
                };
                if !is_there {
                    followed.dead.push(DeadLink { from: page.path.clone(), link: link.to_owned() });
                }
            }
        }
        followed
    }

    fn leads(&mut self, page: &'a Page, folder: &str, link: &'a str, by_path: &BTreeMap<&str, &'a Page>) -> bool {
        let (path, id) = link.split_once('#').map_or((link, None), |(path, id)| (path, Some(id)));
        let Some(target) = resolve(folder, path).and_then(|path| by_path.get(path.as_str()).copied()) else {
            return false;
        };
        self.fragments.extend(id.map(|id| Fragment { from: &page.path, link, target, id }));
        true
    }
}

/// Those of one page's that lead to no place on it.
fn nowhere(fragments: &[Fragment<'_>]) -> Vec<DeadLink> {
    let ids: BTreeSet<&str> = fragments.first().into_iter().flat_map(|first| read(first.target).ids).collect();
    let dead = fragments.iter().filter(|fragment| !ids.contains(fragment.id));
    dead.map(|fragment| DeadLink { from: fragment.from.to_owned(), link: fragment.link.to_owned() }).collect()
}

/// What a page refers to, and what of it can be referred to.
#[derive(Default)]
struct Read<'a> {
    links: Vec<&'a str>,
    ids: Vec<&'a str>,
}

fn read(page: &Page) -> Read<'_> {
    let mut read = Read::default();
    match page.path.rsplit(['.', '/']).next() {
        Some("html" | "svg") => read.attributes(&page.content),
        _ if page.path.ends_with(LISTS) => read.links.extend(listed(&page.content)),
        _ => {}
    }
    read
}

impl<'a> Read<'a> {
    /// Goes from quote to quote: the templates write all attributes in double quotes, in which a text's own are escaped.
    fn attributes(&mut self, content: &'a str) {
        let mut before = "";
        for value in content.split('"') {
            if before.ends_with(" id=") {
                self.ids.push(value);
            } else if (before.ends_with(" href=") || before.ends_with(" src=")) && is_ours(content, value) {
                self.links.push(value);
            }
            before = value;
        }
    }
}

/// A link is, but for pictures within the page and sources elsewhere.
fn is_ours(content: &str, link: &str) -> bool {
    let behind = link.as_ptr().addr() - content.as_ptr().addr() + link.len();
    let is_elsewhere = link.starts_with("https://") && content[behind..].starts_with(ELSEWHERE);
    !link.starts_with("data:image/svg+xml,") && !is_elsewhere
}

/// What a list leads to: in its texts every bracket has a backslash before it.
fn listed(content: &str) -> impl Iterator<Item = &str> {
    let ends = content.match_indices("](").filter(|(at, _)| !content[..*at].ends_with('\\'));
    ends.filter_map(|(at, mark)| content[at + mark.len()..].split(')').next())
}

/// The path that a relative one leads to; nothing where that is outside the site.
fn resolve(folder: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
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
