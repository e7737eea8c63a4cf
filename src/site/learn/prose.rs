//! A page's text into HTML: the template, then Markdown, then links that cannot be dead.
//!
//! Nothing in the text is taken as HTML, and names are put in last, so that no name can be more than a name.

use std::collections::BTreeSet;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use serde::Serialize;
use tera::{Context as Values, Tera};

use super::yours::{Part, Yours};
use super::{Claim, Library};
use crate::brokers;
use crate::site::BuildError;
use crate::site::diagram::escape;
use crate::site::figures;
use crate::site::model::PageId;
use crate::site::pages::Context;

/// What turns the texts of one page into HTML.
pub(crate) struct Prose<'a> {
    pub context: Context<'a>,
    pub library: &'a Library,
    pub yours: &'a Yours,
    /// The version that runs of a kind of broker; empty where the stack has none.
    pub version_of: &'a dyn Fn(&str) -> String,
}

/// A text, ready.
#[derive(Clone, Debug, Default)]
pub(crate) struct Rendered {
    pub blocks: Vec<Block>,
    /// Id and text.
    pub headings: Vec<(String, String)>,
    /// In the order of the text.
    pub claims: Vec<String>,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
pub(crate) enum Block {
    Html(String),
    /// By name.
    Figure(String),
    /// What is around an object: a key of `your`.
    Picture(String),
}

impl Prose<'_> {
    /// A whole text.
    pub(crate) fn text(&self, source: &str) -> Result<Rendered, BuildError> {
        let filled = self.filled(source)?;
        let mut writer =
            Writer { prose: self, out: Rendered::default(), events: Vec::new(), in_code: None, ids: BTreeSet::new() };
        let events: Vec<Event<'_>> = Parser::new_ext(&filled, Options::ENABLE_TABLES).collect();
        writer.all(&events)?;
        Ok(writer.out)
    }

    /// A sentence or two, without a paragraph around it, and the claims in it.
    pub(crate) fn line(&self, source: &str) -> Result<(String, Vec<String>), BuildError> {
        let rendered = self.text(source)?;
        let html: String = rendered
            .blocks
            .into_iter()
            .map(|block| match block {
                Block::Html(html) => html,
                Block::Figure(_) | Block::Picture(_) => String::new(),
            })
            .collect();
        let html = html.trim();
        let inner = html.strip_prefix("<p>").and_then(|rest| rest.strip_suffix("</p>")).unwrap_or(html);
        Ok((inner.replace("</p>\n<p>", "<br>"), rendered.claims))
    }

    fn filled(&self, source: &str) -> Result<String, BuildError> {
        // Most sentences have nothing to fill, and an engine for each costs more than all the rest.
        if !["{{", "{%", "{#"].iter().any(|mark| source.contains(mark)) {
            return Ok(source.to_owned());
        }
        let mut values = Values::new();
        values.insert("your", &self.yours.filled);
        values.insert("has", &self.yours.has);
        values.insert("version", &self.yours.version);
        Tera::one_off(source, &values, false)
            .map_err(|source| BuildError::Template { template: self.context.page.text(), source })
    }

    /// A name as the page shows it: the reader's own leads to its page, a sample says that it is one.
    fn name(&self, at: usize) -> String {
        let name = &self.yours.names[at];
        let text = escape(&name.text);
        let href = name.page.as_ref().and_then(|page| self.context.registry.link(self.context.page, page).ok());
        match href {
            Some(href) => format!("<a class=\"own\" href=\"{}\"><code><bdi>{text}</bdi></code></a>", escape(&href)),
            None if name.is_sample => format!(
                "<code class=\"sample\" title=\"{}\"><bdi>{text}</bdi></code>",
                escape(&self.context.words.say("sample_name"))
            ),
            None => format!("<code><bdi>{text}</bdi></code>"),
        }
    }

    fn dead(&self, to: &str) -> BuildError {
        BuildError::DeadLink { from: self.context.page.text(), to: to.to_owned() }
    }

