//! Exchanges and queues as channels of AsyncAPI.

use serde_json::{Map, Value as Json, json};

use crate::brokers::Channel;
use crate::brokers::rabbitmq::kinds;
use crate::model::{Flow, Resource, Value};

/// Of AsyncAPI's binding for AMQP 0-9-1.
const BINDING: &str = "0.3.0";

pub(super) fn channel(resource: &Resource) -> Channel {
    let vhost = resource.address.vhost_name();
    let is_exchange = resource.address.kind == kinds::EXCHANGE;
    let mut own =
        Map::from_iter([("name".to_owned(), json!(resource.address.name)), ("vhost".to_owned(), json!(vhost))]);
    let fields = [("durable", "durable"), ("auto_delete", "autoDelete")];
    own.extend(fields.into_iter().filter_map(|(attribute, field)| {
        Some((field.to_owned(), Json::Bool(resource.attribute(attribute)?.as_bool()?)))
    }));
    let binding = if is_exchange {
        let kind = resource.attribute("type").and_then(Value::as_text).unwrap_or("direct");
        // The binding knows the four types of the protocol; a plugin's type it refuses.
        if matches!(kind, "topic" | "direct" | "fanout" | "headers") {
            own.insert("type".to_owned(), json!(kind));
        }
        json!({ "is": "routingKey", "exchange": own, "bindingVersion": BINDING })
    } else {
        own.insert("exclusive".to_owned(), json!(false));
        json!({ "is": "queue", "queue": own, "bindingVersion": BINDING })
    };
    Channel { protocol: "amqp", port: "amqp", path: vhost.to_owned(), binding: Some(("amqp", binding)) }
}

/// `cc` is the binding's word for the keys that a message is published with.
pub(super) fn operation(flow: &Flow) -> Option<Json> {
    let key = flow.routing_key.as_ref()?;
    Some(json!({ "cc": [key], "bindingVersion": BINDING }))
}
