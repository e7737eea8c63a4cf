//! From values to pages.

use serde::Serialize;
use thiserror::Error;

use super::diagram::standalone;
use super::export::{Export, exports};
use super::learn::{Document, Library, library};
use super::links::follow;
use super::llms::{Preface, llms};
use super::model::{PageId, Registry, Words, World, has_page, list_parts};
use super::pages::{self, Context, Shelf, Written};
use super::programs::{Programs, programs};
use super::render::{Renderer, assets, picture_style};
use super::search;
use super::{BrokerInput, Command, Page, SiteInput};
use crate::parallel::on_all_cores;

/// Why no site could be made. Each is a mistake in the site's own sources, never in the stack.
#[derive(Debug, Error)]
pub enum BuildError {
    #[error("the page `{from}` links to `{to}`, which is not part of the site")]
    DeadLink { from: String, to: String },
    #[error("two pages want the path `{path}`: `{first}` and `{second}`")]
    SamePath { path: String, first: String, second: String },
    #[error("what the site teaches cannot be used: {detail}")]
    Lessons { detail: String },
    #[error("the texts in `{language}` cannot be used: {detail}")]
    Texts { language: String, detail: String },
    #[error("cannot render the site's template `{template}`")]
    Template {
        template: String,
        #[source]
        source: tera::Error,
    },
}

/// Every file of the site, sorted by path, and each link leads to one of them. The same input gives the same bytes.
pub fn build(input: &SiteInput<'_>) -> Result<Vec<Page>, BuildError> {
    sound(unchecked(input)?)
}

/// As they are, fragments included.
fn sound(pages: Vec<Page>) -> Result<Vec<Page>, BuildError> {
    match follow(&pages).1.into_iter().next() {
        Some(dead) => Err(BuildError::DeadLink { from: dead.from, to: dead.link }),
        None => Ok(pages),
    }
}

/// As [`build`], wherever the links lead.
pub(super) fn unchecked(input: &SiteInput<'_>) -> Result<Vec<Page>, BuildError> {
    let world = World::new(input);
    let library = library().map_err(|detail| BuildError::Lessons { detail: detail.to_owned() })?;
    let programs = programs().map_err(|detail| BuildError::Lessons { detail: detail.to_owned() })?;
    let registry = world.registry(library, programs)?;
    let mut out: Vec<Page> =
        assets().into_iter().map(|(path, content)| Page { path: path.to_owned(), content }).collect();
    let exports = exports(&world, &registry)?;
    out.extend(exports.iter().map(|export| Page { path: export.path.clone(), content: export.content.clone() }));
    for (at, language) in input.stack.site.languages.iter().enumerate() {
        // The first language is at the top, so that a stack with one language has no folder for it.
        let prefix = if at == 0 { String::new() } else { format!("{language}/") };
        let words = Words::of(language)?;
        Builder { world: &world, library, programs, registry: &registry, exports: &exports, words: &words, prefix }
            .build(&mut out)?;
        words.complete()?;
    }
    out.sort_by(|one, two| one.path.cmp(&two.path));
    Ok(out)
}

/// The pages of one language.
struct Builder<'a> {
    world: &'a World<'a>,
    library: &'a Library,
    programs: &'a Programs,
    registry: &'a Registry,
    exports: &'a [Export],
    words: &'a Words,
    prefix: String,
}

