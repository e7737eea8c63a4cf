//! Ctrl-C and a polite end from outside: the first stops cleanly, the second at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Duration;

use crate::converge::{Cancel, Canceller};
use crate::view::View;

const INTERRUPT: u8 = 2;
const TERMINATE: u8 = 15;

/// Whether a signal came.
#[derive(Clone, Debug)]
pub(super) struct Signals {
    pub(super) cancel: Cancel,
    seen: Arc<AtomicU8>,
}

impl Signals {
    /// Listens until the process ends.
    pub(super) fn listen(view: &View) -> Self {
        Self::told_by(Some(view.clone()))
    }

    /// For what a signal is the usual way to end: nothing is said about it.
    pub(super) fn quiet() -> Self {
        Self::told_by(None)
    }

    fn told_by(view: Option<View>) -> Self {
        let (canceller, cancel) = Canceller::new();
        let seen = Arc::new(AtomicU8::new(0));
        tokio::spawn(follow(canceller, Arc::clone(&seen), view));
        Self { cancel, seen }
    }

    /// The number of the signal that asked for a stop.
    pub(super) fn seen(&self) -> Option<u8> {
        Some(self.seen.load(Ordering::Relaxed)).filter(|number| *number > 0)
    }
}

async fn follow(canceller: Canceller, seen: Arc<AtomicU8>, view: Option<View>) {
    let Ok(mut source) = Source::new() else { return };
    let number = source.next().await;
    seen.store(number, Ordering::Relaxed);
    if let Some(view) = view {
        // Said before the end that it brings about, but nobody waits for a stream that nobody reads.
        let say =
            tokio::task::spawn_blocking(move || view.say("stopping after what is being done now; once more kills"));
        let _ = tokio::time::timeout(Duration::from_millis(200), say).await;
    }
    canceller.cancel();
    let number = source.next().await;
    std::process::exit(i32::from(128 + number));
}

#[cfg(unix)]
struct Source {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Source {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self { interrupt: signal(SignalKind::interrupt())?, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => INTERRUPT,
            _ = self.terminate.recv() => TERMINATE,
        }
    }
}

#[cfg(not(unix))]
struct Source;

#[cfg(not(unix))]
impl Source {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> u8 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => INTERRUPT,
            Err(_) => std::future::pending().await,
        }
    }
}
