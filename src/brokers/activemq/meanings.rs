//! What the attributes of policies and of the broker mean, which its schema does not say.
//!
//! Source: the classes `PolicyEntry`, `BrokerService` and `KahaDBPersistenceAdapter` of 5.18.3 and 6.1.8, which agree.

use crate::brokers::Meaning;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning { keys: &["dead_letter"], default: "ActiveMQ.DLQ", doc: "" },
    Meaning { keys: &["max_redeliveries"], default: "", doc: "" },
    Meaning { keys: &["redelivery_delay"], default: "1000", doc: "" },
    Meaning { keys: &["process_expired"], default: "true", doc: "" },
    Meaning { keys: &["process_non_persistent"], default: "false", doc: "" },
    Meaning {
        keys: &["advisoryForConsumed"],
        default: "false",
        doc: "Whether an advisory topic hears of each message that was consumed.",
    },
    Meaning {
        keys: &["advisoryForDelivery"],
        default: "false",
        doc: "Whether an advisory topic hears of each message that was delivered.",
    },
    Meaning {
        keys: &["advisoryForDiscardingMessages"],
        default: "false",
        doc: "Whether an advisory topic hears of messages that are discarded.",
    },
    Meaning {
        keys: &["advisoryForDispatched"],
        default: "false",
        doc: "Whether an advisory topic hears of each message that was sent to a consumer.",
    },
    Meaning {
        keys: &["advisoryForFastProducers"],
        default: "false",
        doc: "Whether an advisory topic hears of producers that are too fast.",
    },
    Meaning {
        keys: &["advisoryForSlowConsumers"],
        default: "false",
        doc: "Whether an advisory topic hears of consumers that are slow.",
    },
    Meaning {
        keys: &["advisoryWhenFull"],
        default: "false",
        doc: "Whether an advisory topic hears of memory, store or temporary space that is full.",
    },
    Meaning {
        keys: &["allConsumersExclusiveByDefault"],
        default: "false",
        doc: "Whether one consumer of a queue gets everything, the others standing by.",
    },
    Meaning {
        keys: &["alwaysRetroactive"],
        default: "false",
        doc: "Whether every subscriber of a topic is first given what it missed, as far as it is kept.",
    },
    Meaning {
        keys: &["blockedProducerWarningInterval"],
        default: "30000",
        doc: "How often, in milliseconds, the log tells of producers that are held back.",
    },
    Meaning {
        keys: &["consumersBeforeDispatchStarts"],
        default: "0",
        doc: "How many consumers a queue waits for before it begins to hand out messages.",
    },
    Meaning {
        keys: &["cursorMemoryHighWaterMark"],
        default: "70",
        doc: "Above which percentage of its memory limit a queue leaves messages in the store.",
    },
    Meaning {
        keys: &["doOptimzeMessageStorage"],
        default: "true",
        doc: "Whether a message that is consumed at once may skip the way through the store.",
    },
    Meaning {
        keys: &["durableTopicPrefetch"],
        default: "100",
        doc: "How many messages a durable subscriber is sent ahead of its acknowledgements.",
    },
    Meaning {
        keys: &["enableAudit"],
        default: "true",
        doc: "Whether the broker looks for messages that producers sent twice.",
    },
    Meaning {
        keys: &["expireMessagesPeriod"],
        default: "30000",
        doc: "How often, in milliseconds, the broker looks for messages whose time is over; 0 for not at all.",
    },
    Meaning {
        keys: &["gcInactiveDestinations"],
        default: "false",
        doc: "Whether a queue or topic goes away that is empty and unused. The broker must also look: `schedulePeriodForDestinationPurge`.",
    },
    Meaning {
        keys: &["gcWithNetworkConsumers"],
        default: "false",
        doc: "Whether consumers of other nodes count as no use.",
    },
    Meaning {
        keys: &["inactiveTimeoutBeforeGC", "inactiveTimoutBeforeGC"],
        default: "60000",
        doc: "How long, in milliseconds, a queue or topic must have been unused before it goes.",
    },
    Meaning {
        keys: &["includeBodyForAdvisory"],
        default: "false",
        doc: "Whether advisories carry the body of the message that they are about.",
    },
    Meaning {
        keys: &["lazyDispatch"],
        default: "false",
        doc: "Whether messages are handed out to whoever asks next, rather than sent ahead.",
    },
    Meaning {
        keys: &["maxAuditDepth"],
        default: "10000",
        doc: "How many ids of messages are remembered of each producer to find what came twice.",
    },
    Meaning { keys: &["maxBrowsePageSize"], default: "400", doc: "How many messages a browser sees at most." },
    Meaning {
        keys: &["maxDestinations"],
        default: "-1",
        doc: "How many queues or topics of this pattern there may be; -1 for any number.",
    },
    Meaning {
        keys: &["maxExpirePageSize"],
        default: "400",
        doc: "How many messages are looked at in one search for expired ones.",
    },
    Meaning { keys: &["maxPageSize"], default: "200", doc: "How many messages are read from the store at a time." },
    Meaning {
        keys: &["maxProducersToAudit"],
        default: "64",
        doc: "Of how many producers ids are remembered to find what came twice.",
    },
    Meaning {
        keys: &["maxQueueAuditDepth"],
        default: "10000",
        doc: "How many ids of messages a queue remembers to find what came twice.",
    },
    Meaning {
        keys: &["memoryLimit"],
        default: "",
        doc: "How much of the broker's memory the messages of each queue or topic may take before senders wait; without it the broker's own limit.",
    },
    Meaning {
        keys: &["messageGroupMapFactoryType"],
        default: "cached",
        doc: "How the broker remembers which consumer has which message group: `cached`, `simple` or `bucket`.",
    },
    Meaning {
        keys: &["minimumMessageSize"],
        default: "1024",
        doc: "As how many bytes a message counts at least in the limit of memory.",
    },
    Meaning {
        keys: &["optimizeMessageStoreInFlightLimit"],
        default: "10",
        doc: "Above how many messages in flight nothing skips the store any more.",
    },
    Meaning {
        keys: &["optimizedDispatch"],
        default: "false",
        doc: "Whether messages are handed out by the thread that took them, without a second one.",
    },
    Meaning {
        keys: &["persistJMSRedelivered"],
        default: "false",
        doc: "Whether the store keeps that a message was delivered before, so that it is known after a restart.",
    },
    Meaning {
        keys: &["prioritizedMessages"],
        default: "false",
        doc: "Whether messages of higher priority are handed out first.",
    },
    Meaning {
        keys: &["producerFlowControl"],
        default: "true",
        doc: "Whether a producer waits when the limit of memory is reached; without it messages go to disk.",
    },
    Meaning {
        keys: &["queueBrowserPrefetch"],
        default: "500",
        doc: "How many messages a browser of a queue is sent ahead.",
    },
    Meaning {
        keys: &["queuePrefetch"],
        default: "1000",
        doc: "How many messages a consumer of a queue is sent ahead of its acknowledgements.",
    },
    Meaning {
        keys: &["reduceMemoryFootprint"],
        default: "false",
        doc: "Whether the unpacked form of a message is dropped once it is stored.",
    },
    Meaning {
        keys: &["sendAdvisoryIfNoConsumers"],
        default: "false",
        doc: "Whether an advisory topic hears of a message that nobody consumes.",
    },
    Meaning {
        keys: &["sendDuplicateFromStoreToDLQ"],
        default: "false",
        doc: "Whether a message that is found twice in the store becomes a dead letter; otherwise it is dropped.",
    },
    Meaning {
        keys: &["sendFailIfNoSpace"],
        default: "false",
        doc: "Whether a producer gets an error instead of waiting when there is no space.",
    },
    Meaning {
        keys: &["sendFailIfNoSpaceAfterTimeout"],
        default: "-1",
        doc: "After how many milliseconds of waiting it gets one.",
    },
    Meaning {
        keys: &["storeUsageHighWaterMark"],
        default: "100",
        doc: "At which percentage of the store's limit producers wait.",
    },
    Meaning {
        keys: &["strictOrderDispatch"],
        default: "false",
        doc: "Whether messages that come back are handed out before newer ones to whoever is next.",
    },
    Meaning {
        keys: &["timeBeforeDispatchStarts"],
        default: "0",
        doc: "How long, in milliseconds, a queue waits for its first consumers before it begins.",
    },
    Meaning {
        keys: &["topicPrefetch"],
        default: "32767",
        doc: "How many messages a subscriber of a topic is sent ahead of its acknowledgements.",
    },
    Meaning {
        keys: &["useCache"],
        default: "true",
        doc: "Whether new messages stay in memory for consumers that keep up.",
    },
    Meaning {
        keys: &["useConsumerPriority"],
        default: "true",
        doc: "Whether consumers of higher priority get messages first.",
    },
    Meaning {
        keys: &["usePrefetchExtension"],
        default: "true",
        doc: "Whether a consumer within a transaction may get more than its prefetch.",
    },
    Meaning {
        keys: &["useTopicSubscriptionInflightStats"],
        default: "true",
        doc: "Whether the broker counts what is under way to each subscriber.",
    },
    Meaning {
        keys: &["advisorySupport"],
        default: "true",
        doc: "Whether advisory topics tell of connections, consumers and queues that come and go.",
    },
    Meaning {
        keys: &["kahaDB.checkpointInterval"],
        default: "5000",
        doc: "How often, in milliseconds, the index of the store goes to disk; mqlab starts with 1 s.",
    },
    Meaning {
        keys: &["kahaDB.cleanupInterval"],
        default: "30000",
        doc: "How often, in milliseconds, the store looks for journal files that hold nothing any more.",
    },
    Meaning {
        keys: &["kahaDB.concurrentStoreAndDispatchQueues"],
        default: "true",
        doc: "Whether a message to a queue is handed out while it is being stored.",
    },
    Meaning {
        keys: &["kahaDB.enableJournalDiskSyncs"],
        default: "true",
        doc: "Whether the broker waits for the disk before it acknowledges a persistent message.",
    },
    Meaning { keys: &["kahaDB.indexCacheSize"], default: "10000", doc: "How many pages of the index stay in memory." },
    Meaning {
        keys: &["kahaDB.journalDiskSyncInterval"],
        default: "1000",
        doc: "How often, in milliseconds, the journal goes to disk with the strategy `periodic`.",
    },
    Meaning {
        keys: &["kahaDB.journalDiskSyncStrategy"],
        default: "always",
        doc: "When the journal goes to disk: with each message (`always`), now and then (`periodic`), or when the system likes.",
    },
    Meaning {
        keys: &["kahaDB.journalMaxFileLength"],
        default: "33554432",
        doc: "How large a file of the journal gets, in bytes; mqlab starts with 8 MiB.",
    },
    Meaning {
        keys: &["keepDurableSubsActive"],
        default: "true",
        doc: "Whether the broker works for durable subscribers that are away as for those that are there.",
    },
    Meaning {
        keys: &["memoryUsage.limit"],
        default: "",
        doc: "How much memory messages may take before producers wait, in bytes.",
    },
    Meaning {
        keys: &["memoryUsage.percentOfJvmHeap"],
        default: "",
        doc: "The same as a percentage of the heap; mqlab starts with 70.",
    },
    Meaning {
        keys: &["offlineDurableSubscriberTimeout"],
        default: "-1",
        doc: "After how many milliseconds a durable subscriber that stays away is forgotten; -1 for never.",
    },
    Meaning { keys: &["populateJMSXUserID"], default: "false", doc: "Whether each message says which user sent it." },
    Meaning {
        keys: &["schedulePeriodForDestinationPurge"],
        default: "0",
        doc: "How often, in milliseconds, the broker looks for queues and topics that may go; 0 for not at all.",
    },
    Meaning {
        keys: &["schedulerSupport"],
        default: "false",
        doc: "Whether there are delayed messages and redelivery by the broker; mqlab starts with true.",
    },
    Meaning {
        keys: &["storeUsage.limit"],
        default: "",
        doc: "How large the store may get before producers wait, in bytes; mqlab starts with 4 GiB, in memory with 320 MiB.",
    },
    Meaning {
        keys: &["systemUsage.sendFailIfNoSpace"],
        default: "false",
        doc: "Whether producers get an error instead of waiting when memory or store is full.",
    },
    Meaning {
        keys: &["tempUsage.limit"],
        default: "",
        doc: "How much disk messages that are not persistent may take, in bytes; mqlab starts with 1 GiB, in memory with 64 MiB.",
    },
];

#[cfg(test)]
mod tests {
    use super::super::catalogue::CATALOGUE;
    use super::super::config_keys::ConfigKeys;
    use super::super::kinds::{KINDS, POLICY};
    use super::super::settings::MANAGED_IN_POLICIES;
    use super::MEANINGS;
    use crate::brokers::testing::strangers;

    #[test]
    fn every_key_is_the_brokers_or_an_attribute_of_a_policy() {
        let policy = KINDS.iter().find(|kind| kind.kind == POLICY).unwrap();
        let ours: Vec<&str> = policy.attributes.iter().map(|row| row.name).collect();
        assert_eq!(strangers(&CATALOGUE, MEANINGS, &ours), [""; 0]);
    }

    #[test]
    fn every_key_of_a_policy_has_a_meaning() {
        for version in CATALOGUE.versions {
            for key in ConfigKeys::of(version.number).policy.keys() {
                let is_managed = MANAGED_IN_POLICIES.iter().any(|(managed, _)| managed == key);
                let has_meaning = MEANINGS.iter().any(|one| one.keys.contains(&key.as_str()));
                assert!(is_managed || has_meaning, "{}: {key}", version.number);
            }
        }
    }
}
