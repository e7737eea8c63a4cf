//! What the keys of policies, of declarations and of `rabbitmq.conf` mean, which the broker itself does not say.
//!
//! Source: the documentation of 4.0 and 4.3, and the defaults in `rabbit.app` of 4.0.5 and 4.3.6.

use crate::brokers::Meaning;

pub(super) const MEANINGS: &[Meaning] = &[
    Meaning {
        keys: &["alternate-exchange"],
        default: "",
        doc: "The exchange that gets what no binding of this one takes.",
    },
    Meaning {
        keys: &["consumer-disconnected-timeout", "x-consumer-disconnected-timeout"],
        default: "60000",
        doc: "How long, in milliseconds, a quorum queue waits for a consumer whose node is out of reach before it takes the messages back; from 4.3 on.",
    },
    Meaning {
        keys: &["consumer-timeout", "x-consumer-timeout"],
        default: "1800000",
        doc: "How long, in milliseconds, a consumer may take to acknowledge a message before the broker takes it back; from 4.3 on of quorum queues alone.",
    },
    Meaning {
        keys: &["dead-letter-exchange", "x-dead-letter-exchange"],
        default: "",
        doc: "The exchange that gets messages that were rejected, expired, too many, or delivered too often.",
    },
    Meaning {
        keys: &["dead-letter-routing-key", "x-dead-letter-routing-key"],
        default: "",
        doc: "The routing key of such messages, instead of their own.",
    },
    Meaning {
        keys: &["dead-letter-strategy", "x-dead-letter-strategy"],
        default: "at-most-once",
        doc: "How a quorum queue hands on dead letters: `at-least-once` waits until they have arrived, and wants the overflow `reject-publish`.",
    },
    Meaning {
        keys: &["delayed-retry-max", "x-delayed-retry-max"],
        default: "",
        doc: "The longest delay, in milliseconds, before a quorum queue delivers a returned message again; from 4.3 on.",
    },
    Meaning {
        keys: &["delayed-retry-min", "x-delayed-retry-min"],
        default: "",
        doc: "The delay, in milliseconds, by which each further attempt of a quorum queue waits longer; from 4.3 on.",
    },
    Meaning {
        keys: &["delayed-retry-type", "x-delayed-retry-type"],
        default: "disabled",
        doc: "Which returned messages a quorum queue delivers later: `failed`, `returned` or `all`; from 4.3 on.",
    },
    Meaning {
        keys: &["delivery-limit", "x-delivery-limit"],
        default: "20",
        doc: "How many failed deliveries a quorum queue allows a message before it becomes a dead letter or is dropped.",
    },
    Meaning {
        keys: &["expires", "x-expires"],
        default: "",
        doc: "How long, in milliseconds, the queue may be unused before the broker deletes it.",
    },
    Meaning {
        keys: &["federation-upstream"],
        default: "",
        doc: "The upstream that a federated exchange or queue takes messages from.",
    },
    Meaning {
        keys: &["federation-upstream-pattern"],
        default: "",
        doc: "A regular expression over the names of the upstreams that are used.",
    },
    Meaning {
        keys: &["federation-upstream-set"],
        default: "",
        doc: "The set of upstreams that are used; `all` for every one.",
    },
    Meaning {
        keys: &["initial-cluster-size", "x-initial-cluster-size"],
        default: "",
        doc: "On how many nodes a stream begins to have replicas; on all of them without it.",
    },
    Meaning {
        keys: &["max-age", "x-max-age"],
        default: "",
        doc: "How old messages of a stream get before whole segments of them are deleted: `7D`, `12h`.",
    },
    Meaning {
        keys: &["max-in-memory-bytes", "x-max-in-memory-bytes"],
        default: "",
        doc: "Has no effect any more: quorum queues keep message bodies on disk.",
    },
    Meaning {
        keys: &["max-in-memory-length", "x-max-in-memory-length"],
        default: "",
        doc: "Has no effect any more: quorum queues keep messages on disk.",
    },
    Meaning {
        keys: &["max-length", "x-max-length"],
        default: "",
        doc: "How many messages may wait in the queue before `overflow` applies.",
    },
    Meaning {
        keys: &["max-length-bytes", "x-max-length-bytes"],
        default: "",
        doc: "How many bytes of messages may wait in the queue before `overflow` applies; the size that a stream keeps.",
    },
    Meaning {
        keys: &["message-ttl", "x-message-ttl"],
        default: "",
        doc: "How long, in milliseconds, a message may wait in the queue before it expires.",
    },
    Meaning {
        keys: &["overflow", "x-overflow"],
        default: "drop-head",
        doc: "What happens when the queue is full: the oldest message goes (`drop-head`), or new ones are refused (`reject-publish`).",
    },
    Meaning {
        keys: &["queue-leader-locator", "x-queue-leader-locator"],
        default: "client-local",
        doc: "On which node the leader of a new queue is: the one that the client is connected to, or, with `balanced`, one that has fewer.",
    },
    Meaning {
        keys: &["queue-master-locator", "x-queue-master-locator"],
        default: "",
        doc: "The older name of `queue-leader-locator`, for classic queues.",
    },
    Meaning {
        keys: &["queue-mode", "x-queue-mode"],
        default: "",
        doc: "Has no effect in 4.0, and is refused by 4.3: classic queues keep messages on disk in any case.",
    },
    Meaning {
        keys: &["queue-version", "x-queue-version"],
        default: "2",
        doc: "How a classic queue stores messages; 4.3 takes `2` alone.",
    },
    Meaning {
        keys: &["routing-key"],
        default: "",
        doc: "The routing key of the bindings that the sharding plugin makes.",
    },
    Meaning { keys: &["shards-per-node"], default: "", doc: "How many queues the sharding plugin makes on each node." },
    Meaning {
        keys: &["stream-filter-size-bytes", "x-stream-filter-size-bytes"],
        default: "16",
        doc: "How large the filter is with which a stream skips chunks that hold none of the wanted messages.",
    },
    Meaning {
        keys: &["stream-max-segment-size-bytes", "x-stream-max-segment-size-bytes"],
        default: "500000000",
        doc: "How large a segment file of a stream gets. Retention deletes whole segments.",
    },
    Meaning {
        keys: &["target-group-size"],
        default: "",
        doc: "To how many replicas the broker grows a quorum queue by itself as nodes join.",
    },
    Meaning {
        keys: &["x-quorum-initial-group-size"],
        default: "3",
        doc: "On how many nodes a quorum queue begins to have replicas.",
    },
    Meaning {
        keys: &["x-max-priority"],
        default: "",
        doc: "The highest priority of messages; one class of messages is kept for each.",
    },
    Meaning {
        keys: &["x-single-active-consumer"],
        default: "false",
        doc: "Whether one consumer at a time gets messages, the others standing by.",
    },
    Meaning {
        keys: &["x-queue-type"],
        default: "classic",
        doc: "The type of the queue: `classic`, `quorum` or `stream`.",
    },
    Meaning {
        keys: &["hash-header"],
        default: "",
        doc: "The header that a consistent-hash exchange hashes, instead of the routing key.",
    },
    Meaning {
        keys: &["hash-property"],
        default: "",
        doc: "The message property that a consistent-hash exchange hashes, instead of the routing key.",
    },
    Meaning { keys: &["channel_max"], default: "2047", doc: "The most channels of one connection; 0 for any number." },
    Meaning {
        keys: &["collect_statistics_interval"],
        default: "5000",
        doc: "How often, in milliseconds, the broker gathers the numbers that the management pages show.",
    },
    Meaning {
        keys: &["consumer_disconnected_timeout"],
        default: "60000",
        doc: "The same as the policy key `consumer-disconnected-timeout`, for all queues.",
    },
    Meaning {
        keys: &["consumer_timeout"],
        default: "1800000",
        doc: "The same as the policy key `consumer-timeout`, for all queues.",
    },
    Meaning {
        keys: &["default_queue_type"],
        default: "classic",
        doc: "The type of queues that are declared without one.",
    },
    Meaning {
        keys: &["disk_free_limit.absolute"],
        default: "50MB",
        doc: "How much free disk there must be; below it publishers wait.",
    },
    Meaning {
        keys: &["disk_free_limit.relative"],
        default: "",
        doc: "The same as a multiple of the machine's memory.",
    },
    Meaning {
        keys: &["frame_max"],
        default: "131072",
        doc: "The largest AMQP frame, in bytes, that is offered to clients.",
    },
    Meaning {
        keys: &["heartbeat"],
        default: "60",
        doc: "The interval of heartbeats, in seconds, that is offered to clients; 0 for none.",
    },
    Meaning {
        keys: &["log.console.level"],
        default: "",
        doc: "The least severe message that goes to the console; `info` unless the log says otherwise.",
    },
    Meaning {
        keys: &["max_message_size"],
        default: "16777216",
        doc: "The largest message, in bytes, that the broker takes.",
    },
    Meaning {
        keys: &["queue_leader_locator"],
        default: "client-local",
        doc: "The same as the policy key `queue-leader-locator`, for all queues.",
    },
    Meaning {
        keys: &["tcp_listen_options.backlog"],
        default: "128",
        doc: "How many connections may wait to be accepted.",
    },
    Meaning {
        keys: &["vm_memory_high_watermark.absolute"],
        default: "",
        doc: "How much memory the broker may use before publishers wait.",
    },
    Meaning {
        keys: &["vm_memory_high_watermark.relative"],
        default: "0.6",
        doc: "The same as a fraction of the memory that it sees.",
    },
];

