//! From values to pages.

use serde::Serialize;
use thiserror::Error;

use super::diagram::standalone;
use super::model::{PageId, Registry, Words, World, has_page};
use super::pages::{self, Context};
use super::render::{Renderer, assets, picture_style};
use super::search;
use super::{Page, SiteInput};
use crate::parallel::on_all_cores;

/// Why no site could be made. Each is a mistake in the site's own sources, never in the stack.
#[derive(Debug, Error)]
pub enum BuildError {
    #[error("the page `{from}` links to `{to}`, which is not part of the site")]
    DeadLink { from: String, to: String },
    #[error("two pages want the path `{path}`: `{first}` and `{second}`")]
    SamePath { path: String, first: String, second: String },
    #[error("the texts in `{language}` cannot be used: {detail}")]
    Texts { language: String, detail: String },
    #[error("cannot render the site's template `{template}`")]
    Template {
        template: String,
        #[source]
        source: tera::Error,
    },
}

/// Every file of the site, sorted by path. The same input gives the same bytes.
pub fn build(input: &SiteInput<'_>) -> Result<Vec<Page>, BuildError> {
    let world = World::new(input);
    let registry = world.registry()?;
    let mut out: Vec<Page> =
        assets().into_iter().map(|(path, content)| Page { path: path.to_owned(), content }).collect();
    let first = ["en".to_owned()];
    let languages = if input.stack.site.languages.is_empty() { &first[..] } else { &input.stack.site.languages };
    for (at, language) in languages.iter().enumerate() {
        // The first language is at the top, so that a stack with one language has no folder for it.
        let prefix = if at == 0 { String::new() } else { format!("{language}/") };
        let words = Words::of(language)?;
        Builder { world: &world, registry: &registry, words: &words, prefix }.build(&mut out)?;
    }
    out.sort_by(|one, two| one.path.cmp(&two.path));
    Ok(out)
}

/// The pages of one language.
struct Builder<'a> {
    world: &'a World<'a>,
    registry: &'a Registry,
    words: &'a Words,
    prefix: String,
}

impl Builder<'_> {
    fn build(&self, out: &mut Vec<Page>) -> Result<(), BuildError> {
        let input = self.world.input;
        let title = input.stack.site.title.as_deref().unwrap_or(&input.stack.name);
        let nav = pages::nav(&self.context(&PageId::Overview));
        let renderer = Renderer::new(self.words, title, nav, input.report.is_some())?;
        let style = picture_style();
        let press = Press { builder: self, renderer: &renderer, style: &style };

        let id = PageId::Overview;
        let page = pages::overview_page(&self.context(&id), title, &self.prefix);
        out.extend(press.page(&id, "overview.html", &page, Some(&page.picture.svg))?);
        if let Some(report) = input.report {
            let id = PageId::Run;
            let page = pages::run_page(&self.context(&id), report, &self.prefix);
            out.extend(press.page(&id, "run.html", &page, None)?);
        }
        self.apps(&press, out)?;
        for broker in &input.brokers {
            let id = PageId::Broker(broker.model.name.clone());
            let page = pages::broker_page(&self.context(&id), broker, &self.prefix);
            let svg = page.picture.as_ref().map(|picture| picture.svg.as_str());
            out.extend(press.page(&id, "broker.html", &page, svg)?);
            for rules in broker.broker.description().kinds {
                let id = PageId::Kind { broker: broker.model.name.clone(), kind: rules.kind.to_owned() };
                if self.registry.find(&id).is_none() {
                    continue;
                }
                let page = pages::list_page(&self.context(&id), broker, rules, &self.prefix);
                out.extend(press.page(&id, "list.html", &page, None)?);
                let resources: Vec<_> = broker.of_kind(rules.kind).filter(|_| has_page(rules)).collect();
                for made in on_all_cores(&resources, |resource| {
                    let id = PageId::Object(resource.address.clone());
                    let page = pages::object_page(&self.context(&id), broker, resource, &self.prefix);
                    press.page(&id, "object.html", &page, Some(&page.picture.svg))
                }) {
                    out.extend(made?);
                }
            }
        }
        out.extend(search::index(&search::entries(&self.context(&PageId::Overview), title), self.words.language));
        Ok(())
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
