//! The list of all objects of one kind on one broker. Kinds without pages of their own are explained here.

use std::ops::Range;

use serde::Serialize;

use super::frame::{Frame, frame};
use super::parts::{AttributeRow, CallView, Context, Link, Piece, call, place};
use crate::model::{KindRules, Resource};
use crate::site::BrokerInput;
use crate::site::model::{End, PageId, has_page, list_parts};
use crate::site::text::visible;

/// Lists longer than this show no calls: each object has them where it is explained.
const CALLS: usize = 60;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ListPage {
    pub page: Frame,
    pub plural: String,
    pub kind: &'static str,
    pub broker: Link,
    pub broker_title: &'static str,
    pub rows: Vec<ListRow>,
    /// Each row leads to a page.
    pub pages: bool,
    pub vhosts: bool,
    /// Of a list on several pages, all of them.
    pub parts: Vec<Part>,
    /// Which rows are here, and of how many.
    pub range: String,
    pub meanings: Vec<Meaning>,
}

/// One page of a long list.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Part {
    pub number: usize,
    /// Its first object.
    pub from: Link,
    pub is_this: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ListRow {
    pub id: String,
    pub object: Link,
    pub vhost: String,
    pub description: String,
    pub attributes: Vec<AttributeRow>,
    /// What of it stands in one line.
    pub ways_in: usize,
    pub ways_out: usize,
    pub origin: String,
    pub calls: Vec<CallView>,
}

/// What an attribute of the kind means.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Meaning {
    pub name: &'static str,
    pub doc: Vec<Piece>,
}

pub(crate) fn list_page(
    context: &Context<'_>,
    broker: &BrokerInput<'_>,
    rules: &'static KindRules,
    prefix: &str,
) -> ListPage {
    let all: Vec<&Resource> = broker.of_kind(rules.kind).collect();
    let name = broker.model.name.clone();
    let pieces = list_parts(&name, rules.kind, all.len());
    let here = pieces.iter().find(|(id, _)| id == context.page).map_or(0..all.len(), |(_, rows)| rows.clone());
    let range = [("from", here.start + 1), ("to", here.end), ("n", all.len())].map(|(key, n)| (key, n.to_string()));
    let range = context.words.fill("list_range", &range.each_ref().map(|(key, n)| (*key, n.as_str())));
    let is_first = here.start == 0;
    let members = &all[here];
    let used = |rule: &&crate::model::AttributeRule| {
        let stem = rule.name.trim_end_matches('*');
        members.iter().any(|member| member.attributes.keys().any(|key| key.starts_with(stem)))
    };
    let meanings =
        rules.attributes.iter().filter(used).map(|rule| Meaning { name: rule.name, doc: context.doc(rule.doc) });
    let plural = context.words.doc(rules.plural);
    let calls = !has_page(rules) && all.len() <= CALLS;
    let part = |(at, (id, rows)): (usize, &(PageId, Range<usize>))| Part {
        number: at + 1,
        from: context.page(id, visible(&all[rows.start].address.name)),
        is_this: id == context.page,
    };
    let mut above = vec![(PageId::Broker(name.clone()), name.clone())];
    if !is_first {
        above.push((PageId::list(&name, rules.kind, 1), plural.clone()));
    }
    ListPage {
        page: frame(context, &if is_first { plural.clone() } else { format!("{plural} {range}") }, &above, prefix),
        parts: if pieces.len() > 1 { pieces.iter().enumerate().map(part).collect() } else { Vec::new() },
        range,
        plural,
        kind: rules.kind,
        broker: context.page(&PageId::Broker(name.clone()), name),
        broker_title: broker.broker.description().title,
        rows: members.iter().map(|member| row(context, broker, rules, member, calls)).collect(),
        pages: has_page(rules),
        vhosts: members.iter().any(|member| member.address.vhost.is_some()),
        meanings: meanings.collect(),
    }
}

fn row(
    context: &Context<'_>,
    broker: &BrokerInput<'_>,
    rules: &'static KindRules,
    resource: &Resource,
    calls: bool,
) -> ListRow {
    let end = End::Object(resource.address.clone());
    let object = context.object(&resource.address);
    // A row without a page is its own target; a link to itself would be noise.
    let own = object.href.as_deref().and_then(|href| href.split_once('#')).map(|(_, id)| id.to_owned());
    let lesson = broker.broker.lesson();
    ListRow {
        object: Link { href: object.href.filter(|_| own.is_none()), ..object },
        id: own.unwrap_or_default(),
        vhost: resource.address.vhost_name().to_owned(),
        description: resource.description.as_deref().map(|text| context.words.doc(text)).unwrap_or_default(),
        attributes: context.attributes(Some(rules), resource),
        ways_in: context.world.reaching(&end).count(),
        ways_out: context.world.leaving(&end).count(),
        origin: place(resource.origin.as_ref()),
        calls: if calls { lesson.calls(resource, &broker.facts).iter().map(call).collect() } else { Vec::new() },
    }
}
