//! What a policy says in full. The broker applies one entry to a queue or topic and never looks at a second, so what
//! stands with one queue is written together with what would apply without it.

use std::collections::BTreeMap;

use super::config_keys::ConfigKeys;
use super::destination::{Destination, winner};
use super::read::{Body, Setting, Settings};
use super::units;
use crate::model::Value;
use crate::spec::Position;

/// The attribute of a policy entry's own setting.
pub(super) fn config_attribute(key: &str) -> String {
    format!("config.{key}")
}

/// One entry of the policy map, by attribute.
#[derive(Clone, Debug, Default)]
pub(super) struct Effective {
    pub(super) attributes: BTreeMap<String, Value>,
    /// Where each was written.
    pub(super) places: BTreeMap<String, Position>,
}

impl Effective {
    /// Later ones win; null takes away what was there.
    fn lay_over(mut self, keys: &ConfigKeys, settings: &Settings<'_>) -> Self {
        let fields = settings.fields.iter().map(|(name, setting)| ((*name).to_owned(), setting.clone()));
        let config = settings.config.iter().map(|(key, setting)| {
            let spelled = keys.policy.get(key.name).and_then(|kind| units::spell(key.name, *kind, &setting.value).ok());
            // What cannot be spelled was reported, and nothing is planned then.
            let value = spelled.unwrap_or_else(|| setting.value.clone());
            (config_attribute(key.name), Setting { value, at: setting.at })
        });
        for (name, setting) in fields.chain(config) {
            if setting.value.is_null() {
                self.attributes.remove(&name);
                self.places.remove(&name);
            } else {
                self.places.insert(name.clone(), setting.at);
                self.attributes.insert(name, setting.value);
            }
        }
        self
    }
}

/// Every entry of the policy map with all that applies: patterns in the order of the file, then queues and topics.
pub(super) fn policies<'a>(body: &Body<'a>, version: &str) -> Vec<(Destination<'a>, Effective)> {
    let keys = ConfigKeys::of(version);
    let patterns: Vec<(Destination<'a>, &Settings<'a>)> = body
        .policies
        .iter()
        .filter_map(|policy| Some((Destination::parse(policy.name.name)?, &policy.settings)))
        .collect();
    let mut all: Vec<_> =
        patterns.iter().map(|(pattern, settings)| (*pattern, Effective::default().lay_over(keys, settings))).collect();
    for (destination, settings) in body.own_policies() {
        let inherited = winner(destination, patterns.iter().copied());
        let base = inherited.map_or_else(Effective::default, |(_, base)| Effective::default().lay_over(keys, base));
        all.push((destination, base.lay_over(keys, settings)));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::testing::broker;
    use super::*;

    fn of(spec: &str, name: &str) -> BTreeMap<String, Value> {
        let broker = broker(spec);
        let body = Body::read(&broker);
        let all = policies(&body, "6.1");
        all.into_iter().find(|(destination, _)| destination.to_string() == name).unwrap().1.attributes
    }

    const SPEC: &str = r"
queues:
  invoices.retry: { policy: { max_redeliveries: 5, config: { memoryLimit: null, queuePrefetch: 1 } } }
  other: { policy: { max_redeliveries: 1 } }
policies:
  queue/>: { dead_letter: DLQ.all, config: { useCache: false } }
  queue/invoices.>: { dead_letter: DLQ.invoices, process_expired: false, config: { memoryLimit: 1MiB, queuePrefetch: 10 } }
";

    #[test]
    fn a_queues_own_policy_lies_over_the_one_that_would_apply() {
        let found = of(SPEC, "queue/invoices.retry");
        let wanted = [
            ("config.queuePrefetch", Value::from(1_i64)),
            ("dead_letter", "DLQ.invoices".into()),
            ("max_redeliveries", Value::from(5_i64)),
            ("process_expired", false.into()),
        ];
        assert_eq!(found, wanted.map(|(name, value)| (name.to_owned(), value)).into());
        assert_eq!(of(SPEC, "queue/other")["dead_letter"], "DLQ.all".into());
    }

    #[test]
    fn a_pattern_takes_nothing_over_from_a_wider_one() {
        assert!(!of(SPEC, "queue/invoices.>").contains_key("config.useCache"), "nor does the broker");
    }
}
