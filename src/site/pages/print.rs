//! All lessons about a kind of broker on one page: one after the other, each complete without a script.

use serde::Serialize;

use super::document::{DocumentPage, QuestionView};
use super::frame::{Frame, frame};
use super::parts::Context;
use crate::site::model::PageId;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct PrintPage {
    pub page: Frame,
    pub lessons: Vec<LessonView>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct LessonView {
    /// The last part of its path: `keys`.
    pub id: String,
    pub lesson: DocumentPage,
}

/// `title` is the broker's; each lesson comes with the id of its document, and as its own page has it.
pub(crate) fn print_page(
    context: &Context<'_>,
    title: &str,
    lessons: Vec<(String, DocumentPage)>,
    prefix: &str,
) -> PrintPage {
    // The part of the navigation that they are in stands open.
    let shelf = lessons.first().and_then(|(id, _)| Some(id.rsplit_once('/')?.0.to_owned()));
    let ids: Vec<String> = lessons.iter().map(|(id, _)| last(id)).collect();
    let lessons = lessons.into_iter().map(|(id, lesson)| {
        let own = last(&id);
        let bound =
            bound(lesson, &Binding { own: &own, all: &ids, root: &context.registry.root(context.page), id: &id });
        LessonView { id: own, lesson: bound }
    });
    let lessons = lessons.collect();
    let above = [(PageId::Learn, context.words.say("learn"))];
    let mut page = frame(context, &context.words.fill("print_of", &[("broker", title)]), &above, prefix);
    page.trail.extend(shelf);
    PrintPage { page, lessons }
}

fn last(id: &str) -> String {
    id.rsplit('/').next().unwrap_or(id).to_owned()
}

/// What tells the parts of one lesson from those of the others on the page.
struct Binding<'a> {
    own: &'a str,
    all: &'a [String],
    /// From the page up to the folder of the language.
    root: &'a str,
    /// Of the document.
    id: &'a str,
}

fn bound(mut lesson: DocumentPage, binding: &Binding<'_>) -> DocumentPage {
    let bind = |text: &mut String| *text = binding.html(text);
    bind(&mut lesson.goal);
    lesson.leaves_out.iter_mut().for_each(bind);
    for part in &mut lesson.parts {
        bind(&mut part.html);
        if let Some(picture) = &mut part.picture {
            bind(&mut picture.svg);
        }
    }
    let question = |question: &mut QuestionView| {
        bind(&mut question.ask);
        question.options.iter_mut().for_each(bind);
        bind(&mut question.why);
    };
    lesson.predict.iter_mut().chain(&mut lesson.quiz).for_each(question);
    lesson
}

impl Binding<'_> {
    /// HTML of our own, in which every attribute is in double quotes and every text is escaped.
    fn html(&self, html: &str) -> String {
        let mut out = html.to_owned();
        for attribute in ["id", "aria-labelledby", "aria-describedby"] {
            out = out.replace(&format!(" {attribute}=\""), &format!(" {attribute}=\"{}-", self.own));
        }
        out = out.replace("url(#", &format!("url(#{}-", self.own));
        // Tables of several lessons stand under headings of one name, and landmarks want names of their own.
        out = out.replace(" role=\"region\"", " role=\"group\"");
        // Below the title of the lesson, which is below that of the page.
        for level in [3, 2] {
            for mark in ["<", "</"] {
                out = out.replace(&format!("{mark}h{level}"), &format!("{mark}h{}", level + 1));
            }
        }
        let folder = self.id.rsplit_once('/').map_or("", |(folder, _)| folder);
        for other in self.all {
            let page = format!("href=\"{}{folder}/{other}.html", self.root);
            out = out.replace(&format!("{page}#"), &format!("href=\"#{other}-"));
            out = out.replace(&format!("{page}\""), &format!("href=\"#{other}\""));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lesson_among_others_keeps_its_ids_apart_and_leads_to_them_here() {
        let all = ["keys".to_owned(), "groups".to_owned()];
        let binding = Binding { own: "keys", all: &all, root: "../../", id: "learn/kafka/keys" };
        for (before, after) in [
            (r#"<h2 id="why">Why</h2>"#, r#"<h3 id="keys-why">Why</h3>"#),
            (r#"<h3 id="a">A</h3><h2>B</h2>"#, r#"<h4 id="keys-a">A</h4><h3>B</h3>"#),
            (r#"<a href="../../learn/kafka/groups.html">"#, r##"<a href="#groups">"##),
            (r#"<a href="../../learn/kafka/groups.html#idle">"#, r##"<a href="#groups-idle">"##),
            (r#"<a href="../../learn/kafka/other.html">"#, r#"<a href="../../learn/kafka/other.html">"#),
            (r#"<a href="../../glossary.html#key">"#, r#"<a href="../../glossary.html#key">"#),
            (r#"<div role="region" aria-labelledby="why">"#, r#"<div role="group" aria-labelledby="keys-why">"#),
            ("<code>&lt;h2 id=&quot;x&quot;</code>", "<code>&lt;h2 id=&quot;x&quot;</code>"),
        ] {
            assert_eq!(binding.html(before), after);
        }
    }
}
