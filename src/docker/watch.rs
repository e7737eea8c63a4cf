//! Looking at containers: state, logs, and why one died.

use std::fmt;

use bollard::container::LogOutput;
use bollard::exec::{StartExecOptions, StartExecResults};
use bollard::models::ExecConfig;
use bollard::query_parameters::{InspectContainerOptions, LogsOptions};
use futures_util::{Stream, StreamExt, TryStreamExt, stream};
use serde::Serialize;
use tokio::io::AsyncWriteExt;

use super::dialect::understood;
use super::labels::container_name;
use super::{Engine, Error};
use crate::model::{Container, KnownCause, NodeId};

/// What a container is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
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
    pub node: NodeId,
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

/// How much of a dead container's log is worth showing.
const LAST_WORDS: u32 = 50;

/// What any broker may die of.
const COMMON_CAUSES: &[KnownCause] = &[
    KnownCause {
        text: "SIGILL",
        meaning: "the Java machine used an instruction that this processor does not have",
        way_out: "set `env: { JAVA_TOOL_OPTIONS: \"-XX:UseSVE=0\" }` on the broker (Apple M4 and later)",
    },
    KnownCause {
        text: "java.lang.OutOfMemoryError",
        meaning: "its heap is too small",
        way_out: "raise `heap` on the broker",
    },
    KnownCause {
        text: "insufficient memory for the Java Runtime Environment",
        meaning: "the container may not use as much memory as the heap wants",
        way_out: "raise `memory` on the broker or lower `heap`",
    },
    KnownCause {
        text: "No space left on device",
        meaning: "the engine's disk is full",
        way_out: "free space with `docker system df` and `docker system prune`",
    },
    KnownCause {
        text: "exec format error",
        meaning: "the image is for another processor",
        way_out: "set `platform` on the broker to what the engine runs",
    },
];

const OUT_OF_MEMORY: KnownCause = KnownCause {
    text: "",
    meaning: "it needed more memory than its limit allows, and the system killed it",
    way_out: "raise `memory` on the broker",
};

impl fmt::Display for Death {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "the container `{}` stopped by itself", self.container)?;
        if let Some(code) = self.state.exit_code {
            write!(formatter, " with exit code {code}")?;
        }
        if let Some(error) = self.state.error.as_deref().filter(|error| !error.is_empty()) {
            write!(formatter, ": {error}")?;
        }
        if let Some(cause) = &self.cause {
            write!(formatter, "\n{}\n{}", cause.meaning, cause.way_out)?;
        }
        match self.log.len() {
            0 => return write!(formatter, "\nits log is empty"),
            1 => write!(formatter, "\nits last words:")?,
            many => write!(formatter, "\nits last {many} lines:")?,
        }
        readable(&self.log).iter().try_for_each(|line| write!(formatter, "\n  {line}"))
    }
}

/// Without what a terminal would act on, and without the inside of stack traces, which is for others to read.
fn readable(log: &[String]) -> Vec<String> {
    let mut lines = Vec::new();
    let mut frames = 0;
    for line in log {
        if line.trim_start().starts_with("at ") && line.starts_with(char::is_whitespace) {
            frames += 1;
            continue;
        }
        lines.extend(skipped(std::mem::take(&mut frames)));
        let harmless = |character: char| if character.is_control() { ' ' } else { character };
        lines.push(line.chars().map(harmless).collect());
    }
    lines.extend(skipped(frames));
    lines
}

fn skipped(frames: usize) -> Option<String> {
    match frames {
        0 => None,
        1 => Some("    … 1 line of a stack trace".to_owned()),
        many => Some(format!("    … {many} lines of a stack trace")),
    }
}

/// The broker's own causes before the common ones; a kill for memory before all.
fn cause_of(state: &ContainerState, log: &[String], known: &[KnownCause]) -> Option<KnownCause> {
    if state.oom_killed {
        return Some(OUT_OF_MEMORY);
    }
    let is_said = |cause: &&KnownCause| log.iter().any(|line| line.contains(cause.text));
    known.iter().chain(COMMON_CAUSES).find(is_said).copied()
}

