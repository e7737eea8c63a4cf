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
pub mod doctor;
pub mod fs;
pub mod images;
pub mod model;
pub mod net;
mod parallel;
pub mod plan;
pub mod serve;
mod shell;
pub mod sim;
pub mod site;
pub mod spec;
pub mod state;
pub mod view;

/// An error with everything behind it, each part once. What an outer text says on further lines, its way out,
/// stays at the end.
pub(crate) fn error_chain(error: &dyn std::error::Error) -> String {
    let text = error.to_string();
    let (first, rest) = text.split_once('\n').map_or((text.as_str(), None), |(first, rest)| (first, Some(rest)));
    let mut words = first.to_owned();
    let mut source = error.source();
    while let Some(inner) = source {
        let inner_words = inner.to_string();
        if !text.contains(&inner_words) && !words.contains(&inner_words) {
            words.push_str(": ");
            words.push_str(&inner_words);
        }
        source = inner.source();
    }
    if let Some(rest) = rest {
        words.push('\n');
        words.push_str(rest);
    }
    words
}

#[cfg(test)]
mod tests {
    use thiserror::Error;

    #[derive(Debug, Error)]
    #[error("no engine answers\nstart it")]
    struct Outer(#[source] std::io::Error);

    #[test]
    fn the_way_out_stays_last_and_nothing_is_said_twice() {
        let error = Outer(std::io::Error::other("connection refused"));
        assert_eq!(super::error_chain(&error), "no engine answers: connection refused\nstart it");
        let wrapped = std::io::Error::other(Outer(std::io::Error::other("no engine answers")));
        assert_eq!(super::error_chain(&wrapped), "no engine answers\nstart it");
    }
}
