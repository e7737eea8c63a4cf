//! Why a run stopped before its plan was done.

use thiserror::Error;

use crate::brokers::SessionError;
use crate::docker::{self, Death};
use crate::images;
use crate::state::StateError;

/// A run that could not go on. What could go on is in the report instead.
#[derive(Debug, Error)]
pub enum ConvergeError {
    #[error(transparent)]
    Engine(#[from] docker::Error),
    #[error(transparent)]
    Image(#[from] images::Error),
    #[error(transparent)]
    State(#[from] StateError),
    #[error("cannot ask the engine")]
    EngineSession(#[source] SessionError),
    #[error("cannot ask `{broker}`\n{}", way_out(.source, .broker))]
    Broker {
        broker: String,
        #[source]
        source: SessionError,
    },
    #[error("`{broker}` died before it was ready\n{death}")]
    Died { broker: String, death: Box<Death> },
    #[error("`{broker}` runs and is not ready after {seconds} s: {reason}\nsee what it says: mqlab logs {broker}")]
    NeverReady { broker: String, seconds: u64, reason: String },
    #[error("`{broker}` does not run\nstart it: mqlab up")]
    NotRunning { broker: String },
    #[error("`{broker}` is paused: somebody froze its container\nlet it go on: mqlab start {broker}")]
    Paused { broker: String },
    #[error("the passwords of `{broker}` are not in .mqlab/\nset new ones through the container: mqlab up")]
    NoSecrets { broker: String },
    #[error("stopped on request")]
    Cancelled,
}

/// What helps a broker that cannot be asked.
fn way_out(error: &SessionError, broker: &str) -> String {
    match error {
        SessionError::Unauthorized { .. } => "set the password again through the container: mqlab up".to_owned(),
        _ => format!("see what it says: mqlab logs {broker}"),
    }
}
