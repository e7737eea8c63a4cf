//! What the site and `mqlab env` say about RocketMQ.

use crate::brokers::{Call, Channel, Edge, EnvironmentVariable, Lesson, ResetCommand};
use crate::model::{BrokerModel, Facts, Resource, Value};
use crate::shell::word;

use super::attributes::MESSAGE_TYPE;
use super::container::{PROXY_NUMBER, PROXY_REMOTING_NUMBER, helper_alias, host_port, internal_name_server};
use super::normalise::permission_bits;
use super::topology::topic_attribute;
use super::{PROXY, PROXY_PORT, PROXY_REMOTING_PORT, TOPIC, names};

#[derive(Debug)]
pub(super) struct RocketMqLesson;

impl Lesson for RocketMqLesson {
    /// RocketMQ routes nothing inside: a message stays in the topic it was sent to.
    fn edges(&self, _resources: &[Resource]) -> Vec<Edge> {
        Vec::new()
    }

    /// In a container of the stack: the name server sends `mqadmin` to addresses that only those reach.
    fn calls(&self, resource: &Resource, _facts: &Facts) -> Vec<Call> {
        let server = format!("-n {}", internal_name_server(&resource.address.broker));
        let texts = if resource.address.kind == TOPIC { topic(resource, &server) } else { group(resource, &server) };
        texts.map(|text| Call { tool: "mqadmin", text }).into()
    }

    fn environment(&self, broker: &BrokerModel, facts: &Facts) -> Vec<EnvironmentVariable> {
        let prefix = broker.name.to_uppercase();
        let host = match facts.advertise_host.as_str() {
            "" => "localhost".to_owned(),
            host if host.contains(':') && !host.starts_with('[') => format!("[{host}]"),
            host => host.to_owned(),
        };
        let grpc = host_port(facts, PROXY_PORT, PROXY_NUMBER);
        let remoting = host_port(facts, PROXY_REMOTING_PORT, PROXY_REMOTING_NUMBER);
        let variables = [
            ("ENDPOINTS", format!("{host}:{grpc}")),
            ("NAMESRV_ADDR", format!("{host}:{remoting}")),
            ("CONTAINER_ENDPOINTS", format!("{}:{PROXY_NUMBER}", helper_alias(&broker.name, PROXY))),
            ("CONTAINER_NAMESRV_ADDR", internal_name_server(&broker.name)),
        ];
        let variable = |(name, value)| EnvironmentVariable { name: format!("{prefix}_{name}"), value, secret: false };
        variables.map(variable).into()
    }

    /// No secrets, so nothing to set anew.
    fn reset(&self, _broker: &BrokerModel, _facts: &Facts) -> Vec<ResetCommand> {
        Vec::new()
    }

    /// AsyncAPI has a protocol's name for anything, but no binding for RocketMQ's.
    fn channel(&self, _resource: &Resource) -> Channel {
        Channel { protocol: "rocketmq", port: PROXY_PORT, path: String::new(), binding: None }
    }
}

fn topic(resource: &Resource, server: &str) -> [String; 2] {
    let name = format!("-t {}", word(&resource.address.name));
    let mut parts = vec![format!("mqadmin updateTopic {server} -c {}", names::CLUSTER), name.clone()];
    for (attribute, option) in [("write_queues", "-w"), ("read_queues", "-r")] {
        if let Some(count) = resource.attribute(attribute) {
            parts.push(format!("{option} {count}"));
        }
    }
    if let Some(permission) = resource.attribute("permission").and_then(Value::as_text) {
        parts.push(format!("-p {}", permission_bits(permission)));
    }
    let message_type = resource.attribute("message_type").and_then(Value::as_text).unwrap_or("normal");
    let mut attributes = vec![format!("+{MESSAGE_TYPE}={}", message_type.to_uppercase())];
    for (attribute, value) in &resource.attributes {
        if let (Some(key), Some(value)) = (topic_attribute(attribute), value.as_text()) {
            attributes.push(format!("+{key}={value}"));
        }
    }
    parts.push(format!("-a {}", attributes.join(",")));
    [command(&parts), command(&[format!("mqadmin topicRoute {server}"), name])]
}

fn group(resource: &Resource, server: &str) -> [String; 2] {
    let name = format!("-g {}", word(&resource.address.name));
    let mut parts = vec![format!("mqadmin updateSubGroup {server} -c {}", names::CLUSTER), name.clone()];
    let options = [("retry_max", "-r"), ("order", "-o"), ("consume", "-s"), ("broadcast", "-d")];
    for (attribute, option) in options {
        if let Some(value) = resource.attribute(attribute) {
            parts.push(format!("{option} {value}"));
        }
    }
    [command(&parts), command(&[format!("mqadmin getConsumerConfig {server}"), name])]
}

/// One option per line, as one would paste it.
fn command(parts: &[String]) -> String {
    parts.join(" \\\n  ")
}

#[cfg(test)]
mod tests {
    use crate::model::Address;

    use super::super::testing::{broker, facts};
    use super::*;

    #[test]
    fn programs_on_the_host_go_by_the_proxy_and_those_in_containers_need_not() {
        let variables = RocketMqLesson.environment(&broker("{}"), &facts());
        let text: Vec<String> =
            variables.iter().map(|variable| format!("{}={}", variable.name, variable.value)).collect();
        let expected = [
            "TRADES_ENDPOINTS=localhost:28081",
            "TRADES_NAMESRV_ADDR=localhost:28080",
            "TRADES_CONTAINER_ENDPOINTS=trades-proxy:8081",
            "TRADES_CONTAINER_NAMESRV_ADDR=trades-namesrv:9876",
        ];
        assert_eq!(text, expected);
    }

    #[test]
    fn a_call_says_everything_in_the_tools_own_words() {
        let topic = Resource::new(Address::new("trades", "topic", "a|b"))
            .with("write_queues", 4_u32)
            .with("read_queues", 8_u32)
            .with("message_type", "fifo")
            .with("permission", "read")
            .with("attributes.cleanup.policy", "COMPACTION");
        let text = &RocketMqLesson.calls(&topic, &facts())[0].text;
        let expected = "mqadmin updateTopic -n trades-namesrv:9876 -c DefaultCluster \\\n  -t 'a|b' \\\n  -w 4 \\\n  -r 8 \\\n  -p 4 \\\n  -a +message.type=FIFO,+cleanup.policy=COMPACTION";
        assert_eq!(text, expected);
    }
}
