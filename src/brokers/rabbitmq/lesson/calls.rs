//! How one would have made an object by hand: with `rabbitmqadmin` (version 2) and by the HTTP API.
//!
//! `rabbitmqadmin` has no word for some attributes. There the command is left out rather than made to do less.
//! A binding with an argument that has no value is for AMQP clients alone.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value as Json, json};

use super::super::definitions;
use super::super::kinds::{self, ADMINISTRATOR};
use super::super::read::ROOT;
use super::names;
use crate::brokers::Call;
use crate::model::{Facts, Resource, Value};
use crate::shell::word;

/// Everything but the characters that mean themselves in any part of a URL.
const SEGMENT: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

pub(super) fn calls(resource: &Resource, facts: &Facts) -> Vec<Call> {
    if definitions::needs_amqp(resource) {
        return Vec::new();
    }
    let hand = Hand { resource, facts };
    let mut calls = Vec::new();
    calls.extend(hand.rabbitmqadmin().map(|text| Call { tool: "rabbitmqadmin", text }));
    calls.extend(hand.http().map(|text| Call { tool: "HTTP API", text }));
    calls
}

struct Hand<'a> {
    resource: &'a Resource,
    facts: &'a Facts,
}

impl Hand<'_> {
    fn name(&self) -> &str {
        &self.resource.address.name
    }

    fn vhost(&self) -> &str {
        self.resource.address.vhost_name()
    }

    fn text(&self, attribute: &str) -> &str {
        self.resource.attribute(attribute).and_then(Value::as_text).unwrap_or_default()
    }

    fn server(&self) -> (&str, u16) {
        let host = Some(self.facts.advertise_host.as_str()).filter(|host| !host.is_empty());
        (host.unwrap_or("localhost"), self.facts.port("management").unwrap_or(15672))
    }

    /// What the import of definitions would take for this object, without secrets.
    fn body(&self) -> Json {
        definitions::body(self.resource, None, &mut || [0; 4])
    }

    /// The user's tags or the virtual host's, as both interfaces take them.
    fn tags(&self) -> String {
        let tags = self.resource.attribute("tags").and_then(Value::as_list).unwrap_or_default();
        tags.iter().filter_map(Value::as_text).collect::<Vec<_>>().join(",")
    }

    fn limits(&self) -> impl Iterator<Item = (&str, &Value)> {
        let attributes = self.resource.attributes.iter().filter(|(_, value)| !value.is_null());
        attributes.filter_map(|(name, value)| Some((name.strip_prefix("limits.")?, value)))
    }
}

/// `rabbitmqadmin`.
impl Hand<'_> {
    fn rabbitmqadmin(&self) -> Option<String> {
        let resource = self.resource;
        let is_true = |attribute: &str| resource.attribute(attribute).and_then(Value::as_bool) == Some(true);
        let body = self.body();
        let commands = match resource.address.kind.as_str() {
            // It cannot set tags.
            kinds::VHOST if self.tags().is_empty() => {
                let set = ["description", "default_queue_type"].into_iter().filter(|name| !self.text(name).is_empty());
                let options = set.map(|name| (name.replace('_', "-"), self.text(name).to_owned()));
                vec![self.command("vhosts declare", [named(self.name())].into_iter().chain(options))]
            }
            kinds::LIMIT => vec![self.command("vhost_limits declare", [named(self.name()), self.option("value")])],
            kinds::USER => self.declare_user(),
            kinds::PERMISSION => {
                let options = ["configure", "write", "read"].map(|name| self.option(name));
                vec![self.command(
                    "permissions declare",
                    [("user".to_owned(), self.name().to_owned())].into_iter().chain(options),
                )]
            }
            // It declares no internal exchanges.
            kinds::EXCHANGE if !is_true("internal") => {
                vec![self.command("exchanges declare", self.declaration(&body))]
            }
            kinds::QUEUE => vec![self.command("queues declare", self.declaration(&body))],
            kinds::BINDING => {
                let names = ["source", "destination_type", "destination", "routing_key"];
                let arguments = json_option("arguments", &body);
                vec![self.command("bindings declare", names.map(|name| self.option(name)).into_iter().chain(arguments))]
            }
            kinds::POLICY => vec![self.command("policies declare", self.policy(&body))],
            kinds::OPERATOR_POLICY => vec![self.command("operator_policies declare", self.policy(&body))],
            // It has no topic permissions.
            _ => return None,
        };
        // No command line can hold it.
        let text = commands.join("\n");
        (!text.contains('\0')).then_some(text)
    }

    fn declare_user(&self) -> Vec<String> {
        let user = || ("user".to_owned(), self.name().to_owned());
        let variable = names::user_password(&self.resource.address.broker, self.name());
        let declare = self.command("users declare", [named(self.name()), ("tags".to_owned(), self.tags())]);
        let declare = format!("{declare} \\\n  --password \"${variable}\"");
        let limits = self.limits().map(|(limit, value)| {
            self.command("user_limits declare", [user(), named(limit), ("value".to_owned(), value.to_string())])
        });
        [declare].into_iter().chain(limits).collect()
    }

    /// An exchange or queue.
    fn declaration(&self, body: &Json) -> Vec<(String, String)> {
        let flags = ["type", "durable", "auto_delete"].map(|name| self.option(name));
        let mut body = body.clone();
        // `--type` says it already.
        if let Some(arguments) = body.get_mut("arguments").and_then(Json::as_object_mut) {
            arguments.remove("x-queue-type");
        }
        [named(self.name())].into_iter().chain(flags).chain(json_option("arguments", &body)).collect()
    }

    fn policy(&self, body: &Json) -> Vec<(String, String)> {
        let options = ["pattern", "apply_to", "priority"].map(|name| self.option(name));
        [named(self.name())].into_iter().chain(options).chain(json_option("definition", body)).collect()
    }

    fn option(&self, attribute: &str) -> (String, String) {
        let value = self.resource.attribute(attribute);
        let text = value.map(|value| value.as_text().map_or_else(|| value.to_string(), str::to_owned));
        (attribute.replace('_', "-"), text.unwrap_or_default())
    }

    fn command(&self, verb: &str, options: impl IntoIterator<Item = (String, String)>) -> String {
        let (host, port) = self.server();
        let password = names::password(&self.resource.address.broker);
        let server = format!(
            "rabbitmqadmin --host {} --port {port} --username {ADMINISTRATOR} --password \"${password}\"",
            word(host)
        );
        let vhost = if self.vhost() == ROOT { String::new() } else { format!("{} ", option("vhost", self.vhost())) };
        let options = options.into_iter().map(|(name, value)| option(&name, &value));
        [server, format!("{vhost}{verb}")].into_iter().chain(options).collect::<Vec<_>>().join(" \\\n  ")
    }
}