#[cfg(test)]
mod tests {
    use super::super::catalogue::CATALOGUE;
    use super::MEANINGS;
    use crate::brokers::testing::strangers;

    /// Arguments of a plugin's exchange, or of ours, which nothing lists.
    const UNLISTED: [&str; 3] = ["hash-header", "hash-property", "x-queue-type"];

    #[test]
    fn every_key_is_the_brokers() {
        assert_eq!(strangers(&CATALOGUE, MEANINGS, &UNLISTED), [""; 0]);
    }

    #[test]
    fn every_key_of_a_policy_and_of_a_queue_has_a_meaning() {
        for version in CATALOGUE.versions {
            let recorded: serde_json::Value = serde_json::from_str(version.config_keys).unwrap();
            let policies = ["policy_keys", "operator_policy_keys"].iter().filter_map(|name| recorded[name].as_array());
            let policies = policies.flatten().filter_map(|key| key.as_str());
            let types = recorded["queue_types"].as_object().into_iter().flat_map(|types| types.values());
            let arguments = types.filter_map(|one| one["arguments"].as_object()).flat_map(|all| all.keys());
            for key in policies.chain(arguments.map(String::as_str)) {
                assert!(MEANINGS.iter().any(|one| one.keys.contains(&key)), "{}: {key}", version.number);
            }
        }
    }
}
