//! How an object looks in a picture: by the noun of its kind, which several brokers share.

use super::diagram::{Look, Node};
use super::model::{End, PageId, Registry, Words, World};
use super::text::visible;
use crate::model::{Resource, Value};

/// Makes nodes for the pictures of one page.
pub(crate) struct Grammar<'a> {
    pub world: &'a World<'a>,
    pub registry: &'a Registry,
    pub words: &'a Words,
    pub page: &'a PageId,
    /// Whether captions name the broker: only where a picture shows more than one.
    pub brokers: bool,
}

impl Grammar<'_> {
    pub(crate) fn node(&self, end: &End) -> Node {
        let mut node = match end {
            End::App(name) => self.app(name),
            End::Object(address) => match self.world.object(address) {
                Some((_, resource)) => self.object(resource),
                None => Node { caption: self.words.say("builtin"), ..plain(&address.name, &address.kind) },
            },
        };
        node.key = key(end);
        node.href = match end {
            End::App(name) => self.registry.link(self.page, &PageId::App(name.clone())).ok(),
            End::Object(address) => self.registry.link_object(self.page, address),
        };
        node.focus = match (self.page, end) {
            (PageId::App(page), End::App(name)) => page == name,
            (PageId::Object(page), End::Object(address)) => page == address,
            _ => false,
        };
        node
    }

    fn app(&self, name: &str) -> Node {
        let app = self.world.input.stack.apps.iter().find(|app| app.name == name);
        let instances = app.map_or(1, |app| app.instances.0);
        let caption = match instances {
            1 => self.words.say("app"),
            many => self.words.count("instances", many as usize),
        };
        Node { look: Look::App, caption, ..plain(name, "") }
    }

    fn object(&self, resource: &Resource) -> Node {
        let text = |name: &str| resource.attribute(name).and_then(Value::as_text);
        let flag = |name: &str| resource.attribute(name).and_then(Value::as_bool);
        let mut badges = Vec::new();
        let (look, caption) = match resource.address.kind.as_str() {
            "exchange" => {
                let kind = text("type").unwrap_or("direct");
                if flag("internal") == Some(true) {
                    badges.push("I".to_owned());
                }
                (Look::Exchange(letter(kind)), visible(kind))
            }
            "queue" => (Look::Queue, text("type").map_or_else(|| self.words.doc("queue"), visible)),
            // An address hands its messages to queues, each to one of them or to all.
            "address" => {
                let routing = text("routing");
                let caption = routing.map_or_else(|| self.words.doc("address"), visible);
                (Look::Exchange(letter(routing.unwrap_or("address"))), caption)
            }
            "composite" => (Look::Exchange('C'), self.words.doc("composite")),
            "topic" => {
                // What a topic is split into, by each broker's own name.
                let names = [("partitions", "partitions"), ("read_queues", "queues")];
                let lanes = names.into_iter().find_map(|(attribute, name)| {
                    let count = resource.attribute(attribute)?.as_i64().and_then(|count| u32::try_from(count).ok())?;
                    Some((name, count))
                });
                match lanes {
                    Some((name, count)) => (Look::Topic(count), self.words.count(name, count as usize)),
                    None => (Look::Topic(0), self.words.say("topic")),
                }
            }
            kind => (Look::Plain, self.words.doc(kind)),
        };
        if flag("durable") == Some(true) {
            badges.push("D".to_owned());
        }
        if flag("auto_delete") == Some(true) {
            badges.push("AD".to_owned());
        }
        let broker = if self.brokers { format!(" · {}", resource.address.broker) } else { String::new() };
        Node { look, caption: format!("{caption}{broker}"), badges, ..plain(&resource.address.name, "") }
    }
}

/// A stable text for one end.
pub(crate) fn key(end: &End) -> String {
    match end {
        End::App(name) => format!("app:{name}"),
        End::Object(address) => address.to_string(),
    }
}

fn plain(name: &str, caption: &str) -> Node {
    Node {
        key: String::new(),
        label: visible(name),
        caption: caption.to_owned(),
        badges: Vec::new(),
        look: Look::Plain,
        href: None,
        focus: false,
    }
}

/// The letter on an exchange: its type's first.
fn letter(kind: &str) -> char {
    kind.trim_start_matches("x-").chars().next().unwrap_or('?').to_ascii_uppercase()
}
