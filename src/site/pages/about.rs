//! What made the site, from what, and what it cannot know.

use serde::Serialize;

use super::frame::{Frame, frame};
use super::parts::{Context, Link};
use crate::site::model::PageId;
use crate::site::text::visible;

/// The keys of the sentences about what is not known here.
const UNKNOWN: [&str; 4] =
    ["about_unknown_messages", "about_unknown_apps", "about_unknown_since", "about_unknown_client"];

#[derive(Clone, Debug, Serialize)]
pub(crate) struct AboutPage {
    pub page: Frame,
    /// The stack's files.
    pub files: Vec<String>,
    /// What runs, with the version that it says of itself.
    pub brokers: Vec<BrokerLine>,
    pub unknown: Vec<String>,
    pub verification: Link,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct BrokerLine {
    pub broker: Link,
    pub title: &'static str,
    pub version: String,
}

pub(crate) fn about_page(context: &Context<'_>, prefix: &str) -> AboutPage {
    let words = context.words;
    let input = context.world.input;
    let mut files: Vec<String> =
        input.brokers.iter().flat_map(|broker| &broker.model.files).map(|file| visible(file)).collect();
    files.sort();
    files.dedup();
    AboutPage {
        page: frame(context, &words.say("about"), &[], prefix),
        files,
        brokers: input
            .brokers
            .iter()
            .map(|broker| BrokerLine {
                broker: context.page(&PageId::Broker(broker.model.name.clone()), broker.model.name.clone()),
                title: broker.broker.description().title,
                version: broker.facts.version.clone(),
            })
            .collect(),
        unknown: UNKNOWN.map(|key| words.say(key)).into(),
        verification: context.page(&PageId::Verification, words.say("verification")),
    }
}
