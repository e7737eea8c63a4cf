//! What holds for every text and every tree.

use proptest::prelude::*;

use super::lines::Lines;
use super::reader::Refused;
use super::render::{self, Style};
use super::testing::load_texts;
use super::{Entry, Loaded, Map, Node, NodeValue, Position, merge};

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
        let lines = Lines::new(text);
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
    let node = leaf.prop_map(|value| Node::new(value, Position::default()));
    small_map(node.prop_recursive(2, 20, 3, small_map))
}

fn small_map(value: impl Strategy<Value = Node>) -> impl Strategy<Value = Node> {
    prop::collection::btree_map("[abc]", value, 0..3).prop_map(|entries| {
        let at = Position::default();
        let entries = entries.into_iter().map(|(key, value)| Entry { key, at, value }).collect();
        Node::new(NodeValue::Map(Map { entries }), at)
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
        let refused = Refused::default();
        let merge = |base: &Node, over: &Node| merge::merge(base.clone(), over.clone(), &refused);
        let left = merge(&merge(&a, &b), &c);
        let right = merge(&a, &merge(&b, &c));
        // Where a leaf stands between two maps, the order decides what is left of the first map.
        prop_assume!(!hides(&a, &b, &c));
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
