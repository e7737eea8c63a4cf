//! Each mistake alone, by code and text; and all of a spec's mistakes in one run.

use super::super::testing::{broker, lines};
use super::{lint, validate};
use crate::model::{Address, App, Flow, Instances, Origin};
use crate::spec::Diagnostics;

fn errors(spec: &str) -> Vec<String> {
    let mut diagnostics = Diagnostics::default();
    validate(&broker(spec), &mut diagnostics);
    lines(&diagnostics)
}

fn lints(spec: &str, apps: &[App]) -> Vec<String> {
    let mut diagnostics = Diagnostics::default();
    lint(&broker(spec), apps, &mut diagnostics);
    lines(&diagnostics)
}

fn helps(spec: &str) -> Vec<String> {
    let mut diagnostics = Diagnostics::default();
    validate(&broker(spec), &mut diagnostics);
    diagnostics.list.into_iter().filter_map(|one| one.help).collect()
}

#[track_caller]
fn one(spec: &str, start: &str, help: &str) {
    let found = errors(spec);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(&format!("error {start}")), "{found:#?}");
    assert!(helps(spec)[0].contains(help), "{:?}", helps(spec));
}

#[track_caller]
fn suspicious(spec: &str, start: &str) {
    let found = lints(spec, &[]);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(&format!("lint {start}")), "{found:#?}");
}

const SOUND: &str = r##"
plugins: [rabbitmq_stomp, rabbitmq_consistent_hash_exchange]
config: { heartbeat: 30, vm_memory_high_watermark.relative: 0.5, channel_max: 100, log.console.level: debug }
users:
  mailer:
    password: secret
    tags: [management]
    permissions: { /: { configure: "", write: "^mail$", read: "^mail\\." }, other: { read: ".*" } }
    topic_permissions: { /: { mail: { write: "^mail\\." , read: "" } } }
exchanges:
  mail: { type: topic, alternate_exchange: amq.fanout }
  dead: { type: fanout }
  spread: { type: x-consistent-hash }
queues:
  mail.eu:
    type: quorum
    dead_letter: { exchange: dead }
    delivery_limit: 5
    bindings: [ { exchange: mail, routing_key: "mail.eu.#" } ]
  parked: { message_ttl: 7d, arguments: { x-max-priority: 5 }, bindings: [ { exchange: dead } ] }
  log: { type: stream, max_length_bytes: 1GiB, arguments: { x-max-age: 7D }, bindings: [ { exchange: amq.topic, routing_key: "#" } ] }
bindings:
  - { source: mail, destination: spread, destination_type: exchange, routing_key: "#" }
  - { source: spread, destination: parked, routing_key: "1" }
policies:
  ttl: { pattern: '^mail\.(?!us)', apply_to: quorum_queues, definition: { message-ttl: 60000 } }
operator_policies:
  most: { pattern: ".*", apply_to: queues, definition: { max-length: 100000 } }
vhosts:
  other: { default_queue_type: quorum, limits: { max-queues: 5 }, queues: { tasks: {} } }
"##;

#[test]
fn a_sound_spec_has_no_errors() {
    assert_eq!(errors(SOUND), [""; 0]);
}

#[test]
fn a_sound_spec_has_one_lint_for_each_loose_end() {
    let found = lints(SOUND, &[]);
    assert_eq!(
        found,
        [
            "lint queue-unreachable: nothing can reach the queue `tasks`: it has no binding, and no app produces to it by name"
        ]
    );
}

#[test]
fn all_mistakes_are_found_in_one_run() {
    let found = errors(
        r#"
plugins: [stomp]
exchanges: { a: { type: topci }, amq.mine: {} }
queues: { q: { exclusive: true, type: stream, durable: false, dead_letter: { exchange: nowhere } } }
bindings: [ { source: b, destination: c } ]
policies: { p: { pattern: "(", definition: { max-lenght: 1 } } }
"#,
    );
    let mut codes: Vec<&str> = found.iter().filter_map(|line| line.split([' ', ':']).nth(1)).collect();
    codes.sort_unstable();
    assert_eq!(
        codes,
        [
            "bad-pattern",
            "exclusive-queue",
            "queue-not-durable",
            "reserved-name",
            "setting-without-effect",
            "unknown-exchange",
            "unknown-exchange",
            "unknown-exchange-type",
            "unknown-plugin",
            "unknown-policy-key",
            "unknown-queue",
        ],
        "{found:#?}"
    );
}

