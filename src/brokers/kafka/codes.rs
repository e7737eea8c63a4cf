//! What can be wrong with a broker of this kind: each code, what it means and what to do.

/// Beside those that every stack can have.
pub(super) const ERRORS: &[(&str, &str)] = &[
    (
        "bad-config-value",
        "The broker would refuse this value of the key, or start with another one. The message says what it takes.",
    ),
    ("invalid-name", "A name has characters that cannot be in it, or is too long. The message says what is allowed."),
    (
        "managed-config",
        "mqlab sets this key itself, from other fields of the file. Remove it; the message says what takes its place.",
    ),
    (
        "name-collision",
        "Two topics differ only by `.` and `_`, which Kafka refuses. Use one of the two characters in all names.",
    ),
    ("racks-and-nodes", "There are more or fewer racks than nodes. Write one for each node, node 1 first."),
    (
        "replication-above-nodes",
        "A topic wants more copies than there are nodes to keep them. Lower `replication_factor`, or add nodes.",
    ),
    ("reserved-name", "The broker or mqlab keeps the name for itself. Choose another."),
    (
        "too-many-partitions",
        "Kafka does not create a topic with so many partitions and settings in one request. Write fewer.",
    ),
    ("unknown-config", "This version of the broker has no such configuration key. Correct or remove it."),
];
