//! An ActiveMQ broker's part of the spec as types, with the place of everything.
//!
//! Tolerant: what does not fit its shape was reported before and reads as absent.

use super::destination::{Destination, DestinationType};
use crate::model::{BrokerModel, Secret, Value};
use crate::spec::{Entry, Node, Position, units};

/// Everything under the broker.
pub(super) struct Body<'a> {
    /// Queues, then topics, each in the order of the file.
    pub(super) destinations: Vec<Declared<'a>>,
    pub(super) composites: Vec<Composite<'a>>,
    pub(super) policies: Vec<Policy<'a>>,
    pub(super) users: Vec<User<'a>>,
    pub(super) authorizations: Vec<Authorization<'a>>,
}

/// A text and where it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) at: Position,
}

/// An entry of `queues` or `topics`.
pub(super) struct Declared<'a> {
    pub(super) destination: Destination<'a>,
    pub(super) at: Position,
    pub(super) description: Option<&'a str>,
    pub(super) policy: Option<Settings<'a>>,
}

pub(super) struct Composite<'a> {
    /// As written: `queue/all`.
    pub(super) name: Named<'a>,
    pub(super) description: Option<&'a str>,
    pub(super) forward_to: Vec<Forward<'a>>,
    /// Where the list was written.
    pub(super) forward_to_at: Position,
    pub(super) forward_only: bool,
    pub(super) forward_only_at: Option<Position>,
}

/// One target of a composite.
#[derive(Clone, Copy, Debug)]
pub(super) struct Forward<'a> {
    pub(super) to: Named<'a>,
    pub(super) selector: Option<Named<'a>>,
}

pub(super) struct Policy<'a> {
    /// As written: `queue/invoices.>`.
    pub(super) name: Named<'a>,
    pub(super) settings: Settings<'a>,
}

/// What a policy says, in the spec's words.
#[derive(Clone, Debug)]
pub(super) struct Settings<'a> {
    /// The typed ones, by field.
    pub(super) fields: Vec<(&'static str, Setting)>,
    pub(super) config: Vec<(Named<'a>, Setting)>,
}

/// A value and where it was written.
#[derive(Clone, Debug)]
pub(super) struct Setting {
    pub(super) value: Value,
    pub(super) at: Position,
}

pub(super) struct User<'a> {
    pub(super) name: Named<'a>,
    pub(super) description: Option<&'a str>,
    pub(super) password: Option<Secret>,
    pub(super) password_at: Position,
    pub(super) groups: Vec<Named<'a>>,
}

pub(super) struct Authorization<'a> {
    /// As written: `queue/invoices.>`.
    pub(super) name: Named<'a>,
    /// Groups by what they may do, in the order of [`RIGHTS`].
    pub(super) groups: [Vec<Named<'a>>; 3],
}

/// What a group may do with a destination.
pub(super) const RIGHTS: [&str; 3] = ["read", "write", "admin"];
/// The place of `write` among them.
pub(super) const WRITE: usize = 1;
/// The place of `read` among them.
pub(super) const READ: usize = 0;

impl<'a> Body<'a> {
    pub(super) fn read(broker: &'a BrokerModel) -> Self {
        let body = &broker.body;
        let declared = |key, kind| body.entries_of(key).iter().map(move |entry| Declared::read(kind, entry));
        Self {
            destinations: declared("queues", DestinationType::Queue)
                .chain(declared("topics", DestinationType::Topic))
                .collect(),
            composites: body.entries_of("composites").iter().map(Composite::read).collect(),
            policies: body.entries_of("policies").iter().map(Policy::read).collect(),
            users: body.entries_of("users").iter().map(User::read).collect(),
            authorizations: body.entries_of("authorization").iter().map(Authorization::read).collect(),
        }
    }

    /// All policies: those of patterns, then those that stand with their queue or topic.
    pub(super) fn all_policies(&self) -> impl Iterator<Item = (Destination<'a>, &Settings<'a>)> {
        let patterns = self.policies.iter();
        let patterns = patterns.filter_map(|policy| Some((Destination::parse(policy.name.name)?, &policy.settings)));
        patterns.chain(self.own_policies())
    }

