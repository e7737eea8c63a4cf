//! How messages quote, list and suggest.

/// Longer texts are cut in messages, and get no suggestion.
const LONGEST: usize = 64;
/// More candidates are not compared: each takes time, and a file may hold a thousand mistakes.
const MOST_CANDIDATES: usize = 5_000;

/// A text in backticks, cut where it is long and without characters that a terminal would act on.
pub(crate) fn quote(text: &str) -> String {
    format!("`{}`", shorten(text))
}

fn shorten(text: &str) -> String {
    let mut out = String::new();
    for (index, character) in text.chars().enumerate() {
        if index == LONGEST {
            out.push('…');
            break;
        }
        if character.is_control() || is_direction(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// Bidirectional controls make a terminal show other text than there is.
fn is_direction(character: char) -> bool {
    matches!(character, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// `a`, `b` and `c`.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>, conjunction: &str) -> String {
    let quoted: Vec<String> = words.into_iter().map(quote).collect();
    match quoted.split_last() {
        Some((last, [])) => last.clone(),
        Some((last, rest)) => format!("{} {conjunction} {last}", rest.join(", ")),
        None => "nothing".to_owned(),
    }
}

/// `a topic`, `an exchange`.
pub(crate) fn article(noun: &str) -> String {
    let vowel = noun.starts_with(['a', 'e', 'i', 'o', 'u']) && !noun.starts_with("us");
    format!("{} {noun}", if vowel { "an" } else { "a" })
}

/// `did you mean …? The rest`, or the rest alone.
pub(crate) fn suggest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>, rest: &str) -> String {
    suggestion(nearest(found, candidates), rest)
}

/// [`suggest`] where the candidate is known.
pub(crate) fn suggestion(meant: Option<&str>, rest: &str) -> String {
    let Some(meant) = meant else { return rest.to_owned() };
    let mut letters = rest.chars();
    let first = letters.next().map(char::to_uppercase).into_iter().flatten();
    format!("did you mean {}? {}{}", quote(meant), first.collect::<String>(), letters.as_str())
}

/// The candidate that was probably meant.
pub(crate) fn nearest<'a>(found: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if found.chars().count() > LONGEST {
        return None;
    }
    let plain = normalise(found);
    candidates
        .into_iter()
        .take(MOST_CANDIDATES)
        .filter_map(|candidate| {
            let wanted = normalise(candidate);
            let distance = strsim::damerau_levenshtein(&plain, &wanted);
            let allowed = (plain.chars().count().max(wanted.chars().count()) / 3).max(1);
            let prefix = plain.len() >= 4 && (wanted.starts_with(&plain) || plain.starts_with(&wanted));
            (distance <= allowed || prefix).then_some((distance, candidate))
        })
        .min()
        .map(|(_, candidate)| candidate)
}

/// Whether two words differ by case and separators alone.
pub(crate) fn same_word(left: &str, right: &str) -> bool {
    normalise(left) == normalise(right)
}

/// Case and separators are what people remember least.
fn normalise(text: &str) -> String {
    text.chars().filter(|character| !matches!(character, '_' | '-' | '.' | ' ')).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_words_are_found_and_far_ones_are_not() {
        let candidates = ["partitions", "replication_factor", "config", "description"];
        for (found, meant) in [
            ("partitons", Some("partitions")),
            ("partition", Some("partitions")),
            ("replicationFactor", Some("replication_factor")),
            ("replication", Some("replication_factor")),
            ("replicas", None),
            ("Config", Some("config")),
            ("conf", Some("config")),
            ("zone", None),
            ("", None),
        ] {
            assert_eq!(nearest(found, candidates), meant, "{found}");
        }
    }

    #[test]
    fn quotes_are_short_and_harmless() {
        assert_eq!(quote("a\u{1b}[31m\u{202e}"), "`a\\u{1b}[31m\\u{202e}`");
        assert_eq!(quote(&"é".repeat(80)).chars().count(), 67);
    }

    #[test]
    fn lists_read_as_sentences() {
        assert_eq!(list([], "and"), "nothing");
        assert_eq!(list(["a"], "and"), "`a`");
        assert_eq!(list(["a", "b", "c"], "or"), "`a`, `b` or `c`");
        assert_eq!([article("topic"), article("exchange"), article("user")], ["a topic", "an exchange", "a user"]);
    }
}
