//! What the interactive figures of the site compute: pure, and checked against the clients and brokers themselves.
//!
//! The scripts under `site/js/figures/` compute the same for what a reader types; both are held to the vectors in
//! `tests/fixtures/vectors/`. Stories with few inputs are all computed here, and the script shows them.

pub mod assign;
pub mod hashes;
pub mod keys;
pub mod lifetime;
pub mod pattern;
pub mod queues;
pub mod redelivery;
pub mod replication;
pub mod segments;
#[cfg(test)]
pub(crate) mod vectors;
