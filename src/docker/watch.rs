//! Looking at containers: state, logs, and why one died.

use std::fmt;

use futures_util::Stream;
use serde::Serialize;

use super::{Engine, Error};
use crate::model::{Container, KnownCause};

/// What a container is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContainerState {
    /// `running`, `exited`, `created`, `paused`, …, in the engine's words.
    pub status: String,
    pub running: bool,
    pub exit_code: Option<i64>,
    /// Killed because of its memory limit.
    pub oom_killed: bool,
    /// The engine's own error, when it could not start it.
    pub error: Option<String>,
    /// RFC 3339, as the engine writes it.
    pub started_at: Option<String>,
}

/// A container that stopped by itself.
#[derive(Clone, Debug)]
pub struct Death {
    pub container: String,
    pub state: ContainerState,
    /// The last 50 lines, oldest first.
    pub log: Vec<String>,
    pub cause: Option<KnownCause>,
}

/// One line of a container's output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    pub broker: String,
    pub node: u32,
    /// It came by standard error.
    pub error: bool,
    pub text: String,
}

/// What a command in a container gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecResult {
    pub exit_code: i64,
    pub output: String,
    pub error_output: String,
}

impl fmt::Display for Death {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        todo!()
    }
}

impl Engine {
    /// `None` where there is no such container.
    pub async fn state(&self, container: &str) -> Result<Option<ContainerState>, Error> {
        todo!()
    }

    /// The last lines, oldest first.
    pub async fn logs_tail(&self, container: &str, lines: u32) -> Result<Vec<String>, Error> {
        todo!()
    }

    /// Whether the container has stopped, and all there is to say about it.
    pub async fn died(&self, stack: &str, container: &Container) -> Result<Option<Death>, Error> {
        todo!()
    }

    /// The output of these nodes as it comes, after the last `tail` lines (`None`: from the beginning).
    /// Ends when the containers end, or at once after what is there without `follow`.
    pub fn logs(
        &self,
        stack: &str,
        nodes: &[(String, u32)],
        tail: Option<u32>,
        follow: bool,
    ) -> impl Stream<Item = Result<LogLine, Error>> + Send + use<> {
        futures_util::stream::empty()
    }

    /// Runs a command in a running container and waits for it, at most `seconds`.
    pub async fn exec(
        &self,
        container: &str,
        user: Option<&str>,
        command: &[String],
        input: Option<&[u8]>,
        seconds: u64,
    ) -> Result<ExecResult, Error> {
        todo!()
    }
}
