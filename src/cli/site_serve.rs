//! `mqlab site serve`: the site in the browser, made again whenever the file changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use notify::{RecursiveMode, Watcher as _};
use serde_json::json;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::arguments::SiteServe;
use super::error::CliError;
use super::exit::Code;
use super::signals::Signals;
use super::surroundings::Surroundings;
use super::{site, spec};
use crate::model::Stack;
use crate::serve;
use crate::site::fingerprint;
use crate::state::Folder;
use crate::view::{Form, View, envelope};

/// An editor writes a file in several steps: what comes within this time is one change.
const TOGETHER: Duration = Duration::from_millis(20);

pub(super) async fn serve(arguments: &SiteServe, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let stack = spec::stack(&arguments.files, surroundings, view)?;
    site::make(&stack)?;
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(|error| {
        CliError::Failed(format!(
            "port {} cannot be served from: {error}\nchoose another one: mqlab site serve --port 0 takes any that is free",
            arguments.port
        ))
    })?;
    let address = listener.local_addr().map_err(|error| CliError::Failed(error.to_string()))?;
    // First the watch: what is changed from now on is seen.
    let (mut changed, _watcher) = watcher(arguments, &stack, surroundings)?;
    let url = format!("http://{address}/");
    match view.form() {
        Form::Json => view.json(&envelope("site serve", &json!({ "url": url }))),
        Form::Plain => view.result(&format!("site {url}\n")),
        Form::Human => {
            view.result(&format!("site  {url} (Ctrl-C ends it; it is made again when the file changes)\n"));
        }
    }
    let signals = Signals::quiet();
    let (told, changes) = watch::channel(0_u64);
    let stop = signals.cancel.clone();
    let out = stack.site.out.clone();
    let served = tokio::spawn(serve::serve(out.clone(), listener, changes, async move { stop.cancelled().await }));
    let mut shown = fingerprint(&out);
    loop {
        tokio::select! {
            () = signals.cancel.cancelled() => break,
            Some(change) = changed.recv() => {
                tokio::time::sleep(TOGETHER).await;
                let mut all = vec![change];
                while let Ok(more) = changed.try_recv() {
                    all.push(more);
                }
                if all.contains(&Change::Spec) {
                    again(arguments, surroundings, view, &out);
                }
                let now = fingerprint(&out);
                if now != shown {
                    shown = now;
                    told.send_modify(|number| *number += 1);
                }
            }
        }
    }
    match served.await {
        Ok(Err(error)) => Err(CliError::Failed(format!("serving ended: {error}"))),
        _ => Ok(Code::Done),
    }
}

/// A file with mistakes leaves the site as it was.
fn again(arguments: &SiteServe, surroundings: &Surroundings, view: &View, served: &Path) {
    let began = Instant::now();
    match spec::stack(&arguments.files, surroundings, view).and_then(|stack| site::make(&stack)) {
        Ok((index, _)) if index.parent() != Some(served) => view
            .note(&format!("the site is in another folder now, {}: start `mqlab site serve` again", index.display())),
        Ok((_, written)) => {
            let count = written.changed + written.removed;
            view.note(&format!("{count} files made again in {} ms", began.elapsed().as_millis()));
        }
        Err(error) => {
            if let Some(words) = error.words() {
                view.error(&words);
            }
            view.note("the site stays as it was");
        }
    }
}

/// What has been written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Spec,
    /// A run has ended, and made the site itself.
    Run,
}

/// Tells when one of the files, or what a run leaves behind its site, is written.
fn watcher(
    arguments: &SiteServe,
    stack: &Stack,
    surroundings: &Surroundings,
) -> Result<(mpsc::UnboundedReceiver<Change>, notify::RecommendedWatcher), CliError> {
    let failed = |error: notify::Error| CliError::Failed(format!("the files cannot be watched: {error}"));
    let left = Folder::of(&stack.directory, &stack.name).awaited()?;
    let files = arguments.files.files.iter().map(|name| (surroundings.directory.join(name), Change::Spec));
    let watched: Vec<(PathBuf, Change)> = files.chain([(left, Change::Run)]).collect();
    // Editors replace files: a folder stays.
    let folders: BTreeSet<PathBuf> = watched.iter().filter_map(|(path, _)| path.parent().map(Path::to_owned)).collect();
    let (sender, receiver) = mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        if event.kind.is_access() {
            return;
        }
        for (path, change) in &watched {
            if event.paths.iter().any(|found| found.file_name() == path.file_name()) {
                // Nobody listens any more when the command ends.
                let _ = sender.send(*change);
            }
        }
    })
    .map_err(failed)?;
    for folder in folders {
        watcher.watch(&folder, RecursiveMode::NonRecursive).map_err(failed)?;
    }
    Ok((receiver, watcher))
}
