//! The first page: the whole stack at a glance.

use serde::Serialize;

use super::broker::{BrokerRow, broker_row};
use super::frame::{Frame, frame};
use super::learn::Shelf;
use super::object::grammar;
use super::parts::{Context, Link, PictureView};
use super::run::{RunSummary, summary};
use crate::site::diagram::Style;
use crate::site::model::{End, PageId};
use crate::site::pictures;
use crate::site::text::visible;

/// More groups than this make no readable matrix.
const MATRIX: usize = 24;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct OverviewPage {
    pub page: Frame,
    pub stack: String,
    pub lede: String,
    /// Ways to go on: the title, what it is, where it leads.
    pub paths: Vec<Path>,
    pub picture: PictureView,
    /// The picture shows groups: it would be unreadable otherwise.
    pub grouped: bool,
    pub matrix: Option<Matrix>,
    pub brokers: Vec<BrokerRow>,
    pub apps: Vec<AppLine>,
    pub run: Option<RunSummary>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct Path {
    pub link: Link,
    pub about: String,
}

/// An app in one line.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AppLine {
    pub app: Link,
    pub description: String,
    pub writes: Vec<Link>,
    pub reads: Vec<Link>,
    pub instances: u32,
}

/// How many arrows go from the groups of the rows to those of the columns.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Matrix {
    pub columns: Vec<String>,
    pub rows: Vec<MatrixRow>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct MatrixRow {
    pub title: String,
    /// Empty where nothing goes.
    pub cells: Vec<String>,
}

pub(crate) fn overview_page(context: &Context<'_>, title: &str, shelves: &[Shelf<'_>], prefix: &str) -> OverviewPage {
    let world = context.world;
    let ends = world.drawn();
    let grouped = ends.len() > pictures::MOST;
    let grammar = grammar(context, world.input.brokers.len() > 1);
    let graph = if grouped { pictures::grouped(&grammar, &ends) } else { pictures::all(&grammar, &ends) };
    OverviewPage {
        page: frame(context, title, &[], prefix),
        stack: world.input.stack.name.clone(),
        lede: lede(context),
        paths: paths(context, shelves),
        picture: context.picture(&graph, context.words.say("picture_whole"), 0),
        grouped,
        matrix: grouped.then(|| matrix(&graph)).flatten(),
        brokers: world.input.brokers.iter().map(|broker| broker_row(context, broker)).collect(),
        apps: app_lines(context),
        run: world.input.report.map(|report| summary(context, report)),
    }
}

/// For who has just arrived, for who wants to learn, for who wants to know how sure it is.
fn paths(context: &Context<'_>, shelves: &[Shelf<'_>]) -> Vec<Path> {
    let words = context.words;
    let path = |id: &PageId, key: &str| Path {
        link: context.page(id, words.say(&format!("path_{key}"))),
        about: words.say(&format!("path_{key}_about")),
    };
    let first = shelves.iter().find(|shelf| shelf.id == "start").and_then(|shelf| shelf.documents.first());
    let start = first.map(|document| path(&PageId::Document(document.id.clone()), "start"));
    start.into_iter().chain([path(&PageId::Learn, "learn"), path(&PageId::Verification, "claims")]).collect()
}

/// One sentence of what there is: `2 brokers, 2 topics, 4 exchanges and 5 queues; 3 apps use them`.
fn lede(context: &Context<'_>) -> String {
    let world = context.world;
    let mut counts: Vec<String> = vec![context.words.count("brokers", world.input.brokers.len())];
    let mut kinds: Vec<(&str, &str, usize)> = Vec::new();
    for broker in &world.input.brokers {
        for rules in broker.broker.description().kinds.iter().filter(|rules| super::has_page(rules)) {
            let count = broker.of_kind(rules.kind).count();
            match kinds.iter_mut().find(|(kind, ..)| *kind == rules.kind) {
                Some(found) => found.2 += count,
                None => kinds.push((rules.kind, rules.plural, count)),
            }
        }
    }
    let named = kinds.into_iter().filter(|(_, _, count)| *count > 0);
    counts.extend(named.map(|(kind, plural, count)| {
        let noun = context.words.doc(if count == 1 { kind } else { plural });
        context.words.fill("counted", &[("n", &count.to_string()), ("noun", &noun)])
    }));
    let apps = world.input.stack.apps.len();
    if apps > 0 {
        counts.push(context.words.count("apps", apps));
    }
    counts.join(" · ")
}

pub(crate) fn app_lines(context: &Context<'_>) -> Vec<AppLine> {
    let line = |app: &crate::model::App| {
        let end = End::App(app.name.clone());
        let mut writes: Vec<Link> = context.world.leaving(&end).map(|arrow| context.end(&arrow.to)).collect();
        writes.dedup_by(|one, two| one.href == two.href && one.text == two.text);
        AppLine {
            app: context.page(&PageId::App(app.name.clone()), visible(&app.name)),
            description: app.description.clone().unwrap_or_default(),
            writes,
            reads: context.world.reaching(&end).map(|arrow| context.end(&arrow.from)).collect(),
            instances: app.instances.0,
        }
    };
    context.world.input.stack.apps.iter().map(line).collect()
}

fn matrix(graph: &crate::site::diagram::Graph) -> Option<Matrix> {
    if graph.nodes.len() > MATRIX {
        return None;
    }
    let title = |at: usize| format!("{} ({})", graph.nodes[at].label, graph.nodes[at].caption);
    let has = |at: &usize, out: bool| graph.edges.iter().any(|edge| if out { edge.from } else { edge.to } == *at);
    let columns: Vec<usize> = (0..graph.nodes.len()).filter(|at| has(at, false)).collect();
    let cell = |from: usize, to: usize| {
        let found = graph.edges.iter().filter(|edge| edge.from == from && edge.to == to);
        let count = |labels: &[String]| labels.first().map_or("1".to_owned(), |label| label.replace("× ", ""));
        found.map(|edge| format!("{} {}", count(&edge.labels), short(edge.style))).collect::<Vec<_>>().join(", ")
    };
    let rows = (0..graph.nodes.len())
        .filter(|at| has(at, true))
        .map(|from| MatrixRow { title: title(from), cells: columns.iter().map(|&to| cell(from, to)).collect() });
    Some(Matrix { rows: rows.collect(), columns: columns.iter().map(|&at| title(at)).collect() })
}

fn short(style: Style) -> &'static str {
    match style {
        Style::Produce => "W",
        Style::Consume => "R",
        Style::Binding => "B",
        Style::ExchangeBinding => "E",
        Style::DeadLetter => "DL",
        Style::Alternate => "A",
        Style::Forward => "F",
    }
}
