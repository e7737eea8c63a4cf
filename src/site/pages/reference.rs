//! What can be said about a kind of broker, to look up: objects, attributes, ports, what this stack sets.

use serde::Serialize;
use serde_json::Value as Json;

use super::frame::{Frame, frame};
use super::parts::{Context, Link, Piece};
use crate::brokers::Description;
use crate::model::Value;
use crate::site::BrokerInput;
use crate::site::model::PageId;
use crate::site::text::visible;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ReferencePage {
    pub page: Frame,
    pub broker_version: String,
    pub keys: Vec<KeyRow>,
    pub kinds: Vec<KindView>,
    pub ports: Vec<PortView>,
    pub lints: Vec<NamedText>,
    pub growth: Vec<Piece>,
}

/// A configuration key that the stack sets.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct KeyRow {
    pub key: String,
    pub at: Link,
    pub value: String,
    /// The broker's own; empty where it has none.
    pub default: String,
    pub doc: Vec<Piece>,
    /// How many objects more set the key, behind the last one that is shown.
    pub more: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct KindView {
    pub title: String,
    pub rows: Vec<NamedText>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PortView {
    pub name: &'static str,
    pub number: u16,
    pub doc: Vec<Piece>,
    pub is_open: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct NamedText {
    pub name: String,
    pub text: Vec<Piece>,
}

pub(crate) fn reference_page(context: &Context<'_>, broker: &BrokerInput<'_>, prefix: &str) -> ReferencePage {
    let description = broker.broker.description();
    let words = context.words;
    let named = |name: &str, text: &str| NamedText { name: name.to_owned(), text: context.doc(text) };
    let kinds = description.kinds.iter().map(|rules| KindView {
        title: words.doc(rules.plural),
        rows: rules.attributes.iter().map(|attribute| named(attribute.name, attribute.doc)).collect(),
    });
    let ports = description.ports.iter().map(|port| PortView {
        name: port.name,
        number: port.number,
        doc: context.doc(port.doc),
        is_open: (port.when)(broker.model),
    });
    ReferencePage {
        page: frame(
            context,
            &context.words.fill("reference_of", &[("broker", description.title)]),
            &[(PageId::Learn, context.words.say("learn"))],
            prefix,
        ),
        broker_version: broker.facts.version.clone(),
        keys: keys(context, broker),
        kinds: kinds.filter(|kind| !kind.rows.is_empty()).collect(),
        ports: ports.collect(),
        lints: description.lints.iter().map(|(code, why)| named(code, why)).collect(),
        growth: context.doc(description.growth),
    }
}

/// How many objects are shown with a key: the page must not grow with the stack.
const MOST_OF_A_KEY: usize = 20;

/// Settings in the broker's own words are below these; those of a policy are in one map.
const OWN_WORDS: [&str; 3] = ["config.", "arguments.", "attributes."];
const DEFINITION: &str = "definition";

/// All keys of all brokers of this kind, with what is known of each.
fn keys(context: &Context<'_>, first: &BrokerInput<'_>) -> Vec<KeyRow> {
    let kind = first.model.kind;
    let mut rows = Vec::new();
    for broker in context.world.input.brokers.iter().filter(|broker| broker.model.kind == kind) {
        let known = Known::of(broker);
        let own = context.page(&PageId::Broker(broker.model.name.clone()), broker.model.name.clone());
        rows.extend(broker.model.config.iter().map(|(key, value)| known.row(context, key, value, "", own.clone())));
        for resource in &broker.topology {
            let rules = known.about.kinds.iter().find(|rules| rules.kind == resource.address.kind);
            for (name, value) in &resource.attributes {
                let explained = rules.and_then(|rules| rules.attribute(name)).map_or("", |rule| rule.doc);
                let set = settings(known.about, name, value).into_iter();
                rows.extend(
                    set.map(|(key, value)| {
                        known.row(context, key, value, explained, context.object(&resource.address))
                    }),
                );
            }
        }
    }
    rows.sort_by(|one, two| (&one.key, &one.at.text).cmp(&(&two.key, &two.at.text)));
    let by_key = rows.chunk_by(|one, two| one.key == two.key);
    by_key.flat_map(|rows| bounded(context, rows)).collect()
}

/// The keys that an attribute stands for, if any.
fn settings<'a>(about: &Description, name: &'a str, value: &'a Value) -> Vec<(&'a str, &'a Value)> {
    if let (DEFINITION, Value::Map(map)) = (name, value) {
        return map.iter().map(|(key, value)| (key.as_str(), value)).collect();
    }
    let own = OWN_WORDS.iter().find_map(|prefix| name.strip_prefix(prefix));
    own.or_else(|| about.meaning(name).map(|_| name)).map(|key| (key, value)).into_iter().collect()
}

fn bounded(context: &Context<'_>, rows: &[KeyRow]) -> Vec<KeyRow> {
    let mut shown = rows[..rows.len().min(MOST_OF_A_KEY)].to_vec();
    if let Some(last) = shown.last_mut()
        && rows.len() > MOST_OF_A_KEY
    {
        last.more = context.words.count("reference_keys_more", rows.len() - MOST_OF_A_KEY);
    }
    shown
}

/// What a live broker of this version said about its keys, and what else is known of them.
struct Known {
    about: &'static Description,
    recorded: Json,
}

impl Known {
    fn of(broker: &BrokerInput<'_>) -> Self {
        let about = broker.broker.description();
        let versions = about.catalogue.versions;
        let wanted = &broker.model.version;
        let version = versions.iter().find(|version| version.number == wanted).or_else(|| versions.first());
        let recorded = version.and_then(|version| serde_json::from_str(version.config_keys).ok()).unwrap_or_default();
        Self { about, recorded }
    }

    /// `explained` is what the rules say of the attribute that the key is.
    fn row(&self, context: &Context<'_>, key: &str, value: &Value, explained: &str, at: Link) -> KeyRow {
        let sections = self.recorded.as_object().into_iter().flatten().filter_map(|(_, section)| section.get(key));
        let found = sections.into_iter().find(|found| found.is_object());
        let text = |name: &str| match found.and_then(|found| found.get(name)) {
            Some(Json::String(text)) => visible(text),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let (default, doc) = match self.about.meaning(key) {
            Some(meaning) if meaning.doc.is_empty() => (meaning.default.to_owned(), context.doc(explained)),
            Some(meaning) => (meaning.default.to_owned(), context.doc(meaning.doc)),
            None => (text("default"), context.doc(&text("doc"))),
        };
        KeyRow { key: visible(key), at, value: context.value(value), default, doc, more: String::new() }
    }
}
