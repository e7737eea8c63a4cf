//! What `site/clients/` holds, read once.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::model::{Resource, Value};

/// Path below `site/clients`, and text.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/clients.rs"));

/// All programs of all kinds.
#[derive(Debug)]
pub(crate) struct Programs {
    entries: Vec<Entry>,
    about: Vec<About>,
    results: Vec<Outcome>,
    files: BTreeMap<&'static str, &'static str>,
}

/// The programs of one kind in one language.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Entry {
    pub kind: String,
    pub language: String,
    /// Where a language has a second client; see [`Entry::id`].
    id: Option<String>,
    pub client: String,
    pub version: String,
    pub home: String,
    pub protocol: String,
    pub install: String,
    /// The end of the name of the variable that holds the address.
    pub connection: String,
    pub user: Option<String>,
    pub password: Option<String>,
    pub send: Part,
    pub receive: Part,
    /// By language: why nobody here has seen it run.
    #[serde(default)]
    pub not_run: BTreeMap<String, String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Part {
    pub file: String,
    /// What is typed to run it.
    pub run: String,
}

/// Which objects the programs of a kind are about.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct About {
    pub kind: String,
    /// As in an address.
    pub object: String,
    /// The text in the programs that an object's name takes the place of.
    pub placeholder: String,
    /// Attributes and the values that an object has to have.
    #[serde(default)]
    only: BTreeMap<String, Vec<String>>,
    /// Attributes and the values that make an object another matter.
    #[serde(default)]
    unless: BTreeMap<String, Vec<String>>,
}

/// Who received whose messages.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Outcome {
    pub kind: String,
    #[expect(dead_code, reason = "for the live tests, which ask for it")]
    version: String,
    pub recorded: Recorded,
    /// By the sender's id and the receiver's: `ok`.
    pub senders: BTreeMap<String, BTreeMap<String, String>>,
}

/// Where that was.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recorded {
    pub date: String,
    /// The broker's full version.
    pub broker: String,
    pub image: String,
}

/// What the binary carries, or what is wrong with it: a mistake of the site's own sources, which tests find.
pub(crate) fn programs() -> Result<&'static Programs, &'static str> {
    static PROGRAMS: OnceLock<Result<Programs, String>> = OnceLock::new();
    PROGRAMS.get_or_init(|| Programs::read(FILES)).as_ref().map_err(String::as_str)
}

impl Programs {
    fn read(files: &'static [(&'static str, &'static str)]) -> Result<Self, String> {
        let mut all: BTreeMap<&str, &str> = files.iter().copied().collect();
        let mut list = |name: &str| all.remove(name).ok_or_else(|| format!("site/clients/{name} is missing"));
        let (entries, about, results) = (list("clients.yaml")?, list("objects.yaml")?, list("results.yaml")?);
        let wrong = |name: &str, error: serde_yaml::Error| format!("site/clients/{name}: {error}");
        let programs = Self {
            entries: serde_yaml::from_str(entries).map_err(|error| wrong("clients.yaml", error))?,
            about: serde_yaml::from_str(about).map_err(|error| wrong("objects.yaml", error))?,
            results: serde_yaml::from_str(results).map_err(|error| wrong("results.yaml", error))?,
            files: all,
        };
        for part in programs.entries.iter().flat_map(|entry| [&entry.send, &entry.receive]) {
            programs
                .code(part)
                .ok_or_else(|| format!("site/clients/{}: no such file, or no region in it", part.file))?;
        }
        Ok(programs)
    }

    /// In the order in which they are shown.
    pub(crate) fn of_kind<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }

    pub(crate) fn about(&self, kind: &str) -> Option<&About> {
        self.about.iter().find(|about| about.kind == kind)
    }

    pub(crate) fn outcome(&self, kind: &str) -> Option<&Outcome> {
        self.results.iter().find(|outcome| outcome.kind == kind)
    }

    /// What is between the marks of a file, with its placeholders.
    pub(crate) fn code(&self, part: &Part) -> Option<&'static str> {
        let text = self.files.get(part.file.as_str())?;
        let begin = text.find("region: ")?;
        let begin = begin + text[begin..].find('\n')? + 1;
        let end = begin + text[begin..].find("endregion")?;
        let end = text[..end].rfind('\n')?;
        Some(text[begin..end].trim_end())
    }
}

impl Entry {
    /// Unique within a kind: the language, but for a second client in it.
    pub(crate) fn id(&self) -> &str {
        self.id.as_deref().unwrap_or(&self.language)
    }

    /// What its tab says. A second client in a language has its own name there.
    pub(crate) fn title(&self) -> String {
        let language = match self.language.as_str() {
            "python" => "Python",
            "java" => "Java",
            "go" => "Go",
            "node" => "Node.js",
            "rust" => "Rust",
            _ => ".NET",
        };
        self.id.as_ref().map_or_else(|| language.to_owned(), |id| format!("{language}: {id}"))
    }
}

impl About {
    /// Whether the programs work with this object as they are.
    pub(crate) fn fits(&self, resource: &Resource) -> bool {
        let has = |(name, values): (&String, &Vec<String>)| {
            let value = resource.attribute(name).and_then(Value::as_text);
            value.is_some_and(|value| values.iter().any(|one| one == value))
        };
        resource.address.kind == self.object && self.only.iter().all(has) && !self.unless.iter().any(has)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Address;

    /// That all are there, and with what, is looked at from outside: `tests/it/clients.rs`.
    #[test]
    fn programs_are_about_objects_that_their_kind_has() {
        let programs = programs().unwrap();
        for broker in crate::brokers::registry() {
            let about = programs.about(broker.description().kind).unwrap();
            assert!(broker.description().kinds.iter().any(|rules| rules.kind == about.object), "{}", about.kind);
            for entry in programs.of_kind(&about.kind) {
                for part in [&entry.send, &entry.receive] {
                    let code = programs.code(part).unwrap();
                    assert!(code.contains(&format!("\"{}\"", about.placeholder)), "{}", part.file);
                    assert!(!code.contains("region"), "{}", part.file);
                }
            }
        }
    }

    #[test]
    fn an_object_that_takes_more_than_a_plain_program_is_told_apart() {
        let about = |kind| programs().unwrap().about(kind).unwrap();
        let object = |kind: &str, name: &str, value: &str| {
            Resource::new(Address::new("b", kind, "o")).with(name, Value::text(value))
        };
        assert!(about("rabbitmq").fits(&object("queue", "type", "quorum")));
        assert!(!about("rabbitmq").fits(&object("queue", "type", "stream")));
        assert!(!about("rabbitmq").fits(&object("exchange", "type", "quorum")));
        assert!(about("artemis").fits(&object("address", "routing", "anycast")));
        assert!(!about("artemis").fits(&object("address", "routing", "multicast")));
        assert!(!about("rocketmq").fits(&object("topic", "message_type", "fifo")));
    }
}
