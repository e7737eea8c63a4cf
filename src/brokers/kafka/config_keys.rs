//! The configuration keys that one version of Kafka knows: recorded data, see `config_keys/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::catalogue::CATALOGUE;

/// All keys of a version, by level.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ConfigKeys {
    pub topic: BTreeMap<String, ConfigKey>,
    pub broker: BTreeMap<String, ConfigKey>,
}

/// What Kafka itself says about a key.
#[derive(Debug, Deserialize)]
pub(super) struct ConfigKey {
    #[serde(rename = "type")]
    pub kind: KeyType,
    pub least: Option<i64>,
    pub most: Option<i64>,
    /// A value outside the bounds that is allowed too.
    pub also: Option<i64>,
    /// Empty is "any".
    #[serde(default)]
    pub choices: Vec<String>,
    #[serde(default)]
    pub ignore_case: bool,
    #[serde(default)]
    pub not_empty: bool,
    /// The broker-wide key that gives a topic key its default.
    pub broker_key: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KeyType {
    Boolean,
    Class,
    Double,
    Int,
    List,
    Long,
    Password,
    Short,
    String,
}

impl ConfigKeys {
    /// Of a version as the catalogue writes it. An unknown one has no keys.
    pub(super) fn of(version: &str) -> &'static Self {
        static RECORDED: OnceLock<BTreeMap<&'static str, ConfigKeys>> = OnceLock::new();
        static NONE: ConfigKeys = ConfigKeys { topic: BTreeMap::new(), broker: BTreeMap::new() };
        let recorded = RECORDED.get_or_init(|| {
            let read = |text| serde_json::from_str(text).unwrap_or_default();
            CATALOGUE.versions.iter().map(|version| (version.number, read(version.config_keys))).collect()
        });
        recorded.get(version).unwrap_or(&NONE)
    }

    /// The topic key that goes by this broker-wide name: `retention.ms` for `log.retention.ms`.
    pub(super) fn topic_key_of(&self, broker_key: &str) -> Option<&str> {
        let same = |key: &&ConfigKey| key.broker_key.as_deref() == Some(broker_key);
        self.topic.iter().find(|(_, key)| same(key)).map(|(name, _)| name.as_str())
    }
}

impl KeyType {
    /// In the words of a message.
    pub(super) fn describe(self) -> &'static str {
        match self {
            Self::Boolean => "true or false",
            Self::Double => "a number",
            Self::Int | Self::Long | Self::Short => "a whole number",
            Self::List => "a comma-separated list",
            Self::Class => "the name of a class",
            Self::Password | Self::String => "text",
        }
    }

    /// The bounds of the Java type behind a whole number.
    pub(super) fn range(self) -> (i64, i64) {
        match self {
            Self::Short => (i64::from(i16::MIN), i64::from(i16::MAX)),
            Self::Int => (i64::from(i32::MIN), i64::from(i32::MAX)),
            _ => (i64::MIN, i64::MAX),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_in_the_catalogue_has_readable_keys() {
        for version in CATALOGUE.versions {
            let read: ConfigKeys = serde_json::from_str(version.config_keys).unwrap();
            assert!(read.topic.len() >= 30, "{}: {} topic keys", version.number, read.topic.len());
            assert!(read.broker.len() >= 300, "{}: {} broker keys", version.number, read.broker.len());
            assert!(std::ptr::eq(ConfigKeys::of(version.number), ConfigKeys::of(version.number)));
        }
    }

    #[test]
    fn a_key_carries_bounds_choices_and_its_broker_wide_name() {
        let keys = ConfigKeys::of("4.3");
        let retention = &keys.topic["retention.ms"];
        assert_eq!((retention.kind, retention.least), (KeyType::Long, Some(-1)));
        assert_eq!(keys.topic["cleanup.policy"].choices, ["compact", "delete"]);
        assert_eq!(
            (keys.topic["compression.gzip.level"].most, keys.topic["compression.gzip.level"].also),
            (Some(9), Some(-1))
        );
        assert_eq!(keys.topic_key_of("log.retention.ms"), Some("retention.ms"));
        assert_eq!(keys.topic_key_of("log.dirs"), None);
    }

    #[test]
    fn an_unknown_version_has_no_keys() {
        assert!(ConfigKeys::of("0.8").topic.is_empty());
    }
}
