//! RabbitMQ, by a client that closes channels and loses connections as programs do.

mod acknowledging;
mod client;
mod lifetime;
mod queues;
mod routing;

use std::time::Instant;

use self::client::Broker;
use crate::lab::Lab;
use crate::rabbit::Rabbit;

/// Both versions side by side: a claim names one test.
#[test]
fn lifetime_acks_and_routes() {
    let four_three = include_str!("../../../fixtures/stacks/rabbitmq-4.3.yaml");
    std::thread::scope(|scope| {
        scope.spawn(|| claims("4.0", r#"brokers: { jobs: { kind: rabbitmq, version: "4.0" } }"#));
        scope.spawn(|| claims("4.3", four_three));
    });
}

fn claims(version: &str, spec: &str) {
    let lab = Lab::new(&format!("claims-rabbit-{}", version.replace('.', "-")), spec);
    lab.mqlab(&["up"]).code(0);
    let env = lab.env();
    let broker = Broker { rabbit: Rabbit::jobs(&env), url: env["JOBS_AMQP_URL"].clone() };
    macro_rules! each {
        ($($about:ident::$name:ident),* $(,)?) => {
            $(
                let since = Instant::now();
                $about::$name(&broker);
                eprintln!("RabbitMQ {version}: {} {:.1} s", stringify!($name), since.elapsed().as_secs_f64());
            )*
        };
    }
    each!(
        routing::the_default_exchange_knows_every_queue,
        routing::nobody_changes_the_default_exchange,
        queues::consumers_of_a_queue_take_turns,
        queues::a_queue_is_declared_again_with_equal_properties_alone,
        queues::the_type_of_a_queue_is_for_life,
        acknowledging::what_is_unacknowledged_comes_back,
        acknowledging::what_is_acknowledged_automatically_is_gone,
        acknowledging::only_its_own_channel_acknowledges_and_once,
        acknowledging::prefetch_bounds_what_is_unacknowledged,
        acknowledging::a_refused_message_is_dead_lettered_or_gone,
        acknowledging::a_missing_dead_letter_exchange_drops,
        acknowledging::a_message_dies_in_four_ways,
        acknowledging::a_quorum_queue_gives_up_after_20_more_deliveries,
        acknowledging::a_rejection_and_a_lost_connection_count,
        lifetime::an_exclusive_queue_is_of_one_connection,
        lifetime::an_exclusive_queue_goes_with_its_connection,
        lifetime::an_auto_delete_queue_goes_with_its_last_consumer,
        routing::an_exchange_keeps_nothing,
        routing::what_nobody_takes_is_dropped_and_confirmed,
        routing::a_mandatory_message_comes_back,
        routing::the_alternate_exchange_counts,
        routing::direct_needs_an_equal_key,
        routing::fanout_ignores_the_key,
        routing::topic_compares_words,
        routing::headers_are_compared,
        routing::a_queue_gets_one_copy,
        queues::reading_a_stream_removes_nothing,
        queues::a_stream_needs_prefetch_and_acknowledgement,
    );
    acknowledging::a_nack_counts_before_4_3(&broker, version);
    lifetime::restart_keeps_what_is_durable(&broker, &lab.container("jobs"));
}
