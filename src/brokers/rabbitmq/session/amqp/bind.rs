//! Bindings with an argument that has no value, which AMQP can carry and the management API cannot: it answers
//! a `null` with HTTP 500, and an import with one in it fails as a whole.

use std::collections::BTreeMap;

use lapin::options::{ExchangeBindOptions, QueueBindOptions};
use lapin::types::{AMQPValue, FieldArray, FieldTable};

use super::{close, connect, within};
use crate::brokers::{SessionError, Target};
use crate::model::{Resource, Value};

/// Makes the binding.
pub(in super::super) async fn bind(target: &Target, binding: &Resource) -> Result<(), SessionError> {
    let text = |attribute: &str| binding.attribute(attribute).and_then(Value::as_text).unwrap_or_default();
    let (source, destination, key) = (text("source"), text("destination"), text("routing_key"));
    let arguments = binding.attribute("arguments").and_then(Value::as_map).map(table).unwrap_or_default();
    let connection = connect(target, binding.address.vhost_name()).await?;
    let channel = within(target, connection.create_channel()).await?;
    if text("destination_type") == "exchange" {
        let options = ExchangeBindOptions::default();
        let call = channel.exchange_bind(destination.into(), source.into(), key.into(), options, arguments);
        within(target, call).await?;
    } else {
        let options = QueueBindOptions::default();
        let call = channel.queue_bind(destination.into(), source.into(), key.into(), options, arguments);
        within(target, call).await?;
    }
    close(target, connection).await;
    Ok(())
}

fn table(map: &BTreeMap<String, Value>) -> FieldTable {
    map.iter().map(|(name, value)| (name.as_str().into(), amqp(value))).collect::<BTreeMap<_, _>>().into()
}

/// Of the types that the management API would have chosen.
fn amqp(value: &Value) -> AMQPValue {
    match value {
        Value::Null => AMQPValue::Void,
        Value::Bool(value) => AMQPValue::Boolean(*value),
        Value::Number(number) => number
            .as_i64()
            .map_or_else(|| AMQPValue::Double(number.as_f64().unwrap_or_default()), AMQPValue::LongLongInt),
        Value::Text(text) => AMQPValue::LongString(text.as_str().into()),
        Value::List(items) => AMQPValue::FieldArray(FieldArray::from(items.iter().map(amqp).collect::<Vec<_>>())),
        Value::Map(map) => AMQPValue::FieldTable(table(map)),
        Value::Secret(secret) => AMQPValue::LongString(secret.reveal().into()),
    }
}
