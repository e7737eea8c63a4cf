//! What can be wrong with a broker of this kind: each code, what it means and what to do.

/// Beside those that every stack can have.
pub(super) const ERRORS: &[(&str, &str)] = &[
    (
        "bad-attribute-value",
        "RocketMQ does not know this value of a topic's attribute. The message says what it takes.",
    ),
    (
        "bad-config-value",
        "The broker would refuse this value of the key, or start with another one. The message says what it takes.",
    ),
    ("invalid-name", "A name has characters that cannot be in it, or is too long. The message says what is allowed."),
    (
        "managed-config",
        "mqlab sets this key itself, from other fields of the file. Remove it; the message says what takes its place.",
    ),
    ("reserved-name", "The broker or mqlab keeps the name for itself. Choose another."),
    ("unknown-attribute", "A topic has no such attribute, or it is a field of its own. The message says which."),
    ("unknown-config", "This version of the broker has no such configuration key. Correct or remove it."),
    ("unknown-group", "An app consumes in a group that nobody declares. Declare it under `subscription_groups`."),
];
