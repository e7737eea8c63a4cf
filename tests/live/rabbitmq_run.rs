//! RabbitMQ's scenarios against a broker that already runs: `MQLAB_RABBITMQ=CONTAINER AMQP-PORT MANAGEMENT-PORT PASSWORD VERSION`.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use mqlab::brokers::{Endpoint, Target};
use mqlab::model::{Facts, Secret};

use crate::rabbitmq;

fn arguments() -> Vec<String> {
    std::env::var("MQLAB_RABBITMQ").unwrap().split(' ').map(ToOwned::to_owned).collect()
}

fn target() -> Target {
    let words = arguments();
    let endpoint = |port: &str| vec![Endpoint { host: "127.0.0.1".to_owned(), port: port.parse().unwrap() }];
    Target {
        broker: "jobs".to_owned(),
        nodes: 1,
        endpoints: [("amqp".to_owned(), endpoint(&words[1])), ("management".to_owned(), endpoint(&words[2]))].into(),
        user: "mqlab".to_owned(),
        password: Secret::new(words[3].as_str()),
        facts: Facts { version: words[4].clone(), ..Facts::default() },
        deadline: Duration::from_secs(15),
    }
}

fn docker(verb: &str) {
    let status = Command::new("docker").args([verb, &arguments()[0]]).stdout(Stdio::null()).status().unwrap();
    assert!(status.success());
}

fn execute(command: &[String], input: &str) -> bool {
    let container = arguments()[0].clone();
    let mut child = Command::new("docker")
        .args(["exec", "-i", &container])
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait().unwrap().success()
}

macro_rules! scenarios {
    ($($name:ident),* $(,)?) => {
        $(
            #[tokio::test(flavor = "multi_thread")]
            async fn $name() {
                rabbitmq::$name(&target()).await;
            }
        )*
    };
}

scenarios!(
    everything_is_made_as_declared,
    a_header_may_be_asked_for_without_a_value,
    hostile_names_are_only_names,
    what_can_change_is_changed_in_place,
    what_the_file_does_not_mention_survives_an_update,
    a_changed_password_is_noticed,
    what_cannot_change_is_blocked,
    a_replaced_queue_keeps_its_bindings,
    a_replaced_exchange_keeps_its_bindings,
    what_holds_messages_is_not_replaced_unasked,
    what_is_out_for_acknowledgement_is_not_lost,
    what_has_consumers_is_not_replaced_unasked,
    messages_are_counted_at_once,
    the_probe_leaves_nothing,
    own_settings_take_the_declared_policy_along,
    a_policy_made_by_hand_is_not_pushed_out,
    the_broker_and_we_agree_which_policy_applies,
    a_wrong_password_is_said,
    a_virtual_host_of_others_is_entered,
    only_what_others_made_is_unmanaged,
    exactly_the_named_binding_is_deleted,
    the_rest_is_deleted_with_permission_alone,
    each_refused_object_is_named,
    an_object_that_came_in_between_is_noticed,
    a_stop_leaves_the_rest,
    a_closed_port_is_said_at_once,
);

#[tokio::test(flavor = "multi_thread")]
async fn z_frozen() {
    rabbitmq::a_frozen_broker_is_an_error(&target(), || docker("pause"), || docker("unpause")).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn z_killed() {
    let kill = || {
        docker("kill");
        docker("start");
    };
    rabbitmq::a_killed_broker_is_ready_when_it_can_work(&target(), kill).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn z_reset() {
    rabbitmq::a_lost_password_is_set_again(&target(), execute).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn by_hand() {
    let without = rabbitmq::the_commands_do_what_mqlab_does(&target(), "HTTP API").await;
    assert!(without.is_empty(), "{without:?}");
    if std::env::var("PATH")
        .unwrap()
        .split(':')
        .any(|folder| std::path::Path::new(folder).join("rabbitmqadmin").exists())
    {
        let without = rabbitmq::the_commands_do_what_mqlab_does(&target(), "rabbitmqadmin").await;
        let cannot = ["jobs/live-hand/exchange/inner", "jobs/live-hand/topic_permission/live-hand@mail"];
        assert_eq!(without, cannot);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn record() {
    let words = arguments();
    let url = format!("amqp://mqlab:{}@127.0.0.1:{}/%2F", words[3], words[1]);
    let fixture = crate::rabbitmq_routing::record(&url, &words[4]).await;
    std::fs::write(std::env::var("OUT").unwrap(), serde_json::to_string(&fixture).unwrap()).unwrap();
}
