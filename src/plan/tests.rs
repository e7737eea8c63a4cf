//! Whole plans, compared in their stable form.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::model::{
    Address, AttributeRule, Facts, Home, KindRules, Observation, OnChange, Resource, Secret, Unknown, Value, grow_only,
    replace,
};

const KINDS: &[KindRules] = &[KindRules {
    kind: "thing",
    plural: "things",
    attributes: &[
        AttributeRule { name: "size", rule: grow_only, doc: "Its size." },
        AttributeRule { name: "type", rule: replace, doc: "Its type." },
    ],
    protected: |address| address.name.starts_with("__"),
    holds_data: true,
    produce: true,
    consume: true,
    home: Home::Broker,
}];

fn thing(name: &str) -> Resource {
    Resource::new(Address::new("b", "thing", name))
}

fn plan(desired: &[Resource], observed: Vec<Resource>, last: &[Resource], options: &DiffOptions) -> Plan {
    let observed = Observation { resources: observed, ..Observation::default() };
    plan_of(desired, &observed, last, options)
}

fn plan_of(desired: &[Resource], observed: &Observation, last: &[Resource], options: &DiffOptions) -> Plan {
    plan_at(Stage::Topology, desired, observed, last, options)
}

fn plan_at(
    stage: Stage,
    desired: &[Resource],
    observed: &Observation,
    last: &[Resource],
    options: &DiffOptions,
) -> Plan {
    let facts = Facts::default();
    let rules = Rules::from([("b".to_owned(), BrokerRules { kinds: KINDS, facts: &facts, unmanaged_fails: false })]);
    diff(&DiffInput { stage, desired, observed, last, rules: &rules, options })
}

fn address(name: &str) -> Address {
    Address::new("b", "thing", name)
}

fn verbs(plan: &Plan) -> Vec<&'static str> {
    plan.steps.iter().map(|step| step.action.verb()).collect()
}

#[test]
fn every_sign_in_one_plan() {
    let desired = [
        thing("new").with("size", 3_i64),
        thing("grown").with("size", 6_i64),
        thing("shrunk").with("size", 1_i64),
        thing("retyped").with("type", "quorum"),
        thing("renamed").with("label", "b"),
        thing("same").with("size", 1_i64),
    ];
    let observed = vec![
        thing("grown").with("size", 3_i64),
        thing("shrunk").with("size", 3_i64),
        thing("retyped").with("type", "classic"),
        thing("renamed").with("label", "a"),
        thing("same").with("size", 1_i64).with("other", "unmentioned"),
        thing("stranger"),
        thing("__own"),
    ];
    let text = plan(&desired, observed, &[], &DiffOptions::default()).to_text();
    assert_eq!(
        text,
        "~ b/thing/grown: size: 3 → 6\n\
         + b/thing/new: not there\n\
         ~ b/thing/renamed: label: a → b\n\
         ! b/thing/retyped: type: classic → quorum | `type` cannot be changed once the thing exists | take the change \
         back, or let it be deleted and made again: `mqlab apply --replace b/thing/retyped`, or `on_change: replace` \
         in the file\n\
         ! b/thing/shrunk: size: 3 → 1 | `size` can only grow | set `size: 3`, which is what the broker has\n\
         ? b/thing/stranger\n\
         Plan: 1 create, 2 update, 0 replace, 0 delete, 2 blocked; 1 unchanged; 1 unmanaged\n"
    );
}

#[test]
fn a_replace_takes_its_observed_dependants_along() {
    let desired = [thing("q").with("type", "quorum")];
    let hand_made = thing("bound").needing(Address::new("b", "thing", "q"));
    let observed = vec![thing("q").with("type", "classic"), hand_made.clone()];
    let options = DiffOptions { replace: [Address::new("b", "thing", "q")].into(), ..DiffOptions::default() };
    let plan = plan(&desired, observed, &[], &options);
    assert_eq!(plan.steps[0].action, Action::Replace);
    assert_eq!(plan.steps[0].dependants, [hand_made]);
}

