//! The settings that one version of ActiveMQ knows: recorded data, see `config_keys/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::catalogue::CATALOGUE;

/// All settings of a version.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ConfigKeys {
    /// Attributes of `<broker>`; those of an element inside have its name in front: `kahaDB.cleanupInterval`.
    pub(super) broker: BTreeMap<String, KeyType>,
    /// Attributes of `<policyEntry>`.
    pub(super) policy: BTreeMap<String, KeyType>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum KeyType {
    Boolean,
    Int,
    Long,
    Float,
    /// By the schema; the broker itself reads sizes and booleans out of some.
    Text,
}

impl ConfigKeys {
    /// Of a version as the catalogue writes it. An unknown one has no keys.
    pub(super) fn of(version: &str) -> &'static Self {
        static RECORDED: OnceLock<BTreeMap<&'static str, ConfigKeys>> = OnceLock::new();
        static NONE: ConfigKeys = ConfigKeys { broker: BTreeMap::new(), policy: BTreeMap::new() };
        let recorded = RECORDED.get_or_init(|| {
            let read = |text| serde_json::from_str(text).unwrap_or_default();
            CATALOGUE.versions.iter().map(|version| (version.number, read(version.config_keys))).collect()
        });
        recorded.get(version).unwrap_or(&NONE)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_version_in_the_catalogue_has_readable_keys() {
        for version in CATALOGUE.versions {
            let keys = ConfigKeys::of(version.number);
            assert!(keys.broker.len() > 100, "{}: {} broker keys", version.number, keys.broker.len());
            assert_eq!(keys.policy.get("prioritizedMessages"), Some(&KeyType::Boolean), "{}", version.number);
            assert_eq!(keys.policy.get("memoryLimit"), Some(&KeyType::Text), "{}", version.number);
            assert_eq!(keys.broker.get("kahaDB.cleanupInterval"), Some(&KeyType::Long), "{}", version.number);
        }
        assert!(ConfigKeys::of("0.8").policy.is_empty());
    }
}
