//! What can be found of a stack: its pages, its objects, and the rows of the lists.

use std::collections::BTreeSet;

use super::Entry;
use crate::model::{Address, App, KindRules, Resource, Value};
use crate::site::diagram::Style;
use crate::site::model::{End, PageId, has_page};
use crate::site::pages::Context;
use crate::site::text::visible;
use crate::site::{BrokerInput, SiteInput};

/// The longest value that is found by.
const LONGEST: usize = 40;

/// Everything that this stack has in one language. What people look for most comes first: it wins where two fit
/// equally well.
pub(crate) fn entries(context: &Context<'_>, title: &str) -> Vec<Entry> {
    let input = context.world.input;
    let mut all = general(context, title);
    all.extend(input.brokers.iter().filter_map(|broker| about_broker(context, broker)));
    all.extend(input.stack.apps.iter().filter_map(|app| about_app(context, app)));
    let kinds = || {
        input.brokers.iter().flat_map(|broker| broker.broker.description().kinds.iter().map(move |kind| (broker, kind)))
    };
    all.extend(
        kinds().filter(|(_, rules)| has_page(rules)).flat_map(|(broker, rules)| objects(context, broker, rules)),
    );
    all.extend(kinds().filter_map(|(broker, rules)| about_list(context, broker, rules)));
    all.extend(
        kinds().filter(|(_, rules)| !has_page(rules)).flat_map(|(broker, rules)| objects(context, broker, rules)),
    );
    all
}

/// Where it is from the folder of the language; nothing for what this stack does not have.
fn path(context: &Context<'_>, id: &PageId) -> Option<String> {
    let place = context.registry.find(id)?;
    let fragment = place.fragment.as_ref().map(|fragment| format!("#{fragment}")).unwrap_or_default();
    Some(format!("{}{fragment}", place.path))
}

fn general(context: &Context<'_>, title: &str) -> Vec<Entry> {
    let SiteInput { report, stack, .. } = context.world.input;
    let say = |key: &str| context.words.say(key);
    let page = |id: &PageId, name: &str, headings: &[&str], text: String| {
        Some(Entry {
            title: say(name),
            kind: say("search_page"),
            path: path(context, id)?,
            headings: headings.iter().map(|key| say(key)).collect(),
            text,
        })
    };
    let checks =
        report.map(|report| report.checks.iter().map(|check| context.words.doc(&check.name)).collect::<Vec<_>>());
    [
        page(&PageId::Overview, "overview", &["whole_stack", "brokers", "apps", "ports", "status"], title.to_owned()),
        page(
            &PageId::Run,
            "last_run",
            &["checks", "steps", "unmanaged", "notes"],
            checks.unwrap_or_default().join(" · "),
        ),
        page(
            &PageId::Apps,
            "apps",
            &[],
            format!("{} · {}", context.words.count("apps", stack.apps.len()), say("apps_about")),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

fn about_broker(context: &Context<'_>, broker: &BrokerInput<'_>) -> Option<Entry> {
    let about = broker.broker.description();
    let ports = about.ports.iter().filter(|port| (port.when)(broker.model));
    let numbers =
        |name: &str| broker.facts.ports.get(name).into_iter().flatten().map(ToString::to_string).collect::<Vec<_>>();
    let ports =
        ports.map(|port| format!("{} {} {}", port.name, numbers(port.name).join(" "), context.words.doc(port.doc)));
    Some(Entry {
        title: broker.model.name.clone(),
        kind: context.words.say("broker"),
        path: path(context, &PageId::Broker(broker.model.name.clone()))?,
        headings: ["ports", "environment", "config"]
            .map(|key| context.words.say(key))
            .into_iter()
            .chain([about.title.to_owned()])
            .collect(),
        text: format!("{} {} · {}", about.title, broker.model.version, ports.collect::<Vec<_>>().join(" · ")),
    })
}

fn about_app(context: &Context<'_>, app: &App) -> Option<Entry> {
    Some(Entry {
        title: visible(&app.name),
        kind: context.words.say("app"),
        path: path(context, &PageId::App(app.name.clone()))?,
        headings: app.group.iter().chain(&app.user).map(|name| visible(name)).collect(),
        text: app.description.clone().unwrap_or_default(),
    })
}

fn about_list(context: &Context<'_>, broker: &BrokerInput<'_>, rules: &KindRules) -> Option<Entry> {
    let name = &broker.model.name;
    let explained: Vec<String> = rules.attributes.iter().map(|rule| context.words.doc(rule.doc)).collect();
    Some(Entry {
        title: context.words.doc(rules.plural),
        kind: context.words.say("search_list"),
        path: path(context, &PageId::Kind { broker: name.clone(), kind: rules.kind.to_owned() })?,
        headings: rules
            .attributes
            .iter()
            .map(|rule| rule.name.to_owned())
            .chain([rules.kind.to_owned(), rules.plural.to_owned()])
            .collect(),
        text: format!("{name} · {}", explained.join(" ")),
    })
}

fn objects<'a>(
    context: &'a Context<'_>,
    broker: &'a BrokerInput<'_>,
    rules: &'a KindRules,
) -> impl Iterator<Item = Entry> + 'a {
    let kind = context.words.doc(rules.kind);
    broker.of_kind(rules.kind).filter_map(move |resource| object(context, resource, &kind))
}

fn object(context: &Context<'_>, resource: &Resource, kind: &str) -> Option<Entry> {
    let address = &resource.address;
    // A value that is a list or a secret helps nobody to find anything.
    let short = |value: &Value| match value {
        Value::Text(text) if text.len() <= LONGEST => format!(" {}", context.value(value)),
        Value::Number(_) => format!(" {}", context.value(value)),
        _ => String::new(),
    };
    let attributes = resource.attributes.iter().map(|(name, value)| format!("{}{}", visible(name), short(value)));
    let parts = [address.broker.clone()]
        .into_iter()
        .chain(address.vhost.as_ref().map(|vhost| visible(vhost)))
        .chain(resource.description.as_ref().map(|text| context.words.doc(text)))
        .chain(roles(context, address))
        .chain(attributes);
    Some(Entry {
        title: visible(&address.name),
        kind: kind.to_owned(),
        path: path(context, &PageId::Object(address.clone()))?,
        headings: Vec::new(),
        text: parts.collect::<Vec<_>>().join(" · "),
    })
}

/// `dead letter`, for a queue that has some and for the exchange that gets them.
fn roles(context: &Context<'_>, address: &Address) -> impl Iterator<Item = String> {
    let end = End::Object(address.clone());
    let arrows = context.world.leaving(&end).chain(context.world.reaching(&end));
    let styles: BTreeSet<Style> = arrows.map(|arrow| arrow.style).collect();
    let inside = styles.into_iter().filter(|style| !matches!(style, Style::Produce | Style::Consume));
    inside.map(|style| context.words.say(&format!("how_{}", style.name()))).collect::<Vec<_>>().into_iter()
}
