//! A RabbitMQ broker's part of the spec as types, with the place of everything.
//!
//! Tolerant: what does not fit its shape was reported before and reads as absent.

use std::collections::BTreeMap;

use super::effective::{Target, applies_to};
use super::{pattern, units};
use crate::model::{BrokerModel, OnChange, Secret, Value};
use crate::spec::{Entry, Node, NodeValue, Position};

/// The virtual host of everything that is written directly under the broker.
pub(super) const ROOT: &str = "/";

/// Everything under the broker.
pub(super) struct Body<'a> {
    pub(super) plugins: Vec<Named<'a>>,
    pub(super) users: Vec<User<'a>>,
    /// `/` first, then in the order of the file.
    pub(super) vhosts: Vec<Vhost<'a>>,
}

/// A name and where it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    pub(super) name: &'a str,
    pub(super) at: Position,
}

pub(super) struct User<'a> {
    pub(super) name: Named<'a>,
    pub(super) password: Option<Secret>,
    pub(super) tags: Option<Vec<&'a str>>,
    pub(super) permissions: Vec<Permission<'a>>,
    pub(super) topic_permissions: Vec<TopicPermission<'a>>,
    pub(super) limits: Vec<(Named<'a>, i64)>,
    pub(super) description: Option<&'a str>,
}

pub(super) struct Permission<'a> {
    pub(super) vhost: Named<'a>,
    pub(super) configure: Pattern<'a>,
    pub(super) write: Pattern<'a>,
    pub(super) read: Pattern<'a>,
}

pub(super) struct TopicPermission<'a> {
    pub(super) vhost: Named<'a>,
    pub(super) exchange: Named<'a>,
    pub(super) write: Pattern<'a>,
    pub(super) read: Pattern<'a>,
}

/// A regular expression, empty where none was written.
pub(super) type Pattern<'a> = Named<'a>;

pub(super) struct Vhost<'a> {
    pub(super) name: Named<'a>,
    /// Written as an entry of `vhosts`, with something about the virtual host itself.
    pub(super) declared: bool,
    pub(super) description: Option<&'a str>,
    pub(super) tags: Option<Vec<&'a str>>,
    pub(super) default_queue_type: Option<&'a str>,
    pub(super) limits: Vec<(Named<'a>, i64)>,
    pub(super) exchanges: Vec<Exchange<'a>>,
    pub(super) queues: Vec<Queue<'a>>,
    pub(super) bindings: Vec<Binding<'a>>,
    pub(super) policies: Vec<Policy<'a>>,
    pub(super) operator_policies: Vec<Policy<'a>>,
    /// Where a list or text stands instead of exchanges or queues, which was reported; or nothing at all.
    pub(super) no_exchanges: Option<Position>,
    pub(super) no_queues: Option<Position>,
    /// Positions in `exchanges` and `queues` by name: a large spec refers to them thousands of times.
    exchange_index: BTreeMap<&'a str, usize>,
    queue_index: BTreeMap<&'a str, usize>,
}

pub(super) struct Exchange<'a> {
    pub(super) name: Named<'a>,
    pub(super) kind: Named<'a>,
    pub(super) durable: bool,
    pub(super) auto_delete: bool,
    pub(super) internal: bool,
    pub(super) alternate: Option<Named<'a>>,
    /// The alternate exchange is not among them.
    pub(super) arguments: Vec<Argument<'a>>,
    pub(super) common: Common<'a>,
}

pub(super) struct Queue<'a> {
    pub(super) name: Named<'a>,
    pub(super) kind: Named<'a>,
    pub(super) durable: Flag,
    pub(super) auto_delete: Flag,
    pub(super) exclusive: Flag,
    /// Settings that go to the queue's own policy, by policy key.
    pub(super) sugar: Vec<Sugar>,
    pub(super) dead_letter: Option<Named<'a>>,
    pub(super) arguments: Vec<Argument<'a>>,
    pub(super) common: Common<'a>,
}

/// A boolean and where it was written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Flag {
    pub(super) value: bool,
    pub(super) at: Position,
}

/// A setting of a queue that a policy can hold.
#[derive(Clone, Debug)]
pub(super) struct Sugar {
    /// As in a policy's definition: `message-ttl`.
    pub(super) key: &'static str,
    /// As in the spec: `message_ttl`.
    pub(super) field: &'static str,
    pub(super) value: Value,
    pub(super) at: Position,
}

