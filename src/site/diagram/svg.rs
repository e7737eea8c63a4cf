//! Draws a layout as SVG. Looks come from classes, so that one picture serves light, dark and print.
//!
//! Everything from outside goes through [`escape`]; nothing else writes a text.

use std::fmt::Write as _;

use super::boxes::{BADGE_GAP, BADGE_PAD, CELLS, LINE, NAME, SMALL, Sized, badge_width};
use super::layout::{Arrow, Heading, Rect, Tip, layout};
use super::measure::{Face, width};
use super::route::{HEXAGON, number};
use super::{Graph, Look, Node, Style};

/// A drawn picture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Picture {
    /// The `<svg>` element, to be put into a page as it is.
    pub svg: String,
    /// In pixels, at which the smallest text is 11 pixels high.
    pub width: u32,
    pub height: u32,
    /// The styles of arrows in it, for a legend.
    pub styles: Vec<Style>,
}

/// What stands in a picture besides its graph.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Words<'a> {
    /// Prefix of the ids in it: unique within the page.
    pub id: &'a str,
    pub title: &'a str,
    /// For those who cannot see it; the page has a list beside it.
    pub description: &'a str,
}

/// Lays out and draws. The same graph gives the same bytes, whatever the order of its nodes and edges.
pub(crate) fn draw(graph: &Graph, words: Words<'_>) -> Picture {
    let mut graph = graph.clone();
    sort(&mut graph);
    graph.merge_parallel();
    let layout = layout(&graph);
    let mut styles: Vec<Style> = graph.edges.iter().map(|edge| edge.style).collect();
    styles.sort_unstable();
    styles.dedup();
    let (wide, high) = (number(layout.width), number(layout.height));
    let mut svg = String::new();
    let id = escape(words.id);
    let _ = write!(
        svg,
        r#"<svg class="d" xmlns="http://www.w3.org/2000/svg" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="group" aria-labelledby="{id}-title" aria-describedby="{id}-desc"><title id="{id}-title">{}</title><desc id="{id}-desc">{}</desc>"#,
        escape(words.title),
        escape(words.description),
    );
    svg.push_str("\n<g aria-hidden=\"true\">\n");
    for arrow in &layout.arrows {
        line(&mut svg, arrow, graph.edges[arrow.edge].style);
    }
    for arrow in &layout.arrows {
        label(&mut svg, arrow, graph.edges[arrow.edge].style);
    }
    svg.push_str("</g>\n");
    for (at, shape) in graph.nodes.iter().enumerate() {
        node(&mut svg, shape, layout.boxes[at], &layout.sizes[at]);
    }
    svg.push_str("</svg>\n");
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole and positive")]
    let (width, height) = (layout.width as u32, layout.height as u32);
    Picture { svg, width, height, styles }
}

/// A file of its own: the same picture with its looks inside.
pub(crate) fn standalone(svg: &str, css: &str) -> String {
    match svg.split_once("</desc>") {
        Some((head, rest)) => format!("{head}</desc><style>\n{css}</style>{rest}"),
        None => svg.to_owned(),
    }
}

/// A short arrow in a style, for the legend.
pub(crate) fn swatch(style: Style) -> String {
    let mut svg = String::from(
        r#"<svg class="d d-swatch" width="44" height="12" viewBox="0 0 44 12" aria-hidden="true" focusable="false">"#,
    );
    let tip = Tip { x: 43.0, y: 6.0, heading: Heading::Right };
    line(&mut svg, &Arrow { edge: 0, path: "M1 6H36".to_owned(), tip, label: None }, style);
    svg.push_str("</svg>");
    svg
}

/// Text for XML: markup becomes harmless, and what XML cannot hold is replaced.
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{0}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
    out
}

