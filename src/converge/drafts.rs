//! Random stacks, all of them valid: small pools of names, so that two of them have much in common and differ in
//! everything that can differ.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

/// With what a terminal, a URL, a regular expression or an address could take amiss.
const EXCHANGES: &[&str] = &["mail", "audit log", "a/b%", "to→q?#"];
const QUEUES: &[&str] = &["mail.eu", "q (2)", "x→y", "mail", "<b>ü</b>"];
const KEYS: &[&str] = &["", "eu.#", "a→b?c"];
const POLICIES: &[&str] = &["first", "second one"];
const PATTERNS: &[&str] = &["^mail", ".*", "^q"];
const USERS: &[&str] = &["mailer", "o'brien@example"];
const TOPICS: &[&str] = &["orders", "orders.dead", "payments", "x-1"];

/// What a file could say.
#[derive(Clone, Debug)]
pub(super) struct Draft {
    pub(super) topics: BTreeMap<usize, TopicDraft>,
    pub(super) root: Inside,
    /// In a virtual host of its own.
    pub(super) other: Option<Inside>,
    pub(super) users: BTreeMap<usize, UserDraft>,
}

#[derive(Clone, Debug)]
pub(super) struct TopicDraft {
    pub(super) partitions: u32,
    retention: Option<u32>,
    compact: bool,
    replace: bool,
}

/// A virtual host.
#[derive(Clone, Debug, Default)]
pub(super) struct Inside {
    pub(super) exchanges: BTreeMap<usize, ExchangeDraft>,
    pub(super) queues: BTreeMap<usize, QueueDraft>,
    /// Exchange to exchange.
    links: Vec<(usize, usize)>,
    pub(super) policies: BTreeMap<usize, PolicyDraft>,
    operator_policies: BTreeMap<usize, PolicyDraft>,
    limit: Option<u32>,
}

#[derive(Clone, Debug)]
pub(super) struct ExchangeDraft {
    kind: usize,
    durable: bool,
    pub(super) auto_delete: bool,
    alternate: Option<usize>,
    replace: bool,
}

#[derive(Clone, Debug)]
pub(super) struct QueueDraft {
    kind: usize,
    durable: bool,
    ttl: Option<u32>,
    dead_letter: Option<usize>,
    priorities: Option<u32>,
    replace: bool,
    bindings: Vec<(usize, usize, bool)>,
}

#[derive(Clone, Debug)]
pub(super) struct PolicyDraft {
    pattern: usize,
    apply_to: usize,
    priority: i32,
    limit: u32,
}

#[derive(Clone, Debug)]
pub(super) struct UserDraft {
    password: u32,
    monitoring: bool,
    read: usize,
    limit: Option<u32>,
}

pub(super) fn drafts() -> impl Strategy<Value = Draft> {
    let topics = btree_map(0..TOPICS.len(), topics(), 0..4);
    (topics, insides(), option::of(insides()), btree_map(0..USERS.len(), users(), 0..2))
        .prop_map(|(topics, root, other, users)| Draft { topics, root, other, users })
}

fn topics() -> impl Strategy<Value = TopicDraft> {
    (1_u32..4, option::of(1_u32..3), any::<bool>(), any::<bool>())
        .prop_map(|(partitions, retention, compact, replace)| TopicDraft { partitions, retention, compact, replace })
}

fn insides() -> impl Strategy<Value = Inside> {
    (
        btree_map(0..EXCHANGES.len(), exchanges(), 0..4),
        btree_map(0..QUEUES.len(), queues(), 0..4),
        vec((0_usize..8, 0_usize..8), 0..3),
        policies(),
        btree_map(0..POLICIES.len(), policy(), 0..2),
        option::of(1_u32..3),
    )
        .prop_map(|(exchanges, queues, links, policies, operator_policies, limit)| Inside {
            exchanges,
            queues,
            links,
            policies,
            operator_policies,
            limit,
        })
}

fn exchanges() -> impl Strategy<Value = ExchangeDraft> {
    (0_usize..4, any::<bool>(), prop::bool::weighted(0.3), option::weighted(0.2, 0_usize..8), any::<bool>()).prop_map(
        |(kind, durable, auto_delete, alternate, replace)| ExchangeDraft {
            kind,
            durable,
            auto_delete,
            alternate,
            replace,
        },
    )
}

fn queues() -> impl Strategy<Value = QueueDraft> {
    (
        0_usize..3,
        any::<bool>(),
        option::of(1_u32..3),
        option::weighted(0.3, 0_usize..8),
        option::weighted(0.3, 1_u32..3),
        any::<bool>(),
        vec((0_usize..8, 0..KEYS.len(), prop::bool::weighted(0.3)), 0..3),
    )
        .prop_map(|(kind, durable, ttl, dead_letter, priorities, replace, bindings)| QueueDraft {
            kind,
            durable,
            ttl,
            dead_letter,
            priorities,
            replace,
            bindings,
        })
}