impl Builder<'_> {
    fn build(&self, out: &mut Vec<Page>) -> Result<(), BuildError> {
        let input = self.world.input;
        let title = input.stack.site.title.as_deref().unwrap_or(&input.stack.name);
        let shelves = self.shelves();
        let nav = pages::nav(&self.context(&PageId::Overview), &shelves);
        let renderer = Renderer::new(self.words, title, nav.clone(), input.report.is_some())?;
        let style = picture_style();
        let press = Press { builder: self, renderer: &renderer, style: &style };

        let id = PageId::Overview;
        let page = pages::overview_page(&self.context(&id), title, &shelves, &self.prefix);
        out.extend(press.page(&id, "overview.html", &page, Some(&page.picture.svg))?);
        if self.registry.find(&PageId::Matrix).is_some() {
            let page = pages::matrix_page(&self.context(&PageId::Matrix), &self.prefix);
            out.extend(press.page(&PageId::Matrix, "matrix.html", &page, None)?);
        }
        if let Some(report) = input.report {
            let id = PageId::Run;
            let page = pages::run_page(&self.context(&id), report, &self.prefix);
            out.extend(press.page(&id, "run.html", &page, None)?);
        }
        let lessons = self.learn(&press, &shelves, out)?;
        let codes = self.look_up(&press, out)?;
        self.apps(&press, out)?;
        for broker in &input.brokers {
            let id = PageId::Broker(broker.model.name.clone());
            let page = pages::broker_page(&self.context(&id), broker, &self.prefix);
            let svg = page.picture.as_ref().map(|picture| picture.svg.as_str());
            out.extend(press.page(&id, "broker.html", &page, svg)?);
            for rules in broker.broker.description().kinds {
                for (id, _) in list_parts(&broker.model.name, rules.kind, broker.of_kind(rules.kind).count()) {
                    let page = pages::list_page(&self.context(&id), broker, rules, &self.prefix);
                    out.extend(press.page(&id, "list.html", &page, None)?);
                }
                let resources: Vec<_> = broker.of_kind(rules.kind).filter(|_| has_page(rules)).collect();
                for made in on_all_cores(&resources, |resource| {
                    let id = PageId::Object(resource.address.clone());
                    let page = pages::object_page(&self.context(&id), self.programs, broker, resource, &self.prefix);
                    press.page(&id, "object.html", &page, Some(&page.picture.svg))
                }) {
                    out.extend(made?);
                }
            }
        }
        let mut entries = search::entries(&self.context(&PageId::Overview), title);
        entries.extend(lessons);
        entries.extend(self.own_entries());
        entries.extend(codes);
        out.extend(search::index(&entries, self.words.language));
        out.push(self.llms(title, &nav, &shelves, &entries));
        Ok(())
    }

    fn llms(&self, title: &str, nav: &pages::Nav, shelves: &[Shelf<'_>], entries: &[search::Entry]) -> Page {
        let place = |(id, title): (PageId, String)| Some((title, self.registry.find(&id)?.path.clone()));
        let say = |key: &str| self.words.say(key);
        let first =
            [(PageId::Overview, say("overview")), (PageId::Matrix, say("matrix_page")), (PageId::Run, say("last_run"))];
        let whole = shelves.iter().filter_map(|shelf| {
            let title = self.words.fill("print_of", &[("broker", &shelf.title)]);
            Some((PageId::Print(shelf.kind()?.to_owned()), title))
        });
        let preface = Preface {
            title,
            about: &say("llms_about"),
            first: &first.into_iter().filter_map(place).collect::<Vec<_>>(),
            optional: &whole.filter_map(place).collect::<Vec<_>>(),
        };
        Page { path: format!("{}llms.txt", self.prefix), content: llms(&preface, nav, entries) }
    }

    /// The written pages of this stack, in the order of the navigation.
    fn shelves(&self) -> Vec<Shelf<'_>> {
        let all = self.library.documents(self.words.language).iter();
        let shown: Vec<&Document> = all.filter(|document| self.world.shows(document)).collect();
        let shelf = |id: &str, title: String, fits: &dyn Fn(&Document) -> bool| Shelf {
            id: id.to_owned(),
            title,
            documents: shown.iter().copied().filter(|document| fits(document)).collect(),
        };
        let section = |name: &'static str| {
            shelf(&Shelf::id_of_section(name), self.words.say(&format!("section_{name}")), &move |document| {
                document.section() == name && document.subject().is_none()
            })
        };
        let kinds = self.world.first_of_each_kind().map(|broker| {
            let kind = broker.model.kind;
            let title = broker.broker.description().title.to_owned();
            shelf(&format!("learn/{kind}"), title, &move |document| document.subject() == Some(kind))
        });
        let before = [section("start")].into_iter();
        let after = ["learn", "concepts", "howto"].into_iter().map(section);
        before.chain(kinds).chain(after).filter(|shelf| !shelf.documents.is_empty()).collect()
    }

    /// Gives what can be found of the written pages.
    fn learn(
        &self,
        press: &Press<'_>,
        shelves: &[Shelf<'_>],
        out: &mut Vec<Page>,
    ) -> Result<Vec<search::Entry>, BuildError> {
        let page = pages::learn_page(&self.context(&PageId::Learn), shelves, &self.prefix);
        out.extend(press.page(&PageId::Learn, "learn.html", &page, None)?);
        let glossary = pages::glossary_page(&self.context(&PageId::Glossary), self.library, &self.prefix);
        out.extend(press.page(&PageId::Glossary, "glossary.html", &glossary, None)?);
        let page = pages::verification_page(&self.context(&PageId::Verification), self.library, shelves, &self.prefix);
        out.extend(press.page(&PageId::Verification, "verification.html", &page, None)?);
        let place = |id: &PageId| self.registry.find(id).map(|place| place.path.clone()).unwrap_or_default();
        let (mut entries, mut documents) = (Vec::new(), Vec::new());
        let all = shelves.iter().flat_map(|shelf| {
            let documents = &shelf.documents;
            documents.iter().enumerate().map(move |(at, document)| (shelf, *document, at))
        });
        for made in on_all_cores(&all.collect::<Vec<_>>(), |(shelf, document, at)| {
            let id = PageId::Document(document.id.clone());
            let neighbour = |at: Option<usize>| at.and_then(|at| shelf.documents.get(at)).copied();
            let written = Written {
                library: self.library,
                document,
                broker: self.broker_of(document),
                around: (neighbour(at.checked_sub(1)), neighbour(at.checked_add(1))),
            };
            let page = pages::document_page(&self.context(&id), &written, &self.prefix)?;
            let picture = page.parts.iter().find_map(|part| part.picture.as_ref());
            let files = press.page(&id, "document.html", &page, picture.map(|picture| picture.svg.as_str()))?;
            let entry = search::Entry {
                title: page.page.title.clone(),
                kind: shelf.title.clone(),
                path: place(&id),
                headings: page.headings.iter().map(|(_, text)| text.clone()).collect(),
                text: document.head.goal.clone(),
            };
            Ok((files, entry, page))
        }) {
            let (files, entry, page) = made?;
            out.extend(files);
            entries.push(entry);
            documents.push(page);
        }
        let mut documents = documents.into_iter();
        for shelf in shelves {
            let ids = shelf.documents.iter().map(|document| document.id.clone());
            let lessons: Vec<_> = ids.zip(documents.by_ref()).collect();
            if let Some(kind) = shelf.kind() {
                let id = PageId::Print(kind.to_owned());
                let page = pages::print_page(&self.context(&id), &shelf.title, lessons, &self.prefix);
                out.extend(press.page(&id, "print.html", &page, None)?);
            }
        }
        entries.extend(glossary.terms.into_iter().map(|term| search::Entry {
            title: term.name,
            kind: glossary.page.title.clone(),
            path: format!("{}#{}", place(&PageId::Glossary), term.id),
            headings: vec![term.other],
            text: term.about,
        }));
        Ok(entries)
    }

    /// What is there to look up and to take away. Gives what can be found of the codes.
    fn look_up(&self, press: &Press<'_>, out: &mut Vec<Page>) -> Result<Vec<search::Entry>, BuildError> {
        let page = pages::exports_page(&self.context(&PageId::Exports), self.exports, &self.prefix);
        out.extend(press.page(&PageId::Exports, "exports.html", &page, None)?);
        let page = pages::fields_page(&self.context(&PageId::Fields), &self.prefix);
        out.extend(press.page(&PageId::Fields, "fields.html", &page, None)?);
        let page = pages::commands_page(&self.context(&PageId::Commands), &self.prefix);
        out.extend(press.page(&PageId::Commands, "commands.html", &page, None)?);
        let page = pages::errors_page(&self.context(&PageId::Errors), &self.prefix);
        out.extend(press.page(&PageId::Errors, "errors.html", &page, None)?);
        let codes = self.codes(&page);
        let page = pages::about_page(&self.context(&PageId::About), &self.prefix);
        out.extend(press.page(&PageId::About, "about.html", &page, None)?);
        for broker in self.world.first_of_each_kind() {
            let id = PageId::Reference(broker.model.kind.to_owned());
            let page = pages::reference_page(&self.context(&id), broker, &self.prefix);
            out.extend(press.page(&id, "reference.html", &page, None)?);
            let id = PageId::Programs(broker.model.kind.to_owned());
            if self.registry.find(&id).is_some() {
                let page = pages::programs_page(&self.context(&id), self.programs, broker, &self.prefix);
                out.extend(press.page(&id, "clients.html", &page, None)?);
            }
        }
        Ok(codes)
    }

    /// What can be found of the pages that no document stands behind.
    fn own_entries(&self) -> Vec<search::Entry> {
        let words = self.words;
        let entry = |id: &PageId, title: String, headings: Vec<String>, about: &str| {
            let path = self.registry.find(id)?.path.clone();
            Some(search::Entry { title, kind: words.say("search_page"), path, headings, text: words.say(about) })
        };
        let own = [
            (PageId::Learn, "learn", "learn_about"),
            (PageId::Verification, "verification", "verification_about"),
            (PageId::Glossary, "glossary", "glossary_about"),
            (PageId::Exports, "exports", "exports_about"),
            (PageId::Matrix, "matrix_page", "matrix_page_about"),
            (PageId::About, "about", "about_lede"),
            (PageId::Fields, "fields", "fields_about"),
            (PageId::Commands, "commands", "commands_about"),
            (PageId::Errors, "errors", "errors_about"),
        ];
        let own = own.iter().filter_map(|(id, title, about)| entry(id, words.say(title), Vec::new(), about));
        let of_kinds = self.world.first_of_each_kind().flat_map(|broker| {
            let (kind, title) = (broker.model.kind, broker.broker.description().title);
            let name = |key| words.fill(key, &[("broker", title)]);
            let clients = self.programs.of_kind(kind).map(|one| format!("{} {}", one.language, one.client)).collect();
            let keys = vec![words.say("reference_keys"), words.say("reference_lints")];
            [
                entry(&PageId::Reference(kind.to_owned()), name("reference_of"), keys, "reference_about"),
                entry(&PageId::Programs(kind.to_owned()), name("programs_of"), clients, "programs_send_receive"),
            ]
        });
        own.chain(of_kinds.flatten()).chain(self.commands()).collect()
    }

    /// Each command by itself: who looks for one wants to be there.
    fn commands(&self) -> Vec<search::Entry> {
        let path = self.registry.find(&PageId::Commands).map(|place| place.path.clone()).unwrap_or_default();
        let entry = |command: &Command| search::Entry {
            title: format!("mqlab {}", command.name),
            kind: self.words.say("commands"),
            path: format!("{path}#{}", pages::command_id(&command.name)),
            headings: Vec::new(),
            text: self.words.doc(&command.about),
        };
        self.world.input.manual.commands.iter().map(entry).collect()
    }

    /// Each code by itself: it is what people have before them when they search.
    fn codes(&self, page: &pages::ErrorsPage) -> Vec<search::Entry> {
        let path = self.registry.find(&PageId::Errors).map(|place| place.path.clone()).unwrap_or_default();
        let entry = |title: &str, row: &pages::ErrorRow| search::Entry {
            title: row.code.clone(),
            kind: title.to_owned(),
            path: format!("{path}#{}", row.id),
            headings: Vec::new(),
            text: row.about.iter().map(|piece| piece.text.as_str()).collect(),
        };
        page.sections.iter().flat_map(|section| section.rows.iter().map(|row| entry(&section.title, row))).collect()
    }

    /// Whose objects a written page shows.
    fn broker_of(&self, document: &Document) -> Option<&BrokerInput<'_>> {
        let is_meant = |broker: &&BrokerInput<'_>| match document.subject() {
            Some(kind) => broker.model.kind == kind,
            None => document.head.kinds.is_empty() || document.head.kinds.iter().any(|kind| kind == broker.model.kind),
        };
        self.world.input.brokers.iter().find(is_meant)
    }

    fn apps(&self, press: &Press<'_>, out: &mut Vec<Page>) -> Result<(), BuildError> {
        let apps = &self.world.input.stack.apps;
        if apps.is_empty() {
            return Ok(());
        }
        let id = PageId::Apps;
        let page = pages::apps_page(&self.context(&id), &self.prefix);
        out.extend(press.page(&id, "apps.html", &page, None)?);
        for app in apps {
            let id = PageId::App(app.name.clone());
            let page = pages::app_page(&self.context(&id), app, &self.prefix);
            out.extend(press.page(&id, "app.html", &page, Some(&page.picture.svg))?);
        }
        Ok(())
    }

    fn context<'c>(&'c self, page: &'c PageId) -> Context<'c> {
        Context { world: self.world, registry: self.registry, words: self.words, page }
    }
}

