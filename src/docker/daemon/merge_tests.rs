//! What holds for every file of settings.

use proptest::prelude::*;
use serde_json::Value;

use super::document::{Document, KEY, plain};
use super::edit::{with_list, without_key};
use super::merge::{Merged, Side, Undo, merge, undo};
use super::url::{MirrorUrl, normalised, same};

/// A value as somebody may have written it, with spaces and line breaks of his own.
fn value() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("true".to_owned()),
        Just("null".to_owned()),
        Just("1.50".to_owned()),
        Just("-0e2".to_owned()),
        Just(r#""/var/lib/docker""#.to_owned()),
        Just(r#""a \" } ] , // # é \u00e9""#.to_owned()),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|all| format!("[ {}]", all.join(",\n "))),
            prop::collection::vec(inner, 0..3).prop_map(|all| {
                let members: Vec<String> =
                    all.iter().enumerate().map(|(index, value)| format!("\"k{index}\" : {value}")).collect();
                format!("{{{}\t}}", members.join(" ,"))
            }),
        ]
    })
}

fn address() -> impl Strategy<Value = String> {
    let host = prop_oneof![Just("a.example"), Just("B.example"), Just("127.0.0.1:5000"), Just("c.example/hub")];
    (prop_oneof![Just("https"), Just("http")], host, prop_oneof![Just(""), Just("/")])
        .prop_map(|(scheme, host, end)| format!("{scheme}://{host}{end}"))
}

fn ours() -> impl Strategy<Value = Vec<MirrorUrl>> {
    prop::collection::vec(address().prop_map(|text| MirrorUrl::parse(&text).unwrap()), 1..4)
}

fn side() -> impl Strategy<Value = Side> {
    prop_oneof![Just(Side::First), Just(Side::Last)]
}

/// A file: members in any order and layout, the mirrors among them or not.
fn file() -> impl Strategy<Value = String> {
    let mirrors =
        prop::option::of((prop::collection::vec(address(), 0..4), any::<bool>(), any::<prop::sample::Index>()));
    let layouts = prop_oneof![
        Just(("{", ", ", ": ", "}")),
        Just(("{", ",", ":", "}")),
        Just(("{\n  ", ",\n  ", ": ", "\n}\n")),
        Just((" {\r\n\t", ",\r\n\t", ": ", "\r\n}\r\n")),
        Just(("{\n", "\n ,\n", " : ", " }")),
    ];
    (prop::collection::vec(value(), 0..5), mirrors, layouts).prop_map(
        |(values, mirrors, (open, between, colon, close))| {
            let mut members: Vec<String> = values
                .iter()
                .enumerate()
                .map(|(index, value)| format!("\"key-{}\"{colon}{value}", 9 - index))
                .collect();
            if let Some((list, on_lines, index)) = mirrors {
                let items: Vec<String> = list.iter().map(|url| format!("{url:?}")).collect();
                let text =
                    if on_lines { format!("[\n {}\n]", items.join(",\n ")) } else { format!("[{}]", items.join(", ")) };
                members.insert(index.index(members.len() + 1), format!("\"{KEY}\"{colon}{text}"));
            }
            format!("{open}{}{close}", members.join(between))
        },
    )
}

/// Every member but the mirrors, in order, as written.
fn others(text: &str) -> Vec<(String, String)> {
    let document = Document::read(text).unwrap();
    let others = document.members.iter().filter(|member| member.key != KEY);
    others.map(|member| (member.key.clone(), text[member.value.clone()].to_owned())).collect()
}

fn merged(text: &str, ours: &[MirrorUrl], side: Side) -> Merged {
    merge(Some(text.as_bytes()), ours, side).unwrap()
}

fn keys(list: &[String]) -> Vec<String> {
    list.iter().map(|url| normalised(url)).collect()
}

