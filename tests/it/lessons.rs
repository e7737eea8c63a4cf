//! What the site has to teach, whatever else it does.

use std::path::Path;

/// A subject, and the pages about it.
const SUBJECTS: &[(&str, &[&str])] = &[
    (
        "queue and topic, one language to another, Classic and Artemis",
        &[
            "learn/activemq/10-queue-topic",
            "learn/activemq/20-languages",
            "learn/activemq/50-artemis",
            "learn/artemis/10-addresses",
        ],
    ),
    ("broker, topic, partition", &["learn/kafka/10-partitions"]),
    ("Apache Kafka and Confluent Platform", &["learn/kafka/90-distributions"]),
    ("librdkafka in a virtual environment", &["howto/90-librdkafka"]),
    ("what up did, and the same in Compose and docker run", &["start/10-up", "start/40-down"]),
    ("ports, and when to open which", &["start/20-ports", "howto/70-firewall"]),
    ("order inside a partition", &["learn/kafka/20-keys", "concepts/20-order"]),
    ("more consumers than partitions", &["learn/kafka/30-groups", "learn/kafka/80-share-groups"]),
    ("one consumer, several topics", &["learn/kafka/40-many-topics"]),
    ("a new group id", &["learn/kafka/50-offsets", "howto/30-reset-offsets", "howto/40-rename-group"]),
    ("durable, exclusive, auto-delete", &["learn/rabbitmq/30-lifetime"]),
    ("acknowledgement and redelivery", &["learn/rabbitmq/20-ack"]),
    ("routing key and binding key", &["learn/rabbitmq/40-direct"]),
    (
        "each type of exchange",
        &[
            "learn/rabbitmq/40-direct",
            "learn/rabbitmq/50-fanout",
            "learn/rabbitmq/60-topic",
            "learn/rabbitmq/70-headers",
            "learn/rabbitmq/80-unroutable",
        ],
    ),
    ("name server, broker, proxy, topic types", &["learn/rocketmq/10-roles", "learn/rocketmq/40-types"]),
    ("RocketMQ's groups, tags, order", &["learn/rocketmq/30-groups", "learn/rocketmq/20-queues"]),
    ("slow image pulls and mirrors", &["start/30-images", "howto/60-mirrors"]),
    ("STOMP by hand and over a WebSocket", &["learn/rabbitmq/95-stomp", "learn/activemq/60-stomp"]),
    ("the same word for different things", &["learn/90-compare", "concepts/50-naming"]),
];

#[test]
fn what_must_be_taught_has_its_pages_in_both_languages() {
    let content = Path::new(env!("CARGO_MANIFEST_DIR")).join("site/content");
    for (subject, pages) in SUBJECTS {
        for page in *pages {
            for language in ["en", "zh"] {
                let path = content.join(language).join(format!("{page}.md"));
                assert!(path.is_file(), "{subject}: no {}", path.display());
            }
        }
    }
}