/// What every page of a language is made with.
struct Press<'a> {
    builder: &'a Builder<'a>,
    renderer: &'a Renderer,
    style: &'a str,
}

impl Press<'_> {
    /// One page, and its picture as a file of its own beside it.
    fn page(
        &self,
        id: &PageId,
        template: &str,
        values: &impl Serialize,
        picture: Option<&str>,
    ) -> Result<Vec<Page>, BuildError> {
        let dead = || BuildError::DeadLink { from: "the build".to_owned(), to: id.text() };
        let place = self.builder.registry.find(id).ok_or_else(dead)?;
        let path = format!("{}{}", self.builder.prefix, place.path);
        let content = self.renderer.page(template, values)?;
        let mut made = Vec::with_capacity(2);
        if let Some(svg) = picture {
            let stem = path.strip_suffix(".html").unwrap_or(&path);
            made.push(Page { path: format!("{stem}.svg"), content: standalone(svg, self.style) });
        }
        made.push(Page { path, content });
        Ok(made)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_that_is_nowhere_is_an_error_of_the_build() {
        let page = |path: &str, content: &str| Page { path: path.to_owned(), content: content.to_owned() };
        let pages =
            |link: &str| vec![page("a.html", &format!("<a href=\"{link}\">")), page("b.html", "<h2 id=\"here\">")];
        sound(pages("b.html#here")).unwrap();
        let error = sound(pages("b.html#gone")).unwrap_err().to_string();
        assert_eq!(error, "the page `a.html` links to `b.html#gone`, which is not part of the site");
    }
}
