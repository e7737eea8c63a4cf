//! What fake brokers share: how they misbehave, and where a run can be killed. For tests.
//!
//! A fake keeps the rules of the real broker, as they were recorded, and none of its code is ours: it takes and
//! gives what goes over the wire, or over the seam where the wire is a C library's.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::model::Address;

/// What goes wrong, and from when on.
#[derive(Clone, Debug, Default)]
pub(crate) struct Mischief {
    /// Every attempt to make or change this object is refused.
    pub(crate) refuses: Option<Address>,
    /// Every attempt to make or change this object is answered with yes, and ignored.
    pub(crate) ignores: Option<Address>,
    /// The answer to this write, counted from 0, does not come.
    pub(crate) silent: Option<(usize, Happened)>,
    /// Reads show what was there so long ago.
    pub(crate) stale: Duration,
    /// From this write on, counted from 0, nothing is answered any more.
    pub(crate) frozen: Option<usize>,
    /// Until then no list shows what a broker brings back last after a start.
    pub(crate) recovers_at: Option<Instant>,
}

impl Mischief {
    pub(crate) fn is_recovering(&self) -> bool {
        self.recovers_at.is_some_and(|end| Instant::now() < end)
    }
}

/// What a write without an answer has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Happened {
    Nothing,
    /// Where it was for several objects.
    Half,
    All,
}

impl Happened {
    /// Of so many objects, how many were done.
    pub(crate) fn of(self, count: usize) -> usize {
        match self {
            Self::Nothing => 0,
            Self::Half => count.div_ceil(2),
            Self::All => count,
        }
    }
}

/// A state that is written at once and may be read late.
#[derive(Debug)]
pub(crate) struct Past<S> {
    /// Oldest first, the last one is now.
    states: Vec<(Instant, S)>,
}

impl<S: Clone> Past<S> {
    pub(crate) fn new(state: S) -> Self {
        Self { states: vec![(Instant::now(), state)] }
    }

    pub(crate) fn now(&self) -> &S {
        &self.states[self.states.len() - 1].1
    }

    /// What was there so long ago; the beginning, if that was later.
    pub(crate) fn before(&self, age: Duration) -> &S {
        let then = Instant::now();
        let seen = self.states.iter().rev().find(|(since, _)| *since + age <= then);
        &seen.unwrap_or(&self.states[0]).1
    }

    pub(crate) fn change(&mut self) -> &mut S {
        let next = self.now().clone();
        self.states.push((Instant::now(), next));
        let last = self.states.len() - 1;
        &mut self.states[last].1
    }
}

/// What a fake and its test share.
#[derive(Clone, Debug)]
pub(crate) struct Shared<S>(Arc<Mutex<Inner<S>>>);

#[derive(Debug)]
pub(crate) struct Inner<S> {
    pub(crate) past: Past<S>,
    pub(crate) mischief: Mischief,
    /// Write requests so far.
    pub(crate) writes: usize,
    /// Objects that were named in a write.
    pub(crate) touched: BTreeSet<Address>,
}

impl<S: Clone> Shared<S> {
    pub(crate) fn new(state: S) -> Self {
        Self(Arc::new(Mutex::new(Inner {
            past: Past::new(state),
            mischief: Mischief::default(),
            writes: 0,
            touched: BTreeSet::new(),
        })))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Inner<S>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From here on: another behaviour, and nothing counted yet.
    pub(crate) fn behave(&self, mischief: Mischief) {
        let mut inner = self.lock();
        inner.mischief = mischief;
        inner.writes = 0;
        inner.touched.clear();
    }
}

impl<S> Inner<S> {
    pub(crate) fn is_frozen(&self) -> bool {
        self.mischief.frozen.is_some_and(|from| self.writes >= from)
    }

    /// Counts a write and tells what becomes of its answer.
    pub(crate) fn silence(&mut self) -> Option<Happened> {
        let number = self.writes;
        self.writes += 1;
        self.mischief.silent.filter(|(silent, _)| *silent == number).map(|(_, happened)| happened)
    }
}

/// Between two requests, and between a request and its answer: where a run can be killed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Gate(Arc<GateState>);

#[derive(Debug, Default)]
struct GateState {
    passed: AtomicUsize,
    /// 0 is never.
    fatal: AtomicUsize,
    killed: Notify,
}

impl Gate {
    /// Kills whoever comes as number `fatal`, counted from 1 and from now. 0 kills nobody.
    pub(crate) fn kill(&self, fatal: usize) {
        self.0.passed.store(0, Ordering::Relaxed);
        self.0.fatal.store(fatal, Ordering::Relaxed);
    }

    /// Returns when somebody was killed. The rest of the run is dropped then.
    pub(crate) async fn killed(&self) {
        self.0.killed.notified().await;
    }

    pub(crate) async fn pass(&self) {
        let number = self.0.passed.fetch_add(1, Ordering::Relaxed) + 1;
        if number == self.0.fatal.load(Ordering::Relaxed) {
            self.0.killed.notify_one();
            std::future::pending::<()>().await;
        }
        // Brokers are worked on at the same time.
        tokio::task::yield_now().await;
    }
}
