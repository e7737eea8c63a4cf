//! What every client of a broker or registry needs beside its protocol.

mod backoff;
pub mod http;

pub use backoff::Backoff;
