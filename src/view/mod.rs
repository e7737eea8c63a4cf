//! What the user sees: the only writers to the terminal, `cli` and its errors excepted.
//!
//! Results go to standard output, everything else to standard error.

mod ask;
mod doctor;
mod hints;
mod json;
mod paint;
mod plan;
mod progress;
mod report;
mod table;

use std::io::{ErrorKind, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use progress::Progress;

pub use ask::Ask;
pub use doctor::{findings_as_lines, findings_for_people};
pub use hints::Hints;
pub use json::envelope;
pub use paint::Paint;
pub use plan::{plans_as_lines, plans_for_people};
pub use progress::bytes;
pub use report::{
    Ending, brokers_table, ending_as_lines, ending_for_people, failed_for_people, images_table, outcomes_as_lines,
    short_digest,
};
pub use table::Table;

/// The form of the result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Human,
    Plain,
    Json,
}

/// How the streams can be used.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "independent facts about the streams and the flags")]
pub struct Style {
    pub form: Form,
    /// Only results and what is wrong.
    pub quiet: bool,
    pub output_is_terminal: bool,
    pub errors_are_terminal: bool,
    /// Colours are welcome where a terminal is.
    pub color: bool,
    /// A person can be asked.
    pub can_ask: bool,
    /// `--yes`.
    pub yes: bool,
}

/// The voice of one command.
#[derive(Clone, Debug)]
pub struct View {
    style: Style,
    hints: Hints,
    progress: Arc<Progress>,
    /// Results cannot be written any more.
    unread: Arc<AtomicBool>,
    /// And that is an error.
    lost: Arc<AtomicBool>,
}

impl View {
    pub fn new(style: Style, hints: Hints) -> Self {
        let live = style.errors_are_terminal && !style.quiet && style.form != Form::Json;
        let paint = Paint(style.errors_are_terminal && style.color);
        Self {
            style,
            hints,
            progress: Arc::new(Progress::new(live, style.quiet, paint)),
            unread: Arc::default(),
            lost: Arc::default(),
        }
    }

    pub fn form(&self) -> Form {
        self.style.form
    }

    /// Colours for standard output.
    pub fn paint(&self) -> Paint {
        Paint(self.style.form == Form::Human && self.style.output_is_terminal && self.style.color)
    }

    /// Colours for standard error.
    pub fn paint_errors(&self) -> Paint {
        self.progress.paint()
    }

    /// Where a run tells what it does.
    pub fn events(&self) -> &dyn crate::converge::Events {
        self.progress.as_ref()
    }

    /// Who answers a run's questions.
    pub fn ask(&self) -> Ask {
        Ask { yes: self.style.yes, terminal: self.style.can_ask, progress: Arc::clone(&self.progress) }
    }

    /// A result. A reader that went away, as in `mqlab ls | head -1`, is no error.
    pub fn result(&self, text: &str) {
        self.progress.clear();
        let mut stdout = std::io::stdout().lock();
        let written = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
        drop(stdout);
        let Err(error) = written else { return };
        self.unread.store(true, Ordering::Relaxed);
        if error.kind() != ErrorKind::BrokenPipe && !self.lost.swap(true, Ordering::Relaxed) {
            self.error(&format!("cannot write the result: {error}"));
        }
    }

    /// Whether nobody reads results any more.
    pub fn is_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }

    /// Whether a result, or a part of it, could not be written.
    pub fn lost_a_result(&self) -> bool {
        self.lost.load(Ordering::Relaxed)
    }

    /// A result for people, with commands in it that can be pasted.
    pub fn result_for_people(&self, text: &str) {
        self.result(&self.hints.complete(text));
    }

    /// A result as JSON.
    pub fn json(&self, value: &serde_json::Value) {
        self.result(&format!("{value:#}\n"));
    }

    /// Something worth knowing beside the result; not said under `--quiet`.
    pub fn note(&self, text: &str) {
        if !self.style.quiet {
            self.progress.say(&self.hints.complete(text));
        }
    }

    /// Something that is wrong.
    pub fn error(&self, text: &str) {
        self.progress.clear();
        let paint = self.paint_errors();
        let text = self.hints.complete(text);
        let mut lines = text.lines();
        self.progress.say(&format!("{} {}", paint.bad("error:"), lines.next().unwrap_or_default()));
        for line in lines {
            self.progress.say(&format!("  {line}"));
        }
    }

    /// Text that is formed already, to standard error.
    pub fn say(&self, text: &str) {
        self.progress.say(&self.hints.complete(text.trim_end_matches('\n')));
    }
}
