//! What Kafka would refuse, found before anything runs.

use std::collections::BTreeMap;

use crate::model::{BrokerModel, Value};
use crate::spec::Diagnostics;

use super::config_keys::{ConfigKey, ConfigKeys};
use super::container::MANAGED;
use super::rules::is_protected;
use super::spec::{Setting, Topic, broker_settings, racks, topics};
use super::units;

/// KRaft writes one request as one batch, of at most this many records.
pub(super) const MOST_RECORDS: usize = 10_000;
const LONGEST_NAME: usize = 249;

/// Reports every mistake; the shape was checked before.
pub(super) fn validate(broker: &BrokerModel, diagnostics: &mut Diagnostics) {
    let keys = ConfigKeys::of(&broker.version);
    let topics = topics(broker);
    for topic in &topics {
        check_name(topic, diagnostics);
        check_counts(broker, topic, diagnostics);
        for setting in &topic.config {
            check_topic_setting(keys, &broker.version, setting, diagnostics);
        }
        lint_in_sync(topic, diagnostics);
    }
    check_racks(broker, diagnostics);
    check_collisions(&topics, diagnostics);
    for setting in broker_settings(broker) {
        check_broker_setting(keys, &broker.version, &setting, diagnostics);
    }
}

fn check_name(topic: &Topic<'_>, diagnostics: &mut Diagnostics) {
    let name = topic.name;
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '.' | '_' | '-');
    let wanted = "Kafka takes 1 to 249 letters, digits, `.`, `_` and `-`";
    if name.is_empty() {
        diagnostics.error("invalid-name", topic.at, "a topic has no name", wanted.to_owned());
    } else if let Some(bad) = name.chars().find(|character| !allowed(*character)) {
        let text = format!("`{}` cannot be in the name of a topic", bad.escape_debug());
        diagnostics.error("invalid-name", topic.at, text, wanted.to_owned());
    } else if name.len() > LONGEST_NAME {
        let text = format!("the name of this topic has {} characters", name.len());
        diagnostics.error("invalid-name", topic.at, text, wanted.to_owned());
    } else if name == "." || name == ".." {
        let text = format!("a topic cannot be called `{name}`: its folder on disk would be another one");
        diagnostics.error("invalid-name", topic.at, text, wanted.to_owned());
    } else if is_protected(name) {
        let text = format!("`{name}` is a name that Kafka or mqlab keeps for itself");
        let help = "names that begin with `__` or `mqlab-probe-` are never touched; choose another".to_owned();
        diagnostics.error("reserved-name", topic.at, text, help);
    }
}

