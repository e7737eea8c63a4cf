//! Smallest whole programs that send and receive, with the reader's own names in them.
//!
//! They come from `site/clients/`, where each is a project that was run against a broker.

mod fill;
mod read;

pub(crate) use fill::fill;
pub(crate) use read::{Entry, Part, Programs, programs};
