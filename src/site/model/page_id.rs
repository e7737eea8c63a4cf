//! Which page, and where it is: stable ids, paths, and links that cannot be dead.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::model::Address;
use crate::site::BuildError;
use crate::site::text::slug;

/// The most rows of a list on one page: with all attributes that people write, a page stays below 200 KB.
const ROWS: usize = 150;

/// What a page is about. The id is the same in every language and in every build.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum PageId {
    Overview,
    /// The same as tables.
    Matrix,
    /// What the last run did.
    Run,
    Apps,
    App(String),
    Broker(String),
    /// All objects of one kind on one broker.
    Kind {
        broker: String,
        kind: String,
    },
    /// A list that is too long for one page goes on here, from part 2.
    More {
        broker: String,
        kind: String,
        part: usize,
    },
    /// All written pages.
    Learn,
    /// A written page, by its id: `learn/kafka/keys`.
    Document(String),
    /// All written pages about a kind of broker after one another.
    Print(String),
    Glossary,
    /// To look up, about a kind of broker.
    Reference(String),
    /// Every field of the stack's file.
    Fields,
    /// Every command.
    Commands,
    /// Every mistake that is told with a code.
    Errors,
    /// Programs for a kind of broker.
    Programs(String),
    /// What is claimed, and how it is known.
    Verification,
    /// The stack for other tools.
    Exports,
    /// What made the site, and what it cannot know.
    About,
    /// One object; a kind without pages of its own has a row in its list.
    Object(Address),
}

/// Where a page is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// From the folder of the language.
    pub path: String,
    /// The id of the row, for an object without a page.
    pub fragment: Option<String>,
}

/// All pages of one language.
#[derive(Debug, Default)]
pub(crate) struct Registry {
    places: BTreeMap<PageId, Place>,
    owners: BTreeMap<String, PageId>,
}

impl PageId {
    /// A part of the list of a kind; the first is part 1.
    pub(crate) fn list(broker: &str, kind: &str, part: usize) -> Self {
        let (broker, kind) = (broker.to_owned(), kind.to_owned());
        if part > 1 { Self::More { broker, kind, part } } else { Self::Kind { broker, kind } }
    }

    /// Whether readers come here for an answer, and not to read.
    pub(crate) fn is_to_look_up(&self) -> bool {
        let kinds = matches!(self, Self::Reference(_) | Self::Programs(_));
        let all = [
            Self::Fields,
            Self::Commands,
            Self::Errors,
            Self::Glossary,
            Self::Verification,
            Self::Exports,
            Self::About,
        ];
        kinds || all.contains(self)
    }

    /// For messages and for scripts.
    pub(crate) fn text(&self) -> String {
        match self {
            Self::Overview => "overview".to_owned(),
            Self::Matrix => "matrix".to_owned(),
            Self::Run => "run".to_owned(),
            Self::Apps => "apps".to_owned(),
            Self::App(name) => format!("app:{name}"),
            Self::Broker(name) => format!("broker:{name}"),
            Self::Kind { broker, kind } => format!("kind:{broker}/{kind}"),
            Self::More { broker, kind, part } => format!("kind:{broker}/{kind}/{part}"),
            Self::Learn => "learn".to_owned(),
            Self::Document(id) => format!("document:{id}"),
            Self::Print(kind) => format!("print:{kind}"),
            Self::Glossary => "glossary".to_owned(),
            Self::Reference(kind) => format!("reference:{kind}"),
            Self::Programs(kind) => format!("programs:{kind}"),
            Self::Verification => "verification".to_owned(),
            Self::Exports => "exports".to_owned(),
            Self::About => "about".to_owned(),
            Self::Fields => "fields".to_owned(),
            Self::Commands => "commands".to_owned(),
            Self::Errors => "errors".to_owned(),
            Self::Object(address) => format!("object:{address}"),
        }
    }
}