    fn claim_mark(&self, id: &str) -> Result<String, BuildError> {
        let claim: &Claim = self.library.claim(id).ok_or_else(|| self.dead(&format!("claim:{id}")))?;
        let state = claim.state(&(self.version_of)(&claim.kind));
        let word = self.context.words.say(&format!("claim_{}", state.name()));
        let href = self.context.registry.link(self.context.page, &PageId::Verification)?;
        Ok(format!(
            "<a class=\"claim claim-{}\" href=\"{href}#{}\" aria-label=\"{word}\" title=\"{word}: {}\"></a>",
            state.name().replace('_', "-"),
            escape(id),
            escape(claim.text(self.context.words.language)),
        ))
    }

    /// Where a link of the text leads; `None` where this stack has no such page.
    fn target(&self, url: &str) -> Result<Option<String>, BuildError> {
        let link = |page: &PageId| self.context.registry.link(self.context.page, page).ok();
        if let Some(rest) = url.strip_prefix("page:") {
            let (id, fragment) = rest.split_once('#').map_or((rest, None), |(id, fragment)| (id, Some(fragment)));
            let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
            let page = match id {
                "glossary" => PageId::Glossary,
                "verification" => PageId::Verification,
                "learn" => PageId::Learn,
                "run" => PageId::Run,
                id if self.library.documents("en").iter().any(|document| document.id == id) => {
                    PageId::Document(id.to_owned())
                }
                _ => PageId::Programs(kind_of_programs(id).ok_or_else(|| self.dead(url))?.to_owned()),
            };
            return Ok(link(&page).map(|href| format!("{href}{fragment}")));
        }
        if let Some(id) = url.strip_prefix("term:") {
            self.library.term(id).ok_or_else(|| self.dead(url))?;
            return Ok(link(&PageId::Glossary).map(|href| format!("{href}#{id}")));
        }
        if url.starts_with("https://") || url.starts_with("http://") {
            return Ok(Some(url.to_owned()));
        }
        Err(self.dead(url))
    }
}

/// `programs/kafka`.
fn kind_of_programs(id: &str) -> Option<&str> {
    let kind = id.strip_prefix("programs/")?;
    brokers::registry().iter().any(|broker| broker.description().kind == kind).then_some(kind)
}

struct Writer<'p, 'a> {
    prose: &'p Prose<'a>,
    out: Rendered,
    events: Vec<Event<'p>>,
    /// The language and the text so far.
    in_code: Option<(String, String)>,
    ids: BTreeSet<String>,
}

