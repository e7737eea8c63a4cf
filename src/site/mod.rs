//! The learning site about one stack, made from the values of a run.
//!
//! [`build`] is pure and gives every file of the site; [`write`] puts them into a folder.

mod audit;
mod build;
mod diagram;
mod export;
mod figures;
mod grammar;
mod input;
mod learn;
mod links;
mod llms;
mod manual;
mod model;
mod page;
mod pages;
mod pictures;
mod programs;
mod render;
mod search;
mod text;
mod write;

pub use audit::{Audit, AuditError, Difference, audit};
pub use build::{BuildError, build};
pub use input::{
    BrokerInput, BrokerReport, BrokerStatus, CheckReport, ImageReport, RunReport, SiteInput, StepOutcome, StepReport,
};
pub use links::{DeadLink, follow};
pub use manual::{Argument, Command, Manual, Meaning};
pub use page::Page;
pub use write::{WriteError, Written, fingerprint, write};