proptest! {
    #[test]
    fn what_is_not_ours_stays_in_its_order(text in file(), ours in ours(), side in side()) {
        let merged = merged(&text, &ours, side);
        prop_assert_eq!(others(&merged.text), others(&text));
        let value: Value = serde_json::from_str(&merged.text).unwrap();
        prop_assert_eq!(&value[KEY], &Value::from(merged.mirrors));
    }

    #[test]
    fn our_mirrors_are_where_they_were_asked_for(text in file(), ours in ours(), side in side()) {
        let there = Document::read(&text).unwrap().mirrors().unwrap().unwrap_or_default();
        let found = keys(&merged(&text, &ours, side).mirrors);
        let mut wanted: Vec<String> = Vec::new();
        for url in &ours {
            let key = normalised(url.as_str());
            if !wanted.contains(&key) {
                wanted.push(key);
            }
        }
        let at = match side {
            Side::First => &found[..wanted.len()],
            Side::Last => &found[found.len() - wanted.len()..],
        };
        prop_assert_eq!(at, &wanted[..]);
        prop_assert!(keys(&there).iter().all(|key| found.contains(key)));
        let mut once = found.clone();
        once.sort();
        once.dedup();
        prop_assert_eq!(once.len(), found.len());
    }

    #[test]
    fn twice_is_as_once(text in file(), ours in ours(), side in side()) {
        let once = merged(&text, &ours, side);
        prop_assert_eq!(merged(&once.text, &ours, side), once);
    }

    #[test]
    fn a_mark_changes_nothing(text in file(), ours in ours(), side in side()) {
        let marked = [b"\xEF\xBB\xBF", text.as_bytes()].concat();
        prop_assert_eq!(merge(Some(&marked), &ours, side).unwrap(), merged(&text, &ours, side));
    }

    #[test]
    fn removal_gives_the_old_text_back(text in file(), ours in ours(), side in side()) {
        let document = Document::read(&text).unwrap();
        let old = document.mirrors().unwrap();
        let new = merged(&text, &ours, side).text;
        let new = Document::read(&new).unwrap();
        match old {
            None if document.members.is_empty() => prop_assert_eq!(without_key(&new).trim().len(), 2),
            None => prop_assert_eq!(without_key(&new), text),
            Some(list) => {
                let back = with_list(&new, &list);
                prop_assert_eq!(others(&back), others(&text));
                prop_assert_eq!(Document::read(&back).unwrap().mirrors().unwrap(), Some(list));
            }
        }
    }

    #[test]
    fn undo_gives_every_byte_back(text in file(), ours in ours(), side in side()) {
        let new = merged(&text, &ours, side).text;
        prop_assume!(new != text);
        let back = undo(Some(text.as_bytes()), new.as_bytes(), Some(new.as_bytes())).unwrap();
        prop_assert_eq!(back, Undo::Whole(Some(text.clone().into_bytes())));
        // Stopped after the list was emptied, and begun again.
        let document = Document::read(&new).unwrap();
        let between = with_list(&document, &[]);
        let again = undo(Some(text.as_bytes()), new.as_bytes(), Some(between.as_bytes())).unwrap();
        prop_assert!(again == Undo::Undone || again == Undo::Whole(Some(text.into_bytes())));
    }

    #[test]
    fn undo_keeps_what_others_wrote_since(text in file(), ours in ours(), side in side(), value in value()) {
        let new = merged(&text, &ours, side).text;
        prop_assume!(!same(&merged(&text, &ours, side).mirrors, &Document::read(&text).unwrap().mirrors().unwrap().unwrap_or_default()));
        let document = Document::read(&new).unwrap();
        let foreign = format!("{}\"foreign\": {value}, {}", &new[..=document.open], &new[document.open + 1..]);
        let Undo::Edited(back) = undo(Some(text.as_bytes()), new.as_bytes(), Some(foreign.as_bytes())).unwrap() else {
            return Err(TestCaseError::fail("no edit"));
        };
        prop_assert_eq!(others(&back), others(&foreign));
        let list = Document::read(&text).unwrap().mirrors().unwrap();
        prop_assert_eq!(Document::read(&back).unwrap().mirrors().unwrap(), list);
    }

    #[test]
    fn comments_are_refused_and_nothing_panics(text in file(), at in any::<prop::sample::Index>(), junk in "[ -~\n]{0,3}") {
        let commented = text.replacen('{', "{ // mine\n", 1);
        prop_assert!(merge(Some(commented.as_bytes()), &[], Side::First).unwrap_err().what.contains("comment"));
        let mut place = at.index(text.len() + 1);
        while !text.is_char_boundary(place) {
            place -= 1;
        }
        let broken = format!("{}{junk}{}", &text[..place], &text[place..]);
        if let Ok(merged) = merge(Some(broken.as_bytes()), &[], Side::First) {
            prop_assert!(serde_json::from_str::<Value>(&merged.text).is_ok());
        }
    }
}

#[test]
fn nothing_is_as_an_empty_object() {
    let ours = [MirrorUrl::parse("https://a.example").unwrap()];
    let wanted = "{\n  \"registry-mirrors\": [\n    \"https://a.example\"\n  ]\n}\n";
    for file in [None, Some(&b""[..]), Some(b" \n"), Some(b"\xEF\xBB\xBF")] {
        assert_eq!(merge(file, &ours, Side::First).unwrap().text, wanted);
    }
    assert_eq!(plain(b"").unwrap(), "{}");
}

#[test]
fn a_list_that_somebody_changed_is_left() {
    let before = br#"{"registry-mirrors": ["https://a.example"]}"#;
    let written = br#"{"registry-mirrors": ["https://ours.example", "https://a.example"]}"#;
    let now = br#"{"registry-mirrors": ["https://theirs.example", "https://ours.example"]}"#;
    assert_eq!(undo(Some(before), written, Some(now)).unwrap(), Undo::Changed);
    assert_eq!(undo(Some(before), written, None).unwrap(), Undo::Changed);
    assert_eq!(undo(Some(before), written, Some(before)).unwrap(), Undo::Undone);
    assert_eq!(undo(None, written, Some(written)).unwrap(), Undo::Whole(None));
}
