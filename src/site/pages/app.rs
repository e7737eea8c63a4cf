//! The pages about the apps: all in a table, and each with its own picture.

use serde::Serialize;

use super::frame::{Frame, frame};
use super::object::grammar;
use super::overview::{AppLine, app_lines};
use super::parts::{Context, Link, PictureView, place};
use crate::model::App;
use crate::site::model::{End, PageId};
use crate::site::pictures;
use crate::site::text::visible;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct AppsPage {
    pub page: Frame,
    pub apps: Vec<AppLine>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct AppPage {
    pub page: Frame,
    pub name: String,
    pub description: String,
    pub origin: String,
    pub group: String,
    pub user: String,
    pub instances: u32,
    pub picture: PictureView,
    pub writes: Vec<FlowRow>,
    pub reads: Vec<FlowRow>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct FlowRow {
    pub broker: Link,
    pub kind: String,
    pub object: Link,
    pub routing_key: String,
    pub headers: Vec<String>,
    pub origin: String,
}

pub(crate) fn apps_page(context: &Context<'_>, prefix: &str) -> AppsPage {
    AppsPage { page: frame(context, &context.words.say("apps"), &[], prefix), apps: app_lines(context) }
}

pub(crate) fn app_page(context: &Context<'_>, app: &App, prefix: &str) -> AppPage {
    let name = visible(&app.name);
    let (ends, left_out) = pictures::around(&grammar(context, false), &End::App(app.name.clone()));
    let brokers = app.produces.iter().chain(&app.consumes).map(|flow| &flow.address.broker);
    let several = brokers.collect::<std::collections::BTreeSet<_>>().len() > 1;
    let graph = pictures::all(&grammar(context, several), &ends);
    let title = context.words.fill("picture_of", &[("kind", &context.words.say("app")), ("name", &name)]);
    let row = |flow: &crate::model::Flow| FlowRow {
        broker: context.page(&PageId::Broker(flow.address.broker.clone()), flow.address.broker.clone()),
        kind: context.words.doc(&flow.address.kind),
        object: context.object(&flow.address),
        routing_key: flow.routing_key.as_deref().filter(|key| !key.is_empty()).map(visible).unwrap_or_default(),
        headers: flow
            .headers
            .iter()
            .map(|(name, value)| format!("{}: {}", visible(name), context.value(value)))
            .collect(),
        origin: place(Some(&flow.origin)),
    };
    AppPage {
        page: frame(context, &name, &[(PageId::Apps, context.words.say("apps"))], prefix),
        description: app.description.clone().unwrap_or_default(),
        origin: place(Some(&app.origin)),
        group: app.group.as_deref().map(visible).unwrap_or_default(),
        user: app.user.as_deref().map(visible).unwrap_or_default(),
        instances: app.instances.0,
        picture: context.picture(&graph, title, left_out),
        writes: app.produces.iter().map(row).collect(),
        reads: app.consumes.iter().map(row).collect(),
        name,
    }
}
