//! Kafka, by librdkafka's clients, and by Kafka's own where the Java client is meant.

mod client;
mod groups;
mod java;
mod keys;
mod retention;

use std::time::Instant;

use self::client::Broker;
use crate::lab::Lab;

const SPEC: &str = r#"brokers: { events: { kind: kafka, version: "4.3" } }"#;

macro_rules! each {
    ($broker:expr, $($about:ident::$name:ident),* $(,)?) => {{
        $(
            let since = Instant::now();
            $about::$name($broker);
            eprintln!("Kafka: {} {:.1} s", stringify!($name), since.elapsed().as_secs_f64());
        )*
    }};
}

#[test]
fn keys_and_order() {
    let lab = Lab::new("claims-kafka-keys", SPEC);
    let broker = Broker::up(&lab);
    each!(
        &broker,
        keys::a_message_is_in_one_partition,
        keys::order_is_of_a_partition,
        keys::a_key_stays_in_its_partition,
        keys::partitions_are_never_fewer,
        keys::a_compacted_topic_needs_keys,
    );
}

#[test]
fn retention() {
    // The delay, 30 s unless set, is a setting that Kafka does not document.
    let settings = "config: { log.retention.check.interval.ms: 200, log.cleaner.backoff.ms: 100 }, \
                    env: { KAFKA_LOG_INITIAL_TASK_DELAY_MS: \"0\" }";
    let lab = Lab::new("claims-kafka-retention", &SPEC.replace("kind: kafka", &format!("kind: kafka, {settings}")));
    let broker = Broker::up(&lab);
    each!(
        &broker,
        retention::compaction_keeps_the_last_of_each_key,
        retention::retention_takes_whole_segments,
        retention::retention_bytes_are_of_a_partition,
    );
}

#[test]
fn groups_and_offsets() {
    let lab = Lab::new("claims-kafka-groups", SPEC);
    let broker = Broker::up(&lab);
    // What takes its time runs beside the rest.
    std::thread::scope(|scope| {
        let beside = [
            scope.spawn(|| each!(&broker, groups::java_consumers_are_assigned_by_range)),
            scope.spawn(|| each!(&broker, groups::members_of_a_share_group_read_one_partition)),
        ];
        each!(
            &broker,
            groups::a_group_deals_out_the_partitions,
            groups::members_beyond_the_partitions_are_idle,
            groups::a_new_group_begins_by_its_setting,
            groups::a_committed_offset_is_the_next_to_read,
            groups::the_setting_counts_where_no_offset_does,
            groups::what_was_not_committed_is_read_again,
            groups::offsets_are_set_while_nobody_is_active,
            groups::offsets_are_committed_every_five_seconds,
        );
        for one in beside {
            one.join().unwrap();
        }
    });
}
