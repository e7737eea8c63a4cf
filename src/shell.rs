//! Texts as words of a command, for a POSIX shell.

/// One word, bare where every shell reads it as it stands.
pub(crate) fn word(text: &str) -> String {
    let is_plain = |character: char| character.is_ascii_alphanumeric() || "_-./:@%+,=".contains(character);
    let is_bare = !text.is_empty() && text.chars().all(is_plain);
    if is_bare { text.to_owned() } else { quoted(text) }
}

/// In single quotes, whatever it is.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stays_one_word() {
        assert_eq!(word("events/topic/orders"), "events/topic/orders");
        assert_eq!(word("order.*.placed"), "'order.*.placed'");
        assert_eq!(word("it's $HOME"), r"'it'\''s $HOME'");
        assert_eq!(word(""), "''");
        assert_eq!(quoted("plain"), "'plain'");
    }
}
