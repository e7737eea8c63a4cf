//! The lists of everything that can be wrong or suspicious, held against the sources that say it.

#![allow(clippy::unwrap_used, reason = "a test says what went wrong by failing")]

use std::collections::BTreeSet;

use mqlab::brokers::Description;
use mqlab::spec::{ERRORS, LINTS};
use regex::Regex;

use crate::registry::{Missing, Repository, explains, of_every_kind};
use crate::sources::sources;

/// What sources can call wrong, and what suspicious.
fn said(folders: &[String]) -> [BTreeSet<&'static str>; 2] {
    let code = Regex::new("^[a-z0-9]+(-[a-z0-9]+)*$").unwrap();
    // Where a code stands for sure, and where pairs of other things may begin as well: those have no hyphen.
    let [lint, error, pair] =
        [r"\blint\(\s*$", r"\b(error|report)\(\s*$|\bcode:\s*$", r"(\bSome\(|=>\s*(\{\s*)?|;\s*)\(\s*$"]
            .map(|before| Regex::new(before).unwrap());
    let (mut errors, mut lints) = (BTreeSet::new(), BTreeSet::new());
    let is_own = |path: &str| folders.iter().any(|folder| path.starts_with(folder)) && !path.contains("/session/");
    for source in sources().iter().filter(|source| is_own(&source.path)) {
        for literal in source.literals.iter().filter(|one| code.is_match(&one.text)) {
            let before = &source.code[..literal.at];
            if lint.is_match(before) {
                lints.insert(literal.text.as_str());
            } else if error.is_match(before) || (pair.is_match(before) && literal.text.contains('-')) {
                errors.insert(literal.text.as_str());
            }
        }
    }
    [errors, lints]
}

fn listed(list: &[(&'static str, &str)]) -> BTreeSet<&'static str> {
    list.iter().map(|(code, _)| *code).collect()
}

/// What a folder's sources can call wrong or suspicious is in its lists, and nothing else is.
#[test]
fn the_lists_of_codes_are_true() {
    assert_eq!([listed(ERRORS), listed(LINTS)], said(&["spec/".to_owned(), "model/".to_owned()]), "any stack");
    of_every_kind(codes);
}

pub(crate) fn codes(about: &Description, _files: &Repository, missing: &mut Missing) {
    let kind = about.kind;
    let [errors, lints] = said(&[format!("brokers/{kind}/")]);
    for (what, said, listed) in [("errors", errors, listed(about.errors)), ("lints", lints, listed(about.lints))] {
        missing.unless(!listed.is_empty(), || format!("{kind}: a list of {what}"));
        let unlisted: Vec<&&str> = said.difference(&listed).collect();
        missing.unless(unlisted.is_empty(), || format!("{kind}: {unlisted:?} in its list of {what}"));
        let unsaid: Vec<&&str> = listed.difference(&said).collect();
        missing.unless(unsaid.is_empty(), || format!("{kind}: {unsaid:?} of its list of {what} in its sources"));
    }
}

/// What is told whatever brokers there are.
#[test]
fn every_code_of_any_stack_is_explained() {
    for (code, doc) in ERRORS.iter().chain(LINTS) {
        assert!(explains(doc), "{code}: {doc}");
    }
    for code in mqlab::doctor::Code::ALL {
        assert!(explains(code.means()), "{code}");
    }
}
