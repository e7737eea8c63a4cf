//! What the site and `mqlab env` say about Kafka.

use serde_json::{Map, json};

use crate::brokers::{Call, Channel, Edge, EnvironmentVariable, Lesson, ResetCommand};
use crate::model::{App, BrokerModel, Facts, Flow, Resource, Value};
use crate::shell::word;

use super::PORT;
use super::container::internal_bootstrap;
use super::rules::bootstrap;
use super::topology::config_key;

/// Of AsyncAPI's binding for Kafka.
const BINDING: &str = "0.5.0";

#[derive(Debug)]
pub(super) struct KafkaLesson;

impl Lesson for KafkaLesson {
    /// Kafka routes nothing inside: a message stays in the topic it was sent to.
    fn edges(&self, _resources: &[Resource]) -> Vec<Edge> {
        Vec::new()
    }

    fn calls(&self, resource: &Resource, facts: &Facts) -> Vec<Call> {
        let server = bootstrap(facts);
        let name = &resource.address.name;
        let mut calls = vec![Call { tool: "kafka-topics.sh", text: command(&create_parts(resource, &server)) }];
        if let Some(text) = alter_text(resource, &server) {
            calls.push(Call { tool: "kafka-configs.sh", text });
        }
        calls.push(Call {
            tool: "kafka-topics.sh",
            text: command(&[
                format!("kafka-topics.sh --bootstrap-server {server}"),
                "--describe".to_owned(),
                format!("--topic {name}"),
            ]),
        });
        calls
    }

    fn environment(&self, broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable> {
        let prefix = broker.name.to_uppercase();
        let variable = |name: String, value| EnvironmentVariable { name, value, secret: false };
        vec![
            variable(format!("{prefix}_BOOTSTRAP_SERVERS"), bootstrap(facts)),
            variable(format!("{prefix}_CONTAINER_BOOTSTRAP_SERVERS"), internal_bootstrap(broker)),
        ]
    }

    /// No secrets, so nothing to set anew.
    fn reset(&self, _broker: &BrokerModel, _facts: &Facts) -> Vec<ResetCommand> {
        Vec::new()
    }

    fn channel(&self, resource: &Resource) -> Channel {
        let mut binding = Map::from_iter([("topic".to_owned(), json!(resource.address.name))]);
        for (attribute, field) in [("partitions", "partitions"), ("replication_factor", "replicas")] {
            binding.extend(resource.attribute(attribute).map(|value| (field.to_owned(), json!(value))));
        }
        let configuration: Map<_, _> = configs(resource).filter_map(described).collect();
        if !configuration.is_empty() {
            binding.insert("topicConfiguration".to_owned(), configuration.into());
        }
        binding.insert("bindingVersion".to_owned(), json!(BINDING));
        Channel { protocol: "kafka", port: PORT, path: String::new(), binding: Some(("kafka", binding.into())) }
    }

    fn operation(&self, app: &App, flow: &Flow) -> Option<serde_json::Value> {
        let group = app.group.as_ref().filter(|_| app.consumes.contains(flow))?;
        Some(json!({ "groupId": { "type": "string", "const": group }, "bindingVersion": BINDING }))
    }
}

/// The keys that AsyncAPI's binding has, as it wants them.
fn described((key, value): (&str, &Value)) -> Option<(String, serde_json::Value)> {
    let value = plain(value);
    let told = match key {
        "cleanup.policy" => json!(value.split(',').map(str::trim).collect::<Vec<_>>()),
        "retention.ms" | "retention.bytes" | "delete.retention.ms" | "max.message.bytes" => {
            json!(value.parse::<i64>().ok()?)
        }
        _ => return None,
    };
    Some((key.to_owned(), told))
}

fn create_parts(resource: &Resource, server: &str) -> Vec<String> {
    let mut parts = vec![
        format!("kafka-topics.sh --bootstrap-server {server}"),
        "--create".to_owned(),
        format!("--topic {}", resource.address.name),
    ];
    for (attribute, option) in [("partitions", "--partitions"), ("replication_factor", "--replication-factor")] {
        if let Some(value) = resource.attribute(attribute) {
            parts.push(format!("{option} {value}"));
        }
    }
    for (key, value) in configs(resource).filter(|(_, value)| !value.is_null()) {
        parts.push(format!("--config {}", word(&format!("{key}={}", plain(value)))));
    }
    parts
}

/// How the configuration is changed on a topic that exists.
fn alter_text(resource: &Resource, server: &str) -> Option<String> {
    let (unset, set): (Vec<_>, Vec<_>) = configs(resource).partition(|(_, value)| value.is_null());
    let mut parts = vec![
        format!("kafka-configs.sh --bootstrap-server {server}"),
        "--alter".to_owned(),
        format!("--entity-type topics --entity-name {}", resource.address.name),
    ];
    if !set.is_empty() {
        // Square brackets keep the commas of one value together.
        let bracketed = |value: &str| if value.contains(',') { format!("[{value}]") } else { value.to_owned() };
        let list: Vec<_> = set.iter().map(|(key, value)| format!("{key}={}", bracketed(&plain(value)))).collect();
        parts.push(format!("--add-config {}", word(&list.join(","))));
    }
    if !unset.is_empty() {
        let list: Vec<_> = unset.iter().map(|(key, _)| *key).collect();
        parts.push(format!("--delete-config {}", list.join(",")));
    }
    (parts.len() > 3).then(|| command(&parts))
}

fn configs(resource: &Resource) -> impl Iterator<Item = (&str, &Value)> {
    resource.attributes.iter().filter_map(|(name, value)| Some((config_key(name)?, value)))
}

fn plain(value: &Value) -> String {
    value.as_text().map_or_else(|| value.to_string(), str::to_owned)
}

/// One option per line, as one would paste it.
fn command(parts: &[String]) -> String {
    parts.join(" \\\n  ")
}
