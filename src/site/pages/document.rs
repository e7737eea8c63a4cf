//! Written pages: lessons, tasks, explanations.

use serde::Serialize;

use super::frame::{Frame, frame};
use super::learn::Shelf;
use super::object::grammar;
use super::parts::{Context, Link, PictureView};
use crate::site::figures::{self, Figure, FigureInput};
use crate::site::learn::{Block, Claim, ClaimState, Document, Library, Prose, Question, Source, Yours};
use crate::site::model::{End, PageId};
use crate::site::{BrokerInput, BuildError, pictures};

#[derive(Clone, Debug, Serialize)]
pub(crate) struct DocumentPage {
    pub page: Frame,
    pub goal: String,
    /// The broker of the lesson, and its version.
    pub broker: Option<Link>,
    pub broker_version: String,
    /// The reader's own objects on the page.
    pub own: Vec<Link>,
    /// Names that the stack does not have.
    pub samples: Vec<String>,
    pub predict: Option<QuestionView>,
    pub parts: Vec<PartView>,
    /// Whether the page needs their script.
    pub has_figures: bool,
    pub leaves_out: Vec<String>,
    pub quiz: Vec<QuestionView>,
    pub claims: Vec<ClaimRow>,
    pub previous: Option<Link>,
    pub next: Option<Link>,
    /// For the search.
    #[serde(skip)]
    pub headings: Vec<(String, String)>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PartView {
    pub html: String,
    pub picture: Option<PictureView>,
    pub figure: Option<Figure>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct QuestionView {
    pub id: String,
    pub ask: String,
    pub options: Vec<String>,
    pub right: usize,
    pub why: String,
}

/// A claim as a row of a table.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ClaimRow {
    pub id: String,
    pub href: String,
    pub text: String,
    pub state: String,
    pub class: &'static str,
    #[serde(skip)]
    pub known: ClaimState,
    pub source: Option<Source>,
    pub test: String,
    pub versions: String,
}

/// What a written page is made from.
pub(crate) struct Written<'a> {
    pub library: &'a Library,
    pub document: &'a Document,
    /// Whose objects the page shows.
    pub broker: Option<&'a BrokerInput<'a>>,
    /// The pages before and after it.
    pub around: (Option<&'a Document>, Option<&'a Document>),
}

pub(crate) fn document_page(
    context: &Context<'_>,
    written: &Written<'_>,
    prefix: &str,
) -> Result<DocumentPage, BuildError> {
    let Written { library, document, broker, around } = written;
    let yours = Yours::new(&document.head, context.world, *broker);
    let version_of = |kind: &str| context.world.version_of(kind);
    let prose = Prose { context: *context, library, yours: &yours, version_of: &version_of };
    let rendered = prose.text(&document.body)?;
    let mut made = rendered.claims.clone();
    let mut line = |text: &str| {
        let (html, claims) = prose.line(text)?;
        made.extend(claims);
        Ok::<_, BuildError>(html)
    };
    let mut question = |id: String, question: &Question| {
        Ok::<_, BuildError>(QuestionView {
            id,
            ask: line(&question.ask)?,
            options: question.options.iter().map(|option| line(option)).collect::<Result<_, _>>()?,
            right: question.right,
            why: line(&question.why)?,
        })
    };
    let predict = document.head.predict.as_ref().map(|one| question("predict".to_owned(), one)).transpose()?;
    let quiz = document.head.quiz.iter().enumerate();
    let quiz = quiz.map(|(at, one)| question(format!("quiz-{}", at + 1), one)).collect::<Result<_, _>>()?;
    let goal = line(&document.head.goal)?;
    let leaves_out = document.head.leaves_out.iter().map(|text| line(text)).collect::<Result<_, _>>()?;
    made.sort();
    made.dedup();
    let claims = made.iter().filter_map(|id| library.claim(id)).map(|claim| claim_row(context, claim)).collect();
    let parts: Vec<PartView> = rendered.blocks.into_iter().map(|block| part(context, &yours, *broker, block)).collect();
    let to = |document: &&Document| context.page(&PageId::Document(document.id.clone()), document.head.title.clone());
    let mut own: Vec<Link> = Vec::new();
    for name in yours.names.iter().filter(|name| !name.is_sample) {
        if let Some(page) = &name.page
            && own.iter().all(|link| link.text != name.text)
        {
            own.push(context.page(page, name.text.clone()));
        }
    }
    let above = (PageId::Learn, context.words.say("learn"));
    let mut page = frame(context, &document.head.title, &[above], prefix);
    // The part of the navigation that the page is in stands open.
    page.trail.push(
        document.subject().map_or_else(|| Shelf::id_of_section(document.section()), |kind| format!("learn/{kind}")),
    );
    Ok(DocumentPage {
        page,
        goal,
        broker: broker
            .filter(|_| document.subject().is_some())
            .map(|broker| context.page(&PageId::Broker(broker.model.name.clone()), broker.broker.description().title)),
        broker_version: if document.subject().is_some() { yours.version.clone() } else { String::new() },
        own,
        samples: yours.names.iter().filter(|name| name.is_sample).map(|name| name.text.clone()).collect(),
        predict,
        has_figures: parts.iter().any(|part| part.figure.is_some()),
        parts,
        leaves_out,
        quiz,
        claims,
        previous: around.0.as_ref().map(to),
        next: around.1.as_ref().map(to),
        headings: rendered.headings,
    })
}

fn part(context: &Context<'_>, yours: &Yours, broker: Option<&BrokerInput<'_>>, block: Block) -> PartView {
    let mut part = PartView { html: String::new(), picture: None, figure: None };
    match block {
        Block::Html(html) => part.html = html,
        Block::Picture(key) => part.picture = picture(context, yours, &key),
        Block::Figure(name) => {
            let apps = &context.world.input.stack.apps;
            part.figure = broker.and_then(|broker| {
                let values = yours.with_plain_kinds();
                let input = FigureInput { broker, apps, values: &values };
                figures::figure(&name, &input, context.words)
            });
        }
    }
    part
}

/// What is around the reader's own object; nothing where it is a sample.
fn picture(context: &Context<'_>, yours: &Yours, key: &str) -> Option<PictureView> {
    let name = yours.names.iter().find(|name| name.key == key)?;
    let Some(PageId::Object(address)) = &name.page else { return None };
    let (ends, left_out) = pictures::around(&grammar(context, false), &End::Object(address.clone()));
    let graph = pictures::all(&grammar(context, false), &ends);
    let noun = context.words.doc(&address.kind);
    let title = context.words.fill("picture_of", &[("kind", &noun), ("name", &name.text)]);
    Some(context.picture(&graph, title, left_out))
}

pub(crate) fn claim_row(context: &Context<'_>, claim: &Claim) -> ClaimRow {
    let state = claim.state(&context.world.version_of(&claim.kind));
    let page = context.registry.link(context.page, &PageId::Verification).unwrap_or_default();
    ClaimRow {
        id: claim.id.clone(),
        href: format!("{page}#{}", claim.id),
        text: claim.text(context.words.language).to_owned(),
        state: context.words.say(&format!("claim_{}", state.name())),
        class: state.class(),
        known: state,
        source: claim.source.clone(),
        test: claim.tested.as_ref().map(|tested| tested.test.clone()).unwrap_or_default(),
        versions: claim.tested.as_ref().map(|tested| tested.versions.join(", ")).unwrap_or_default(),
    }
}
