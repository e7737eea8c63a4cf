//! Scenarios against real brokers.

mod kafka;

use mqlab::brokers::Endpoint;
use std::time::Duration;

fn endpoint() -> Endpoint {
    let text = std::env::var("MQLAB_KAFKA").unwrap();
    let (host, port) = text.split_once(':').unwrap();
    Endpoint { host: host.to_owned(), port: port.parse().unwrap() }
}

#[tokio::test(flavor = "multi_thread")]
async fn kafka_all() {
    let e = endpoint();
    let took = kafka::Live::connect(&e, Duration::from_secs(20)).ready(Duration::from_secs(60)).await;
    eprintln!("ready {took:?}");
    kafka::the_probe_leaves_nothing(&e).await;
    eprintln!("probe");
    kafka::a_topic_is_made_as_declared(&e).await;
    eprintln!("declared");
    kafka::an_update_touches_only_what_it_names(&e).await;
    eprintln!("update");
    kafka::a_refused_item_harms_no_sibling(&e).await;
    eprintln!("refused");
    kafka::a_topic_that_is_there_is_looked_at_again(&e).await;
    eprintln!("twice");
    kafka::messages_are_not_deleted_unasked(&e).await;
    eprintln!("messages");
    kafka::a_closed_port_is_said_at_once().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kafka_many() {
    let topics = std::env::var("MANY").map_or(1000, |t| t.parse().unwrap());
    eprintln!("{:#?}", kafka::many_topics_go_in_chunks(&endpoint(), topics).await);
}

fn docker(verb: &str) {
    let name = std::env::var("MQLAB_CONTAINER").unwrap();
    let status = std::process::Command::new("docker").args([verb, &name]).status().unwrap();
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn kafka_frozen() {
    kafka::a_frozen_broker_is_an_error(&endpoint(), || docker("pause"), || docker("unpause")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn kafka_killed() {
    let kill = || {
        docker("kill");
        docker("start");
    };
    eprintln!("ready after a kill {:?}", kafka::a_killed_broker_is_ready_when_it_can_work(&endpoint(), kill).await);
}

mod lab;
mod rabbitmq;
mod rabbitmq_routing;
mod rabbitmq_run;
