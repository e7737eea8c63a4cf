//! What every client of a broker or registry needs beside its protocol.

mod backoff;
pub mod http;
mod reach;
pub mod tls;

pub use backoff::Backoff;
pub use reach::first_open;
