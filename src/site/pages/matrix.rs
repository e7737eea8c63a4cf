//! The picture as tables: what leads to what, where a drawing has too many lines to follow.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::frame::{Frame, frame};
use super::parts::{Context, Link};
use crate::site::diagram::Style;
use crate::site::model::{Arrow, End};
use crate::site::text::{slug, visible};

/// The most rows, as of the tables on the pages of objects.
const MOST_ROWS: usize = 120;
/// More columns than this are no table that anybody can read across.
const MOST_COLUMNS: usize = 16;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct MatrixPage {
    pub page: Frame,
    pub tables: Vec<Table>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Table {
    pub id: String,
    pub title: String,
    /// Of the columns.
    pub about: String,
    pub columns: Vec<Link>,
    pub rows: Vec<Row>,
    /// How many columns were left out: those with the fewest marks.
    pub left_out: usize,
    /// Which of how many rows are shown; empty where all are.
    pub more: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub object: Link,
    /// `queue · jobs`.
    pub kind: String,
    pub cells: Vec<Vec<Mark>>,
}

/// One arrow, in a word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Mark {
    pub style: &'static str,
    pub word: String,
    /// A routing key or the like.
    pub label: String,
}

pub(crate) fn matrix_page(context: &Context<'_>, prefix: &str) -> MatrixPage {
    let words = context.words;
    let is_flow = |arrow: &Arrow<'_>| matches!(arrow.style, Style::Produce | Style::Consume);
    let mut tables = Vec::new();
    // An app is a column whichever way the messages go.
    let by_app = context.world.arrows.iter().filter(|arrow| is_flow(arrow)).map(|arrow| {
        let (app, object) =
            if arrow.style == Style::Produce { (&arrow.from, &arrow.to) } else { (&arrow.to, &arrow.from) };
        (object, app, arrow)
    });
    tables.extend(table(context, "apps", (words.say("matrix_apps"), words.say("matrix_apps_about")), by_app));
    for broker in &context.world.input.brokers {
        let name = &broker.model.name;
        let inside =
            context.world.arrows.iter().filter(|arrow| {
                !is_flow(arrow) && matches!(&arrow.from, End::Object(address) if address.broker == *name)
            });
        let title = words.fill("matrix_broker", &[("name", name)]);
        let about = words.say("matrix_broker_about");
        let arrows = inside.map(|arrow| (&arrow.to, &arrow.from, arrow));
        tables.extend(table(context, &format!("in-{name}"), (title, about), arrows));
    }
    MatrixPage { page: frame(context, &words.say("matrix_page"), &[], prefix), tables }
}

fn table<'a, 'w: 'a>(
    context: &Context<'_>,
    id: &str,
    (title, about): (String, String),
    arrows: impl Iterator<Item = (&'a End, &'a End, &'a Arrow<'w>)>,
) -> Option<Table> {
    let mut cells: BTreeMap<(&End, &End), BTreeSet<Mark>> = BTreeMap::new();
    let mut used: BTreeMap<&End, usize> = BTreeMap::new();
    for (row, column, arrow) in arrows {
        let mark = Mark {
            style: arrow.style.name(),
            word: context.words.say(&format!("mark_{}", arrow.style.name())),
            label: if arrow.label.is_empty() { String::new() } else { visible(&arrow.label) },
        };
        if cells.entry((row, column)).or_default().insert(mark) {
            *used.entry(column).or_default() += 1;
        }
    }
    if cells.is_empty() {
        return None;
    }
    let mut by_use: Vec<(&End, usize)> = used.into_iter().collect();
    by_use.sort_by_key(|&(_, count)| std::cmp::Reverse(count));
    let left_out = by_use.len().saturating_sub(MOST_COLUMNS);
    let columns: BTreeSet<&End> = by_use.into_iter().take(MOST_COLUMNS).map(|(end, _)| end).collect();
    let rows: BTreeSet<&End> =
        cells.keys().filter(|(_, column)| columns.contains(column)).map(|(row, _)| *row).collect();
    let (some, all) = (MOST_ROWS.to_string(), rows.len());
    let more = || context.words.fill("some_rows", &[("some", &some), ("all", &all.to_string())]);
    let more = if all > MOST_ROWS { more() } else { String::new() };
    let row = |row: &End| Row {
        object: context.end(row),
        kind: match row {
            End::App(_) => context.words.say("app"),
            End::Object(address) => format!("{} · {}", context.words.doc(&address.kind), address.broker),
        },
        cells: columns
            .iter()
            .map(|column| cells.get(&(row, *column)).into_iter().flatten().cloned().collect())
            .collect(),
    };
    Some(Table {
        id: slug(id),
        title,
        about,
        columns: columns.iter().map(|column| context.end(column)).collect(),
        rows: rows.into_iter().take(MOST_ROWS).map(row).collect(),
        more,
        left_out,
    })
}
