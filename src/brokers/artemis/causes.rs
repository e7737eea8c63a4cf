//! What a line in the log of a dead Artemis container means. The words are those of 2.56.0.

use crate::model::KnownCause;

/// The most specific first: a log can hold several.
pub(super) static KNOWN_CAUSES: &[KnownCause] = &[
    KnownCause {
        text: "AMQ214019: Invalid configuration",
        meaning: "the broker does not take a value in `config`",
        way_out: "correct the value that the line behind it names",
    },
    KnownCause {
        text: "can not open file /var/lib/artemis-instance/data",
        meaning: "user 1001 of the image may not write to the data folder",
        way_out: "use the volume that mqlab makes; if it was filled by another user, run `mqlab down --volumes`",
    },
    KnownCause {
        text: "Initial heap size set to a larger value than the maximum",
        meaning: "the options in `env` leave less heap than the JVM begins with",
        way_out: "set `heap: 512MiB` on the broker instead of `JAVA_ARGS_APPEND`",
    },
    KnownCause {
        text: "java.lang.OutOfMemoryError",
        meaning: "the heap is too small for these addresses and messages",
        way_out: "set `heap: 1GiB`, or more, on the broker",
    },
    KnownCause {
        text: "No space left on device",
        meaning: "the disk, or the tmpfs of `storage: memory`, is full",
        way_out: "make room in the engine's data folder, or use `storage: volume`",
    },
    KnownCause {
        text: "AMQ222212",
        meaning: "the disk is fuller than `max-disk-usage`, so producers are held back",
        way_out: "make room in the engine's data folder, or raise `max-disk-usage` in `config`",
    },
    KnownCause {
        text: "io_setup",
        meaning: "the kernel has no room for another asynchronous journal",
        way_out: "leave out `journal-type: ASYNCIO`, or raise `fs.aio-max-nr` on the engine's machine",
    },
    KnownCause {
        text: "Lock is already held",
        meaning: "another container works on the same data",
        way_out: "stop it: a volume belongs to one node",
    },
];
