//! What a run's end means to a shell.

/// The exit code, in the order of precedence: the first that holds is the one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Code {
    /// 2: usage, or an invalid spec.
    Usage,
    /// 1: failed before anything was changed, or could not find out.
    Failed,
    /// 5: at least one step blocked or not permitted, and nothing failed.
    Blocked,
    /// 4: some steps done, at least one failed.
    Partly,
    /// 3: changes pending, where that was the question.
    Pending,
    /// 0: done, or in sync.
    Done,
    /// 130 or 143: a signal ended it.
    Interrupted(u8),
    /// `run`: the command's own.
    Command(u8),
}

/// Every number that a shell can get, as the help and the site say it.
pub(super) const MEANINGS: [(&str, &str); 7] = [
    ("0", "done, or in sync"),
    ("1", "failed before anything was changed, or could not find out"),
    ("2", "usage, or an invalid file"),
    ("3", "changes are pending (plan --exit-code, drift, site check)"),
    ("4", "partly applied: run the same command again to go on"),
    ("5", "at least one step is blocked or not permitted, and nothing failed"),
    ("130, 143", "interrupted"),
];

/// The table at the end of the help.
pub(super) fn help() -> String {
    let lines = MEANINGS.iter().map(|(number, meaning)| format!("\n  {number}  {meaning}"));
    format!("Exit codes:{}", lines.collect::<String>())
}

/// What the code depends on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// Something could not be found out: an unreachable broker, a broker that died.
    pub unknown: bool,
    /// Steps that were done.
    pub done: usize,
    /// Steps that failed or may have, and checks that failed.
    pub failed: usize,
    /// Steps that may not or cannot be done.
    pub blocked: usize,
    /// Steps that would be done, and unmanaged objects that count.
    pub pending: usize,
    /// The question was whether anything is pending: a blocked step is an answer to it, not a refusal.
    pub asked: bool,
    /// The signal that ended it early.
    pub signal: Option<u8>,
}

impl Ending {
    /// `1` before `5` before `4` before `3`. Failed steps without a single one done are `1`: nothing was changed.
    pub fn code(&self) -> Code {
        if let Some(signal) = self.signal {
            return Code::Interrupted(128 + signal);
        }
        if self.unknown || (self.failed > 0 && self.done == 0) {
            return Code::Failed;
        }
        if self.asked {
            return if self.blocked + self.pending > 0 { Code::Pending } else { Code::Done };
        }
        match (self.failed, self.blocked) {
            (0, 0) => Code::Done,
            (0, _) => Code::Blocked,
            _ => Code::Partly,
        }
    }
}

impl Code {
    /// The code when the answer could not be written: who asked was not told.
    #[must_use]
    pub fn without_result(self) -> Self {
        match self {
            Self::Done | Self::Pending => Self::Failed,
            other => other,
        }
    }

    pub fn number(self) -> u8 {
        match self {
            Self::Done => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Pending => 3,
            Self::Partly => 4,
            Self::Blocked => 5,
            Self::Interrupted(number) | Self::Command(number) => number,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_a_meaning() {
        let codes = [
            Code::Done,
            Code::Failed,
            Code::Usage,
            Code::Pending,
            Code::Partly,
            Code::Blocked,
            Code::Interrupted(130),
            Code::Interrupted(143),
        ];
        let numbers: Vec<String> = codes.iter().map(|code| code.number().to_string()).collect();
        let told: Vec<&str> = MEANINGS.iter().flat_map(|(number, _)| number.split(", ")).collect();
        assert_eq!(told, numbers);
        assert!(help().contains("\n  5  at least") && help().ends_with("\n  130, 143  interrupted"), "{}", help());
    }

    #[test]
    fn the_table() {
        let none = Ending::default();
        let cases = [
            ("in sync", none, 0),
            ("applied", Ending { done: 3, ..none }, 0),
            ("all failed", Ending { failed: 2, ..none }, 1),
            ("unreachable", Ending { unknown: true, done: 4, ..none }, 1),
            ("unreachable, asked", Ending { unknown: true, pending: 4, asked: true, ..none }, 1),
            ("pending", Ending { pending: 1, asked: true, ..none }, 3),
            ("pending and not asked", Ending { pending: 1, ..none }, 0),
            ("blocked, asked", Ending { blocked: 1, asked: true, ..none }, 3),
            ("partly", Ending { done: 1, failed: 1, ..none }, 4),
            ("partly, with a blocked one", Ending { done: 1, failed: 1, blocked: 1, ..none }, 4),
            ("blocked", Ending { blocked: 1, ..none }, 5),
            ("blocked beside done ones", Ending { blocked: 1, done: 9, ..none }, 5),
            ("interrupted", Ending { done: 1, failed: 1, signal: Some(2), ..none }, 130),
            ("terminated", Ending { signal: Some(15), ..none }, 143),
        ];
        for (what, ending, number) in cases {
            assert_eq!(ending.code().number(), number, "{what}");
        }
    }
}
