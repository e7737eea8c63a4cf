//! What can be wrong with a broker of this kind: each code, what it means and what to do.

/// Beside those that every stack can have.
pub(super) const ERRORS: &[(&str, &str)] = &[
    (
        "bad-config-value",
        "The broker would refuse this value of the key, or start with another one. The message says what it takes.",
    ),
    ("bad-filter", "Artemis would refuse the filter. Write a selector: `kind = 'audit' AND amount > 10`."),
    ("bad-match", "A match is no pattern of Artemis. `*` is one word between dots, `#` at the end all that follow."),
    (
        "divert-to-itself",
        "A divert sends messages back to where they come from. Name another address under `forward_to`.",
    ),
    ("duplicate-queue", "Two addresses have a queue of one name, and names of queues are the broker's. Rename one."),
    ("invalid-name", "A name has characters that cannot be in it, or is too long. The message says what is allowed."),
    (
        "managed-config",
        "mqlab sets this key itself, from other fields of the file. Remove it; the message says what takes its place.",
    ),
    (
        "max-size-below-page",
        "An address may have fewer bytes than one page of it. Set `page_size_bytes` below `max_size_bytes`.",
    ),
    ("name-collision", "A divert is called like a queue, and Artemis would make no divert. Give it another name."),
    ("out-of-range", "A number is smaller or larger than the field takes. The message has the limits."),
    ("password-missing", "A user without a password could not log in. Write `password: \"${env:NAME}\"`."),
    ("reserved-name", "The broker or mqlab keeps the name for itself. Choose another."),
    (
        "role-inside-another",
        "Artemis would take a role for another one whose name it is a part of. Give one of the two another name.",
    ),
    (
        "routing-mismatch",
        "A queue has another routing than its address. Leave `routing` out, or set `routing: both` on the address.",
    ),
    (
        "routing-missing",
        "The address has both routings, and a queue of it does not say which. Add `routing` to the queue.",
    ),
    (
        "too-little-memory",
        "The broker would not start, or not live long, with so little memory. Raise what the message names, or leave it out.",
    ),
    ("unknown-address", "Something points at an address that nobody declares. Declare it under `addresses`."),
    ("unknown-config", "This version of the broker has no such configuration key. Correct or remove it."),
    (
        "wrong-type",
        "A value has another form than the field takes: text for a number, a list for a map. The message has both.",
    ),
];
