//! What can be wrong with a broker of this kind: each code, what it means and what to do.

/// Beside those that every stack can have.
pub(super) const ERRORS: &[(&str, &str)] = &[
    ("argument-not-for-type", "Queues of this type cannot have the argument. Remove it, or change the type."),
    (
        "argument-type",
        "An argument is of another type than RabbitMQ wants: in quotes a number is text. Write it as the message says.",
    ),
    (
        "bad-config-value",
        "The broker would refuse this value of the key, or start with another one. The message says what it takes.",
    ),
    (
        "bad-pattern",
        "A regular expression does not compile. `.*` matches everything, and `\\\\.` in double quotes is a dot.",
    ),
    (
        "bad-x-match",
        "`x-match` of a headers binding is another word than `all`, `any`, `all-with-x` or `any-with-x`. Write one of them.",
    ),
    (
        "declared-twice",
        "What stands directly under the broker is in the virtual host `/`, and that declares it too. Keep one.",
    ),
    (
        "default-exchange-binding",
        "Nothing can be bound to the default exchange: it reaches every queue by the queue's name. Remove the binding.",
    ),
    ("empty-policy", "RabbitMQ refuses a policy that sets nothing. Give its `definition` a setting, or remove it."),
    (
        "exclusive-queue",
        "An exclusive queue belongs to the connection that declares it, so no file can. The message has what to use instead.",
    ),
    ("invalid-name", "A name has characters that cannot be in it, or is too long. The message says what is allowed."),
    ("key-too-long", "A routing key has more bytes than RabbitMQ allows. Shorten it."),
    (
        "managed-config",
        "mqlab sets this key itself, from other fields of the file. Remove it; the message says what takes its place.",
    ),
    ("out-of-range", "A number is smaller or larger than the field takes. The message has the limits."),
    ("password-missing", "A user without a password could not log in. Write `password: \"${env:NAME}\"`."),
    ("plugin-missing", "The exchange's type comes with a plugin that is not enabled. Add it to `plugins`."),
    ("policy-value", "A setting of a policy is of another type than RabbitMQ wants: in quotes a number is text."),
    ("queue-auto-delete", "Queues of this type cannot go away with their last consumer. Remove `auto_delete`."),
    ("queue-not-durable", "Queues of this type are always durable. Remove `durable`."),
    ("reserved-name", "The broker or mqlab keeps the name for itself. Choose another."),
    ("set-twice", "One thing is set by a field and by an argument. Keep the field."),
    (
        "setting-without-effect",
        "The setting does nothing on a queue of this type. Remove it; the message has what does the same there.",
    ),
    (
        "transient-queue",
        "This version of RabbitMQ refuses a queue that is neither durable nor exclusive. Make it durable; `expires` lets it go when unused.",
    ),
    ("unknown-config", "This version of the broker has no such configuration key. Correct or remove it."),
    ("unknown-exchange", "Something names an exchange that nobody declares. Declare it, or correct the name."),
    ("unknown-exchange-type", "This version of RabbitMQ has no such type of exchange. The message lists them."),
    (
        "unknown-plugin",
        "RabbitMQ does not come with the plugin and would ignore it silently. Correct the name, or name an image that has it.",
    ),
    ("unknown-policy-key", "No policy can hold the setting. Correct its name: `message-ttl`, not `x-message-ttl`."),
    ("unknown-queue", "Something names a queue that nobody declares. Declare it, or correct the name."),
    ("unknown-vhost", "Permissions are for a virtual host that nobody declares. Declare it under `vhosts`."),
];
