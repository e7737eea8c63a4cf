//! The site's own sentences, by language. A missing one is an error, never an empty place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use super::docs::Docs;
use crate::site::BuildError;

/// A language that the binary carries.
struct Language {
    tag: &'static str,
    /// As its speakers call it.
    name: &'static str,
    /// The site's texts as JSON.
    words: &'static str,
    /// What the program says in English elsewhere, as JSON; empty for English itself.
    docs: &'static str,
}

const LANGUAGES: [Language; 2] = [
    Language { tag: "en", name: "English", words: include_str!("../../../site/content/en/words.json"), docs: "" },
    Language {
        tag: "zh",
        name: "中文",
        words: include_str!("../../../site/content/zh/words.json"),
        docs: include_str!("../../../site/content/zh/docs.json"),
    },
];

/// The texts of one language.
#[derive(Debug, Default)]
pub(crate) struct Words {
    /// As in `lang="en"`.
    pub language: &'static str,
    texts: BTreeMap<String, String>,
    docs: Docs,
    /// What was asked for and is not there. Pages are made on several threads.
    missing: Mutex<BTreeSet<String>>,
}

impl Words {
    /// The texts of a language, English where the binary has no others for it.
    pub(crate) fn of(language: &str) -> Result<Self, BuildError> {
        let found = LANGUAGES.iter().find(|known| known.tag == language).unwrap_or(&LANGUAGES[0]);
        let failed =
            |error: serde_json::Error| BuildError::Texts { language: found.tag.to_owned(), detail: error.to_string() };
        let texts = serde_json::from_str(found.words).map_err(failed)?;
        let docs = Docs::new(found.docs).map_err(failed)?;
        Ok(Self { language: found.tag, texts, docs, missing: Mutex::default() })
    }

