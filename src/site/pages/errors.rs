//! Every code that a mistake is told with: what it means, and what to do.

use serde::Serialize;

use super::frame::{Frame, frame};
use super::parts::{Context, Link, Piece, pieces};
use crate::site::model::PageId;
use crate::spec;

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ErrorsPage {
    pub page: Frame,
    pub sections: Vec<ErrorSection>,
    pub commands: Link,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ErrorSection {
    pub id: String,
    pub title: String,
    /// The command that finds these.
    pub command: &'static str,
    pub rows: Vec<ErrorRow>,
}

#[derive(Clone, Debug, Serialize)]
pub(crate) struct ErrorRow {
    /// `kafka-unknown-config`: kinds share codes.
    pub id: String,
    pub code: String,
    /// Of what lets a file through.
    pub is_warning: bool,
    pub about: Vec<Piece>,
}

pub(crate) fn errors_page(context: &Context<'_>, prefix: &str) -> ErrorsPage {
    let words = context.words;
    let row = |section: &str, (code, about): (&str, &str)| ErrorRow {
        id: format!("{section}-{code}"),
        code: code.to_owned(),
        is_warning: false,
        about: pieces(&words.doc(about)),
    };
    let checked = |id: &str, title: String, errors: &[(&str, &str)], lints: &[(&str, &str)]| {
        // Some are one thing or the other, by what the file says.
        let warning = |(code, about): (&str, &str)| {
            let mut row = row(id, (code, about));
            if errors.iter().any(|(error, _)| *error == code) {
                row.id.push_str("-warning");
            }
            ErrorRow { is_warning: true, ..row }
        };
        let errors = errors.iter().map(|one| row(id, *one));
        ErrorSection {
            id: id.to_owned(),
            title,
            command: "mqlab check",
            rows: errors.chain(lints.iter().map(|one| warning(*one))).collect(),
        }
    };
    let file = checked("file", words.say("errors_file"), spec::ERRORS, spec::LINTS);
    let kinds = context.world.first_of_each_kind().map(|broker| {
        let about = broker.broker.description();
        checked(about.kind, about.title.to_owned(), about.errors, about.lints)
    });
    let findings = context.world.input.manual.findings.iter();
    let doctor = ErrorSection {
        id: "doctor".to_owned(),
        title: words.say("errors_doctor"),
        command: "mqlab doctor",
        rows: findings.map(|one| row("doctor", (&one.word, &one.about))).collect(),
    };
    let commands = context.page(&PageId::Commands, words.say("exit_codes"));
    ErrorsPage {
        page: frame(context, &words.say("errors"), &[], prefix),
        sections: std::iter::once(file).chain(kinds).chain([doctor]).filter(|one| !one.rows.is_empty()).collect(),
        commands: Link { href: commands.href.map(|href| format!("{href}#exit-codes")), ..commands },
    }
}
