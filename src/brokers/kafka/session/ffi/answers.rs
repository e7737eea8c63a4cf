//! What an event holds, copied out of it.

use std::collections::BTreeMap;
use std::ptr;

use rdkafka::bindings as c;

use super::{Answers, Partition, check, copy, lent};
use crate::brokers::kafka::session::failure::Failure;

/// The answers of the three calls that give one per topic.
///
/// # Safety
///
/// `result` must be the getter for the event's own type.
pub(super) unsafe fn topic_answers<R>(
    event: *mut c::rd_kafka_event_t,
    result: unsafe extern "C" fn(*mut c::rd_kafka_event_t) -> *const R,
    topics: unsafe extern "C" fn(*const R, *mut usize) -> *mut *const c::rd_kafka_topic_result_t,
) -> Answers {
    // SAFETY: see the module.
    unsafe {
        let result = result(event);
        lent(|count| topics(result, count))
            .iter()
            .map(|topic| {
                let error = c::rd_kafka_topic_result_error(*topic);
                let answer = check(error, c::rd_kafka_topic_result_error_string(*topic));
                (copy(c::rd_kafka_topic_result_name(*topic)), answer)
            })
            .collect()
    }
}

/// # Safety
///
/// The resource must belong to a living event.
pub(super) unsafe fn resource_error(resource: *const c::rd_kafka_ConfigResource_t) -> Result<(), Failure> {
    // SAFETY: by the contract of this function.
    unsafe { check(c::rd_kafka_ConfigResource_error(resource), c::rd_kafka_ConfigResource_error_string(resource)) }
}

/// # Safety
///
/// The resource must belong to a living event.
pub(super) unsafe fn own_entries(resource: *const c::rd_kafka_ConfigResource_t) -> BTreeMap<String, Option<String>> {
    let own = c::rd_kafka_ConfigSource_t::RD_KAFKA_CONFIG_SOURCE_DYNAMIC_TOPIC_CONFIG;
    // SAFETY: by the contract of this function.
    unsafe {
        lent(|count| c::rd_kafka_ConfigResource_configs(resource, count))
            .iter()
            .filter(|entry| c::rd_kafka_ConfigEntry_source(**entry) == own)
            .map(|entry| {
                let value = c::rd_kafka_ConfigEntry_value(*entry);
                (copy(c::rd_kafka_ConfigEntry_name(*entry)), (!value.is_null()).then(|| copy(value)))
            })
            .collect()
    }
}

/// # Safety
///
/// The answer must belong to a living event.
pub(super) unsafe fn offset_answer(
    info: *const c::rd_kafka_ListOffsetsResultInfo_t,
) -> (Partition, Result<i64, Failure>) {
    // SAFETY: by the contract of this function; an answer always has its partition.
    unsafe {
        let found = &*c::rd_kafka_ListOffsetsResultInfo_topic_partition(info);
        let offset = check(found.err, ptr::null()).map(|()| found.offset);
        ((copy(found.topic), found.partition), offset)
    }
}
