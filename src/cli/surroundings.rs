//! What the process was started with: the only reader of environment, clock and terminal.
#![allow(clippy::disallowed_methods, reason = "everybody else gets these as values")]

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::converge::Patience;
use crate::docker::ConnectSettings;
use crate::spec::Environment;

/// Every variable that is read here, as the site says it. Others set an option, and stand beside that.
pub(super) const VARIABLES: [(&str, &str); 9] = [
    ("MQLAB_MIRRORS", "mirrors to ask before all others, with commas between them"),
    ("DOCKER_HOST", "the engine's address, such as unix:///var/run/docker.sock"),
    ("DOCKER_CONTEXT", "the context of the docker command whose engine is meant"),
    ("DOCKER_CONFIG", "the folder of the docker command's settings, ~/.docker unless it says otherwise"),
    (
        "DOCKER_TLS_VERIFY, DOCKER_CERT_PATH",
        "whether an engine at tcp:// is spoken to by TLS, and where the certificates are",
    ),
    ("NO_COLOR, TERM", "no colours if NO_COLOR is set to anything, or if TERM is dumb"),
    ("LC_ALL, LC_CTYPE, LANG", "plain letters for signs and lines if the first that is set says C or POSIX"),
    (
        "HOME, USERPROFILE, XDG_CONFIG_HOME, APPDATA",
        "where your own settings are: mqlab/config.yaml below the folder of settings",
    ),
    ("XDG_RUNTIME_DIR", "where locks are; the folder of temporary files otherwise"),
];

/// Read once, at the start.
#[derive(Clone, Debug)]
pub(super) struct Surroundings {
    pub(super) directory: PathBuf,
    pub(super) engine: ConnectSettings,
    /// What this user has set for all stacks: `~/.config/mqlab/config.yaml`.
    pub(super) user_file: Option<PathBuf>,
    /// `MQLAB_MIRRORS`.
    pub(super) mirrors: Option<String>,
    /// Where locks are.
    pub(super) lock_folder: PathBuf,
    pub(super) terminal: Terminal,
    /// Which build of mqlab this is, where that can be told.
    pub(super) program: Option<Program>,
    /// As typed, for reports and for who waits on our lock.
    pub(super) command: String,
}

/// The executable's size and when it was written.
pub(super) type Program = (u64, std::time::SystemTime);

/// What is at the other end of the three streams.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "five independent facts about a terminal")]
pub(super) struct Terminal {
    /// A person can be asked.
    pub(super) can_ask: bool,
    pub(super) output: bool,
    pub(super) errors: bool,
    pub(super) color: bool,
    pub(super) unicode: bool,
    /// Columns of standard error.
    pub(super) width: usize,
}

impl Surroundings {
    pub(super) fn read() -> Self {
        let home = path("HOME").or_else(|| path("USERPROFILE"));
        let configuration = path("XDG_CONFIG_HOME").or_else(|| path("APPDATA"));
        let configuration = configuration.or_else(|| Some(home.as_ref()?.join(".config")));
        let output = std::io::stdout().is_terminal();
        let errors = std::io::stderr().is_terminal();
        let no_color = text("NO_COLOR").is_some() || text("TERM").as_deref() == Some("dumb");
        Self {
            directory: std::env::current_dir().unwrap_or_else(|_| PathBuf::from(".")),
            engine: ConnectSettings {
                host: text("DOCKER_HOST"),
                context: text("DOCKER_CONTEXT"),
                config: path("DOCKER_CONFIG"),
                tls_verify: text("DOCKER_TLS_VERIFY").is_some(),
                certificates: path("DOCKER_CERT_PATH"),
                home,
            },
            user_file: configuration.map(|folder| folder.join("mqlab").join("config.yaml")),
            mirrors: text("MQLAB_MIRRORS"),
            lock_folder: path("XDG_RUNTIME_DIR").filter(|folder| folder.is_dir()).unwrap_or_else(std::env::temp_dir),
            terminal: Terminal {
                can_ask: std::io::stdin().is_terminal() && errors,
                output,
                errors,
                color: !no_color,
                // An unset locale is C too, but pipelines leave it unset and show UTF-8.
                unicode: !["LC_ALL", "LC_CTYPE", "LANG"]
                    .into_iter()
                    .find_map(text)
                    .is_some_and(|locale| locale == "C" || locale == "POSIX"),
                width: console::Term::stderr().size_checked().map_or(100, |(_, columns)| columns.into()),
            },
            program: std::env::current_exe().ok().and_then(|path| crate::fs::stamp(&path).ok()),
            command: command(),
        }
    }
}