    /// What a language is called by its speakers, without its texts.
    pub(crate) fn name_of(language: &str) -> Option<&'static str> {
        LANGUAGES.iter().find(|known| known.tag == language).map(|known| known.name)
    }

    /// For templates: `{{ t.brokers }}`.
    pub(crate) fn texts(&self) -> &BTreeMap<String, String> {
        &self.texts
    }

    /// A sentence; nothing where there is none, which [`Self::complete`] then tells.
    pub(crate) fn say(&self, key: &str) -> String {
        self.texts.get(key).cloned().unwrap_or_else(|| {
            self.missing.lock().unwrap_or_else(PoisonError::into_inner).insert(key.to_owned());
            String::new()
        })
    }

    /// An error if a sentence was asked for that is not there. Those that templates ask for are the templates' errors.
    pub(crate) fn complete(&self) -> Result<(), BuildError> {
        let missing = self.missing.lock().unwrap_or_else(PoisonError::into_inner);
        if missing.is_empty() {
            return Ok(());
        }
        let keys: Vec<String> = missing.iter().map(|key| format!("`{key}`")).collect();
        Err(BuildError::Texts {
            language: self.language.to_owned(),
            detail: format!("there is no {}", keys.join(", ")),
        })
    }

    /// What the program says in English elsewhere (a description, a cause, a noun), in this language. What nobody
    /// translated stays: a broker's own words, an address.
    pub(crate) fn doc(&self, english: &str) -> String {
        self.docs.find(english)
    }

    /// As [`Self::doc`], of a reason with a way out behind a colon.
    pub(crate) fn reason(&self, english: &str) -> String {
        self.docs.find_pair(english)
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
    use std::path::Path;
    use std::sync::LazyLock;

    use super::*;

    static TRANSLATED: LazyLock<BTreeMap<String, String>> =
        LazyLock::new(|| serde_json::from_str(LANGUAGES[1].docs).unwrap());

    fn languages() -> impl Iterator<Item = &'static str> {
        LANGUAGES.iter().map(|language| language.tag)
    }

    #[test]
    fn every_language_has_the_same_keys() {
        let english: Vec<String> = Words::of("en").unwrap().texts.into_keys().collect();
        for tag in languages() {
            let other: Vec<String> = Words::of(tag).unwrap().texts.into_keys().collect();
            assert_eq!(other, english, "{tag}");
        }
    }

    /// The sentences of a schema, but for the names of brokers, which are the same everywhere.
    fn fields(node: &serde_json::Value, all: &mut BTreeSet<String>) {
        if let Some(text) = node["description"].as_str() {
            all.insert(text.to_owned());
        }
        for child in node.as_object().into_iter().flat_map(|object| object.values()) {
            fields(child, all);
        }
        for child in node.as_array().into_iter().flatten() {
            fields(child, all);
        }
        for broker in crate::brokers::registry() {
            all.remove(broker.description().title);
        }
    }

    /// What the constants of every kind of broker, the fields of a file, and the commands say to people.
    fn described() -> BTreeSet<String> {
        let mut all = BTreeSet::new();
        for broker in crate::brokers::registry() {
            let about = broker.description();
            for rules in about.kinds {
                all.extend([rules.kind, rules.plural]);
                all.extend(rules.attributes.iter().map(|rule| rule.doc));
            }
            all.extend(about.ports.iter().map(|port| port.doc));
            all.extend(about.errors.iter().chain(about.lints).map(|(_, why)| *why));
            all.extend(about.impossible.iter().map(|one| one.why));
            all.extend(about.meanings.iter().map(|one| one.doc));
            all.insert(about.growth);
        }
        let mut all: BTreeSet<String> = all.into_iter().filter(|text| !text.is_empty()).map(str::to_owned).collect();
        fields(&crate::spec::schema(), &mut all);
        all.extend(crate::spec::ERRORS.iter().chain(crate::spec::LINTS).map(|(_, why)| (*why).to_owned()));
        let manual = crate::cli::manual();
        let meanings = [manual.variables, manual.exit_codes, manual.findings];
        all.extend(meanings.into_iter().flatten().map(|one| one.about));
        for command in manual.commands {
            all.insert(command.about);
            all.extend(command.arguments.iter().map(|one| one.about.clone()));
            all.extend(command.arguments.into_iter().flat_map(|one| one.choices).map(|choice| choice.about));
        }
        all.remove("");
        all
    }

    /// What brokers themselves said of their keys. The site has it in their English but for the commonest.
    fn recorded() -> BTreeSet<String> {
        let versions = crate::brokers::registry().iter().flat_map(|broker| broker.description().catalogue.versions);
        let keys = versions.map(|version| serde_json::from_str(version.config_keys).unwrap());
        let mut all = BTreeSet::new();
        for section in keys.filter_map(|keys: serde_json::Value| keys.as_object().cloned()).flatten() {
            for (_, key) in section.1.as_object().cloned().into_iter().flatten() {
                all.extend(key["doc"].as_str().map(str::to_owned));
            }
        }
        all
    }

    #[test]
    fn every_description_is_translated() {
        let missing: Vec<_> = described().into_iter().filter(|text| !TRANSLATED.contains_key(text)).collect();
        assert!(missing.is_empty(), "site/content/zh/docs.json has no {missing:#?}");
    }

    /// A sentence of a run has places where the program's has values: its longest words in one piece must be there.
    #[test]
    fn every_translation_is_of_something_that_is_said() {
        let mut described = described();
        described.append(&mut recorded());
        let mut sources = String::new();
        for folder in ["brokers", "converge", "docker", "model", "plan", "site"] {
            read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(folder), &mut sources);
        }
        let said = |text: &str| {
            let pieces = text.split(['{', '}', '`']).filter(|piece| *piece != "n");
            let longest = pieces.max_by_key(|piece| piece.len()).unwrap_or_default();
            sources.contains(longest.trim())
        };
        let unused: Vec<_> =
            TRANSLATED.keys().filter(|text| !described.contains(text.as_str()) && !said(text)).collect();
        assert!(unused.is_empty(), "nobody says {unused:#?}");
    }

    #[test]
    fn a_translation_has_the_places_of_its_sentence_and_no_other() {
        for (english, translated) in &*TRANSLATED {
            let count = |text: &str| text.matches("{}").count() + text.matches("{n}").count();
            assert_eq!(count(english), count(translated), "{english}");
        }
    }

    fn read(folder: &Path, out: &mut String) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                read(&path, out);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                *out += &std::fs::read_to_string(&path).unwrap();
            }
        }
    }

    #[test]
    fn every_language_fills_the_same_places() {
        let places = |text: &str| {
            let mut places: Vec<String> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            places.sort();
            places
        };
        let english = Words::of("en").unwrap();
        for tag in languages() {
            for (key, text) in Words::of(tag).unwrap().texts() {
                assert_eq!(places(text), places(&english.texts[key]), "{tag}: {key}");
            }
        }
    }

    #[test]
    fn a_value_that_looks_like_a_place_stays() {
        let texts = BTreeMap::from([("k".to_owned(), "a {x} b {y}".to_owned())]);
        let words = Words { texts, ..Words::default() };
        assert_eq!(words.fill("k", &[("x", "{y}"), ("y", "2")]), "a {y} b 2");
    }

    #[test]
    fn a_missing_sentence_is_an_error_of_the_build() {
        let texts = BTreeMap::from([("k".to_owned(), "a".to_owned()), ("n_one".to_owned(), "b".to_owned())]);
        let words = Words { language: "zh", texts, ..Words::default() };
        assert_eq!((words.say("k"), words.count("n", 1)), ("a".to_owned(), "b".to_owned()));
        words.complete().unwrap();
        words.say("nobody");
        words.count("n", 2);
        let error = words.complete().unwrap_err().to_string();
        assert_eq!(error, "the texts in `zh` cannot be used: there is no `n_many`, `nobody`");
    }
}
