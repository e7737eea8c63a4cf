//! What a file becomes, and what is said about it.

use proptest::prelude::*;

use super::render::{self, Style};
use super::testing::{load_texts, places};
use super::{Loaded, MOST_BYTES, MOST_DEPTH, MOST_NODES, MOST_TEXT, Node, NodeValue};

fn json(loaded: &Loaded) -> serde_json::Value {
    loaded.tree.as_ref().map_or(serde_json::Value::Null, |tree| tree.to_value().to_json())
}

fn plain(loaded: &Loaded) -> String {
    render::plain(&loaded.diagnostics, &loaded.sources)
}

#[track_caller]
fn tree(texts: &[&str]) -> serde_json::Value {
    let loaded = load_texts(texts);
    assert!(loaded.diagnostics.list.is_empty(), "{}", plain(&loaded));
    json(&loaded)
}

#[track_caller]
fn found(text: &str) -> Vec<String> {
    places(&load_texts(&[text]))
}

#[test]
fn a_later_file_merges_into_an_earlier_one() {
    let base =
        "brokers: { s: { kind: shelf, boxes: { a: { slots: 1, label: x }, b: { slots: 2 } } } }\nsite: { out: o }";
    let over = "brokers: { s: { boxes: { a: { slots: 9 }, b: null, c: { slots: 3 } } } }";
    let wanted = serde_json::json!({
        "brokers": { "s": { "kind": "shelf", "boxes": { "a": { "slots": 9, "label": "x" }, "c": { "slots": 3 } } } },
        "site": { "out": "o" },
    });
    assert_eq!(tree(&[base, over]), wanted);
    assert_eq!(tree(&[base, over, "site: {}"]), wanted);
    assert_eq!(tree(&[base, over, "site:"])["site"], serde_json::Value::Null);
}

#[test]
fn lists_replace_and_a_new_bare_name_stays() {
    let base = "brokers: { s: { kind: shelf, boxes: { a: { slots: 1, links: [ { to: b }, { to: c } ] } } } }";
    let over = "brokers: { s: { boxes: { a: { links: [ { to: d } ] } }, rooms: { new: } } }";
    let tree = tree(&[base, over]);
    assert_eq!(tree["brokers"]["s"]["boxes"]["a"]["links"], serde_json::json!([{ "to": "d" }]));
    assert_eq!(tree["brokers"]["s"]["rooms"], serde_json::json!({ "new": null }));
}

#[test]
fn a_mistake_keeps_the_place_of_its_own_file() {
    let loaded = load_texts(&["brokers: { s: { kind: shelf } }", "\nbrokers:\n  s:\n    nodes: many\n"]);
    assert!(plain(&loaded).starts_with("b.yaml:4:12: error[wrong-type]: `nodes` takes a whole number"));
}

#[test]
fn defaults_reach_every_object_of_their_kind() {
    let text = "
brokers:
  s:
    kind: shelf
    on_change: replace
    defaults: { boxes: { slots: 3, config: { a: 1, b: 2 } } }
    boxes: { bare: , own: { slots: 5, config: { b: null }, on_change: refuse } }
    rooms: { r: { boxes: { inner: { label: x } } } }
";
    let tree = tree(&[text]);
    let broker = &tree["brokers"]["s"];
    let common = serde_json::json!({ "a": 1, "b": 2 });
    assert_eq!(broker["boxes"]["bare"], serde_json::json!({ "slots": 3, "config": common, "on_change": "replace" }));
    assert_eq!(
        broker["boxes"]["own"],
        serde_json::json!({ "slots": 5, "config": { "a": 1, "b": null }, "on_change": "refuse" })
    );
    assert_eq!(
        broker["rooms"]["r"]["boxes"]["inner"],
        serde_json::json!({ "label": "x", "slots": 3, "config": common, "on_change": "replace" })
    );
}

#[test]
fn a_mistake_in_defaults_is_reported_once() {
    let text =
        "brokers: { s: { kind: shelf, defaults: { boxes: { slots: 0 } }, boxes: { a: , b: , c: { slots: 1 } } } }";
    assert_eq!(found(text), ["1:58 out-of-range"]);
}

