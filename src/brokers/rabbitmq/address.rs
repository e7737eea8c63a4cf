//! Addresses of RabbitMQ's resources, made in one way for what is wanted and for what is observed.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::kinds;
use crate::model::{Address, Value};

/// The parts that tell one binding from another.
#[derive(Clone, Copy, Debug)]
pub(super) struct BindingParts<'a> {
    pub(super) source: &'a str,
    pub(super) destination: &'a str,
    pub(super) to_exchange: bool,
    pub(super) key: &'a str,
    pub(super) arguments: &'a BTreeMap<String, Value>,
}

pub(super) fn vhost(broker: &str, name: &str) -> Address {
    Address::new(broker, kinds::VHOST, name)
}

pub(super) fn user(broker: &str, name: &str) -> Address {
    Address::new(broker, kinds::USER, name)
}

pub(super) fn permission(broker: &str, vhost: &str, user: &str) -> Address {
    Address::in_vhost(broker, vhost, kinds::PERMISSION, user)
}

/// A user has one per exchange. `@` cannot be told apart inside the two names, so it is encoded there.
pub(super) fn topic_permission(broker: &str, vhost: &str, user: &str, exchange: &str) -> Address {
    let part = |text: &str| text.replace('%', "%25").replace('@', "%40");
    Address::in_vhost(broker, vhost, kinds::TOPIC_PERMISSION, format!("{}@{}", part(user), part(exchange)))
}

pub(super) fn exchange(broker: &str, vhost: &str, name: &str) -> Address {
    Address::in_vhost(broker, vhost, kinds::EXCHANGE, name)
}

pub(super) fn queue(broker: &str, vhost: &str, name: &str) -> Address {
    Address::in_vhost(broker, vhost, kinds::QUEUE, name)
}

pub(super) fn binding(broker: &str, vhost: &str, parts: BindingParts<'_>) -> Address {
    let hash = (!parts.arguments.is_empty()).then(|| hash_of(parts.arguments));
    let name = Address::binding_name(parts.source, parts.destination, parts.to_exchange, parts.key, hash.as_deref());
    Address::in_vhost(broker, vhost, kinds::BINDING, name)
}

/// Eight digits of the arguments' hash: enough to tell the few bindings between two names apart.
fn hash_of(arguments: &BTreeMap<String, Value>) -> String {
    let text = Value::Map(arguments.clone()).to_json().to_string();
    hex::encode(&Sha256::digest(text.as_bytes())[..4])
}