impl Engine {
    /// `None` where there is no such container.
    pub async fn state(&self, container: &str) -> Result<Option<ContainerState>, Error> {
        let call = understood(self.api().inspect_container(container, None::<InspectContainerOptions>));
        let answer = match self.call(&format!("read the container `{container}`"), call).await {
            Ok(answer) => answer,
            Err(error) if error.is_not_found() => return Ok(None),
            Err(error) => return Err(error),
        };
        let state = answer.state.unwrap_or_default();
        let status = state.status.map(|status| status.to_string()).unwrap_or_default();
        Ok(Some(ContainerState {
            running: status == "running",
            status,
            exit_code: state.exit_code,
            oom_killed: state.oom_killed.unwrap_or_default(),
            error: state.error.filter(|error| !error.is_empty()),
            started_at: state.started_at,
        }))
    }

    /// The last lines, oldest first.
    pub async fn logs_tail(&self, container: &str, lines: u32) -> Result<Vec<String>, Error> {
        self.read_log(container, lines, log_options(Some(lines), false)).await
    }

    /// As [`Engine::logs_tail`], without what was said before a moment.
    async fn logs_since(
        &self,
        container: &str,
        lines: u32,
        since: Option<jiff::Timestamp>,
    ) -> Result<Vec<String>, Error> {
        // The engine counts in whole seconds, and a life may be shorter.
        let second = since.and_then(|since| i32::try_from(since.as_second()).ok()).unwrap_or_default();
        let options = LogsOptions { since: second, timestamps: true, ..log_options(Some(lines), false) };
        let said = self.read_log(container, lines, options).await?;
        let in_time = |line: String| {
            let (at, text) = line.split_once(' ')?;
            let is_old = since.is_some_and(|since| is_before(at, since));
            (!is_old).then(|| text.to_owned())
        };
        Ok(said.into_iter().filter_map(in_time).collect())
    }

    async fn read_log(&self, container: &str, lines: u32, options: LogsOptions) -> Result<Vec<String>, Error> {
        let stream = self.api().logs(container, Some(options));
        let chunks = stream.map_ok(|chunk| text_of(&chunk).1).try_collect::<Vec<String>>();
        let chunks = self.call(&format!("read the log of `{container}`"), chunks).await?;
        let all: Vec<String> = chunks.iter().flat_map(|chunk| chunk.lines()).map(str::to_owned).collect();
        Ok(all[all.len().saturating_sub(lines as usize)..].to_vec())
    }

    /// Whether the container has stopped, and all there is to say about it.
    pub async fn died(&self, stack: &str, container: &Container) -> Result<Option<Death>, Error> {
        let name = container_name(stack, &container.broker, &container.node);
        let Some(state) = self.state(&name).await? else {
            let state = ContainerState { status: "removed".to_owned(), ..ContainerState::default() };
            return Ok(Some(Death { container: name, state, log: Vec::new(), cause: None }));
        };
        if !matches!(state.status.as_str(), "exited" | "dead") {
            return Ok(None);
        }
        // A container that was started again still has the words of its lives before.
        let started = state.started_at.as_ref().and_then(|text| text.parse::<jiff::Timestamp>().ok());
        let log = self.logs_since(&name, LAST_WORDS, started).await.unwrap_or_default();
        let cause = cause_of(&state, &log, container.known_causes);
        Ok(Some(Death { container: name, state, log, cause }))
    }

