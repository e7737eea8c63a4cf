//! Scenarios against a real engine and real brokers. Each stack of a scenario is its own; nobody else's is touched.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "what fails here fails the test, and what is printed is for its reader"
)]

mod activemq;
mod artemis;
mod artemis_client;
mod artemis_cluster;
mod artemis_hands;
mod blocked;
mod claims;
mod clusters;
mod daemon_settings;
mod distribution;
mod doctor;
mod drift;
mod engines;
mod everyday;
mod everything;
mod failures;
mod full_disk;
mod kafka;
mod kafka_client;
mod kafka_session;
mod kafka_tools;
mod kills;
mod lab;
mod matrix;
mod mirrors;
mod other_engines;
mod rabbit;
mod rabbitmq;
mod rabbitmq_protocols;
mod rabbitmq_routing;
mod rabbitmq_run;
mod recorded;
mod rocketmq;
mod second_engine;
mod small_engine;
mod snippets;
mod strangers;
mod tour;
mod travel;
mod trials;
mod vectors;
mod vectors_queues;
mod vectors_routes;
