//! Java's `.properties`, which has its own escapes and knows Latin-1 alone.

use std::fmt::Write as _;

/// One line per entry.
pub(super) fn properties<'a>(entries: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let mut out = String::from("# Written by mqlab; changed by hand it will be written again.\n");
    for (key, value) in entries {
        escape(&mut out, key, true);
        out.push('=');
        escape(&mut out, &value, false);
        out.push('\n');
    }
    out
}

/// In a value a space counts only at its beginning.
fn escape(out: &mut String, text: &str, is_key: bool) {
    for (index, character) in text.chars().enumerate() {
        match character {
            ' ' if is_key || index == 0 => out.push_str("\\ "),
            '=' | ':' | '#' | '!' | '\\' => {
                out.push('\\');
                out.push(character);
            }
            ' '..='~' => out.push(character),
            other => {
                let mut units = [0; 2];
                for unit in other.encode_utf16(&mut units) {
                    let _ = write!(out, "\\u{unit:04x}");
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_key_or_value_is_taken_for_a_sign() {
        let entries = [("a b=c", " x: y".to_owned()), ("#é", "\t\\📮".to_owned())];
        let text = properties(entries);
        let lines: Vec<&str> = text.lines().skip(1).collect();
        assert_eq!(lines, [r"a\ b\=c=\ x\: y", r"\#\u00e9=\u0009\\\ud83d\udcee"]);
    }
}
