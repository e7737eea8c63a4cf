//! What the keys of `broker.conf` and a topic's attributes mean, which the broker itself does not say.
//!
//! Source: the classes `BrokerConfig`, `MessageStoreConfig` and `TopicAttributes` of 5.5.0, and the documentation.

use crate::brokers::Meaning;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        keys: &["autoCreateSubscriptionGroup"],
        default: "true",
        doc: "Whether a group that a client names is made; mqlab starts with false, so that a misspelt name is an error.",
    },
    Meaning {
        keys: &["autoCreateTopicEnable"],
        default: "true",
        doc: "Whether a topic that a client names is made; mqlab starts with false, so that a misspelt name is an error.",
    },
    Meaning {
        keys: &["brokerPermission"],
        default: "6",
        doc: "What clients may do at this broker: 2 is write, 4 is read, 6 both.",
    },
    Meaning {
        keys: &["brokerRole"],
        default: "ASYNC_MASTER",
        doc: "Whether a master acknowledges a message before its replica has it (`ASYNC_MASTER`) or once it has (`SYNC_MASTER`).",
    },
    Meaning {
        keys: &["cleanFileForciblyEnable"],
        default: "true",
        doc: "Whether files go before their time when the disk is nearly full; mqlab starts with false.",
    },
    Meaning {
        keys: &["cleanup.policy"],
        default: "DELETE",
        doc: "Whether a topic loses its oldest messages with time (`DELETE`) or keeps the last one of each key (`COMPACTION`).",
    },
    Meaning {
        keys: &["defaultTopicQueueNums"],
        default: "8",
        doc: "How many queues a topic gets that is made by a client.",
    },
    Meaning {
        keys: &["deleteWhen"],
        default: "04",
        doc: "At which hours of the day files whose time is over are deleted.",
    },
    Meaning {
        keys: &["diskMaxUsedSpaceRatio"],
        default: "75",
        doc: "Above which percentage of the disk files whose time is over are deleted at once.",
    },
    Meaning {
        keys: &["enablePropertyFilter"],
        default: "false",
        doc: "Whether consumers may filter by SQL expressions over properties.",
    },
    Meaning { keys: &["fileReservedTime"], default: "72", doc: "How many hours messages are kept, read or not." },
    Meaning {
        keys: &["flushConsumerOffsetInterval"],
        default: "5000",
        doc: "How often, in milliseconds, the positions of groups go to disk.",
    },
    Meaning {
        keys: &["flushDiskType"],
        default: "ASYNC_FLUSH",
        doc: "Whether a message is acknowledged before it is on disk (`ASYNC_FLUSH`) or once it is (`SYNC_FLUSH`).",
    },
    Meaning {
        keys: &["flushIntervalCommitLog"],
        default: "500",
        doc: "How often, in milliseconds, the commit log goes to disk with `ASYNC_FLUSH`.",
    },
    Meaning {
        keys: &["inSyncReplicas"],
        default: "1",
        doc: "How many nodes must have a message before a `SYNC_MASTER` acknowledges it, itself included.",
    },
    Meaning {
        keys: &["longPollingEnable"],
        default: "true",
        doc: "Whether the broker keeps a consumer's request until there is a message.",
    },
    Meaning {
        keys: &["mappedFileSizeCommitLog"],
        default: "1073741824",
        doc: "How large a file of the commit log is, in bytes; mqlab starts with 64 MiB.",
    },
    Meaning {
        keys: &["mappedFileSizeConsumeQueue"],
        default: "6000000",
        doc: "How large a file of a queue's index is, in bytes: 20 for each message.",
    },
    Meaning {
        keys: &["maxMessageSize"],
        default: "4194304",
        doc: "The largest message, in bytes, that the broker takes.",
    },
    Meaning {
        keys: &["messageDelayLevel"],
        default: "1s 5s 10s 30s 1m 2m 3m 4m 5m 6m 7m 8m 9m 10m 20m 30m 1h 2h",
        doc: "The delays that a message can name by their number; retries of remoting clients go by them as well.",
    },
    Meaning { keys: &["messageIndexEnable"], default: "true", doc: "Whether messages can be found by their key." },
    Meaning {
        keys: &["queue.type"],
        default: "SimpleCQ",
        doc: "How a topic's queues are indexed: by message (`SimpleCQ`) or by batch (`BatchCQ`).",
    },
    Meaning {
        keys: &["rejectTransactionMessage"],
        default: "false",
        doc: "Whether the broker refuses transactional messages.",
    },
    Meaning {
        keys: &["sendMessageThreadPoolNums"],
        default: "",
        doc: "How many threads take messages; one per processor and 4 at most without it.",
    },
    Meaning { keys: &["slaveReadEnable"], default: "false", doc: "Whether consumers may read at a replica." },
    Meaning {
        keys: &["syncFlushTimeout"],
        default: "5000",
        doc: "How long, in milliseconds, a sender waits for the disk with `SYNC_FLUSH`.",
    },
    Meaning {
        keys: &["timerMaxDelaySec"],
        default: "259200",
        doc: "How far ahead, in seconds, a message may be timed.",
    },
    Meaning { keys: &["timerWheelEnable"], default: "true", doc: "Whether messages can be timed to the second." },
    Meaning {
        keys: &["traceTopicEnable"],
        default: "false",
        doc: "Whether there is a topic in which clients write what became of their messages.",
    },
    Meaning {
        keys: &["transactionCheckInterval"],
        default: "30000",
        doc: "How often, in milliseconds, the broker asks producers about half-messages.",
    },
    Meaning {
        keys: &["transactionCheckMax"],
        default: "15",
        doc: "How often it asks about one before it gives it up.",
    },
    Meaning {
        keys: &["transactionTimeOut"],
        default: "6000",
        doc: "How old, in milliseconds, a half-message gets before it asks.",
    },
    Meaning {
        keys: &["waitTimeMillsInSendQueue"],
        default: "200",
        doc: "How long, in milliseconds, a message may wait for a thread before the broker says that it is busy.",
    },
];

#[cfg(test)]
mod tests {
    use super::super::attributes;
    use super::super::catalogue::CATALOGUE;
    use super::MEANINGS;
    use crate::brokers::testing::strangers;

    #[test]
    fn every_key_is_the_brokers_or_a_topics() {
        let ours: Vec<&str> = attributes::ALL.iter().map(|one| one.name).collect();
        assert_eq!(strangers(&CATALOGUE, MEANINGS, &ours), [""; 0]);
        for attribute in attributes::ALL {
            let found = MEANINGS.iter().find(|one| one.keys.contains(&attribute.name)).unwrap();
            assert_eq!(found.default, attribute.default, "{}", attribute.name);
        }
    }
}