#[test]
fn references_to_what_nobody_declares() {
    one(
        "exchanges: { mail: {} }\nqueues: { q: { bindings: [ { exchange: mial } ] } }",
        "unknown-exchange",
        "did you mean `mail`?",
    );
    one("exchanges: { a: { alternate_exchange: b } }", "unknown-exchange", "declare it");
    one("queues: { q: { dead_letter: { exchange: b } } }", "unknown-exchange", "declare it");
    one("queues: { q: { arguments: { x-dead-letter-exchange: b } } }", "unknown-exchange", "declare it");
    one("policies: { p: { pattern: q, definition: { dead-letter-exchange: b } } }", "unknown-exchange", "declare it");
    one(
        "exchanges: { a: {}, b: {} }\nbindings: [ { source: a, destination: b } ]",
        "unknown-queue",
        "destination_type: exchange",
    );
    one(
        "vhosts: { v: { queues: { q: { bindings: [ { exchange: mail } ] } } } }\nexchanges: { mail: {} }",
        "unknown-exchange",
        "declare",
    );
    one("users: { u: { password: p, permissions: { v: {} } } }", "unknown-vhost", "vhosts");
    assert_eq!(
        errors("queues: { q: { dead_letter: { exchange: '' }, bindings: [ { exchange: amq.headers } ] } }"),
        [""; 0]
    );
}

#[test]
fn the_default_exchange_cannot_be_bound() {
    one("queues: { q: { bindings: [ { exchange: '' } ] } }", "default-exchange-binding", "already");
}

#[test]
fn queues_that_cannot_be() {
    one(
        "queues: { q: { exclusive: true } }",
        "exclusive-queue: the queue `q` cannot be exclusive: such a queue belongs to the connection",
        "x-single-active-consumer",
    );
    one("queues: { q: { type: quorum, durable: false } }", "queue-not-durable", "type: classic");
    one("queues: { q: { type: quorum, auto_delete: true } }", "queue-auto-delete", "remove");
    one("version: '4.3'\nqueues: { q: { durable: false } }", "transient-queue", "durable");
    let permitted = "config: { deprecated_features.permit.transient_nonexcl_queues: true }";
    assert_eq!(errors(&format!("version: '4.3'\n{permitted}\nqueues: {{ q: {{ durable: false }} }}")), [""; 0]);
    assert_eq!(errors("queues: { q: { durable: false } }"), [""; 0], "4.0 still takes it");
    one("queues: { q: { type: stream, message_ttl: 5s } }", "setting-without-effect", "max_length_bytes");
    one("queues: { q: { delivery_limit: 5 } }", "setting-without-effect", "quorum");
}

#[test]
fn arguments_of_the_wrong_type_or_queue() {
    one("queues: { q: { arguments: { x-max-length: '5' } } }", "argument-type", "remove the quotes: `x-max-length: 5`");
    one("queues: { q: { arguments: { x-single-active-consumer: 1 } } }", "argument-type", "`true` or `false`");
    one("queues: { q: { arguments: { x-max-age: 7D } } }", "argument-not-for-type", "only stream queues");
    one("queues: { q: { arguments: { x-queue-type: quorum } } }", "set-twice", "type: quorum");
    assert_eq!(errors("queues: { q: { arguments: { x-message-ttl: 7d, x-mine: [1] } } }"), [""; 0]);
}

#[test]
fn one_setting_in_two_places() {
    one("queues: { q: { max_length: 5, arguments: { x-max-length: 5 } } }", "set-twice", "keep `max_length`");
    one(
        "queues: { q: { max_length: 5 } }\npolicies: { p: { pattern: q, definition: { max-length: 6 } } }",
        "set-twice",
        "from the policy",
    );
    assert_eq!(
        errors("queues: { q: { max_length: 5 } }\npolicies: { p: { pattern: q, definition: { message-ttl: 6 } } }"),
        [""; 0],
        "another key is taken along"
    );
    one(
        "exchanges: { a: { alternate_exchange: amq.topic, arguments: { alternate-exchange: amq.topic } } }",
        "set-twice",
        "alternate_exchange",
    );
    one("queues: { q: {} }\nvhosts: { /: { queues: { q: {} } } }", "declared-twice", "keep one");
}

#[test]
fn names() {
    one(
        &format!("queues: {{ {}: {{}} }}", "é".repeat(128)),
        "invalid-name: the name of this queue has 256 bytes",
        "shorten",
    );
    one("queues: { mqlab-probe-1: {} }", "reserved-name", "another name");
    one("users: { mqlab: { password: p } }", "reserved-name", "another name");
    one("policies: { mqlab.q: { pattern: q, definition: { max-length: 5 } } }", "reserved-name", "mqlab.");
    one("queues: { ..: {} }", "invalid-name: a queue cannot be named `..`", "another name");
    one("vhosts: { '.': {} }", "invalid-name: a virtual host cannot be named `.`", "another name");
    one("exchanges: { \"a\\nb\": {} }", "invalid-name", "line break");
    assert_eq!(errors(&format!("queues: {{ {}: {{}} }}", "x".repeat(255))), [""; 0]);
    assert_eq!(errors("queues: { ...: {} }"), [""; 0]);
}

