//! Columns that line up, whatever the script.

use unicode_width::UnicodeWidthStr as _;

use super::Paint;

/// Rows of equal length under a head.
#[derive(Clone, Debug, Default)]
pub struct Table {
    head: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    pub fn new(head: &[&str]) -> Self {
        Self { head: head.iter().map(|&word| word.to_owned()).collect(), rows: Vec::new() }
    }

    pub fn row<T: Into<String>>(&mut self, cells: impl IntoIterator<Item = T>) {
        self.rows.push(cells.into_iter().map(Into::into).collect());
    }

    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Two spaces between columns, none at the end of a line. A column that is empty everywhere is left out.
    pub fn to_text(&self, paint: Paint) -> String {
        let used: Vec<usize> = (0..self.head.len())
            .filter(|&column| self.rows.iter().any(|row| row.get(column).is_some_and(|cell| !cell.is_empty())))
            .collect();
        let cell = |row: &[String], column: usize| row.get(column).map_or(String::new(), |text| harmless(text));
        let lines = std::iter::once(&self.head).chain(&self.rows);
        let widths: Vec<usize> = used
            .iter()
            .map(|&column| lines.clone().map(|row| cell(row, column).width()).max().unwrap_or_default())
            .collect();
        let mut out = String::new();
        for (number, row) in lines.enumerate() {
            let mut line = String::new();
            for (&column, width) in used.iter().zip(&widths) {
                let text = cell(row, column);
                line.push_str(&text);
                line.push_str(&" ".repeat(width - text.width() + 2));
            }
            let line = line.trim_end();
            out.push_str(&if number == 0 { paint.quiet(line) } else { line.to_owned() });
            out.push('\n');
        }
        out
    }
}

/// A terminal must not act on what a broker's object is called.
fn harmless(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { char::REPLACEMENT_CHARACTER } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_line_up_in_every_script_and_empty_ones_are_gone() {
        let mut table = Table::new(&["name", "note", "n"]);
        table.row(["订单", "", "1"]);
        table.row(["a\u{7}b", "", "22"]);
        assert_eq!(table.to_text(Paint(false)), "name  n\n订单  1\na�b   22\n");
    }
}
