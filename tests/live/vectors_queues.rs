//! What becomes of a queue, as the site's figure says it, and as a real RabbitMQ does it.

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
        let queues = consumed_all(url, event);
        for (_, (connection, channel), _) in &queues {
            match event {
                Event::ConsumerLeaves => {
                    wait(channel.basic_cancel("c".into(), BasicCancelOptions::default())).unwrap();
                }
                _ => wait(connection.close(200, "done".into())).unwrap(),
            }
        }
        check(&rabbit, &queues, event);
        for (_, (connection, _), _) in &queues {
            drop(wait(connection.close(200, "done".into())));
        }
    }
    let queues = consumed_all(url, Event::BrokerRestarts);
    docker(&["restart", &lab.container("jobs")]);
    lab.mqlab(&["up"]).code(0);
    check(&rabbit, &queues, Event::BrokerRestarts);
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

type Consumed = (Declared, (Connection, lapin::Channel), String);

fn consumed_all(url: &str, event: Event) -> Vec<Consumed> {
    let named = Declared::all().enumerate().map(|(at, declared)| (declared, format!("{}-{at}", event.name())));
    named.map(|(declared, name)| (declared, wait(consumed(url, &name, declared)), name)).collect()
}

/// When those that go are gone, those that stay are still there.
#[track_caller]
fn check(rabbit: &Rabbit, queues: &[Consumed], event: Event) {
    let path = |name: &str| format!("queues/{ROOT}/{name}");
    let (stay, go): (Vec<&Consumed>, Vec<&Consumed>) =
        queues.iter().partition(|(declared, ..)| fate(*declared, event).is_there());
    assert!(!stay.is_empty() && !go.is_empty(), "{event:?} tells nothing apart");
    for (declared, _, name) in go {
        until(&format!("{declared:?} is gone after {event:?}"), 20, || !rabbit.is_there(&path(name)));
    }
    for (declared, _, name) in stay {
        assert!(rabbit.is_there(&path(name)), "{declared:?} is gone after {event:?}");
    }
}
