//! What keeps the texts honest: no sentence that promises something without a claim behind it.

use super::document::Document;

/// What a sentence promises with, by language.
const EN: [&str; 5] = ["never", "only", "must", "always", "cannot"];
const ZH: [&str; 7] = ["必须", "只", "从不", "总是", "永远", "不能", "绝不"];
/// Words with these characters that promise nothing: whether one can, not only, is but, as long as, to read alone.
const ZH_OTHERWISE: [&str; 5] = ["能不能", "不只", "只是", "只要", "只读"];
const MARK: char = '\u{e002}';

/// Sentences that promise and name no claim.
pub(super) fn unregistered(document: &Document, language: &str) -> Vec<String> {
    document.texts().flat_map(|text| promises_of(text, language)).collect()
}

/// The same of a text by itself.
fn promises_of(text: &str, language: &str) -> Vec<String> {
    sentences(&marked(text)).into_iter().filter(|one| promises(one, language) && !one.contains(MARK)).collect()
}

/// Code is no sentence, and a claim's mark is one character.
fn marked(text: &str) -> String {
    let mut out = String::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_code = !is_code;
            out.push('\n');
        } else if !is_code {
            out.push_str(line);
        }
        out.push('\n');
    }
    let mut plain = String::new();
    for (at, part) in out.split('`').enumerate() {
        if at % 2 == 0 {
            plain.push_str(part);
        } else {
            plain.push_str("code");
        }
    }
    let mut rest = plain.as_str();
    let mut out = String::new();
    while let Some((before, after)) = rest.split_once("[](claim:") {
        out.push_str(before);
        out.push(MARK);
        rest = after.split_once(')').map_or("", |(_, behind)| behind);
    }
    out.push_str(rest);
    out
}

/// Ends at a full stop with what stands right behind it, at an empty line, at an item of a list, at a cell of a table.
fn sentences(text: &str) -> Vec<String> {
    let mut all = vec![String::new()];
    for paragraph in text.split("\n\n") {
        all.push(String::new());
        let mut characters = paragraph.chars().peekable();
        while let Some(character) = characters.next() {
            let is_item = character == '\n' && matches!(characters.peek(), Some('-' | '*' | '|' | '#' | '1'..='9'));
            if is_item || character == '|' {
                all.push(String::new());
                continue;
            }
            let Some(last) = all.last_mut() else { continue };
            last.push(if character == '\n' { ' ' } else { character });
            let is_end = match character {
                '。' | '！' | '？' => true,
                '.' | '!' | '?' => characters.peek().is_none_or(|next| next.is_whitespace() || *next == MARK),
                _ => false,
            };
            if is_end {
                while let Some(next) = characters.next_if(|next| *next == MARK || *next == ' ') {
                    last.push(next);
                }
                all.push(String::new());
            }
        }
    }
    all.into_iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}