/// Kafka's metrics write `.` as `_`, so it refuses the second of two names that then are one.
fn check_collisions(topics: &[Topic<'_>], diagnostics: &mut Diagnostics) {
    let mut seen: BTreeMap<String, &str> = BTreeMap::new();
    for topic in topics {
        match seen.get(&topic.name.replace('.', "_")) {
            Some(first) => diagnostics.error(
                "name-collision",
                topic.at,
                format!("`{}` and `{first}` differ only by `.` and `_`, which Kafka refuses", topic.name),
                "use one of the two characters in all names".to_owned(),
            ),
            None => {
                seen.insert(topic.name.replace('.', "_"), topic.name);
            }
        }
    }
}

fn check_racks(broker: &BrokerModel, diagnostics: &mut Diagnostics) {
    let (racks, nodes) = (racks(broker).len(), broker.nodes);
    let Some(node) = broker.body.get("racks").filter(|_| racks > 0 && racks != nodes as usize) else { return };
    let plural = if nodes == 1 { "" } else { "s" };
    let text = format!("{racks} racks for {nodes} node{plural}");
    diagnostics.error("racks-and-nodes", node.at, text, "write one for each node, node 1 first".to_owned());
}

fn check_counts(broker: &BrokerModel, topic: &Topic<'_>, diagnostics: &mut Diagnostics) {
    if topic.replication_factor > broker.nodes {
        let nodes = broker.nodes;
        diagnostics.error(
            "replication-above-nodes",
            topic.replication_factor_at,
            format!(
                "`{}` wants {} copies of each partition on {nodes} node{}",
                topic.name,
                topic.replication_factor,
                if nodes == 1 { "" } else { "s" }
            ),
            format!("set `replication_factor: {nodes}`"),
        );
    }
    let records = usize::try_from(topic.partitions).unwrap_or(usize::MAX).saturating_add(topic.config.len() + 1);
    if records > MOST_RECORDS {
        diagnostics.error(
            "too-many-partitions",
            topic.partitions_at,
            format!(
                "Kafka creates at most {MOST_RECORDS} partitions and settings in one request; this topic has {records}"
            ),
            format!("set `partitions` to {} or less", MOST_RECORDS - 1 - topic.config.len()),
        );
    }
}

fn check_topic_setting(keys: &ConfigKeys, version: &str, setting: &Setting<'_>, diagnostics: &mut Diagnostics) {
    if let Some(key) = keys.topic.get(setting.key) {
        return check_value(setting, key, diagnostics);
    }
    let help = if let Some(topic_key) = keys.topic_key_of(setting.key) {
        format!("a topic calls this `{topic_key}`")
    } else if keys.broker.contains_key(setting.key) {
        format!("`{}` is for the whole broker: put it under the broker's `config`", setting.key)
    } else {
        suggestion(setting.key, &keys.topic)
    };
    let text = format!("Kafka {version} has no topic configuration `{}`", setting.key);
    diagnostics.error("unknown-config", setting.at, text, help);
}

fn check_broker_setting(keys: &ConfigKeys, version: &str, setting: &Setting<'_>, diagnostics: &mut Diagnostics) {
    if let Some((_, instead)) = MANAGED.iter().find(|(name, _)| *name == setting.key) {
        let text = format!("`{}` is set by mqlab", setting.key);
        diagnostics.error("managed-config", setting.at, text, (*instead).to_owned());
        return;
    }
    if let Some(key) = keys.broker.get(setting.key) {
        return check_value(setting, key, diagnostics);
    }
    // A listener's own settings: `listener.name.internal.ssl.…`.
    if setting.key.starts_with("listener.name.") {
        return;
    }
    let broker_key = keys.topic.get(setting.key).and_then(|key| key.broker_key.as_deref());
    let help = match broker_key {
        Some(broker_key) => format!("for all topics of the broker this is `{broker_key}`"),
        None => suggestion(setting.key, &keys.broker),
    };
    let text = format!("Kafka {version} has no broker configuration `{}`", setting.key);
    diagnostics.error("unknown-config", setting.at, text, help);
}

fn check_value(setting: &Setting<'_>, key: &ConfigKey, diagnostics: &mut Diagnostics) {
    if setting.value == Value::Null {
        return;
    }
    if let Err(misfit) = units::spell(setting.key, key, &setting.value) {
        let wanted = units::takes_unit(setting.key).unwrap_or_else(|| key.kind.describe());
        let help = misfit.help.unwrap_or_else(|| format!("`{}` takes {wanted}", setting.key));
        diagnostics.error("bad-config-value", setting.value_at, format!("`{}`: {}", setting.key, misfit.text), help);
    }
}

fn lint_in_sync(topic: &Topic<'_>, diagnostics: &mut Diagnostics) {
    let Some(setting) = topic.config.iter().find(|setting| setting.key == "min.insync.replicas") else { return };
    let text = setting.value.as_text().and_then(|text| text.parse().ok());
    let Some(wanted) = setting.value.as_i64().or(text) else { return };
    if wanted > i64::from(topic.replication_factor) {
        diagnostics.lint(
            "insync-above-replication",
            setting.value_at,
            format!(
                "`{}` keeps {} cop{} of each partition and wants {wanted} in sync: no producer with `acks=all` can ever write",
                topic.name,
                topic.replication_factor,
                if topic.replication_factor == 1 { "y" } else { "ies" }
            ),
            format!("set `min.insync.replicas: {}` or less", topic.replication_factor),
        );
    }
}

fn suggestion(name: &str, keys: &BTreeMap<String, ConfigKey>) -> String {
    match closest(name, keys.keys().map(String::as_str)) {
        Some(found) => format!("did you mean `{found}`?"),
        None => "see the configuration reference of this version of Kafka".to_owned(),
    }
}

/// The candidate that was probably meant.
pub(super) fn closest<'a>(name: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_lowercase().replace('_', ".");
    candidates
        .map(|candidate| (strsim::normalized_damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(likeness, _)| *likeness >= 0.7)
        .max_by(|left, right| left.0.total_cmp(&right.0).then_with(|| right.1.cmp(left.1)))
        .map(|(_, candidate)| candidate)
}
