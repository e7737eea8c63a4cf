//! What is around the content of every page: title, way back, navigation.

use serde::Serialize;

use super::parts::{Context, Link};
use crate::site::model::{PageId, World, has_page};
use crate::site::text::visible;

/// More entries than this are behind a link to their list.
const LISTED: usize = 30;
/// A stack with more pages than this lists no objects in the navigation at all: with a thousand
/// objects the navigation of a thousand pages would be the site.
const LISTED_IN_ALL: usize = 120;

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
}

/// The part that is the same on all pages of a language. Paths are from the language's folder.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Nav {
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
    pub path: String,
    pub count: usize,
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
    let crumbs = above.iter().map(|(id, text)| context.page(id, text.clone())).collect();
    let mut trail: Vec<String> = above.iter().map(|(id, _)| id.text()).collect();
    trail.push(context.page.text());
    Frame {
        id: context.page.text(),
        title: title.to_owned(),
        base: format!("{root}{}", "../".repeat(prefix.matches('/').count())),
        root,
        crumbs,
        trail,
    }
}

pub(crate) fn nav(context: &Context<'_>) -> Nav {
    let world = context.world;
    let listed = world.drawn().len() <= LISTED_IN_ALL;
    let mut sections = Vec::new();
    let path = |id: &PageId| context.registry.find(id).map(|place| place.path.clone()).unwrap_or_default();
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
                path: String::new(),
                count: items.len(),
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
    Nav { sections }
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
        groups.push(NavGroup {
            id: id.text(),
            title: context.words.doc(rules.plural),
            path: path(&id),
            count: members.len(),
            items: if few { members.iter().map(item).collect() } else { Vec::new() },
        });
    }
    groups
}
