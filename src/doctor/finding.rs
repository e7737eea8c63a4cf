//! What is wrong, in a form that stays: a code, a sentence, and how to go on.

use std::fmt;

use serde::{Serialize, Serializer};

/// Writes down each code once: its word, and what it means with what to do.
macro_rules! codes {
    ($($code:ident $word:literal $means:literal,)*) => {
        /// Each has one meaning, and keeps its name.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $($code,)*
        }

        impl Code {
            pub const ALL: &[Self] = &[$(Self::$code,)*];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $word,)*
                }
            }

            /// In a sentence or two, whatever was found.
            pub fn means(self) -> &'static str {
                match self {
                    $(Self::$code => $means,)*
                }
            }
        }
    };
}

codes! {
    EngineDown "engine-down" "No Docker engine answers under its address. Start it, or choose another context.",
    EngineForbidden "engine-forbidden" "The engine is there and this user may not talk to it. Join the group `docker`, or use an engine without root.",
    EngineSilent "engine-silent" "The engine takes the connection and does not answer in time. Restart it.",
    EngineTooOld "engine-too-old" "The engine is older than Docker 20.10. Install a newer one, or choose another engine.",
    OtherFolder "other-folder" "A stack of this name was started from another folder. Go there, or give this one another name with `--stack`.",
    MemoryLow "memory-low" "The brokers need, or may take, more memory than the engine's machine has. Use fewer nodes, a smaller `heap` or a smaller `memory`.",
    DiskFull "disk-full" "A disk that `up` writes to has too little room left. Free some, or choose another place.",
    PortTaken "port-taken" "A port of the host is held by somebody else. Stop the holder, or write another port under `ports`.",
    MirrorDead "mirror-dead" "A mirror does not answer, or answers with nonsense. Take it out, or try it again with `mirrors test`.",
    MirrorLies "mirror-lies" "A mirror gives other content than the digest that is known. Take it out.",
    MirrorLacks "mirror-lacks" "A mirror does not have an image that the stack wants. `mirrors test` tells which one has it.",
    FirewallClosed "firewall-closed" "The file opens a port to other machines, and a rule of the firewall keeps them out. Allow it, or leave `bind` out.",
    WrongArchitecture "wrong-architecture" "An image is for another processor than the engine's. Set `platform`, or write the lock anew.",
    BaseMissing "base-missing" "An image must be built here, and the system that it is built on cannot be had. `images build` says what was tried.",
    ImageNowhere "image-nowhere" "No source has an image of a broker. Load an archive of images, or name a mirror.",
    LockBad "lock-bad" "`mqlab.lock` cannot be read. Take that of the last commit, or write it anew with `images lock`.",
    LockMissing "lock-missing" "Mirrors are set that nobody could hold to anything without a lock. Write it with `images lock`.",
    LockStale "lock-stale" "The lock does not fit the file any more: an image is missing in it, or one too many. Write it anew with `images lock`.",
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
