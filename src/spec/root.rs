//! The shape of the whole file, and what every broker has whatever its kind.

use super::{Field, Object, Shape};

/// The version of the format that this mqlab reads.
pub const FORMAT: i64 = 1;

/// The file itself.
pub static ROOT: Object = Object {
    name: "spec",
    doc: "A stack of message brokers, what lives inside each, and the programs around them.",
    fields: &[
        Field::new("mqlab", Shape::Int { least: 1, most: i64::MAX }, "The version of this format: 1."),
        Field::new(
            "stack",
            Shape::Text,
            "The stack's name, part of every container's name: `[a-z0-9][a-z0-9_.-]{0,39}`. The folder's name by default.",
        ),
        // The value depends on `kind`, so the checker looks the fields up; here it is for the schema only.
        Field::new(
            BROKERS,
            Shape::Map { key: "broker", value: &Shape::Object(&BROKER) },
            "The brokers by name: `[a-z0-9_]+`.",
        )
        .required()
        .also(&["services", "clusters"]),
        Field::new(
            "apps",
            Shape::Map { key: "app", value: &Shape::Object(&APP) },
            "The programs around the brokers: who talks to whom.",
        ),
        Field::new("images", Shape::Object(&IMAGES), "Where container images come from."),
        Field::new("site", Shape::Object(&SITE), "The site about this stack."),
    ],
};

pub(crate) const BROKERS: &str = "brokers";
pub(crate) const CONFIG: &str = "config";
pub(crate) const DEFAULTS: &str = "defaults";
pub(crate) const ON_CHANGE: &str = "on_change";

/// What every broker has. The fields of its kind come on top.
pub static BROKER: Object = Object {
    name: "broker",
    doc: "One broker: its containers, and the topology inside it.",
    fields: &[
        Field::new("kind", Shape::Text, "Which broker it is.").required().also(&["type"]),
        Field::new(
            "version",
            Shape::Text,
            "Its version, in quotes: `\"4.3\"`. The newest that every image source can give by default.",
        ),
        Field::new(
            "distribution",
            Shape::Text,
            "Whose packaging of the broker, where there are several: `confluent` for Kafka. The makers' own by default.",
        ),
        Field::new("image", Shape::Text, "An image reference of your own; no other source is tried then."),
        Field::new("platform", Shape::Text, "The image's platform, such as `linux/amd64`."),
        Field::new("nodes", Shape::Int { least: 1, most: 99 }, "How many containers form the broker. 1 by default.")
            .also(&["replicas", "brokers"]),
        Field::new(
            "storage",
            Shape::Choice(&["volume", "memory"]),
            "Where its data is: `volume` (default) is kept by `down`, with `memory` it is gone when the container stops.",
        )
        .also(&["volumes", "tmpfs"]),
        Field::new("memory", Shape::Size, "The container's memory limit. None by default.").also(&["mem_limit"]),
        Field::new("heap", Shape::Size, "The heap of a broker that runs on a JVM."),
        Field::new(
            "env",
            Shape::Map { key: "variable", value: &Shape::Scalar },
            "More environment variables of the container. No secrets: `docker inspect` shows them.",
        )
        .also(&["environment"]),
        Field::new(
            "ports",
            Shape::Map { key: "port", value: &Shape::Either(&[PORT, Shape::List(&PORT)]) },
            "Host ports by port name, one for each node. The standard port, or the next free one, by default.",
        ),
        Field::new("bind", Shape::Text, "The host address that ports bind to. 127.0.0.1 by default."),
        Field::new("advertise_host", Shape::Text, "The name or address under which clients reach this host."),
        Field::new(
            CONFIG,
            Shape::Map { key: "setting", value: &Shape::Scalar },
            "The broker's own configuration, keys as the broker spells them.",
        )
        .also(&["settings", "configuration", "properties"]),
        Field::new(
            "unmanaged",
            Shape::Choice(&["report", "fail"]),
            "What objects that this file does not mention are: listed (default), or drift.",
        ),
        Field::new(
            ON_CHANGE,
            Shape::Choice(&["refuse", "replace"]),
            "What happens to an object of this broker whose change needs a new one, where the object itself does not say.",
        ),
        Field::new("external", Shape::Any, "A broker that runs elsewhere.").reserved(),
        Field::new("tls", Shape::Any, "Encrypted listeners.").reserved(),
        Field::new("acls", Shape::Any, "Access rules.").reserved(),
        Field::new("quotas", Shape::Any, "Rate limits of clients.").reserved(),
        Field::new("federation", Shape::Any, "Links to other brokers.").reserved(),
        Field::new("shovels", Shape::Any, "Transports between queues.").reserved(),
        Field::new("limits", Shape::Any, "Limits of the broker.").reserved(),
    ],
};

