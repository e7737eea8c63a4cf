//! Kafka by its own Java tools, inside the broker's container.

use std::collections::BTreeMap;

use super::lab::docker;

/// What a tool prints.
pub(crate) fn run(container: &str, tool: &str, arguments: &[&str]) -> String {
    let tool = format!("/opt/kafka/bin/kafka-{tool}.sh");
    docker(&[&["exec", container, &tool, "--bootstrap-server", "localhost:19092"], arguments].concat())
}

/// One topic as `kafka-topics.sh --describe` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Topic {
    pub(crate) id: String,
    pub(crate) partitions: u32,
    pub(crate) replication: u32,
    /// Set on the topic or on the broker, the defaults excepted.
    pub(crate) configs: BTreeMap<String, String>,
}

/// Every topic that is not Kafka's own.
pub(crate) fn topics(container: &str) -> BTreeMap<String, Topic> {
    let text = run(container, "topics", &["--describe", "--exclude-internal"]);
    let heads = text.lines().filter(|line| line.starts_with("Topic:"));
    heads.map(topic).collect()
}

fn topic(line: &str) -> (String, Topic) {
    let fields: BTreeMap<&str, &str> = line.split('\t').filter_map(|field| field.split_once(": ")).collect();
    let configs = fields.get("Configs").copied().unwrap_or_default().split(',');
    let topic = Topic {
        id: fields["TopicId"].to_owned(),
        partitions: fields["PartitionCount"].parse().unwrap(),
        replication: fields["ReplicationFactor"].parse().unwrap(),
        configs: configs
            .filter_map(|pair| pair.split_once('='))
            .map(|(key, value)| (key.into(), value.into()))
            .collect(),
    };
    (fields["Topic"].to_owned(), topic)
}

/// What is set on the topic itself, as `kafka-configs.sh` shows it.
pub(crate) fn configs(container: &str, topic: &str) -> BTreeMap<String, String> {
    let text = run(container, "configs", &["--describe", "--entity-type", "topics", "--entity-name", topic]);
    let lines = text.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    lines.filter_map(|pair| pair.split_once('=')).map(|(key, value)| (key.into(), value.into())).collect()
}

/// Each tool of the image starts a class that one of its jars has.
pub(crate) fn every_tool_is_there(container: &str) {
    let script = r#"
cd /opt/kafka/bin
for class in $(sed -n 's/.* class=\([a-zA-Z.]*\) ;;$/\1/p' kafka-run-class.sh); do
  grep -q "$(echo "$class" | tr . /).class" ../libs/*.jar && echo "there $class" || echo "missing $class"
done"#;
    let found = docker(&["exec", container, "sh", "-c", script]);
    let tools = docker(&["exec", container, "sh", "-c", "ls /opt/kafka/bin | grep -v run-class"]);
    assert_eq!(found.lines().count(), tools.lines().count(), "{found} {tools}");
    assert!(found.lines().all(|line| line.starts_with("there ")), "{found}");
}
