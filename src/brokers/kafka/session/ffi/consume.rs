//! Reading one record without a consumer group.
//!
//! A group would make the broker create `__consumer_offsets` with its 50 partitions, only to look at one record
//! of ours. The crate's consumers cannot be assigned a partition without one; librdkafka's simple consumer can.

use std::ffi::c_int;
use std::ptr;
use std::time::{Duration, Instant};

use rdkafka::bindings as c;
use rdkafka::client::Client;
use rdkafka::config::ClientConfig;
use rdkafka::types::{RDKafkaErrorCode, RDKafkaRespErr, RDKafkaType};

use super::{Owned, Quiet, check, invalid, milliseconds, text};
use crate::brokers::kafka::session::failure::Failure;

/// The first record of partition 0, waiting for it at most this long.
pub(in crate::brokers::kafka::session) fn take_first(
    config: &ClientConfig,
    topic: &str,
    timeout: Duration,
) -> Result<Vec<u8>, Failure> {
    let client = Client::new(config, config.create_native_config()?, RDKafkaType::RD_KAFKA_CONSUMER, Quiet)?;
    let name = text(topic)?;
    // SAFETY: see the module above; the topic is freed before the client, and consuming is stopped before that.
    unsafe {
        let handle = c::rd_kafka_topic_new(client.native_ptr(), name.as_ptr(), ptr::null_mut());
        let handle = Owned::new(handle, c::rd_kafka_topic_destroy).ok_or_else(|| invalid(&[]))?;
        let beginning = i64::from(c::RD_KAFKA_OFFSET_BEGINNING);
        if c::rd_kafka_consume_start(handle.get(), 0, beginning) != 0 {
            return Err(Failure::new(c::rd_kafka_last_error().into(), ""));
        }
        let taken = poll(&handle, timeout);
        let _: c_int = c::rd_kafka_consume_stop(handle.get(), 0);
        taken
    }
}

/// # Safety
///
/// The partition must have been started.
unsafe fn poll(handle: &Owned<c::rd_kafka_topic_t>, timeout: Duration) -> Result<Vec<u8>, Failure> {
    let end = Instant::now() + timeout;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Failure::new(RDKafkaErrorCode::OperationTimedOut, ""));
        }
        // SAFETY: a message is valid until it is freed; an error's payload is its words.
        unsafe {
            let message = c::rd_kafka_consume(handle.get(), 0, milliseconds(left));
            let Some(message) = Owned::new(message, c::rd_kafka_message_destroy) else { continue };
            let message = &*message.get();
            match message.err {
                RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR if message.payload.is_null() => return Ok(Vec::new()),
                RDKafkaRespErr::RD_KAFKA_RESP_ERR_NO_ERROR => {
                    return Ok(std::slice::from_raw_parts(message.payload.cast::<u8>(), message.len).to_vec());
                }
                // Nothing there yet, or the topic not known to this node yet.
                RDKafkaRespErr::RD_KAFKA_RESP_ERR__PARTITION_EOF
                | RDKafkaRespErr::RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION
                | RDKafkaRespErr::RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC
                | RDKafkaRespErr::RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART => {}
                error => check(error, c::rd_kafka_message_errstr(std::ptr::from_ref(message).cast_mut()))?,
            }
        }
    }
}
