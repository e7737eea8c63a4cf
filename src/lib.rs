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
pub mod state;
pub mod view;

/// An error with everything behind it, each part once.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(inner) = source {
        let words = inner.to_string();
        if !text.contains(&words) {
            text.push_str(": ");
            text.push_str(&words);
        }
        source = inner.source();
    }
    text
}
