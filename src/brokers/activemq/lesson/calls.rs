//! How one would have made an object by hand: over the HTTP API, or in the configuration file.

use serde_json::json;

use super::{bracketed, outside_host, variable_part};
use crate::brokers::Call;
use crate::brokers::activemq::kinds::{ADMINISTRATOR, AUTHORIZATION, COMPOSITE, POLICY, QUEUE, TOPIC, USER};
use crate::brokers::activemq::{CONSOLE, elements, node_name, port_number};
use crate::model::{Facts, Resource, Value};
use crate::shell::word;

pub(super) fn calls(resource: &Resource, facts: &Facts) -> Vec<Call> {
    let file = |tool, text: String| vec![Call { tool, text }];
    match resource.address.kind.as_str() {
        QUEUE => vec![http(resource, facts, "addQueue")],
        TOPIC => vec![http(resource, facts, "addTopic")],
        COMPOSITE | POLICY | AUTHORIZATION => {
            file("activemq.xml", elements::of(resource).iter().map(ToString::to_string).collect())
        }
        USER => file("users.properties", user(resource)),
        _ => Vec::new(),
    }
}

fn http(resource: &Resource, facts: &Facts, operation: &str) -> Call {
    let broker = &resource.address.broker;
    let body = json!({
        "type": "exec",
        "mbean": format!("org.apache.activemq:type=Broker,brokerName={}", node_name(broker, 1)),
        "operation": operation,
        "arguments": [resource.address.name],
    });
    let url = format!(
        "http://{}:{}/api/jolokia/",
        bracketed(outside_host(facts)),
        facts.port(CONSOLE).unwrap_or(port_number(CONSOLE))
    );
    let text = format!(
        "curl -u \"{ADMINISTRATOR}:${}_PASSWORD\" -H 'Origin: http://localhost' {} \\\n  -d {}",
        variable_part(broker),
        word(&url),
        word(&body.to_string())
    );
    Call { tool: "HTTP API", text }
}

fn user(resource: &Resource) -> String {
    let groups = resource.attribute("groups").and_then(Value::as_list).unwrap_or_default();
    let groups = groups.iter().filter_map(Value::as_text);
    let name = &resource.address.name;
    let members: String = groups.map(|group| format!("\n# groups.properties\n{group}={name}")).collect();
    format!("# users.properties\n{name}=PASSWORD{members}")
}
