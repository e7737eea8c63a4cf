//! One message through a topic of our own, and back.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use rand::Rng;
use rdkafka::client::ClientContext;
use rdkafka::config::ClientConfig;
use rdkafka::producer::{BaseProducer, BaseRecord, DeliveryResult, Producer, ProducerContext};
use rdkafka::types::RDKafkaErrorCode;

use super::client::Client;
use super::failure::Failure;
use super::ffi::{Native, NewTopic, take_first};
use crate::brokers::kafka::rules::PROBE_PREFIX;

/// Blocks. Topics that a killed probe left are removed first, ours is removed whatever happens.
pub(super) fn probe(client: &Client, config: &ClientConfig) -> Result<String, Failure> {
    let started = Instant::now();
    let topics = client.cluster(client.deadline)?.topics;
    let left: Vec<String> =
        topics.into_iter().map(|topic| topic.name).filter(|name| name.starts_with(PROBE_PREFIX)).collect();
    if !left.is_empty() {
        client.native().delete_topics(&left, client.deadline)?;
    }
    let token = format!("{:016x}", rand::rng().random::<u64>());
    let name = format!("{PROBE_PREFIX}{token}");
    let topic = NewTopic { name: name.clone(), partitions: 1, replication_factor: 1, config: BTreeMap::new() };
    first_answer(client.native().create_topics(&[topic], client.deadline)?)?;
    let went = send(config, &name, &token, client.deadline).and_then(|()| take(config, &name, &token, client.deadline));
    let removed = remove(client.native(), name, client.deadline);
    went?;
    removed?;
    Ok(format!("written and read back in {:.2} s", started.elapsed().as_secs_f64()))
}

fn remove(native: &Native, name: String, timeout: Duration) -> Result<(), Failure> {
    first_answer(native.delete_topics(&[name], timeout)?)
}

fn first_answer(answers: Vec<(String, Result<(), Failure>)>) -> Result<(), Failure> {
    answers.into_iter().try_for_each(|(_, answer)| answer)
}

/// Returns when every replica has it.
fn send(config: &ClientConfig, topic: &str, token: &str, timeout: Duration) -> Result<(), Failure> {
    let mut config = config.clone();
    config.set("acks", "all").set("message.timeout.ms", timeout.as_millis().to_string());
    let producer: BaseProducer<Delivery> = config.create_with_context(Delivery::default())?;
    producer.send(BaseRecord::<str, str>::to(topic).payload(token)).map_err(|(error, _)| error)?;
    producer.flush(timeout)?;
    let delivered = producer.context().0.lock().unwrap_or_else(PoisonError::into_inner).take();
    delivered.unwrap_or_else(|| Err(Failure::new(RDKafkaErrorCode::MessageTimedOut, "")))
}

fn take(config: &ClientConfig, topic: &str, token: &str, timeout: Duration) -> Result<(), Failure> {
    let found = take_first(config, topic, timeout)?;
    if found == token.as_bytes() {
        return Ok(());
    }
    let found = String::from_utf8_lossy(&found).into_owned();
    Err(Failure::new(RDKafkaErrorCode::Fail, format!("sent `{token}`, got `{found}` back")))
}

/// Keeps the broker's answer to the one message.
#[derive(Default)]
struct Delivery(Mutex<Option<Result<(), Failure>>>);

impl ClientContext for Delivery {}

impl ProducerContext for Delivery {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _opaque: ()) {
        let result = result.as_ref().map(|_| ()).map_err(|(error, _)| Failure::from(error.clone()));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(result);
    }
}