#[test]
fn anchors_and_merge_keys_work() {
    let text = "
x-boxes: { first: &first { slots: 1, label: one }, second: &second { slots: 2, open: true } }
brokers:
  s:
    kind: shelf
    boxes:
      a: *first
      b: { <<: *first, label: own }
      c: { <<: [ *second, *first ] }
";
    let boxes = tree(&[text])["brokers"]["s"]["boxes"].clone();
    assert_eq!(
        boxes,
        serde_json::json!({
            "a": { "slots": 1, "label": "one" },
            "b": { "slots": 1, "label": "own" },
            "c": { "slots": 2, "open": true, "label": "one" },
        })
    );
}

#[test]
fn texts_are_filled_in_and_remembered_as_such() {
    let text =
        "brokers: { s: { kind: shelf, boxes: { a: { slots: 1, label: 'in ${env:ROOM}', key: '${file:secret}' } } } }";
    let loaded = load_texts(&[text]);
    let one = loaded.tree.as_ref().unwrap().get("brokers").unwrap().get("s").unwrap().get("boxes").unwrap();
    let node = one.get("a").unwrap();
    assert_eq!(node.text_of("label"), Some("in kitchen"));
    assert_eq!(node.text_of("key"), Some("from-a-file"));
    assert!(matches!(&node.get("key").unwrap().value, NodeValue::Text(text) if text.interpolated));
}

