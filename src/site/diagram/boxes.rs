//! How large a node and a label must be to hold their texts.

use super::measure::{Face, shorten, width};
use super::{Edge, Look, Node};

/// Font sizes in pixels; nothing is smaller than 11.
pub(crate) const NAME: f64 = 13.0;
pub(crate) const SMALL: f64 = 11.0;
/// Names longer than this are shortened.
const NAME_MOST: f64 = 200.0;
const LABEL_MOST: f64 = 170.0;
/// Labels longer than this are broken at their commas, which headers have between them.
const LABEL_WRAP: f64 = 110.0;
const NARROWEST: f64 = 84.0;
pub(crate) const LINE: f64 = 16.0;
/// More labels than this are counted instead of shown.
const LABEL_LINES: usize = 4;
/// Between two badges, and inside one.
pub(crate) const BADGE_GAP: f64 = 4.0;
pub(crate) const BADGE_PAD: f64 = 5.0;
/// The most partitions that are drawn one by one.
pub(crate) const CELLS: u32 = 16;

/// A node's measures and the texts as they fit.
#[derive(Clone, Debug)]
pub(crate) struct Sized {
    pub width: f64,
    pub height: f64,
    /// Where the texts begin, from the left side.
    pub indent: f64,
    pub name: String,
    pub caption: String,
}

/// The lines of an arrow's label.
#[derive(Clone, Debug, Default)]
pub(crate) struct LabelText {
    pub width: f64,
    pub height: f64,
    pub lines: Vec<String>,
}

pub(crate) fn size(node: &Node) -> Sized {
    let (indent, margin, height) = match node.look {
        Look::App => (17.0, 17.0, 46.0),
        Look::Exchange(_) => (40.0, 18.0, 48.0),
        Look::Queue | Look::Plain | Look::Group(_) => (12.0, 12.0, 48.0),
        Look::Topic(_) => (12.0, 12.0, 60.0),
    };
    let name = shorten(&node.label, Face::Mono, NAME, NAME_MOST);
    let badges: f64 = node.badges.iter().map(|badge| badge_width(badge) + BADGE_GAP).sum();
    let caption = shorten(&node.caption, Face::Sans, SMALL, NAME_MOST - badges);
    let second = width(&caption, Face::Sans, SMALL) + badges;
    let text = width(&name, Face::Mono, NAME).max(second);
    Sized { width: (indent + text + margin).max(NARROWEST).ceil(), height, indent, name, caption }
}

pub(crate) fn badge_width(badge: &str) -> f64 {
    width(badge, Face::Sans, SMALL) + 2.0 * BADGE_PAD
}

pub(crate) fn label(edge: &Edge) -> LabelText {
    if edge.labels.is_empty() {
        return LabelText::default();
    }
    let shown = if edge.labels.len() > LABEL_LINES { LABEL_LINES - 1 } else { edge.labels.len() };
    let fit = |line: String| shorten(&line, Face::Mono, SMALL, LABEL_MOST);
    let mut lines: Vec<String> = edge.labels.iter().take(shown).flat_map(|label| wrap(label)).map(fit).collect();
    if shown < edge.labels.len() {
        lines.push(format!("+{}", edge.labels.len() - shown));
    }
    let widest = lines.iter().map(|line| width(line, Face::Mono, SMALL)).fold(0.0, f64::max);
    #[expect(clippy::cast_precision_loss, reason = "a few lines")]
    let height = lines.len() as f64 * LINE + 4.0;
    LabelText { width: (widest + 10.0).ceil(), height, lines }
}

/// The parts between commas, as many to a line as fit.
fn wrap(label: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in label.split_inclusive(", ") {
        match lines.last_mut() {
            Some(line) if width(&format!("{line}{}", part.trim_end()), Face::Mono, SMALL) <= LABEL_WRAP => {
                line.push_str(part);
            }
            _ => lines.push(part.to_owned()),
        }
    }
    let most = lines.len().min(LABEL_LINES);
    let rest = lines.split_off(most);
    if let (Some(line), false) = (lines.last_mut(), rest.is_empty()) {
        line.push('…');
    }
    lines.iter().map(|line| line.trim_end().to_owned()).collect()
}
