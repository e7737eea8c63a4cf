//! mqlab: message brokers on a machine, set up exactly and explained.
//!
//! A run goes one way: `spec` (the YAML as typed) becomes `model` (the valid stack); each broker lowers
//! it to containers and resources; `plan` compares them with what was observed; `converge` executes the
//! plan and verifies it; `site` turns the resulting values into pages. `docker`, `images` and the
//! sessions in `brokers` do the IO, `view` and `cli` the talking.

pub mod brokers;
pub mod cli;
pub mod converge;
pub mod docker;
pub mod fs;
pub mod images;
pub mod model;
pub mod net;
pub mod plan;
pub mod site;
pub mod spec;
pub mod view;