pub(super) struct Argument<'a> {
    pub(super) key: Named<'a>,
    pub(super) value: Value,
}

/// What exchanges and queues share.
pub(super) struct Common<'a> {
    pub(super) description: Option<&'a str>,
    pub(super) on_change: OnChange,
    /// Of the fields, for the plan: field and place.
    pub(super) fields: BTreeMap<&'a str, Position>,
}

pub(super) struct Binding<'a> {
    pub(super) at: Position,
    pub(super) source: Named<'a>,
    pub(super) destination: Named<'a>,
    pub(super) to_exchange: bool,
    pub(super) key: &'a str,
    pub(super) key_at: Option<Position>,
    pub(super) arguments: BTreeMap<String, Value>,
}

pub(super) struct Policy<'a> {
    pub(super) name: Named<'a>,
    pub(super) pattern: Named<'a>,
    /// The pattern compiled, or why it does not compile.
    pub(super) compiled: Result<pattern::Pattern, String>,
    pub(super) apply_to: &'a str,
    pub(super) priority: i64,
    pub(super) has_definition: bool,
    pub(super) definition: Vec<Argument<'a>>,
    pub(super) description: Option<&'a str>,
}

impl<'a> Body<'a> {
    pub(super) fn read(broker: &'a BrokerModel) -> Self {
        let body = &broker.body;
        let on_change = on_change(body).unwrap_or_default();
        let mut root = Vhost::read(Named { name: ROOT, at: body.at }, body, false, on_change);
        let mut others = Vec::new();
        for entry in body.entries_of("vhosts") {
            let vhost = Vhost::read(key(entry), &entry.value, true, on_change);
            if entry.key == ROOT { root.absorb(vhost) } else { others.push(vhost) }
        }
        let mut vhosts = vec![root];
        vhosts.append(&mut others);
        for vhost in &mut vhosts {
            vhost.index();
        }
        Self {
            plugins: names(body.items_of("plugins")),
            users: body.entries_of("users").iter().map(User::read).collect(),
            vhosts,
        }
    }

    pub(super) fn vhost(&self, name: &str) -> Option<&Vhost<'a>> {
        self.vhosts.iter().find(|vhost| vhost.name.name == name)
    }
}

impl<'a> Vhost<'a> {
    fn read(name: Named<'a>, node: &'a Node, declared: bool, on_change: OnChange) -> Self {
        let own = |key: &str| node.get(key).filter(|_| declared);
        let default_queue_type = own("default_queue_type").and_then(Node::as_text);
        let nothing =
            |key: &str| node.get(key).filter(|child| matches!(child.value, NodeValue::Null)).map(|child| child.at);
        let mut bindings: Vec<Binding<'a>> = node.items_of("bindings").iter().filter_map(Binding::read).collect();
        for queue in node.entries_of("queues") {
            bindings.extend(queue.value.items_of("bindings").iter().filter_map(|item| Binding::of_queue(queue, item)));
        }
        Self {
            declared: declared
                && (name.name != ROOT
                    || ["description", "tags", "default_queue_type"].iter().any(|key| own(key).is_some())),
            description: own("description").and_then(Node::as_text),
            tags: own("tags").map(|tags| texts(tags.items())),
            default_queue_type,
            limits: own("limits").map(limits).unwrap_or_default(),
            exchanges: node.entries_of("exchanges").iter().map(|entry| Exchange::read(entry, on_change)).collect(),
            queues: node
                .entries_of("queues")
                .iter()
                .map(|entry| Queue::read(entry, default_queue_type.unwrap_or("classic"), on_change))
                .collect(),
            bindings,
            policies: node.entries_of("policies").iter().map(Policy::read).collect(),
            operator_policies: node.entries_of("operator_policies").iter().map(Policy::read).collect(),
            no_exchanges: nothing("exchanges"),
            no_queues: nothing("queues"),
            exchange_index: BTreeMap::new(),
            queue_index: BTreeMap::new(),
            name,
        }
    }

    /// Takes over what `vhosts: { /: … }` says, besides what is directly under the broker.
    fn absorb(&mut self, other: Self) {
        self.name = other.name;
        self.declared = other.declared;
        self.description = other.description;
        self.tags = other.tags;
        self.default_queue_type = other.default_queue_type;
        self.limits = other.limits;
        self.exchanges.extend(other.exchanges);
        self.queues.extend(other.queues);
        self.bindings.extend(other.bindings);
        self.policies.extend(other.policies);
        self.operator_policies.extend(other.operator_policies);
        self.no_exchanges = self.no_exchanges.or(other.no_exchanges);
        self.no_queues = self.no_queues.or(other.no_queues);
    }