const PORT: Shape = Shape::Int { least: 1, most: 65_535 };

static APP: Object = Object {
    name: "app",
    doc: "A program that talks to brokers.",
    fields: &[
        Field::new("description", Shape::Text, "What it does, for the site."),
        Field::new(
            "produces",
            Shape::List(&Shape::Either(&[Shape::Text, Shape::Object(&PRODUCES)])),
            "What it writes to: addresses such as `events/orders`.",
        ),
        Field::new(
            "consumes",
            Shape::List(&Shape::Either(&[Shape::Text, Shape::Object(&CONSUMES)])),
            "What it reads from: addresses such as `jobs/mail.eu`.",
        ),
        Field::new("group", Shape::Text, "Its consumer group, for brokers that have them.")
            .also(&["group_id", "consumer_group"]),
        Field::new("instances", Shape::Int { least: 1, most: 100_000 }, "How many copies of it run. 1 by default.")
            .also(&["replicas", "scale"]),
        Field::new("user", Shape::Text, "The user it logs in as, where the broker's users are declared."),
    ],
};

static PRODUCES: Object = Object {
    name: "flow",
    doc: "Something that an app writes to, with what it writes on its messages.",
    fields: &[
        Field::new("to", Shape::Text, "An address: `broker/kind/name`, or `broker/name` where that is unique.")
            .required(),
        Field::new("routing_key", Shape::Text, "The routing key of its messages."),
        Field::new("headers", Shape::Map { key: "header", value: &Shape::Any }, "Headers of its messages."),
    ],
};

static CONSUMES: Object = Object {
    name: "flow",
    doc: "Something that an app reads from.",
    fields: &[Field::new(
        "from",
        Shape::Text,
        "An address: `broker/kind/name`, or `broker/name` where that is unique.",
    )
    .required()],
};

static IMAGES: Object = Object {
    name: "image setting",
    doc: "Where container images come from.",
    fields: &[
        Field::new(
            "mirrors",
            Shape::List(&Shape::Either(&[Shape::Text, Shape::Object(&MIRROR)])),
            "Registries that are asked, in this order, for what the hub does not give: URLs, alone or with settings.",
        )
        .also(&["registry-mirrors", "registry_mirrors"]),
        Field::new(
            "build",
            Shape::Choice(&["fallback", "always", "never"]),
            "Whether mqlab builds images itself: where no registry has them (default), always, or never.",
        ),
        Field::new("base", Shape::Text, "The base image of local recipes: a reference, or a tar file."),
        Field::new("repositories", Shape::Object(&REPOSITORIES), "Where local recipes get their software."),
        Field::new("proxy", Shape::Text, "An HTTP proxy for local recipes.").secret(),
        Field::new(
            "build_args",
            Shape::Map { key: "argument", value: &Shape::Scalar },
            "Build arguments of local recipes.",
        ),
    ],
};

static MIRROR: Object = Object {
    name: "mirror setting",
    doc: "A registry that is asked for another one's images.",
    fields: &[
        Field::new(
            "url",
            Shape::Text,
            "Its URL. With `{registry}` and `{repository}` in the path it says where an image is: \
             `https://mirror.example/{registry}/{repository}`.",
        )
        .required(),
        Field::new(
            "for",
            Shape::List(&Shape::Text),
            "The registries that it stands for, such as `ghcr.io`. `[docker.io]` by default; all, where the URL has \
             `{registry}`.",
        ),
        Field::new(
            "trust",
            Shape::Choice(&["digest", "tags"]),
            "`digest` (default): only content whose digest is known from elsewhere. `tags`: what it says a tag means, \
             too.",
        ),
        Field::new("timeout", Shape::Duration, "How long a pull from it may stand still. `30s` by default."),
    ],
};

static REPOSITORIES: Object = Object {
    name: "repository setting",
    doc: "Where local recipes get their software.",
    fields: &[
        Field::new("debian", Shape::Text, "URL of a Debian package mirror."),
        Field::new("maven", Shape::Text, "URL of a Maven repository."),
    ],
};

/// Those that the site has all its texts in.
const LANGUAGE: Shape = Shape::Choice(&["en", "zh"]);

static SITE: Object = Object {
    name: "site setting",
    doc: "The site about this stack.",
    fields: &[
        Field::new("title", Shape::Text, "Its title. The stack's name by default."),
        Field::new("languages", Shape::List(&LANGUAGE), "Its languages, the first at its top. `[en, zh]` by default."),
        Field::new("out", Shape::Text, "The folder it is written to. `mqlab-site` beside this file by default."),
    ],
};
