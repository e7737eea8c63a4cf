//! Texts as the words that they are found by. `site/js/search.js` cuts a query in the same way.

use std::collections::BTreeMap;

use super::Entry;

/// Of a text, the part that can be found by: an index is no copy of the site.
const TEXT: usize = 400;

/// Where a token stands. A better place is a higher number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Text = 1,
    Heading = 2,
    Title = 3,
}

/// Every token of an entry with the best place that it has.
pub(super) fn of_entry(entry: &Entry) -> BTreeMap<String, Place> {
    let mut found = BTreeMap::new();
    let mut note = |text: &str, place: Place| {
        for token in tokens(text) {
            let known = found.entry(token).or_insert(place);
            *known = place.max(*known);
        }
    };
    note(&entry.title, Place::Title);
    for heading in &entry.headings {
        note(heading, Place::Heading);
    }
    let end = entry.text.char_indices().nth(TEXT).map_or(entry.text.len(), |(at, _)| at);
    note(&entry.text[..end], Place::Text);
    if tokens(&entry.title).is_empty() {
        note_whole(&mut found, &entry.title);
    }
    found
}

/// A name of nothing but signs is found as a whole.
fn note_whole(found: &mut BTreeMap<String, Place>, title: &str) {
    let whole = plain(title);
    if !whole.is_empty() {
        found.insert(whole, Place::Title);
    }
}

/// Lower case without spaces: how names are compared.
pub(super) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<String>().to_lowercase()
}

/// Words at spaces and signs, and of `orderPlaced` the parts and the whole; of Chinese each two characters, and the
/// last alone.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for word in words(text) {
        if word.chars().next().is_some_and(is_ideograph) {
            let characters: Vec<char> = word.chars().collect();
            found.extend(
                (0..characters.len()).map(|at| characters[at..(at + 2).min(characters.len())].iter().collect()),
            );
        } else {
            let parts = humps(word);
            if parts.len() > 1 {
                found.extend(parts.into_iter().map(str::to_lowercase));
            }
            found.push(word.to_lowercase());
        }
    }
    found
}

/// Runs of Chinese characters, and runs of anything else that is no sign.
pub(super) fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start: Option<(usize, bool)> = None;
    for (at, character) in text.char_indices() {
        let sort = (!is_sign(character)).then(|| is_ideograph(character));
        if start.map(|(_, sort)| sort) != sort {
            words.extend(start.map(|(start, _)| &text[start..at]));
            start = sort.map(|sort| (at, sort));
        }
    }
    words.extend(start.map(|(start, _)| &text[start..]));
    words
}

/// `orderPlaced` at its capitals.
fn humps(word: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut low) = (0, false);
    for (at, character) in word.char_indices() {
        if low && character.is_ascii_uppercase() {
            parts.push(&word[start..at]);
            start = at;
        }
        low = character.is_ascii_lowercase() || character.is_ascii_digit();
    }
    parts.push(&word[start..]);
    parts
}

/// What is written without spaces.
pub(super) fn is_ideograph(character: char) -> bool {
    matches!(character, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}' | '\u{f900}'..='\u{faff}')
}

/// What separates words: the signs of ASCII, of Latin-1, and of Chinese.
fn is_sign(character: char) -> bool {
    match character {
        '0'..='9' | 'A'..='Z' | 'a'..='z' => false,
        '\0'..='\u{bf}'
        | '\u{2000}'..='\u{2bff}'
        | '\u{3000}'..='\u{303f}'
        | '\u{fe30}'..='\u{fe4f}'
        | '\u{feff}'..='\u{ff0f}'
        | '\u{ff1a}'..='\u{ff20}' => true,
        other => other.is_whitespace(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sentences_become_words() {
        for (text, wanted) in [
            ("mail.eu-west_1/dead", "mail eu west 1 dead"),
            ("orderPlaced", "order placed orderplaced"),
            ("RabbitMQ 4", "rabbit mq rabbitmq 4"),
            ("HTTP API", "http api"),
            ("死信队列", "死信 信队 队列 列"),
            ("Kafka的主题。", "kafka 的主 主题 题"),
            ("Übung, 🐇!", "übung 🐇"),
            ("→ ..", ""),
        ] {
            assert_eq!(tokens(text).join(" "), wanted, "{text}");
        }
    }
}