    /// The first of a name wins; a second one is reported.
    fn index(&mut self) {
        for (position, exchange) in self.exchanges.iter().enumerate() {
            self.exchange_index.entry(exchange.name.name).or_insert(position);
        }
        for (position, queue) in self.queues.iter().enumerate() {
            self.queue_index.entry(queue.name.name).or_insert(position);
        }
    }

    pub(super) fn exchange(&self, name: &str) -> Option<&Exchange<'a>> {
        self.exchange_index.get(name).and_then(|position| self.exchanges.get(*position))
    }

    pub(super) fn queue(&self, name: &str) -> Option<&Queue<'a>> {
        self.queue_index.get(name).and_then(|position| self.queues.get(*position))
    }
}

impl<'a> User<'a> {
    fn read(entry: &'a Entry) -> Self {
        let node = &entry.value;
        let permissions = node.entries_of("permissions").iter().map(|entry| Permission {
            vhost: key(entry),
            configure: pattern(entry, "configure"),
            write: pattern(entry, "write"),
            read: pattern(entry, "read"),
        });
        let topic_permissions = node.entries_of("topic_permissions").iter().flat_map(|vhost| {
            vhost.value.entries().iter().map(|entry| TopicPermission {
                vhost: key(vhost),
                exchange: key(entry),
                write: pattern(entry, "write"),
                read: pattern(entry, "read"),
            })
        });
        Self {
            name: key(entry),
            password: node.secret_of("password"),
            tags: node.get("tags").map(|tags| texts(tags.items())),
            permissions: permissions.collect(),
            topic_permissions: topic_permissions.collect(),
            limits: node.get("limits").map(limits).unwrap_or_default(),
            description: node.text_of("description"),
        }
    }
}

impl<'a> Exchange<'a> {
    fn read(entry: &'a Entry, inherited: OnChange) -> Self {
        let node = &entry.value;
        Self {
            name: key(entry),
            kind: named(node, "type").unwrap_or(Named { name: "direct", at: entry.at }),
            durable: node.bool_of("durable").unwrap_or(true),
            auto_delete: node.bool_of("auto_delete").unwrap_or(false),
            internal: node.bool_of("internal").unwrap_or(false),
            alternate: named(node, "alternate_exchange"),
            arguments: arguments(node, "arguments"),
            common: Common::read(node, inherited),
        }
    }
}

impl<'a> Queue<'a> {
    fn read(entry: &'a Entry, default_type: &'a str, inherited: OnChange) -> Self {
        let node = &entry.value;
        let flag = |name: &str, default| Flag {
            value: node.bool_of(name).unwrap_or(default),
            at: node.get(name).map_or(entry.at, |found| found.at),
        };
        Self {
            name: key(entry),
            kind: named(node, "type").unwrap_or(Named { name: default_type, at: entry.at }),
            durable: flag("durable", true),
            auto_delete: flag("auto_delete", false),
            exclusive: flag("exclusive", false),
            sugar: sugar(node),
            dead_letter: node.get("dead_letter").and_then(|target| named(target, "exchange")),
            arguments: arguments(node, "arguments"),
            common: Common::read(node, inherited),
        }
    }

    /// The value of an argument, if it is among the queue's.
    pub(super) fn argument(&self, name: &str) -> Option<&Argument<'a>> {
        self.arguments.iter().find(|argument| argument.key.name == name)
    }
}

impl<'a> Common<'a> {
    fn read(node: &'a Node, inherited: OnChange) -> Self {
        Self {
            description: node.text_of("description"),
            on_change: on_change(node).unwrap_or(inherited),
            fields: node.entries().iter().map(|entry| (entry.key.as_str(), entry.at)).collect(),
        }
    }
}

impl<'a> Binding<'a> {
    fn read(node: &'a Node) -> Option<Self> {
        let to_exchange = node.text_of("destination_type") == Some("exchange");
        Some(Self::with(node, named(node, "source")?, named(node, "destination")?, to_exchange))
    }

    fn of_queue(queue: &'a Entry, node: &'a Node) -> Option<Self> {
        Some(Self::with(node, named(node, "exchange")?, key(queue), false))
    }

