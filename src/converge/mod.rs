//! The loop that makes a plan true: observe, diff, check, execute, verify; first the containers, then the topology.

mod cancel;
mod event;

pub use cancel::{Cancel, Canceller};
pub use event::{Event, Events, Unit};
