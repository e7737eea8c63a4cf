//! What the site claims about brokers, and how each is known.

use serde::{Deserialize, Serialize};

use super::range::Range;

/// A sentence that is on record.
#[derive(Clone, Debug)]
pub(crate) struct Claim {
    /// `kafka.order-per-partition`.
    pub id: String,
    /// The kind of broker, or `general`.
    pub kind: String,
    pub en: String,
    pub zh: String,
    /// Where it holds.
    pub versions: Option<Range>,
    pub source: Option<Source>,
    pub tested: Option<Tested>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Source {
    pub title: String,
    pub url: String,
}

/// A live test that shows it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tested {
    /// As `cargo test --test live` names it.
    pub test: String,
    /// Of the broker, as in `4.3`.
    #[serde(default)]
    pub versions: Vec<String>,
}

/// How a claim stands for the version that runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClaimState {
    /// A live test showed it on this version.
    Tested,
    /// Its source says so.
    Documented,
    /// A live test showed it on another version, and nobody wrote it down.
    Elsewhere,
    /// It is not about this version.
    NotApplicable,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    en: String,
    zh: String,
    versions: Option<Range>,
    source: Option<Source>,
    tested: Option<Tested>,
}

/// One file of claims. A claim that nothing stands behind is refused.
pub(super) fn read(kind: &str, text: &str) -> Result<Vec<Claim>, String> {
    let written: Vec<Written> = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
    let claim = |one: Written| {
        let Written { id, en, zh, versions, source, tested } = one;
        if source.is_none() && tested.is_none() {
            return Err(format!("`{id}` has neither a source nor a test"));
        }
        if kind != "general" && tested.as_ref().is_some_and(|tested| tested.versions.is_empty()) {
            return Err(format!("`{id}` does not say on which version it was tested"));
        }
        Ok(Claim { id, kind: kind.to_owned(), en, zh, versions, source, tested })
    };
    written.into_iter().map(claim).collect()
}

impl Claim {
    pub(crate) fn text(&self, language: &str) -> &str {
        if language == "zh" { &self.zh } else { &self.en }
    }

    /// `version` is what runs; empty where no broker of the kind does.
    pub(crate) fn state(&self, version: &str) -> ClaimState {
        if self.versions.as_ref().is_some_and(|range| !range.contains(version)) {
            return ClaimState::NotApplicable;
        }
        let on_this = |tested: &Tested| {
            let is_this = |one: &String| version == one || version.starts_with(&format!("{one}."));
            tested.versions.is_empty() || tested.versions.iter().any(is_this)
        };
        match (&self.tested, &self.source) {
            (Some(tested), _) if on_this(tested) => ClaimState::Tested,
            (Some(_), None) => ClaimState::Elsewhere,
            _ => ClaimState::Documented,
        }
    }
}

impl ClaimState {
    pub(crate) const ALL: [Self; 4] = [Self::Tested, Self::Documented, Self::Elsewhere, Self::NotApplicable];

    /// For keys of words, and the class of a mark.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tested => "tested",
            Self::Documented => "documented",
            Self::Elsewhere => "elsewhere",
            Self::NotApplicable => "not_applicable",
        }
    }

    /// The class of a tag.
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Tested => "good",
            Self::Documented => "calm",
            Self::Elsewhere | Self::NotApplicable => "warn",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_counts_for_the_version_that_it_ran_on() {
        let text = "- { id: a, en: A, zh: B, versions: '>=4.2', source: { title: T, url: 'https://u' }, \
                    tested: { test: 'm::t', versions: ['4.3'] } }";
        let claim = &read("kafka", text).unwrap()[0];
        assert_eq!(claim.state("4.3.1"), ClaimState::Tested);
        assert_eq!(claim.state("4.2.0"), ClaimState::Documented);
        assert_eq!(claim.state("4.30.0"), ClaimState::Documented);
        assert_eq!(claim.state("4.1.0"), ClaimState::NotApplicable);
    }

    #[test]
    fn what_only_a_test_of_another_version_showed_is_not_documented() {
        let text = "- { id: a, en: A, zh: B, tested: { test: 'm::t', versions: ['4.3'] } }";
        let claim = &read("kafka", text).unwrap()[0];
        assert_eq!((claim.state("4.3.1"), claim.state("4.2.0")), (ClaimState::Tested, ClaimState::Elsewhere));
    }

    #[test]
    fn nothing_is_claimed_without_a_reason() {
        assert!(
            read("kafka", "- { id: a, en: A, zh: B, tested: { test: 'm::t' } }").unwrap_err().contains("which version")
        );
        assert!(read("kafka", "- { id: a, en: A, zh: B }").unwrap_err().contains("neither"));
    }
}
