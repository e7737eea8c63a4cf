//! RocketMQ alone and with a replica. What was made is read from the files that the brokers keep, and messages go by
//! RocketMQ's own clients.

mod alone;
mod replica;
pub(crate) mod tools;