    /// The output of these nodes as it comes, after the last `tail` lines (`None`: from the beginning).
    /// Ends when the containers end, or at once after what is there without `follow`.
    pub fn logs(
        &self,
        stack: &str,
        nodes: &[(String, NodeId)],
        tail: Option<u32>,
        follow: bool,
    ) -> impl Stream<Item = Result<LogLine, Error>> + Send + use<> {
        let streams = nodes.iter().map(|(broker, node)| {
            let (broker, node) = (broker.clone(), node.clone());
            let container = container_name(stack, &broker, &node);
            // A log may be silent for hours: only the first answer has a deadline, and the engine gives it at once.
            let stream = self.patient(u64::from(u32::MAX)).logs(&container, Some(log_options(tail, follow)));
            let lines = stream.map(move |chunk| match chunk {
                Ok(chunk) => {
                    let (error, text) = text_of(&chunk);
                    let line = |text: &str| LogLine {
                        broker: broker.clone(),
                        node: node.clone(),
                        error,
                        text: text.to_owned(),
                    };
                    Ok(text.lines().map(line).collect::<Vec<_>>())
                }
                Err(error) => Err(Error::refused(format!("read the log of `{container}`"), error)),
            });
            lines.map_ok(|lines| stream::iter(lines.into_iter().map(Ok))).try_flatten().boxed()
        });
        stream::select_all(streams.collect::<Vec<_>>())
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
        let what = format!("run `{}` in `{container}`", command.first().map_or("", String::as_str));
        let config = ExecConfig {
            attach_stdin: Some(input.is_some()),
            attach_stdout: Some(true),
            attach_stderr: Some(true),
            user: user.map(str::to_owned),
            cmd: Some(command.to_vec()),
            ..ExecConfig::default()
        };
        let id = self.call(&what, self.api().create_exec(container, config)).await?.id;
        let run = async {
            let mut result = ExecResult { exit_code: 0, output: String::new(), error_output: String::new() };
            let started = self.api().start_exec(&id, None::<StartExecOptions>).await?;
            if let StartExecResults::Attached { mut output, input: mut pipe } = started {
                if let Some(bytes) = input {
                    pipe.write_all(bytes).await?;
                    pipe.shutdown().await?;
                }
                while let Some(chunk) = output.try_next().await? {
                    let (error, text) = text_of(&chunk);
                    if error { result.error_output.push_str(&text) } else { result.output.push_str(&text) }
                }
            }
            Ok(result)
        };
        let mut result = self.call_within(seconds, &what, run).await?;
        // The exit code is known only after the output has ended.
        let ended = self.call(&what, self.api().inspect_exec(&id)).await?;
        result.exit_code = ended.exit_code.unwrap_or(-1);
        Ok(result)
    }
}

fn log_options(tail: Option<u32>, follow: bool) -> LogsOptions {
    LogsOptions {
        follow,
        stdout: true,
        stderr: true,
        tail: tail.map_or_else(|| "all".to_owned(), |lines| lines.to_string()),
        ..LogsOptions::default()
    }
}

/// Whether a line's time is before a moment. Podman (5.4) writes whole seconds, cut off.
fn is_before(stamp: &str, moment: jiff::Timestamp) -> bool {
    match stamp.parse::<jiff::Timestamp>() {
        Ok(at) if stamp.contains('.') => at < moment,
        Ok(at) => at.as_second() < moment.as_second(),
        Err(_) => false,
    }
}

/// Whether it came by standard error, and the text. A container may print anything.
fn text_of(chunk: &LogOutput) -> (bool, String) {
    let is_error = matches!(chunk, LogOutput::StdErr { .. });
    (is_error, String::from_utf8_lossy(chunk.as_ref()).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_second_in_which_it_started_counts() {
        // Podman 5.4, of a container that died at once.
        let started = "2026-11-26T19:04:11.252365818Z".parse().unwrap();
        assert!(!is_before("2026-11-26T19:04:11Z", started));
        assert!(is_before("2026-11-26T19:04:10Z", started));
        // Docker.
        assert!(is_before("2026-11-26T19:04:11.252365817Z", started));
        assert!(!is_before("2026-11-26T19:04:11.272474476Z", started));
    }
}
