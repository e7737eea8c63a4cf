//! The loop that makes a plan true: observe, diff, check, execute, verify; first the containers, then the topology.

mod cancel;
mod confirm;
mod containers;
mod describe;
#[cfg(test)]
mod drafts;
mod error;
mod event;
mod execute;
#[cfg(test)]
mod lab;
mod look;
mod memory;
mod prepare;
#[cfg(test)]
mod property_tests;
mod ready;
mod report;
mod run;
#[cfg(test)]
mod scenario_tests;
mod settings;
mod survey;
mod topology;
mod verify;

pub use cancel::{Cancel, Canceller};
pub use confirm::{Answer, Confirm};
pub use error::ConvergeError;
pub use event::{Event, Events, Unit};
pub use look::{Holding, Look};
pub use prepare::ADMINISTRATOR;
pub use report::{BrokerState, Failure, Report};
pub use run::{Options, Patience, Run};
pub use settings::Settings;
