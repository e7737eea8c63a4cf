//! Talking to servers: deadlines and errors that say what happened.

pub mod http;
