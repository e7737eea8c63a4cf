//! What can be wrong with a broker of this kind: each code, what it means and what to do.

/// Beside those that every stack can have.
pub(super) const ERRORS: &[(&str, &str)] = &[
    (
        "bad-config-value",
        "The broker would refuse this value of the key, or start with another one. The message says what it takes.",
    ),
    (
        "composite-circle",
        "A composite hands messages on to itself in the end. Take one of the composites out of the circle.",
    ),
    ("empty-selector", "An empty selector selects nothing. Leave it out, or write one."),
    ("filled-in", "ActiveMQ fills in `${` and `#{` wherever they stand. Use other characters."),
    ("forward-to-nobody", "A composite hands on to nobody. Name at least one queue or topic."),
    ("invalid-destination", "A name says neither queue nor topic. Write `queue/NAME` or `topic/NAME`."),
    ("invalid-name", "A name has characters that cannot be in it, or is too long. The message says what is allowed."),
    (
        "invalid-pattern",
        "A wildcard stands where ActiveMQ knows none. `*` is one word between dots, `>` at the end all that follow.",
    ),
    (
        "managed-config",
        "mqlab sets this key itself, from other fields of the file. Remove it; the message says what takes its place.",
    ),
    ("managed-env", "An environment variable would change what mqlab writes. Use the field that the message names."),
    ("name-collision", "Two names differ only by characters that ActiveMQ shows as one. Use one of them in all names."),
    (
        "network-without-advisories",
        "Without advisories the nodes do not know where a message is wanted. Remove the key, or `nodes`.",
    ),
    ("redelivery-on-a-topic", "The broker gives messages out again from queues alone. Leave it out for a topic."),
    ("redelivery-too-soon", "ActiveMQ does not start with a delay of less than a second. Write `1s` or more."),
    (
        "redelivery-without-scheduler",
        "The scheduler gives messages out again, and is switched off. Remove that key, or every `max_redeliveries`.",
    ),
    ("reserved-name", "The broker or mqlab keeps the name for itself. Choose another."),
    (
        "two-policies",
        "A queue or topic has a policy of its own and one under `policies`, and ActiveMQ applies one. Put all of it in one place.",
    ),
    ("unknown-config", "This version of the broker has no such configuration key. Correct or remove it."),
    (
        "unknown-destination",
        "Something names a queue or topic that nobody declares. Add it under `queues` or `topics`.",
    ),
];