impl Registry {
    /// Adds a page that has no object behind it.
    pub(crate) fn add(&mut self, id: PageId) -> Result<(), BuildError> {
        let path = match &id {
            PageId::Overview => "index.html".to_owned(),
            PageId::Matrix => "matrix.html".to_owned(),
            PageId::Run => "run.html".to_owned(),
            PageId::Apps => "apps/index.html".to_owned(),
            PageId::App(name) => format!("apps/{}.html", slug(name)),
            PageId::Broker(name) => format!("brokers/{}/index.html", slug(name)),
            PageId::Kind { broker, kind } => format!("brokers/{}/{}/index.html", slug(broker), slug(kind)),
            // In a folder of its own: an object may have any number for a name.
            PageId::More { broker, kind, part } => {
                format!("brokers/{}/{}/pages/{part}.html", slug(broker), slug(kind))
            }
            PageId::Learn => "learn/index.html".to_owned(),
            PageId::Document(id) => format!("{id}.html"),
            PageId::Print(kind) => format!("learn/{}/print.html", slug(kind)),
            PageId::Glossary => "glossary.html".to_owned(),
            PageId::Reference(kind) => format!("reference/{}.html", slug(kind)),
            PageId::Programs(kind) => format!("clients/{}.html", slug(kind)),
            PageId::Verification => "verification.html".to_owned(),
            PageId::Exports => "export/index.html".to_owned(),
            PageId::About => "about.html".to_owned(),
            PageId::Fields => "reference/file.html".to_owned(),
            PageId::Commands => "reference/commands.html".to_owned(),
            PageId::Errors => "reference/errors.html".to_owned(),
            PageId::Object(address) => object_path(address),
        };
        self.place(id, path)
    }

    /// Adds an object that is a row in the list of its kind.
    pub(crate) fn add_row(&mut self, address: &Address, list: &PageId) {
        let path = self.find(list).map(|place| place.path.clone()).unwrap_or_default();
        let name = match &address.vhost {
            Some(vhost) => format!("{vhost}/{}", address.name),
            None => address.name.clone(),
        };
        let fragment = Some(format!("row-{}", slug(&name)));
        self.places.insert(PageId::Object(address.clone()), Place { path, fragment });
    }

    pub(crate) fn find(&self, id: &PageId) -> Option<&Place> {
        self.places.get(id)
    }

    /// The link from one page to another, relative. A page that does not exist is an error.
    pub(crate) fn link(&self, from: &PageId, to: &PageId) -> Result<String, BuildError> {
        let dead = || BuildError::DeadLink { from: from.text(), to: to.text() };
        let place = self.find(to).ok_or_else(dead)?;
        Ok(self.relative(from, place))
    }

    /// The link to an object, if the site has it: a broker's own exchange has no page.
    pub(crate) fn link_object(&self, from: &PageId, address: &Address) -> Option<String> {
        self.find(&PageId::Object(address.clone())).map(|place| self.relative(from, place))
    }

    /// The way from a page up to the folder of the language: `../../`.
    pub(crate) fn root(&self, from: &PageId) -> String {
        let depth = self.find(from).map_or(0, |place| place.path.matches('/').count());
        "../".repeat(depth)
    }

    fn relative(&self, from: &PageId, to: &Place) -> String {
        let fragment = to.fragment.as_ref().map(|fragment| format!("#{fragment}")).unwrap_or_default();
        format!("{}{}{fragment}", self.root(from), to.path)
    }

    fn place(&mut self, id: PageId, path: String) -> Result<(), BuildError> {
        if let Some(first) = self.owners.insert(path.clone(), id.clone()) {
            return Err(BuildError::SamePath { path, first: first.text(), second: id.text() });
        }
        self.places.insert(id, Place { path, fragment: None });
        Ok(())
    }
}

/// The parts of a list: of each its page, and which of the rows it has.
pub(crate) fn list_parts(broker: &str, kind: &str, rows: usize) -> Vec<(PageId, Range<usize>)> {
    let part = |at: usize| (PageId::list(broker, kind, at + 1), at * ROWS..rows.min((at + 1) * ROWS));
    (0..rows.div_ceil(ROWS)).map(part).collect()
}

/// As the address, with what lives in a virtual host of its own in a folder apart.
fn object_path(address: &Address) -> String {
    let vhost = address.vhost.as_ref().map(|vhost| format!("vhosts/{}/", slug(vhost))).unwrap_or_default();
    format!("brokers/{}/{vhost}{}/{}.html", slug(&address.broker), slug(&address.kind), slug(&address.name))
}
