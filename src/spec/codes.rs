//! What can be wrong with any stack, whatever brokers it has: each code, what it means and what to do.

/// The file cannot be used. A kind of broker has its own beside these.
pub const ERRORS: &[(&str, &str)] = &[
    ("ambiguous-address", "An address fits several objects. Write the kind too: `broker/kind/name`."),
    (
        "ambiguous-boolean",
        "A word such as `yes` is a boolean to some programs and text to others. Write `true` or `false`, or put it in quotes.",
    ),
    (
        "ambiguous-number",
        "A number that begins with 0 is octal to some programs. Write it without the 0, or in quotes where text is meant.",
    ),
    (
        "bad-mirror",
        "A mirror is no URL that could be asked, or has a password in it. Write `https://` and the host; log in with `docker login`.",
    ),
    ("duplicate-key", "A map has the same key twice. Rename or remove one of the two."),
    ("empty", "There is nothing in the file. `mqlab init` writes a first one."),
    (
        "impossible-flow",
        "An app cannot produce to such an object, or consume from it. Name one that it can; the message says of which kind.",
    ),
    (
        "interpolated-key",
        "`${…}` stands in a key, and is filled in in values alone. Write the name itself, or `$${` for the characters.",
    ),
    ("invalid-address", "What should name an object, a host or an IP address does not. The message has the form."),
    ("invalid-choice", "The field takes one of a few words, and this is none of them. The message lists them."),
    ("invalid-key", "A key is empty, or more than a word. Write one word, or a text in quotes."),
    ("invalid-merge", "`<<` merges maps and got something else. Give it an alias of a map, or a list of such aliases."),
    ("invalid-name", "A name has characters that cannot be in it, or is too long. The message says what is allowed."),
    (
        "invalid-unit",
        "A size or a time has a unit that does not exist, or that can mean two things. Write `512MiB`, `30s` and the like.",
    ),
    (
        "invalid-variable",
        "What stands in `${env:…}` cannot be the name of a variable. Use letters, digits and `_`, a digit not first.",
    ),
    ("missing-key", "A field that must be there is not. Add it."),
    ("missing-value", "A key has nothing behind it. Write a value, or remove the key."),
    ("missing-variable", "The environment variable is not set. Set it, or give a default: `${env:NAME:-…}`."),
    ("nested-interpolation", "One `${…}` stands inside another. Write the inner value itself."),
    ("newer-format", "The file is written for a newer mqlab. Install that one."),
    ("no-brokers", "The stack has no brokers. Name at least one under `brokers`."),
    (
        "no-heap",
        "The broker is no Java program, so it has no heap. Remove `heap`; `memory` limits the whole container.",
    ),
    (
        "not-a-number",
        "`.inf` and `.nan` are numbers that no broker can hold. Write another, or quotes where the text is meant.",
    ),
    ("not-in-this-version", "The name is kept for a later mqlab. Remove it."),
    ("not-utf-8", "The file has bytes that are no text in UTF-8. Save it as UTF-8."),
    (
        "number-too-large",
        "A whole number does not fit into 64 bits. Write a smaller one, or quotes where the text is meant.",
    ),
    ("out-of-range", "A number is smaller or larger than the field takes. The message has the limits."),
    (
        "port-taken",
        "Two ports are pinned to the same number of the host. Pin another, or leave it out: mqlab finds a free one.",
    ),
    ("ports-and-nodes", "There are more or fewer ports in the list than nodes. Write one for each node."),
    ("recursive-alias", "An alias stands inside what it is an alias of. It can stand only behind that."),
    (
        "several-documents",
        "The file has several YAML documents. Put each into a file of its own: `-f one.yaml -f two.yaml`.",
    ),
    ("syntax", "This is no YAML. The message shows the first place that cannot be read."),
    ("tag", "Tags of YAML, such as `!!str`, are not used here. Remove it; quotes make a text."),
    ("too-deep", "Lists and maps are nested too deep. A stack needs about ten levels."),
    (
        "too-large",
        "The file is too large, or becomes so with its aliases and defaults. Split the stack, or use fewer aliases.",
    ),
    (
        "too-little-memory",
        "The broker would not start, or not live long, with so little memory. Raise what the message names, or leave it out.",
    ),
    ("too-many-nodes", "mqlab does not run so many nodes of this kind. The message has the most."),
    ("unclosed-interpolation", "A `${` has no `}`. Close it, or write `$${` for the characters."),
    ("unknown-address", "An address means nothing that is declared. Declare it, or correct the name."),
    ("unknown-broker", "An address begins with a broker that the stack does not have. Correct the name."),
    ("unknown-distribution", "The broker has no such distribution. Leave it out for the makers' own."),
    (
        "unknown-interpolation",
        "`${…}` is neither `env:` nor `file:`. Write one of the two, or `$${` for the characters.",
    ),
    ("unknown-key", "There is no such field here. Correct or remove it; the message lists those that there are."),
    ("unknown-kind", "There is no such kind of broker, or of object on this one. The message lists them."),
    ("unknown-port", "The broker has no port of that name. The message lists them."),
    ("unknown-user", "An app logs in as a user that nobody declares. Declare it under `users`, or correct the name."),
    ("unknown-version", "mqlab has no such version of the broker. The message lists those that it has."),
    (
        "unreadable-file",
        "The file of `${file:…}` cannot be read. Its path is relative to the folder of the stack's file.",
    ),
    (
        "wrong-type",
        "A value has another form than the field takes: text for a number, a list for a map. The message has both.",
    ),
];

/// Suspicious, and no mistake.
pub const LINTS: &[(&str, &str)] = &[
    ("app-without-flow", "An app that neither produces nor consumes has nothing to do with any broker."),
    ("group-without-consumes", "A group shares what is consumed, and the app consumes nothing."),
    ("user-without-login", "An app names a user, and its brokers have no users that could be declared."),
];