fn named(name: &str) -> (String, String) {
    ("name".to_owned(), name.to_owned())
}

/// One that is empty is left out.
fn json_option(name: &str, body: &Json) -> Option<(String, String)> {
    let value = body.get(name).filter(|value| value.as_object().is_some_and(|map| !map.is_empty()))?;
    Some((name.to_owned(), value.to_string()))
}

/// A value that begins with a dash would read as an option of its own.
fn option(name: &str, value: &str) -> String {
    let between = if value.starts_with('-') { '=' } else { ' ' };
    format!("--{name}{between}{}", word(value))
}

/// The HTTP API.
impl Hand<'_> {
    fn http(&self) -> Option<String> {
        let (vhost, name) = (self.vhost(), self.name());
        let mut body = self.body();
        let request = match self.resource.address.kind.as_str() {
            kinds::VHOST => {
                self.join_tags(&mut body);
                self.request("PUT", &["vhosts", name], &body)
            }
            kinds::LIMIT => self.request("PUT", &["vhost-limits", vhost, name], &body),
            kinds::USER => self.put_user(),
            kinds::PERMISSION => self.request("PUT", &["permissions", vhost, name], &body),
            kinds::TOPIC_PERMISSION => {
                keep(&mut body, &["exchange", "write", "read"]);
                self.request("PUT", &["topic-permissions", vhost, self.text("user")], &body)
            }
            kinds::EXCHANGE => self.request("PUT", &["exchanges", vhost, name], &body),
            kinds::QUEUE => self.request("PUT", &["queues", vhost, name], &body),
            kinds::BINDING => {
                keep(&mut body, &["routing_key", "arguments"]);
                let to = if self.text("destination_type") == "exchange" { "e" } else { "q" };
                let path = ["bindings", vhost, "e", self.text("source"), to, self.text("destination")];
                self.request("POST", &path, &body)
            }
            kinds::POLICY => self.request("PUT", &["policies", vhost, name], &body),
            kinds::OPERATOR_POLICY => self.request("PUT", &["operator-policies", vhost, name], &body),
            _ => return None,
        };
        Some(request)
    }

    fn join_tags(&self, body: &mut Json) {
        if body.get("tags").is_some() {
            body["tags"] = json!(self.tags());
        }
    }

    fn put_user(&self) -> String {
        let variable = names::user_password(&self.resource.address.broker, self.name());
        // The quotes of the shell end around the variable, so that it is filled in.
        let body = format!(
            "'{{\"password\":\"'\"${variable}\"'\",\"tags\":{}}}'",
            json!(self.tags()).to_string().replace('\'', r"'\''")
        );
        let user = self.with_body("PUT", &["users", self.name()], &body);
        let limits = self.limits().map(|(limit, value)| {
            self.request("PUT", &["user-limits", self.name(), limit], &json!({ "value": value.to_json() }))
        });
        [user].into_iter().chain(limits).collect::<Vec<_>>().join("\n")
    }

    fn request(&self, method: &str, path: &[&str], body: &Json) -> String {
        self.with_body(method, path, &word(&body.to_string()))
    }

    fn with_body(&self, method: &str, path: &[&str], body: &str) -> String {
        let (host, port) = self.server();
        let path: String = path.iter().map(|segment| format!("/{}", utf8_percent_encode(segment, SEGMENT))).collect();
        let password = names::password(&self.resource.address.broker);
        let url = word(&format!("http://{}:{port}/api{path}", bracketed(host)));
        format!(
            "curl -u \"{ADMINISTRATOR}:${password}\" -X {method} {url} \\\n  -H 'content-type: application/json' \\\n  -d {body}"
        )
    }
}

