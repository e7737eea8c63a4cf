//! What the site has to teach, whatever else it does.

use std::collections::BTreeMap;
use std::path::Path;

use mqlab::cli::manual;
use mqlab::site::{SiteInput, build};

use super::specs::{example, facts};

/// The subjects of the source notes, by their row, and the pages about each.
const SUBJECTS: &[(u32, &str, &[&str])] = &[
    (
        1,
        "queue and topic, one language to another, Classic and Artemis",
        &[
            "learn/activemq/queue-topic",
            "learn/activemq/languages",
            "learn/activemq/artemis",
            "learn/artemis/addresses",
            "learn/artemis/protocols",
            "clients/activemq",
            "clients/artemis",
        ],
    ),
    (2, "broker, topic, partition", &["learn/kafka/partitions", "brokers/events/index", "brokers/events/topic/orders"]),
    (3, "Apache Kafka and Confluent Platform", &["learn/kafka/distributions"]),
    (4, "Kafka's clients in Python, librdkafka in a virtual environment", &["clients/kafka", "howto/librdkafka"]),
    (5, "what up did, and the same in Compose and docker run", &["start/up", "start/down"]),
    (6, "ports, and when to open which", &["start/ports", "howto/firewall"]),
    (7, "order inside a partition", &["learn/kafka/keys", "concepts/order"]),
    (8, "more consumers than partitions", &["learn/kafka/groups", "learn/kafka/share-groups"]),
    (9, "one consumer, several topics", &["learn/kafka/many-topics"]),
    (
        10,
        "one member of a group gets a message, and a new group id",
        &["learn/kafka/groups", "learn/kafka/offsets", "howto/reset-offsets", "howto/rename-group"],
    ),
    (11, "each flag of the classic docker run", &["start/up"]),
    (12, "RabbitMQ in Python", &["clients/rabbitmq", "brokers/jobs/queue/mail.eu"]),
    (13, "durable, exclusive, auto-delete", &["learn/rabbitmq/lifetime"]),
    (14, "acknowledgement and redelivery", &["learn/rabbitmq/ack", "concepts/delivery"]),
    (
        15,
        "routing key and binding key",
        &["learn/rabbitmq/direct", "learn/rabbitmq/queue", "brokers/jobs/exchange/mail"],
    ),
    (
        16,
        "each type of exchange",
        &[
            "learn/rabbitmq/direct",
            "learn/rabbitmq/fanout",
            "learn/rabbitmq/topic",
            "learn/rabbitmq/headers",
            "learn/rabbitmq/unroutable",
        ],
    ),
    (17, "name server, broker, proxy, topic types", &["learn/rocketmq/roles", "learn/rocketmq/types"]),
    (18, "RocketMQ in Python", &["clients/rocketmq", "learn/rocketmq/roles"]),
    (
        19,
        "configuration keys that the stack sets",
        &["reference/kafka", "reference/rabbitmq", "reference/activemq", "reference/artemis", "reference/rocketmq"],
    ),
    (20, "slow image pulls and mirrors", &["start/images", "howto/mirrors"]),
    (
        21,
        "RocketMQ's groups, tags, order, delay, transactions",
        &["learn/rocketmq/groups", "learn/rocketmq/queues", "learn/rocketmq/types", "learn/rocketmq/replica"],
    ),
    (22, "STOMP by hand and over a WebSocket", &["learn/rabbitmq/stomp", "learn/activemq/stomp"]),
];

/// Beside the notes: the same word for different things.
const ALSO: &[&str] = &["learn/compare", "concepts/naming"];

/// What those pages must name, in both languages.
const NAMED: &[(&str, &[&str])] = &[
    ("clients/kafka", &["confluent-kafka", "kafka-python"]),
    ("clients/rabbitmq", &["pika"]),
    ("clients/rocketmq", &["rocketmq-python-client"]),
    ("start/up", &["docker run", "--hostname", "Compose"]),
    ("howto/librdkafka", &["DESTDIR"]),
];

/// On a stack with every kind of broker.
#[test]
fn what_must_be_taught_has_its_pages_in_both_languages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let stack = example(&root.join("examples/all.yaml"));
    let pages = build(&SiteInput::new(&stack, &facts(&stack), None, &manual())).unwrap();
    let content: BTreeMap<&str, &str> = pages.iter().map(|page| (page.path.as_str(), page.content.as_str())).collect();
    let both = |page: &str| [format!("{page}.html"), format!("zh/{page}.html")];
    let rows: Vec<u32> = SUBJECTS.iter().map(|(row, ..)| *row).collect();
    assert_eq!(rows, (1..=22).collect::<Vec<_>>(), "every row of the notes");
    let also = (0, "beside them", ALSO);
    for (row, subject, pages) in SUBJECTS.iter().chain([&also]) {
        for path in pages.iter().flat_map(|page| both(page)) {
            assert!(content.contains_key(path.as_str()), "row {row}, {subject}: no {path}");
        }
    }
    for (page, names) in NAMED {
        for path in both(page) {
            let missing = names.iter().find(|name| !content[path.as_str()].contains(**name));
            assert_eq!(missing, None, "{path}");
        }
    }
    // What is written is shown by somebody.
    let mut written = Vec::new();
    markdown(&root.join("site/content/en"), "", &mut written);
    assert!(written.len() > 50, "{written:?}");
    for page in written {
        assert!(content.contains_key(format!("{page}.html").as_str()), "nobody sees {page}");
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