fn promises(sentence: &str, language: &str) -> bool {
    if language == "zh" {
        let sentence = ZH_OTHERWISE.iter().fold(sentence.to_owned(), |rest, word| rest.replace(word, ""));
        return ZH.iter().any(|word| sentence.contains(word));
    }
    let is_word = |character: char| character.is_alphanumeric() || character == '-' || character == '_';
    sentence.split(|character| !is_word(character)).any(|word| EN.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::content::library;
    use super::*;
    use crate::site::model::Words;

    /// Words of figures that promise, with the claim behind each: a figure has no place for a link.
    const OF_FIGURES: [(&str, &str); 5] = [
        ("sim_ack_forever_nack", "rabbitmq.nack-does-not-count"),
        ("sim_group_shared", "kafka.share-lock"),
        ("sim_life_gone_consumer", "rabbitmq.auto-delete-needs-a-consumer"),
        ("sim_life_refused", "rabbitmq.transient-refused"),
        ("sim_qt_one", "rabbitmq.one-consumer-each"),
    ];

    fn page(body: &str) -> Document {
        Document::read("howto/10-x", &format!("---\ntitle: T\n---\n{body}")).unwrap()
    }

    #[test]
    fn a_planted_promise_is_found() {
        let found = |body: &str, language: &str| unregistered(&page(body), language);
        assert_eq!(found("It never\nfails. It is fast.", "en"), ["It never fails."]);
        assert_eq!(found("It never fails. [](claim:a.b) It is.", "en"), [""; 0]);
        assert_eq!(found("It never fails [](claim:a.b).\n\n- Only one\n- two", "en"), ["- Only one"]);
        assert_eq!(found("A read-only `must` file.\n```\nnever\n```\n", "en"), [""; 0]);
        assert_eq!(found("| a | always |", "en"), ["always"]);
        assert_eq!(found("它从不丢失。它很快。", "zh"), ["它从不丢失。"]);
        assert_eq!(found("它从不丢失。[](claim:a.b)它很快。", "zh"), [""; 0]);
        assert_eq!(found("它只存一份。不只是它，只要能不能都行。", "zh"), ["它只存一份。"]);
    }

    #[test]
    fn every_promise_is_on_record() {
        let library = library().unwrap();
        let mut found = Vec::new();
        for language in ["en", "zh"] {
            for document in library.documents(language) {
                let missing = unregistered(document, language);
                found.extend(missing.into_iter().map(|one| format!("{language}/{}: {one}", document.order)));
            }
        }
        assert!(found.is_empty(), "{} sentences promise without a claim:\n{}", found.len(), found.join("\n"));
    }

    #[test]
    fn a_term_promises_nothing() {
        let library = library().unwrap();
        let found = |language: &'static str| {
            library.terms.iter().flat_map(move |term| promises_of(term.about(language), language))
        };
        let found: Vec<String> = found("en").chain(found("zh")).collect();
        assert!(found.is_empty(), "the glossary has no place for a claim:\n{}", found.join("\n"));
    }

    #[test]
    fn what_figures_and_pages_promise_by_themselves_is_on_record() {
        let library = library().unwrap();
        let mut found = BTreeSet::new();
        for language in ["en", "zh"] {
            for (key, text) in Words::of(language).unwrap().texts() {
                let has_claim = OF_FIGURES.iter().any(|(word, _)| word == key);
                for one in promises_of(text, language) {
                    assert!(has_claim, "{language}/words.json: {key}: {one}");
                    found.insert(key.clone());
                }
            }
        }
        for (key, claim) in OF_FIGURES {
            assert!(found.contains(key), "{key} promises nothing any more");
            assert!(library.claim(claim).is_some(), "{key}: no claim {claim}");
        }
    }

    #[test]
    fn every_claim_is_made_somewhere_in_both_languages_and_none_is_twice() {
        let library = library().unwrap();
        let known: BTreeSet<&str> = library.claims.iter().map(|claim| claim.id.as_str()).collect();
        assert_eq!(known.len(), library.claims.len(), "an id is there twice");
        for language in ["en", "zh"] {
            let made: BTreeSet<&str> = library.documents(language).iter().flat_map(Document::claims).collect();
            assert_eq!(
                made.difference(&known).copied().collect::<Vec<_>>(),
                [""; 0],
                "{language}: nothing behind them"
            );
            assert_eq!(known.difference(&made).copied().collect::<Vec<_>>(), [""; 0], "{language}: nobody makes them");
        }
    }

    #[test]
    fn every_figure_that_a_page_names_exists_and_every_one_is_shown() {
        let library = library().unwrap();
        for language in ["en", "zh"] {
            let texts =
                library.documents(language).iter().flat_map(|document| document.body.split("](figure:").skip(1));
            let named: BTreeSet<&str> = texts.filter_map(|rest| rest.split_once(')')).map(|(name, _)| name).collect();
            let known: BTreeSet<&str> = crate::site::figures::NAMES.iter().copied().collect();
            assert_eq!(named, known, "{language}");
        }
    }

    #[test]
    fn both_languages_have_the_same_pages_with_the_same_answers() {
        let library = library().unwrap();
        let shape = |language: &str| -> Vec<String> {
            let all = library.documents(language).iter();
            all.map(|one| {
                let head = &one.head;
                let answers: Vec<(usize, usize)> = head
                    .predict
                    .iter()
                    .chain(&head.quiz)
                    .map(|question| (question.options.len(), question.right))
                    .collect();
                format!(
                    "{} {:?} {:?} {:?} {answers:?} {:?}",
                    one.order,
                    head.kinds,
                    head.when,
                    head.versions,
                    head.uses.iter().collect::<Vec<_>>()
                )
            })
            .collect()
        };
        assert_eq!(shape("en"), shape("zh"));
    }
}