fn keep(body: &mut Json, fields: &[&str]) {
    if let Json::Object(map) = body {
        let kept: Map<String, Json> =
            std::mem::take(map).into_iter().filter(|(name, _)| fields.contains(&name.as_str())).collect();
        *map = kept;
    }
}

/// An IPv6 address in a URL.
pub(super) fn bracketed(host: &str) -> String {
    if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::super::super::testing::{broker, facts, golden};
    use super::super::super::topology::topology;
    use super::*;

    /// Every kind, with every attribute, and names that a shell or a URL would act on.
    const SPEC: &str = r#"
users:
  mailer:
    password: planted-password
    tags: [monitoring, policymaker]
    permissions: { /: { configure: "", write: "^mail$", read: "mail.*" }, shop: { read: ".*" } }
    topic_permissions: { /: { mail: { write: "^mail\\.eu", read: ".*" } } }
    limits: { max-connections: 10, max-channels: -1 }
  "o'neil & co": { password: planted-password }
vhosts:
  shop:
    description: The shop's own.
    default_queue_type: quorum
    limits: { max-queues: 100 }
    queues: { orders: {} }
  "a/b c": { tags: [blue, green] }
exchanges:
  mail: { type: topic, alternate_exchange: rest }
  rest: { type: fanout, durable: false, auto_delete: true }
  inner: { type: headers, internal: true }
queues:
  mail.eu:
    type: quorum
    dead_letter: { exchange: rest, routing_key: gone }
    message_ttl: 7d
    arguments: { x-single-active-consumer: true, x-max-in-memory-length: null }
    bindings: [ { exchange: mail, routing_key: "mail.eu.#" } ]
  "--help; rm -rf ~ '$(id)' `id`": { bindings: [ { exchange: inner, arguments: { x-match: all, "it's": 1, f: 1.5, t: true } } ] }
  "<script>alert(1)</script>": {}
  "📮\ttab": {}
bindings:
  - { source: mail, destination: inner, destination_type: exchange, routing_key: "-#" }
policies:
  ttl: { pattern: "^mail\\.", apply_to: quorum_queues, priority: -1, definition: { max-length: 1000, overflow: reject-publish } }
operator_policies:
  cap: { pattern: ".*", apply_to: queues, definition: { max-length-bytes: 1MiB } }
"#;

    #[test]
    fn every_kind_by_hand() {
        let mut text = String::new();
        let resources = topology(&broker(SPEC));
        for rules in kinds::KINDS {
            assert!(resources.iter().any(|resource| resource.address.kind == rules.kind), "no {}", rules.kind);
        }
        for resource in &resources {
            text += &format!("# {}\n", resource.address);
            for call in calls(resource, &facts()) {
                text += &format!("## {}\n{}\n", call.tool, call.text);
            }
        }
        assert!(!text.contains("planted-password"));
        golden("calls.txt", &text);
    }

    #[test]
    fn what_no_command_line_can_hold_is_done_by_the_api_alone() {
        let resource = Resource::new(crate::model::Address::new("jobs", kinds::QUEUE, "a\0b"));
        let tools: Vec<_> = calls(&resource, &facts()).into_iter().map(|call| (call.tool, call.text)).collect();
        assert_eq!(tools.len(), 1);
        assert!(tools[0].1.contains("/queues/%2F/a%00b"), "{tools:?}");
    }

    #[test]
    fn an_ipv6_host_is_bracketed_in_urls_alone() {
        let facts = Facts { advertise_host: "::1".into(), ..facts() };
        let resource = Resource::new(crate::model::Address::new("jobs", kinds::QUEUE, "q"));
        let calls = calls(&resource, &facts);
        assert!(calls[0].text.starts_with("rabbitmqadmin --host ::1 --port 25673 "), "{calls:?}");
        assert!(calls[1].text.contains("'http://[::1]:25673/api/queues/%2F/q'"), "{calls:?}");
    }
}
