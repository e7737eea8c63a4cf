//! What a line in the log of a dead RocketMQ container means.

use crate::model::KnownCause;

/// The most specific first: a log can hold several.
pub(super) static KNOWN_CAUSES: &[KnownCause] = &[
    KnownCause {
        text: "/home/rocketmq/store/lock (Permission denied)",
        meaning: "user 3000 of the image may not write to the data folder",
        way_out: "use the volume that mqlab makes; if it was filled by another user, run `mqlab down --volumes`",
    },
    KnownCause {
        text: "Lock failed,MQ already started",
        meaning: "another broker works on the same data",
        way_out: "stop the other container that has this volume",
    },
    KnownCause {
        text: "No space left on device",
        meaning: "the disk, or the tmpfs of `storage: memory`, is full",
        way_out: "make room in the engine's data folder, or use `storage: volume`",
    },
    KnownCause {
        text: "of direct buffer memory",
        meaning: "each thread that writes keeps a buffer for the largest message, and there is no room for one more",
        way_out: "give it more: `env: { JAVA_OPT_EXT: \"-Xmx512m -XX:MaxDirectMemorySize=1g\" }`",
    },
    KnownCause {
        text: "java.lang.OutOfMemoryError",
        meaning: "the heap is too small for what it holds",
        way_out: "set `heap: 1GiB`, or more, on the broker",
    },
    KnownCause {
        text: "Invalid maximum heap size",
        meaning: "an option for Java in `env` makes no sense",
        way_out: "correct `JAVA_OPT_EXT` or `JAVA_OPT` in `env`, or use `heap`",
    },
    KnownCause {
        text: "Address already in use",
        meaning: "two listeners in the container want the same port",
        way_out: "pin another port: `ports: { proxy_remoting: 18080 }`",
    },
    KnownCause {
        text: "create system broadcast topic DefaultHeartBeatSyncerTopic failed",
        meaning: "the proxy found no master to work with",
        way_out: "look at the broker's log: `mqlab logs`",
    },
];
