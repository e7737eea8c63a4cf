//! The links of a built site.

use mqlab::site::Page;

/// Follows every link of every page and gives their number. A dead one fails.
#[track_caller]
pub(crate) fn follow(name: &str, pages: &[Page]) -> usize {
    let (followed, dead) = mqlab::site::follow(pages);
    assert_eq!(dead, [], "{name}");
    followed
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
