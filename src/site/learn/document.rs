//! One written page: what stands above it, and its text.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::range::Range;

/// A page of one language.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    /// `learn/kafka/keys`: the same in every language.
    pub id: String,
    /// The path with its number: what the order is by.
    pub order: String,
    pub head: Head,
    /// A template of Markdown.
    pub body: String,
}

/// What stands above the text of a page.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Head {
    pub title: String,
    #[serde(default)]
    pub goal: String,
    /// Only for stacks that have one of these; empty is for all.
    #[serde(default)]
    pub kinds: Vec<String>,
    /// The page is there only for these versions of the broker.
    #[serde(default)]
    pub when: Option<Range>,
    /// Names for `has.…`.
    #[serde(default)]
    pub versions: BTreeMap<String, Range>,
    /// The names for `your.…`, with what is shown where the stack has no such thing.
    #[serde(default)]
    pub uses: BTreeMap<String, Sample>,
    #[serde(default)]
    pub predict: Option<Question>,
    #[serde(default)]
    pub quiz: Vec<Question>,
    #[serde(default)]
    pub leaves_out: Vec<String>,
}

/// A name or a number.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Sample {
    Number(i64),
    Name(String),
}

/// Something to think about before reading on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Question {
    pub ask: String,
    pub options: Vec<String>,
    /// Counted from 1.
    pub right: usize,
    pub why: String,
}

impl Document {
    /// `path` is `learn/kafka/20-keys`.
    pub(super) fn read(path: &str, text: &str) -> Result<Self, String> {
        let rest = text.strip_prefix("---\n").ok_or("it does not begin with `---`")?;
        let (head, body) = rest.split_once("\n---\n").ok_or("nothing ends what stands above the text")?;
        let head: Head = serde_yaml::from_str(head).map_err(|error| error.to_string())?;
        for question in head.predict.iter().chain(&head.quiz) {
            if question.right == 0 || question.right > question.options.len() {
                return Err(format!("`{}` has no answer {}", question.ask, question.right));
            }
        }
        let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
        let slug = file.trim_start_matches(|digit: char| digit.is_ascii_digit()).trim_start_matches('-');
        let id = if folder.is_empty() { slug.to_owned() } else { format!("{folder}/{slug}") };
        Ok(Self { id, order: path.to_owned(), head, body: body.to_owned() })
    }

    /// `learn`, `howto`, `concepts`, `start`.
    pub(crate) fn section(&self) -> &str {
        self.id.split('/').next().unwrap_or_default()
    }

    /// The kind of broker that the lesson is about.
    pub(crate) fn subject(&self) -> Option<&str> {
        let rest = self.id.strip_prefix("learn/")?;
        rest.split_once('/').map(|(kind, _)| kind)
    }

    /// The claims that the page makes, as often as it makes them.
    pub(crate) fn claims(&self) -> impl Iterator<Item = &str> {
        let behind = |text: &str| text.find(')').map_or(0, |end| end);
        self.texts().flat_map(move |text| text.split("](claim:").skip(1).map(move |rest| &rest[..behind(rest)]))
    }

    /// What the page states: questions and answers to choose from state nothing.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        let questions = self.head.predict.iter().chain(&self.head.quiz);
        let answers = questions.map(|question| question.why.as_str());
        let goal = [self.body.as_str(), self.head.goal.as_str()];
        goal.into_iter().chain(answers).chain(self.head.leaves_out.iter().map(String::as_str))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "---\ntitle: Keys\nuses: { topic: orders, topic_partitions: 6 }\nwhen: '>=4.2'\n---\nText.\n";

    #[test]
    fn a_page_has_an_id_without_its_number() {
        let page = Document::read("learn/kafka/20-keys", PAGE).unwrap();
        assert_eq!((page.id.as_str(), page.section(), page.subject()), ("learn/kafka/keys", "learn", Some("kafka")));
        assert_eq!(page.head.uses["topic_partitions"], Sample::Number(6));
        assert_eq!(page.body, "Text.\n");
        let page = Document::read("learn/90-compare", PAGE).unwrap();
        assert_eq!((page.id.as_str(), page.subject()), ("learn/compare", None));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = |text: &str| Document::read("a", text).unwrap_err();
        assert!(wrong("Text").contains("does not begin"));
        assert!(wrong("---\ntitle: T\nText").contains("nothing ends"));
        assert!(wrong("---\ntitel: T\n---\nText").contains("titel"));
        assert!(
            wrong("---\ntitle: T\nquiz: [ { ask: A, options: [b], right: 2, why: c } ]\n---\n").contains("no answer 2")
        );
        assert!(wrong("---\ntitle: T\nwhen: new\n---\n").contains("new"));
    }
}
