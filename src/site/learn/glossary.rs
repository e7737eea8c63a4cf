//! Terms, and what they are called in the other language.

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Term {
    pub id: String,
    pub en: String,
    pub zh: String,
    pub about: About,
    /// The brokers that use the word; empty for all.
    #[serde(default)]
    pub kinds: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    pub en: String,
    pub zh: String,
}

impl Term {
    /// The word in a language, and in the other one.
    pub(crate) fn names(&self, language: &str) -> (&str, &str) {
        if language == "zh" { (&self.zh, &self.en) } else { (&self.en, &self.zh) }
    }

    pub(crate) fn about(&self, language: &str) -> &str {
        if language == "zh" { &self.about.zh } else { &self.about.en }
    }
}
