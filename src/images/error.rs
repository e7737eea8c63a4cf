//! Why no source gave an image.

use std::fmt;

use thiserror::Error;

/// No image, and what every source said.
#[derive(Debug, Error)]
pub enum Error {
    #[error("no image for {wanted}\n{}", Attempts(.attempts))]
    Nobody { wanted: String, attempts: Vec<Attempt> },
    #[error("interrupted while preparing the image for {wanted}")]
    Cancelled { wanted: String },
    #[error(transparent)]
    Engine(#[from] crate::docker::Error),
}

/// What became of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// `docker.io/apache/kafka:4.3.1`, `local recipe kafka`.
    pub source: String,
    pub why_not: String,
    pub way_out: Option<String>,
}

struct Attempts<'a>(&'a [Attempt]);

impl fmt::Display for Attempts<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, attempt) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(formatter)?;
            }
            write!(formatter, "  {}: {}", attempt.source, attempt.why_not)?;
            if let Some(way_out) = &attempt.way_out {
                write!(formatter, "\n    → {way_out}")?;
            }
        }
        Ok(())
    }
}
