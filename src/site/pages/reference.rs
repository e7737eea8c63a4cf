//! What can be said about a kind of broker, to look up: objects, attributes, ports, what this stack sets.

use serde::Serialize;
use serde_json::Value as Json;

use super::frame::{Frame, frame};
use super::parts::{Context, Link};
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
    pub growth: String,
}

/// A configuration key that the stack sets.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct KeyRow {
    pub key: String,
    pub at: Link,
    pub value: String,
    /// The broker's own, where it says.
    pub default: String,
    pub doc: String,
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
    pub doc: String,
    pub is_open: bool,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct NamedText {
    pub name: String,
    pub text: String,
}

pub(crate) fn reference_page(context: &Context<'_>, broker: &BrokerInput<'_>, prefix: &str) -> ReferencePage {
    let description = broker.broker.description();
    let words = context.words;
    let named = |name: &str, text: &str| NamedText { name: name.to_owned(), text: words.doc(text) };
    let kinds = description.kinds.iter().map(|rules| KindView {
        title: words.doc(rules.plural),
        rows: rules.attributes.iter().map(|attribute| named(attribute.name, attribute.doc)).collect(),
    });
    let ports = description.ports.iter().map(|port| PortView {
        name: port.name,
        number: port.number,
        doc: words.doc(port.doc),
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
        growth: words.doc(description.growth),
    }
}

/// All keys of all brokers of this kind, with what the recorded broker says about each.
fn keys(context: &Context<'_>, first: &BrokerInput<'_>) -> Vec<KeyRow> {
    let kind = first.model.kind;
    let mut rows = Vec::new();
    for broker in context.world.input.brokers.iter().filter(|broker| broker.model.kind == kind) {
        let known = Known::of(broker);
        let own = context.page(&PageId::Broker(broker.model.name.clone()), broker.model.name.clone());
        rows.extend(broker.model.config.iter().map(|(key, value)| known.row(key, context.value(value), own.clone())));
        for resource in &broker.topology {
            let at = || context.object(&resource.address);
            let set = |(name, value): (&String, &crate::model::Value)| {
                let key = name.strip_prefix("config.").or_else(|| name.strip_prefix("definition."))?;
                Some(known.row(key, context.value(value), at()))
            };
            rows.extend(resource.attributes.iter().filter_map(set));
        }
    }
    rows.sort_by(|one, two| (&one.key, &one.at.text).cmp(&(&two.key, &two.at.text)));
    rows
}

/// What a live broker of this version said about its keys.
struct Known(Json);

impl Known {
    fn of(broker: &BrokerInput<'_>) -> Self {
        let versions = broker.broker.description().catalogue.versions;
        let wanted = &broker.model.version;
        let version = versions.iter().find(|version| version.number == wanted).or_else(|| versions.first());
        Self(version.and_then(|version| serde_json::from_str(version.config_keys).ok()).unwrap_or_default())
    }

    fn row(&self, key: &str, value: String, at: Link) -> KeyRow {
        let sections = self.0.as_object().into_iter().flatten().filter_map(|(_, section)| section.get(key));
        let found = sections.into_iter().find(|found| found.is_object());
        let text = |name: &str| match found.and_then(|found| found.get(name)) {
            Some(Json::String(text)) => visible(text),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        KeyRow { key: visible(key), at, value, default: text("default"), doc: text("doc") }
    }
}