#[test]
fn plugins_and_configuration() {
    one("plugins: [stomp]", "unknown-plugin", "did you mean `rabbitmq_stomp`?");
    let mut diagnostics = Diagnostics::default();
    validate(&broker("image: own/rabbit:1\nplugins: [rabbitmq_own]"), &mut diagnostics);
    let found = lines(&diagnostics);
    assert!(found.len() == 1 && found[0].starts_with("lint unknown-plugin"), "{found:?}");
    one("exchanges: { a: { type: x-random } }", "plugin-missing", "rabbitmq_random_exchange");
    one("config: { heartbaet: 5 }", "unknown-config", "did you mean `heartbeat`?");
    one("config: { heartbeat: soon }", "bad-config-value", "a whole number");
    one("config: { cluster_name: \"it's #1\" }", "bad-config-value", "no way to write it");
    one("config: { default_pass: x }", "managed-config", "users");
    one("config: { listeners.tcp.default: 5673 }", "managed-config", "ports");
    one("policies: { p: { pattern: q, definition: {} } }", "empty-policy", "definition");
    one("policies: { p: { pattern: q, definition: { message-ttl: '60000' } } }", "policy-value", "quotes");
    one("users: { u: { password: '' } }", "password-missing", "env:NAME");
    one("users: { u: { password: p, permissions: { /: { read: '[' } } } }", "bad-pattern", "regular expression");
}

#[test]
fn suspicious_things() {
    suspicious("queues: { q: {} }", "queue-unreachable");
    suspicious("exchanges: { e: {} }", "exchange-routes-nowhere");
    suspicious(
        "queues: { q: { durable: false, bindings: [ { exchange: amq.fanout } ] } }",
        "lost-at-restart: the queue",
    );
    suspicious(
        "exchanges: { e: { durable: false } }\nqueues: { q: { bindings: [ { exchange: e } ] } }",
        "lost-at-restart: the exchange `e`",
    );
    suspicious(
        "exchanges: { e: { type: fanout } }\nqueues: { q: { bindings: [ { exchange: e, routing_key: x } ] } }",
        "routing-key-on-fanout",
    );
    suspicious(
        "queues: { q: { bindings: [ { exchange: amq.headers, arguments: { a: 1 } } ] } }",
        "headers-without-x-match",
    );
    suspicious(
        "queues: { q: { arguments: { x-max-lenght: 5 }, bindings: [ { exchange: amq.fanout } ] } }",
        "unknown-argument",
    );
    suspicious("policies: { p: { pattern: '^nothing', definition: { max-length: 5 } } }", "policy-matches-nothing");
    suspicious(
        "queues: { q: { bindings: [ { exchange: amq.fanout } ] } }\npolicies: { a: { pattern: q, definition: { max-length: 5 } }, b: { pattern: q, definition: { expires: 5 } } }",
        "policy-tie",
    );
    suspicious(
        "queues: { work: { max_length: 9, dead_letter: { exchange: amq.direct, routing_key: retry }, bindings: [ { exchange: amq.direct, routing_key: work } ] }, \
         retry: { message_ttl: 9s, dead_letter: { exchange: amq.direct, routing_key: work }, bindings: [ { exchange: amq.direct, routing_key: retry } ] } }",
        "dead-letter-cycle: dead letters of the queue `work` can come back to it: work → retry → work",
    );
}

#[test]
fn a_retry_loop_is_no_ring_of_losses() {
    let spec = "queues: { work: { dead_letter: { exchange: amq.direct, routing_key: retry }, bindings: [ { exchange: amq.direct, routing_key: work } ] }, \
         retry: { message_ttl: 9s, dead_letter: { exchange: amq.direct, routing_key: work }, bindings: [ { exchange: amq.direct, routing_key: retry } ] } }";
    assert_eq!(lints(spec, &[]), [""; 0]);
}

#[test]
fn an_app_that_publishes_by_the_queues_name_reaches_it() {
    let origin = Origin { file: "mqlab.yaml".into(), line: 1, column: 1 };
    let flow = Flow {
        address: Address::new("jobs", "queue", "q"),
        routing_key: None,
        headers: [].into(),
        origin: origin.clone(),
    };
    let app = App {
        name: "a".into(),
        description: None,
        produces: vec![flow],
        consumes: Vec::new(),
        group: None,
        instances: Instances::default(),
        user: None,
        origin,
    };
    assert_eq!(lints("queues: { q: {} }", &[app]), [""; 0]);
    assert_eq!(
        lints(
            "queues: { q: {}, p: { dead_letter: { exchange: '', routing_key: q }, bindings: [ { exchange: amq.fanout } ] } }",
            &[]
        ),
        [""; 0],
        "so do dead letters"
    );
}
