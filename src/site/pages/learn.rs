//! What leads to the written pages, and what they lead to: the list of all, the glossary, the claims.

use std::collections::BTreeSet;

use serde::Serialize;

use super::document::{ClaimRow, claim_row};
use super::frame::{Frame, frame};
use super::parts::{Context, Link};
use crate::brokers;
use crate::site::learn::{ClaimState, Document, Library};
use crate::site::model::PageId;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LearnPage {
    pub page: Frame,
    pub groups: Vec<LearnGroup>,
}

/// Pages that belong together: the lessons about a broker, the tasks.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LearnGroup {
    pub title: String,
    pub pages: Vec<LearnRow>,
    /// All of them on one page.
    pub print: Option<Link>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LearnRow {
    pub link: Link,
    pub goal: String,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct GlossaryPage {
    pub page: Frame,
    pub terms: Vec<TermRow>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct TermRow {
    pub id: String,
    pub name: String,
    /// In the other language.
    pub other: String,
    pub about: String,
    /// Who uses the word so; empty for all.
    pub brokers: Vec<&'static str>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct VerificationPage {
    pub page: Frame,
    pub groups: Vec<ClaimGroup>,
    /// How many there are of each state.
    pub counts: Vec<StateCount>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct StateCount {
    pub word: String,
    pub class: &'static str,
    pub count: usize,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ClaimGroup {
    pub title: String,
    pub version: String,
    pub claims: Vec<ClaimRow>,
}

/// Written pages that stand together in the navigation.
pub(crate) struct Shelf<'a> {
    /// `learn/kafka`, `shelf/howto`.
    pub id: String,
    pub title: String,
    pub documents: Vec<&'a Document>,
}

impl Shelf<'_> {
    /// Of the pages of a section that are about no kind of broker. No page has it as its id.
    pub(crate) fn id_of_section(name: &str) -> String {
        format!("shelf/{name}")
    }

    /// The kind of broker that its lessons are about.
    pub(crate) fn kind(&self) -> Option<&str> {
        self.documents.first().and_then(|document| document.subject())
    }
}

pub(crate) fn learn_page(context: &Context<'_>, shelves: &[Shelf<'_>], prefix: &str) -> LearnPage {
    let row = |document: &&Document| LearnRow {
        link: context.page(&PageId::Document(document.id.clone()), document.head.title.clone()),
        goal: document.head.goal.clone(),
    };
    let group = |shelf: &Shelf<'_>| LearnGroup {
        title: shelf.title.clone(),
        pages: shelf.documents.iter().map(row).collect(),
        print: shelf.kind().map(|kind| context.page(&PageId::Print(kind.to_owned()), context.words.say("print_all"))),
    };
    LearnPage {
        page: frame(context, &context.words.say("learn"), &[], prefix),
        groups: shelves.iter().map(group).collect(),
    }
}

pub(crate) fn glossary_page(context: &Context<'_>, library: &Library, prefix: &str) -> GlossaryPage {
    let language = context.words.language;
    let title = |kind: &String| brokers::find(kind).map(|broker| broker.description().title);
    let mut terms: Vec<TermRow> = library
        .terms
        .iter()
        .map(|term| {
            let (name, other) = term.names(language);
            TermRow {
                id: term.id.clone(),
                name: name.to_owned(),
                other: other.to_owned(),
                about: term.about(language).to_owned(),
                brokers: term.kinds.iter().filter_map(title).collect(),
            }
        })
        .collect();
    terms.sort_by_key(|term| term.id.to_lowercase());
    GlossaryPage { page: frame(context, &context.words.say("glossary"), &[], prefix), terms }
}

/// All claims about what the stack has, and those that its pages make about other brokers.
pub(crate) fn verification_page(
    context: &Context<'_>,
    library: &Library,
    shelves: &[Shelf<'_>],
    prefix: &str,
) -> VerificationPage {
    let shown = shelves.iter().flat_map(|shelf| &shelf.documents);
    let made: BTreeSet<&str> = shown.flat_map(|document| document.claims()).collect();
    let mut groups = Vec::new();
    let mut add = |kind: &str, title: String, version: String| {
        let is_here = kind == "general" || context.world.has_kind(kind);
        let claims = library.claims.iter().filter(|claim| claim.kind == kind);
        let claims = claims.filter(|claim| is_here || made.contains(claim.id.as_str()));
        let claims: Vec<ClaimRow> = claims.map(|claim| claim_row(context, claim)).collect();
        if !claims.is_empty() {
            groups.push(ClaimGroup { title, version, claims });
        }
    };
    for broker in context.world.first_of_each_kind() {
        add(broker.model.kind, broker.broker.description().title.to_owned(), broker.facts.version.clone());
    }
    for broker in brokers::registry().iter().filter(|broker| !context.world.has_kind(broker.description().kind)) {
        add(broker.description().kind, broker.description().title.to_owned(), String::new());
    }
    add("general", context.words.say("claims_general"), String::new());
    let count = |state: ClaimState| StateCount {
        word: context.words.say(&format!("claim_{}", state.name())),
        class: state.class(),
        count: groups.iter().flat_map(|group| &group.claims).filter(|claim| claim.known == state).count(),
    };
    let counts = ClaimState::ALL.map(count).into_iter().filter(|state| state.count > 0).collect();
    VerificationPage { page: frame(context, &context.words.say("verification"), &[], prefix), groups, counts }
}
