//! The lines of a text, found by number: from a [`Position`] back to what was typed there.

use super::{Position, Sources};

/// Where each line of a text begins. Breaks are those of YAML: `\n`, `\r\n` and a lone `\r`.
#[derive(Clone, Debug)]
pub(crate) struct Lines<'a> {
    text: &'a str,
    starts: Vec<usize>,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for (index, byte) in bytes.iter().enumerate() {
            if *byte == b'\n' || (*byte == b'\r' && bytes.get(index + 1) != Some(&b'\n')) {
                starts.push(index + 1);
            }
        }
        Self { text, starts }
    }

    /// The lines of every source, by the index in a [`Position`].
    pub(crate) fn all(sources: &'a Sources) -> Vec<Self> {
        sources.0.iter().map(|source| Self::new(&source.text)).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.starts.len()
    }

    /// Line `number` from 1, without its break; empty where there is no such line.
    pub(crate) fn line(&self, number: u32) -> &'a str {
        let index = (number as usize).wrapping_sub(1);
        let Some(start) = self.starts.get(index) else { return "" };
        let end = self.starts.get(index + 1).copied().unwrap_or(self.text.len());
        self.text[*start..end].trim_end_matches(['\n', '\r'])
    }

    /// The byte offset of a line and column, both from 1.
    pub(crate) fn offset(&self, line: u32, column: u32) -> usize {
        let index = (line as usize).wrapping_sub(1);
        self.starts.get(index).map_or(self.text.len(), |start| start + byte_of(self.line(line), column))
    }

    /// The text from a line and column to the end of everything.
    pub(crate) fn from(&self, line: u32, column: u32) -> &'a str {
        &self.text[self.offset(line, column)..]
    }

    /// What the span covers on its first line. The parser counts the blanks behind a closing quote or
    /// bracket in; they are not.
    pub(crate) fn slice(&self, at: Position) -> &'a str {
        let line = self.line(at.line);
        let rest = &line[byte_of(line, at.column)..];
        rest[..byte_of(rest, at.length.saturating_add(1))].trim_end()
    }

    /// The position moved into the text, for a parser that points behind its end.
    pub(crate) fn clamp(&self, mut at: Position) -> Position {
        at.line = at.line.clamp(1, u32::try_from(self.count()).unwrap_or(u32::MAX));
        let length = u32::try_from(self.line(at.line).chars().count()).unwrap_or(u32::MAX - 1);
        at.column = at.column.clamp(1, length + 1);
        at.length = at.length.clamp(1, (length + 1 - at.column).max(1));
        at
    }
}

/// The byte offset of a column (from 1) within a line, at most the line's end.
pub(crate) fn byte_of(line: &str, column: u32) -> usize {
    let characters = (column as usize).saturating_sub(1);
    line.char_indices().nth(characters).map_or(line.len(), |(offset, _)| offset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_every_break_of_yaml() {
        let lines = Lines::new("a\r\nbc\rd\n\ne");
        let found: Vec<&str> = (0..=6).map(|number| lines.line(number)).collect();
        assert_eq!(found, ["", "a", "bc", "d", "", "e", ""]);
    }

    #[test]
    fn columns_count_characters() {
        let lines = Lines::new("x: héé\ny");
        assert_eq!(lines.slice(Position { file: 0, line: 1, column: 4, length: 3 }), "héé");
        assert_eq!(lines.slice(Position { file: 0, line: 1, column: 6, length: 90 }), "é");
        assert_eq!(lines.slice(Position { file: 0, line: 9, column: 6, length: 1 }), "");
        assert_eq!(lines.from(1, 5), "éé\ny");
    }

    #[test]
    fn a_position_behind_the_end_is_moved_in() {
        let lines = Lines::new("ab\n");
        let at = lines.clamp(Position { file: 0, line: 7, column: 9, length: 9 });
        assert_eq!(at, Position { file: 0, line: 2, column: 1, length: 1 });
    }
}
