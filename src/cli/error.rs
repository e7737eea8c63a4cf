//! Errors at the edge: one code and the words for a person.

use thiserror::Error;

use super::exit::Code;
use crate::converge::ConvergeError;
use crate::{docker, images, site, state};

/// Why a verb could not do its work. [`CliError::code`] is the exit code.
#[derive(Debug, Error)]
pub(super) enum CliError {
    /// Bad flags, or an invalid file whose diagnostics are printed already.
    #[error("{0}")]
    Usage(String),
    /// Everything has been said.
    #[error("")]
    Said(Code),
    #[error("{0}")]
    Failed(String),
    /// An end with a code of its own.
    #[error("{words}")]
    Ended { words: String, code: Code },
    #[error(transparent)]
    Files(#[from] crate::fs::FsError),
    #[error(transparent)]
    Engine(#[from] docker::Error),
    #[error(transparent)]
    Image(#[from] images::Error),
    #[error(transparent)]
    Saved(#[from] images::SavedError),
    #[error(transparent)]
    Lock(#[from] images::LockError),
    #[error(transparent)]
    Converge(#[from] ConvergeError),
    #[error(transparent)]
    State(#[from] state::StateError),
    #[error("the site could not be made")]
    SiteBuild(#[from] site::BuildError),
    #[error(transparent)]
    SiteWrite(#[from] site::WriteError),
}

impl From<site::AuditError> for CliError {
    fn from(error: site::AuditError) -> Self {
        match error {
            site::AuditError::Build(error) => error.into(),
            site::AuditError::Folder(error) => error.into(),
        }
    }
}

impl CliError {
    pub(super) fn code(&self) -> Code {
        match self {
            Self::Usage(_) | Self::Lock(images::LockError::Bad { .. }) => Code::Usage,
            Self::Said(code) | Self::Ended { code, .. } => *code,
            _ => Code::Failed,
        }
    }

    /// The message with everything behind it; `None` if it was said already.
    pub(super) fn words(&self) -> Option<String> {
        match self {
            Self::Said(_) => None,
            Self::Engine(error) => Some(error.in_full()),
            other => Some(crate::error_chain(other)),
        }
    }
}