pub(super) fn policies() -> impl Strategy<Value = BTreeMap<usize, PolicyDraft>> {
    btree_map(0..POLICIES.len(), policy(), 0..3)
}

fn policy() -> impl Strategy<Value = PolicyDraft> {
    (0..PATTERNS.len(), 0_usize..4, -1_i32..3, 1_u32..3).prop_map(|(pattern, apply_to, priority, limit)| PolicyDraft {
        pattern,
        apply_to,
        priority,
        limit,
    })
}

fn users() -> impl Strategy<Value = UserDraft> {
    (1_u32..3, any::<bool>(), 0..PATTERNS.len(), option::of(1_u32..3))
        .prop_map(|(password, monitoring, read, limit)| UserDraft { password, monitoring, read, limit })
}

/// A piece of YAML.
#[derive(Clone, Debug)]
enum Doc {
    Map(Vec<(String, Doc)>),
    List(Vec<Doc>),
    /// As it is written.
    Bare(String),
}

fn text(text: &str) -> Doc {
    Doc::Bare(serde_json::Value::from(text).to_string())
}

fn bare(value: &impl ToString) -> Doc {
    Doc::Bare(value.to_string())
}

fn map<'a>(entries: impl IntoIterator<Item = (&'a str, Doc)>) -> Doc {
    Doc::Map(entries.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
}

impl Draft {
    /// The file, its entries in an order that the seed decides; 0 is the plain one.
    pub(super) fn yaml(&self, seed: u64) -> String {
        let mut out = String::new();
        let mut dice = Dice(seed);
        write(&self.doc(), 0, &mut dice, &mut out);
        out
    }

    fn doc(&self) -> Doc {
        let topics = self.topics.iter().map(|(index, topic)| (TOPICS[*index], topic.doc()));
        let events = map([("kind", text("kafka")), ("version", text("4.3")), ("topics", map(topics))]);
        let mut jobs = vec![("kind", text("rabbitmq")), ("version", text("4.0"))];
        jobs.extend(self.root.entries(true));
        if let Some(other) = &self.other {
            let mut entries = other.entries(false);
            entries.extend(other.limit.map(|limit| ("limits", map([("max-queues", bare(&limit))]))));
            jobs.push(("vhosts", map([("other side", map(entries))])));
        }
        let users = self.users.iter().map(|(index, user)| (USERS[*index], self.user(user)));
        jobs.push(("users", map(users)));
        map([("stack", text("lab")), ("brokers", map([("events", events), ("jobs", map(jobs))]))])
    }

    fn user(&self, user: &UserDraft) -> Doc {
        let permission = || {
            let pattern = text(PATTERNS[user.read]);
            map([("configure", text("")), ("write", text("")), ("read", pattern)])
        };
        let mut permissions = vec![("/", permission())];
        permissions.extend(self.other.as_ref().map(|_| ("other side", permission())));
        let mut entries =
            vec![("password", text(&format!("password-{}", user.password))), ("permissions", map(permissions))];
        if user.monitoring {
            entries.push(("tags", Doc::List(vec![text("monitoring"), text("a label")])));
        }
        if let Some(exchange) = self.root.exchanges.keys().next() {
            let keys = map([("write", text("^a")), ("read", text(PATTERNS[user.read]))]);
            entries.push(("topic_permissions", map([("/", map([(EXCHANGES[*exchange], keys)]))])));
        }
        entries.extend(user.limit.map(|limit| ("limits", map([("max-connections", bare(&limit))]))));
        map(entries)
    }
}

impl TopicDraft {
    fn doc(&self) -> Doc {
        let mut config = vec![("cleanup.policy", text(if self.compact { "compact" } else { "delete" }))];
        config.extend(self.retention.map(|days| ("retention.ms", text(&format!("{days}d")))));
        let mut entries = vec![("partitions", bare(&self.partitions)), ("config", map(config))];
        entries.extend(self.replace.then(|| ("on_change", text("replace"))));
        map(entries)
    }
}

impl Inside {
    /// A declared exchange, or one of the broker's own.
    fn exchange(&self, pick: usize) -> &'static str {
        let own = std::iter::once("amq.topic");
        let names: Vec<&str> = self.exchanges.keys().map(|index| EXCHANGES[*index]).chain(own).collect();
        names[pick % names.len()]
    }

    fn entries(&self, root: bool) -> Vec<(&'static str, Doc)> {
        let exchanges = self.exchanges.iter().map(|(index, one)| (EXCHANGES[*index], self.exchange_doc(one)));
        let queues = self.queues.iter().map(|(index, one)| (QUEUES[*index], self.queue_doc(one)));
        let policies = |all: &BTreeMap<usize, PolicyDraft>, key| {
            map(all.iter().map(|(index, one)| (POLICIES[*index], one.doc(key))))
        };
        let links = self.links.iter().filter(|_| !self.exchanges.is_empty()).map(|(from, to)| {
            let to = *self.exchanges.keys().nth(to % self.exchanges.len()).unwrap_or(&0);
            map([
                ("source", text(self.exchange(*from))),
                ("destination", text(EXCHANGES[to])),
                ("destination_type", text("exchange")),
                ("routing_key", text(if root { "k" } else { "" })),
            ])
        });
        vec![
            ("exchanges", map(exchanges)),
            ("queues", map(queues)),
            ("bindings", Doc::List(links.collect())),
            ("policies", policies(&self.policies, "max-length")),
            ("operator_policies", policies(&self.operator_policies, "expires")),
        ]
    }

    fn exchange_doc(&self, one: &ExchangeDraft) -> Doc {
        let mut entries = vec![
            ("type", text(["direct", "fanout", "topic", "headers"][one.kind])),
            ("durable", bare(&one.durable)),
            ("auto_delete", bare(&one.auto_delete)),
        ];
        entries.extend(one.alternate.map(|pick| ("alternate_exchange", text(self.exchange(pick)))));
        entries.extend(one.replace.then(|| ("on_change", text("replace"))));
        map(entries)
    }

    fn queue_doc(&self, one: &QueueDraft) -> Doc {
        let kind = ["classic", "quorum", "stream"][one.kind];
        let mut entries = vec![("type", text(kind))];
        if kind == "classic" {
            entries.push(("durable", bare(&one.durable)));
            entries.extend(one.priorities.map(|most| ("arguments", map([("x-max-priority", bare(&most))]))));
        }
        if kind != "stream" {
            entries.extend(one.ttl.map(|minutes| ("message_ttl", text(&format!("{minutes}m")))));
            let target = one.dead_letter.map(|pick| map([("exchange", text(self.exchange(pick)))]));
            entries.extend(target.map(|target| ("dead_letter", target)));
        }
        entries.extend(one.replace.then(|| ("on_change", text("replace"))));
        let bindings = one.bindings.iter().map(|(exchange, key, arguments)| {
            let mut binding = vec![("exchange", text(self.exchange(*exchange))), ("routing_key", text(KEYS[*key]))];
            if *arguments {
                binding.push(("arguments", map([("x-match", text("any")), ("n", bare(&1))])));
            }
            map(binding)
        });
        entries.push(("bindings", Doc::List(bindings.collect())));
        map(entries)
    }
}

