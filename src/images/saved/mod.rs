//! All images of a stack in one file, with its spec and lock, for machines that reach no registry.

mod archive;
mod docker;
mod load;
mod save;

pub use archive::{ArchiveError, Contents, SavedImage};
pub use load::Loaded;

use std::path::PathBuf;

use thiserror::Error;

use crate::fs::FsError;

/// Why images were not saved or loaded.
#[derive(Debug, Error)]
pub enum SavedError {
    #[error(transparent)]
    Images(#[from] super::Error),
    #[error(transparent)]
    Engine(#[from] crate::docker::Error),
    #[error(transparent)]
    File(#[from] FsError),
    #[error("cannot write {}", path.display())]
    Write {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error("{} was not loaded", path.display())]
    Refused {
        path: PathBuf,
        #[source]
        source: ArchiveError,
    },
    #[error("{} is not on this engine\nget it first: mqlab images pull{flags}", missing.join(", "))]
    Missing { missing: Vec<String>, flags: String },
    #[error("the engine did not take the images of {}: {words}", path.display())]
    NotTaken { path: PathBuf, words: String },
    #[error("{}: {reference} should be {wanted}, and the engine has {got}", path.display())]
    Differs { path: PathBuf, reference: String, wanted: String, got: String },
    #[error("interrupted before it was done")]
    Cancelled,
}
