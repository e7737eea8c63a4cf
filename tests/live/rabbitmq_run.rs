//! RabbitMQ's scenarios against a broker that a stack brings up, in both versions that there are.

use std::io::Write;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

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
    let lab = Lab::new(&format!("rabbitmq-{}", version.replace('.', "-")), spec);
    lab.mqlab(&["up"]).code(0);
    let container = lab.container("jobs");
    let target = target(&lab, version);
    let seen =
        |name: &str, since: Instant| eprintln!("RabbitMQ {version}: {name} {:.1} s", since.elapsed().as_secs_f64());
    wait(async {
        macro_rules! each {
            ($($name:ident),* $(,)?) => {
                $(
                    let since = Instant::now();
                    rabbitmq::$name(&target).await;
                    seen(stringify!($name), since);
                )*
            };
        }
        each!(
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
            what_is_in_the_way_is_named,
            the_root_virtual_host_can_be_described,
            messages_go_where_they_were_recorded_to_go,
        );
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
    let endpoint = |port: &str| vec![Endpoint { node: 1, host: "127.0.0.1".to_owned(), port: port.parse().unwrap() }];
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
