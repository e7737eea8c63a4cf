//! The site's own sentences, by language. A missing one is an error, never an empty place.

use std::collections::BTreeMap;

use crate::site::BuildError;

/// The languages that the binary carries: tag, own name, texts as JSON.
const LANGUAGES: [(&str, &str, &str); 1] = [("en", "English", include_str!("../../../site/content/en/words.json"))];

/// The texts of one language.
#[derive(Clone, Debug)]
pub(crate) struct Words {
    /// As in `lang="en"`.
    pub language: &'static str,
    /// As its speakers call it.
    pub name: &'static str,
    texts: BTreeMap<String, String>,
}

impl Words {
    /// The texts of a language, English where the binary has no others for it.
    pub(crate) fn of(language: &str) -> Result<Self, BuildError> {
        let found = LANGUAGES.iter().find(|(tag, ..)| *tag == language).unwrap_or(&LANGUAGES[0]);
        let (tag, name, json) = *found;
        let failed = |detail: String| BuildError::Texts { language: tag.to_owned(), detail };
        let texts = serde_json::from_str(json).map_err(|error| failed(error.to_string()))?;
        Ok(Self { language: tag, name, texts })
    }

    /// For templates: `{{ t.brokers }}`.
    pub(crate) fn texts(&self) -> &BTreeMap<String, String> {
        &self.texts
    }

    /// A sentence; the key itself where there is none, which a test keeps from happening.
    pub(crate) fn say(&self, key: &str) -> String {
        self.texts.get(key).cloned().unwrap_or_else(|| format!("[{key}]"))
    }

    /// A sentence with its places filled: `{name}`.
    pub(crate) fn fill(&self, key: &str, values: &[(&str, &str)]) -> String {
        // One pass over the sentence, so that a value that looks like a place stays what it is.
        let sentence = self.say(key);
        let mut out = String::new();
        let mut rest = sentence.as_str();
        while let Some((before, after)) = rest.split_once('{') {
            out.push_str(before);
            let Some((place, behind)) = after.split_once('}') else { break };
            out.push_str(values.iter().find(|(name, _)| *name == place).map_or("", |(_, value)| value));
            rest = behind;
        }
        out.push_str(rest);
        out
    }

    /// `1 partition`, `6 partitions`: the keys `…_one` and `…_many` with the place `{n}`.
    pub(crate) fn count(&self, key: &str, number: usize) -> String {
        let form = if number == 1 { "one" } else { "many" };
        self.fill(&format!("{key}_{form}"), &[("n", &number.to_string())])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_the_same_keys() {
        let english: Vec<String> = Words::of("en").unwrap().texts.into_keys().collect();
        for (tag, ..) in LANGUAGES {
            let other: Vec<String> = Words::of(tag).unwrap().texts.into_keys().collect();
            assert_eq!(other, english, "{tag}");
        }
    }

    #[test]
    fn a_value_that_looks_like_a_place_stays() {
        let words = Words {
            language: "en",
            name: "English",
            texts: BTreeMap::from([("k".to_owned(), "a {x} b {y}".to_owned())]),
        };
        assert_eq!(words.fill("k", &[("x", "{y}"), ("y", "2")]), "a {y} b 2");
    }
}
