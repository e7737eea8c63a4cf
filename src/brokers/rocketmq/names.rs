//! Names that RocketMQ keeps for itself, and names that it takes.

use crate::model::Address;

use super::{GROUP, TOPIC};

/// The one cluster and the one broker in it, by the names of the distribution's own `broker.conf`. A topic of each
/// name exists.
pub(super) const CLUSTER: &str = "DefaultCluster";
pub(super) const BROKER: &str = "broker-a";
/// Scratch objects of the probe; a run that was killed can leave some.
pub(super) const PROBE_PREFIX: &str = "mqlab-probe-";
/// What a group's failed messages go to: to be tried again, and when that was in vain.
pub(super) const RETRY_PREFIX: &str = "%RETRY%";
pub(super) const DEAD_LETTER_PREFIX: &str = "%DLQ%";

/// `TopicValidator` and `TopicConfigManager` at 5.5.0, and the topic of the proxy.
const SYSTEM_TOPICS: &[&str] = &[
    "BenchmarkTest",
    "CHECKPOINT_TOPIC",
    "DefaultHeartBeatSyncerTopic",
    "OFFSET_MOVED_EVENT",
    "SCHEDULE_TOPIC_XXXX",
    "SELF_TEST_TOPIC",
    "TBW102",
    "TRANS_CHECK_MAX_TIME_TOPIC",
    "DefaultCluster_REPLY_TOPIC",
    CLUSTER,
    BROKER,
];
const SYSTEM_TOPIC_PREFIXES: &[&str] =
    &["rmq_sys_", "RMQ_SYS_", RETRY_PREFIX, DEAD_LETTER_PREFIX, "%LMQ%", PROBE_PREFIX];

/// `MixAll` at 5.5.0, and the group of the proxy.
const SYSTEM_GROUPS: &[&str] = &[
    "CID_DefaultHeartBeatSyncerTopic",
    "CID_ONS-HTTP-PROXY",
    "CID_ONSAPI_OWNER",
    "CID_ONSAPI_PERMISSION",
    "CID_ONSAPI_PULL",
    "CLIENT_INNER_PRODUCER",
    "DEFAULT_CONSUMER",
    "DEFAULT_PRODUCER",
    "FILTERSRV_CONSUMER",
    "SCHEDULE_CONSUMER",
    "SELF_TEST_C_GROUP",
    "SELF_TEST_P_GROUP",
    "TOOLS_CONSUMER",
    "__MONITOR_CONSUMER",
];
const SYSTEM_GROUP_PREFIXES: &[&str] = &["CID_RMQ_SYS_", PROBE_PREFIX];

/// Whether it is the broker's own, or ours: never listed, never touched.
pub(super) fn is_protected(address: &Address) -> bool {
    let (names, prefixes) = match address.kind.as_str() {
        TOPIC => (SYSTEM_TOPICS, SYSTEM_TOPIC_PREFIXES),
        GROUP => (SYSTEM_GROUPS, SYSTEM_GROUP_PREFIXES),
        _ => return false,
    };
    let name = address.name.as_str();
    names.contains(&name) || prefixes.iter().any(|prefix| name.starts_with(prefix))
}

/// Why RocketMQ, or mqlab, does not take a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BadName {
    Empty,
    Character(char),
    TooLong,
    Reserved,
}

/// How long a name may be: a group's is the end of other names.
pub(super) fn longest(kind: &str) -> usize {
    if kind == GROUP { 120 } else { 127 }
}

/// `TopicValidator`'s rules, and not one of its own names.
pub(super) fn check(address: &Address) -> Result<(), BadName> {
    let name = address.name.as_str();
    let allowed = |character: &char| character.is_ascii_alphanumeric() || matches!(character, '%' | '|' | '_' | '-');
    if name.is_empty() {
        return Err(BadName::Empty);
    }
    if is_protected(address) {
        return Err(BadName::Reserved);
    }
    match name.chars().find(|character| !allowed(character)) {
        Some(bad) => Err(BadName::Character(bad)),
        None if name.len() > longest(&address.kind) => Err(BadName::TooLong),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(kind: &str, name: &str) -> Result<(), BadName> {
        check(&Address::new("trades", kind, name))
    }

    #[test]
    fn rocketmq_takes_letters_digits_and_four_signs() {
        assert_eq!(of(TOPIC, "eu%Orders_2-a|b"), Ok(()));
        assert_eq!(of(TOPIC, "orders.eu"), Err(BadName::Character('.')));
        assert_eq!(of(GROUP, "größe"), Err(BadName::Character('ö')));
        assert_eq!(of(GROUP, ""), Err(BadName::Empty));
    }

    #[test]
    fn a_group_is_shorter_than_a_topic() {
        assert_eq!(of(TOPIC, &"a".repeat(127)), Ok(()));
        assert_eq!(of(TOPIC, &"a".repeat(128)), Err(BadName::TooLong));
        assert_eq!(of(GROUP, &"a".repeat(120)), Ok(()));
        assert_eq!(of(GROUP, &"a".repeat(121)), Err(BadName::TooLong));
    }

    #[test]
    fn names_of_its_own_are_kept_from_us() {
        for name in ["TBW102", "rmq_sys_wheel_timer", "broker-a", "%RETRY%billing", "mqlab-probe-1"] {
            assert_eq!(of(TOPIC, name), Err(BadName::Reserved), "{name}");
        }
        for name in ["TOOLS_CONSUMER", "CID_RMQ_SYS_TRANS"] {
            assert_eq!(of(GROUP, name), Err(BadName::Reserved), "{name}");
        }
        assert_eq!(of(GROUP, "broker-a"), Ok(()));
    }
}