#[test]
fn a_place_inside_a_text_is_exact() {
    let text = "
brokers:
  s:
    kind: shelf
    boxes:
      a: { slots: 1, label: \"é ${env:ROOM} ${env:NONE} $${env:X} ${HOME}\" }
      b:
        slots: 1
        label: |
          first ${env:ROOM}
          second ${env:NONE}
      c: { slots: 1, label: 'it''s ${env:NONE}' }
";
    assert_eq!(
        found(text),
        ["6:44 missing-variable", "6:66 unknown-interpolation", "11:18 missing-variable", "12:36 missing-variable"]
    );
}

#[test]
fn what_came_from_outside_is_not_shown() {
    let text = "brokers: { s: { kind: shelf, storage: '${file:secret}', boxes: { a: { slots: '${file:secret}', key: [] } } } }";
    let shown = plain(&load_texts(&[text]));
    assert_eq!(shown.lines().count(), 4);
    assert!(!shown.contains("from-a-file"), "{shown}");
}

#[test]
fn passwords_in_source_lines_are_masked() {
    let text = "brokers: { s: { kind: shelf, users: { u: { password: hünter2, admin: true }, v: { password: '${env:NO:-hunter3}', x: 1 } } } }";
    let loaded = load_texts(&[text]);
    let style = Style { color: false, unicode: true, width: 300 };
    let drawn = render::fancy(&loaded.diagnostics, &loaded.sources, style);
    assert!(drawn.contains("password: *******, admin"), "{drawn}");
    assert!(!drawn.contains("hunter3"), "{drawn}");
    assert_eq!(places(&loaded), ["1:63 unknown-key", "1:115 unknown-key"]);
    assert!(loaded.tree.unwrap().to_value().to_json().to_string().contains("hünter2"));
}

#[test]
fn files_that_are_no_spec_say_so() {
    for (text, wanted) in [
        ("", "1:1 empty"),
        ("# nothing\n", "1:1 empty"),
        ("---\n", "1:1 empty"),
        ("null", "1:1 empty"),
        ("- a\n- b\n", "1:1 wrong-type"),
        ("hello", "1:1 wrong-type"),
        ("a: 1\n---\nb: 2\n", "2:1 several-documents"),
        ("{ brokers: {} }\n...\n", "1:12 no-brokers"),
    ] {
        let wanted = if wanted.ends_with("no-brokers") { Vec::new() } else { vec![wanted] };
        assert_eq!(found(text), wanted, "{text:?}");
    }
}

#[test]
fn encodings_and_line_ends_do_not_move_positions() {
    let text = "brokers:\r\n  s: { kind: shelf, nodes: x }\r\n";
    assert_eq!(found(text), ["2:28 wrong-type"]);
    assert_eq!(found(&format!("\u{feff}{text}")), ["2:28 wrong-type"]);
    assert_eq!(found(&text.replace("\r\n", "\r")), ["2:28 wrong-type"]);
    let inputs = |bytes: &[u8]| vec![super::Input { name: "a.yaml".into(), bytes: bytes.to_vec() }];
    let load = |bytes| super::load(inputs(bytes), &super::testing::TestEnvironment);
    assert_eq!(places(&load(b"a: 1\n\xc3\xa9: \xff\n")), ["2:4 not-utf-8"]);
    assert_eq!(places(&load(b"\xff\xfea\0:\0")), ["1:1 not-utf-8"]);
}

#[test]
fn a_tree_with_mistakes_holds_nothing_where_they_are() {
    let loaded = load_texts(&["brokers: { s: { kind: shelf, nodes: 0, storage: disk, boxes: { a: 5 } } }"]);
    assert_eq!(places(&loaded), ["1:37 out-of-range", "1:49 invalid-choice", "1:67 wrong-type"]);
    let broker = json(&loaded)["brokers"]["s"].clone();
    assert_eq!(broker, serde_json::json!({ "kind": "shelf", "nodes": null, "storage": null, "boxes": { "a": null } }));
}

#[test]
fn a_newer_format_stops_all_other_complaints() {
    assert_eq!(found("mqlab: 2\nnonsense: 1\n"), ["1:8 newer-format"]);
}

#[test]
fn a_file_of_mistakes_does_not_fill_the_memory() {
    let keys: String = (0..3_000).map(|number| format!("k{number}: 1\n")).collect();
    let loaded = load_texts(&[&keys]);
    assert_eq!(loaded.diagnostics.list.len(), 1_000);
    assert!(plain(&loaded).ends_with("\n1000 errors, 2001 more\n"));
}

mod bombs {
    use super::*;

    #[track_caller]
    fn refused(text: &str, code: &str) -> Loaded {
        let loaded = load_texts(&[text]);
        let last = loaded.diagnostics.list.last().map(|one| one.code);
        assert_eq!(last, Some(code), "{}", plain(&loaded));
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
        let indented: String = (0..1_000).map(|level| format!("{}a:\n", " ".repeat(level))).collect();
        assert!(refused(&indented, "too-deep").nodes <= 3 * MOST_DEPTH);
    }

    #[test]
    fn aliases_pay_for_what_they_expand_to() {
        let mut text = "x-0: &x0 [ a, a, a, a, a, a, a, a, a, a ]\n".to_owned();
        for level in 1..9 {
            let aliases = vec![format!("*x{}", level - 1); 10].join(", ");
            text.push_str(&format!("x-{level}: &x{level} [ {aliases} ]\n"));
        }
        refused(&text, "too-large");
    }

    #[test]
    fn merge_keys_pay_too() {
        let mut text = "x-0: &x0 { a: 1, b: 2, c: 3 }\n".to_owned();
        for level in 1..20 {
            let below = level - 1;
            text.push_str(&format!(
                "x-{level}: &x{level} {{ <<: [ *x{below}, *x{below}, *x{below} ], k: *x{below}, l: *x{below} }}\n"
            ));
        }
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
        let config: String = (0..1_000).map(|number| format!("k{number}: 1, ")).collect();
        let boxes: String = (0..1_000).map(|number| format!("      b{number}:\n")).collect();
        let text = format!(
            "brokers:\n  s:\n    kind: shelf\n    defaults: {{ boxes: {{ slots: 1, config: {{ {config} }} }} }}\n    boxes:\n{boxes}"
        );
        refused(&text, "too-large");
    }

    #[test]
    fn an_alias_in_its_own_anchor_ends() {
        assert_eq!(found("x-a: &a [ *a ]\nbrokers: {}\n"), ["1:11 recursive-alias"]);
    }
}

/// Text that the parser has much to say about.
fn yamlish() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("brokers:"),
        Just("kind: shelf"),
        Just("boxes:"),
        Just("a"),
        Just(": "),
        Just("\n"),
        Just("\n  "),
        Just("\n    "),
        Just("- "),
        Just("? "),
        Just("{"),
        Just("}"),
        Just("["),
        Just("]"),
        Just(", "),
        Just("&a "),
        Just("*a"),
        Just("<<: "),
        Just("|\n"),
        Just(">-\n"),
        Just("\""),
        Just("'"),
        Just("#"),
        Just(" #"),
        Just("---\n"),
        Just("...\n"),
        Just("!!str "),
        Just("%TAG ! x\n"),
        Just("${env:ROOM}"),
        Just("${"),
        Just("\t"),
        Just("\r\n"),
        Just("\r"),
        Just("é"),
        Just("\u{feff}"),
        Just("\\"),
        Just("0x"),
        Just("yes"),
        Just("~"),
        Just("@"),
        Just("`"),
        Just("\u{0}"),
        Just("\u{2028}"),
        Just("1e9"),
        Just("slots: 1"),
    ];
    prop::collection::vec(word, 0..40).prop_map(|words| words.concat())
}

