//! Interactive figures on the reader's own objects. What a reader without a script sees, a list of steps and a table,
//! is made here; the script computes the same again for every other input.

mod ack;
mod data;
mod group;
mod key;
mod lifetime;
mod nearby;
mod offsets;
mod pattern;
mod queue_topic;
mod route;
mod scenarios;
mod scenes;
mod selection;

use std::collections::BTreeMap;

use serde::Serialize;

use super::BrokerInput;
use super::model::Words;
use crate::model::{Address, App, Resource};

/// Every figure, as a page names it.
pub(crate) const NAMES: &[&str] = &[
    "route",
    "topic-pattern",
    "key-partition",
    "group-assignment",
    "offsets",
    "queue-lifetime",
    "ack",
    "queue-selection",
    "queue-topic",
    "replication",
    "segments",
    "replica",
    "roles",
    "redelivery",
    "subscription",
    "message-types",
    "queue-types",
    "stomp",
    "protocols",
    "settings",
    "cluster",
];

/// What a figure is made from.
pub(crate) struct FigureInput<'a> {
    /// The reader's broker with its topology.
    pub broker: &'a BrokerInput<'a>,
    pub apps: &'a [App],
    /// The page's `your.…`: names and numbers.
    pub values: &'a BTreeMap<String, serde_json::Value>,
}

/// One figure, as its template reads it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Figure {
    pub name: String,
    pub title: String,
    pub about: String,
    /// For the script: JSON that may stand in a `<script>` as it is.
    pub data: String,
    /// What happens with the input that the figure begins with.
    pub steps: Vec<String>,
    pub table: Option<FigureTable>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct FigureTable {
    pub caption: String,
    pub head: Vec<String>,
    /// The first cell of a row is its heading.
    pub rows: Vec<Vec<String>>,
}

/// The figure of this name; `None` where there is no such figure, or the broker has nothing that it could show.
pub(crate) fn figure(name: &str, input: &FigureInput<'_>, words: &Words) -> Option<Figure> {
    let make = match name {
        "route" => route::route,
        "topic-pattern" => pattern::topic_pattern,
        "key-partition" => key::key_partition,
        "group-assignment" => group::group_assignment,
        "offsets" => offsets::offsets,
        "queue-lifetime" => lifetime::queue_lifetime,
        "ack" => ack::ack,
        "queue-selection" => selection::queue_selection,
        "queue-topic" => queue_topic::queue_topic,
        "replication" => scenes::replication,
        "segments" => scenes::segments,
        "replica" => scenes::replica,
        "roles" => scenes::roles,
        "redelivery" => scenes::redelivery,
        "subscription" => scenes::subscription,
        "message-types" => scenes::message_types,
        "queue-types" => scenes::queue_types,
        "stomp" => scenes::stomp,
        "protocols" => scenes::protocols,
        "settings" => scenes::settings,
        "cluster" => scenes::cluster,
        _ => return None,
    };
    make(input, words)
}

impl FigureInput<'_> {
    fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            serde_json::Value::String(text) => Some(text.clone()),
            serde_json::Value::Number(number) => Some(number.to_string()),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<u32> {
        self.text(name)?.parse().ok()
    }

    /// The page's object of this kind, if the broker has it: its name is in the value of the kind's name.
    fn object(&self, kind: &str) -> Option<&Resource> {
        let name = self.text(kind)?;
        self.broker.of_kind(kind).find(|resource| resource.address.name == name)
    }

    /// The topology in an order of its own, so that the order of a file means nothing.
    fn sorted(&self) -> Vec<Resource> {
        let mut all = self.broker.topology.clone();
        all.sort_by(|one, two| one.address.cmp(&two.address));
        all
    }

    /// The app that writes to an object, and with which routing key.
    fn written(&self, address: &Address) -> Option<&str> {
        let flows = self.apps.iter().flat_map(|app| &app.produces);
        flows.filter(|flow| flow.address == *address).find_map(|flow| flow.routing_key.as_deref())
    }
}

#[cfg(test)]
mod tests;
