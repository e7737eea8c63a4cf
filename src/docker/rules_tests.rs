use super::*;
use crate::model::{Facts, Secret, Value};

fn verdict(kind: &str, attribute: &str, old: impl Into<Value>, new: impl Into<Value>) -> Verdict {
    let rules = kinds().iter().find(|rules| rules.kind == kind).unwrap();
    let (address, facts) = (Address::new("jobs", kind, "1"), Facts::default());
    let (old, new) = (old.into(), new.into());
    rules.rule(attribute)(&Change { address: &address, attribute, old: &old, new: &new, facts: &facts })
}

#[test]
fn whatever_a_file_says_takes_a_new_container() {
    for attribute in ["memory", "config.heartbeat", "policy.queue/invoices.dead_letter", "anything"] {
        assert_eq!(verdict(NODE, attribute, "a", "a"), Verdict::Same, "{attribute}");
        assert!(matches!(verdict(NODE, attribute, "a", "b"), Verdict::Replace { .. }), "{attribute}");
    }
    let sealed = |text: &str| Value::Secret(Secret::new(text));
    let changed = verdict(NODE, "user.app.password", sealed("sealed 1"), sealed("sealed 2"));
    assert!(matches!(changed, Verdict::Replace { .. }), "{changed:?}");
}

#[test]
fn a_start_is_no_recreate_and_inputs_alone_are_nothing() {
    assert_eq!(verdict(NODE, RUNNING, false, true), Verdict::InPlace);
    assert_eq!(verdict(NODE, INPUTS, "a", "b"), Verdict::Same);
}

#[test]
fn data_is_not_moved_between_memory_and_a_volume() {
    for (old, new) in [("volume x at /d", "memory 5 B at /d"), ("memory 5 B at /d", "volume x at /d")] {
        assert!(matches!(verdict(NODE, "mount.data", old, new), Verdict::Blocked { .. }), "{old} → {new}");
    }
    let larger = verdict(NODE, "mount.data", "memory 5 B at /d", "memory 6 B at /d");
    assert!(matches!(larger, Verdict::Replace { .. }), "{larger:?}");
}

#[test]
fn a_volume_goes_on_with_what_can_read_it() {
    assert_eq!(verdict(VOLUME, FORMAT, "activemq 5.18", "activemq 6.1"), Verdict::Same);
    for (old, new) in [("activemq 6.1", "activemq 5.18"), ("rabbitmq 4.0", "kafka 4.3")] {
        assert!(matches!(verdict(VOLUME, FORMAT, old, new), Verdict::Blocked { .. }), "{old} → {new}");
    }
}
