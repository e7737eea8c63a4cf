//! One app as an AsyncAPI 3.0 document: what it sends, what it receives, and where.
//!
//! The messages themselves are nobody's business here: a stack's file does not tell what is in them.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value as Json, json};

use crate::brokers::Channel;
use crate::model::{App, Flow, Resource};
use crate::site::BrokerInput;
use crate::site::model::World;
use crate::site::text::slug;

pub(super) fn yaml(world: &World<'_>, app: &App) -> String {
    let mut document = Document { world, servers: BTreeMap::new(), channels: Map::new(), operations: Map::new() };
    for flow in &app.produces {
        document.operation("send", flow, app);
    }
    for flow in &app.consumes {
        document.operation("receive", flow, app);
    }
    let whole = Whole {
        asyncapi: "3.0.0",
        info: Info { title: &app.name, version: "unversioned", description: app.description.as_deref() },
        default_content_type: "application/octet-stream",
        servers: document.servers,
        channels: document.channels,
        operations: document.operations,
    };
    // Nothing in these types can fail to be written.
    serde_yaml::to_string(&whole).unwrap_or_default()
}

/// In the order in which the specification tells of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Whole<'a> {
    asyncapi: &'static str,
    info: Info<'a>,
    default_content_type: &'static str,
    servers: BTreeMap<String, Json>,
    channels: Map<String, Json>,
    operations: Map<String, Json>,
}

#[derive(Serialize)]
struct Info<'a> {
    title: &'a str,
    /// AsyncAPI wants one, and a stack's file knows none of its apps'.
    version: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

struct Document<'a> {
    world: &'a World<'a>,
    servers: BTreeMap<String, Json>,
    channels: Map<String, Json>,
    operations: Map<String, Json>,
}

impl Document<'_> {
    fn operation(&mut self, action: &str, flow: &Flow, app: &App) {
        let Some(broker) = self.world.input.brokers.iter().find(|one| one.model.name == flow.address.broker) else {
            return;
        };
        // What the broker has by itself, as `amq.topic`, is in no file.
        let builtin = Resource::new(flow.address.clone());
        let resource = self.world.object(&flow.address).map_or(&builtin, |(_, resource)| resource);
        let channel = broker.broker.lesson().channel(resource);
        let server = self.server(broker, &channel);
        let key = key(&[&broker.model.name, &channel.path, &resource.address.kind, &resource.address.name]);
        let mut described = json!({
            "address": resource.address.name,
            "servers": [{ "$ref": format!("#/servers/{server}") }],
        });
        if let Some(about) = &resource.description {
            described["description"] = json!(about);
        }
        if let Some((protocol, binding)) = channel.binding {
            described["bindings"] = json!({ protocol: binding });
        }
        self.channels.insert(key.clone(), described);
        let mut operation = json!({ "action": action, "channel": { "$ref": format!("#/channels/{key}") } });
        if let Some(binding) = broker.broker.lesson().operation(app, flow) {
            operation["bindings"] = json!({ channel.protocol: binding });
        }
        let stem = format!("{action}_{key}");
        let mut name = stem.clone();
        let mut number = 2;
        // An app may send to one exchange by several keys.
        while self.operations.contains_key(&name) {
            name = format!("{stem}_{number}");
            number += 1;
        }
        self.operations.insert(name, operation);
    }

    fn server(&mut self, input: &BrokerInput<'_>, channel: &Channel) -> String {
        let name = key(&[&input.model.name, &channel.path]);
        let host = Some(input.facts.advertise_host.as_str()).filter(|host| !host.is_empty()).unwrap_or("localhost");
        // Where the broker has not run its port is not known: the port of its kind stands in.
        let usual = input.broker.description().ports.iter().find(|port| port.name == channel.port);
        let port = input.facts.port(channel.port).or(usual.map(|port| port.number)).unwrap_or_default();
        let host = if host.contains(':') && !host.starts_with('[') { format!("[{host}]") } else { host.to_owned() };
        let mut server = json!({ "host": format!("{host}:{port}"), "protocol": channel.protocol });
        if !channel.path.is_empty() {
            let path = percent_encoding::utf8_percent_encode(&channel.path, percent_encoding::NON_ALPHANUMERIC);
            server["pathname"] = json!(format!("/{path}"));
        }
        self.servers.insert(name.clone(), server);
        name
    }
}

/// AsyncAPI's keys are letters, digits, `.`, `-` and `_`.
fn key(parts: &[&str]) -> String {
    // The default virtual host has no name worth one.
    let named = parts.iter().filter(|part| !matches!(**part, "" | "/"));
    let parts: Vec<String> = named.map(|part| slug(part)).collect();
    parts.join(".")
}
