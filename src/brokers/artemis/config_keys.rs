//! The elements of `broker.xml` that hold one value: recorded data, see `config_keys/`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use serde::Deserialize;

use super::catalogue::CATALOGUE;
use crate::model::Value;
use crate::spec::units;

/// All keys of a version.
#[derive(Debug, Default, Deserialize)]
pub(super) struct ConfigKeys {
    pub(super) broker: BTreeMap<String, ConfigKey>,
}

/// What the broker's own schema says about a key.
#[derive(Debug, Deserialize)]
pub(super) struct ConfigKey {
    #[serde(rename = "type")]
    kind: KeyType,
    /// Empty is "any".
    #[serde(default)]
    choices: Vec<String>,
    unit: Option<Unit>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum KeyType {
    Boolean,
    Int,
    Long,
    String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Unit {
    Ms,
    Bytes,
}

/// Why a value does not fit its key, and what helps.
pub(super) struct Misfit {
    pub(super) text: String,
    pub(super) help: String,
}

impl ConfigKeys {
    /// Of a version as the catalogue writes it. An unknown one has no keys.
    pub(super) fn of(version: &str) -> &'static Self {
        static RECORDED: OnceLock<BTreeMap<&'static str, ConfigKeys>> = OnceLock::new();
        static NONE: ConfigKeys = ConfigKeys { broker: BTreeMap::new() };
        let recorded = RECORDED.get_or_init(|| {
            let read = |text| serde_json::from_str(text).unwrap_or_default();
            let versions = CATALOGUE.versions.iter();
            versions.map(|version| (version.number, read(version.config_keys))).collect()
        });
        recorded.get(version).unwrap_or(&NONE)
    }
}

impl ConfigKey {
    /// The text of the element, or what is wrong with the value.
    pub(super) fn spell(&self, value: &Value) -> Result<String, Misfit> {
        let text = value.as_text().map_or_else(|| value.to_string(), ToOwned::to_owned);
        let misfit = |text: String| Misfit { text, help: format!("it takes {}", self.wanted()) };
        if matches!(value, Value::Null | Value::List(_) | Value::Map(_) | Value::Secret(_)) {
            return Err(misfit("this is no single value".to_owned()));
        }
        match (self.unit, value) {
            (Some(unit), Value::Text(_)) => {
                let parse = if unit == Unit::Ms { units::duration } else { units::size };
                parse(&text)
                    .map(|number| number.to_string())
                    .map_err(|error| Misfit { text: error.problem, help: error.help })
            }
            (Some(_), _) if value.as_i64().is_some() => Ok(text),
            (Some(_), _) => Err(misfit(format!("`{text}` is not a whole number"))),
            (None, _) => match self.kind {
                KeyType::Boolean if !["true", "false"].contains(&text.as_str()) => {
                    Err(misfit(format!("`{text}` is not true or false")))
                }
                KeyType::Int if text.parse::<i32>().is_err() => {
                    Err(misfit(format!("`{text}` is not a whole number of 32 bits")))
                }
                KeyType::Long if text.parse::<i64>().is_err() => Err(misfit(format!("`{text}` is not a whole number"))),
                _ if !self.choices.is_empty() && !self.choices.contains(&text) => {
                    Err(misfit(format!("the broker does not know `{text}` here")))
                }
                _ => Ok(text),
            },
        }
    }

    fn wanted(&self) -> String {
        match (self.unit, self.kind) {
            (Some(Unit::Ms), _) => "milliseconds, or a duration such as `5s`".to_owned(),
            (Some(Unit::Bytes), _) => "bytes, or a size such as `512MiB`".to_owned(),
            (None, KeyType::Boolean) => "`true` or `false`".to_owned(),
            (None, KeyType::Int | KeyType::Long) => "a whole number".to_owned(),
            (None, KeyType::String) if !self.choices.is_empty() => format!("one of {}", self.choices.join(", ")),
            (None, KeyType::String) => "text".to_owned(),
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
            assert!(read.broker.len() >= 90, "{}: {} keys", version.number, read.broker.len());
        }
    }

    #[test]
    fn values_are_spelled_as_the_schema_wants_them() {
        let keys = ConfigKeys::of("2.56");
        let spell = |key: &str, value: Value| keys.broker[key].spell(&value).map_err(|misfit| misfit.text);
        assert_eq!(spell("disk-scan-period", "5s".into()), Ok("5000".to_owned()));
        assert_eq!(spell("global-max-size", "64MiB".into()), Ok("67108864".to_owned()));
        assert_eq!(spell("global-max-size", Value::from(-1_i64)), Ok("-1".to_owned()));
        assert_eq!(spell("journal-type", "NIO".into()), Ok("NIO".to_owned()));
        assert_eq!(spell("message-counter-enabled", true.into()), Ok("true".to_owned()));
        assert!(spell("journal-type", "FAST".into()).unwrap_err().contains("FAST"));
        assert!(spell("max-disk-usage", "much".into()).unwrap_err().contains("whole number"));
        assert!(spell("disk-scan-period", "5 parsecs".into()).is_err());
    }
}
