//! Kafka's session and image on a broker that a stack brings up.

use mqlab::brokers::Endpoint;

use super::lab::{Lab, docker};
use super::rabbit::wait;
use super::{kafka, kafka_tools};

const SPEC: &str = r#"brokers: { events: { kind: kafka, version: "4.3" } }"#;

#[test]
fn kafka_session() {
    let lab = Lab::new("kafka", SPEC);
    lab.mqlab(&["up"]).code(0);
    let servers = &lab.env()["EVENTS_BOOTSTRAP_SERVERS"];
    let (host, port) = servers.split_once(':').unwrap();
    let endpoint = Endpoint { node: 1, host: host.to_owned(), port: port.parse().unwrap() };
    let container = lab.container("events");
    kafka_tools::every_tool_is_there(&container);
    wait(async {
        kafka::the_probe_leaves_nothing(&endpoint).await;
        kafka::a_topic_is_made_as_declared(&endpoint).await;
        kafka::an_update_touches_only_what_it_names(&endpoint).await;
        kafka::a_refused_item_harms_no_sibling(&endpoint).await;
        kafka::a_topic_that_is_there_is_looked_at_again(&endpoint).await;
        kafka::messages_are_not_deleted_unasked(&endpoint).await;
        kafka::a_closed_port_is_said_at_once().await;
        println!("{:#?}", kafka::many_topics_go_in_chunks(&endpoint, 50).await);
        let pause = || drop(docker(&["pause", &container]));
        let resume = || drop(docker(&["unpause", &container]));
        kafka::a_frozen_broker_is_an_error(&endpoint, pause, resume).await;
        let kill = || {
            docker(&["kill", &container]);
            docker(&["start", &container]);
        };
        println!("ready {:?} after a kill", kafka::a_killed_broker_is_ready_when_it_can_work(&endpoint, kill).await);
    });
}
