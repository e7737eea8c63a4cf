//! What a line in the log of a dead ActiveMQ container means.

use crate::model::KnownCause;

/// The most specific first: a log can hold several.
pub(super) static KNOWN_CAUSES: &[KnownCause] = &[
    KnownCause {
        text: "could not be locked as lock is already held",
        meaning: "another process has the data on the volume open",
        way_out: "stop the other container that uses the volume, then run the same command again",
    },
    KnownCause {
        text: "No space left on device",
        meaning: "the disk, or the tmpfs of `storage: memory`, is full",
        way_out: "make room in the engine's data folder, or use `storage: volume`",
    },
    KnownCause {
        text: "initialRedeliveryDelay must exceed",
        meaning: "the broker refuses a delay of less than a second before it gives out a message again",
        way_out: "set `redelivery_delay: 1s` or more",
    },
    KnownCause {
        text: "RedeliveryPlugin requires schedulerSupport",
        meaning: "redelivery by the broker needs its scheduler, which `config` turned off",
        way_out: "remove `schedulerSupport: false`, or every `max_redeliveries`",
    },
    KnownCause {
        text: "InvalidSelectorException",
        meaning: "a selector of a composite is none",
        way_out: "correct the `selector` that the log quotes",
    },
    KnownCause {
        text: "Invalid property '",
        meaning: "this version does not know something that the configuration sets",
        way_out: "remove the key that the log names, or use the version that `mqlab check` knows it in",
    },
    KnownCause {
        text: "java.lang.OutOfMemoryError",
        meaning: "the heap is too small for what the broker holds",
        way_out: "set `heap: 1GiB`, or more, on the broker",
    },
    KnownCause {
        text: "threw exception",
        meaning: "the broker refuses a value in `config`, its own or a policy's",
        way_out: "correct the value of the property that the log names",
    },
    KnownCause {
        text: "Failed to convert property value",
        meaning: "a value in `config`, the broker's or a policy's, is not of the type that its key wants",
        way_out: "correct the value that the log names",
    },
];
