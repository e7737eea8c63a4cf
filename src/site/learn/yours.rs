//! The reader's own names and numbers for a page: `your.topic`, `your.topic_partitions`.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::document::{Head, Sample};
use crate::model::{Address, Resource, Value};
use crate::site::BrokerInput;
use crate::site::model::{Arrow, End, PageId, World};
use crate::site::text::visible;

/// What stands in for a name until Markdown has become HTML: characters that no text has.
const OPEN: char = '\u{e000}';
const CLOSE: char = '\u{e001}';

/// What a page's text is filled with.
#[derive(Clone, Debug, Default)]
pub(crate) struct Yours {
    /// Names and numbers as they are.
    pub values: BTreeMap<String, Json>,
    /// For the template: names are tokens.
    pub filled: BTreeMap<String, Json>,
    pub has: BTreeMap<String, bool>,
    /// Of the broker that runs, or that the stack wants.
    pub version: String,
    pub names: Vec<Name>,
}

/// A name in the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    /// `topic`.
    pub key: String,
    pub text: String,
    /// The page about it; `None` for a sample, which no stack has.
    pub page: Option<PageId>,
    pub is_sample: bool,
}

/// A part of a text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    Text(&'a str),
    Name(usize),
}

impl Yours {
    /// The page's names from the broker that it is about, its samples for what the stack does not have.
    pub(crate) fn new(head: &Head, world: &World<'_>, broker: Option<&BrokerInput<'_>>) -> Self {
        let version = broker.map(|broker| broker.facts.version.clone()).unwrap_or_default();
        let has = head.versions.iter().map(|(name, range)| (name.clone(), range.contains(&version))).collect();
        let mut yours = Self { has, version, ..Self::default() };
        let finder = Finder::new(world, broker, head);
        for (key, sample) in &head.uses {
            match finder.find(key) {
                Some(Found::Page(text, page)) => yours.name(key, &text, Some(page), false),
                Some(Found::Word(word)) => yours.value(key, word),
                Some(Found::Name(text)) => yours.name(key, &text, None, false),
                None => match sample {
                    Sample::Number(number) => yours.value(key, json!(number)),
                    Sample::Name(text) => yours.name(key, text, None, true),
                },
            }
        }
        yours
    }

    fn value(&mut self, key: &str, value: Json) {
        self.filled.insert(key.to_owned(), value.clone());
        self.values.insert(key.to_owned(), value);
    }

    fn name(&mut self, key: &str, text: &str, page: Option<PageId>, is_sample: bool) {
        self.filled.insert(key.to_owned(), json!(format!("{OPEN}{}{CLOSE}", self.names.len())));
        self.values.insert(key.to_owned(), json!(text));
        self.names.push(Name { key: key.to_owned(), text: visible(text), page, is_sample });
    }

    /// The values, and `exchange` where a page names `exchange_direct` alone: what a figure begins with.
    pub(crate) fn with_plain_kinds(&self) -> BTreeMap<String, Json> {
        let mut all = self.values.clone();
        for name in &self.names {
            if let Some(PageId::Object(address)) = &name.page {
                all.entry(address.kind.clone()).or_insert_with(|| json!(address.name));
            }
        }
        all
    }

    /// A text with its tokens told apart.
    pub(crate) fn parts<'t>(&self, text: &'t str) -> Vec<Part<'t>> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once(OPEN) {
            if !before.is_empty() {
                parts.push(Part::Text(before));
            }
            let Some((number, behind)) = after.split_once(CLOSE) else { return parts };
            if let Some(at) = number.parse().ok().filter(|at| *at < self.names.len()) {
                parts.push(Part::Name(at));
            }
            rest = behind;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest));
        }
        parts
    }

    /// The same with plain names.
    pub(crate) fn plain(&self, text: &str) -> String {
        let plain = |part: Part<'_>| match part {
            Part::Text(text) => text.to_owned(),
            Part::Name(at) => self.names[at].text.clone(),
        };
        self.parts(text).into_iter().map(plain).collect()
    }
}

enum Found {
    /// It has a page.
    Page(String, PageId),
    /// It has none.
    Name(String),
    /// A number or a word that a broker understands.
    Word(Json),
}

struct Finder<'a> {
    world: &'a World<'a>,
    broker: Option<&'a BrokerInput<'a>>,
    /// What the apps of the page write to and read from.
    subject: Option<Address>,
}

