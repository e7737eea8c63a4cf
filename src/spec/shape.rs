//! What a part of the spec may look like: one description that the checker, the JSON Schema,
//! the reference page and the "did you mean" all read.

/// A map with known keys.
#[derive(Debug)]
pub struct Object {
    /// What it is, in the singular: `topic`.
    pub name: &'static str,
    /// One or two sentences for the schema and the reference.
    pub doc: &'static str,
    pub fields: &'static [Field],
}

/// One known key.
#[derive(Debug)]
pub struct Field {
    pub name: &'static str,
    pub shape: Shape,
    /// One sentence: what it does, and its default where there is one.
    pub doc: &'static str,
    pub required: bool,
    /// The value is a secret: it is redacted everywhere after the spec.
    pub secret: bool,
    /// The design keeps this key for later: using it is an error that says so.
    pub reserved: bool,
    /// What other tools call it: never accepted, and recognised in a "did you mean".
    pub also: &'static [&'static str],
}

/// The form of a value.
#[derive(Debug)]
pub enum Shape {
    /// Any text. An unquoted number or boolean here is an error with the quotes as the fix.
    Text,
    Bool,
    /// Inclusive bounds.
    Int {
        least: i64,
        most: i64,
    },
    /// Text, whole number or boolean (and null where the broker's own configuration is meant).
    Scalar,
    /// `7d`, `500ms`, or a whole number of milliseconds.
    Duration,
    /// `512MiB`, or a whole number of bytes.
    Size,
    Choice(&'static [&'static str]),
    List(&'static Shape),
    /// Keys are names that the user chooses; `key` says of what. A bare `name:` is an empty value.
    Map {
        key: &'static str,
        value: &'static Shape,
    },
    Object(&'static Object),
    /// The first whose outer form (text, list, map …) fits.
    Either(&'static [Shape]),
    /// Anything at all, such as AMQP arguments.
    Any,
}

impl Field {
    pub const fn new(name: &'static str, shape: Shape, doc: &'static str) -> Self {
        Self { name, shape, doc, required: false, secret: false, reserved: false, also: &[] }
    }

    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    #[must_use]
    pub const fn secret(mut self) -> Self {
        self.secret = true;
        self
    }

    #[must_use]
    pub const fn reserved(mut self) -> Self {
        self.reserved = true;
        self
    }

    #[must_use]
    pub const fn also(mut self, names: &'static [&'static str]) -> Self {
        self.also = names;
        self
    }
}
