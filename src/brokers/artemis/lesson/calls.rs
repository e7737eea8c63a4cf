//! How one would have made an object by hand.

use crate::brokers::Call;
use crate::brokers::artemis::kinds::{self, ADMINISTRATOR};
use crate::brokers::artemis::requests::{Kept, create};
use crate::brokers::artemis::{CONSOLE, CORE};
use crate::model::{Facts, Resource, Secret, Value};
use crate::shell::word;

use super::{host, ports};

pub(super) fn calls(resource: &Resource, facts: &Facts) -> Vec<Call> {
    let mut calls = Vec::new();
    if let Some(parts) = command(resource) {
        let server = format!("tcp://{}:{}", host(facts), ports(facts, CORE, 61616)[0]);
        let login = format!("--user {ADMINISTRATOR} --password \"$PASSWORD\" --url {server}");
        calls.push(Call { tool: "artemis", text: [&parts[..], &[login]].concat().join(" \\\n  ") });
    }
    calls.push(Call { tool: "HTTP API", text: request(resource, facts) });
    calls
}

fn command(resource: &Resource) -> Option<Vec<String>> {
    let name = word(&resource.address.name);
    let text = |attribute: &str| resource.attribute(attribute).and_then(Value::as_text);
    let number = |attribute: &str| resource.attribute(attribute).and_then(Value::as_i64);
    match resource.address.kind.as_str() {
        kinds::ADDRESS => {
            let flags = match text("routing") {
                Some("anycast") => "--anycast --no-multicast",
                Some("multicast") => "--no-anycast --multicast",
                _ => "--anycast --multicast",
            };
            Some(vec!["artemis address create".to_owned(), format!("--name {name} {flags}")])
        }
        kinds::QUEUE => {
            let mut parts = vec!["artemis queue create".to_owned(), format!("--name {name}")];
            parts.extend(text("address").map(|address| format!("--address {}", word(address))));
            parts.extend(text("routing").map(|routing| format!("--{routing}")));
            let durable = resource.attribute("durable").and_then(Value::as_bool).unwrap_or(true);
            parts.push(if durable { "--durable" } else { "--no-durable" }.to_owned());
            parts.push("--preserve-on-no-consumers".to_owned());
            parts.extend(text("filter").map(|filter| format!("--filter {}", word(filter))));
            parts.extend(number("max_consumers").map(|most| format!("--max-consumers {most}")));
            Some(parts)
        }
        kinds::USER => {
            let roles = resource.attribute("roles").and_then(Value::as_list).unwrap_or_default();
            let roles: Vec<&str> = roles.iter().filter_map(Value::as_text).collect();
            let user = format!("--user-command-user {name} --user-command-password \"$NEW_PASSWORD\"");
            Some(vec!["artemis user add".to_owned(), user, format!("--role {}", word(&roles.join(",")))])
        }
        _ => None,
    }
}

/// What mqlab itself sends, one of many in a request.
fn request(resource: &Resource, facts: &Facts) -> String {
    let mut shown = resource.clone();
    if let Some(Value::Secret(password)) = shown.attributes.get_mut("password") {
        *password = Secret::new("NEW_PASSWORD");
    }
    let operation = create(&shown, &Kept::new());
    let body = serde_json::json!({
        "type": "exec",
        "mbean": format!("org.apache.activemq.artemis:broker=\"{}\"", resource.address.broker),
        "operation": operation.name,
        "arguments": operation.arguments,
    });
    let server = format!("http://{}:{}", host(facts), ports(facts, CONSOLE, 8161)[0]);
    format!(
        "curl -u {ADMINISTRATOR}:\"$PASSWORD\" {server}/console/jolokia \\\n  -H 'Content-Type: application/json' \\\n  -d {}",
        word(&body.to_string())
    )
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{broker, facts};
    use super::super::super::topology::topology;
    use super::*;

    #[test]
    fn every_object_has_its_call_and_no_password_is_in_it() {
        let spec = r#"
users: { app: { password: planted-password, roles: [app] } }
addresses: { prices: { routing: multicast, queues: { audit: { filter: "kind = 'audit'", max_consumers: 2 } } } }
"#;
        let texts: Vec<String> =
            topology(&broker(spec)).iter().flat_map(|one| calls(one, &facts())).map(|call| call.text).collect();
        let all = texts.join("\n");
        assert!(!all.contains("planted"), "{all}");
        for part in [
            "artemis user add",
            "--name prices --no-anycast --multicast",
            r"--filter 'kind = '\''audit'\'''",
            "--max-consumers 2",
            "http://localhost:8161/console/jolokia",
            "createAddress(java.lang.String,java.lang.String)",
        ] {
            assert!(all.contains(part), "{part} in {all}");
        }
    }
}