    /// Those that stand with their queue or topic.
    pub(super) fn own_policies(&self) -> impl Iterator<Item = (Destination<'a>, &Settings<'a>)> {
        self.destinations.iter().filter_map(|one| Some((one.destination, one.policy.as_ref()?)))
    }
}

impl<'a> Declared<'a> {
    fn read(kind: DestinationType, entry: &'a Entry) -> Self {
        Self {
            destination: Destination { kind, name: &entry.key },
            at: entry.at,
            description: entry.value.text_of("description"),
            policy: entry.value.get("policy").map(Settings::read),
        }
    }
}

impl<'a> Composite<'a> {
    fn read(entry: &'a Entry) -> Self {
        let node = &entry.value;
        Self {
            name: key(entry),
            description: node.text_of("description"),
            forward_to: node.items_of("forward_to").iter().filter_map(Forward::read).collect(),
            forward_to_at: node.get("forward_to").map_or(entry.at, |list| list.at),
            forward_only: node.bool_of("forward_only").unwrap_or(true),
            forward_only_at: node.get("forward_only").map(|flag| flag.at),
        }
    }

    pub(super) fn destination(&self) -> Option<Destination<'a>> {
        Destination::parse(self.name.name)
    }
}

impl<'a> Forward<'a> {
    fn read(node: &'a Node) -> Option<Self> {
        match node.as_text() {
            Some(name) => Some(Self { to: Named { name, at: node.at }, selector: None }),
            None => Some(Self { to: text(node, "to")?, selector: text(node, "selector") }),
        }
    }
}

impl<'a> Policy<'a> {
    fn read(entry: &'a Entry) -> Self {
        Self { name: key(entry), settings: Settings::read(&entry.value) }
    }
}

/// The typed fields of a policy, and how each is read.
type Reader = fn(&Node) -> Option<Value>;
const FIELDS: &[(&str, Reader)] = &[
    ("dead_letter", |node| node.as_text().map(Value::from)),
    ("max_redeliveries", |node| node.as_int().map(Value::from)),
    ("redelivery_delay", |node| units::duration_of(node).map(Value::from)),
    ("process_expired", |node| node.as_bool().map(Value::from)),
    ("process_non_persistent", |node| node.as_bool().map(Value::from)),
];

impl<'a> Settings<'a> {
    fn read(node: &'a Node) -> Self {
        let field = |(name, read): &(&'static str, Reader)| {
            let found = node.get(name)?;
            Some((*name, Setting { value: read(found)?, at: found.at }))
        };
        let setting = |entry: &'a Entry| (key(entry), Setting { value: entry.value.to_value(), at: entry.value.at });
        Self {
            fields: FIELDS.iter().filter_map(field).collect(),
            config: node.entries_of("config").iter().map(setting).collect(),
        }
    }

    pub(super) fn field(&self, name: &str) -> Option<&Setting> {
        self.fields.iter().find(|(field, _)| *field == name).map(|(_, setting)| setting)
    }

    /// The queue for what is given up.
    pub(super) fn dead_letter(&self) -> Option<(&str, Position)> {
        let setting = self.field("dead_letter")?;
        Some((setting.value.as_text()?, setting.at))
    }
}

impl<'a> User<'a> {
    fn read(entry: &'a Entry) -> Self {
        let node = &entry.value;
        Self {
            name: key(entry),
            description: node.text_of("description"),
            password: node.secret_of("password"),
            password_at: node.get("password").map_or(entry.at, |password| password.at),
            groups: names(node, "groups"),
        }
    }
}

impl<'a> Authorization<'a> {
    fn read(entry: &'a Entry) -> Self {
        Self { name: key(entry), groups: RIGHTS.map(|right| names(&entry.value, right)) }
    }
}

fn key(entry: &Entry) -> Named<'_> {
    Named { name: &entry.key, at: entry.at }
}

fn text<'a>(node: &'a Node, key: &str) -> Option<Named<'a>> {
    let found = node.get(key)?;
    Some(Named { name: found.as_text()?, at: found.at })
}

fn names<'a>(node: &'a Node, key: &str) -> Vec<Named<'a>> {
    node.items_of(key).iter().filter_map(|item| Some(Named { name: item.as_text()?, at: item.at })).collect()
}
