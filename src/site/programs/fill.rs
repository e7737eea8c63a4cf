//! Puts the reader's names into a program.

use std::fmt::Write as _;

/// A placeholder is a whole string in double quotes, so what takes its place becomes one in that language.
/// `names` are placeholders, such as `your-queue`, each with what it stands for.
pub(crate) fn fill(code: &str, language: &str, names: &[(&str, String)]) -> String {
    let mut filled = code.to_owned();
    for (placeholder, name) in names {
        filled = filled.replace(&format!("\"{placeholder}\""), &literal(name, language));
    }
    filled
}

/// A string as the language writes it. What nobody can see, and what changes the direction of a text, is a number.
fn literal(text: &str, language: &str) -> String {
    let mut out = String::from("\"");
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if other.is_control() || crate::site::text::is_hidden(other) => number(&mut out, other, language),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

fn number(out: &mut String, character: char, language: &str) {
    let code = u32::from(character);
    let _ = match language {
        "rust" => write!(out, "\\u{{{code:x}}}"),
        "python" | "go" | "dotnet" if code > 0xffff => write!(out, "\\U{code:08x}"),
        // Java reads `\u0007` before it reads strings, which is the same for all but quotes and line ends.
        _ => {
            let mut units = [0; 2];
            for unit in character.encode_utf16(&mut units) {
                let _ = write!(out, "\\u{unit:04x}");
            }
            Ok(())
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_a_string_in_every_language() {
        let names = [("your-queue", "a\"b\\c\u{202e}\u{e0001}".to_owned())];
        let cases = [
            ("python", "f(\"a\\\"b\\\\c\\u202e\\U000e0001\")"),
            ("go", "f(\"a\\\"b\\\\c\\u202e\\U000e0001\")"),
            ("node", "f(\"a\\\"b\\\\c\\u202e\\udb40\\udc01\")"),
            ("java", "f(\"a\\\"b\\\\c\\u202e\\udb40\\udc01\")"),
            ("rust", "f(\"a\\\"b\\\\c\\u{202e}\\u{e0001}\")"),
        ];
        for (language, wanted) in cases {
            assert_eq!(fill("f(\"your-queue\")", language, &names), wanted, "{language}");
        }
        assert_eq!(fill("\"your-queue-2\" your-queue", "go", &names), "\"your-queue-2\" your-queue");
    }
}