#[test]
fn what_cannot_shrink_can_be_made_again_when_it_is_named() {
    let named: BTreeSet<_> = [Address::new("b", "thing", "q")].into();
    for (on_change, replace, action) in [
        (OnChange::Refuse, BTreeSet::new(), "blocked"),
        (OnChange::Replace, BTreeSet::new(), "blocked"),
        (OnChange::Refuse, named, "replace"),
    ] {
        let mut wanted = thing("q").with("size", 1_i64);
        wanted.on_change = on_change;
        let options = DiffOptions { replace, ..DiffOptions::default() };
        let plan = plan(&[wanted], vec![thing("q").with("size", 3_i64)], &[], &options);
        assert_eq!(plan.steps[0].action.verb(), action);
    }
}

#[test]
fn what_could_not_be_read_is_blocked_and_never_created() {
    let observed = Observation { unknown: vec![Unknown::broker("b", "403")], ..Observation::default() };
    let plan = plan_of(&[thing("q")], &observed, &[], &DiffOptions::default());
    assert!(plan.steps[0].action.is_blocked(), "{}", plan.to_text());
}

#[test]
fn a_create_that_needs_a_blocked_create_is_blocked() {
    let observed = Observation {
        unknown: vec![Unknown {
            broker: "b".into(),
            kind: None,
            address: Some(Address::new("b", "thing", "a")),
            reason: "time-out".into(),
            way_out: None,
        }],
        ..Observation::default()
    };
    let desired = [thing("a"), thing("b").needing(Address::new("b", "thing", "a")), thing("c")];
    let plan = plan_of(&desired, &observed, &[], &DiffOptions::default());
    let verbs: Vec<_> = plan.steps.iter().map(|step| step.action.verb()).collect();
    assert_eq!(verbs, ["blocked", "blocked", "create"]);
}

#[test]
fn what_is_inside_stops_a_delete_until_it_is_allowed() {
    let address = Address::new("b", "thing", "q");
    let contents = BTreeMap::from([(address.clone(), Contents { messages: Some(412), ..Contents::default() })]);
    for (allowed, verb) in [(false, "blocked"), (true, "replace")] {
        let options =
            DiffOptions { replace: [address.clone()].into(), allow_data_loss: allowed, ..DiffOptions::default() };
        let mut found = plan(&[thing("q").with("type", "a")], vec![thing("q").with("type", "b")], &[], &options);
        assert_eq!(at_risk(&found), std::slice::from_ref(&address));
        guard(&mut found, &contents, KINDS);
        assert_eq!(found.steps[0].action.verb(), verb);
        assert!(found.footer().contains("412 messages at risk"), "{}", found.footer());
    }
}

#[test]
fn what_could_not_be_read_is_not_taken_for_empty() {
    let options = DiffOptions { replace: [address("q")].into(), ..DiffOptions::default() };
    for contents in [BTreeMap::new(), BTreeMap::from([(address("q"), Contents::default())])] {
        let mut plan = plan(&[thing("q").with("type", "a")], vec![thing("q").with("type", "b")], &[], &options);
        guard(&mut plan, &contents, KINDS);
        assert_eq!(
            plan.steps[0].to_line(),
            "! b/thing/q: type: b → a | what it holds could not be read, and would be lost | empty it first, or give \
             them up: `mqlab apply --replace b/thing/q --allow-data-loss`"
        );
    }
}

#[test]
fn a_refused_delete_says_what_is_inside() {
    let options = DiffOptions { delete: [address("q")].into(), ..DiffOptions::default() };
    let mut plan = plan(&[], vec![thing("q")], &[], &options);
    assert_eq!(at_risk(&plan), [address("q")]);
    let inside = Contents { messages: Some(7), ..Contents::default() };
    guard(&mut plan, &BTreeMap::from([(address("q"), inside)]), KINDS);
    assert_eq!(
        plan.steps[0].to_line(),
        "! b/thing/q: asked for by --delete (at risk: 7 messages) | deleting a thing may lose something | mqlab apply \
         --delete b/thing/q --allow-data-loss"
    );
}

