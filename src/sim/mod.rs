//! What the interactive figures of the site compute: pure, and checked against the clients and brokers themselves.
//!
//! The scripts under `site/js/figures/` compute the same for what a reader types; both are held to the vectors in
//! `tests/fixtures/vectors/`.

pub mod assign;
pub mod hashes;
pub mod keys;
pub mod pattern;
pub mod queues;
#[cfg(test)]
pub(crate) mod vectors;
