//! The YAML as it was typed: a tree with positions, the shapes it must have, and every mistake in it.
//!
//! Pure: [`load`] gets texts and an environment as values; `cli` reads the files.
//! What comes out is a tree that [`crate::model::Stack`] is built from, and a list of diagnostics.

mod diagnostic;
mod load;
mod node;
pub mod render;
mod schema;
mod shape;
pub mod units;

pub use diagnostic::{Diagnostic, Diagnostics, Severity};
pub use load::{Environment, Input, Loaded, MOST_BYTES, load};
pub use node::{Entry, Map, Node, NodeValue, Position, Source, Sources, Text};
pub use schema::schema;
pub use shape::{Field, Object, Shape};
