//! What becomes of a queue, as the site's figure says it, and as a real RabbitMQ does it.

use std::time::Duration;

use lapin::options::{BasicCancelOptions, BasicConsumeOptions, QueueDeclareOptions};
use lapin::types::FieldTable;
use lapin::{Connection, ConnectionProperties};
use mqlab::sim::lifetime::{Declared, Event, fate};

use super::lab::{Lab, docker, until};
use super::rabbit::{ROOT, Rabbit, wait};

/// 4.0: there a queue may be transient and not exclusive.
const SPEC: &str = r#"brokers: { jobs: { kind: rabbitmq, version: "4.0" } }"#;

#[test]
fn queues_live_as_long_as_the_figure_says() {
    let lab = Lab::new("lifetimes", SPEC);
    lab.mqlab(&["up"]).code(0);
    let env = lab.env();
    let rabbit = Rabbit::jobs(&env);
    let url = &env["JOBS_AMQP_URL"];
    for event in [Event::ConnectionCloses, Event::ConsumerLeaves] {
        for (number, declared) in Declared::all().enumerate() {
            let name = format!("{}-{number}", event.name());
            let (connection, channel) = wait(consumed(url, &name, declared));
            match event {
                Event::ConsumerLeaves => {
                    wait(channel.basic_cancel("c".into(), BasicCancelOptions::default())).unwrap();
                }
                _ => wait(connection.close(200, "done".into())).unwrap(),
            }
            check(&rabbit, &name, declared, event);
            drop(wait(connection.close(200, "done".into())));
        }
    }
    let open: Vec<_> = Declared::all()
        .enumerate()
        .map(|(number, declared)| (declared, format!("restart-{number}")))
        .map(|(declared, name)| (declared, wait(consumed(url, &name, declared)), name))
        .collect();
    docker(&["restart", &lab.container("jobs")]);
    lab.mqlab(&["up"]).code(0);
    for (declared, _, name) in &open {
        check(&rabbit, name, *declared, Event::BrokerRestarts);
    }
}

async fn consumed(url: &str, name: &str, declared: Declared) -> (Connection, lapin::Channel) {
    let connection = Connection::connect(url, ConnectionProperties::default()).await.unwrap();
    let channel = connection.create_channel().await.unwrap();
    let Declared { durable, exclusive, auto_delete } = declared;
    let options = QueueDeclareOptions { durable, exclusive, auto_delete, ..QueueDeclareOptions::default() };
    channel.queue_declare(name.into(), options, FieldTable::default()).await.unwrap();
    let options = BasicConsumeOptions::default();
    channel.basic_consume(name.into(), "c".into(), options, FieldTable::default()).await.unwrap();
    (connection, channel)
}

/// A queue that goes does so in a moment; one that stays is looked at after that.
#[track_caller]
fn check(rabbit: &Rabbit, name: &str, declared: Declared, event: Event) {
    let path = format!("queues/{ROOT}/{name}");
    if fate(declared, event).is_there() {
        std::thread::sleep(Duration::from_millis(300));
        until(&format!("{declared:?} is there after {event:?}"), 20, || rabbit.is_there(&path));
    } else {
        until(&format!("{declared:?} is gone after {event:?}"), 20, || !rabbit.is_there(&path));
    }
}
