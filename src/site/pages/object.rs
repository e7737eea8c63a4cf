//! The page of one object: what it is, what is around it, and how to make it by hand.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::json;

use super::frame::{Frame, frame};
use super::parts::{ArrowRow, AttributeRow, CallView, Context, Link, PictureView, call, place};
use super::programs::{ProgramsView, programs_of};
use super::readers::{Readers, readers};
use crate::model::{Address, Resource};
use crate::site::diagram::{Look, Style};
use crate::site::figures::{self, Figure, FigureInput};
use crate::site::grammar::Grammar;
use crate::site::model::{Arrow, End, PageId, kind_of};
use crate::site::programs::Programs;
use crate::site::text::visible;
use crate::site::{BrokerInput, StepOutcome, pictures};

/// A figure of a virtual host with more in it would be the largest part of every page.
const MOST_ROUTED: usize = 150;
/// The most rows of a table of arrows or parts: all are in the list of their kind.
const ROWS: usize = 120;
/// The most calls for the parts of one object.
const PART_CALLS: usize = 12;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ObjectPage {
    pub page: Frame,
    /// As in an address.
    pub kind: String,
    /// The same in the page's language.
    pub noun: String,
    pub name: String,
    pub description: String,
    pub broker: Link,
    pub broker_title: &'static str,
    pub vhost: String,
    pub address: String,
    pub origin: String,
    pub picture: PictureView,
    /// To try on this very object.
    pub figures: Vec<Figure>,
    pub attributes: Vec<AttributeRow>,
    pub ways_in: Vec<ArrowRow>,
    pub ways_out: Vec<ArrowRow>,
    /// How many of each were left out.
    pub more_in: String,
    pub more_out: String,
    pub more_parts: String,
    pub apps: Vec<AppRow>,
    /// For what is split into partitions.
    pub readers: Option<Readers>,
    pub parts: Vec<PartRow>,
    /// That send to it and receive from it.
    pub programs: Option<ProgramsView>,
    /// Where the programs of its kind are, if they are about such objects.
    pub programs_page: Option<String>,
    pub calls: Vec<CallView>,
    pub part_calls: Vec<CallView>,
    /// How many calls for parts were left out.
    pub more_calls: usize,
    pub outcome: Option<OutcomeView>,
}

/// An app that writes or reads.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct AppRow {
    pub app: Link,
    pub how: String,
    /// Routing key and headers, or group and instances.
    pub detail: Vec<String>,
    pub origin: String,
}

/// What belongs to the object and has a row elsewhere.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct PartRow {
    pub kind: String,
    pub object: Link,
    pub detail: Vec<AttributeRow>,
    pub origin: String,
}

/// What the last run did with the object.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OutcomeView {
    pub verb: String,
    pub cause: String,
    pub outcome: String,
    pub class: &'static str,
    pub detail: String,
}

pub(crate) fn object_page(
    context: &Context<'_>,
    programs: &Programs,
    broker: &BrokerInput<'_>,
    resource: &Resource,
    prefix: &str,
) -> ObjectPage {
    let address = &resource.address;
    let end = End::Object(address.clone());
    let rules = kind_of(broker, &address.kind);
    let (ends, left_out) = {
        let grammar = grammar(context, false);
        pictures::around(&grammar, &end)
    };
    let several = ends.iter().any(|end| matches!(end, End::Object(other) if other.broker != address.broker));
    let graph = pictures::all(&grammar(context, several), &ends);
    let name = visible(&address.name);
    let noun = context.words.doc(&address.kind);
    let title = context.words.fill("picture_of", &[("kind", &noun), ("name", &name)]);
    let inside = |style: Style| !matches!(style, Style::Produce | Style::Consume);
    let plural = rules.map_or(address.kind.as_str(), |rules| rules.plural);
    let parts = context.world.parts_of(address);
    let ways = |all: Vec<&Arrow<'_>>| {
        let inner: Vec<_> = all.into_iter().filter(|arrow| inside(arrow.style)).collect();
        let rows: Vec<ArrowRow> = inner.iter().take(ROWS).map(|one| context.arrow(one)).collect();
        (rows, some(context, inner.len()))
    };
    let (ways_in, more_in) = ways(context.world.reaching(&end).collect());
    let (ways_out, more_out) = ways(context.world.leaving(&end).collect());
    let lesson = broker.broker.lesson();
    let calls = |resource: &Resource| lesson.calls(resource, &broker.facts);
    let part_calls: Vec<CallView> = parts.iter().flat_map(|part| calls(part)).map(|one| call(&one)).collect();
    ObjectPage {
        page: frame(context, &name, &above(broker, address, context.words.doc(plural)), prefix),
        kind: address.kind.clone(),
        noun,
        description: resource.description.as_deref().map(|text| context.words.doc(text)).unwrap_or_default(),
        broker: context.page(&PageId::Broker(address.broker.clone()), address.broker.clone()),
        broker_title: broker.broker.description().title,
        vhost: address.vhost.as_deref().map(visible).unwrap_or_default(),
        address: visible(&address.to_string()),
        origin: place(resource.origin.as_ref()),
        picture: context.picture(&graph, title, left_out),
        figures: figures(context, broker, resource),
        attributes: context.attributes(rules, resource),
        ways_in,
        more_in,
        ways_out,
        more_out,
        more_parts: some(context, parts.len()),
        apps: apps(context, &end),
        readers: partitions(resource).and_then(|count| readers(context, address, count)),
        parts: parts.iter().take(ROWS).map(|part| part_row(context, broker, part)).collect(),
        programs: programs_of(context, programs, broker, resource),
        programs_page: programs
            .about(broker.model.kind)
            .filter(|about| about.fits(resource))
            .and_then(|_| context.registry.link(context.page, &PageId::Programs(broker.model.kind.to_owned())).ok()),
        calls: calls(resource).iter().map(call).collect(),
        more_calls: part_calls.len().saturating_sub(PART_CALLS),
        part_calls: part_calls.into_iter().take(PART_CALLS).collect(),
        outcome: outcome(context, address),
        name,
    }
}

