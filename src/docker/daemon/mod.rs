//! The engine's own settings: which mirrors it asks for docker.io.
//!
//! The file is found and edited, never written anew; the engine is told to read it again, never restarted; and what it
//! then says itself is the proof. Where it says otherwise, everything is put back.

mod carry_out;
mod document;
mod edit;
mod error;
mod find;
mod flags;
mod hosts_toml;
mod merge;
mod plan;
mod process;
mod product;
mod record;
mod reload;
mod steps;
mod url;
mod validate;

#[cfg(test)]
mod merge_tests;
#[cfg(test)]
mod steps_tests;

pub use carry_out::Done;
pub use error::{DaemonError, Left};
pub use find::{Caller, Daemon};
pub use merge::Side;
pub use plan::Change;
pub use url::{BadMirror, MirrorUrl};
