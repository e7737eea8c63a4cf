//! What one version of the broker knows, as `scripts/record-config/rabbitmq.py` recorded it from a live one.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::catalogue::CATALOGUE;

/// One version's knowledge.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Recorded {
    /// Keys of rabbitmq.conf; a segment such as `$name` stands for any one.
    pub(super) configuration: BTreeMap<String, ConfigurationKey>,
    pub(super) queue_types: BTreeMap<String, QueueType>,
    pub(super) policy_keys: Vec<String>,
    pub(super) operator_policy_keys: Vec<String>,
    pub(super) plugins: Vec<String>,
    /// With the plugin that brings the type, if it is not built in.
    pub(super) exchange_types: BTreeMap<String, Option<String>>,
}

/// What a value may be: of one of the types, or one of the values.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ConfigurationKey {
    #[serde(default)]
    pub(super) types: Vec<String>,
    #[serde(default)]
    pub(super) values: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct QueueType {
    /// With the types that the broker took in a trial.
    pub(super) arguments: BTreeMap<String, Vec<String>>,
    /// Policy keys that do nothing to such a queue.
    pub(super) refused_policy_keys: Vec<String>,
}

impl Recorded {
    /// Of a version in the catalogue; empty for any other.
    pub(super) fn of(version: &str) -> &'static Self {
        static RECORDED: OnceLock<BTreeMap<&'static str, Recorded>> = OnceLock::new();
        static NONE: Recorded = Recorded {
            configuration: BTreeMap::new(),
            queue_types: BTreeMap::new(),
            policy_keys: Vec::new(),
            operator_policy_keys: Vec::new(),
            plugins: Vec::new(),
            exchange_types: BTreeMap::new(),
        };
        let recorded = RECORDED.get_or_init(|| {
            let read = |text| serde_json::from_str(text).unwrap_or_default();
            CATALOGUE.versions.iter().map(|version| (version.number, read(version.config_keys))).collect()
        });
        recorded.get(version).unwrap_or(&NONE)
    }

    pub(super) fn configuration_key(&self, key: &str) -> Option<&ConfigurationKey> {
        self.configuration.get(key).or_else(|| {
            let matching = self.configuration.iter().find(|(pattern, _)| pattern.contains('$') && fits(pattern, key));
            matching.map(|(_, found)| found)
        })
    }

    /// The types that an argument takes on some type of queue; `None` for one that no type knows.
    pub(super) fn argument_types(&self, argument: &str) -> Option<Vec<&str>> {
        let mut found: Option<Vec<&str>> = None;
        for types in self.queue_types.values().filter_map(|kind| kind.arguments.get(argument)) {
            found.get_or_insert_default().extend(types.iter().map(String::as_str));
        }
        found
    }
}

fn fits(pattern: &str, key: &str) -> bool {
    let (pattern, key): (Vec<&str>, Vec<&str>) = (pattern.split('.').collect(), key.split('.').collect());
    pattern.len() == key.len()
        && pattern.iter().zip(&key).all(|(pattern, segment)| pattern == segment || pattern.starts_with('$'))
}

/// The candidate that was most likely meant.
pub(super) fn closest<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LEAST: f64 = 0.8;
    let scored = candidates.into_iter().map(|candidate| (strsim::jaro_winkler(wrong, candidate), candidate));
    let best = scored.filter(|(score, _)| *score >= LEAST).max_by(|left, right| left.0.total_cmp(&right.0));
    best.map(|(_, candidate)| candidate)
}

/// `did you mean …?`, if something comes close.
pub(super) fn did_you_mean<'a>(wrong: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    closest(wrong, candidates).map(|candidate| format!("did you mean `{candidate}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_of_the_catalogue_has_its_record() {
        for version in CATALOGUE.versions {
            let recorded = Recorded::of(version.number);
            assert!(recorded.configuration.len() > 500, "{}", version.number);
            assert!(recorded.plugins.iter().any(|plugin| plugin == "rabbitmq_management"));
            assert!(recorded.queue_types.contains_key("stream"));
        }
    }

    #[test]
    fn a_key_with_a_name_of_the_users_own_is_known() {
        let recorded = Recorded::of("4.0");
        assert!(recorded.configuration_key("listeners.tcp.other").is_some());
        assert!(recorded.configuration_key("listeners.tcp.other.more").is_none());
        assert!(recorded.configuration_key("heartbaet").is_none());
        assert_eq!(closest("heartbaet", recorded.configuration.keys().map(String::as_str)), Some("heartbeat"));
    }
}