fn partitions(resource: &Resource) -> Option<u32> {
    u32::try_from(resource.attribute("partitions")?.as_i64()?).ok()
}

/// Which of how many, where a table has not all of them.
fn some(context: &Context<'_>, all: usize) -> String {
    let text = || context.words.fill("some_rows", &[("some", &ROWS.to_string()), ("all", &all.to_string())]);
    if all > ROWS { text() } else { String::new() }
}

/// What can be tried on an object: a topic's keys and readers, an exchange's bindings.
fn figures(context: &Context<'_>, broker: &BrokerInput<'_>, resource: &Resource) -> Vec<Figure> {
    let address = &resource.address;
    let apps = &context.world.input.stack.apps;
    let mut values = BTreeMap::from([(address.kind.clone(), json!(address.name))]);
    let mut names = Vec::new();
    if let Some(partitions) = partitions(resource) {
        values.insert(format!("{}_partitions", address.kind), json!(partitions));
        let readers = apps.iter().filter(|app| app.consumes.iter().any(|flow| flow.address == *address));
        let largest = readers.filter(|app| app.group.is_some()).max_by_key(|app| app.instances.0);
        if let Some(app) = largest {
            values.insert("group".to_owned(), json!(app.group));
            values.insert("instances".to_owned(), json!(app.instances.0));
            names.push("group-assignment");
        }
        names.push("key-partition");
    }
    let here = broker.topology.iter().filter(|other| other.address.vhost == address.vhost).count();
    let routes = matches!(grammar(context, false).node(&End::Object(address.clone())).look, Look::Exchange(_));
    if routes && broker.broker.lesson().router().is_some() && here <= MOST_ROUTED {
        names.push("route");
    }
    let input = FigureInput { broker, apps, values: &values };
    names.into_iter().filter_map(|name| figures::figure(name, &input, context.words)).collect()
}

pub(crate) fn grammar<'a>(context: &Context<'a>, brokers: bool) -> Grammar<'a> {
    Grammar { world: context.world, registry: context.registry, words: context.words, page: context.page, brokers }
}

fn above(broker: &BrokerInput<'_>, address: &Address, plural: String) -> [(PageId, String); 2] {
    let name = broker.model.name.clone();
    let kind = PageId::Kind { broker: name.clone(), kind: address.kind.clone() };
    [(PageId::Broker(name.clone()), name), (kind, plural)]
}

/// Who writes and who reads, with what only the file can tell.
fn apps(context: &Context<'_>, end: &End) -> Vec<AppRow> {
    let world = context.world;
    let flows = world.reaching(end).chain(world.leaving(end)).filter_map(|arrow| Some((arrow, arrow.flow?)));
    flows
        .map(|(arrow, (app, flow))| {
            let words = context.words;
            let mut detail = Vec::new();
            if arrow.style == Style::Produce {
                let key = flow.routing_key.as_ref().filter(|key| !key.is_empty());
                detail.extend(key.map(|key| words.fill("with_key", &[("key", &visible(key))])));
                detail.extend(flow.headers.iter().map(|(name, value)| {
                    words.fill("with_header", &[("name", &visible(name)), ("value", &context.value(value))])
                }));
            } else {
                detail.extend(app.group.as_ref().map(|group| words.fill("in_group", &[("group", &visible(group))])));
                if app.instances.0 > 1 {
                    detail.push(words.count("instances", app.instances.0 as usize));
                }
            }
            AppRow {
                app: context.page(&PageId::App(app.name.clone()), visible(&app.name)),
                how: words.say(&format!("app_{}", arrow.style.name())),
                detail,
                origin: place(Some(&flow.origin)),
            }
        })
        .collect()
}

fn part_row(context: &Context<'_>, broker: &BrokerInput<'_>, part: &Resource) -> PartRow {
    PartRow {
        kind: context.words.doc(&part.address.kind),
        object: context.object(&part.address),
        detail: context.attributes(kind_of(broker, &part.address.kind), part),
        origin: place(part.origin.as_ref()),
    }
}

fn outcome(context: &Context<'_>, address: &Address) -> Option<OutcomeView> {
    let report = context.world.input.report?;
    let step = report.steps.iter().find(|step| step.address == *address)?;
    let (key, class) = outcome_word(step.outcome);
    Some(OutcomeView {
        verb: context.words.doc(&step.verb),
        cause: visible(&context.words.doc(&step.cause)),
        outcome: context.words.say(key),
        class,
        detail: if step.detail.is_empty() { String::new() } else { visible(&context.words.reason(&step.detail)) },
    })
}

/// The key of the word and the class of its look.
pub(crate) fn outcome_word(outcome: StepOutcome) -> (&'static str, &'static str) {
    match outcome {
        StepOutcome::Done => ("outcome_done", "good"),
        StepOutcome::Failed => ("outcome_failed", "bad"),
        StepOutcome::Unknown => ("outcome_unknown", "warn"),
        StepOutcome::NotTried => ("outcome_not_tried", "warn"),
        StepOutcome::Blocked => ("outcome_blocked", "warn"),
    }
}
