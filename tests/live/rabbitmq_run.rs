//! RabbitMQ's scenarios against a broker that a stack brings up, in both versions that there are.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use mqlab::brokers::{Endpoint, Target};
use mqlab::model::{Facts, Secret};

use crate::lab::{Lab, docker};
use crate::rabbit::wait;
use crate::rabbitmq;

#[test]
fn rabbitmq_4_0() {
    scenarios("4.0", r#"brokers: { jobs: { kind: rabbitmq, version: "4.0" } }"#);
}

#[test]
fn rabbitmq_4_3() {
    scenarios("4.3", include_str!("../fixtures/stacks/rabbitmq-4.3.yaml"));
}

/// On a volume: what is killed in memory has nothing to come back with.
fn scenarios(version: &str, spec: &str) {
    if std::env::var_os("MQLAB_SOAK").is_none() {
        eprintln!("RabbitMQ {version}: every scenario takes minutes, so only `make soak` runs them");
        return;
    }
    let lab = Lab::new(&format!("rabbitmq-{}", version.replace('.', "-")), spec);
    lab.mqlab(&["up"]).code(0);
    let container = lab.container("jobs");
    let target = target(&lab, version);
    wait(async {
        rabbitmq::everything_is_made_as_declared(&target).await;
        rabbitmq::a_header_may_be_asked_for_without_a_value(&target).await;
        rabbitmq::hostile_names_are_only_names(&target).await;
        rabbitmq::what_can_change_is_changed_in_place(&target).await;
        rabbitmq::what_the_file_does_not_mention_survives_an_update(&target).await;
        rabbitmq::a_changed_password_is_noticed(&target).await;
        rabbitmq::what_cannot_change_is_blocked(&target).await;
        rabbitmq::a_replaced_queue_keeps_its_bindings(&target).await;
        rabbitmq::a_replaced_exchange_keeps_its_bindings(&target).await;
        rabbitmq::what_holds_messages_is_not_replaced_unasked(&target).await;
        rabbitmq::what_is_out_for_acknowledgement_is_not_lost(&target).await;
        rabbitmq::what_has_consumers_is_not_replaced_unasked(&target).await;
        rabbitmq::messages_are_counted_at_once(&target).await;
        rabbitmq::the_probe_leaves_nothing(&target).await;
        rabbitmq::own_settings_take_the_declared_policy_along(&target).await;
        rabbitmq::a_policy_made_by_hand_is_not_pushed_out(&target).await;
        rabbitmq::the_broker_and_we_agree_which_policy_applies(&target).await;
        rabbitmq::a_wrong_password_is_said(&target).await;
        rabbitmq::a_virtual_host_of_others_is_entered(&target).await;
        rabbitmq::only_what_others_made_is_unmanaged(&target).await;
        rabbitmq::exactly_the_named_binding_is_deleted(&target).await;
        rabbitmq::the_rest_is_deleted_with_permission_alone(&target).await;
        rabbitmq::each_refused_object_is_named(&target).await;
        rabbitmq::an_object_that_came_in_between_is_noticed(&target).await;
        rabbitmq::a_stop_leaves_the_rest(&target).await;
        rabbitmq::a_closed_port_is_said_at_once(&target).await;
        let without = rabbitmq::the_commands_do_what_mqlab_does(&target, "HTTP API").await;
        assert!(without.is_empty(), "{without:?}");
        let engine = |verb: &str| drop(docker(&[verb, &container]));
        rabbitmq::a_frozen_broker_is_an_error(&target, || engine("pause"), || engine("unpause")).await;
        let kill = || {
            engine("kill");
            engine("start");
        };
        rabbitmq::a_killed_broker_is_ready_when_it_can_work(&target, kill).await;
        rabbitmq::a_lost_password_is_set_again(&target, |command, input| execute(&container, command, input)).await;
    });
}

fn target(lab: &Lab, version: &str) -> Target {
    let env = lab.env();
    let endpoint = |port: &str| vec![Endpoint { host: "127.0.0.1".to_owned(), port: port.parse().unwrap() }];
    let management = env["JOBS_MANAGEMENT_URL"].trim_end_matches('/').rsplit(':').next().unwrap();
    Target {
        broker: "jobs".to_owned(),
        nodes: 1,
        endpoints: [("amqp".to_owned(), endpoint(&env["JOBS_PORT"])), ("management".to_owned(), endpoint(management))]
            .into(),
        user: "mqlab".to_owned(),
        password: Secret::new(env["JOBS_PASSWORD"].as_str()),
        facts: Facts { version: version.to_owned(), ..Facts::default() },
        deadline: Duration::from_secs(15),
    }
}

fn execute(container: &str, command: &[String], input: &str) -> bool {
    let mut child = Command::new("docker")
        .args(["exec", "-i", container])
        .args(command)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait().unwrap().success()
}
