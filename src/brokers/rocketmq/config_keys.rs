//! The configuration keys that one version of the broker knows: recorded data, see `config_keys/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use crate::model::Value;

use super::catalogue::CATALOGUE;

/// All keys of a version.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ConfigKeys {
    pub broker: BTreeMap<String, ConfigKey>,
}

/// What is known of a key. A broker answers with values alone: the type is the value's.
#[derive(Debug, Deserialize)]
pub(super) struct ConfigKey {
    #[serde(rename = "type")]
    pub kind: KeyType,
    /// Empty is "any".
    #[serde(default)]
    pub choices: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KeyType {
    Boolean,
    Number,
    Fraction,
    Text,
}

impl ConfigKeys {
    /// Of a version as the catalogue writes it. An unknown one has no keys.
    pub(super) fn of(version: &str) -> &'static Self {
        static RECORDED: OnceLock<BTreeMap<&'static str, ConfigKeys>> = OnceLock::new();
        static NONE: ConfigKeys = ConfigKeys { broker: BTreeMap::new() };
        let recorded = RECORDED.get_or_init(|| {
            let read = |text| serde_json::from_str(text).unwrap_or_default();
            CATALOGUE.versions.iter().map(|version| (version.number, read(version.config_keys))).collect()
        });
        recorded.get(version).unwrap_or(&NONE)
    }
}

impl ConfigKey {
    /// What it takes, where this is not it. RocketMQ itself says nothing and starts with another value.
    pub(super) fn misfit(&self, value: &Value) -> Option<String> {
        let text = value.as_text().unwrap_or_default();
        let fits = match self.kind {
            KeyType::Boolean => value.as_bool().is_some() || matches!(text, "true" | "false"),
            KeyType::Number => value.as_i64().is_some() || text.parse::<i64>().is_ok(),
            KeyType::Fraction => value.as_i64().is_some() || text.parse::<f64>().is_ok_and(f64::is_finite),
            KeyType::Text if self.choices.is_empty() => true,
            KeyType::Text => self.choices.iter().any(|choice| choice == text),
        };
        if fits {
            return None;
        }
        Some(match self.kind {
            KeyType::Boolean => "`true` or `false`".to_owned(),
            KeyType::Number => "a whole number".to_owned(),
            KeyType::Fraction => "a number".to_owned(),
            KeyType::Text => format!("one of {}", self.choices.join(", ")),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_in_the_catalogue_has_readable_keys() {
        for version in CATALOGUE.versions {
            let read: ConfigKeys = serde_json::from_str(version.config_keys).unwrap();
            assert!(read.broker.len() >= 300, "{}: {} keys", version.number, read.broker.len());
        }
    }

    #[test]
    fn a_key_says_what_it_takes() {
        let keys = &ConfigKeys::of("5.5").broker;
        assert_eq!(keys["fileReservedTime"].misfit(&"72".into()), None);
        assert_eq!(keys["fileReservedTime"].misfit(&72_i64.into()), None);
        assert_eq!(keys["fileReservedTime"].misfit(&"3d".into()).unwrap(), "a whole number");
        assert_eq!(keys["traceTopicEnable"].misfit(&"yes".into()).unwrap(), "`true` or `false`");
        assert!(keys["brokerRole"].misfit(&"KING".into()).unwrap().contains("SYNC_MASTER"));
    }

    #[test]
    fn an_unknown_version_has_no_keys() {
        assert!(ConfigKeys::of("3.0").broker.is_empty());
    }
}
