//! `mqlab site serve`: the site in the browser, made again whenever the file changes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use notify::{RecursiveMode, Watcher as _};
use tokio::net::TcpListener;
use tokio::sync::{mpsc, watch};

use super::arguments::SiteServe;
use super::error::CliError;
use super::exit::Code;
use super::record;
use super::signals::Signals;
use super::spec;
use super::surroundings::Surroundings;
use crate::model::Stack;
use crate::serve;
use crate::site::Written;
use crate::state::Folder;
use crate::view::View;

/// An editor writes a file in several steps: what comes within this time is one change.
const TOGETHER: Duration = Duration::from_millis(20);

pub(super) async fn serve(arguments: &SiteServe, surroundings: &Surroundings, view: &View) -> Result<Code, CliError> {
    let stack = spec::stack(&arguments.files, surroundings, view)?;
    made(&stack)?;
    let listener = TcpListener::bind(("127.0.0.1", arguments.port)).await.map_err(|error| {
        CliError::Failed(format!(
            "port {} cannot be served from: {error}\nchoose another one: mqlab site serve --port 0 takes any that is free",
            arguments.port
        ))
    })?;
    let address = listener.local_addr().map_err(|error| CliError::Failed(error.to_string()))?;
    // First the watch: what is changed from now on is seen.
    let (mut changed, _watcher) = watcher(arguments, &stack, surroundings)?;
    view.result(&format!("site  http://{address}/ (Ctrl-C ends it; it is made again when the file changes)\n"));
    let signals = Signals::quiet();
    let (told, changes) = watch::channel(0_u64);
    let stop = signals.cancel.clone();
    let served = tokio::spawn(serve::serve(stack.site.out.clone(), listener, changes, async move {
        stop.cancelled().await;
    }));
    loop {
        tokio::select! {
            () = signals.cancel.cancelled() => break,
            Some(()) = changed.recv() => {
                tokio::time::sleep(TOGETHER).await;
                while changed.try_recv().is_ok() {}
                again(arguments, surroundings, view, &told);
            }
        }
    }
    match served.await {
        Ok(Err(error)) => Err(CliError::Failed(format!("serving ended: {error}"))),
        _ => Ok(Code::Done),
    }
}

fn made(stack: &Stack) -> Result<Written, CliError> {
    let report = Folder::of(&stack.directory, &stack.name).report()?;
    Ok(record::write(stack, report.as_ref())?.1)
}

/// A file with mistakes leaves the site as it was.
fn again(arguments: &SiteServe, surroundings: &Surroundings, view: &View, told: &watch::Sender<u64>) {
    let began = Instant::now();
    let written = match spec::stack(&arguments.files, surroundings, view).and_then(|stack| made(&stack)) {
        Ok(written) => written,
        Err(error) => {
            if let Some(words) = error.words() {
                view.error(&words);
            }
            view.note("the site stays as it was");
            return;
        }
    };
    if written.changed + written.removed > 0 {
        told.send_modify(|number| *number += 1);
        let count = written.changed + written.removed;
        view.note(&format!("{count} pages made again in {} ms", began.elapsed().as_millis()));
    }
}

/// Tells when one of the files, or what the last run left, is written.
fn watcher(
    arguments: &SiteServe,
    stack: &Stack,
    surroundings: &Surroundings,
) -> Result<(mpsc::UnboundedReceiver<()>, notify::RecommendedWatcher), CliError> {
    let failed = |error: notify::Error| CliError::Failed(format!("the files cannot be watched: {error}"));
    let report = Folder::of(&stack.directory, &stack.name).path_of_report();
    let files = arguments.files.files.iter().map(|name| surroundings.directory.join(name));
    let watched: BTreeSet<PathBuf> = files.chain([report]).collect();
    // Editors replace files: a folder stays.
    let folders: BTreeSet<PathBuf> =
        watched.iter().filter_map(|path| path.parent()).filter(|folder| folder.is_dir()).map(Path::to_owned).collect();
    let names: BTreeSet<_> = watched.iter().filter_map(|path| path.file_name().map(ToOwned::to_owned)).collect();
    let (sender, receiver) = mpsc::unbounded_channel();
    let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
        let Ok(event) = event else { return };
        let is_ours = event.paths.iter().any(|path| path.file_name().is_some_and(|name| names.contains(name)));
        if is_ours && !event.kind.is_access() {
            // Nobody listens any more when the command ends.
            let _ = sender.send(());
        }
    })
    .map_err(failed)?;
    for folder in folders {
        watcher.watch(&folder, RecursiveMode::NonRecursive).map_err(failed)?;
    }
    Ok((receiver, watcher))
}