#[test]
fn what_belongs_to_the_broker_is_not_deleted_even_on_request() {
    let options = DiffOptions { delete: [address("__own")].into(), allow_data_loss: true, ..DiffOptions::default() };
    let plan = plan(&[], vec![thing("__own")], &[], &options);
    assert_eq!(verbs(&plan), ["blocked"], "{}", plan.to_text());
}

#[test]
fn what_goes_away_with_another_thing_is_deleted_before_it() {
    // By name alone the shelf would go first.
    let on_shelf = thing("x").needing(address("shelf"));
    let options = DiffOptions {
        delete: [address("shelf"), address("x")].into(),
        allow_data_loss: true,
        ..DiffOptions::default()
    };
    let plan = plan(&[], vec![thing("shelf"), on_shelf], &[], &options);
    let order: Vec<&str> = plan.steps.iter().map(|step| step.address.name.as_str()).collect();
    assert_eq!(order, ["x", "shelf"]);
}

#[test]
fn a_container_does_not_start_on_what_is_blocked_but_a_binding_stays_possible() {
    let desired = [thing("a").with("size", 1_i64), thing("b").needing(address("a"))];
    let observed = Observation { resources: vec![thing("a").with("size", 2_i64)], ..Observation::default() };
    for (stage, expected) in [(Stage::Containers, "blocked"), (Stage::Topology, "create")] {
        let plan = plan_at(stage, &desired, &observed, &[], &DiffOptions::default());
        assert_eq!(verbs(&plan), ["blocked", expected], "{}", plan.to_text());
    }
}

#[test]
fn what_is_chosen_needs_what_is_there() {
    let desired = [thing("a"), thing("b").needing(address("a")).needing(address("__own"))];
    let options = DiffOptions { only: [address("b")].into(), ..DiffOptions::default() };
    let line = |observed| plan(&desired, observed, &[], &options).steps[0].to_line();
    assert_eq!(
        line(Vec::new()),
        "! b/thing/b: not there | it needs b/thing/a, which is not there | choose that too: `--only b/thing/a`"
    );
    assert_eq!(line(vec![thing("a")]), "+ b/thing/b: not there");
}

#[test]
fn a_replace_says_what_it_drops_and_a_needless_one_that_it_is_none() {
    let desired = [thing("q").with("type", "a"), thing("same")];
    let observed = vec![thing("q").with("type", "b").with("label", "by hand"), thing("same")];
    let options = DiffOptions { replace: [address("q"), address("same")].into(), ..DiffOptions::default() };
    assert_eq!(
        plan(&desired, observed, &[], &options).to_text(),
        "-/+ b/thing/q: type: b → a\n  note: b/thing/q: `label` is \"by hand\" and not in the file: the replace drops \
         it\n  note: b/thing/same: it is as the file says: nothing to replace\nPlan: 0 create, 0 update, 1 replace, 0 \
         delete; 1 unchanged; 0 unmanaged\n"
    );
}

#[test]
fn a_replace_takes_along_what_goes_away_in_turn() {
    let desired = [thing("q").with("type", "a")];
    let inner = thing("inner").needing(address("q"));
    let innermost = thing("innermost").needing(address("inner"));
    // The broker may list them in any order: what is needed by neither of them comes in its own.
    let observed = vec![inner.clone(), innermost.clone(), thing("q").with("type", "b"), thing("other")];
    let options = DiffOptions { replace: [address("q")].into(), ..DiffOptions::default() };
    assert_eq!(plan(&desired, observed, &[], &options).steps[0].dependants, [inner, innermost]);
}

#[test]
fn of_a_secret_nobody_can_tell_who_moved() {
    let secret = |text: &str| Value::Secret(Secret::new(text));
    let of = |value: Value| {
        let mut one = thing("q");
        one.attributes.insert("password".into(), value);
        one
    };
    let remembered = of(Value::from("***"));
    let changed = |file: Resource, broker: Resource| {
        plan(&[file], vec![broker], std::slice::from_ref(&remembered), &DiffOptions::default()).steps[0].moved
    };
    assert_eq!(changed(of(secret("new")), of(secret("stored"))), None);
    assert_eq!(
        changed(of(secret("new")).with("size", 2_i64), of(secret("stored")).with("size", 1_i64)),
        Some(Mover::File),
        "the size was not in the file the last time"
    );
}