fn assert_positions(loaded: &Loaded) {
    for one in &loaded.diagnostics.list {
        let text = &loaded.sources.0[one.at.file].text;
        let lines = super::lines::Lines::new(text);
        assert!(one.at.line >= 1 && one.at.line as usize <= lines.count(), "{one:?} in {text:?}");
        let length = lines.line(one.at.line).chars().count();
        assert!(one.at.column >= 1 && one.at.column as usize <= length + 1, "{one:?} in {text:?}");
        assert!(one.at.length >= 1);
    }
    let style = Style { color: true, unicode: true, width: 60 };
    let drawn = render::fancy(&loaded.diagnostics, &loaded.sources, style);
    assert_eq!(drawn.is_empty(), loaded.diagnostics.list.is_empty());
    assert!(!drawn.contains("Failed to read"), "{drawn}");
}

/// A small tree without nulls, which mean "remove" to a merge.
fn small_tree() -> impl Strategy<Value = Node> {
    let leaf = prop_oneof![any::<bool>().prop_map(NodeValue::Bool), (0..9i64).prop_map(NodeValue::Int)];
    let node = leaf.prop_map(|value| Node::new(value, super::Position::default()));
    node.prop_recursive(3, 20, 3, |inner| {
        prop::collection::btree_map("[abc]", inner, 0..3).prop_map(|entries| {
            let at = super::Position::default();
            let entries = entries.into_iter().map(|(key, value)| super::Entry { key, at, value }).collect();
            Node::new(NodeValue::Map(super::Map { entries }), at)
        })
    })
}

proptest! {
    #[test]
    fn any_text_is_read_without_a_panic(text in "\\PC*") {
        assert_positions(&load_texts(&[&text]));
    }

    #[test]
    fn anything_like_yaml_is_read_without_a_panic(text in yamlish(), other in yamlish()) {
        assert_positions(&load_texts(&[&text]));
        assert_positions(&load_texts(&[&text, &other]));
    }

    #[test]
    fn merging_is_associative_where_nothing_is_removed(a in small_tree(), b in small_tree(), c in small_tree()) {
        let refused = super::reader::Refused::default();
        let merge = |base: &Node, over: &Node| super::merge::merge(base.clone(), over.clone(), &refused);
        let left = merge(&merge(&a, &b), &c);
        let right = merge(&a, &merge(&b, &c));
        // Where a leaf stands between two maps, the order decides what is left of the first map.
        let maps = [&a, &b, &c].iter().all(|node| node.as_map().is_some());
        prop_assume!(maps && !hides(&a, &b, &c));
        prop_assert_eq!(left.to_value(), right.to_value());
    }
}

/// Whether `b` has a leaf where `a` and `c` have maps.
fn hides(a: &Node, b: &Node, c: &Node) -> bool {
    match (a.as_map(), c.as_map()) {
        (Some(_), Some(_)) if b.as_map().is_none() => true,
        (Some(map), Some(_)) => map.entries.iter().any(|entry| match (b.get(&entry.key), c.get(&entry.key)) {
            (Some(b), Some(c)) => hides(&entry.value, b, c),
            _ => false,
        }),
        _ => false,
    }
}
