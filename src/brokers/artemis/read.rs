//! The broker's body as types, for validation and lowering alike. What does not fit reads as absent: it was reported.

use super::settings;
use super::spec::PERMISSIONS;
use crate::model::{BrokerModel, OnChange, Secret, Value};
use crate::spec::{Entry, Node, Position, units};

/// Everything under the broker that only this kind has.
pub(super) struct Body<'a> {
    pub(super) users: Vec<User<'a>>,
    pub(super) addresses: Vec<Address<'a>>,
    pub(super) address_settings: Vec<AddressSetting<'a>>,
    pub(super) security: Vec<Security<'a>>,
    pub(super) diverts: Vec<Divert<'a>>,
}

/// A text and its place.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) at: Position,
}

pub(super) struct User<'a> {
    pub(super) name: Named<'a>,
    pub(super) description: Option<&'a str>,
    pub(super) password: Option<Secret>,
    pub(super) roles: Vec<Named<'a>>,
}

pub(super) struct Address<'a> {
    pub(super) name: Named<'a>,
    pub(super) description: Option<&'a str>,
    pub(super) routing: Named<'a>,
    pub(super) queues: Vec<Queue<'a>>,
}

pub(super) struct Queue<'a> {
    pub(super) name: Named<'a>,
    pub(super) address: &'a str,
    pub(super) description: Option<&'a str>,
    /// Its own or the address's; `None` where that has two.
    pub(super) routing: Option<Named<'a>>,
    pub(super) filter: Option<Named<'a>>,
    pub(super) durable: bool,
    /// The others that are written, by attribute.
    pub(super) settings: Vec<Setting<'a>>,
    pub(super) on_change: OnChange,
}

/// A field whose value goes into an attribute as it is.
pub(super) struct Setting<'a> {
    pub(super) name: &'a str,
    pub(super) at: Position,
    pub(super) value: Value,
}

pub(super) struct AddressSetting<'a> {
    pub(super) pattern: Named<'a>,
    pub(super) settings: Vec<Setting<'a>>,
}

pub(super) struct Security<'a> {
    pub(super) pattern: Named<'a>,
    /// By permission, only those that are written.
    pub(super) permissions: Vec<(&'static str, Vec<Named<'a>>)>,
}

pub(super) struct Divert<'a> {
    pub(super) name: Named<'a>,
    pub(super) description: Option<&'a str>,
    pub(super) address: Named<'a>,
    pub(super) forward_to: Named<'a>,
    pub(super) exclusive: bool,
    pub(super) filter: Option<Named<'a>>,
    pub(super) routing: &'a str,
    pub(super) on_change: OnChange,
}

/// The fields of a queue that are read one like the other.
const QUEUE_SETTINGS: &[&str] = &[
    "max_consumers",
    "exclusive",
    "last_value_key",
    "ring_size",
    "purge_on_no_consumers",
    "enabled",
    "consumers_before_dispatch",
    "delay_before_dispatch",
    "group_rebalance",
    "group_buckets",
    "group_first_key",
];

impl<'a> Body<'a> {
    pub(super) fn read(broker: &'a BrokerModel) -> Self {
        let body = &broker.body;
        Self {
            users: body.entries_of("users").iter().map(read_user).collect(),
            addresses: body.entries_of("addresses").iter().map(read_address).collect(),
            address_settings: body.entries_of("address_settings").iter().map(read_address_setting).collect(),
            security: body.entries_of("security").iter().map(read_security).collect(),
            diverts: body.entries_of("diverts").iter().filter_map(read_divert).collect(),
        }
    }

    pub(super) fn queues(&self) -> impl Iterator<Item = &Queue<'a>> {
        self.addresses.iter().flat_map(|address| &address.queues)
    }

    pub(super) fn address(&self, name: &str) -> Option<&Address<'a>> {
        self.addresses.iter().find(|address| address.name.name == name)
    }
}

fn key(entry: &Entry) -> Named<'_> {
    Named { name: &entry.key, at: entry.at }
}

fn named<'a>(node: &'a Node, field: &str) -> Option<Named<'a>> {
    let value = node.get(field)?;
    Some(Named { name: value.as_text()?, at: value.at })
}

fn names<'a>(node: &'a Node, field: &str) -> Vec<Named<'a>> {
    let items = node.items_of(field).iter();
    items.filter_map(|item| Some(Named { name: item.as_text()?, at: item.at })).collect()
}

fn on_change(node: &Node) -> OnChange {
    if node.text_of("on_change") == Some("replace") { OnChange::Replace } else { OnChange::Refuse }
}

fn read_user(entry: &Entry) -> User<'_> {
    let node = &entry.value;
    User {
        name: key(entry),
        description: node.text_of("description"),
        password: node.secret_of("password"),
        roles: names(node, "roles"),
    }
}

fn read_address(entry: &Entry) -> Address<'_> {
    let node = &entry.value;
    let routing = named(node, "routing").unwrap_or(Named { name: "multicast", at: entry.at });
    let mut queues: Vec<Queue<'_>> =
        node.entries_of("queues").iter().map(|queue| read_queue(queue, &entry.key, routing)).collect();
    // Point to point without a queue would keep nothing.
    if node.get("queues").is_none() && routing.name == "anycast" {
        queues.push(Queue {
            name: key(entry),
            address: &entry.key,
            description: node.text_of("description"),
            routing: Some(routing),
            filter: None,
            durable: true,
            settings: Vec::new(),
            on_change: OnChange::Refuse,
        });
    }
    Address { name: key(entry), description: node.text_of("description"), routing, queues }
}

fn read_queue<'a>(entry: &'a Entry, address: &'a str, routing: Named<'a>) -> Queue<'a> {
    let node = &entry.value;
    let settings = QUEUE_SETTINGS.iter().filter_map(|name| {
        let written = node.as_map()?.entry(name)?;
        let value = match *name {
            "delay_before_dispatch" => Value::from(units::duration_of(&written.value)?),
            _ => written.value.to_value(),
        };
        Some(Setting { name: &written.key, at: written.at, value })
    });
    Queue {
        name: key(entry),
        address,
        description: node.text_of("description"),
        routing: named(node, "routing").or((routing.name != "both").then_some(routing)),
        filter: named(node, "filter"),
        durable: node.bool_of("durable").unwrap_or(true),
        settings: settings.collect(),
        on_change: on_change(node),
    }
}

fn read_address_setting(entry: &Entry) -> AddressSetting<'_> {
    let written = entry.value.entries().iter().filter_map(|written| {
        let field = settings::FIELDS.iter().find(|field| field.name == written.key)?;
        Some(Setting { name: &written.key, at: written.at, value: settings::read(field, &written.value)? })
    });
    AddressSetting { pattern: key(entry), settings: written.collect() }
}

fn read_security(entry: &Entry) -> Security<'_> {
    let written = PERMISSIONS.iter().filter(|(name, _)| entry.value.get(name).is_some());
    Security { pattern: key(entry), permissions: written.map(|(name, _)| (*name, names(&entry.value, name))).collect() }
}

fn read_divert(entry: &Entry) -> Option<Divert<'_>> {
    let node = &entry.value;
    Some(Divert {
        name: key(entry),
        description: node.text_of("description"),
        address: named(node, "address")?,
        forward_to: named(node, "forward_to")?,
        exclusive: node.bool_of("exclusive").unwrap_or(false),
        filter: named(node, "filter"),
        routing: node.text_of("routing").unwrap_or("strip"),
        on_change: on_change(node),
    })
}
