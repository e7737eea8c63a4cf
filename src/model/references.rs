//! What an app's `events/orders` points at: the short form resolved, the long form checked.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::percent_decode_str;

use super::build_broker::Found;
use super::{Address, Facts, KindRules};
use crate::spec::{Diagnostics, Node, Position, list, nearest, quote, suggest};

/// Candidates that a message lists before it says how many more there are.
const LISTED: usize = 8;

/// Which way messages go, as the app sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    Produce,
    Consume,
}

/// Everything that the brokers of a stack declare.
pub(super) struct References<'a> {
    brokers: BTreeMap<&'a str, Declared<'a>>,
    /// Also those whose kind is not known: what points at them is not complained about.
    written: &'a [&'a str],
}

/// What one broker declares.
struct Declared<'a> {
    found: &'a Found,
    addresses: BTreeSet<Address>,
    by_name: BTreeMap<String, Vec<Address>>,
}

impl<'a> Declared<'a> {
    fn new(found: &'a Found) -> Self {
        let facts = Facts { version: found.model.version.clone(), ..Facts::default() };
        let resources = found.broker.topology(&found.model, &facts);
        let addresses: BTreeSet<Address> = resources.into_iter().map(|resource| resource.address).collect();
        let mut by_name: BTreeMap<String, Vec<Address>> = BTreeMap::new();
        for address in &addresses {
            by_name.entry(address.name.clone()).or_default().push(address.clone());
        }
        Self { found, addresses, by_name }
    }

    fn named(&self, name: &str) -> &[Address] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }
}

impl<'a> References<'a> {
    pub(super) fn new(brokers: &'a [Found], written: &'a [&'a str]) -> Self {
        let brokers = brokers.iter().map(|found| (found.model.name.as_str(), Declared::new(found))).collect();
        Self { brokers, written }
    }

    pub(super) fn exists(&self, address: &Address) -> bool {
        self.brokers.get(address.broker.as_str()).is_some_and(|declared| {
            let rules = rules(declared.found, &address.kind);
            declared.addresses.contains(address) || rules.is_some_and(|rules| (rules.protected)(address))
        })
    }

    pub(super) fn has_kind(&self, broker: &str, kind: &str) -> bool {
        self.brokers.get(broker).is_some_and(|declared| rules(declared.found, kind).is_some())
    }

    /// The declared names of one kind.
    pub(super) fn names(&self, broker: &str, kind: &str) -> impl Iterator<Item = &str> {
        let addresses = self.brokers.get(broker).map(|declared| &declared.addresses).into_iter().flatten();
        addresses.filter(move |address| address.kind == kind).map(|address| address.name.as_str())
    }

    /// The address that a text means; a diagnostic where it means none.
    pub(super) fn resolve(&self, node: &Node, direction: Direction, diagnostics: &mut Diagnostics) -> Option<Address> {
        let text = node.as_text()?;
        let mut report = |code, text: String, help: String| diagnostics.error(code, node.at, text, help);
        let Some((broker, rest)) = text.split_once('/') else {
            let text = format!("{} is no address", quote(text));
            report("invalid-address", text, self.address_help(node.as_text()?, direction));
            return None;
        };
        let Some(declared) = self.brokers.get(broker) else {
            // The broker is there, but what is wrong with it was said at its own place.
            if !self.written.contains(&broker) {
                let help = suggest(broker, self.written.iter().copied(), &self.brokers_help());
                report("unknown-broker", format!("there is no broker {}", quote(broker)), help);
            }
            return None;
        };
        let target = Target { found: declared.found, declared, direction, at: node.at };
        if rest.contains('/') { target.long(text, diagnostics) } else { target.short(rest, diagnostics) }
    }

    fn brokers_help(&self) -> String {
        match self.written {
            [] => "the stack has none".to_owned(),
            [only] => format!("the stack has {}", quote(only)),
            all => format!("the stack has {}", list(all.iter().copied(), "and")),
        }
    }

    /// For a name without a broker: who declares it.
    fn address_help(&self, name: &str, direction: Direction) -> String {
        let named = self.brokers.values().flat_map(|declared| {
            declared.named(name).iter().filter(|address| direction.allowed(declared.found, &address.kind))
        });
        let candidates: Vec<String> = named.map(Address::to_string).collect();
        if candidates.is_empty() {
            "write `broker/kind/name`, or `broker/name` where that is unique".to_owned()
        } else {
            format!("write {}", listed(&candidates, "or"))
        }
    }
}

/// One reference to one broker.
struct Target<'a> {
    found: &'a Found,
    declared: &'a Declared<'a>,
    direction: Direction,
    at: Position,
}