impl Writer<'_, '_> {
    fn all(&mut self, events: &[Event<'_>]) -> Result<(), BuildError> {
        let mut at = 0;
        // Links that lead nowhere in this stack are text.
        let mut closing: Vec<bool> = Vec::new();
        while at < events.len() {
            if let Some(block) = block(&events[at..]) {
                let (is_known, to) = match &block {
                    Block::Figure(name) => (figures::NAMES.contains(&name.as_str()), format!("figure:{name}")),
                    Block::Picture(key) => (self.prose.yours.values.contains_key(key), format!("picture:{key}")),
                    Block::Html(_) => (true, String::new()),
                };
                if !is_known {
                    return Err(self.prose.dead(&to));
                }
                self.flush();
                self.out.blocks.push(block);
                at += 4;
                continue;
            }
            match &events[at] {
                Event::Start(Tag::Link { dest_url, .. }) => {
                    if let Some(id) = dest_url.strip_prefix("claim:") {
                        let mark = self.prose.claim_mark(id)?;
                        self.raw(mark);
                        self.out.claims.push(id.to_owned());
                        while !matches!(events[at], Event::End(TagEnd::Link)) {
                            at += 1;
                        }
                    } else {
                        let target = self.prose.target(dest_url)?;
                        closing.push(target.is_some());
                        if let Some(href) = target {
                            let rel = if href.starts_with("http") { " rel=\"external noreferrer\"" } else { "" };
                            self.raw(format!("<a href=\"{}\"{rel}>", escape(&href)));
                        }
                    }
                }
                Event::End(TagEnd::Link) => {
                    if closing.pop() == Some(true) {
                        self.raw("</a>".to_owned());
                    }
                }
                Event::Start(Tag::Heading { level, .. }) => at = self.heading(*level, events, at),
                Event::Start(Tag::CodeBlock(fence)) => {
                    let language = match fence {
                        CodeBlockKind::Fenced(language) => language.to_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    self.in_code = Some((language, String::new()));
                }
                Event::End(TagEnd::CodeBlock) => self.code_block(),
                Event::Start(Tag::Table(columns)) => {
                    let label = self.out.headings.last().map_or_else(
                        || format!("aria-label=\"{}\"", escape(&self.prose.context.words.say("table"))),
                        |(id, _)| format!("aria-labelledby=\"{id}\""),
                    );
                    self.raw(format!("<div class=\"scroll\" tabindex=\"0\" role=\"region\" {label}>"));
                    self.events.push(Event::Start(Tag::Table(columns.clone())));
                }
                Event::End(TagEnd::Table) => {
                    self.events.push(Event::End(TagEnd::Table));
                    self.raw("</div>\n".to_owned());
                }
                Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.words(text),
                Event::Code(text) => self.code(text),
                other => self.events.push(other.clone().into_static()),
            }
            at += 1;
        }
        self.flush();
        Ok(())
    }

    fn raw(&mut self, html: String) {
        self.events.push(Event::InlineHtml(html.into()));
    }

    fn flush(&mut self) {
        let mut out = String::new();
        html::push_html(&mut out, self.events.drain(..));
        // The corner of a table is the head of nothing, and so is a row of corners.
        out = out.replace("<th></th>", "<td></td>");
        for columns in 2..=3 {
            out = out.replace(&format!("<thead><tr>{}</tr></thead>", "<td></td>".repeat(columns)), "");
        }
        if !out.trim().is_empty() {
            self.out.blocks.push(Block::Html(out));
        }
    }

    fn words(&mut self, text: &str) {
        if let Some((_, code)) = &mut self.in_code {
            code.push_str(&self.prose.yours.plain(text));
            return;
        }
        for part in self.prose.yours.parts(text) {
            match part {
                Part::Text(text) => {
                    self.events.push(Event::Text(text.to_owned().into()));
                }
                Part::Name(at) => {
                    let name = self.prose.name(at);
                    self.raw(name);
                }
            }
        }
    }

    fn code(&mut self, text: &str) {
        let plain = self.prose.yours.plain(text);
        match self.prose.yours.parts(text)[..] {
            [Part::Name(at)] => {
                let name = self.prose.name(at);
                self.raw(name);
            }
            _ => self.raw(format!("<code><bdi>{}</bdi></code>", escape(&plain))),
        }
    }

    /// Gives where the heading ends.
    fn heading(&mut self, level: HeadingLevel, events: &[Event<'_>], start: usize) -> usize {
        let length = events[start..].iter().position(|event| matches!(event, Event::End(TagEnd::Heading(_))));
        let end = start + length.unwrap_or_default();
        let text: String = events[start..end]
            .iter()
            .filter_map(|event| match event {
                Event::Text(text) | Event::Code(text) => Some(self.prose.yours.plain(text)),
                _ => None,
            })
            .collect();
        let mut id: String = text
            .to_lowercase()
            .split(|character: char| !character.is_ascii_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join("-");
        if id.is_empty() || !self.ids.insert(id.clone()) {
            id = format!("s{}", self.out.headings.len() + 1);
            self.ids.insert(id.clone());
        }
        self.raw(format!("<{level} id=\"{id}\">{}</{level}>\n", escape(&text)));
        self.out.headings.push((id, text));
        end
    }

    fn code_block(&mut self) {
        let Some((language, code)) = self.in_code.take() else { return };
        let (tool, copy) = (escape(&language), escape(&self.prose.context.words.say("copy")));
        self.raw(format!(
            "<div class=\"call\"><div class=\"call-head\"><span class=\"call-tool\">{tool}</span><button type=\"button\" \
             class=\"copy\" hidden data-copy>{copy}</button></div><pre tabindex=\"0\" role=\"group\" aria-label=\"{tool}\"><code>{}</code></pre></div>\n",
            code.lines().map(escape).collect::<Vec<_>>().join("\n")
        ));
    }
}

/// A paragraph that is nothing but a figure or a picture.
fn block(events: &[Event<'_>]) -> Option<Block> {
    match events {
        [
            Event::Start(Tag::Paragraph),
            Event::Start(Tag::Link { dest_url, .. }),
            Event::End(TagEnd::Link),
            Event::End(TagEnd::Paragraph),
            ..,
        ] => match dest_url.split_once(':')? {
            ("figure", name) => Some(Block::Figure(name.to_owned())),
            ("picture", name) => Some(Block::Picture(name.to_owned())),
            _ => None,
        },
        _ => None,
    }
}
