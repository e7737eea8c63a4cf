//! The requests, one method each.

use std::ffi::c_int;
use std::ptr;
use std::time::Duration;

use rdkafka::bindings as c;
use rdkafka::types::RDKafkaAdminOp as Operation;

use super::answers::{offset_answer, own_entries, resource_error, topic_answers};
use super::{
    Answers, ConfigChange, End, Native, NewTopic, Offsets, Owned, Partition, TopicConfigs, check, copy, invalid, lent,
    text,
};
use crate::brokers::kafka::session::failure::Failure;

impl Native {
    /// One CreateTopics request. All of it fails if it has more records than the controller takes at once.
    pub(in crate::brokers::kafka::session) fn create_topics(
        &self,
        topics: &[NewTopic],
        timeout: Duration,
    ) -> Result<Answers, Failure> {
        let topics = topics.iter().map(native_topic).collect::<Result<Vec<_>, _>>()?;
        let mut list: Vec<_> = topics.iter().map(Owned::get).collect();
        // SAFETY: see the module; the request copies the list.
        unsafe {
            self.call(
                Operation::RD_KAFKA_ADMIN_OP_CREATETOPICS,
                timeout,
                |rk, options, queue| c::rd_kafka_CreateTopics(rk, list.as_mut_ptr(), list.len(), options, queue),
                |event| {
                    topic_answers(event, c::rd_kafka_event_CreateTopics_result, c::rd_kafka_CreateTopics_result_topics)
                },
            )
        }
    }

    /// One CreatePartitions request: topics and their new total.
    pub(in crate::brokers::kafka::session) fn create_partitions(
        &self,
        totals: &[(String, usize)],
        timeout: Duration,
    ) -> Result<Answers, Failure> {
        let new = |(topic, total): &(String, usize)| {
            let topic = text(topic)?;
            let mut error = [0; 256];
            // SAFETY: see the module.
            let made =
                unsafe { c::rd_kafka_NewPartitions_new(topic.as_ptr(), *total, error.as_mut_ptr(), error.len()) };
            Owned::new(made, c::rd_kafka_NewPartitions_destroy).ok_or_else(|| invalid(&error))
        };
        let totals = totals.iter().map(new).collect::<Result<Vec<_>, _>>()?;
        let mut list: Vec<_> = totals.iter().map(Owned::get).collect();
        // SAFETY: see the module; the request copies the list.
        unsafe {
            self.call(
                Operation::RD_KAFKA_ADMIN_OP_CREATEPARTITIONS,
                timeout,
                |rk, options, queue| c::rd_kafka_CreatePartitions(rk, list.as_mut_ptr(), list.len(), options, queue),
                |event| {
                    topic_answers(
                        event,
                        c::rd_kafka_event_CreatePartitions_result,
                        c::rd_kafka_CreatePartitions_result_topics,
                    )
                },
            )
        }
    }

    /// One DeleteTopics request.
    pub(in crate::brokers::kafka::session) fn delete_topics(
        &self,
        names: &[String],
        timeout: Duration,
    ) -> Result<Answers, Failure> {
        let new = |name: &String| {
            let name = text(name)?;
            // SAFETY: see the module.
            let made = unsafe { c::rd_kafka_DeleteTopic_new(name.as_ptr()) };
            Owned::new(made, c::rd_kafka_DeleteTopic_destroy).ok_or_else(|| invalid(&[]))
        };
        let names = names.iter().map(new).collect::<Result<Vec<_>, _>>()?;
        let mut list: Vec<_> = names.iter().map(Owned::get).collect();
        // SAFETY: see the module; the request copies the list.
        unsafe {
            self.call(
                Operation::RD_KAFKA_ADMIN_OP_DELETETOPICS,
                timeout,
                |rk, options, queue| c::rd_kafka_DeleteTopics(rk, list.as_mut_ptr(), list.len(), options, queue),
                |event| {
                    topic_answers(event, c::rd_kafka_event_DeleteTopics_result, c::rd_kafka_DeleteTopics_result_topics)
                },
            )
        }
    }

    /// One IncrementalAlterConfigs request. The keys of one topic change together or not at all.
    pub(in crate::brokers::kafka::session) fn alter_configs(
        &self,
        changes: &[ConfigChange],
        timeout: Duration,
    ) -> Result<Answers, Failure> {
        let resources = changes.iter().map(native_change).collect::<Result<Vec<_>, _>>()?;
        let mut list: Vec<_> = resources.iter().map(Owned::get).collect();
        // SAFETY: see the module; the request copies the list.
        unsafe {
            self.call(
                Operation::RD_KAFKA_ADMIN_OP_INCREMENTALALTERCONFIGS,
                timeout,
                |rk, options, queue| {
                    c::rd_kafka_IncrementalAlterConfigs(rk, list.as_mut_ptr(), list.len(), options, queue);
                },
                |event| {
                    let result = c::rd_kafka_event_IncrementalAlterConfigs_result(event);
                    let list = lent(|count| c::rd_kafka_IncrementalAlterConfigs_result_resources(result, count));
                    list.iter()
                        .map(|resource| (copy(c::rd_kafka_ConfigResource_name(*resource)), resource_error(*resource)))
                        .collect()
                },
            )
        }
    }

