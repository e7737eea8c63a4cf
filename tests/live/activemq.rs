//! ActiveMQ, one node of each version and a network of two: what was declared is checked by its HTTP API, and what it
//! does by clients of other makers.

mod changes;
mod client;
mod cluster;
mod single;

pub(crate) use client::ActiveMq;
