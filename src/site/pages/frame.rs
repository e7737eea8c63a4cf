//! What is around the content of every page: title, way back, navigation.

use serde::Serialize;

use super::learn::Shelf;
use super::parts::{Context, Link};
use crate::site::model::{PageId, Words, World, has_page};
use crate::site::text::visible;

/// More entries than this are behind a link to their list.
const LISTED: usize = 30;
/// A stack with more pages than this lists no objects in the navigation at all: with a thousand
/// objects the navigation of a thousand pages would be the site.
const LISTED_IN_ALL: usize = 120;

/// The part of the navigation that stands open on what there is to look up.
const LOOK_UP: &str = "reference";

/// The page's own part.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Frame {
    pub id: String,
    pub title: String,
    /// `../../`, from the page to the folder of the language.
    pub root: String,
    /// From the page to the folder of the site.
    pub base: String,
    pub crumbs: Vec<Link>,
    /// Ids of the pages above it, for the open parts of the navigation.
    pub trail: Vec<String>,
    /// The same page in every language of the site, where there are several.
    pub languages: Vec<Language>,
}

/// A language of the site, and the way to this page in it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Language {
    pub tag: String,
    pub name: &'static str,
    pub href: String,
    pub is_this: bool,
}

/// The part that is the same on all pages of a language. Paths are from the language's folder.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Nav {
    pub has_matrix: bool,
    pub sections: Vec<NavSection>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct NavSection {
    pub id: String,
    pub title: String,
    pub path: String,
    /// Beside the title: the kind of broker.
    pub note: String,
    pub groups: Vec<NavGroup>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct NavGroup {
    pub id: String,
    pub title: String,
    /// Of the link to the list; empty where there is none.
    pub all: String,
    pub path: String,
    pub count: usize,
    /// Titles of pages, not names of objects.
    pub is_text: bool,
    /// Empty where there are too many.
    pub items: Vec<NavItem>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct NavItem {
    pub id: String,
    pub title: String,
    pub path: String,
}

/// The frame of a page below others.
pub(crate) fn frame(context: &Context<'_>, title: &str, above: &[(PageId, String)], prefix: &str) -> Frame {
    let root = context.registry.root(context.page);
    let base = format!("{root}{}", "../".repeat(prefix.matches('/').count()));
    let crumbs = above.iter().map(|(id, text)| context.page(id, text.clone())).collect();
    let mut trail: Vec<String> = above.iter().map(|(id, _)| id.text()).collect();
    trail.push(context.page.text());
    if context.page.is_to_look_up() {
        trail.push(LOOK_UP.to_owned());
    }
    Frame {
        id: context.page.text(),
        title: title.to_owned(),
        languages: languages(context, &base),
        base,
        root,
        crumbs,
        trail,
    }
}

/// One language needs no choice.
fn languages(context: &Context<'_>, base: &str) -> Vec<Language> {
    let all = &context.world.input.stack.site.languages;
    let path = context.registry.find(context.page).map(|place| place.path.as_str()).unwrap_or_default();
    let row = |(at, tag): (usize, &String)| {
        let folder = if at == 0 { String::new() } else { format!("{tag}/") };
        Some(Language {
            tag: tag.clone(),
            name: Words::name_of(tag)?,
            href: format!("{base}{folder}{path}"),
            is_this: tag == context.words.language,
        })
    };
    if all.len() < 2 { Vec::new() } else { all.iter().enumerate().filter_map(row).collect() }
}

pub(crate) fn nav(context: &Context<'_>, shelves: &[Shelf<'_>]) -> Nav {
    let world = context.world;
    let listed = world.drawn().len() <= LISTED_IN_ALL;
    let mut sections = Vec::new();
    let path = |id: &PageId| context.registry.find(id).map(|place| place.path.clone()).unwrap_or_default();
    sections.push(NavSection {
        id: PageId::Learn.text(),
        title: context.words.say("learn"),
        path: path(&PageId::Learn),
        note: String::new(),
        groups: shelves.iter().map(|shelf| shelf_group(shelf, &path)).chain([look_up(context, &path)]).collect(),
    });
    let apps = &world.input.stack.apps;
    if !apps.is_empty() {
        let items: Vec<NavItem> = apps
            .iter()
            .map(|app| {
                let id = PageId::App(app.name.clone());
                NavItem { id: id.text(), title: visible(&app.name), path: path(&id) }
            })
            .collect();
        let few = listed && items.len() <= LISTED;
        sections.push(NavSection {
            id: PageId::Apps.text(),
            title: context.words.say("apps"),
            path: path(&PageId::Apps),
            note: String::new(),
            groups: vec![NavGroup {
                id: String::new(),
                title: String::new(),
                all: String::new(),
                path: String::new(),
                count: items.len(),
                is_text: false,
                items: if few { items } else { Vec::new() },
            }],
        });
    }
    for broker in &world.input.brokers {
        let id = PageId::Broker(broker.model.name.clone());
        sections.push(NavSection {
            id: id.text(),
            title: broker.model.name.clone(),
            path: path(&id),
            note: broker.broker.description().title.to_owned(),
            groups: groups(context, world, broker, listed, &path),
        });
    }
    Nav { has_matrix: context.registry.find(&PageId::Matrix).is_some(), sections }
}

/// What is there to look up.
fn look_up(context: &Context<'_>, path: &dyn Fn(&PageId) -> String) -> NavGroup {
    let words = context.words;
    let kinds = context.world.first_of_each_kind().map(|broker| {
        let title = words.fill("reference_of", &[("broker", broker.broker.description().title)]);
        (PageId::Reference(broker.model.kind.to_owned()), title)
    });
    let programs = context.world.first_of_each_kind().filter_map(|broker| {
        let id = PageId::Programs(broker.model.kind.to_owned());
        context.registry.find(&id)?;
        Some((id, words.fill("programs_of", &[("broker", broker.broker.description().title)])))
    });
    let others = [
        (PageId::Fields, "fields"),
        (PageId::Commands, "commands"),
        (PageId::Errors, "errors"),
        (PageId::Glossary, "glossary"),
        (PageId::Verification, "verification"),
        (PageId::Exports, "exports"),
        (PageId::About, "about"),
    ];
    let others = others.map(|(id, key)| (id, words.say(key)));
    let items: Vec<NavItem> = kinds
        .chain(programs)
        .chain(others)
        .map(|(id, title)| NavItem { id: id.text(), title, path: path(&id) })
        .collect();
    let title = words.say("section_reference");
    let (all, path) = (String::new(), String::new());
    NavGroup { id: LOOK_UP.to_owned(), title, all, path, count: items.len(), is_text: true, items }
}

fn shelf_group(shelf: &Shelf<'_>, path: &dyn Fn(&PageId) -> String) -> NavGroup {
    let items: Vec<NavItem> = shelf
        .documents
        .iter()
        .map(|document| {
            let id = PageId::Document(document.id.clone());
            NavItem { id: id.text(), title: document.head.title.clone(), path: path(&id) }
        })
        .collect();
    NavGroup {
        id: shelf.id.clone(),
        title: shelf.title.clone(),
        all: String::new(),
        path: String::new(),
        count: items.len(),
        is_text: true,
        items,
    }
}

fn groups(
    context: &Context<'_>,
    _world: &World<'_>,
    broker: &crate::site::BrokerInput<'_>,
    listed: bool,
    path: &dyn Fn(&PageId) -> String,
) -> Vec<NavGroup> {
    let mut groups = Vec::new();
    for rules in broker.broker.description().kinds {
        let members: Vec<_> = broker.of_kind(rules.kind).collect();
        if members.is_empty() {
            continue;
        }
        let id = PageId::Kind { broker: broker.model.name.clone(), kind: rules.kind.to_owned() };
        let few = listed && has_page(rules) && members.len() <= LISTED;
        let item = |resource: &&crate::model::Resource| {
            let id = PageId::Object(resource.address.clone());
            NavItem { id: id.text(), title: context.object(&resource.address).text, path: path(&id) }
        };
        let title = context.words.doc(rules.plural);
        groups.push(NavGroup {
            id: id.text(),
            all: context.words.fill("all", &[("what", &title)]),
            title,
            path: path(&id),
            count: members.len(),
            is_text: false,
            items: if few { members.iter().map(item).collect() } else { Vec::new() },
        });
    }
    groups
}
