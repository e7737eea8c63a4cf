//! Small files that would become large trees. The limits are on bytes and nodes, so no clock is asked.

use super::testing::{load_texts, places};
use super::{Loaded, MOST_BYTES, MOST_DEPTH, MOST_NODES, MOST_TEXT, render};

/// So many lines, each from its number.
fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect::<Vec<_>>().concat()
}

#[track_caller]
fn refused(text: &str, code: &str) -> Loaded {
    let loaded = load_texts(&[text]);
    let last = loaded.diagnostics.list.last().map(|one| one.code);
    assert_eq!(last, Some(code), "{}", render::plain(&loaded.diagnostics, &loaded.sources));
    assert!(loaded.tree.is_none());
    assert!(loaded.nodes <= MOST_NODES);
    loaded
}

#[test]
fn a_large_file_is_not_even_parsed() {
    let loaded = refused(&"a".repeat(MOST_BYTES + 1), "too-large");
    assert_eq!(loaded.nodes, 0);
    assert!(loaded.sources.0[0].text.is_empty(), "nothing of it is kept");
    let half = "#".repeat(MOST_BYTES / 2 + 1);
    assert_eq!(places(&load_texts(&[&half, &half])), ["1:1 too-large"]);
}

#[test]
fn deep_nesting_stops_at_the_limit() {
    for text in ["[".repeat(10_000), "{a: ".repeat(10_000), "- ".repeat(10_000), "? ".repeat(10_000)] {
        let loaded = refused(&text, "too-deep");
        assert!(loaded.nodes <= 3 * MOST_DEPTH, "{} for {}", loaded.nodes, &text[..4]);
    }
    let indented = lines(1_000, |level| format!("{}a:\n", " ".repeat(level)));
    assert!(refused(&indented, "too-deep").nodes <= 3 * MOST_DEPTH);
}

#[test]
fn aliases_pay_for_what_they_expand_to() {
    let levels = lines(8, |below| {
        let aliases = vec![format!("*x{below}"); 10].join(", ");
        format!("x-{0}: &x{0} [ {aliases} ]\n", below + 1)
    });
    let text = format!("x-0: &x0 [ a, a, a, a, a, a, a, a, a, a ]\n{levels}");
    refused(&text, "too-large");
}

#[test]
fn merge_keys_pay_too() {
    let levels = lines(20, |below| {
        let level = below + 1;
        format!("x-{level}: &x{level} {{ <<: [ *x{below}, *x{below} ], k: *x{below}, l: *x{below} }}\n")
    });
    let text = format!("x-0: &x0 {{ a: 1, b: 2, c: 3 }}\n{levels}");
    refused(&text, "too-large");
}

#[test]
fn long_texts_cannot_be_multiplied() {
    let long = "y".repeat(1 << 20);
    let aliases = "  - *long\n".repeat(MOST_TEXT / (1 << 20) + 1);
    refused(&format!("x-long: &long {long}\nx-list:\n{aliases}"), "too-large");
    let files = "  - ${file:large}\n".repeat(MOST_TEXT / (1 << 20) + 1);
    refused(&format!("x-list:\n{files}"), "too-large");
}

#[test]
fn defaults_cannot_multiply_either() {
    let config = lines(1_000, |number| format!("k{number}: 1, "));
    let boxes = lines(1_000, |number| format!("      b{number}:\n"));
    let text = format!(
        "brokers:\n  s:\n    kind: shelf\n    defaults: {{ boxes: {{ slots: 1, config: {{ {config} }} }} }}\n    boxes:\n{boxes}"
    );
    refused(&text, "too-large");
}

#[test]
fn an_alias_in_its_own_anchor_ends() {
    let loaded = load_texts(&["x-a: &a [ *a ]\nbrokers: {}\n"]);
    assert_eq!(places(&loaded), ["1:11 recursive-alias"]);
}