impl<'a> Finder<'a> {
    fn new(world: &'a World<'a>, broker: Option<&'a BrokerInput<'a>>, head: &Head) -> Self {
        let mut finder = Self { world, broker, subject: None };
        let subject = finder
            .kinds()
            .filter(|kind| head.uses.contains_key(*kind))
            .find_map(|kind| finder.of_kind(kind).first().map(|found| found.address.clone()));
        finder.subject = subject;
        finder
    }

    fn kinds(&self) -> impl Iterator<Item = &'static str> {
        self.broker.into_iter().flat_map(|broker| broker.broker.description().kinds).map(|rules| rules.kind)
    }

    /// The best connected one first: what most of the reader's own programs meet.
    fn of_kind(&self, kind: &str) -> Vec<&'a Resource> {
        let Some(broker) = self.broker else { return Vec::new() };
        let weight = |resource: &&Resource| {
            let end = End::Object(resource.address.clone());
            let (into, out) = (self.world.reaching(&end).count(), self.world.leaving(&end).count());
            Reverse((usize::from(into > 0) + usize::from(out > 0), into + out))
        };
        let mut all: Vec<&Resource> = broker.topology.iter().filter(|resource| resource.address.kind == kind).collect();
        all.sort_by(|one, two| one.address.cmp(&two.address));
        all.sort_by_key(weight);
        all
    }

    fn find(&self, key: &str) -> Option<Found> {
        match key {
            "stack" => return Some(Found::Name(self.world.input.stack.name.clone())),
            "broker" => {
                let name = self.broker?.model.name.clone();
                return Some(Found::Page(name.clone(), PageId::Broker(name)));
            }
            "producer" => return self.app(|arrow| &arrow.from),
            "consumer" => return self.app(|arrow| &arrow.to),
            "group" if !self.kinds().any(|kind| kind == "group") => {
                return self.reader().and_then(|app| app.group.clone()).map(Found::Name);
            }
            "instances" => return self.reader().map(|app| Found::Word(json!(app.instances.0))),
            _ => {}
        }
        let kind = self.kinds().filter(|kind| is_of(key, kind)).max_by_key(|kind| kind.len())?;
        let all = self.of_kind(kind);
        let rest = key[kind.len()..].trim_start_matches('_');
        if rest.is_empty() {
            return all.first().map(|found| page(found));
        }
        if let Ok(number) = rest.parse::<usize>() {
            return all.get(number.checked_sub(1)?).map(|found| page(found));
        }
        let is_typed = |resource: &&&Resource| {
            ["type", "routing", "message_type"].iter().any(|name| {
                resource.attribute(name).and_then(Value::as_text).is_some_and(|word| word.eq_ignore_ascii_case(rest))
            })
        };
        if let Some(found) = all.iter().find(is_typed) {
            return Some(page(found));
        }
        let dotted = rest.replace('_', ".");
        let own = all.first()?;
        let value = [rest.to_owned(), dotted.clone(), format!("config.{dotted}")]
            .iter()
            .find_map(|name| own.attribute(name))?;
        match value {
            Value::Null => None,
            value => Some(Found::Word(match value.as_i64() {
                Some(number) => json!(number),
                None => json!(visible(value.as_text().unwrap_or(&value.to_string()))),
            })),
        }
    }

    fn app(&self, side: for<'e> fn(&'e Arrow<'a>) -> &'e End) -> Option<Found> {
        let end = End::Object(self.subject.clone()?);
        let mut around = self.world.reaching(&end).chain(self.world.leaving(&end));
        around.find_map(|arrow| match side(arrow) {
            End::App(name) => Some(Found::Page(name.clone(), PageId::App(name.clone()))),
            End::Object(_) => None,
        })
    }

    /// The app that reads from the page's object with the most instances.
    fn reader(&self) -> Option<&'a crate::model::App> {
        let end = End::Object(self.subject.clone()?);
        let readers = self.world.leaving(&end).filter_map(|arrow| arrow.flow.map(|(app, _)| app));
        readers.min_by_key(|app| Reverse(app.instances.0))
    }
}

fn is_of(key: &str, kind: &str) -> bool {
    key.strip_prefix(kind).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
}

fn page(resource: &Resource) -> Found {
    Found::Page(resource.address.name.clone(), PageId::Object(resource.address.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_told_from_text() {
        let mut yours = Yours::default();
        yours.name("topic", "a\u{202e}b", None, true);
        let text = format!("to {} and {OPEN}7{CLOSE}{OPEN}", yours.filled["topic"].as_str().unwrap());
        assert_eq!(yours.parts(&text), [Part::Text("to "), Part::Name(0), Part::Text(" and ")]);
        assert_eq!(yours.plain(&text), "to a⟨U+202E⟩b and ");
    }
}
