//! What happens while it happens: values for a view. Nobody but `view` prints.

use std::time::Duration;

use serde::Serialize;

use crate::brokers::{Check, Outcome};
use crate::model::Address;

/// Something a user would want to see go by.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A phase begins: `observing`, `starting containers`.
    Phase {
        text: String,
    },
    /// A sentence worth keeping on the screen.
    Note {
        text: String,
    },
    /// Something is not as it should be, and the run goes on.
    Warning {
        text: String,
    },
    StepStarted {
        address: Address,
        verb: &'static str,
    },
    StepEnded {
        outcome: Outcome,
        took: Duration,
    },
    /// Progress of something that takes more than a second. `total` 0 is "not known".
    Progress {
        subject: String,
        what: String,
        done: u64,
        total: u64,
        unit: Unit,
    },
    ProgressEnded {
        subject: String,
    },
    /// A line that a build or a container printed.
    Output {
        subject: String,
        line: String,
    },
    Checked {
        check: Check,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    Items,
    Bytes,
    Seconds,
}

/// Where events go.
pub trait Events: Send + Sync {
    fn emit(&self, event: Event);
}

/// Nobody looks.
impl Events for () {
    fn emit(&self, _event: Event) {}
}