impl Surroundings {
    /// The flags that name the stack, as typed, for commands that a message suggests: ` -f tour.yaml`.
    pub(super) fn file_flags(&self) -> String {
        let mut flags = String::new();
        let mut words = self.command.split(' ');
        while let Some(word) = words.next() {
            let takes_next = matches!(word, "-f" | "--file" | "--stack");
            if takes_next || word.starts_with("--file=") || word.starts_with("--stack=") {
                flags.push(' ');
                flags.push_str(word);
                if takes_next && let Some(value) = words.next() {
                    flags.push(' ');
                    flags.push_str(value);
                }
            }
        }
        flags
    }
}

/// `mqlab` and what came after it. Arguments of `run` can hold anything, so they stop at `--`.
fn command() -> String {
    let arguments = std::env::args().skip(1).take_while(|argument| argument != "--");
    std::iter::once("mqlab".to_owned()).chain(arguments).collect::<Vec<_>>().join(" ")
}

/// A variable that is set and not empty.
fn text(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn path(name: &str) -> Option<PathBuf> {
    text(name).map(PathBuf::from)
}

/// This moment, `2026-03-01 14:05 UTC`.
pub(super) fn now() -> String {
    jiff::Timestamp::now().strftime("%Y-%m-%d %H:%M UTC").to_string()
}

/// How long to wait for brokers, from now.
pub(super) fn patience(asked: super::arguments::Patience) -> Patience {
    Patience { fixed: asked.ready_seconds.map(Duration::from_secs), now: Some(jiff::Timestamp::now()) }
}

/// What `${…}` in a spec can reach.
pub(super) struct SpecEnvironment<'a> {
    pub(super) directory: &'a Path,
}

impl Environment for SpecEnvironment<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(&self, spec: &str, path: &str) -> Result<String, String> {
        let folder = self.directory.join(spec).parent().map(Path::to_owned).unwrap_or_default();
        let path = folder.join(path);
        let bytes = crate::fs::read_at_most(&path, crate::spec::MOST_BYTES)
            .map_err(|error| format!("cannot read {}: {}", path.display(), error.source))?;
        if bytes.len() > crate::spec::MOST_BYTES {
            return Err(format!("{} is too large", path.display()));
        }
        String::from_utf8(bytes).map_err(|_| format!("{} is no UTF-8 text", path.display()))
    }
}

/// This moment in a form that sorts and fits into a file's name: `20260301T140500123Z`.
pub(super) fn stamp() -> String {
    jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%3fZ").to_string()
}

/// Where this user's programs have their settings: `~/.config`.
pub(super) fn configuration_folder() -> Option<PathBuf> {
    path("XDG_CONFIG_HOME").or_else(|| Some(path("HOME")?.join(".config")))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use regex::Regex;

    use super::VARIABLES;

    /// Two places that cannot look at each other: what is told, and what is read.
    #[test]
    fn every_variable_that_is_read_is_told() {
        let source = include_str!("surroundings.rs");
        let (_, code) = source.split_once("/// Read once, at the start.").unwrap();
        let (code, _) = code.split_once("#[cfg(test)]").unwrap();
        let names = Regex::new(r#""([A-Z][A-Z_]+)""#).unwrap();
        let read = names.captures_iter(code).map(|found| found.get(1).unwrap().as_str());
        // A locale, which a variable is compared with.
        let read: BTreeSet<&str> = read.filter(|name| *name != "POSIX").collect();
        let told: BTreeSet<&str> = VARIABLES.iter().flat_map(|(names, _)| names.split(", ")).collect();
        assert_eq!(read, told);
    }
}
