//! What somebody could do by hand to each attribute of what `artemis.rs` declares, and what is told about it.

/// What is told, the operation, and its arguments; `null` and `false` are themselves, everything else is text.
pub(crate) type Hand = (&'static str, &'static str, &'static [&'static str]);

const QUEUE: &str = "updateQueue(java.lang.String)";
const DIVERT: &str = "updateDivert(java.lang.String)";
pub(crate) const SETTINGS: &str = "addAddressSettings(java.lang.String,java.lang.String)";
const SECURITY: &str = "addSecuritySettings(java.lang.String,java.lang.String)";
const USER: &str = "resetUser(java.lang.String,java.lang.String,java.lang.String,boolean)";
const ADDRESS: &str = "updateAddress(java.lang.String,java.lang.String)";

#[rustfmt::skip]
pub(crate) const CHANGES: &[Hand] = &[
    ("max_consumers: 9 → 3", QUEUE, &[r#"{"name":"a.tuned","max-consumers":9}"#]),
    ("exclusive: true → false", QUEUE, &[r#"{"name":"a.tuned","exclusive":true}"#]),
    ("ring_size: 5 → 100", QUEUE, &[r#"{"name":"a.tuned","ring-size":5}"#]),
    ("purge_on_no_consumers: true → false", QUEUE, &[r#"{"name":"a.tuned","purge-on-no-consumers":true}"#]),
    ("enabled: false → true", QUEUE, &[r#"{"name":"a.tuned","enabled":false}"#]),
    ("consumers_before_dispatch: 4 → 1", QUEUE, &[r#"{"name":"a.tuned","consumers-before-dispatch":4}"#]),
    ("delay_before_dispatch: 7 → 1000", QUEUE, &[r#"{"name":"a.tuned","delay-before-dispatch":7}"#]),
    ("group_rebalance: true → false", QUEUE, &[r#"{"name":"a.tuned","group-rebalance":true}"#]),
    ("group_buckets: 2 → 8", QUEUE, &[r#"{"name":"a.tuned","group-buckets":2}"#]),
    ("group_first_key: x → first", QUEUE, &[r#"{"name":"a.tuned","group-first-key":"x"}"#]),
    ("max_delivery_attempts: 6 → 5", SETTINGS, &["a.#", r#"{"maxDeliveryAttempts":6,"deadLetterAddress":"a.dead","addressFullMessagePolicy":"BLOCK","redeliveryMultiplier":1.5}"#]),
    ("dead_letter_address: z → a.dead", SETTINGS, &["a.#", r#"{"maxDeliveryAttempts":5,"deadLetterAddress":"z","addressFullMessagePolicy":"BLOCK","redeliveryMultiplier":1.5}"#]),
    ("address_full_policy: DROP → BLOCK", SETTINGS, &["a.#", r#"{"maxDeliveryAttempts":5,"deadLetterAddress":"a.dead","addressFullMessagePolicy":"DROP","redeliveryMultiplier":1.5}"#]),
    ("redelivery_delay_multiplier: 2.0 → 1.5", SETTINGS, &["a.#", r#"{"maxDeliveryAttempts":5,"deadLetterAddress":"a.dead","addressFullMessagePolicy":"BLOCK","redeliveryMultiplier":2}"#]),
    ("send: [\"evil\"] → [\"app\"]", SECURITY, &["a.#", r#"{"send":["evil"],"consume":["app"],"createNonDurableQueue":["app"]}"#]),
    ("consume: (default) → [\"app\"]", SECURITY, &["a.#", r#"{"send":["app"],"createNonDurableQueue":["app"]}"#]),
    ("browse: [\"x\"] → (default)", SECURITY, &["a.#", r#"{"send":["app"],"consume":["app"],"createNonDurableQueue":["app"],"browse":["x"]}"#]),
    ("create_address: [\"x\"] → (default)", SECURITY, &["a.#", r#"{"send":["app"],"consume":["app"],"createNonDurableQueue":["app"],"createAddress":["x"]}"#]),
    ("delete_address: [\"x\"] → (default)", SECURITY, &["a.#", r#"{"send":["app"],"consume":["app"],"createNonDurableQueue":["app"],"deleteAddress":["x"]}"#]),
    ("create_durable_queue: [\"x\"] → (default)", SECURITY, &["a.#", r#"{"send":["app"],"consume":["app"],"createNonDurableQueue":["app"],"createDurableQueue":["x"]}"#]),
    ("delete_durable_queue: [\"x\"] → (default)", SECURITY, &["a.#", r#"{"send":["app"],"consume":["app"],"createNonDurableQueue":["app"],"deleteDurableQueue":["x"]}"#]),
    ("create_non_durable_queue: [\"x\"] → [\"app\"]", SECURITY, &["a.#", r#"{"send":["app"],"consume":["app"],"createNonDurableQueue":["x"]}"#]),
    ("delete_non_durable_queue: [\"x\"] → (default)", SECURITY, &["a.#", r#"{"send":["app"],"consume":["app"],"createNonDurableQueue":["app"],"deleteNonDurableQueue":["x"]}"#]),
    ("manage: [\"app\"] → (default)", SECURITY, &["a.#", r#"{"send":["app"],"consume":["app"],"createNonDurableQueue":["app"],"manage":["app"]}"#]),
    ("roles: [\"amq\"] → [\"app\"]", USER, &["app", "null", "amq", "false"]),
    ("password: *** → ***", USER, &["app", "other", "app", "false"]),
    ("routing: both → anycast", ADDRESS, &["a.any", "ANYCAST,MULTICAST"]),
    ("forward_to: news → a.multi", DIVERT, &[r#"{"name":"copy","forwarding-address":"news","filter-string":"kind = 'audit'","routing-type":"STRIP"}"#]),
    ("filter: (default) → \"kind = 'audit'\"", DIVERT, &[r#"{"name":"copy","forwarding-address":"a.multi","routing-type":"STRIP"}"#]),
    ("routing: pass → strip", DIVERT, &[r#"{"name":"copy","forwarding-address":"a.multi","filter-string":"kind = 'audit'","routing-type":"PASS"}"#]),
];

#[rustfmt::skip]
pub(crate) const REMOVALS: &[Hand] = &[
    ("+ art/queue/a.plain", "destroyQueue(java.lang.String)", &["a.plain"]),
    ("+ art/divert/copy", "destroyDivert(java.lang.String)", &["copy"]),
    ("+ art/user/idle", "removeUser(java.lang.String)", &["idle"]),
    ("+ art/security_setting/a.#", "removeSecuritySettings(java.lang.String)", &["a.#"]),
    ("+ art/address_setting/a.#", "removeAddressSettings(java.lang.String)", &["a.#"]),
    ("+ art/queue/open", "destroyQueue(java.lang.String)", &["open"]),
    ("+ art/address/open", "deleteAddress(java.lang.String)", &["open"]),
];

/// What cannot change while an object exists: the line of the file before and after, the object, and what is told.
#[rustfmt::skip]
pub(crate) const FIXED: &[(&str, &str, &str, &str)] = &[
    ("a.filtered: { filter: \"kind = 'audit'\" }", "a.filtered: { filter: \"kind = 'x'\" }", "art/queue/a.filtered", "forget another `filter`"),
    ("a.passing: { durable: false }", "a.passing: { durable: true }", "art/queue/a.passing", "`durable`"),
    ("a.last: { last_value_key: product }", "a.last: { last_value_key: shop }", "art/queue/a.last", "`last_value_key`"),
    ("copy: { address: a.any,", "copy: { address: a.dead,", "art/divert/copy", "`address`"),
    ("forward_to: a.multi,", "forward_to: a.multi, exclusive: true,", "art/divert/copy", "`exclusive`"),
];
