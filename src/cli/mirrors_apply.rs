//! `mqlab mirrors apply` and `mqlab mirrors restore`: mirrors in the engine's own settings.

use std::path::Path;

use serde_json::json;

use super::arguments::{MirrorsApply, MirrorsRestore};
use super::error::CliError;
use super::exit::Code;
use super::surroundings::{self, Surroundings};
use super::{sources, spec};
use crate::converge::{Answer, Confirm as _};
use crate::docker::{self, Caller, Change, Daemon, DaemonError, Left, MirrorUrl, Side};
use crate::model::ImageSettings;
use crate::view::{Form, View, envelope};

/// Puts the mirrors into the settings of the engine, and shows that it asks them.
pub(super) async fn apply(
    arguments: &MirrorsApply,
    surroundings: &Surroundings,
    view: &View,
) -> Result<Code, CliError> {
    let urls = urls(arguments, surroundings, view)?;
    let plain: Vec<String> = urls.iter().map(ToString::to_string).collect();
    let verb = Verb { command: "mirrors apply", dry_run: arguments.engine_file.dry_run, surroundings, view };
    let daemon = verb.find(arguments.engine_file.config_file.as_deref(), &plain).await?;
    let side = if arguments.last { Side::Last } else { Side::First };
    let change =
        if arguments.hosts_toml { daemon.plan_hosts_toml(&urls) } else { daemon.plan_apply(&urls, side).await };
    let change = change.map_err(|error| verb.edge(&error, &daemon))?;
    let code = verb.carry_out(&daemon, &change).await?;
    if code == Code::Done && !verb.dry_run {
        view.note(&advice(&daemon, &change).map_err(|error| verb.edge(&error, &daemon))?);
    }
    Ok(code)
}

/// Takes back the last `mirrors apply`.
pub(super) async fn restore(
    arguments: &MirrorsRestore,
    surroundings: &Surroundings,
    view: &View,
) -> Result<Code, CliError> {
    let verb = Verb { command: "mirrors restore", dry_run: arguments.engine_file.dry_run, surroundings, view };
    let daemon = verb.find(arguments.engine_file.config_file.as_deref(), &[]).await?;
    let change = daemon.plan_restore().map_err(|error| verb.edge(&error, &daemon))?;
    verb.carry_out(&daemon, &change).await
}

/// The mirrors that were named, else those that the file and the user have set, as far as an engine can have them.
fn urls(arguments: &MirrorsApply, surroundings: &Surroundings, view: &View) -> Result<Vec<MirrorUrl>, CliError> {
    let mut named = arguments.urls.clone();
    if named.is_empty() {
        let settings = if spec::is_there(&arguments.files, surroundings) {
            spec::stack(&arguments.files, surroundings, view)?.images
        } else {
            ImageSettings::default()
        };
        for mirror in sources::of_user(settings, surroundings)?.settings.mirrors {
            match mirror.as_engine_setting() {
                Some(url) => named.push(url),
                None => view.note(&format!(
                    "{}: left out; an engine's own mirrors stand for docker.io alone and have no path",
                    mirror.url
                )),
            }
        }
    }
    if named.is_empty() {
        return Err(CliError::Usage(
            "no mirror is named\nname some: mqlab mirrors apply https://mirror.example; or set `images.mirrors` in the file"
                .to_owned(),
        ));
    }
    let urls: Result<Vec<MirrorUrl>, _> = named.iter().map(|url| MirrorUrl::parse(url)).collect();
    urls.map_err(|error| CliError::Usage(error.to_string()))
}

/// What to know about mirrors that the engine asks by itself.
fn advice(daemon: &Daemon, change: &Change) -> Result<String, DaemonError> {
    if !change.is_settings() {
        return Ok(
            "the engine reads this at its next pull. It asks docker.io itself what a tag means: where that is out of \
                   reach, only pulls by digest work, which mqlab makes where mqlab.lock has one\n\
                   for docker.io the `registry-mirrors` of its settings do not count any more"
                .to_owned(),
        );
    }
    let believed = "the engine believes a mirror about what a tag means: name none that you would not trust with that";
    Ok(match daemon.overruled_by()? {
        Some(path) => format!(
            "{believed}\n{} is there: where it names mirrors, the engine leaves these aside (remove it, or use --hosts-toml)",
            path.display()
        ),
        None => believed.to_owned(),
    })
}

/// What both verbs share.
struct Verb<'a> {
    command: &'static str,
    dry_run: bool,
    surroundings: &'a Surroundings,
    view: &'a View,
}