impl Target<'_> {
    /// `broker/name`
    fn short(&self, name: &str, diagnostics: &mut Diagnostics) -> Option<Address> {
        let name = percent_decode_str(name).decode_utf8_lossy();
        let named = self.declared.named(&name);
        let mut fitting: Vec<Address> = named.iter().filter(|address| self.allowed(address)).cloned().collect();
        if named.is_empty() {
            let own = self.kinds().map(|rules| (rules, Address::new(&self.found.model.name, rules.kind, name.clone())));
            fitting = own.filter(|(rules, address)| (rules.protected)(address)).map(|(_, address)| address).collect();
        }
        let what = || format!("{} declares no {}", quote(&self.found.model.name), quote(&name));
        match fitting.as_slice() {
            [address] => Some(address.clone()),
            [] => {
                match named.first() {
                    Some(address) => self.refuse_direction(address, diagnostics),
                    None => self.unknown(
                        what(),
                        &name,
                        self.declared.addresses.iter().filter(|one| self.allowed(one)),
                        diagnostics,
                    ),
                }
                None
            }
            several => {
                let candidates: Vec<String> = several.iter().map(Address::to_string).collect();
                let text = format!(
                    "{} can mean {} things",
                    quote(&format!("{}/{name}", self.found.model.name)),
                    several.len()
                );
                diagnostics.error("ambiguous-address", self.at, text, format!("write {}", listed(&candidates, "or")));
                None
            }
        }
    }

    /// `broker/kind/name` and `broker/vhost/kind/name`
    fn long(&self, text: &str, diagnostics: &mut Diagnostics) -> Option<Address> {
        let address: Address = match text.parse() {
            Ok(address) => address,
            Err(error) => {
                let help = "a `/` inside a name is written `%2F`".to_owned();
                diagnostics.error("invalid-address", self.at, format!("{error}"), help);
                return None;
            }
        };
        let kinds = self.found.broker.description().kinds;
        let Some(rules) = rules(self.found, &address.kind) else {
            let known: Vec<&str> =
                kinds.iter().filter(|rules| self.direction.of(rules)).map(|rules| rules.kind).collect();
            let text = format!("{} has no kind {}", self.found.broker.description().title, quote(&address.kind));
            let help =
                suggest(&address.kind, known.iter().copied(), &format!("an app names {}", list(known.clone(), "or")));
            diagnostics.error("unknown-kind", self.at, text, help);
            return None;
        };
        if !self.direction.of(rules) {
            self.refuse_direction(&address, diagnostics);
            return None;
        }
        if self.declared.addresses.contains(&address) || (rules.protected)(&address) {
            return Some(address);
        }
        let same_kind = self.declared.addresses.iter().filter(|one| one.kind == address.kind);
        let what = format!("{} is not declared", quote(&address.to_string()));
        self.unknown(what, &address.name, same_kind, diagnostics);
        None
    }

    fn kinds(&self) -> impl Iterator<Item = &'static KindRules> {
        let direction = self.direction;
        self.found.broker.description().kinds.iter().filter(move |rules| direction.of(rules))
    }

    fn allowed(&self, address: &Address) -> bool {
        self.direction.allowed(self.found, &address.kind)
    }

    fn refuse_direction(&self, address: &Address, diagnostics: &mut Diagnostics) {
        let possible = list(self.kinds().map(|rules| rules.kind), "or");
        let (text, help) = match self.direction {
            Direction::Produce => (
                format!("an app cannot produce to {}", quote(&address.to_string())),
                format!("it produces to {possible}"),
            ),
            Direction::Consume => (
                format!("an app cannot consume from {}", quote(&address.to_string())),
                format!("it consumes from {possible}"),
            ),
        };
        diagnostics.error("impossible-flow", self.at, text, help);
    }

    fn unknown<'a>(
        &self,
        text: String,
        name: &str,
        candidates: impl Iterator<Item = &'a Address>,
        diagnostics: &mut Diagnostics,
    ) {
        let candidates: Vec<&Address> = candidates.collect();
        let meant = nearest(name, candidates.iter().map(|address| address.name.as_str()));
        let near: Vec<String> =
            candidates.iter().filter(|one| Some(one.name.as_str()) == meant).map(ToString::to_string).collect();
        let help = match (near.is_empty(), candidates.is_empty()) {
            (false, _) => format!("did you mean {}?", listed(&near, "or")),
            (true, false) => {
                let first: Vec<String> = candidates.iter().take(LISTED).map(ToString::to_string).collect();
                format!("it declares {}", listed_of(&first, candidates.len(), "and"))
            }
            (true, true) => "it declares nothing of that sort".to_owned(),
        };
        diagnostics.error("unknown-address", self.at, text, help);
    }
}

impl Direction {
    fn of(self, rules: &KindRules) -> bool {
        match self {
            Self::Produce => rules.produce,
            Self::Consume => rules.consume,
        }
    }

    fn allowed(self, found: &Found, kind: &str) -> bool {
        rules(found, kind).is_some_and(|rules| self.of(rules))
    }
}

fn rules(found: &Found, kind: &str) -> Option<&'static KindRules> {
    found.broker.description().kinds.iter().find(|rules| rules.kind == kind)
}

fn listed(all: &[String], conjunction: &str) -> String {
    listed_of(&all[..all.len().min(LISTED)], all.len(), conjunction)
}

/// `a`, `b` and `c`; or `a`, `b` and 7 more, where only the first of `count` are shown.
fn listed_of(shown: &[String], count: usize, conjunction: &str) -> String {
    if count <= shown.len() {
        return list(shown.iter().map(String::as_str), conjunction);
    }
    let quoted: Vec<String> = shown.iter().map(|one| quote(one)).collect();
    format!("{} and {} more", quoted.join(", "), count - shown.len())
}
