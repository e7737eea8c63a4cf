use super::*;
use crate::model::Secret;
use crate::plan::Stage;

fn node(broker: &str, number: &str) -> Resource {
    Resource::new(Address::new(broker, NODE, number)).with(INPUTS, "then").with(RUNNING, true)
}

fn nothing() -> Plan {
    Plan {
        stage: Stage::Containers,
        steps: Vec::new(),
        unchanged: 0,
        unmanaged: Vec::new(),
        notes: Vec::new(),
        projected: false,
    }
}

#[test]
fn what_only_mqlab_changed_waits_and_what_the_file_changed_does_not() {
    let found = node("jobs", "1").with("memory", 1_i64).with("env.OLD", "x");
    let wanted = node("jobs", "1").with("memory", 2_i64);
    let settled = settle(vec![wanted.clone()], std::slice::from_ref(&found), false);
    assert_eq!(settled.desired[0].attributes, found.attributes);
    assert!(settled.notes[0].text.starts_with("pending: this mqlab would write env.OLD, memory otherwise"));

    for (inputs, take_templates) in [("now", false), ("then", true)] {
        let wanted = wanted.clone().with(INPUTS, inputs);
        let settled = settle(vec![wanted], std::slice::from_ref(&found), take_templates);
        let desired = &settled.desired[0];
        assert_eq!(desired.attribute("memory"), Some(&2_i64.into()));
        assert_eq!(desired.attribute("env.OLD"), Some(&Value::Null), "nothing asks for it any more");
        assert!(settled.notes.is_empty());
    }
}

/// Whatever mqlab's templates say otherwise, a container that stands still is to run.
#[test]
fn the_state_never_waits() {
    let found = Resource { attributes: [(RUNNING.to_owned(), false.into())].into(), ..node("jobs", "1") };
    let found = found.with(INPUTS, "then");
    let settled = settle(vec![node("jobs", "1")], &[found], false);
    assert_eq!(settled.desired[0].attribute(RUNNING), Some(&true.into()));
    assert!(settled.notes.is_empty());
}

#[test]
fn a_node_that_the_file_leaves_out_is_blocked_and_takes_its_broker_along() {
    let observed = [node("events", "1"), node("events", "2"), node("gone", "1")];
    let mut plan = nothing();
    let unmanaged = |address: &Address| Unmanaged { address: address.clone(), counts: false };
    plan.unmanaged = [&observed[1], &observed[2]].map(|one| unmanaged(&one.address)).into();
    plan.steps = vec![
        Step { action: Action::Replace, after: Some(observed[0].clone()), ..Step::of(observed[0].address.clone()) },
        Step { action: Action::Replace, ..Step::of(Address::new("jobs", NODE, "1")) },
    ];
    refuse_fewer_nodes(&mut plan, &observed, &BTreeSet::from(["events", "jobs"]));
    let lines: Vec<String> = plan.steps.iter().map(Step::to_line).collect();
    assert!(lines[0].starts_with("! events/node/1: "), "{lines:?}");
    assert!(lines[1].starts_with("-/+ jobs/node/1: "), "{lines:?}");
    assert!(lines[2].starts_with("! events/node/2: ") && lines[2].contains("write `nodes: 2` again"), "{lines:?}");
    assert_eq!(plan.unmanaged, [unmanaged(&observed[2].address)], "a broker that is gone is unmanaged as a whole");
}

#[test]
fn a_sealed_secret_is_compared_and_never_shown() {
    let sealed = |text: &str| Value::Secret(Secret::new(text));
    let change = crate::plan::FieldChange {
        attribute: "user.app.password".to_owned(),
        old: sealed("sealed 1"),
        new: sealed("sealed 2"),
        origin: None,
    };
    assert_ne!(change.old, change.new);
    assert_eq!(change.to_string(), "user.app.password: *** → ***");
}
