//! Events as they happen: live lines on a terminal, now and then a line elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use super::Paint;
use super::plan::shown;
use crate::brokers::{Outcome, OutcomeResult};
use crate::converge::{Event, Events, Unit};
use crate::model::Address;

/// Steps of one broker that are told one by one; of the rest only the number.
const TOLD: usize = 25;
/// Steps that were not done, likewise. All of them come at the end, with their reasons.
const TOLD_UNDONE: usize = 3;
/// Without a terminal, one line per subject in so much time.
const HEARTBEAT: Duration = Duration::from_secs(10);

/// The state of what is shown.
#[derive(Debug)]
pub(super) struct Progress {
    bars: Option<MultiProgress>,
    quiet: bool,
    paint: Paint,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    subjects: BTreeMap<String, Subject>,
    steps: BTreeMap<String, Steps>,
}

/// Something with progress of its own.
#[derive(Debug)]
struct Subject {
    bar: Option<ProgressBar>,
    began: Instant,
    said: Option<Instant>,
}

/// How far a broker's steps are.
#[derive(Debug, Default)]
struct Steps {
    begun: usize,
    ended: usize,
    told: usize,
    /// Of those that were not done.
    told_undone: usize,
    /// What is being done now, by address.
    verbs: BTreeMap<Address, &'static str>,
}

impl Progress {
    pub(super) fn new(live: bool, quiet: bool, paint: Paint) -> Self {
        Self { bars: live.then(MultiProgress::new), quiet, paint, state: Mutex::default() }
    }

    pub(super) fn paint(&self) -> Paint {
        self.paint
    }

    /// One or more lines to standard error, above what is live. Where it leads nowhere, the run goes on without.
    pub(super) fn say(&self, text: &str) {
        let write = || drop(writeln!(std::io::stderr(), "{text}"));
        match &self.bars {
            Some(bars) => bars.suspend(write),
            None => write(),
        }
    }

    /// Takes the live lines away: a result or a question comes.
    pub(super) fn clear(&self) {
        let mut state = self.state();
        for subject in state.subjects.values() {
            if let Some(bar) = &subject.bar {
                bar.finish_and_clear();
            }
        }
        state.subjects.clear();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, subject: &str, what: &str) {
        let mut state = self.state();
        let known = state.subjects.entry(subject.to_owned()).or_insert_with(|| Subject {
            bar: self.bars.as_ref().map(|bars| bars.add(spinner())),
            began: Instant::now(),
            said: None,
        });
        if let Some(bar) = &known.bar {
            bar.set_message(format!("{} {}", self.paint.title(subject), one_line(what)));
            return;
        }
        let waited = known.said.unwrap_or(known.began);
        if known.said.is_none() || waited.elapsed() > HEARTBEAT {
            known.said = Some(Instant::now());
            let took = known.began.elapsed().as_secs();
            let took = if took > 0 { format!(" ({took} s)") } else { String::new() };
            drop(state);
            self.say(&format!("  {subject} {}{took}", one_line(what)));
        }
    }

    fn end(&self, subject: &str) {
        if let Some(bar) = self.state().subjects.remove(subject).and_then(|known| known.bar) {
            bar.finish_and_clear();
        }
    }

    fn step_ended(&self, outcome: &Outcome, took: Duration) {
        let failed = outcome.result != OutcomeResult::Done;
        let broker = outcome.address.broker.as_str();
        let (told, left, counts, verb) = {
            let mut state = self.state();
            let steps = state.steps.entry(broker.to_owned()).or_default();
            steps.ended += 1;
            let (told, most) = if failed { (&mut steps.told_undone, TOLD_UNDONE) } else { (&mut steps.told, TOLD) };
            *told += 1;
            let told = *told <= most;
            let counts = format!("{} of {} steps", steps.ended, steps.begun);
            // What was done in one request has no beginning of its own.
            let verb = steps.verbs.remove(&outcome.address).map(|verb| format!("{verb} ")).unwrap_or_default();
            (told, steps.begun.saturating_sub(steps.ended), counts, verb)
        };
        if left == 0 {
            self.end(broker);
        } else {
            self.update(broker, &counts);
        }
        if told {
            self.say(&self.step_line(outcome, &verb, took));
        }
    }

    fn step_line(&self, outcome: &Outcome, verb: &str, took: Duration) -> String {
        let (sign, more) = match &outcome.result {
            OutcomeResult::Done => (self.paint.good("✓"), ""),
            // The reasons come together at the end of the run.
            OutcomeResult::Failed { .. } => (self.paint.bad("✗"), ": failed"),
            OutcomeResult::Unknown { .. } => (self.paint.bad("?"), ": no answer"),
            OutcomeResult::NotTried { .. } => (self.paint.quiet("-"), ": not tried"),
        };
        let mut line = format!("  {sign} {verb}{}{more}", shown(&outcome.address));
        if took >= Duration::from_millis(100) {
            let seconds = format!(" ({:.1} s)", took.as_secs_f64());
            let _ = write!(line, "{}", self.paint.quiet(&seconds));
        }
        line
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg} {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(120));
    bar
}

/// `14.2 MiB`.
pub fn bytes(value: u64) -> String {
    indicatif::HumanBytes(value).to_string()
}

fn one_line(text: &str) -> &str {
    text.lines().next().unwrap_or_default()
}

fn amount(done: u64, total: u64, unit: Unit) -> String {
    let number = |value: u64| match unit {
        Unit::Bytes => bytes(value),
        Unit::Items => value.to_string(),
        Unit::Seconds => format!("{value} s"),
    };
    match (unit, total) {
        // The live line has a clock of its own.
        (Unit::Seconds, 0) => String::new(),
        (_, 0) if done == 0 => String::new(),
        (_, 0) => format!(" {}", number(done)),
        _ => format!(" {} of {}", number(done), number(total)),
    }
}

impl Events for Progress {
    fn emit(&self, event: Event) {
        if self.quiet && !matches!(event, Event::Warning { .. }) {
            return;
        }
        match event {
            Event::Phase { text } => self.say(&self.paint.title(&text)),
            Event::Note { text } => self.say(&format!("  {text}")),
            Event::Warning { text } => self.say(&format!("{} {text}", self.paint.change("warning:"))),
            Event::StepStarted { address, verb } => {
                let begun = {
                    let mut state = self.state();
                    let steps = state.steps.entry(address.broker.clone()).or_default();
                    steps.begun += 1;
                    steps.verbs.insert(address.clone(), verb);
                    steps.begun
                };
                if begun <= TOLD && self.bars.is_some() {
                    self.update(&address.broker, &format!("{verb} {address}"));
                }
            }
            Event::StepEnded { outcome, took } => self.step_ended(&outcome, took),
            Event::Progress { subject, what, done, total, unit } => {
                self.update(&subject, &format!("{what}{}", amount(done, total, unit)));
            }
            Event::ProgressEnded { subject } => self.end(&subject),
            Event::Output { subject, line } => self.update(&subject, &line),
            Event::Checked { check } => {
                // Why not is said at the end of the run.
                let good = (self.paint.good("✓"), check.detail.as_str());
                let (sign, detail) = if check.ok { good } else { (self.paint.bad("✗"), "no") };
                self.say(&format!("  {sign} {}: {}: {detail}", check.broker, check.name));
            }
        }
    }
}
