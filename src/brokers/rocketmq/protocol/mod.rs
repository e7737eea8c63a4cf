//! The administration part of RocketMQ's remoting protocol, without IO: [`frame`] turns commands into bytes and back,
//! [`code`] numbers them, [`loose`] reads the JSON that only RocketMQ writes, [`message`] finds what a pull brought.
//!
//! Read from RocketMQ's sources at 5.5.0 and checked against recorded frames in `tests/fixtures/rocketmq/`.

pub(super) mod code;
pub(super) mod frame;
pub(super) mod loose;
pub(super) mod message;

pub(super) use frame::{Answer, Request};