impl Verb<'_> {
    async fn find(&self, asked: Option<&Path>, urls: &[String]) -> Result<Daemon, CliError> {
        let engine = docker::connect(&self.surroundings.engine).await?;
        let caller = Caller { configuration: surroundings::configuration_folder() };
        let asked = asked.map(|file| self.surroundings.directory.join(file));
        let found = Daemon::find(&engine, &caller, asked.as_deref(), urls).await;
        found.map_err(|error| self.edge_at(&error, &engine.facts().address))
    }

    /// Shows the change, asks, makes it, tells what the engine says.
    async fn carry_out(&self, daemon: &Daemon, change: &Change) -> Result<Code, CliError> {
        let edge = |error| self.edge(&error, daemon);
        if self.dry_run {
            self.show(daemon, change);
            return Ok(Code::Done);
        }
        if change.is_felt() {
            daemon.may_change(change).map_err(edge)?;
            if let Some(code) = self.ask(daemon, change) {
                return Ok(code);
            }
        }
        let done = daemon.carry_out(change, &surroundings::stamp()).await.map_err(edge)?;
        if self.view.form() == Form::Json {
            let mut body = self.body(daemon, change);
            body["engine_mirrors"] = json!(done.mirrors);
            body["backup"] = json!(done.backup);
            self.view.json(&envelope(self.command, &body));
            return Ok(Code::Done);
        }
        let file = change.file().display();
        let written = match &done.backup {
            _ if change.removes() => format!("removed {file}, which was not there before\n"),
            _ if !change.writes() => format!("{file} is as it should be\n"),
            Some(backup) => format!("wrote {file} (as it was: {})\n", backup.display()),
            None => format!("wrote {file}\n"),
        };
        let asks = if change.is_settings() { asks(&done.mirrors) } else { String::new() };
        self.view.result(&format!("{written}{asks}"));
        if change.is_on_record() {
            self.view.note("take it back: mqlab mirrors restore");
        }
        Ok(Code::Done)
    }

    fn show(&self, daemon: &Daemon, change: &Change) {
        if self.view.form() == Form::Json {
            self.view.json(&envelope(self.command, &self.body(daemon, change)));
            return;
        }
        let diff = change.diff();
        let (file, because) = (change.file().display(), daemon.because());
        if diff.is_empty() {
            self.view.result(&format!("{file} stays as it is\n"));
        } else {
            self.view.result(&diff);
        }
        let what = if change.is_settings() { format!(" ({because})") } else { String::new() };
        self.view.note(&format!("{file}{what}: nothing was changed"));
    }

    /// `None` is a yes.
    fn ask(&self, daemon: &Daemon, change: &Change) -> Option<Code> {
        let file = change.file().display();
        let mut question = change.diff();
        if change.is_foreign() {
            question.push_str(&format!("{file} was made by somebody else; it is kept beside as a backup.\n"));
        }
        if change.is_settings() {
            question.push_str(&format!(
                "{file} is what the engine at {} reads ({}). It will be told to read all of it again; containers keep running.\n",
                daemon.address(),
                daemon.because()
            ));
            if change.clears() {
                question.push_str(
                    "A key that is gone is no change to a running engine, so it reads an empty list first, and then this.\n",
                );
            }
        }
        question.push_str(match (change.removes(), change.writes()) {
            (true, _) => "Remove it?",
            (false, true) => "Write it?",
            (false, false) => "The file stays. Have it read again?",
        });
        match self.view.ask().confirm(&question) {
            Answer::Yes => None,
            Answer::No => Some(Code::Blocked),
            Answer::NobodyThere => {
                self.view.error("it needs a yes, and no terminal is there to ask\nrun it again with `--yes`");
                Some(Code::Blocked)
            }
        }
    }

    fn body(&self, daemon: &Daemon, change: &Change) -> serde_json::Value {
        json!({
            "engine": daemon.address(),
            "file": change.file(),
            "dry_run": self.dry_run,
            "changed": change.writes(),
            "validated": change.is_validated(),
            "diff": change.diff(),
            "mirrors": change.mirrors(),
            "engine_mirrors": daemon.mirrors(),
        })
    }

    fn edge(&self, error: &DaemonError, daemon: &Daemon) -> CliError {
        self.edge_at(error, daemon.address())
    }

    /// The words, the command that goes on, and the code.
    fn edge_at(&self, error: &DaemonError, address: &str) -> CliError {
        const USUAL: &str = "unix:///var/run/docker.sock";
        let mut words = match error {
            DaemonError::Engine(error) => error.in_full(),
            other => crate::error_chain(other),
        };
        if error.needs_root() {
            let command = &self.surroundings.command;
            let arguments = command.strip_prefix("mqlab ").unwrap_or(command);
            let host = if address == USUAL { String::new() } else { format!("DOCKER_HOST={address} ") };
            // Root's own PATH may not have it.
            words.push_str(&format!(": sudo {host}\"$(command -v mqlab)\" {arguments}"));
        }
        let code = match error.left() {
            Left::Refused => Code::Blocked,
            Left::AsBefore => Code::Failed,
            Left::Between => Code::Partly,
        };
        CliError::Ended { words, code }
    }
}

/// What the engine says it asks.
fn asks(mirrors: &[String]) -> String {
    if mirrors.is_empty() {
        return "the engine asks no mirror: docker.io itself\n".to_owned();
    }
    let list: String = mirrors.iter().map(|url| format!("  {url}\n")).collect();
    format!("the engine asks, in this order, then docker.io itself:\n{list}")
}
