//! The stack as the site walks it: objects, arrows between them, and who writes and reads.

use std::collections::{BTreeMap, BTreeSet};

use super::{PageId, Registry, list_parts};
use crate::brokers::{Edge, EdgeStyle};
use crate::model::{Address, App, Flow, KindRules, Resource};
use crate::site::diagram::Style;
use crate::site::learn::{Document, Library};
use crate::site::programs::Programs;
use crate::site::{BrokerInput, BuildError, SiteInput};

/// Everything by address, computed once.
pub(crate) struct World<'a> {
    pub input: &'a SiteInput<'a>,
    objects: BTreeMap<&'a Address, (&'a BrokerInput<'a>, &'a Resource)>,
    /// Arrows inside the brokers and from and to apps, sorted.
    pub arrows: Vec<Arrow<'a>>,
    /// Indices in `arrows`.
    leaving: BTreeMap<End, Vec<usize>>,
    reaching: BTreeMap<End, Vec<usize>>,
    /// What needs an object and is drawn as no arrow of its own.
    parts: BTreeMap<&'a Address, Vec<&'a Resource>>,
}

/// One end of an arrow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum End {
    App(String),
    Object(Address),
}

/// An arrow with what the file says about it.
#[derive(Clone, Debug)]
pub(crate) struct Arrow<'a> {
    pub from: End,
    pub to: End,
    pub label: String,
    pub style: Style,
    /// For the arrows of apps.
    pub flow: Option<(&'a App, &'a Flow)>,
}

impl<'a> World<'a> {
    pub(crate) fn new(input: &'a SiteInput<'a>) -> Self {
        let mut objects = BTreeMap::new();
        let mut arrows = Vec::new();
        let mut parts: BTreeMap<&Address, Vec<&Resource>> = BTreeMap::new();
        for broker in &input.brokers {
            for resource in &broker.topology {
                objects.insert(&resource.address, (broker, resource));
                for needed in &resource.needs {
                    parts.entry(needed).or_default().push(resource);
                }
            }
            arrows.extend(broker.broker.lesson().edges(&broker.topology).into_iter().map(Arrow::inside));
        }
        for app in &input.stack.apps {
            arrows.extend(app.produces.iter().map(|flow| Arrow::produce(app, flow)));
            arrows.extend(app.consumes.iter().map(|flow| Arrow::consume(app, flow)));
        }
        arrows.sort_by(|one, two| one.key().cmp(&two.key()));
        for parts in parts.values_mut() {
            parts.sort_by(|one, two| one.address.cmp(&two.address));
        }
        let (mut leaving, mut reaching) = (BTreeMap::<End, Vec<usize>>::new(), BTreeMap::<End, Vec<usize>>::new());
        for (at, arrow) in arrows.iter().enumerate() {
            leaving.entry(arrow.from.clone()).or_default().push(at);
            reaching.entry(arrow.to.clone()).or_default().push(at);
        }
        Self { input, objects, arrows, leaving, reaching, parts }
    }

    pub(crate) fn object(&self, address: &Address) -> Option<(&'a BrokerInput<'a>, &'a Resource)> {
        self.objects.get(address).copied()
    }

    pub(crate) fn leaving(&self, end: &End) -> impl Iterator<Item = &Arrow<'a>> + '_ {
        self.leaving.get(end).into_iter().flatten().map(|&at| &self.arrows[at])
    }

    pub(crate) fn reaching(&self, end: &End) -> impl Iterator<Item = &Arrow<'a>> + '_ {
        self.reaching.get(end).into_iter().flatten().map(|&at| &self.arrows[at])
    }

    /// What cannot be without this object: its bindings, its permissions.
    pub(crate) fn parts_of(&self, address: &Address) -> &[&'a Resource] {
        self.parts.get(address).map_or(&[], Vec::as_slice)
    }

    /// Both ends of every arrow and every object that has a page, each once, sorted.
    pub(crate) fn drawn(&self) -> BTreeSet<End> {
        let ends = self.arrows.iter().flat_map(|arrow| [arrow.from.clone(), arrow.to.clone()]);
        let apps = self.input.stack.apps.iter().map(|app| End::App(app.name.clone()));
        let objects = self
            .objects
            .iter()
            .filter(|(_, (broker, resource))| kind_of(broker, &resource.address.kind).is_some_and(has_page));
        ends.chain(apps).chain(objects.map(|(address, _)| End::Object((*address).clone()))).collect()
    }

    /// What a broker holds and what arrows lead to or from it.
    pub(crate) fn around_broker(&self, name: &str) -> BTreeSet<End> {
        let inside = |end: &End| matches!(end, End::Object(address) if address.broker == name);
        let mut ends: BTreeSet<End> = self.drawn().into_iter().filter(inside).collect();
        for arrow in &self.arrows {
            if inside(&arrow.from) || inside(&arrow.to) {
                ends.extend([arrow.from.clone(), arrow.to.clone()]);
            }
        }
        ends
    }

    /// The broker that the lessons about a kind are about, in the order of the stack.
    pub(crate) fn first_of_each_kind(&self) -> impl Iterator<Item = &'a BrokerInput<'a>> {
        let all = &self.input.brokers;
        let is_first = |at: usize| all[..at].iter().all(|other| other.model.kind != all[at].model.kind);
        all.iter().enumerate().filter(move |(at, _)| is_first(*at)).map(|(_, broker)| broker)
    }

