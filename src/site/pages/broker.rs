//! The page of a broker: where it is, how to reach it, and what it holds.

use serde::Serialize;

use super::frame::{Frame, frame};
use super::object::grammar;
use super::parts::{AttributeRow, Context, Link, PictureView, Piece, place};
use crate::site::model::{End, PageId};
use crate::site::text::visible;
use crate::site::{BrokerInput, BrokerReport, BrokerStatus, pictures};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct BrokerPage {
    pub page: Frame,
    pub broker: BrokerRow,
    pub origin: String,
    pub storage: String,
    pub containers: Vec<String>,
    pub digest: String,
    /// When the engine got the image.
    pub since: String,
    pub ports: Vec<PortRow>,
    pub environment: Vec<VariableRow>,
    pub kinds: Vec<KindRow>,
    pub config: Vec<AttributeRow>,
    pub picture: Option<PictureView>,
    pub grouped: bool,
    pub resource: &'static str,
}

/// A broker in one line of the overview.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct BrokerRow {
    pub link: Link,
    pub title: &'static str,
    pub version: String,
    pub nodes: u32,
    pub image: String,
    pub source: String,
    pub status: String,
    pub status_class: &'static str,
    pub ports: Vec<PortRow>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PortRow {
    pub name: &'static str,
    pub doc: Vec<Piece>,
    /// One per node; empty where the broker has not run.
    pub endpoints: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct VariableRow {
    pub name: String,
    pub value: String,
    pub secret: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct KindRow {
    pub link: Link,
    pub count: usize,
}

pub(crate) fn broker_page(context: &Context<'_>, broker: &BrokerInput<'_>, prefix: &str) -> BrokerPage {
    let model = broker.model;
    let report = report(context, broker);
    let (graph, grouped) = graph(context, broker);
    let title = context.words.fill("picture_broker", &[("name", &model.name)]);
    let config = model.config.iter().map(|(key, value)| AttributeRow {
        name: visible(key),
        value: context.value(value),
        hint: String::new(),
        doc: Vec::new(),
        origin: place(model.config_origins.get(key)),
    });
    BrokerPage {
        page: frame(context, &model.name, &[], prefix),
        broker: broker_row(context, broker),
        origin: place(Some(&model.origin)),
        storage: context.words.doc(match model.storage {
            crate::model::Storage::Volume => "volume",
            crate::model::Storage::Memory => "memory",
        }),
        containers: report.map(|report| report.containers.clone()).unwrap_or_default(),
        digest: report.map(|report| report.image.digest.clone()).unwrap_or_default(),
        since: report.map(|report| report.image.when.clone()).unwrap_or_default(),
        ports: ports(context, broker),
        environment: environment(context, broker),
        kinds: kinds(context, broker),
        config: config.collect(),
        picture: (!graph.nodes.is_empty()).then(|| context.picture(&graph, title, 0)),
        grouped,
        resource: model.kind,
    }
}

pub(crate) fn broker_row(context: &Context<'_>, broker: &BrokerInput<'_>) -> BrokerRow {
    let model = broker.model;
    let report = report(context, broker);
    let status = report.map_or(BrokerStatus::Unknown, |report| report.status);
    let (word, class) = match status {
        BrokerStatus::Ready => ("status_ready", "good"),
        BrokerStatus::Stopped => ("status_stopped", "warn"),
        BrokerStatus::Failing => ("status_failing", "bad"),
        BrokerStatus::Unknown => ("status_unknown", "calm"),
    };
    let version = report.map(|report| report.version.as_str()).filter(|version| !version.is_empty());
    BrokerRow {
        link: context.page(&PageId::Broker(model.name.clone()), model.name.clone()),
        title: broker.broker.description().title,
        version: version.unwrap_or(&model.version).to_owned(),
        nodes: model.nodes,
        image: report.map(|report| report.image.reference.clone()).unwrap_or_default(),
        source: report.map(|report| context.words.doc(&report.image.source)).unwrap_or_default(),
        status: context.words.say(word),
        status_class: class,
        ports: ports(context, broker),
    }
}

fn report<'a>(context: &Context<'a>, broker: &BrokerInput<'_>) -> Option<&'a BrokerReport> {
    context.world.input.report?.brokers.get(&broker.model.name)
}

fn ports(context: &Context<'_>, broker: &BrokerInput<'_>) -> Vec<PortRow> {
    let report = report(context, broker);
    let host = &broker.facts.advertise_host;
    let described = broker.broker.description().ports.iter().filter(|port| (port.when)(broker.model));
    described
        .map(|port| {
            let known = |number: &u16| format!("{}:{number}", if host.is_empty() { "127.0.0.1" } else { host });
            let facts = || broker.facts.ports.get(port.name).into_iter().flatten().map(known).collect();
            let endpoints: Vec<String> =
                report.and_then(|report| report.endpoints.get(port.name).cloned()).unwrap_or_else(facts);
            let scheme = if port.scheme.is_empty() { String::new() } else { format!("{}://", port.scheme) };
            PortRow {
                name: port.name,
                doc: context.doc(port.doc),
                endpoints: endpoints.into_iter().map(|endpoint| format!("{scheme}{endpoint}")).collect(),
            }
        })
        .collect()
}

/// A password is never on a page: its place says how to get it.
fn environment(context: &Context<'_>, broker: &BrokerInput<'_>) -> Vec<VariableRow> {
    let variables = broker.broker.lesson().environment(broker.model, &broker.facts);
    variables
        .into_iter()
        .map(|variable| VariableRow {
            name: visible(&variable.name),
            value: if variable.secret { context.words.say("secret_value") } else { visible(&variable.value) },
            secret: variable.secret,
        })
        .collect()
}

fn kinds(context: &Context<'_>, broker: &BrokerInput<'_>) -> Vec<KindRow> {
    let kinds = broker.broker.description().kinds.iter();
    let row = |rules: &crate::model::KindRules| {
        let id = PageId::Kind { broker: broker.model.name.clone(), kind: rules.kind.to_owned() };
        KindRow { link: context.page(&id, context.words.doc(rules.plural)), count: broker.of_kind(rules.kind).count() }
    };
    kinds.map(row).filter(|row| row.count > 0).collect()
}

/// What the broker holds and who uses it.
fn graph(context: &Context<'_>, broker: &BrokerInput<'_>) -> (crate::site::diagram::Graph, bool) {
    let name = &broker.model.name;
    let ends = context.world.around_broker(name);
    let elsewhere = |end: &End| matches!(end, End::Object(address) if address.broker != *name);
    let grammar = grammar(context, ends.iter().any(elsewhere));
    let grouped = ends.len() > pictures::MOST;
    (if grouped { pictures::grouped(&grammar, &ends) } else { pictures::all(&grammar, &ends) }, grouped)
}
