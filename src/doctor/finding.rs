//! What is wrong, in a form that stays: a code, a sentence, and how to go on.

use std::fmt;

use serde::{Serialize, Serializer};

/// Each has one meaning, and keeps its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Code {
    EngineDown,
    EngineForbidden,
    EngineSilent,
    EngineTooOld,
    OtherFolder,
    MemoryLow,
    DiskFull,
    PortTaken,
    MirrorDead,
    MirrorLies,
    MirrorLacks,
    FirewallClosed,
    WrongArchitecture,
    BaseMissing,
    ImageNowhere,
    LockBad,
    LockMissing,
    LockStale,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EngineDown => "engine-down",
            Self::EngineForbidden => "engine-forbidden",
            Self::EngineSilent => "engine-silent",
            Self::EngineTooOld => "engine-too-old",
            Self::OtherFolder => "other-folder",
            Self::MemoryLow => "memory-low",
            Self::DiskFull => "disk-full",
            Self::PortTaken => "port-taken",
            Self::MirrorDead => "mirror-dead",
            Self::MirrorLies => "mirror-lies",
            Self::MirrorLacks => "mirror-lacks",
            Self::FirewallClosed => "firewall-closed",
            Self::WrongArchitecture => "wrong-architecture",
            Self::BaseMissing => "base-missing",
            Self::ImageNowhere => "image-nowhere",
            Self::LockBad => "lock-bad",
            Self::LockMissing => "lock-missing",
            Self::LockStale => "lock-stale",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// `up` would fail, or something would be other than the file says.
    Fault,
    /// `up` works all the same.
    Advice,
}

impl fmt::Display for Level {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Fault => "fault",
            Self::Advice => "advice",
        })
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: Code,
    pub level: Level,
    /// The broker, mirror, image or path.
    pub about: String,
    /// What is wrong, what was found against what is wanted, and why that matters.
    pub text: String,
    /// What to type or write to go on.
    pub command: String,
}

impl Finding {
    pub(super) fn fault(
        code: Code,
        about: impl Into<String>,
        text: impl Into<String>,
        command: impl Into<String>,
    ) -> Self {
        Self { code, level: Level::Fault, about: about.into(), text: text.into(), command: command.into() }
    }

    pub(super) fn advice(
        code: Code,
        about: impl Into<String>,
        text: impl Into<String>,
        command: impl Into<String>,
    ) -> Self {
        Self { level: Level::Advice, ..Self::fault(code, about, text, command) }
    }
}

/// Faults among them: what the exit code depends on.
pub fn faults(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.level == Level::Fault).count()
}

/// The worst first; equal ones stay in the order of what was looked at.
pub(super) fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| finding.level);
    findings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_first_and_are_what_counts() {
        let all = [
            Finding::advice(Code::LockStale, "a", "", ""),
            Finding::fault(Code::PortTaken, "b", "", ""),
            Finding::fault(Code::DiskFull, "c", "", ""),
        ];
        let order: Vec<String> = in_order(all.to_vec()).into_iter().map(|finding| finding.about).collect();
        assert_eq!(order, ["b", "c", "a"]);
        assert_eq!((faults(&all), faults(&all[..1])), (2, 0));
    }
}
