//! `mqlab doctor`: looks at everything that `up` would need, changes nothing, and says what is wrong.
//!
//! Each check is a pure function of plain facts; [`examine`] gathers those.

mod disk;
mod engine;
mod facts;
mod finding;
mod firewall;
mod gather;
mod images;
mod lock;
mod memory;
mod mirrors;
mod ports;
mod reach;
mod system;
mod words;

pub use disk::{DiskPlace, DiskSeen};
pub use facts::{EngineSeen, Examined, Facts};
pub use finding::{Code, Finding, Level, faults};
pub use firewall::{Culprit, Tool};
pub use gather::{Question, examine};
pub use images::ImageSeen;
pub use memory::MemoryNeed;
pub use reach::{PortSeen, Who};