    pub(crate) fn has_kind(&self, kind: &str) -> bool {
        self.input.brokers.iter().any(|broker| broker.model.kind == kind)
    }

    /// What runs of a kind, or is wanted; empty where the stack has none.
    pub(crate) fn version_of(&self, kind: &str) -> String {
        let broker = self.first_of_each_kind().find(|broker| broker.model.kind == kind);
        broker.map(|broker| broker.facts.version.clone()).unwrap_or_default()
    }

    /// Whether a written page is about something that this stack has.
    pub(crate) fn shows(&self, document: &Document) -> bool {
        match document.subject() {
            Some(kind) => {
                let version = self.version_of(kind);
                self.has_kind(kind) && document.head.when.as_ref().is_none_or(|when| when.contains(&version))
            }
            None => document.head.kinds.is_empty() || document.head.kinds.iter().any(|kind| self.has_kind(kind)),
        }
    }

    /// All pages that this stack has.
    pub(crate) fn registry(&self, library: &Library, programs: &Programs) -> Result<Registry, BuildError> {
        let mut registry = Registry::default();
        registry.add(PageId::Overview)?;
        if !self.arrows.is_empty() {
            registry.add(PageId::Matrix)?;
        }
        if self.input.report.is_some() {
            registry.add(PageId::Run)?;
        }
        let everywhere = [
            PageId::Learn,
            PageId::Glossary,
            PageId::Verification,
            PageId::Exports,
            PageId::About,
            PageId::Fields,
            PageId::Commands,
            PageId::Errors,
        ];
        for page in everywhere {
            registry.add(page)?;
        }
        for broker in self.first_of_each_kind() {
            registry.add(PageId::Reference(broker.model.kind.to_owned()))?;
            if programs.about(broker.model.kind).is_some() {
                registry.add(PageId::Programs(broker.model.kind.to_owned()))?;
            }
        }
        for document in library.documents("en").iter().filter(|document| self.shows(document)) {
            registry.add(PageId::Document(document.id.clone()))?;
        }
        for kind in self.first_of_each_kind().map(|broker| broker.model.kind) {
            let lessons = library.documents("en").iter().filter(|document| document.subject() == Some(kind));
            if lessons.filter(|document| self.shows(document)).count() > 0 {
                registry.add(PageId::Print(kind.to_owned()))?;
            }
        }
        if !self.input.stack.apps.is_empty() {
            registry.add(PageId::Apps)?;
        }
        for app in &self.input.stack.apps {
            registry.add(PageId::App(app.name.clone()))?;
        }
        for broker in &self.input.brokers {
            registry.add(PageId::Broker(broker.model.name.clone()))?;
            for rules in broker.broker.description().kinds {
                let members: Vec<&Resource> = broker.of_kind(rules.kind).collect();
                for (list, rows) in list_parts(&broker.model.name, rules.kind, members.len()) {
                    registry.add(list.clone())?;
                    for resource in &members[rows] {
                        if has_page(rules) {
                            registry.add(PageId::Object(resource.address.clone()))?;
                        } else {
                            registry.add_row(&resource.address, &list);
                        }
                    }
                }
            }
        }
        Ok(registry)
    }
}

/// Whether each object of a kind has a page: what apps can talk to has one, the others have a row in a list.
pub(crate) fn has_page(rules: &KindRules) -> bool {
    rules.produce || rules.consume
}

pub(crate) fn kind_of(broker: &BrokerInput<'_>, kind: &str) -> Option<&'static KindRules> {
    broker.broker.description().kinds.iter().find(|rules| rules.kind == kind)
}

impl BrokerInput<'_> {
    /// The objects of one kind, in the order of their addresses.
    pub(crate) fn of_kind(&self, kind: &str) -> impl Iterator<Item = &Resource> {
        let mut members: Vec<&Resource> =
            self.topology.iter().filter(|resource| resource.address.kind == kind).collect();
        members.sort_by(|one, two| one.address.cmp(&two.address));
        members.into_iter()
    }
}

impl<'a> Arrow<'a> {
    fn inside(edge: Edge) -> Self {
        let style = match edge.style {
            EdgeStyle::Binding => Style::Binding,
            EdgeStyle::ExchangeBinding => Style::ExchangeBinding,
            EdgeStyle::DeadLetter => Style::DeadLetter,
            EdgeStyle::Alternate => Style::Alternate,
            EdgeStyle::Forward => Style::Forward,
        };
        Self { from: End::Object(edge.from), to: End::Object(edge.to), label: edge.label, style, flow: None }
    }

    fn produce(app: &'a App, flow: &'a Flow) -> Self {
        Self {
            from: End::App(app.name.clone()),
            to: End::Object(flow.address.clone()),
            label: flow.routing_key.clone().unwrap_or_default(),
            style: Style::Produce,
            flow: Some((app, flow)),
        }
    }

    fn consume(app: &'a App, flow: &'a Flow) -> Self {
        Self {
            from: End::Object(flow.address.clone()),
            to: End::App(app.name.clone()),
            label: String::new(),
            style: Style::Consume,
            flow: Some((app, flow)),
        }
    }

    fn key(&self) -> (&End, &End, Style, &str) {
        (&self.from, &self.to, self.style, &self.label)
    }
}