#[test]
fn who_moved_is_told_from_the_last_apply() {
    let cases = [("a", "b", "a", Mover::Broker), ("b", "a", "a", Mover::File), ("c", "b", "a", Mover::Both)];
    for (file, broker, last, who) in cases {
        let plan = plan(
            &[thing("q").with("label", file)],
            vec![thing("q").with("label", broker)],
            &[thing("q").with("label", last)],
            &DiffOptions::default(),
        );
        assert_eq!(plan.steps[0].moved, Some(who), "{file} {broker} {last}");
    }
}

#[test]
fn an_attribute_that_left_the_file_is_named_and_stays() {
    let plan = plan(
        &[thing("q")],
        vec![thing("q").with("label", "x")],
        &[thing("q").with("label", "x")],
        &DiffOptions::default(),
    );
    assert_eq!(plan.unchanged, 1);
    assert_eq!(plan.notes[0].text, "`label` is no longer in the file: it stays x, unmanaged");
}

proptest! {
    #[test]
    fn order_respects_needs_and_ignores_the_order_of_the_file(
        edges in prop::collection::vec((0_usize..20, 0_usize..20), 0..60),
        seed in any::<u64>(),
    ) {
        let name = |index: usize| Address::new("b", "thing", format!("{index:02}"));
        let mut desired: Vec<Resource> = (0..20).map(|index| Resource::new(name(index))).collect();
        for (low, high) in edges.iter().filter(|(low, high)| low < high) {
            // Needs run against the order of names, so that sorting by name alone would fail.
            desired[*low].needs.insert(name(*high));
        }
        let sorted = plan(&desired, Vec::new(), &[], &DiffOptions::default());
        let mut shuffled = desired.clone();
        let length = shuffled.len();
        let mut state = seed;
        for index in (1..length).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            shuffled.swap(index, usize::try_from(state % (index as u64 + 1)).unwrap());
        }
        prop_assert_eq!(&sorted.to_text(), &plan(&shuffled, Vec::new(), &[], &DiffOptions::default()).to_text());
        for (position, step) in sorted.steps.iter().enumerate() {
            for needed in &step.needs {
                let before = sorted.steps.iter().position(|other| other.address == *needed);
                prop_assert!(before.is_some_and(|before| before < position));
            }
        }
    }

    #[test]
    fn applying_a_plan_leaves_nothing_to_do(wanted in things(), found in things()) {
        let options = DiffOptions {
            replace: wanted.iter().map(|resource| resource.address.clone()).collect(),
            ..DiffOptions::default()
        };
        let first = plan(&wanted, found.clone(), &[], &options);
        let mut world: BTreeMap<Address, Resource> =
            found.into_iter().map(|resource| (resource.address.clone(), resource)).collect();
        for step in first.steps.iter().filter(|step| !step.action.is_blocked()) {
            let after = step.after.clone().unwrap();
            let own = world.entry(step.address.clone()).or_insert_with(|| Resource::new(step.address.clone()));
            own.attributes.extend(after.attributes);
        }
        let second = plan(&wanted, world.into_values().collect(), &[], &options);
        let left: Vec<_> = second.steps.iter().filter(|step| !step.action.is_blocked()).collect();
        prop_assert!(left.is_empty(), "{}", second.to_text());
        let blocked = |plan: &Plan| plan.steps.iter().filter(|step| step.action.is_blocked()).count();
        prop_assert_eq!(blocked(&first), blocked(&second));
    }
}

fn things() -> impl Strategy<Value = Vec<Resource>> {
    let one = (0_u8..8, 1_i64..4, prop::sample::select(vec!["a", "b"]), prop::option::of(0_i64..3));
    prop::collection::vec(one, 0..8).prop_map(|rows| {
        let mut unique = BTreeMap::new();
        for (name, size, kind, label) in rows {
            let label = label.map_or(Value::Null, Value::from);
            let resource = thing(&name.to_string()).with("size", size).with("type", kind).with("label", label);
            unique.insert(name, resource);
        }
        unique.into_values().collect()
    })
}