    fn with(node: &'a Node, source: Named<'a>, destination: Named<'a>, to_exchange: bool) -> Self {
        Self {
            at: node.at,
            source,
            destination,
            to_exchange,
            key: node.text_of("routing_key").unwrap_or_default(),
            key_at: node.get("routing_key").map(|found| found.at),
            arguments: node
                .entries_of("arguments")
                .iter()
                .map(|entry| (entry.key.clone(), entry.value.to_value()))
                .collect(),
        }
    }
}

impl<'a> Policy<'a> {
    fn read(entry: &'a Entry) -> Self {
        let node = &entry.value;
        let pattern = named(node, "pattern").unwrap_or(Named { name: "", at: entry.at });
        Self {
            name: key(entry),
            pattern,
            compiled: pattern::Pattern::new(pattern.name),
            apply_to: node.text_of("apply_to").unwrap_or("all"),
            priority: node.int_of("priority").unwrap_or(0),
            has_definition: node.get("definition").is_some(),
            definition: arguments(node, "definition"),
            description: node.text_of("description"),
        }
    }

    /// Whether it is for such an object of this name.
    pub(super) fn covers(&self, name: &str, target: Target<'_>) -> bool {
        applies_to(self.apply_to, target) && self.compiled.as_ref().is_ok_and(|pattern| pattern.matches(name))
    }
}

/// A queue's settings for its own policy, in the order of the keys.
fn sugar(node: &Node) -> Vec<Sugar> {
    type Reader = fn(&Node) -> Option<Value>;
    const COUNT: Reader = |node| node.as_int().map(Value::from);
    const TEXT: Reader = |node| node.as_text().map(Value::from);
    const TIME: Reader = |node| units::duration_of(node).map(Value::from);
    const BYTES: Reader = |node| units::size_of(node).map(Value::from);
    const FIELDS: &[(&str, &str, Reader)] = &[
        ("delivery_limit", "delivery-limit", COUNT),
        ("expires", "expires", TIME),
        ("max_length", "max-length", COUNT),
        ("max_length_bytes", "max-length-bytes", BYTES),
        ("message_ttl", "message-ttl", TIME),
        ("overflow", "overflow", TEXT),
    ];
    const DEAD_LETTER: &[(&str, &str)] =
        &[("exchange", "dead-letter-exchange"), ("routing_key", "dead-letter-routing-key")];
    let mut found = Vec::new();
    for &(field, key, read) in FIELDS {
        let Some(child) = node.get(field) else { continue };
        found.extend(read(child).map(|value| Sugar { key, field, value, at: child.at }));
    }
    for &(field, key) in DEAD_LETTER {
        let Some(child) = node.get("dead_letter").and_then(|target| target.get(field)) else { continue };
        found.extend(TEXT(child).map(|value| Sugar { key, field: "dead_letter", value, at: child.at }));
    }
    found.sort_by_key(|setting| setting.key);
    found
}

/// Arguments or a policy's definition; `7d` and `1MiB` are understood on keys that mean time or bytes.
fn arguments<'a>(node: &'a Node, field: &str) -> Vec<Argument<'a>> {
    let entries = node.entries_of(field).iter();
    entries.map(|entry| Argument { key: key(entry), value: units::argument_of(&entry.key, &entry.value) }).collect()
}

fn limits(node: &Node) -> Vec<(Named<'_>, i64)> {
    node.entries().iter().filter_map(|entry| Some((key(entry), entry.value.as_int()?))).collect()
}

fn on_change(node: &Node) -> Option<OnChange> {
    match node.text_of("on_change")? {
        "replace" => Some(OnChange::Replace),
        "refuse" => Some(OnChange::Refuse),
        _ => None,
    }
}

fn pattern<'a>(entry: &'a Entry, field: &str) -> Pattern<'a> {
    named(&entry.value, field).unwrap_or(Named { name: "", at: entry.at })
}

fn key(entry: &Entry) -> Named<'_> {
    Named { name: &entry.key, at: entry.at }
}

fn named<'a>(node: &'a Node, field: &str) -> Option<Named<'a>> {
    let child = node.get(field)?;
    Some(Named { name: child.as_text()?, at: child.at })
}

fn names(items: &[Node]) -> Vec<Named<'_>> {
    items.iter().filter_map(|item| Some(Named { name: item.as_text()?, at: item.at })).collect()
}

fn texts(items: &[Node]) -> Vec<&str> {
    items.iter().filter_map(Node::as_text).collect()
}