/// By key, so that the order of the input means nothing.
pub(crate) fn sort(graph: &mut Graph) {
    let mut order: Vec<usize> = (0..graph.nodes.len()).collect();
    order.sort_by(|one, two| graph.nodes[*one].key.cmp(&graph.nodes[*two].key));
    let mut place = vec![0; order.len()];
    for (new, &old) in order.iter().enumerate() {
        place[old] = new;
    }
    graph.nodes = order.iter().map(|&old| graph.nodes[old].clone()).collect();
    for edge in &mut graph.edges {
        (edge.from, edge.to) = (place[edge.from], place[edge.to]);
    }
}

fn line(svg: &mut String, arrow: &Arrow, style: Style) {
    let Tip { x, y, heading } = arrow.tip;
    let tip = match heading {
        Heading::Right => format!("M{} {}l-9 -4.5v9z", number(x), number(y)),
        Heading::Left => format!("M{} {}l9 -4.5v9z", number(x), number(y)),
        Heading::Up => format!("M{} {}l-4.5 9h9z", number(x), number(y)),
    };
    let _ = write!(svg, r#"<g class="d-edge d-{}"><path class="d-line" d="{}"/>"#, style.name(), arrow.path);
    if style == Style::ExchangeBinding {
        let _ = write!(svg, r#"<path class="d-core" d="{}"/>"#, arrow.path);
    }
    let _ = writeln!(svg, r#"<path class="d-tip" d="{tip}"/></g>"#);
}

fn label(svg: &mut String, arrow: &Arrow, style: Style) {
    let Some((rect, text)) = &arrow.label else { return };
    let _ = write!(svg, r#"<g class="d-label d-{}">"#, style.name());
    rectangle(svg, "d-paper", *rect, 7.0);
    let mut y = rect.y + 14.0;
    for part in &text.lines {
        let wide = width(part, Face::Mono, SMALL);
        let x = rect.x + (rect.width - wide) / 2.0;
        write_text(svg, "d-key", (x, y), wide, part);
        y += LINE;
    }
    svg.push_str("</g>\n");
}

fn node(svg: &mut String, node: &Node, rect: Rect, sized: &Sized) {
    let kind = match node.look {
        Look::App => "app",
        Look::Exchange(_) => "exchange",
        Look::Queue => "queue",
        Look::Topic(_) => "topic",
        Look::Plain => "plain",
        Look::Group(of) => of,
    };
    let focus = if node.focus { " d-focus" } else { "" };
    let group = if matches!(node.look, Look::Group(_)) { " d-group" } else { "" };
    let _ = write!(svg, r#"<g class="d-node d-{kind}{group}{focus}">"#);
    // The tooltip is the group's: inside the link it would be read out twice.
    let _ = write!(svg, "<title>{}</title>", escape(&node.label));
    match &node.href {
        Some(href) => {
            let _ = write!(svg, r#"<a href="{}">"#, escape(href));
        }
        None => svg.push_str("<g>"),
    }
    shape(svg, node.look, rect);
    texts(svg, node, rect, sized);
    svg.push_str(if node.href.is_some() { "</a></g>\n" } else { "</g></g>\n" });
}

fn shape(svg: &mut String, look: Look, rect: Rect) {
    let Rect { x, y, width, height } = rect;
    match look {
        Look::App => rectangle(svg, "d-shape", rect, height / 2.0),
        Look::Exchange(letter) => {
            let middle = y + height / 2.0;
            let _ = write!(
                svg,
                r#"<path class="d-shape" d="M{} {}H{}L{} {}L{} {}H{}L{} {}Z"/>"#,
                number(x + HEXAGON),
                number(y),
                number(x + width - HEXAGON),
                number(x + width),
                number(middle),
                number(x + width - HEXAGON),
                number(y + height),
                number(x + HEXAGON),
                number(x),
                number(middle),
            );
            let centre = (x + 25.0, middle);
            let _ = write!(
                svg,
                r#"<circle class="d-seal" cx="{}" cy="{}" r="11"/><text class="d-letter" aria-hidden="true" x="{}" y="{}">{}</text>"#,
                number(centre.0),
                number(centre.1),
                number(centre.0),
                number(centre.1 + 4.5),
                escape(&letter.to_string()),
            );
        }
        Look::Queue => {
            for sheet in [8.0, 4.0] {
                let back = Rect { x: x + sheet, y: y + sheet / 2.0, width, height: height - sheet };
                rectangle(svg, "d-sheet", back, 5.0);
            }
            rectangle(svg, "d-shape", rect, 5.0);
        }
        Look::Topic(partitions) => {
            rectangle(svg, "d-shape", rect, 5.0);
            strip(svg, partitions, rect);
        }
        Look::Plain => rectangle(svg, "d-shape", rect, 5.0),
        Look::Group(_) => {
            rectangle(svg, "d-sheet", Rect { x: x + 4.0, y: y + 4.0, width: width - 8.0, height }, 9.0);
            rectangle(svg, "d-shape", rect, 9.0);
        }
    }
}

/// A log cut into partitions; more than fit end in three dots.
fn strip(svg: &mut String, partitions: u32, rect: Rect) {
    let cells = partitions.min(CELLS);
    if cells == 0 {
        return;
    }
    let (gap, indent) = (2.0, 12.0);
    let room = rect.width - 2.0 * indent + gap;
    let cell = (room / f64::from(cells) - gap).min(16.0);
    for at in 0..cells {
        let x = rect.x + indent + f64::from(at) * (cell + gap);
        let rect = Rect { x, y: rect.y + 44.0, width: cell, height: 7.0 };
        let class = if partitions > CELLS && at + 3 >= cells { "d-cell d-faint" } else { "d-cell" };
        rectangle(svg, class, rect, 1.5);
    }
}

fn texts(svg: &mut String, node: &Node, rect: Rect, sized: &Sized) {
    let left = rect.x + sized.indent;
    let name = width(&sized.name, Face::Mono, NAME);
    let caption = width(&sized.caption, Face::Sans, SMALL);
    let badges: f64 = node.badges.iter().map(|badge| badge_width(badge) + BADGE_GAP).sum();
    let second = caption + badges;
    // A pill reads from its middle, everything else from its left side.
    let start = |wide: f64| if node.look == Look::App { rect.x + (rect.width - wide) / 2.0 } else { left };
    if second == 0.0 {
        write_text(svg, "d-name", (start(name), rect.y + rect.height / 2.0 + 4.5), name, &sized.name);
        return;
    }
    let first =
        if matches!(node.look, Look::Exchange(_) | Look::Queue | Look::Plain | Look::Group(_)) { 21.0 } else { 20.0 };
    write_text(svg, "d-name", (start(name), rect.y + first), name, &sized.name);
    let y = rect.y + first + 16.0;
    let mut x = start(second);
    if caption > 0.0 {
        write_text(svg, "d-caption", (x, y), caption, &sized.caption);
        x += caption + BADGE_GAP;
    }
    for badge in &node.badges {
        let wide = badge_width(badge);
        rectangle(svg, "d-badge", Rect { x, y: y - 11.0, width: wide, height: 15.0 }, 3.0);
        write_text(svg, "d-mark", (x + BADGE_PAD, y), wide - 2.0 * BADGE_PAD, badge);
        x += wide + BADGE_GAP;
    }
}

fn rectangle(svg: &mut String, class: &str, rect: Rect, radius: f64) {
    let _ = write!(
        svg,
        r#"<rect class="{class}" x="{}" y="{}" width="{}" height="{}" rx="{}"/>"#,
        number(rect.x),
        number(rect.y),
        number(rect.width),
        number(rect.height),
        number(radius),
    );
}

fn write_text(svg: &mut String, class: &str, (x, y): (f64, f64), wide: f64, text: &str) {
    if text.is_empty() {
        return;
    }
    let _ = write!(
        svg,
        r#"<text class="{class}" x="{}" y="{}" textLength="{}" lengthAdjust="spacingAndGlyphs">{}</text>"#,
        number(x),
        number(y),
        number(wide),
        escape(text),
    );
}
