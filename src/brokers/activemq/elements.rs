//! What stands in the configuration file for each composite, policy and authorization entry.

use std::collections::BTreeMap;

use super::destination::{Destination, DestinationType};
use super::kinds::{AUTHORIZATION, COMPOSITE, POLICY};
use super::read::RIGHTS;
use super::units::plain;
use super::xml::Element;
use crate::model::{Resource, Value};

/// The broker refuses to start with less: the message would be there again before it was taken away.
pub(super) const LEAST_REDELIVERY_DELAY: i64 = 1_000;

/// The elements of one object, as the site shows them.
pub(super) fn of(resource: &Resource) -> Vec<Element> {
    let Some(destination) = Destination::parse(&resource.address.name) else { return Vec::new() };
    match resource.address.kind.as_str() {
        COMPOSITE => vec![composite(destination, resource)],
        POLICY => {
            let redelivery = resource.attribute("max_redeliveries").map(|_| redelivery(destination, resource));
            [policy(destination, &resource.attributes)].into_iter().chain(redelivery).collect()
        }
        AUTHORIZATION => vec![authorization(destination, resource)],
        _ => Vec::new(),
    }
}

pub(super) fn composite(destination: Destination<'_>, resource: &Resource) -> Element {
    let name = match destination.kind {
        DestinationType::Queue => "compositeQueue",
        DestinationType::Topic => "compositeTopic",
    };
    let forward_only = resource.attribute("forward_only").and_then(Value::as_bool).unwrap_or(true);
    let targets = resource.attribute("forward_to").and_then(Value::as_list).unwrap_or_default();
    Element::new(name)
        .with("name", destination.name)
        .with("forwardOnly", forward_only.to_string())
        .holding([wrapped("forwardTo", targets.iter().filter_map(target))])
}

fn target(value: &Value) -> Option<Element> {
    let field = |name: &str| value.as_map().and_then(|map| map.get(name)).and_then(Value::as_text);
    let to = Destination::parse(value.as_text().or_else(|| field("to"))?)?;
    Some(match field("selector") {
        Some(selector) => Element::new("filteredDestination").with(to.kind.noun(), to.name).with("selector", selector),
        None => physical(to),
    })
}

pub(super) fn policy(destination: Destination<'_>, attributes: &BTreeMap<String, Value>) -> Element {
    let config = attributes.iter().filter_map(|(name, value)| Some((name.strip_prefix("config.")?, value)));
    let entry = Element::new("policyEntry").with(destination.kind.noun(), destination.name);
    let entry = config.fold(entry, |entry, (key, value)| entry.with(key.to_owned(), plain(value)));
    entry.holding(dead_letter_strategy(attributes))
}

fn dead_letter_strategy(attributes: &BTreeMap<String, Value>) -> Option<Element> {
    let queue = attributes.get("dead_letter").and_then(Value::as_text);
    let switches = [("process_expired", "processExpired"), ("process_non_persistent", "processNonPersistent")];
    let switches: Vec<(&'static str, String)> =
        switches.iter().filter_map(|(name, native)| Some((*native, plain(attributes.get(*name)?)))).collect();
    if queue.is_none() && switches.is_empty() {
        return None;
    }
    let strategy = Element::new("sharedDeadLetterStrategy");
    let strategy = switches.into_iter().fold(strategy, |strategy, (name, value)| strategy.with(name, value));
    let queue = queue.map(|queue| wrapped("deadLetterQueue", [physical(Destination::queue(queue))]));
    Some(wrapped("deadLetterStrategy", [strategy.holding(queue)]))
}

/// How often the broker itself gives out again what a client gave up.
pub(super) fn redelivery(destination: Destination<'_>, policy: &Resource) -> Element {
    let of = |name: &str| policy.attribute(name).and_then(Value::as_i64);
    let delay = of("redelivery_delay").unwrap_or(LEAST_REDELIVERY_DELAY).to_string();
    Element::new("redeliveryPolicy")
        .with(destination.kind.noun(), destination.name)
        .with("maximumRedeliveries", of("max_redeliveries").unwrap_or(0).to_string())
        .with("initialRedeliveryDelay", delay.clone())
        .with("redeliveryDelay", delay)
}

pub(super) fn authorization(destination: Destination<'_>, resource: &Resource) -> Element {
    let groups = |right: &str| {
        let groups = resource.attribute(right).and_then(Value::as_list).unwrap_or_default();
        groups.iter().filter_map(Value::as_text).collect::<Vec<_>>().join(",")
    };
    authorized(destination, |right| groups(right))
}

/// An entry with the groups of each right.
pub(super) fn authorized(destination: Destination<'_>, groups: impl Fn(&str) -> String) -> Element {
    let entry = Element::new("authorizationEntry").with(destination.kind.noun(), destination.name);
    RIGHTS.iter().fold(entry, |entry, right| entry.with(*right, groups(right)))
}

fn physical(destination: Destination<'_>) -> Element {
    Element::new(destination.kind.noun()).with("physicalName", destination.name)
}

pub(super) fn wrapped(name: &'static str, children: impl IntoIterator<Item = Element>) -> Element {
    Element::new(name).holding(children)
}