    /// One DescribeConfigs request: which of these keys are set on each topic itself; without keys, which of all.
    pub(in crate::brokers::kafka::session) fn topic_configs(
        &self,
        questions: &[(String, Vec<String>)],
        timeout: Duration,
    ) -> Result<TopicConfigs, Failure> {
        let resources = questions.iter().map(native_question).collect::<Result<Vec<_>, _>>()?;
        let mut list: Vec<_> = resources.iter().map(Owned::get).collect();
        // SAFETY: see the module; the request copies the list.
        unsafe {
            self.call(
                Operation::RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS,
                timeout,
                |rk, options, queue| c::rd_kafka_DescribeConfigs(rk, list.as_mut_ptr(), list.len(), options, queue),
                |event| {
                    let result = c::rd_kafka_event_DescribeConfigs_result(event);
                    let list = lent(|count| c::rd_kafka_DescribeConfigs_result_resources(result, count));
                    list.iter()
                        .map(|resource| {
                            let own = resource_error(*resource).map(|()| own_entries(*resource));
                            (copy(c::rd_kafka_ConfigResource_name(*resource)), own)
                        })
                        .collect()
                },
            )
        }
    }

    /// ListOffsets: one request to each broker that leads any of the partitions.
    pub(in crate::brokers::kafka::session) fn list_offsets(
        &self,
        partitions: &[Partition],
        end: End,
        timeout: Duration,
    ) -> Result<Offsets, Failure> {
        let offset = match end {
            End::Earliest => c::rd_kafka_OffsetSpec_t::RD_KAFKA_OFFSET_SPEC_EARLIEST,
            End::Latest => c::rd_kafka_OffsetSpec_t::RD_KAFKA_OFFSET_SPEC_LATEST,
        } as i64;
        let capacity = c_int::try_from(partitions.len()).unwrap_or(c_int::MAX);
        // SAFETY: see the module; the request copies the list, and an added element is valid until the next is added.
        unsafe {
            let list = c::rd_kafka_topic_partition_list_new(capacity);
            let list = Owned::new(list, c::rd_kafka_topic_partition_list_destroy).ok_or_else(|| invalid(&[]))?;
            for (topic, partition) in partitions {
                let topic = text(topic)?;
                (*c::rd_kafka_topic_partition_list_add(list.get(), topic.as_ptr(), *partition)).offset = offset;
            }
            self.call(
                Operation::RD_KAFKA_ADMIN_OP_LISTOFFSETS,
                timeout,
                |rk, options, queue| c::rd_kafka_ListOffsets(rk, list.get(), options, queue),
                |event| {
                    let result = c::rd_kafka_event_ListOffsets_result(event);
                    let infos = lent(|count| c::rd_kafka_ListOffsets_result_infos(result, count).cast());
                    infos.iter().map(|info| offset_answer(*info)).collect()
                },
            )
        }
    }
}

fn native_topic(topic: &NewTopic) -> Result<Owned<c::rd_kafka_NewTopic_t>, Failure> {
    let name = text(&topic.name)?;
    let mut error = [0; 256];
    // SAFETY: see the module; names and values are copied.
    unsafe {
        let made = c::rd_kafka_NewTopic_new(
            name.as_ptr(),
            topic.partitions,
            topic.replication_factor,
            error.as_mut_ptr(),
            error.len(),
        );
        let made = Owned::new(made, c::rd_kafka_NewTopic_destroy).ok_or_else(|| invalid(&error))?;
        for (key, value) in &topic.config {
            let (key, value) = (text(key)?, text(value)?);
            check(c::rd_kafka_NewTopic_set_config(made.get(), key.as_ptr(), value.as_ptr()), ptr::null())?;
        }
        Ok(made)
    }
}

fn native_resource(topic: &str) -> Result<Owned<c::rd_kafka_ConfigResource_t>, Failure> {
    let name = text(topic)?;
    // SAFETY: see the module.
    let made =
        unsafe { c::rd_kafka_ConfigResource_new(c::rd_kafka_ResourceType_t::RD_KAFKA_RESOURCE_TOPIC, name.as_ptr()) };
    Owned::new(made, c::rd_kafka_ConfigResource_destroy).ok_or_else(|| invalid(&[]))
}

fn native_question((topic, keys): &(String, Vec<String>)) -> Result<Owned<c::rd_kafka_ConfigResource_t>, Failure> {
    let resource = native_resource(topic)?;
    for key in keys {
        let key = text(key)?;
        // SAFETY: see the module; both texts are copied. A question takes a value too, and does not send it.
        unsafe {
            let code = c::rd_kafka_ConfigResource_set_config(resource.get(), key.as_ptr(), c"".as_ptr());
            check(code, ptr::null())?;
        }
    }
    Ok(resource)
}

fn native_change(change: &ConfigChange) -> Result<Owned<c::rd_kafka_ConfigResource_t>, Failure> {
    use c::rd_kafka_AlterConfigOpType_t::{RD_KAFKA_ALTER_CONFIG_OP_TYPE_DELETE, RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET};
    let resource = native_resource(&change.topic)?;
    for (key, value) in &change.keys {
        let key = text(key)?;
        let value = value.as_deref().map(text).transpose()?;
        let (kind, value) = match &value {
            Some(value) => (RD_KAFKA_ALTER_CONFIG_OP_TYPE_SET, value.as_ptr()),
            None => (RD_KAFKA_ALTER_CONFIG_OP_TYPE_DELETE, ptr::null()),
        };
        // SAFETY: see the module; key and value are copied, and an error belongs to the caller.
        unsafe {
            let error = c::rd_kafka_ConfigResource_add_incremental_config(resource.get(), key.as_ptr(), kind, value);
            if let Some(error) = Owned::new(error, c::rd_kafka_error_destroy) {
                check(c::rd_kafka_error_code(error.get()), c::rd_kafka_error_string(error.get()))?;
            }
        }
    }
    Ok(resource)
}
