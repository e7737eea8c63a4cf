//! What a line in the log of a dead Kafka container means.

use crate::model::KnownCause;

/// The most specific first: a log can hold several.
pub(super) static KNOWN_CAUSES: &[KnownCause] = &[
    KnownCause {
        text: "Invalid cluster.id in",
        meaning: "the data on the volume belongs to another cluster id than the one mqlab recorded",
        way_out: "run `mqlab down --volumes` to start without the data, or put the volume's cluster id back on its label",
    },
    KnownCause {
        text: "InconsistentClusterIdException",
        meaning: "the data on the volume belongs to another cluster id than the one mqlab recorded",
        way_out: "run `mqlab down --volumes` to start without the data, or put the volume's cluster id back on its label",
    },
    KnownCause {
        text: "Stored node id",
        meaning: "the data on the volume was written by another node",
        way_out: "give the node its own volume back, or run `mqlab down --volumes` to start without the data",
    },
    KnownCause {
        text: "AccessDeniedException: /var/lib/kafka/data",
        meaning: "user 1000 of the image may not write to the data folder",
        way_out: "use the volume that mqlab makes; if it was filled by another user, run `mqlab down --volumes`",
    },
    KnownCause {
        text: "No space left on device",
        meaning: "the disk, or the tmpfs of `storage: memory`, is full",
        way_out: "make room in the engine's data folder, or use `storage: volume`",
    },
    KnownCause {
        text: "cannot use the nonroutable meta-address",
        meaning: "0.0.0.0 is advertised to clients, which cannot connect to it",
        way_out: "set `advertise_host` to a name or address that clients reach",
    },
    KnownCause {
        text: "java.lang.OutOfMemoryError",
        meaning: "the heap is too small for this topology",
        way_out: "set `heap: 1GiB`, or more, on the broker",
    },
    KnownCause {
        text: "Too many open files",
        meaning: "every partition holds several files open and the limit is reached",
        way_out: "declare fewer partitions, or raise the engine's default ulimit for open files",
    },
    KnownCause {
        text: "SIGILL",
        meaning: "this Java does not know this processor (Apple M4 with early builds of 17 and 21)",
        way_out: "set `env: { JAVA_TOOL_OPTIONS: \"-XX:UseSVE=0\" }` on the broker",
    },
    KnownCause {
        text: "Invalid value",
        meaning: "Kafka refuses a value in `config` or `env`",
        way_out: "correct the key that the line names",
    },
    KnownCause {
        text: "Missing required configuration",
        meaning: "an entry in `env` took away a setting that Kafka needs",
        way_out: "remove the `KAFKA_…` entries from `env` and use `config`",
    },
];
