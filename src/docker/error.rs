//! What can go wrong between mqlab and the engine.

use std::path::PathBuf;

use thiserror::Error;

/// A call to the engine that did not work, or something on this machine that is in its way.
#[derive(Debug, Error)]
pub enum Error {
    #[error("no Docker engine answers at {address} ({origin})\n{hint}")]
    NotThere {
        address: String,
        /// Where the address comes from: `DOCKER_HOST`, `context "colima"`, `the default`.
        origin: String,
        hint: String,
        absent: Absent,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error(
        "the engine at {address} ({product}) speaks API {found}, and mqlab needs 1.41 (Docker 20.10, Podman 4) or newer"
    )]
    TooOld { address: String, product: super::Product, found: String },
    #[error("{origin} names the engine `{address}`, which mqlab cannot use: {reason}")]
    Address { address: String, origin: String, reason: String },
    #[error("cannot read {}", path.display())]
    Config {
        path: PathBuf,
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    #[error("the engine did not {what} within {seconds} s")]
    TimedOut { what: String, seconds: u64 },
    /// The engine answered, and the answer is no.
    #[error("the engine cannot {what}")]
    Refused {
        what: String,
        #[source]
        source: Box<bollard::errors::Error>,
    },
    #[error(
        "the engine has no space left: it cannot {what}\nfree some with `docker system df` and `docker system prune`, or move its data"
    )]
    DiskFull {
        what: String,
        #[source]
        source: Box<bollard::errors::Error>,
    },
    #[error("the {what} `{name}` is there and is not of this stack: {why}\n{way_out}")]
    Foreign { what: &'static str, name: String, why: String, way_out: String },
    #[error(
        "the stack `{stack}` on this engine belongs to {}\ngive this one another name (`stack:` in the file, or `--stack NAME`), or run `down` in that folder first",
        folder.display()
    )]
    OtherFolder { stack: String, folder: PathBuf },
    #[error("port {port} ({broker}, {name}) is taken by {holder}\n{way_out}")]
    PortTaken { port: u16, broker: String, name: String, holder: String, way_out: String },
    #[error("another mqlab works on the stack `{stack}`: {holder}\nwait for it, or stop it")]
    Locked { stack: String, holder: String },
    #[error("cannot lock the stack `{stack}` with {}", path.display())]
    Lock {
        stack: String,
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    /// A caller forgot [`super::EngineSession::set_images`].
    #[error("no image was prepared for `{broker}`")]
    NoImage { broker: String },
    #[error("{container}: {what}")]
    Exec { container: String, what: String },
}

/// In which way an engine is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absent {
    /// Nobody takes connections.
    Down,
    /// The user may not use its socket.
    Forbidden,
    /// It takes connections and says nothing.
    Silent,
}

/// The HTTP status of the engine's answer, if it came to that.
pub(crate) fn status_of(error: &bollard::errors::Error) -> Option<u16> {
    match error {
        bollard::errors::Error::DockerResponseServerError { status_code, .. } => Some(*status_code),
        _ => None,
    }
}

/// The engine's own words, without the client's.
pub(crate) fn words_of(error: &bollard::errors::Error) -> String {
    match error {
        bollard::errors::Error::DockerResponseServerError { message, .. } => message.trim().to_owned(),
        bollard::errors::Error::DockerStreamError { error } => error.trim().to_owned(),
        other => crate::error_chain(other),
    }
}

impl Error {
    /// An answer of the engine; "no space left" has a kind of its own.
    pub(crate) fn refused(what: impl Into<String>, source: bollard::errors::Error) -> Self {
        let what = what.into();
        if words_of(&source).contains("no space left on device") {
            return Self::DiskFull { what, source: Box::new(source) };
        }
        Self::Refused { what, source: Box::new(source) }
    }

    /// The HTTP status behind it, if the engine answered.
    pub(crate) fn status(&self) -> Option<u16> {
        match self {
            Self::Refused { source, .. } | Self::DiskFull { source, .. } => status_of(source),
            _ => None,
        }
    }

    pub(crate) fn is_not_found(&self) -> bool {
        self.status() == Some(404)
    }

    /// With everything behind it, for an outcome's reason.
    pub fn in_full(&self) -> String {
        match self {
            Self::Refused { what, source } => format!("the engine cannot {what}: {}", words_of(source)),
            other => crate::error_chain(other),
        }
    }
}
