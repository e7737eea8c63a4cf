//! What the YAML parser's complaints mean to somebody who writes a spec.

use super::budget::MOST_DEPTH;
use super::lines::Lines;
use super::{Diagnostics, Position};

/// Parts of the parser's messages, with what is wrong and how to go on. The first that fits counts.
const CAUSES: &[(&str, &str, &str)] = &[
    ("found a tab", "a tab stands where YAML wants spaces", USE_SPACES),
    ("tab", "a tab stands in the indentation", USE_SPACES),
    (
        "mapping values are not allowed",
        "a second `: ` on one line",
        "put quotes around a text that holds `: `, or begin a new line; keys of one map have the same indentation",
    ),
    (
        "unexpected end of stream",
        "a quote is opened and never closed",
        "close it; inside double quotes write `\\\"` for a quote",
    ),
    (
        "trailing content after double-quoted",
        "something follows the closing quote",
        "put the whole text into the quotes, and write `\\\"` for a quote inside",
    ),
    (
        "unknown escape character",
        "an unknown escape in double quotes",
        "write `\\\\` for a backslash, or use single quotes, where a backslash is itself",
    ),
    (
        "Unicode character escape",
        "an escape in double quotes that is no character",
        "write `\\\\` for a backslash, or use single quotes, where a backslash is itself",
    ),
    (
        "expected hexadecimal number",
        "an incomplete escape in double quotes",
        "write `\\\\` for a backslash, or use single quotes, where a backslash is itself",
    ),
    (
        "expected ',' or '}'",
        "a `{` is not closed, or a comma is missing",
        "close it with `}` and put `, ` between the entries; a text with `{`, `}`, `[`, `]` or `,` needs quotes here",
    ),
    (
        "expected ',' or ']'",
        "a `[` is not closed, or a comma is missing",
        "close it with `]` and put `, ` between the items; a text with `{`, `}`, `[`, `]` or `,` needs quotes here",
    ),
    ("misplaced bracket", "a bracket closes what was never opened", "remove it, or put the text into quotes"),
    ("unexpected character: `@'", "a text cannot begin with `@`", "put quotes around it"),
    ("unexpected character: `%'", "a text cannot begin with `%`", "put quotes around it"),
    ("unexpected character: ``'", "a text cannot begin with a backtick", "put quotes around it"),
    (
        "unknown anchor",
        "an alias has no anchor of its name before it",
        "name one with `&name`, before the `*name`; a text that begins with `*` needs quotes",
    ),
    ("anchor or alias", "an anchor or alias without a name", "a text that begins with `*` or `&` needs quotes"),
    (
        "did not find expected '-'",
        "this line does not go on with the list above it",
        "indent it like the other `- ` items, or end the list with less indentation",
    ),
    (
        "block sequence entries are not allowed",
        "a list cannot begin here",
        "put the first `- ` on a line of its own, below its key",
    ),
    (
        "only valid inside a block",
        "`- ` cannot stand inside `{ }` or `[ ]`",
        "write the list as `[ a, b ]`, or as lines that begin with `- `",
    ),
    (
        "did not find expected key",
        "this line does not go on with the map above it",
        "indent it like the other keys of its map",
    ),
    (
        "indentation in flow",
        "a `{` or `[` before this line is not closed",
        "close it with `}` or `]`, or indent this line further than the line that opens it",
    ),
    (
        "indentation in quoted",
        "a quote before this line is not closed",
        "close it, or indent this line further than the line that opens it",
    ),
    (
        "invalid indentation",
        "this line is indented less than what it belongs to",
        "indent it further than the key it belongs to, or close the quote or bracket before it",
    ),
    (
        "simple key",
        "a key without its `: `",
        "write `key: value`, with a space behind the colon; a text over several lines needs `|` or quotes",
    ),
    ("comment intercepting", "a comment stands inside a text of several lines", "put quotes around the text"),
    ("byte order mark", "a byte order mark stands inside the file", "remove the character U+FEFF"),
    ("unprintable", "a control character", "remove it, or write it as an escape such as `\\u001b` in double quotes"),
    ("directive", "a line that begins with `%` is a directive", "remove it; mqlab reads YAML 1.2 without directives"),
    ("tag", "a text that begins with `!` is a tag", "put quotes around it"),
    (
        "block scalar",
        "the text under `|` or `>` is not indented evenly",
        "indent every line of it with the same number of spaces, and nothing but a comment behind the `|` or `>`",
    ),
    ("expected node content", "a value is missing here", "write one, or remove the comma or bracket before it"),
    ("document", "something stands before or behind the document", "remove what is around `---` or `...`"),
    ("YAML whitespace", "a `:` or `-` without a space behind it", "put a space behind it, or quotes around the text"),
];

const USE_SPACES: &str = "use spaces; most editors can convert tabs";

/// Adds the diagnostic for a complaint of the parser.
pub(crate) fn report(complaint: &str, at: Position, lines: &Lines<'_>, diagnostics: &mut Diagnostics) {
    let at = lines.clamp(at);
    if complaint.contains("recursion limit") {
        too_deep(at, diagnostics);
        return;
    }
    // Only flow collections make `${` hard to write, and there the complaint is far from the cause.
    if let Some(place) = interpolation_in_braces(at, lines) {
        let help = "put quotes around a text with `${…}` inside `{ }` or `[ ]`".to_owned();
        diagnostics.error("syntax", place, "a `{` that is not closed or not quoted", help);
        return;
    }
    let known = CAUSES.iter().find(|(part, ..)| complaint.contains(part));
    let (text, help) = known.map_or_else(
        || (format!("this is no YAML: {complaint}"), "put quotes around texts with special characters"),
        |(_, text, help)| ((*text).to_owned(), *help),
    );
    diagnostics.error("syntax", at, text, help.to_owned());
}

/// The parser has a limit of its own for `{` and `[`, which it may reach first.
pub(crate) fn too_deep(at: Position, diagnostics: &mut Diagnostics) {
    let text = format!("lists and maps are nested more than {MOST_DEPTH} levels deep");
    diagnostics.error("too-deep", at, text, "a spec needs about ten".to_owned());
}

/// The `${` of an unquoted text in a flow collection on the line where the parser stopped.
fn interpolation_in_braces(at: Position, lines: &Lines<'_>) -> Option<Position> {
    let line = lines.line(at.line);
    let before = &line[..super::lines::byte_of(line, at.column.saturating_add(1))];
    let start = before.rfind("${")?;
    let head = &before[..start];
    let unquoted = ['"', '\''].iter().all(|quote| head.matches(*quote).count().is_multiple_of(2));
    let in_flow = head.contains(['{', '[']);
    (unquoted && in_flow).then(|| {
        let column = u32::try_from(head.chars().count()).unwrap_or(0) + 1;
        Position { column, length: 2, ..at }
    })
}
