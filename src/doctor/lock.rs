//! The lock against the stack, and against what the registry says now.

use std::collections::{BTreeMap, BTreeSet};

use super::finding::{Code, Finding};
use crate::images::{LOCK, Lock};

/// What a lock is held against.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LockSeen {
    /// The stack's images by their full names with a tag, each with the brokers that want it.
    pub(super) wanted: BTreeMap<String, Vec<String>>,
    /// What the registries themselves say now, where they could be asked.
    pub(super) told_now: BTreeMap<String, String>,
}

/// At most three findings, one for each way of being stale.
pub(super) fn check(lock: &Lock, seen: &LockSeen) -> Vec<Finding> {
    let has: BTreeSet<&String> = lock.images.keys().collect();
    let wants: BTreeSet<&String> = seen.wanted.keys().collect();
    let mut findings = Vec::new();
    let missing: Vec<String> =
        wants.difference(&has).map(|name| format!("{name} ({})", seen.wanted[*name].join(", "))).collect();
    if !missing.is_empty() {
        let text = format!(
            "{LOCK} does not have {}: `up --locked` refuses, and mirrors are not used for what is not in it",
            missing.join(", ")
        );
        findings.push(stale(text));
    }
    let left: Vec<&str> = has.difference(&wants).map(|name| name.as_str()).collect();
    if !left.is_empty() {
        findings.push(stale(format!("{LOCK} has {}, which nobody in the stack wants", left.join(", "))));
    }
    let moved = seen.told_now.iter().filter_map(|(name, now)| {
        let locked = lock.images.get(name).filter(|locked| locked.digest != *now)?;
        Some(format!("{name} is {now} and was {}", locked.digest))
    });
    let moved: Vec<String> = moved.collect();
    if !moved.is_empty() {
        let text = format!(
            "the registry has other images now than {LOCK} says: {}; the lock decides, and what it has stays in use",
            moved.join("; ")
        );
        findings.push(stale(text));
    }
    findings
}

fn stale(text: String) -> Finding {
    Finding::advice(Code::LockStale, LOCK, text, "mqlab images lock")
}

/// A lock that cannot be read: every verb that takes images refuses it.
pub(super) fn bad(path: &str, words: &str) -> Finding {
    let text = words.lines().next().unwrap_or_default();
    Finding::fault(
        Code::LockBad,
        LOCK,
        text,
        format!("take the one of the last commit, or: rm {path} && mqlab images lock"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::Locked;

    fn lock(names: &[&str]) -> Lock {
        let locked = |name: &&str| ((*name).to_owned(), Locked { digest: "sha256:a".to_owned(), platforms: [].into() });
        Lock { images: names.iter().map(locked).collect() }
    }

    fn seen(names: &[&str]) -> LockSeen {
        let wanted = names.iter().map(|name| ((*name).to_owned(), vec!["jobs".to_owned()])).collect();
        LockSeen { wanted, told_now: BTreeMap::new() }
    }

    #[test]
    fn what_is_in_one_and_not_in_the_other_is_told() {
        assert_eq!(check(&lock(&["a:1"]), &seen(&["a:1"])), []);
        let both = check(&lock(&["a:1"]), &seen(&["b:1"]));
        let codes: Vec<Code> = both.iter().map(|finding| finding.code).collect();
        assert_eq!(codes, [Code::LockStale, Code::LockStale]);
        assert!(both[0].text.contains("does not have b:1 (jobs)"), "{}", both[0].text);
        assert!(both[1].text.contains("has a:1, which nobody"), "{}", both[1].text);
    }

    #[test]
    fn a_tag_that_moved_on_is_told() {
        let mut seen = seen(&["a:1"]);
        seen.told_now = BTreeMap::from([("a:1".to_owned(), "sha256:a".to_owned())]);
        assert_eq!(check(&lock(&["a:1"]), &seen), []);
        seen.told_now = BTreeMap::from([("a:1".to_owned(), "sha256:b".to_owned())]);
        assert!(check(&lock(&["a:1"]), &seen)[0].text.contains("a:1 is sha256:b and was sha256:a"));
    }

    #[test]
    fn a_bad_one_is_taken_away_first() {
        let found = bad("/shop/mqlab.lock", "/shop/mqlab.lock: no JSON\nmqlab images lock writes it anew");
        assert_eq!((found.code, found.text.as_str()), (Code::LockBad, "/shop/mqlab.lock: no JSON"));
        assert!(found.command.ends_with("rm /shop/mqlab.lock && mqlab images lock"));
    }
}
