//! Values of `config` in ActiveMQ's own spelling: human units to milliseconds and bytes, types checked.

use super::config_keys::KeyType;
use crate::model::Value;
use crate::spec::units;

/// Why a value does not fit its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Misfit {
    /// `` `7x` is not a duration ``: the sentence about the value.
    pub(super) text: String,
    pub(super) help: Option<String>,
}

/// In milliseconds, by the documentation of each.
const DURATIONS: &[&str] = &[
    "blockedProducerWarningInterval",
    "expireMessagesPeriod",
    "inactiveTimeoutBeforeGC",
    "kahaDB.checkpointInterval",
    "kahaDB.cleanupInterval",
    "kahaDB.databaseLockedWaitDelay",
    "kahaDB.journalDiskSyncInterval",
    "kahaDB.lockKeepAlivePeriod",
    "mbeanInvocationTimeout",
    "offlineDurableSubscriberTaskSchedule",
    "offlineDurableSubscriberTimeout",
    "schedulePeriodForDestinationPurge",
    "schedulePeriodForDiskUsageCheck",
    "sendFailIfNoSpaceAfterTimeout",
    "systemUsage.sendFailIfNoSpaceAfterTimeout",
    "timeBeforeDispatchStarts",
    "timeBeforePurgeTempDestinations",
    "waitForSlaveTimeout",
];
/// In bytes.
const SIZES: &[&str] = &[
    "kahaDB.journalMaxFileLength",
    "kahaDB.journalMaxWriteBatchSize",
    "memoryLimit",
    "memoryUsage.limit",
    "minimumMessageSize",
    "storeUsage.limit",
    "storeUsage.total",
    "tempUsage.limit",
    "tempUsage.total",
];
/// Text by the schema, and read as a boolean by the broker.
const SWITCHES: &[&str] = &[
    "advisorySupport",
    "persistent",
    "schedulerSupport",
    "shutdownOnSlaveFailure",
    "systemExitOnShutdown",
    "waitForSlave",
];

/// The value as the configuration file has it, or what is wrong with it. [`Value::Null`] has no spelling.
pub(super) fn spell(name: &str, kind: KeyType, value: &Value) -> Result<Value, Misfit> {
    let measured = |measure: fn(&str) -> Result<i64, units::UnitError>| match value {
        Value::Number(_) => Ok(value.clone()),
        Value::Text(text) => measure(text.trim())
            .map(Value::from)
            .map_err(|error| Misfit { text: error.problem, help: Some(error.help) }),
        _ => Err(expected("a whole number")),
    };
    if DURATIONS.contains(&name) {
        return measured(units::duration);
    }
    if SIZES.contains(&name) {
        return measured(units::size);
    }
    let is_switch = SWITCHES.contains(&name);
    let (fits, wanted) = match (kind, value) {
        (KeyType::Text, Value::Bool(_)) if is_switch => (true, ""),
        (KeyType::Text, _) if is_switch => (false, "true or false"),
        (KeyType::Boolean, value) => (value.as_bool().is_some(), "true or false"),
        (KeyType::Int, value) => (value.as_i64().is_some_and(fits_int), "a whole number, without a unit"),
        (KeyType::Long, value) => (value.as_i64().is_some(), "a whole number, without a unit"),
        (KeyType::Float, value) => (matches!(value, Value::Number(_)), "a number"),
        (KeyType::Text, value) => (matches!(value, Value::Text(_) | Value::Number(_)), "text"),
    };
    if fits { Ok(value.clone()) } else { Err(expected(wanted)) }
}

fn fits_int(number: i64) -> bool {
    i32::try_from(number).is_ok()
}

fn expected(what: &str) -> Misfit {
    Misfit { text: format!("expected {what}"), help: None }
}

/// As an attribute of the configuration file.
pub(super) fn plain(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(name: &str, kind: KeyType, value: impl Into<Value>) -> Result<Value, String> {
        spell(name, kind, &value.into()).map_err(|misfit| misfit.text)
    }

    #[test]
    fn units_are_taken_where_a_key_counts_something() {
        assert_eq!(spelled("memoryLimit", KeyType::Text, "1MiB"), Ok(Value::from(1_048_576_i64)));
        assert_eq!(spelled("expireMessagesPeriod", KeyType::Long, "30s"), Ok(Value::from(30_000_i64)));
        assert_eq!(spelled("expireMessagesPeriod", KeyType::Long, 0_i64), Ok(Value::from(0_i64)));
        assert!(spelled("memoryLimit", KeyType::Text, "1 mb").is_err(), "what the broker itself would take");
        assert_eq!(
            spelled("maxPageSize", KeyType::Int, "200s"),
            Err("expected a whole number, without a unit".to_owned())
        );
    }

    #[test]
    fn types_are_the_brokers_own() {
        assert!(spelled("useCache", KeyType::Boolean, true).is_ok());
        assert!(spelled("useCache", KeyType::Boolean, "true").is_err());
        assert!(spelled("schedulerSupport", KeyType::Text, false).is_ok());
        assert!(spelled("schedulerSupport", KeyType::Text, "no").is_err());
        assert!(spelled("maxPageSize", KeyType::Int, 1_i64 << 40).is_err());
        assert!(spelled("kahaDB.preallocationStrategy", KeyType::Text, "zeros").is_ok());
    }
}
