//! The YAML as it was typed: a tree with positions, the shapes it must have, and every mistake in it.
//!
//! Pure: [`load`] gets texts and an environment as values; `cli` reads the files.
//! What comes out is a tree that [`crate::model::Stack`] is built from, and a list of diagnostics.

#[cfg(test)]
mod bomb_tests;
mod budget;
mod check;
mod check_leaf;
mod codes;
mod defaults;
mod describe;
mod diagnostic;
mod interpolate;
mod lines;
mod load;
mod merge;
mod node;
mod open_map;
#[cfg(test)]
mod property_tests;
mod reader;
pub mod render;
mod root;
mod scalar;
mod schema;
mod shape;
mod syntax;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
pub mod units;
mod words;

pub use budget::{MOST_DEPTH, MOST_NODES, MOST_TEXT};
pub use codes::{ERRORS, LINTS};
pub use diagnostic::{Diagnostic, Diagnostics, Severity};
#[cfg(test)]
pub(crate) use load::load_with;
pub use load::{Environment, Input, Loaded, MOST_BYTES, load};
pub use node::{Entry, Map, Node, NodeValue, Position, Source, Sources, Text};
pub use root::{BROKER, FORMAT, ROOT};
pub use schema::schema;
pub use shape::{Field, Object, Shape};
pub(crate) use words::{list, nearest, quote, suggest};
