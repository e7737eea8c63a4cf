//! What a file becomes, and what is said about it.

use super::render::{self, Style};
use super::testing::{load_texts, places};
use super::{Loaded, NodeValue};

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
    let keys = (0..3_000).map(|number| format!("k{number}: 1\n")).collect::<Vec<_>>().concat();
    let loaded = load_texts(&[&keys]);
    assert_eq!(loaded.diagnostics.list.len(), 1_000);
    assert!(plain(&loaded).ends_with("\n1000 errors, 2001 more\n"));
}
