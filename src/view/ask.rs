//! A question to the person at the terminal.

use std::io::BufRead as _;
use std::sync::Arc;

use super::progress::Progress;
use crate::converge::{Answer, Confirm};

/// Answers with `--yes`, or asks, or says that nobody is there.
#[derive(Clone, Debug)]
pub struct Ask {
    pub(super) yes: bool,
    pub(super) terminal: bool,
    pub(super) progress: Arc<Progress>,
}

impl Confirm for Ask {
    fn confirm(&self, question: &str) -> Answer {
        if self.yes {
            return Answer::Yes;
        }
        self.progress.clear();
        self.progress.say(question);
        if !self.terminal {
            return Answer::NobodyThere;
        }
        self.progress.say("Type `yes` to go on:");
        let mut line = String::new();
        // The end of the input is no yes.
        match std::io::stdin().lock().read_line(&mut line) {
            Ok(_) if line.trim().eq_ignore_ascii_case("yes") => Answer::Yes,
            _ => Answer::No,
        }
    }
}
