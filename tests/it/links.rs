//! The links of a built site.

use std::collections::BTreeMap;

use mqlab::site::Page;

/// Follows every link of every page and gives their number. A dead one fails.
#[track_caller]
pub(crate) fn follow(name: &str, pages: &[Page]) -> usize {
    let by_path: BTreeMap<&str, &str> = pages.iter().map(|page| (page.path.as_str(), page.content.as_str())).collect();
    let mut checked = 0;
    for page in pages.iter().filter(|page| page.path.ends_with("html") || page.path.ends_with("svg")) {
        for link in links(&page.content) {
            let (path, fragment) = link.split_once('#').map_or((link, None), |(path, id)| (path, Some(id)));
            let target = if path.is_empty() { page.path.clone() } else { resolve(&page.path, path) };
            let found = by_path.get(target.as_str());
            let found = found.unwrap_or_else(|| panic!("{name}: {} links to {link}", page.path));
            if let Some(id) = fragment {
                assert!(attributes(found, "id").any(|own| own == id), "{name}: {} links to {link}", page.path);
            }
            checked += 1;
        }
    }
    checked
}

/// What a page refers to: pictures within it excepted, and sources elsewhere that nothing loads and that say so.
pub(crate) fn links(content: &str) -> impl Iterator<Item = &str> {
    const ELSEWHERE: &str = "\" rel=\"external noreferrer\"";
    let all = attributes(content, "href").chain(attributes(content, "src"));
    all.filter(|link| {
        let behind = link.as_ptr().addr() - content.as_ptr().addr() + link.len();
        let is_elsewhere = link.starts_with("https://") && content[behind..].starts_with(ELSEWHERE);
        !link.starts_with("data:image/svg+xml,") && !is_elsewhere
    })
}

/// The values of an attribute of HTML.
pub(crate) fn attributes<'a>(content: &'a str, name: &str) -> impl Iterator<Item = &'a str> + use<'a> {
    let start = format!(" {name}=\"");
    content.match_indices(&start).map(|(at, _)| at + start.len()).collect::<Vec<_>>().into_iter().map(|at| {
        let rest = &content[at..];
        &rest[..rest.find('"').unwrap_or(0)]
    })
}

fn resolve(from: &str, link: &str) -> String {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            ".." => assert!(parts.pop().is_some(), "{from} links out of the site: {link}"),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

#[test]
fn dead_links_are_noticed() {
    let page = |path: &str, content: &str| Page { path: path.to_owned(), content: content.to_owned() };
    let target = page("b/two.html", "<p id=\"there\"> <a href=\"../one.html\">");
    let sound = page("one.html", "<a href=\"b/two.html#there\"> <a href=\"#here\" id=\"here\">");
    assert_eq!(follow("sound", &[sound, target.clone()]), 3);
    for dead in ["b/three.html", "b/two.html#nowhere", "#nowhere", "../one.html", "https://example.com/"] {
        let pages = [page("one.html", &format!("<a href=\"{dead}\">")), target.clone()];
        assert!(std::panic::catch_unwind(|| follow("dead", &pages)).is_err(), "{dead}");
    }
}
