//! Regular expressions over names, matched as the server matches them.
//!
//! It knows nothing of UTF-8 there: each byte is a character of Latin-1, so `.` is half of an `é`. Checked on 4.0
//! and 4.3; they differ in what a `\w` beyond ASCII is, where this follows 4.0.

use fancy_regex::Regex;

/// A compiled expression.
#[derive(Debug)]
pub(super) struct Pattern(Regex);

impl Pattern {
    /// The error is the compiler's.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        Regex::new(&bytewise(text)).map(Self).map_err(|error| error.to_string())
    }

    /// Whether it matches anywhere in the name. One that goes on for too long matches nothing.
    pub(super) fn matches(&self, name: &str) -> bool {
        self.0.is_match(&bytewise(name)).unwrap_or(false)
    }
}

fn bytewise(text: &str) -> String {
    text.bytes().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    /// Recorded from 4.0.5 and 4.3.6: pattern, and which of the names it matches.
    #[test]
    fn names_are_bytes() {
        let names = ["ê", "é", "a b", "ab", "日本"];
        let cases: &[(&str, &[&str])] = &[
            ("^.$", &[]),
            ("^..$", &["ê", "é", "ab"]),
            ("^[日本]+$", &["日本"]),
            ("^[^a]+$", &["ê", "é", "日本"]),
            (r"^\p{L}+$", &["ê", "ab"]),
            (r"^\S+$", &["ê", "é", "ab", "日本"]),
            ("^(?>a)b$", &["ab"]),
            ("(?x)a b", &["ab"]),
            ("", &names),
        ];
        for (pattern, wanted) in cases {
            let compiled = Pattern::new(pattern).unwrap();
            let found: Vec<&str> = names.into_iter().filter(|name| compiled.matches(name)).collect();
            assert_eq!(found, *wanted, "{pattern}");
        }
    }

    #[test]
    fn what_does_not_compile_says_so() {
        assert!(Pattern::new("(").is_err());
    }
}