impl PolicyDraft {
    fn doc(&self, key: &str) -> Doc {
        let apply_to = ["all", "queues", "classic_queues", "quorum_queues"][self.apply_to];
        map([
            ("pattern", text(PATTERNS[self.pattern])),
            ("apply_to", text(apply_to)),
            ("priority", bare(&self.priority)),
            ("definition", map([(key, bare(&self.limit))])),
        ])
    }
}

/// Always the same numbers for the same seed.
struct Dice(u64);

impl Dice {
    fn shuffle<T>(&mut self, items: &mut [T]) {
        if self.0 == 0 {
            return;
        }
        for index in (1..items.len()).rev() {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let pick = (self.0 >> 33) % (index as u64 + 1);
            items.swap(index, usize::try_from(pick).unwrap());
        }
    }
}

/// Flow style with a line for each entry, so that every object has a place of its own.
fn write(doc: &Doc, depth: usize, dice: &mut Dice, out: &mut String) {
    let inner = "  ".repeat(depth + 1);
    let outer = "  ".repeat(depth);
    match doc {
        Doc::Bare(text) => out.push_str(text),
        Doc::Map(entries) => {
            let mut order: Vec<usize> = (0..entries.len()).collect();
            dice.shuffle(&mut order);
            out.push_str("{\n");
            for index in order {
                let (key, value) = &entries[index];
                let _ = write!(out, "{inner}{}: ", serde_json::Value::from(key.as_str()));
                write_inner(value, depth, dice, out);
            }
            let _ = write!(out, "{outer}}}");
        }
        Doc::List(items) => {
            let mut order: Vec<usize> = (0..items.len()).collect();
            dice.shuffle(&mut order);
            out.push_str("[\n");
            for index in order {
                out.push_str(&inner);
                write_inner(&items[index], depth, dice, out);
            }
            let _ = write!(out, "{outer}]");
        }
    }
}

fn write_inner(doc: &Doc, depth: usize, dice: &mut Dice, out: &mut String) {
    write(doc, depth + 1, dice, out);
    out.push_str(",\n");
}
