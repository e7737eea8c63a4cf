//! What the mirrors said when they were asked.

use super::finding::{Code, Finding};
use crate::images::{MirrorTrial, Verdict};

pub(super) fn check(trials: &[MirrorTrial]) -> Vec<Finding> {
    trials.iter().flat_map(of_one).collect()
}

fn of_one(trial: &MirrorTrial) -> Vec<Finding> {
    let url = trial.mirror.as_str();
    if let Some(trouble) = &trial.trouble {
        let text = format!("the mirror {url} ({}) is of no use now: {trouble}", trial.from);
        let command = format!("take it out, or see whether it comes back: mqlab mirrors test {url}");
        return vec![Finding::advice(Code::MirrorDead, url, text, command)];
    }
    let told = |wanted: fn(Verdict, bool) -> bool| {
        let images = trial.images.iter().filter(move |image| wanted(image.verdict, image.usable));
        images.map(|image| format!("{}: {}", image.image, image.words)).collect::<Vec<_>>()
    };
    let mut findings = Vec::new();
    let lies = told(|verdict, _| verdict == Verdict::Lies);
    if !lies.is_empty() {
        let text = format!(
            "the mirror {url} ({}) gives other images than it should, and whoever believes its tags runs them: {}",
            trial.from,
            lies.join("; ")
        );
        let command = format!("take {url} out, wherever it is set; mqlab mirrors test ranks the others");
        findings.push(Finding::fault(Code::MirrorLies, url, text, command));
    }
    let lacks = told(|verdict, usable| !usable && !matches!(verdict, Verdict::Lies | Verdict::NotKnown));
    if !lacks.is_empty() {
        let text = format!("the mirror {url} ({}) does not have what is wanted: {}", trial.from, lacks.join("; "));
        findings.push(Finding::advice(Code::MirrorLacks, url, text, "mqlab mirrors test"));
    }
    findings
}

/// Mirrors that have the images and are not believed, because nobody has written down what is right.
pub(super) fn without_a_lock(trials: &[MirrorTrial], has_lock: bool) -> Option<Finding> {
    let waits =
        |trial: &&MirrorTrial| trial.images.iter().any(|image| image.verdict == Verdict::NotKnown && !image.usable);
    let mirror = trials.iter().find(waits).filter(|_| !has_lock)?;
    let text = format!(
        "nothing tells which content the images must have, so what {} and others offer is not used",
        mirror.mirror
    );
    Some(Finding::advice(Code::LockMissing, crate::images::LOCK, text, "mqlab images lock"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::images::ImageTrial;

    fn trial(trouble: Option<&str>, verdicts: &[(Verdict, bool)]) -> MirrorTrial {
        let image = |&(verdict, usable): &(Verdict, bool)| ImageTrial {
            image: "docker.io/a:1".to_owned(),
            digest: None,
            verdict,
            words: "words".to_owned(),
            usable,
        };
        MirrorTrial {
            mirror: "https://m.example".to_owned(),
            from: "the spec".to_owned(),
            trust: "digest",
            answers_in: None,
            trouble: trouble.map(str::to_owned),
            images: verdicts.iter().map(image).collect(),
            bytes_per_second: None,
        }
    }

    fn codes(trial: &MirrorTrial) -> Vec<Code> {
        of_one(trial).into_iter().map(|finding| finding.code).collect()
    }

    #[test]
    fn each_verdict_has_its_code() {
        assert_eq!(codes(&trial(Some("it is silent"), &[])), [Code::MirrorDead]);
        assert_eq!(codes(&trial(None, &[(Verdict::Right, true), (Verdict::Lags, true)])), []);
        assert_eq!(codes(&trial(None, &[(Verdict::Lies, false)])), [Code::MirrorLies]);
        assert_eq!(codes(&trial(None, &[(Verdict::Missing, false), (Verdict::Lags, false)])), [Code::MirrorLacks]);
        assert_eq!(codes(&trial(None, &[(Verdict::Lies, true), (Verdict::Refused, false)])).len(), 2);
        assert_eq!(codes(&trial(None, &[(Verdict::NotKnown, false)])), []);
    }

    #[test]
    fn a_lock_is_missed_where_a_mirror_waits_for_it() {
        let waits = [trial(None, &[(Verdict::NotKnown, false)])];
        assert_eq!(without_a_lock(&waits, false).unwrap().code, Code::LockMissing);
        assert_eq!(without_a_lock(&waits, true), None);
        assert_eq!(without_a_lock(&[trial(None, &[(Verdict::NotKnown, true)])], false), None);
    }
}
