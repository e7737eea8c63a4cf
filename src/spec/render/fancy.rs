//! Diagnostics drawn for a terminal.

use std::fmt::{self, Display};

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents, ThemeCharacters, ThemeStyles,
};

use super::super::lines::{Lines, byte_of};
use super::super::{Diagnostic, Diagnostics, Severity, Sources};
use super::summary;

/// How the drawn form looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    pub color: bool,
    /// Box-drawing characters; else plain ASCII.
    pub unicode: bool,
    /// Columns to wrap at.
    pub width: usize,
}

/// Columns below which wrapping would only hurt.
const LEAST_WIDTH: usize = 40;
/// Characters shown before the place, on lines that are too long to show.
const BEFORE: usize = 40;

/// With file, position, source line, caret, code and help, and a last line that counts. Empty without diagnostics.
pub fn fancy(diagnostics: &Diagnostics, sources: &Sources, style: Style) -> String {
    let width = style.width.max(LEAST_WIDTH);
    let theme = GraphicalTheme {
        characters: if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if style.color { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    let handler = GraphicalReportHandler::new_themed(theme).with_width(width).with_links(false).with_context_lines(0);
    let lines = Lines::all(sources);
    let mut out = String::new();
    for diagnostic in &diagnostics.list {
        let file = sources.origin(diagnostic.at).file.to_string();
        let excerpt = lines.get(diagnostic.at.file).map(|lines| Excerpt::new(file, lines, diagnostic, width));
        // Writing to a text cannot fail, and the excerpt gives every span it is asked for.
        let _ = handler.render_report(&mut out, &Drawn { diagnostic, excerpt });
        out.push('\n');
    }
    if !out.is_empty() {
        out.push_str(&summary(diagnostics));
        out.push('\n');
    }
    out
}

/// A diagnostic as the drawing library wants it.
#[derive(Debug)]
struct Drawn<'a> {
    diagnostic: &'a Diagnostic,
    excerpt: Option<Excerpt>,
}

/// The one line that is shown, or the part of it around the place.
#[derive(Debug)]
struct Excerpt {
    file: String,
    text: String,
    span: SourceSpan,
    /// Both from 0.
    line: usize,
    column: usize,
}

impl Excerpt {
    fn new(file: String, lines: &Lines<'_>, diagnostic: &Diagnostic, width: usize) -> Self {
        let at = lines.clamp(diagnostic.at);
        let line = lines.line(at.line);
        let start = byte_of(line, at.column);
        let room = width.saturating_sub(BEFORE / 2);
        let skipped = if line.len() > room { (at.column as usize).saturating_sub(BEFORE) } else { 0 };
        let mut text = String::new();
        if skipped > 0 {
            text.push('…');
        }
        let from = byte_of(line, u32::try_from(skipped).unwrap_or(0) + 1);
        text.extend(line[from..start].chars().map(harmless));
        let offset = text.len();
        let left = room.saturating_sub(text.chars().count());
        let mut rest = line[start..].chars();
        text.extend(rest.by_ref().take(left).map(harmless));
        if rest.next().is_some() {
            text.push('…');
        }
        // A mistake at the end of a line has a column of its own to point at.
        if offset == text.len() {
            text.push(' ');
        }
        let covered = lines.slice(at).chars().count().max(1);
        let length = text[offset..].chars().take(covered).map(char::len_utf8).sum::<usize>();
        let span = SourceSpan::from((offset, length));
        Self { file, text, span, line: at.line as usize - 1, column: at.column as usize - 1 }
    }
}

/// A terminal must not act on what a file holds.
fn harmless(character: char) -> char {
    match character {
        '\t' => ' ',
        '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => char::REPLACEMENT_CHARACTER,
        character if character.is_control() => char::REPLACEMENT_CHARACTER,
        character => character,
    }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        _span: &SourceSpan,
        _before: usize,
        _after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let whole = SourceSpan::from((0, self.text.len()));
        let data = self.text.as_bytes();
        Ok(Box::new(MietteSpanContents::new_named(self.file.clone(), data, whole, self.line, self.column, 1)))
    }
}

impl Display for Drawn<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.diagnostic.text)
    }
}

impl std::error::Error for Drawn<'_> {}

impl miette::Diagnostic for Drawn<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        Some(Box::new(format!("{}[{}]", self.diagnostic.severity.word(), self.diagnostic.code)))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.diagnostic.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Lint => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn Display + 'a>> {
        self.diagnostic.help.as_ref().map(|help| Box::new(help) as Box<dyn Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        Some(Box::new(std::iter::once(LabeledSpan::new_primary_with_span(None, excerpt.span))))
    }
}
