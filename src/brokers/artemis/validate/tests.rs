//! All mistakes in one run.

use super::super::testing::{broker, lines};
use super::validate;
use crate::spec::Diagnostics;

fn errors(spec: &str) -> Vec<String> {
    let mut diagnostics = Diagnostics::default();
    validate(&broker(spec), &mut diagnostics);
    assert!(diagnostics.list.iter().all(|one| one.help.as_ref().is_some_and(|help| !help.is_empty())));
    lines(&diagnostics)
}

#[track_caller]
fn one(spec: &str, start: &str) {
    let found = errors(spec);
    assert_eq!(found.len(), 1, "{found:#?}");
    assert!(found[0].starts_with(&format!("error {start}")), "{found:#?}");
}

#[test]
fn a_sound_spec_has_no_errors() {
    let spec = r##"
config: { max-disk-usage: 95, disk-scan-period: 5s, journal-type: NIO, global-max-size: 64MiB }
users: { app: { password: secret, roles: [app, amq] } }
addresses:
  invoices: { routing: anycast }
  prices: { routing: multicast, queues: { prices.audit: { filter: "kind = 'audit'", max_consumers: 1 } } }
  mixed: { routing: both, queues: { m1: { routing: anycast }, m2: { routing: multicast, ring_size: 10 } } }
address_settings:
  "#": { max_delivery_attempts: 5, redelivery_delay: 2s, redelivery_delay_multiplier: "1.5" }
  "invoices.#": { dead_letter_address: DLQ, max_size_bytes: 20MiB, expiry_address: invoices }
security: { "invoices.#": { send: [app], consume: [app], manage: [ops] } }
diverts: { copy: { address: invoices, forward_to: prices, filter: "amount > 10" } }
"##;
    assert_eq!(errors(spec), [""; 0]);
}

#[test]
fn names_that_cannot_be() {
    one("addresses: { \"a::b\": { routing: multicast } }", "invalid-name");
    one("addresses: { activemq.management: { routing: multicast } }", "reserved-name");
    one("addresses: { mqlab-probe.x: { routing: multicast } }", "reserved-name");
    one("addresses: { \" a\": { routing: multicast } }", "invalid-name");
    one("users: { mqlab: { password: p } }", "reserved-name");
    one("users: { a: { password: '' } }", "password-missing");
    one("users: { a: { password: p, roles: ['a b'] } }", "invalid-name: `a b` cannot be the name of a role");
    one("security: { a: { send: ['a,b'] } }", "invalid-name");
}

#[test]
fn queues_have_one_name_and_one_routing() {
    one(
        "addresses: { a: { routing: anycast }, b: { routing: anycast, queues: { a: {} } } }",
        "duplicate-queue: the queue `a` is declared under `a` already",
    );
    one("addresses: { a: { routing: both, queues: { q: {} } } }", "routing-missing");
    one("addresses: { a: { routing: multicast, queues: { q: { routing: anycast } } } }", "routing-mismatch");
    one("addresses: { a: { routing: multicast, queues: { q: { filter: \"a = \" } } } }", "bad-filter");
}

#[test]
fn diverts_go_from_one_declared_address_to_another() {
    let addresses = "addresses: { a: { routing: anycast }, b: { routing: multicast } }";
    one(
        &format!("{addresses}\ndiverts: {{ d: {{ address: a, forward_to: c }} }}"),
        "unknown-address: nobody declares the address `c`",
    );
    one(&format!("{addresses}\ndiverts: {{ d: {{ address: a, forward_to: a }} }}"), "divert-to-itself");
    one(&format!("{addresses}\ndiverts: {{ a: {{ address: a, forward_to: b }} }}"), "name-collision");
    assert_eq!(errors(&format!("{addresses}\ndiverts: {{ d: {{ address: a, forward_to: DLQ }} }}")), [""; 0]);
}

#[test]
fn settings_that_the_broker_refuses() {
    one("address_settings: { \"a.#.b\": { max_delivery_attempts: 5 } }", "bad-match");
    one("address_settings: { \"a#\": { max_delivery_attempts: 5 } }", "bad-match");
    one("address_settings: { \"a..b\": { max_delivery_attempts: 5 } }", "bad-match");
    one("address_settings: { a: { dead_letter_address: nowhere } }", "unknown-address");
    one("address_settings: { a: { max_size_bytes: 1MiB } }", "max-size-below-page");
    assert_eq!(errors("address_settings: { a: { max_size_bytes: 1MiB, page_size_bytes: 64KiB } }"), [""; 0]);
    one("address_settings: { a: { redelivery_delay_multiplier: fast } }", "wrong-type");
    one("address_settings: { a: { page_size_bytes: 3GiB } }", "out-of-range");
}

#[test]
fn a_restart_must_not_give_a_role_more_than_it_had() {
    one(
        "security: { a: { send: [app], create_address: [application] } }",
        "role-inside-another: after a restart `app`",
    );
    assert_eq!(errors("security: { a: { send: [app, application], create_address: [app] } }"), [""; 0]);
    assert_eq!(errors("security: { a: { send: [application], consume: [app] } }"), [""; 0]);
}

#[test]
fn configuration_is_what_the_schema_knows() {
    one("config: { max-disk-usag: 90 }", "unknown-config");
    one("config: { max-disk-usage: lots }", "bad-config-value");
    one("config: { name: mine }", "managed-config");
    one("heap: 67108864", "too-little-memory");
    assert_eq!(errors("config: { max-disk-usage: null }"), [""; 0]);
}
