//! One object at a time: which request makes, changes or deletes it.

use serde_json::Value as Json;

use super::super::definitions::{Salt, body, needs_amqp};
use super::super::kinds;
use super::super::normalise::binding_arguments;
use super::client::Client;
use crate::brokers::SessionError;
use crate::model::{Resource, Value};

/// A new salt for a password.
pub(super) fn salt() -> Salt {
    rand::random()
}

/// Makes the object or changes it in place. `before` is what is there now.
pub(super) async fn put(client: &Client, wanted: &Resource, before: Option<&Resource>) -> Result<(), SessionError> {
    if needs_amqp(wanted) {
        return client.bind(wanted).await;
    }
    let document = body(wanted, before, &mut salt);
    let address = &wanted.address;
    let (vhost, name) = (address.vhost_name(), address.name.as_str());
    match address.kind.as_str() {
        kinds::VHOST => client.put(&["vhosts", name], &comma_tags(document)).await,
        kinds::USER => {
            let limits = document.get("limits").cloned();
            client.put(&["users", name], &comma_tags(document)).await?;
            for (limit, value) in limits.as_ref().and_then(Json::as_object).into_iter().flatten() {
                client.put(&["user-limits", name, limit], &serde_json::json!({ "value": value })).await?;
            }
            Ok(())
        }
        kinds::LIMIT => client.put(&["vhost-limits", vhost, name], &document).await,
        kinds::PERMISSION => client.put(&["permissions", vhost, name], &document).await,
        kinds::TOPIC_PERMISSION => client.put(&["topic-permissions", vhost, text(wanted, "user")], &document).await,
        kinds::EXCHANGE => client.put(&["exchanges", vhost, name], &document).await,
        kinds::QUEUE => client.put(&["queues", vhost, name], &document).await,
        kinds::POLICY => client.put(&["policies", vhost, name], &document).await,
        kinds::OPERATOR_POLICY => client.put(&["operator-policies", vhost, name], &document).await,
        kinds::BINDING => client.post(&binding_path(wanted), &document, 1).await,
        other => Err(SessionError::Refused(format!("a {other} cannot be made"))),
    }
}

/// Deletes the object; `if_empty` lets the broker refuse where it can.
pub(super) async fn delete(client: &Client, old: &Resource, if_empty: bool) -> Result<(), SessionError> {
    let address = &old.address;
    let (vhost, name) = (address.vhost_name(), address.name.as_str());
    match address.kind.as_str() {
        kinds::VHOST => client.delete(&["vhosts", name], &[]).await,
        kinds::USER => client.delete(&["users", name], &[]).await,
        kinds::LIMIT => client.delete(&["vhost-limits", vhost, name], &[]).await,
        kinds::PERMISSION => client.delete(&["permissions", vhost, name], &[]).await,
        kinds::TOPIC_PERMISSION => {
            client.delete(&["topic-permissions", vhost, text(old, "user"), text(old, "exchange")], &[]).await
        }
        kinds::EXCHANGE => client.delete(&["exchanges", vhost, name], &[]).await,
        kinds::QUEUE => {
            // Quorum queues and streams refuse the two conditions altogether.
            let conditional = if_empty && old.attribute("type").and_then(Value::as_text) == Some("classic");
            let query = [("if-empty", "true"), ("if-unused", "true")];
            client.delete(&["queues", vhost, name], if conditional { &query } else { &[] }).await
        }
        kinds::POLICY => client.delete(&["policies", vhost, name], &[]).await,
        kinds::OPERATOR_POLICY => client.delete(&["operator-policies", vhost, name], &[]).await,
        kinds::BINDING => delete_binding(client, old).await,
        other => Err(SessionError::Refused(format!("a {other} cannot be deleted"))),
    }
}

/// The broker names a binding by key and a hash of its own over the arguments, which only it can tell.
async fn delete_binding(client: &Client, old: &Resource) -> Result<(), SessionError> {
    let path = binding_path(old);
    let listed = match client.get(&path, &[]).await {
        // Source or destination are gone, and the binding with them.
        Err(SessionError::Refused(reason)) if reason.eq_ignore_ascii_case("not found") => return Ok(()),
        other => other?,
    };
    let same = |item: &&Json| {
        item.get("routing_key").and_then(Json::as_str) == Some(text(old, "routing_key"))
            && old.attribute("arguments").and_then(Value::as_map) == Some(&binding_arguments(item))
    };
    let found = listed.as_array().and_then(|items| items.iter().find(same));
    let Some(properties) = found.and_then(|item| item.get("properties_key")).and_then(Json::as_str) else {
        return Ok(());
    };
    let mut path = path.to_vec();
    path.push(properties);
    client.delete(&path, &[]).await
}

fn binding_path(binding: &Resource) -> [&str; 6] {
    let to = if text(binding, "destination_type") == "exchange" { "e" } else { "q" };
    let vhost = binding.address.vhost_name();
    ["bindings", vhost, "e", text(binding, "source"), to, text(binding, "destination")]
}

fn text<'a>(resource: &'a Resource, attribute: &str) -> &'a str {
    resource.attribute(attribute).and_then(Value::as_text).unwrap_or_default()
}

/// Where an import takes a list of tags, these two requests take text with commas in every version.
fn comma_tags(mut document: Json) -> Json {
    if let Some(tags) = document.get("tags").and_then(Json::as_array) {
        let joined = tags.iter().filter_map(Json::as_str).collect::<Vec<_>>().join(",");
        document["tags"] = Json::String(joined);
    }
    document
}
