//! What the site has to teach, whatever else it does.

use std::collections::BTreeSet;
use std::path::Path;

use mqlab::cli::manual;
use mqlab::site::{SiteInput, build};

use super::specs::{example, facts};

/// A subject, and the pages about it.
const SUBJECTS: &[(&str, &[&str])] = &[
    (
        "queue and topic, one language to another, Classic and Artemis",
        &[
            "learn/activemq/queue-topic",
            "learn/activemq/languages",
            "learn/activemq/artemis",
            "learn/artemis/addresses",
        ],
    ),
    ("broker, topic, partition", &["learn/kafka/partitions"]),
    ("Apache Kafka and Confluent Platform", &["learn/kafka/distributions"]),
    ("librdkafka in a virtual environment", &["howto/librdkafka"]),
    ("what up did, and the same in Compose and docker run", &["start/up", "start/down"]),
    ("ports, and when to open which", &["start/ports", "howto/firewall"]),
    ("order inside a partition", &["learn/kafka/keys", "concepts/order"]),
    ("more consumers than partitions", &["learn/kafka/groups", "learn/kafka/share-groups"]),
    ("one consumer, several topics", &["learn/kafka/many-topics"]),
    ("a new group id", &["learn/kafka/offsets", "howto/reset-offsets", "howto/rename-group"]),
    ("durable, exclusive, auto-delete", &["learn/rabbitmq/lifetime"]),
    ("acknowledgement and redelivery", &["learn/rabbitmq/ack"]),
    ("routing key and binding key", &["learn/rabbitmq/direct"]),
    (
        "each type of exchange",
        &[
            "learn/rabbitmq/direct",
            "learn/rabbitmq/fanout",
            "learn/rabbitmq/topic",
            "learn/rabbitmq/headers",
            "learn/rabbitmq/unroutable",
        ],
    ),
    ("name server, broker, proxy, topic types", &["learn/rocketmq/roles", "learn/rocketmq/types"]),
    ("RocketMQ's groups, tags, order", &["learn/rocketmq/groups", "learn/rocketmq/queues"]),
    ("slow image pulls and mirrors", &["start/images", "howto/mirrors"]),
    ("configuration keys that the stack sets", &["reference/kafka"]),
    ("STOMP by hand and over a WebSocket", &["learn/rabbitmq/stomp", "learn/activemq/stomp"]),
    ("the same word for different things", &["learn/compare", "concepts/naming"]),
];

/// On a stack with every kind of broker.
#[test]
fn what_must_be_taught_has_its_pages_in_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stack = example(&root.join("examples/all.yaml"));
    let pages = build(&SiteInput::new(&stack, &facts(&stack), None, &manual())).unwrap();
    let paths: BTreeSet<&str> = pages.iter().map(|page| page.path.as_str()).collect();
    for (subject, pages) in SUBJECTS {
        for page in *pages {
            for path in [format!("{page}.html"), format!("zh/{page}.html")] {
                assert!(paths.contains(path.as_str()), "{subject}: no {path}");
            }
        }
    }
    // What is written is shown by somebody.
    let mut written = Vec::new();
    markdown(&root.join("site/content/en"), "", &mut written);
    assert!(written.len() > 50, "{written:?}");
    for page in written {
        assert!(paths.contains(format!("{page}.html").as_str()), "nobody sees {page}");
    }
}

/// The ids of all written pages below a folder.
fn markdown(folder: &Path, above: &str, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().expect("a name").to_string_lossy().into_owned();
        if path.is_dir() {
            markdown(&path, &format!("{above}{name}/"), found);
        } else if let Some(stem) = name.strip_suffix(".md") {
            found.push(format!(
                "{above}{}",
                stem.trim_start_matches(|digit: char| digit.is_ascii_digit() || digit == '-')
            ));
        }
    }
}
